"""What is said in a sound, as a model wrote it down."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sentence:
    """A few words and when they are said, in seconds."""

    text: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Transcript:
    """What is said in some sound, and in which language (“en”); None where nothing is said."""

    sentences: tuple[Sentence, ...]
    language: str | None
