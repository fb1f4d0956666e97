"""Parts of files that the person saves as files of their own."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import StrEnum

FRAME_ENDINGS = (".png", ".jpg", ".jpeg")
SOUND_ENDINGS = (".wav",)
EXACT_ENDINGS = (".mp4", ".m4v", ".mov", ".mkv", ".webm")
QUICK_ENDINGS = (
    *EXACT_ENDINGS,
    *(".avi", ".ts", ".m2ts", ".mts", ".mpg", ".mpeg", ".wmv", ".flv", ".3gp", ".ogv"),
)
DRAGGED = "dragged"  # the folder beside the catalogue for what is dragged out of the window
_LONGEST_NAME = 200  # bytes, with the ending; disks take 255


class ExportForm(StrEnum):
    """What is written."""

    FRAME = "frame"  # the picture shown at `start`; PNG, or JPEG by the target's ending
    QUICK = "quick"  # a clip without encoding anew; may begin a little early, at a key frame
    EXACT = "exact"  # a clip of exactly these seconds, encoded anew
    SOUND = "sound"  # what is heard in exactly these seconds, as WAV; needs no ffmpeg


class ExportState(StrEnum):
    """How far it is."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Export:
    """One export of this engine, as of now."""

    number: int
    target: str  # absolute
    state: ExportState = ExportState.RUNNING
    share: float = 0.0  # of the work done, 0..1
    message: str = ""  # why it failed, in words a person understands
    kind: str = ""  # of the failure: "bad input", "wrong use", "environment" or "bug"
    start: float | None = None  # seconds; where it really begins, once that is known
    end: float | None = None


def endings(form: ExportForm) -> tuple[str, ...]:
    """List the endings that a target may have, the usual one first."""
    if form is ExportForm.FRAME:
        return FRAME_ENDINGS
    if form is ExportForm.SOUND:
        return SOUND_ENDINGS
    return QUICK_ENDINGS if form is ExportForm.QUICK else EXACT_ENDINGS


def proposed_name(source: str, start: float, end: float, form: ExportForm) -> str:
    """Name a moment of a file: “Holiday 1m23s–1m31s.mp4”. A quick clip keeps the ending."""
    stem, ending = os.path.splitext(os.path.basename(source))
    if form is not ExportForm.QUICK or ending.lower() not in QUICK_ENDINGS:
        ending = ".mkv" if form is ExportForm.QUICK else endings(form)[0]
    fine = form is ExportForm.FRAME or _spoken(start, False) == _spoken(end, False)
    times = _spoken(start, fine)
    if form is not ExportForm.FRAME:
        times += f"–{_spoken(end, fine)}"
    while len(os.fsencode(f"{stem} {times}{ending}")) > _LONGEST_NAME:
        stem = stem[:-1]
    return f"{stem} {times}{ending}"


def _spoken(time: float, fine: bool) -> str:
    """Write a time so that it can stand in a file's name: 1h02m03s, 1m23s, 4s, fine 4.25s."""
    hundredths = round(time * 100) if fine else round(time) * 100
    minutes, left = divmod(hundredths, 6000)
    hours, minutes = divmod(minutes, 60)
    whole, part = divmod(left, 100)
    seconds = f"{whole}.{part:02}" if fine else str(whole)
    if hours:
        return f"{hours}h{minutes:02}m{whole:02}{f'.{part:02}' if fine else ''}s"
    return f"{minutes}m{whole:02}{f'.{part:02}' if fine else ''}s" if minutes else f"{seconds}s"
