"""Moments of videos and sounds: shots with the frames that stand for them, windows of sound."""

from __future__ import annotations

from dataclasses import dataclass

from assetman.core.assets import SegmentKind


@dataclass(frozen=True, slots=True)
class Picture:
    """A rectangle of a picture file that Qt loads; all numbers are pixels."""

    path: str
    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Moment:
    """One representative frame of a video and the shot it stands for, or a window of sound.

    Times are seconds. Several moments may share a shot: a long or lively one has more than one
    frame. `at` is the frame's time, or the loudest moment of the window.
    """

    segment_id: int
    start: float
    end: float
    at: float
    picture: Picture | None = None  # None until it is made
    score: float | None = None  # how well it matches a question, 0..1; None: nothing was asked
    kind: SegmentKind = SegmentKind.SHOT


def clock(seconds: float) -> str:
    """Write a time as players do: “1:23”, “1:02:33”."""
    whole = max(0, int(seconds))
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"
