"""The ground that the cards of an open stack share: it runs on from row to row."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath

from assetman.ui.grid.grid_layout import GridLayout
from assetman.ui.theme import RADIUS, Theme, mix

_APART = 1  # pixels less at an end: twice that lies between two stacks


@dataclass(frozen=True, slots=True)
class Ground:
    """What of the ground lies in one row."""

    area: QRect
    begins: bool  # the card that stands for the stack is here
    ends: bool  # the last one of it is here
    over: bool = False  # the next row goes on beneath where this one begins
    under: bool = False  # the row before lies above where this one ends


def ground_of(theme: Theme) -> QColor:
    """Give the colour of the ground: a little off what is behind the grid."""
    return mix(theme.text, theme.ground, 0.10 if theme.dark else 0.075)


def grounds(layout: GridLayout, cards: range) -> list[Ground]:
    """Lay the ground beneath neighbouring cards, row by row.

    Where it goes on in another row it reaches to the edge.
    """
    lines, around = layout.lines, layout.gap // 2
    last = lines.row_of(cards.stop - 1)
    found = []
    for row in range(lines.row_of(cards.start), last + 1):
        run = lines.run(row)
        first, final = max(run.start, cards.start), min(run.stop, cards.stop) - 1
        area = layout.cell(first).united(layout.cell(final))
        begins, ends = run.start <= cards.start, cards.stop <= run.stop
        left, right = (ends, begins) if layout.mirrored else (begins, ends)
        apart, on = (
            max(0, around - _APART),
            around if layout.columns == 1 else around + layout.margin,
        )
        area.adjust(
            -(apart if left else on),
            -(apart if begins else around),
            apart if right else on,
            apart if ends else around,
        )
        over = not ends and cards.stop > first + layout.columns
        under = not begins and final - layout.columns >= cards.start
        found.append(Ground(area, begins, ends, over, under))
    return found


def paint_ground(painter: QPainter, layout: GridLayout, ground: Ground, theme: Theme) -> None:
    """Paint what lies in one row, rounded where the stack begins and where it ends."""
    begins, ends = ground.begins, ground.ends
    if layout.columns == 1:
        corners = begins, begins, ends, ends
    else:
        high, low = ends and not ground.under, begins and not ground.over
        corners = (high, begins, low, ends) if layout.mirrored else (begins, high, ends, low)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground_of(theme))
    painter.drawPath(_rounded(QRectF(ground.area), corners))


def _rounded(area: QRectF, corners: tuple[bool, bool, bool, bool]) -> QPainterPath:
    """Make a rectangle of which some corners are round, clockwise from the top left."""
    radius = RADIUS + 2.0
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    path.addRoundedRect(area, radius, radius)
    right, low = area.right() - radius, area.bottom() - radius
    places = (area.left(), area.top()), (right, area.top()), (right, low), (area.left(), low)
    for (x, y), rounded in zip(places, corners, strict=True):
        if not rounded:
            path.addRect(QRectF(x, y, radius, radius))
    return path
