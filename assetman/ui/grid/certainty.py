"""Where certainty ends among results: the line, and the mark of it beside the scroll bar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QScrollBar, QWidget

from assetman.core.queries import Hit, Query, Sort
from assetman.ui.theme import Text, theme

PERHAPS = "perhaps: below this line the match is uncertain"
SHORT = "perhaps"
PART = 30  # pixels of the room of the line
DIMMED = 0.42  # of an uncertain picture


def sure_of(ids: Sequence[int], hits: Mapping[int, Hit], query: Query | None) -> int:
    """Count the results above the line; 0 where no line is to be drawn.

    There is one only in the order of relevance, and where both sides have something.
    """
    if query is None or query.sort is not Sort.RELEVANCE or not query.descending:
        return 0
    confident = [hit.confident if (hit := hits.get(each)) is not None else None for each in ids]
    if None in confident or not confident or not confident[0]:
        return 0
    sure = next((n for n, each in enumerate(confident) if not each), 0)
    return 0 if any(confident[sure:]) else sure


def paint_line(painter: QPainter, room: QRect) -> None:
    """Draw the thin line and what it means."""
    look = theme()
    painter.setFont(look.font(Text.SECONDARY))
    metrics = painter.fontMetrics()
    words = PERHAPS if metrics.horizontalAdvance(PERHAPS) < room.width() - 60 else SHORT
    width, gap = metrics.horizontalAdvance(words), look.px(12)
    painter.setPen(look.secondary)
    painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter), words)
    painter.setPen(QPen(look.line, 1))
    side = (room.width() - width) // 2 - gap
    middle = room.center().y()
    if side > 0:
        painter.drawLine(room.left(), middle, room.left() + side, middle)
        painter.drawLine(room.right() - side, middle, room.right(), middle)


class CertaintyBar(QScrollBar):
    """A scroll bar that shows where in its range certainty ends."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self._mark: float | None = None

    @property
    def mark(self) -> float | None:
        """How far down the line is, 0..1; None for no line."""
        return self._mark

    def show_mark(self, mark: float | None) -> None:
        """Show another place of the line."""
        if mark != self._mark:
            self._mark = mark
            words = "" if mark is None else f"Good matches end {round(mark * 100)} % down"
            self.setToolTip(words)
            self.setAccessibleDescription(words)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._mark is None or self.maximum() <= self.minimum():
            return
        look = theme()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.accent)
            middle = self._mark * self.height()
            tick = QRectF(2, middle - 1.25, self.width() - 4, 2.5)
            painter.drawRoundedRect(tick, 1.25, 1.25)
