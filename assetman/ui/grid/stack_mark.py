"""How many files a card stands for, where copies or a burst are folded into one hit."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter

from assetman.core.queries import Hit
from assetman.ui.grid.plates import Plates

SIGN = "stack"


def stack_text(hit: Hit | None) -> str:
    """Write how many files a hit stands for; "" where it is one."""
    return "" if hit is None or hit.stack is None else f"{len(hit.stack.asset_ids):,}"


def stack_words(hit: Hit) -> str:
    """Say aloud what a hit stands for: “3 near copies”, “a burst of 5”; "" where it is one."""
    if hit.stack is None:
        return ""
    count, likeness = stack_text(hit), hit.stack.likeness
    return f"a burst of {count}" if likeness is None else f"{count} {likeness} copies"


def paint_stack(
    painter: QPainter, plates: Plates, picture: QRect, hit: Hit | None, taken: Iterable[QRect]
) -> None:
    """Paint the count at the top right, beside what can be clicked; not where there is no room."""
    if not (count := stack_text(hit)):
        return
    place = plates.place_count(count, picture, SIGN)
    others = [other for other in taken if not other.isEmpty()]
    for other in others:
        place = plates.beside(place, other)
    if picture.contains(place) and not any(place.intersects(other) for other in others):
        plates.paint(painter, place, count, False, SIGN)
