"""What is known of an asset, as conditions ask for it: what `search.matching` looks at.

The catalogue's SQL says the same of its tables.
"""

from __future__ import annotations

from dataclasses import dataclass

from assetman.core.assets import Kind
from assetman.core.conditions import folded

SQUARE = 0.05  # by what share the longer side of a square may be the longer one


@dataclass(frozen=True, slots=True)
class AssetFacts:
    """One asset. Texts are as they are shown."""

    kind: Kind
    root_id: int
    folder: str  # relative to the root, without a slash at its end; "" is the root
    name: str
    size: int  # bytes
    moment: float  # taken, else modified: the wall clock read as UTC
    width: int | None = None  # pixels, upright
    height: int | None = None
    duration: float | None = None  # seconds
    rating: int = 0
    tags: frozenset[str] = frozenset()
    collections: frozenset[int] = frozenset()
    camera: str | None = None
    lens: str | None = None
    has: frozenset[str] = frozenset()  # of `conditions.HAS`
    missing: bool = False
    offline: bool = False
    duplicate: bool = False
    colors: tuple[str, ...] = ()  # the main ones, "#rrggbb"
    said: tuple[str, ...] = ()  # passages of speech, subtitles and chapters
    text: tuple[str, ...] = ()  # passages read in the picture
    written: tuple[str, ...] = ()  # all that is written about it, the passages too

    @property
    def ext(self) -> str:
        """What its name ends with."""
        return ext_of(self.name)

    @property
    def orientation(self) -> str | None:
        """Say which side is the longer; None where there are no sides."""
        if not self.width or not self.height:
            return None
        if self.width > self.height * (1 + SQUARE):
            return "landscape"
        return "portrait" if self.height > self.width * (1 + SQUARE) else "square"


def ext_of(name: str) -> str:
    """Give what a file's name ends with, folded, without the dot; "" where there is nothing."""
    stem, _, ext = name.rpartition(".")
    return folded(ext) if stem else ""
