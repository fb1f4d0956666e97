"""What the Filter menu offers of the query language: each choice with its name and its text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from assetman.core.assets import Kind

Choice = tuple[str, str]  # what the menu says, and what would be typed


@dataclass(frozen=True, slots=True)
class Choices:
    """The entries of one submenu."""

    name: str
    entries: tuple[Choice, ...]
    typed: str = ""  # what a person goes on typing who wants something else
    kinds: tuple[Kind, ...] = ()  # offered where there are such files; empty: always


SEEN = (Kind.IMAGE, Kind.VIDEO)
PLAYED = (Kind.VIDEO, Kind.AUDIO)
VALUES = ("camera", "lens", "ext")  # whose choices are what the library holds
VALUE_NAMES = {"camera": "Camera", "lens": "Lens", "ext": "File type"}
COLOURS = (
    *("red", "orange", "gold", "yellow", "lime", "green"),
    *("teal", "skyblue", "blue", "purple", "magenta", "pink"),
    *("brown", "beige", "white", "silver", "gray", "black"),
)

_SIZES = (
    ("Over 1 GB", "size:>1gb"),
    ("Over 100 MB", "size:>100mb"),
    ("Over 10 MB", "size:>10mb"),
    ("Over 1 MB", "size:>1mb"),
    ("Under 1 MB", "size:<1mb"),
    ("Under 100 KB", "size:<100kb"),
)
_LENGTHS = (
    ("Under 2 seconds", "duration:<2s"),
    ("Under 10 seconds", "duration:<10s"),
    ("Under 1 minute", "duration:<1m"),
    ("1 to 5 minutes", "duration:1m..5m"),
    ("5 to 30 minutes", "duration:5m..30m"),
    ("Over 30 minutes", "duration:>30m"),
)
_SHAPES = (
    ("Landscape", "orientation:landscape"),
    ("Portrait", "orientation:portrait"),
    ("Square", "orientation:square"),
    ("At least 1920 pixels wide", "width:>=1920"),
    ("At least 3840 pixels wide", "width:>=3840"),
)
_HAS = (
    ("Sound", "has:audio"),
    ("Speech", "has:speech"),
    ("Subtitles", "has:subtitles"),
    ("Chapters", "has:chapters"),
    ("Text in the picture", "has:text"),
    ("A place (GPS)", "has:gps"),
    ("Tags", "has:tags"),
)
_IS = (
    ("Untagged", "is:untagged"),
    ("Rated", "is:rated"),
    ("Not rated", "is:unrated"),
    ("A duplicate", "is:duplicate"),
    ("Offline", "is:offline"),
)


def choices(kinds: Mapping[str, int], today: date) -> tuple[Choices, ...]:
    """List the submenus that make sense for these kinds of files."""
    offered = (
        Choices("Date", _dates(today), "date:"),
        Choices("Size", _SIZES, "size:>"),
        Choices("Length", _LENGTHS, "duration:<", PLAYED),
        Choices("Shape", _SHAPES, "width:>=", SEEN),
        Choices("Has", _HAS, "has:"),
        Choices("Is", _IS, "is:"),
    )
    return tuple(c for c in offered if not c.kinds or any(kinds.get(kind) for kind in c.kinds))


def _dates(today: date) -> tuple[Choice, ...]:
    return (
        ("Today", "date:today"),
        ("Last 7 days", "date:7d"),
        ("Last 30 days", "date:30d"),
        ("This month", "date:this-month"),
        ("Last month", "date:last-month"),
        ("This year", "date:this-year"),
        (f"{today.year}", f"date:{today.year}"),
        (f"{today.year - 1}", f"date:{today.year - 1}"),
        (f"{today.year - 2}", f"date:{today.year - 2}"),
        (f"{today.year - 3}", f"date:{today.year - 3}"),
        (f"Before {today.year - 3}", f"date:..{today.year - 4}"),
    )
