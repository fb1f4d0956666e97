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
class Stack:
    """Files folded into one card: near-copies of the one shown, or a burst it stands for."""

    asset_ids: tuple[int, ...]  # the one shown first
    likeness: Likeness | None = None  # None: taken one after the other
