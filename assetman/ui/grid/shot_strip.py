"""The strip beneath a row of cards: the shots of one of its videos, one step away."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QEnterEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from assetman.core.moments import Moment
from assetman.ui.controls import GlyphButton, label
from assetman.ui.glyphs import draw_cross
from assetman.ui.grid.frames import best_of_shots
from assetman.ui.grid.shot_list import ShotList
from assetman.ui.grid.wording import count_text
from assetman.ui.theme import RADIUS, appearance, theme

MOST = 60  # shots of an answer in one strip: those that match best, still in time order
NOTCH = 6  # pixels, the point towards the card it belongs to
LOADING = "Fetching its shots…"
NONE = "Its shots are still to be found."


class ShotStrip(QWidget):
    """Lies in the room that the grid makes for it, and points to its card."""

    closed = Signal()
    escaped = Signal()
    entered = Signal()  # the pointer has left the cards

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._point = 0.0  # where the card's middle is
        self.sentence = label("", "secondary", self)
        self.close_button = GlyphButton(draw_cross, "Close the shots (Esc)", self, 8)
        self.close_button.clicked.connect(self.closed)
        self.list = ShotList(self)
        head = QHBoxLayout()
        head.addWidget(self.sentence, 1)
        head.addWidget(self.close_button)
        self._column = QVBoxLayout(self)
        self._column.addLayout(head)
        self._column.addWidget(self.list)
        self._head = head
        appearance().changed.connect(self._restyle)
        self._restyle()
        self.show_waiting()

    def show_waiting(self) -> None:
        """Say that the shots are on their way."""
        self.list.show_shots((), ())
        self._say(LOADING)

    def show_moments(self, moments: Sequence[Moment], best: int | None) -> None:
        """Show the shots of a video; `best` is the segment that matched the question best."""
        shots = best_of_shots(moments)
        scores = [shot.score for shot in shots if shot.score is not None]
        shown = shots
        if scores and len(shots) > MOST:
            best_first = sorted(shots, key=lambda shot: -(shot.score or 0.0))
            shown = sorted(best_first[:MOST], key=lambda shot: shot.start)
        self.list.show_shots(shown, scores)
        matching = (moment for moment in moments if moment.segment_id == best)
        row = self.list.shots.row_of(next(matching, None))
        if row >= 0:
            self.list.go_to(row)
        if not shots:
            self._say(NONE)
            return
        words = count_text(len(shots), "shot", "shots")
        if len(shown) < len(shots):
            words = f"The best {len(shown)} of {words}"
        self._say(f"{words} · faded ones match less" if scores else words)

    def point_at(self, x: float) -> None:
        """Point to a card whose middle is at `x`, in the strip's own coordinates."""
        self._point = x
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        elif event.key() == Qt.Key.Key_M and not event.modifiers():
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.entered.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()  # nothing lies here: the grid must not take it for its ground

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        area = QRectF(self.rect()).adjusted(0, NOTCH, 0, 0)
        x = min(max(self._point, RADIUS + NOTCH), self.width() - RADIUS - NOTCH)
        point = [QPointF(x - NOTCH, NOTCH + 1), QPointF(x, 1), QPointF(x + NOTCH, NOTCH + 1)]
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.panel)
            painter.drawRoundedRect(area, RADIUS, RADIUS)
            painter.drawPolygon(QPolygonF(point))

    def place(self, room: QRect) -> None:
        """Take a room; the point reaches a little above it."""
        self.setGeometry(room.adjusted(0, -NOTCH, 0, 0))

    def _say(self, sentence: str) -> None:
        self.sentence.setText(sentence)
        self.list.setAccessibleDescription(sentence)

    def _restyle(self) -> None:
        px = theme().px
        self._head.setContentsMargins(px(12), 0, px(6), 0)
        self._column.setContentsMargins(0, NOTCH + px(6), 0, px(2))
        self._column.setSpacing(0)
        self.updateGeometry()
        self.update()
