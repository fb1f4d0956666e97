"""Files that are the same thing to a person, and what can be done about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Likeness(StrEnum):
    """How alike the files of a group are."""

    EXACT = "exact"  # the same bytes
    NEAR = "near"  # the same picture, film or sound, made differently


@dataclass(frozen=True, slots=True)
class Copy:
    """One file of a group."""

    asset_id: int
    why: tuple[str, ...] = ()  # "largest", "3 tags", "cropped by 12 %": what sets it apart
    start: float | None = None  # seconds of the first one that it shows, of films and sounds
    end: float | None = None


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """Files that are one thing; the first is the one proposed to be kept."""

    id: int
    likeness: Likeness
    copies: tuple[Copy, ...]
    wasted: int = 0  # bytes that all but the first take


@dataclass(frozen=True, slots=True)
class Relation:
    """How two contents show the same thing; `of_one` says what only the first is: "mirrored".

    `seconds` are, of films and sounds, those of the first and of the second that are the same.
    """

    one: int  # contents
    other: int
    strength: float  # 0..1, how sure it is
    between: tuple[str, ...] = ()  # what sets each apart from the other: "mirrored"
    of_one: tuple[str, ...] = ()  # "cropped by 12 %"
    of_other: tuple[str, ...] = ()
    seconds: tuple[tuple[float, float], tuple[float, float]] | None = None

    @property
    def turned(self) -> Relation:
        """The same, told from the other's side."""
        seconds = self.seconds and (self.seconds[1], self.seconds[0])
        return Relation(
            self.other, self.one, self.strength, self.between, self.of_other, self.of_one, seconds
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two pictures laid on each other: three PNG files of one size, that of the first's.

    `second` is transparent where it shows nothing of the first, `lit` where the two are alike.
    """

    first: str
    second: str
    lit: str
    share: float  # of what both show that differs, 0..1


@dataclass(frozen=True, slots=True)
class Stack:
    """Files folded into one card: near-copies of the one shown, or a burst it stands for."""

    asset_ids: tuple[int, ...]  # the one shown first
    likeness: Likeness | None = None  # None: taken one after the other
