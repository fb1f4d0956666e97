"""What the system must bring before pip can, and the command that brings it."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

# What Qt loads and its wheels do not carry, with the package of Debian and Ubuntu that has it.
# What comes along with one of these packages is left out.
QT = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libpulse.so.0": "libpulse0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libXrandr.so.2": "libxrandr2",
    "libdrm.so.2": "libdrm2",
}
# What its parts for X11 and Wayland load besides; painting on no screen does without.
QT_SCREEN = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
}
COMPILER = ("g++", "python3-dev")


class Missing(Exception):
    """Something that this machine lacks, with the command that brings it."""


def has_compiler() -> bool:
    """Tell whether a C++ compiler and Python's headers are here."""
    headers = Path(sysconfig.get_path("include")) / "Python.h"
    return headers.exists() and any(map(shutil.which, ("c++", "g++", "clang++")))


def lacks_venv() -> dict[str, str]:
    """Give what this Python lacks to make an environment; Debian packs it apart."""
    if importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"):
        return {}
    return {"Python's venv": f"python{sys.version_info.major}.{sys.version_info.minor}-venv"}


def lacks_for_window(screen: bool) -> dict[str, str]:
    """Give the libraries that are not here of those a window needs, with their packages."""
    if not sys.platform.startswith("linux"):
        return {}
    libraries = QT | QT_SCREEN if screen else QT
    return {name: package for name, package in libraries.items() if not _loads(name)}


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def apt(*packages: str) -> str:
    """Give the one command that installs packages on Debian and Ubuntu."""
    sudo = "sudo " if os.geteuid() else ""
    lists = Path("/var/lib/apt/lists")
    fresh = shutil.which("apt-get") and not any(lists.glob("*_Packages*"))
    update = f"{sudo}apt-get update && " if fresh else ""
    return f"{update}{sudo}apt-get install {' '.join(packages)}"


def require(lacking: Callable[[], dict[str, str]]) -> None:
    """See that nothing is lacking: say what is and how to get it; offer to get it.

    Raises Missing where it stays lacking.
    """
    missing = lacking()
    if not missing:
        return
    command = apt(*missing.values())
    message = (
        f"Assetman needs from the system: {', '.join(missing)}.\n"
        f"On Debian and Ubuntu this brings it:\n\n    {command}\n"
    )
    if not has_compiler():
        message += (
            f"\nWith {' and '.join(COMPILER)} as well, hnswlib can be compiled; "
            "without it, usearch serves the index.\n"
        )
    if not (shutil.which("apt-get") and sys.stdin.isatty() and sys.stderr.isatty()):
        raise Missing(message)
    print(f"{message}\nRun it now? [y/N] ", end="", file=sys.stderr, flush=True)
    agreed = sys.stdin.readline().strip().lower() in ("y", "yes")
    if not agreed or subprocess.run(command, shell=True, stdout=sys.stderr).returncode or lacking():
        raise Missing("Not installed; call again when it is.")
