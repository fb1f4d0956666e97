"""A rating as five stars that are clicked, or chosen by keyboard."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from assetman.core.organising import RATINGS
from assetman.ui.glyphs import draw_ring, draw_star
from assetman.ui.theme import appearance, theme

MOST = RATINGS[-1]
STEP, SIDE = 20, 14  # pixels that a star takes, and its own


class Stars(QSlider):
    """A slider to whoever listens, five stars to whoever looks: filled or hollow, no colours.

    A click on the last filled star takes the rating away. Several files of different ratings
    show none until one is chosen for all.
    """

    rated = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setRange(0, MOST)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setToolTip("Rate: click a star, or press 0 to 5 in the grid")
        self._under = 0  # the star beneath the pointer
        self._mixed = False
        self._showing = False
        self.valueChanged.connect(self._moved)
        appearance().changed.connect(self.updateGeometry)

    def show_ratings(self, least: int, most: int) -> None:
        """Show a rating, or that several files have different ones."""
        self._showing, self._mixed = True, least != most
        self.setValue(0 if self._mixed else least)
        self._showing = False
        said = f"mixed, {least} to {most}" if self._mixed else f"{least} of {MOST} stars"
        self.setAccessibleName(f"Rating, {said}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme().px(STEP) * MOST, theme().px(STEP))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = Qt.Key
        forward = -1 if self.isRightToLeft() else 1
        steps = {keys.Key_Right: forward, keys.Key_Left: -forward, keys.Key_Up: 1}
        steps |= {keys.Key_Down: -1, keys.Key_Home: -MOST, keys.Key_End: MOST}
        if event.text() and event.text() in "012345":
            self._choose(int(event.text()))
        elif event.key() in (keys.Key_Delete, keys.Key_Backspace):
            self._choose(0)
        elif event.key() in list(steps):
            self._choose(min(max(self.value() + steps[keys(event.key())], 0), MOST))
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        star = self._star_at(event.position())
        if event.button() is Qt.MouseButton.LeftButton and star:
            self._choose(0 if star == self.value() and not self._mixed else star)
        else:
            event.ignore()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self._star_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(0)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # scrolling past must rate nothing

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            step, side = look.px(STEP), look.px(SIDE)
            shown = self._under or self.value()
            for star in range(1, MOST + 1):
                left = step * (star - 1)  # the first in line with the text above it
                if self.isRightToLeft():
                    left = self.width() - left - side
                box = QRectF(left, (self.height() - side) / 2, side, side)
                filled = star <= shown
                draw_star(painter, box, look.text if filled else look.edge, filled)
            if self.hasFocus():
                draw_ring(painter, QRectF(self.rect()), look.accent, 5)

    def _choose(self, rating: int) -> None:
        self.rated.emit(rating)

    def _moved(self, value: int) -> None:
        """Take a value that assistive technology has set."""
        if not self._showing:
            self.rated.emit(value)

    def _hover(self, star: int) -> None:
        if star != self._under:
            self._under = star
            self.update()

    def _star_at(self, place: QPointF) -> int:
        across = self.width() - place.x() if self.isRightToLeft() else place.x()
        return min(max(int(across // theme().px(STEP)) + 1, 0), MOST)
