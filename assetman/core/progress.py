"""How far long work has come, and how it is told to stop."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from enum import StrEnum

from assetman.core.errors import Cancelled


class Phase(StrEnum):
    """What the pipeline is doing."""

    IDLE = "idle"
    SCANNING = "scanning"
    INDEXING = "indexing"
    COMPARING = "comparing"  # pictures with each other, for duplicates
    READING = "reading"  # text in pictures and frames
    LISTENING = "listening"  # for what is said, when all else is done
    PAUSED = "paused"


class Pace(StrEnum):
    """How much of the machine the pipeline takes."""

    AUTO = "auto"  # gentle on battery, full otherwise
    FULL = "full"
    GENTLE = "gentle"


@dataclass(frozen=True, slots=True)
class Counts:
    """What a run did, by file."""

    added: int = 0
    changed: int = 0
    moved: int = 0
    missing: int = 0
    unchanged: int = 0
    embedded: int = 0  # segments embedded
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """A truthful account of a run: files done of those known to need work.

    While scanning, `total` grows. `rate` is files a second over the last seconds, None until
    it means something; so is `seconds_left`. `begun` adds up the shares of long files that are
    read but not done: 0.5 is half a film.
    """

    run: int = 0  # counts the runs of this engine; IDLE with run n means run n has ended
    phase: Phase = Phase.IDLE
    label: str = ""  # the root at work, as a person knows it; while listening or reading, the file
    done: int = 0
    total: int = 0
    failed: int = 0
    bytes: int = 0
    rate: float | None = None
    seconds_left: float | None = None
    seconds: float = 0.0
    counts: Counts = Counts()
    problem: str = ""  # why the run ended before its work did, for the person
    begun: float = 0.0  # files; less than `total - done`
    gentle: bool = False  # it leaves most of the machine to the person just now


class CancelToken:
    """Set once, by whoever wants the work to stop; checked by every stage."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        self._event.set()

    @property
    def cancelled(self) -> bool:
        return self._event.is_set()

    def check(self) -> None:
        """Raise `Cancelled` if the work was called off."""
        if self._event.is_set():
            raise Cancelled("stopped")

    def wait(self, seconds: float) -> bool:
        """Wait until called off, at most `seconds`; True if it was."""
        return self._event.wait(seconds)
