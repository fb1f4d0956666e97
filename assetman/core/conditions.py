"""What an asset must be to count, as a tree: the one form in which filters are said.

The parser makes it of what was typed, the catalogue makes SQL of it, and `search.matching` says
the same in plain Python.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Key(StrEnum):
    """What a test asks about, as it is typed before the colon."""

    TYPE = "type"
    TAG = "tag"
    RATING = "rating"
    IN = "in"
    NAME = "name"
    EXT = "ext"
    SIZE = "size"
    WIDTH = "width"
    HEIGHT = "height"
    DURATION = "duration"
    DATE = "date"
    CAMERA = "camera"
    LENS = "lens"
    COLOR = "color"
    ORIENTATION = "orientation"
    HAS = "has"
    IS = "is"
    TEXT = "text"  # in the picture
    SAID = "said"  # in the sound
    WRITTEN = "written"  # "exact words", anywhere that something is written about a file


@dataclass(frozen=True, slots=True)
class Span:
    """Numbers from `least` to `most`; None is open. Bytes, pixels, seconds, stars or an epoch."""

    least: float | None = None
    most: float | None = None
    least_in: bool = True  # whether `least` itself counts
    most_in: bool = True


@dataclass(frozen=True, slots=True)
class Test:
    """One `key:value`. `value` is text as typed (folded where case does not matter) or a span."""

    __test__ = False  # it is no test of pytest's

    key: Key
    value: str | Span


@dataclass(frozen=True, slots=True)
class InFolder:
    """In a folder, or anywhere below it; `path` is relative to the root, "" the whole root."""

    root_id: int
    path: str = ""


@dataclass(frozen=True, slots=True)
class InCollection:
    """In a collection."""

    id: int


@dataclass(frozen=True, slots=True)
class Not:
    """What does not pass."""

    part: Condition


@dataclass(frozen=True, slots=True)
class All:
    """What passes every part; without parts, everything."""

    parts: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Any:
    """What passes at least one part; without parts, nothing."""

    parts: tuple[Condition, ...] = ()


Condition = Test | InFolder | InCollection | Not | All | Any
