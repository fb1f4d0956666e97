"""The system's `ffmpeg`: whether it is there, what it can do, and how it gets there."""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from assetman.core.errors import EnvironmentProblem

OTHER_H264 = ("libopenh264", "h264_videotoolbox", "h264_mf")  # where libx264 is missing
_ASK_SECONDS = 20.0
_NEVER_OLD = (99, 0)  # versions built from the newest source have no number
# What brings it, by the ID or ID_LIKE of /etc/os-release.
_BROUGHT_BY = {
    "debian": "sudo apt install ffmpeg",
    "ubuntu": "sudo apt install ffmpeg",
    "fedora": "sudo dnf install ffmpeg-free",
    "rhel": "sudo dnf install ffmpeg-free",
    "arch": "sudo pacman -S ffmpeg",
    "suse": "sudo zypper install ffmpeg",
    "opensuse": "sudo zypper install ffmpeg",
    "alpine": "sudo apk add ffmpeg",
    "gentoo": "sudo emerge media-video/ffmpeg",
    "void": "sudo xbps-install ffmpeg",
    "nixos": "nix-env -iA nixos.ffmpeg",
}
_ELSEWHERE = "see https://ffmpeg.org/download.html"
_RELEASE = Path("/etc/os-release")


@dataclass(frozen=True, slots=True)
class Program:
    """An `ffmpeg` that is installed here."""

    path: str
    version: str  # as it says itself
    encoders: frozenset[str]

    @property
    def release(self) -> tuple[int, int]:
        """Its version as two numbers; newer than all for one without a number."""
        found = re.match(r"n?(\d+)\.(\d+)", self.version)
        return (int(found[1]), int(found[2])) if found else _NEVER_OLD

    def first_of(self, *names: str) -> str | None:
        """Name the first of some encoders that it has."""
        return next((name for name in names if name in self.encoders), None)


def find() -> Program:
    """Look for the program. Raises EnvironmentProblem that says how it is installed."""
    path = shutil.which("ffmpeg")
    if path is None:
        raise EnvironmentProblem(f"Saving clips needs the program ffmpeg: {how_to_install()}")
    path = os.path.abspath(path)
    try:
        return _asked(path, os.stat(path).st_mtime_ns)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise EnvironmentProblem(
            f"The program {path} does not work ({_reason(error)}). Install it anew: "
            f"{how_to_install()}"
        ) from error


def how_to_install(release: Path = _RELEASE, platform: str = sys.platform) -> str:
    """Give the command that brings the program on this system, as the end of a sentence."""
    if platform == "darwin":
        command = "brew install ffmpeg"
    elif platform == "win32":
        command = "winget install Gyan.FFmpeg"
    else:
        command = next((_BROUGHT_BY[kin] for kin in _kin(release) if kin in _BROUGHT_BY), "")
    return f"“{command}” installs it." if command else f"{_ELSEWHERE}."


def _kin(release: Path) -> list[str]:
    """Name a Linux system and those it is like, nearest first."""
    try:
        lines = release.read_text("utf-8", "replace").splitlines()
    except OSError:
        return []
    said = dict(line.split("=", 1) for line in lines if "=" in line)
    names = f"{said.get('ID', '')} {said.get('ID_LIKE', '')}"
    return [part.split("-")[0] for part in names.replace('"', " ").replace("'", " ").split()]


@functools.lru_cache(maxsize=4)
def _asked(path: str, changed: int) -> Program:
    """Ask the program what it is; asked anew when it `changed`."""
    version = re.search(r"ffmpeg version (\S+)", _answer(path, "-version"))
    if version is None:
        raise ValueError("it is not ffmpeg")
    listed = _answer(path, "-hide_banner", "-encoders")
    encoders = re.findall(r"^ [VAS][A-Z.]{5} (\S+)", listed, re.MULTILINE)
    return Program(path, version[1], frozenset(encoders))


def _answer(path: str, *question: str) -> str:
    return subprocess.run(
        [path, *question],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=_ASK_SECONDS,
        check=True,
        encoding="utf-8",
        errors="replace",
    ).stdout


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if isinstance(error, subprocess.CalledProcessError):
        return f"it ends with status {error.returncode}"
    return "it does not answer" if isinstance(error, subprocess.TimeoutExpired) else str(error)
