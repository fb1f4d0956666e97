"""What an asset must be to count, as a tree: the one form in which filters are said.

The parser makes it of what was typed, the catalogue makes SQL of it, and `search.matching` says
the same in plain Python. The values of tests, as the parser leaves them:

==================  ===============================================================================
key                 value
==================  ===============================================================================
TYPE                `Kind.value`: "image", "video", "audio", "document"
TAG                 a tag's name as typed; the same tag whatever the case (`folded`)
RATING              `Span` of stars, both ends given and included, within 0 to 5
IN                  name or path of a folder, or name of a collection, as typed; the planner makes
                    `InFolder` and `InCollection` of it: no such test reaches the catalogue
NAME, CAMERA, LENS  `folded` when compared. With `*` or `?` a pattern for the whole (`*` is any
                    characters, `?` one, all else itself); without, it may stand anywhere in it
EXT                 lower case, no dot: "jpg"
SIZE                `Span` of bytes
WIDTH, HEIGHT       `Span` of pixels
DURATION            `Span` of seconds
DATE                `Span` of seconds since the epoch, the camera's wall clock read as UTC. Ends are
                    midnights: `least` is included, `most` is not. Or `Days`, where it passes as
                    time does
COLOR               "#rrggbb", lower case; near one of the main colours (`core.colors`)
ORIENTATION         "landscape", "portrait" or "square"
HAS                 one of `HAS`
IS                  one of `IS`
TEXT, SAID,         words, single spaces between them, at least one letter or digit: one after the
WRITTEN             other in one passage, as full text has them
==================  ===============================================================================

Texts are NFC, without spaces around them and never empty.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from assetman.core.days import passes, period, today

HAS = ("audio", "gps", "tags", "text", "speech", "subtitles", "chapters")
IS = ("missing", "offline", "duplicate", "untagged", "rated", "unrated")
ORIENTATIONS = ("landscape", "portrait", "square")


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

    def __contains__(self, number: float) -> bool:
        above = (
            self.least is None or number > self.least or (self.least_in and number == self.least)
        )
        below = self.most is None or number < self.most or (self.most_in and number == self.most)
        return above and below


@dataclass(frozen=True, slots=True)
class Days:
    """Dates as they are typed, some of them counted from today; "" is open.

    From where `least` begins, or ends if it is not in; to where `most` ends, or begins.
    """

    least: str = ""
    most: str = ""
    least_in: bool = True
    most_in: bool = True

    @property
    def passing(self) -> bool:
        """Whether it means other dates on another day."""
        return passes(self.least) or passes(self.most)

    def span(self, now: date | None = None) -> Span:
        """Give the dates that are meant on a day, today as a rule.

        Raises ValueError for what is no date.
        """
        now = now or today()
        ends = [period(each, now) if each else None for each in (self.least, self.most)]
        if (self.least and not ends[0]) or (self.most and not ends[1]):
            raise ValueError(f"no date: {self}")
        low, high = ends
        least = None if low is None else low[0] if self.least_in else low[1]
        most = None if high is None else high[1] if self.most_in else high[0]
        return Span(least, most, True, most is None)


@dataclass(frozen=True, slots=True)
class Test:
    """One `key:value`; the module says what the value of each key is."""

    __test__ = False  # it is no test of pytest's

    key: Key
    value: str | Span | Days

    @property
    def span(self) -> Span | None:
        """The numbers that pass, for dates as of today; None where the value is a text."""
        value = self.value.span() if isinstance(self.value, Days) else self.value
        return value if isinstance(value, Span) else None


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
EVERYTHING = All()


def every(*conditions: Condition) -> Condition:
    """Join conditions that all must pass: flat, each once, and no `All` around a single one."""
    parts: dict[Condition, None] = {}
    for each in conditions:
        parts.update(dict.fromkeys(each.parts if isinstance(each, All) else (each,)))
    return next(iter(parts)) if len(parts) == 1 else All(tuple(parts))


def either(*conditions: Condition) -> Condition:
    """Join conditions of which one must pass: flat, each once, no `Any` around a single one."""
    parts: dict[Condition, None] = {}
    for each in conditions:
        parts.update(dict.fromkeys(each.parts if isinstance(each, Any) else (each,)))
    return next(iter(parts)) if len(parts) == 1 else Any(tuple(parts))


def opposite(condition: Condition) -> Condition:
    """Give what passes where a condition does not."""
    return condition.part if isinstance(condition, Not) else Not(condition)


def needed(condition: Condition) -> tuple[Condition, ...]:
    """Give the parts that each asset must pass; only `All` is taken apart."""
    return condition.parts if isinstance(condition, All) else (condition,)


def leaves(condition: Condition) -> Iterator[Test | InFolder | InCollection]:
    """Go through all tests and places of a condition, wanted or not."""
    if isinstance(condition, Not):
        yield from leaves(condition.part)
    elif isinstance(condition, All | Any):
        for part in condition.parts:
            yield from leaves(part)
    else:
        yield condition


MISSING = Test(Key.IS, "missing")


def asks_for_missing(condition: Condition) -> bool:
    """Tell whether assets whose files are gone may count; as a rule only the others do."""
    if isinstance(condition, Not):
        return False
    if isinstance(condition, All | Any):
        return any(asks_for_missing(part) for part in condition.parts)
    return condition == MISSING


def folded(text: str) -> str:
    """Give what is equal for texts that differ by case or by how their accents are stored."""
    composed = unicodedata.normalize("NFC", text)
    return unicodedata.normalize("NFC", composed.casefold())


def pattern(value: str) -> re.Pattern[str]:
    """Give what the value of a NAME, CAMERA or LENS matches: the whole of a `folded` text."""
    glob = value if "*" in value or "?" in value else f"*{value}*"
    signs = {"*": ".*", "?": "."}
    return re.compile("".join(signs.get(c) or re.escape(c) for c in folded(glob)), re.DOTALL)


def quoted(value: str) -> str:
    """Write a value as it may stand behind its key, in quotation marks where it needs them."""
    if value and not _SPECIAL.search(value):
        return value
    return '"' + value.replace('"', '""') + '"'


_SPECIAL = re.compile(r"""[\s()"“”„]""")
