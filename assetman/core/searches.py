"""Questions that are kept, and what helps to type one."""

from __future__ import annotations

from dataclasses import dataclass

from assetman.core.queries import Query


@dataclass(frozen=True, slots=True)
class SmartSearch:
    """A question with a name; its answer is always the present one."""

    id: int
    name: str
    query: Query
    count: int | None = None  # assets that answer now, confident ones of a question; None: unknown


@dataclass(frozen=True, slots=True)
class Completion:
    """Something that could be typed next."""

    text: str  # what takes the place of `Completions.start` to `end`
    label: str  # what is shown
    count: int | None = None  # assets that have it


@dataclass(frozen=True, slots=True)
class Completions:
    """What could stand at a place of a question instead of what is there."""

    start: int  # characters
    end: int
    options: tuple[Completion, ...] = ()
