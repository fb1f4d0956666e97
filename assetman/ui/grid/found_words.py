"""Frames around the words that were found in a picture."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from assetman.core.assets import Box
from assetman.core.queries import Hit
from assetman.ui.theme import theme

_ROOM = 3.0  # pixels between the letters and their frame
_ROUND = 3.0


def boxes_of(hit: Hit | None, at: float | None = None) -> tuple[Box, ...]:
    """List where words of the question stand in a picture; of a film, in its frame at a time."""
    boxes = dict.fromkeys(
        each.box
        for each in (hit.evidence if hit is not None else ())
        if each.box is not None and _is_shown((each.start, each.end), at)
    )
    return tuple(boxes)


def _is_shown(moment: tuple[float | None, float | None], at: float | None) -> bool:
    start, end = moment
    if start is None or at is None:
        return start is None and at is None
    return start <= at <= (start if end is None else end)


class FoundWords:
    """What is framed in the picture that a widget shows."""

    def __init__(self, shown_in: QWidget) -> None:
        self._shown_in = shown_in
        self.boxes: tuple[Box, ...] = ()

    def show(self, boxes: tuple[Box, ...]) -> None:
        """Frame other words."""
        if boxes != self.boxes:
            self.boxes = boxes
            self._shown_in.update()

    def paint(self, painter: QPainter, picture: QRectF) -> None:
        """Paint the frames over a picture that lies there."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for box in self.boxes:
            frame = QRectF(
                picture.left() + box.left * picture.width(),
                picture.top() + box.top * picture.height(),
                box.width * picture.width(),
                box.height * picture.height(),
            ).adjusted(-_ROOM, -_ROOM, _ROOM, _ROOM)
            # White around the accent is seen on any picture.
            painter.setPen(QPen(QColor(255, 255, 255, 220), 4))
            painter.drawRoundedRect(frame, _ROUND, _ROUND)
            painter.setPen(QPen(theme().accent, 2))
            painter.drawRoundedRect(frame, _ROUND, _ROUND)
