"""The part of a video that a person wants to have."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clip:
    """Some seconds of a video, and the frame that is looked at."""

    asset_id: int
    start: float  # seconds; the marked range, else the present shot
    end: float
    at: float  # seconds, of the frame shown just now
