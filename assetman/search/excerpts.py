"""A file, or a part of one, as a question names it: `+[film.mp4#t=12,14.5]`, `+[a.jpg#by=look]`.

The parts are said as in Media Fragments URI 1.0 (W3C, 2012): seconds from a beginning, and a
rectangle in percent of the picture. `by` says in what it is to be alike.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace

from assetman.core.assets import Box
from assetman.core.queries import Aspect, Example

_NUMBER = r"[0-9]{1,9}(?:\.[0-9]{1,6})?"
_PART = re.compile(
    rf"t=(?P<start>{_NUMBER})(?:,(?P<end>{_NUMBER}))?"
    rf"|xywh=percent:(?P<sides>{_NUMBER}(?:,{_NUMBER}){{3}})"
    rf"|by=(?P<by>{'|'.join(Aspect)})"
)


def read(text: str, example: Example) -> tuple[str, Example]:
    """Part the name of a file from what is said of it; put that into an example."""
    path, _, said = text.rpartition("#")
    found = [_PART.fullmatch(part) for part in said.split("&")]
    if not path or None in found:
        return text, example
    for match in found:
        assert match is not None
        if match["by"]:
            example = replace(example, by=Aspect(match["by"]))
        elif match["start"]:
            end = None if match["end"] is None else float(match["end"])
            example = replace(example, start=float(match["start"]), end=end)
        else:
            with suppress(ValueError):  # no rectangle of a picture
                sides = (float(side) / 100 for side in match["sides"].split(","))
                example = replace(example, box=Box(*sides))
    return path, example


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
    if example.by is not Aspect.MEANING:
        parts.append(f"by={example.by}")
    return "#".join((path, "&".join(parts))) if parts else path


def _number(number: float) -> str:
    return f"{number:.6f}".rstrip("0").rstrip(".")
