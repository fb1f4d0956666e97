"""Text in pictures and frames, as a model reads it."""

from __future__ import annotations

from dataclasses import dataclass

from assetman.core.assets import Box


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line of text in a picture, and where it stands."""

    text: str
    box: Box
    sureness: float  # 0..1


@dataclass(frozen=True, slots=True)
class TextReading:
    """Whether text in pictures is read, and how far that has come."""

    on: bool
    model: str
    pending: int = 0  # pictures and films that are still to be read; 0 while it is off
    read: int = 0  # pictures and films in which text was found
