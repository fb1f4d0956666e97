"""From where a picture is looked at: how large, and which part is in the middle."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF

from assetman.ui.grid.pictures import ENLARGED

MARGIN = 16  # pixels around a picture that fits
MOST = 8.0  # screen pixels for one of the picture's


class Viewpoint:
    """Scale and middle of a picture in a room; plain arithmetic.

    `scale` counts the screen's own pixels for one of the picture's: 1.0 is one to one.
    """

    def __init__(self) -> None:
        self.picture = QSize()  # in its own pixels
        self.fits = True
        self._scale = 1.0
        self._middle = QPointF(0.5, 0.5)  # of the room, in shares of the picture
        self._room = QSizeF(1, 1)
        self._ratio = 1.0  # screen pixels in one of the window's

    @property
    def scale(self) -> float:
        return self.fitting if self.fits else self._scale

    @property
    def fitting(self) -> float:
        """Give the scale at which the whole picture is seen."""
        if self.picture.isEmpty():
            return 1.0
        room = (self._room - QSizeF(2 * MARGIN, 2 * MARGIN)).expandedTo(QSizeF(1, 1))
        share = min(room.width() / self.picture.width(), room.height() / self.picture.height())
        return min(share, ENLARGED) * self._ratio

    @property
    def drawn(self) -> QSizeF:
        """Give how large the whole picture is in the window."""
        return QSizeF(self.picture) * (self.scale / self._ratio)

    def enter(self, room: QSizeF, ratio: float) -> None:
        """Look from a room of another size or on another screen."""
        self._room, self._ratio = room, ratio
        self._stay_inside()

    def fit(self) -> None:
        """See the whole picture."""
        self.fits, self._middle = True, QPointF(0.5, 0.5)

    def zoom_to(self, scale: float, at: QPointF) -> None:
        """Zoom so that the point `at` of the room stays where it is."""
        before = self.rect()
        if before.isEmpty():
            return
        least = min(self.fitting, 1.0)
        scale = min(max(scale, least), MOST)
        share = QPointF(
            (at.x() - before.left()) / before.width(), (at.y() - before.top()) / before.height()
        )
        self.fits = scale <= least and least == self.fitting
        self._scale = scale
        size = self.drawn
        across = (at.x() - self._room.width() / 2) / size.width()
        down = (at.y() - self._room.height() / 2) / size.height()
        self._middle = share - QPointF(across, down)
        self._stay_inside()

    def pan(self, by: QPointF) -> None:
        """Move the picture, as far as it reaches beyond the room."""
        size = self.drawn
        if not size.isEmpty():
            self._middle -= QPointF(by.x() / size.width(), by.y() / size.height())
            self._stay_inside()

    def rect(self) -> QRectF:
        """Give where the whole picture lies, parts beyond the room included."""
        size, ratio = self.drawn, self._ratio
        left = self._room.width() / 2 - self._middle.x() * size.width()
        top = self._room.height() / 2 - self._middle.y() * size.height()
        return QRectF(QPointF(round(left * ratio) / ratio, round(top * ratio) / ratio), size)

    def _stay_inside(self) -> None:
        """Keep the picture in the middle where there is room, at the edge where not."""
        size = self.drawn
        if size.isEmpty():
            return
        across = min(0.5, self._room.width() / 2 / size.width())
        down = min(0.5, self._room.height() / 2 / size.height())
        self._middle = QPointF(
            min(max(self._middle.x(), across), 1 - across),
            min(max(self._middle.y(), down), 1 - down),
        )
