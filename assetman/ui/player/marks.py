"""Where a person has marked the beginning and the end of what they want."""

from __future__ import annotations

from dataclasses import dataclass

LEAST = 0.04  # seconds, about a frame


@dataclass(frozen=True, slots=True)
class Marks:
    """A marked range: both ends or none, seconds."""

    start: float
    end: float

    @property
    def length(self) -> float:
        return self.end - self.start


def mark_in(marks: Marks | None, at: float, shot_end: float) -> Marks:
    """Begin at a time: to where it ended, else to the end of the shot."""
    end = marks.end if marks is not None and marks.end > at + LEAST else shot_end
    return Marks(at, max(end, at + LEAST))


def mark_out(marks: Marks | None, at: float, shot_start: float) -> Marks:
    """End at a time: from where it began, else from the beginning of the shot."""
    start = marks.start if marks is not None and marks.start < at - LEAST else shot_start
    start = max(0.0, min(start, at - LEAST))
    return Marks(start, max(at, start + LEAST))
