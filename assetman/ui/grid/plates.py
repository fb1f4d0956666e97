"""The words that lie on a picture: what can be done with it at a click, and what is unusual."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from math import ceil

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter

from assetman.ui.glyphs import draw_play, draw_sound, draw_stack
from assetman.ui.theme import Text, Theme

_PLATE = QColor(0, 0, 0, 176)  # beneath words that lie on a picture, whatever the theme
_ON_PLATE = QColor(255, 255, 255)
_WITH_ALPHA = QImage.Format.Format_ARGB32_Premultiplied
INSET = 6  # pixels from the edges of the picture
_SIDE, _APART = 7, 4  # pixels beside the words of a plate, and between two plates
_LEAST = 48  # pixels that a picture is taken to be wide, if it is less
_KEPT = 400  # painted plates, each some kilobytes


STACK = "stack"
SIGNS = {"play": draw_play, "heard": draw_sound, STACK: draw_stack}  # beside words


class Plate(Enum):
    """A plate that can be clicked."""

    STACK = "stack"
    SIMILAR = "Similar"
    SHOTS = "Shots"
    TIME = "time"


class Plates:
    """Places words on pictures and paints them: each once, then copied."""

    def __init__(self, theme: Theme, *, mirrored: bool) -> None:
        self._theme = theme
        self._mirrored = mirrored
        self._font = smaller(theme.font(Text.SECONDARY))
        self._metrics = QFontMetrics(self._font)
        self._widths: dict[tuple[str, str], int] = {}
        self._painted: dict[tuple[str, str, bool, float], QImage] = {}

    def place(self, plate: Plate, cell: QRect, count: str = "") -> QRect:
        """Give where an action lies in a card's cell, an empty place where there is no room.

        The number of a stack's files keeps its corner, whatever else is offered beside it.
        """
        if plate is Plate.STACK:
            found = self._corner(cell, self._width(count, STACK), near=False, top=True)
            return found if count and cell.contains(found) else QRect()
        found = self._corner(cell, self._width(plate.value), near=plate is Plate.SHOTS, top=True)
        before = Plate.STACK if plate is Plate.SIMILAR else Plate.SIMILAR
        taken = self.place(before, cell, count)
        if plate is Plate.SIMILAR:
            found = self._beside(found, taken)
            return found if cell.contains(found) else QRect()
        return QRect() if found.intersects(taken.adjusted(-_APART, 0, _APART, 0)) else found

    def fitting(self, times: Sequence[str], shown: QRect, sign: str) -> str:
        """Give the first of some ways to write a time that a picture has room for, or the last."""
        room = max(shown.width(), _LEAST) - 2 * INSET
        fits = (time for time in times if self._width(time, sign) <= room)
        return next(fits, times[-1] if times else "")

    def place_time(self, time: str, cell: QRect, shown: QRect, sign: str) -> QRect:
        """Give where a time lies on the picture that is shown in a cell; not beyond the cell.

        An empty place where there is neither a time nor a sign.
        """
        if not time and not sign:
            return QRect()
        width = self._width(time, sign)
        found = self._corner(shown, width, near=False, top=False)
        if found.width() + 2 * INSET > shown.width():  # a narrow picture: in its middle
            found.moveLeft(shown.center().x() - found.width() // 2)
        found.moveLeft(max(found.left(), cell.left() + INSET))
        found.moveRight(min(found.right(), cell.right() - INSET))
        found.moveTop(max(found.top(), cell.top() + INSET))
        return found

    def paint(self, painter: QPainter, place: QRect, words: str, lit: bool, sign: str = "") -> None:
        """Paint a plate; `lit` where the pointer is over it."""
        if not place.isEmpty():
            self._copy(painter, place, words, sign=sign, lit=lit)

    def paint_word(self, painter: QPainter, shown: QRect, word: str, beside: QRect) -> None:
        """Write what is unusual about a picture, above the plate beside it where it must be."""
        place = self._corner(shown, self._width(word), near=True, top=False)
        if not beside.isEmpty() and place.adjusted(-_APART, 0, _APART, 0).intersects(beside):
            place.moveBottom(beside.top() - 1 - _APART)
        self._copy(painter, place, word)

    def paint_names(
        self, painter: QPainter, shown: QRect, names: Sequence[str], beside: QRect
    ) -> None:
        """Write some names, shortened to the room there is."""
        room = shown.width() - 2 * INSET - 2 * _SIDE
        if not beside.isEmpty():
            room -= beside.width() + _APART
        words = " · ".join(names)
        written = self._metrics.elidedText(words, Qt.TextElideMode.ElideRight, room)
        if len(written) > 3:  # not the mere sign that there would be more
            self.paint_word(painter, shown, written, QRect())

    def _beside(self, place: QRect, taken: QRect) -> QRect:
        """Move a plate aside, towards where reading begins, if its place is taken."""
        moved = QRect(place)
        if moved.intersects(taken) and self._mirrored:
            moved.moveLeft(taken.right() + 1 + _APART)
        elif moved.intersects(taken):
            moved.moveRight(taken.left() - 1 - _APART)
        return moved

    def _corner(self, picture: QRect, width: int, *, near: bool, top: bool) -> QRect:
        """Place a plate in a corner; near is where reading begins."""
        height = self._metrics.height() + 6
        at_left = near != self._mirrored
        left = picture.left() + INSET if at_left else picture.right() + 1 - INSET - width
        above = picture.top() + INSET if top else picture.bottom() + 1 - INSET - height
        return QRect(left, above, width, height)

    def _width(self, words: str, sign: str = "") -> int:
        key = words, sign
        if key not in self._widths:
            if len(self._widths) > 10 * _KEPT:
                self._widths.clear()
            width = self._metrics.horizontalAdvance(words) + 2 * _SIDE
            self._widths[key] = width + (self._sign + (_APART if words else 0) if sign else 0)
        return self._widths[key]

    def _copy(
        self,
        painter: QPainter,
        place: QRect,
        words: str,
        *,
        sign: str = "",
        lit: bool = False,
    ) -> None:
        device = painter.device()
        ratio = device.devicePixelRatio() if device is not None else 1.0
        key = words, sign, lit, ratio
        image = self._painted.get(key)
        if image is None:
            if len(self._painted) > _KEPT:
                self._painted.clear()
            image = self._painted[key] = self._make(place, words, sign, lit, ratio)
        painter.drawImage(place.topLeft(), image)

    def _make(self, place: QRect, words: str, sign: str, lit: bool, ratio: float) -> QImage:
        image = QImage(ceil(place.width() * ratio), ceil(place.height() * ratio), _WITH_ALPHA)
        image.setDevicePixelRatio(ratio)
        image.fill(Qt.GlobalColor.transparent)
        area = QRectF(0, 0, place.width(), place.height())
        colour = self._theme.on_accent if lit else _ON_PLATE
        with QPainter(image) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.accent if lit else _PLATE)
            painter.drawRoundedRect(area, 5, 5)
            if sign:
                side = self._sign
                box = QRectF(QPointF(_SIDE, (area.height() - side) / 2), area.bottomRight())
                box.setSize(QRectF(0, 0, side, side).size())
                SIGNS[sign](painter, box, colour)
                area.setLeft(_SIDE + side + _APART - _SIDE)
            painter.setFont(self._font)
            painter.setPen(colour)
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, words)
        return image

    @property
    def _sign(self) -> int:
        """Give the side of the sign beside a time."""
        return round(8 * self._theme.scale)


def smaller(font: QFont) -> QFont:
    """Give a font for words on pictures."""
    made = QFont(font)
    made.setPixelSize(round(font.pixelSize() * 11 / 12))
    return made
