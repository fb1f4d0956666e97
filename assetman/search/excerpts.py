"""A file, or a part of one, as a question names it: `+[film.mp4#t=12,14.5]`.

The parts are said as in Media Fragments URI 1.0 (W3C, 2012): seconds from a beginning, and a
rectangle in percent of the picture.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass

from assetman.core.assets import Box
from assetman.core.queries import Example

_NUMBER = r"([0-9]{1,9}(?:\.[0-9]{1,6})?)"
_PARTS = re.compile(
    rf"(?:#t={_NUMBER}(?:,{_NUMBER})?)?"
    rf"(?:[#&]xywh=percent:{_NUMBER},{_NUMBER},{_NUMBER},{_NUMBER})?$"
)


@dataclass(frozen=True, slots=True)
class Named:
    """What stands between the brackets: a path or a name, and the part of the file."""

    path: str
    start: float | None = None  # seconds
    end: float | None = None
    box: Box | None = None


def read(text: str) -> Named:
    """Part the name of a file from the part of it that is meant."""
    found = _PARTS.search(text)
    if not found or not found[0] or found.start() == 0:
        return Named(text)
    start, end, *sides = (None if each is None else float(each) for each in found.groups())
    box = None
    if None not in sides:
        with suppress(ValueError):  # no rectangle of a picture
            box = Box(*((side or 0.0) / 100 for side in sides))
    return Named(text[: found.start()], start, end, box)


def written(path: str, example: Example) -> str:
    """Name the part of a file that an example is."""
    parts = []
    if example.start is not None:
        end = "" if example.end is None else f",{_number(example.end)}"
        parts.append(f"t={_number(example.start)}{end}")
    if example.box is not None:
        box = example.box
        sides = (box.left, box.top, box.width, box.height)
        parts.append("xywh=percent:" + ",".join(_number(side * 100) for side in sides))
    return "#".join((path, "&".join(parts))) if parts else path


def _number(number: float) -> str:
    return f"{number:.6f}".rstrip("0").rstrip(".")
