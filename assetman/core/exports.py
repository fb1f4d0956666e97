"""Parts of files that the person saves as files of their own."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ExportForm(StrEnum):
    """What is written."""

    FRAME = "frame"  # the picture shown at `start`; PNG, or JPEG by the target's ending
    QUICK = "quick"  # a clip without encoding anew; may begin a little early, at a key frame
    EXACT = "exact"  # a clip of exactly these seconds, encoded anew


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
