"""Which fonts stand in for those a drawing asks for and this machine does not have.

resvg draws nothing at all where a family is not installed, and takes the generic families
("sans-serif") for fonts of Windows. So each list of families in a drawing gets a generic one at
its end, and the generic ones are said to be what is installed here.
"""

from __future__ import annotations

import io
import re
from functools import cache
from typing import TypedDict
from xml.etree import ElementTree

from PIL import Image

_SANS = (
    *("DejaVu Sans", "Noto Sans", "Liberation Sans", "Arial", "Helvetica", "Segoe UI"),
    *("Roboto", "Ubuntu", "Cantarell", "Inter", "Open Sans", "FreeSans", "Nimbus Sans"),
)
_SERIF = (
    *("DejaVu Serif", "Noto Serif", "Liberation Serif", "Times New Roman", "Times", "Georgia"),
    *("FreeSerif", "Nimbus Roman"),
)
_MONO = (
    *("DejaVu Sans Mono", "Noto Sans Mono", "Liberation Mono", "Courier New", "Menlo"),
    *("Consolas", "FreeMono", "Nimbus Mono PS"),
)
_GENERIC = ("serif", "sans-serif", "monospace", "cursive", "fantasy")

# In a style: `font-family: …` and `font: …`, up to where they end.
_IN_STYLE = re.compile(r"(\bfont(?:-family)?\s*:)([^;}!]+)", re.IGNORECASE)


class Families(TypedDict):
    """What stands for each generic family, as resvg is told it; empty: nothing does."""

    font_family: str
    sans_serif_family: str
    serif_family: str
    monospace_family: str
    cursive_family: str
    fantasy_family: str


def with_fallbacks(root: ElementTree.Element) -> None:
    """Put a generic family behind every list of families in a drawing."""
    for element in root.iter():
        families = element.get("font-family")
        if families:
            element.set("font-family", _ended(families))
        style = element.get("style")
        if style and "font" in style:
            element.set("style", _IN_STYLE.sub(_with_generic, style))
        if isinstance(element.tag, str) and element.tag.endswith("style") and element.text:
            element.text = _IN_STYLE.sub(_with_generic, element.text)


@cache
def families() -> Families:
    """Say what is installed here for each generic family."""
    sans = _first(_SANS)
    return {
        "font_family": sans,
        "sans_serif_family": sans,
        "serif_family": _first(_SERIF) or sans,
        "monospace_family": _first(_MONO) or sans,
        "cursive_family": sans,
        "fantasy_family": sans,
    }


def _with_generic(found: re.Match[str]) -> str:
    return found[1] + _ended(found[2])


def _ended(families: str) -> str:
    last = families.rpartition(",")[2].strip().strip("\"'").lower()
    return families if last.endswith(_GENERIC) else f"{families.rstrip()}, sans-serif"


def _first(candidates: tuple[str, ...]) -> str:
    return next(filter(_is_here, candidates), "")


def _is_here(family: str) -> bool:
    import resvg_py

    letter = f'<text y="16" font-size="16" font-family="{family}">A</text>'
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16">{letter}</svg>'
    png = resvg_py.svg_to_bytes(svg_string=drawing)
    with Image.open(io.BytesIO(bytes(png)), formats=["PNG"]) as picture:
        return picture.convert("RGBA").getchannel("A").getbbox() is not None
