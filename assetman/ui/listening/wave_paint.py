"""How a sound is drawn: columns about a middle line, the matching part in the accent colour."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from assetman.ui.listening.outline import Column

LEAST = 1.0  # pixels: silence is a line


def paint_wave(
    painter: QPainter,
    box: QRectF,
    columns: Sequence[Column],
    colours: Sequence[tuple[float, QColor]],
    *,
    gain: float = 1.0,
) -> None:
    """Paint an outline over the whole of a box.

    `colours` say from which place on (pixels from the box's left, rising, the first at 0) it is
    painted in which colour. `gain` makes a quiet sound seen.
    """
    if not columns or not colours:
        return
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    step, half = box.width() / len(columns), box.height() / 2
    middle = box.center().y()
    ends = [place for place, _ in colours[1:]] + [box.width() + 1.0]
    at = 0
    painter.setBrush(colours[0][1])
    bars: list[QRectF] = []
    for number, (low, high) in enumerate(columns):
        left = number * step
        while left >= ends[at] and at + 1 < len(colours):
            painter.drawRects(bars)
            bars = []
            at += 1
            painter.setBrush(colours[at][1])
        top = middle - min(max(high * gain, 0.0), 1.0) * half
        foot = middle - max(min(low * gain, 0.0), -1.0) * half
        if foot - top < LEAST:
            top, foot = middle - LEAST / 2, middle + LEAST / 2
        bars.append(QRectF(box.left() + left, top, max(step, 1.0), foot - top))
    painter.drawRects(bars)
    painter.restore()


def column_count(width: float, ratio: float) -> int:
    """Say how many columns a width of pixels has, one a pixel of the screen."""
    return max(1, ceil(floor(width) * max(ratio, 1.0)))
