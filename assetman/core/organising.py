"""What a person adds to their files, and what of it can be taken back."""

from __future__ import annotations

from dataclasses import dataclass

RATINGS = range(6)  # 0 is no rating


@dataclass(frozen=True, slots=True)
class Tag:
    """A word of the person's on assets. Names differ by more than case and spaces around them."""

    name: str  # as it was typed first
    assets: int = 0  # that bear it, missing ones left out


@dataclass(frozen=True, slots=True)
class Collection:
    """Assets the person put together under a name."""

    id: int
    name: str
    assets: int = 0  # in it, missing ones left out


@dataclass(frozen=True, slots=True)
class Step:
    """One thing the person did to the catalogue; `sentence` says it: "Rate 12 files 3"."""

    transaction: int  # of the journal
    at: float  # seconds since the epoch
    sentence: str


@dataclass(frozen=True, slots=True)
class History:
    """What undo would take back next, and what redo would do again."""

    undo: Step | None = None
    redo: Step | None = None
