"""What is wrong with a question that was typed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mistake:
    """A part of what was typed that makes no sense; the rest is searched all the same."""

    start: int  # characters
    end: int
    message: str  # a sentence or two
