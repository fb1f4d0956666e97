"""A rectangle marked in a picture, by mouse or by keys."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from assetman.core.assets import Box
from assetman.ui.theme import theme

HANDLE = 9  # pixels
GRIP = 12  # pixels around a corner that take hold of it
SMALLEST = 0.02  # of the picture's side
STEP = 0.01  # of the picture's side, for a key
WHOLE = QRectF(0, 0, 1, 1)


@dataclass(slots=True)
class _Hold:
    """What the mouse has hold of: a corner (its opposite stays), or the whole rectangle."""

    fixed: QPointF | None
    offset: QPointF


class RegionMark:
    """The rectangle, in shares of the picture, and the hand that has hold of it."""

    def __init__(self) -> None:
        self.area: QRectF | None = None
        self._hold: _Hold | None = None

    @property
    def held(self) -> bool:
        return self._hold is not None

    def box(self) -> Box | None:
        """Give the rectangle as a question takes it; None if it is too small to mean anything."""
        area = self.area
        if area is None or area.width() < SMALLEST or area.height() < SMALLEST:
            return None
        left, top = max(0.0, area.left()), max(0.0, area.top())
        return Box(left, top, min(area.width(), 1 - left), min(area.height(), 1 - top))

    def place_in_middle(self) -> None:
        """Mark the middle of the picture, to begin with by keyboard."""
        self.area = QRectF(0.25, 0.25, 0.5, 0.5)

    def press(self, point: QPointF, picture: QRectF) -> None:
        """Take hold of a corner or of the rectangle, or begin another one."""
        share = _share(point, picture)
        corner = self.corner_at(point, picture)
        if self.area is not None and corner is not None:
            self._hold = _Hold(_corners(self.area)[3 - corner], QPointF())
        elif self.area is not None and self.area.contains(share):
            self._hold = _Hold(None, share - self.area.topLeft())
        else:
            self._hold = _Hold(share, QPointF())
            self.area = QRectF(share, share)

    def drag(self, point: QPointF, picture: QRectF) -> None:
        """Move what the mouse has hold of."""
        if self._hold is None or self.area is None:
            return
        if self._hold.fixed is not None:
            self.area = QRectF(self._hold.fixed, _share(point, picture)).normalized()
        else:
            at = QPointF(
                (point.x() - picture.left()) / picture.width(),
                (point.y() - picture.top()) / picture.height(),
            )
            self._move_to(at - self._hold.offset)

    def release(self) -> None:
        """Let go; a rectangle too small to see is dropped."""
        self._hold = None
        if self.box() is None:
            self.area = None

    def move(self, across: int, down: int) -> None:
        """Move the rectangle by steps."""
        if self.area is not None:
            self._move_to(self.area.topLeft() + QPointF(across, down) * STEP)

    def resize(self, across: int, down: int) -> None:
        """Widen or narrow the rectangle by steps; its top left corner stays."""
        if self.area is not None:
            self.area.setWidth(
                min(max(self.area.width() + across * STEP, SMALLEST), 1 - self.area.left())
            )
            self.area.setHeight(
                min(max(self.area.height() + down * STEP, SMALLEST), 1 - self.area.top())
            )

    def corner_at(self, point: QPointF, picture: QRectF) -> int | None:
        """Give the corner at a point: top left, top right, bottom left, bottom right."""
        if self.area is None:
            return None
        for number, corner in enumerate(_corners(_on_screen(self.area, picture))):
            if (corner - point).manhattanLength() <= GRIP:
                return number
        return None

    def cursor(self, point: QPointF, picture: QRectF) -> Qt.CursorShape:
        """Give the shape of the pointer over a point."""
        corner = self.corner_at(point, picture)
        if corner is not None:
            falling = corner in (0, 3)
            return Qt.CursorShape.SizeFDiagCursor if falling else Qt.CursorShape.SizeBDiagCursor
        if self.area is not None and _on_screen(self.area, picture).contains(point):
            return Qt.CursorShape.SizeAllCursor
        return Qt.CursorShape.CrossCursor

    def paint(self, painter: QPainter, picture: QRectF) -> None:
        """Darken what is not marked and outline what is."""
        if self.area is None:
            return
        marked = _on_screen(self.area, picture)
        around = QPainterPath()
        around.addRect(picture)
        around.addRect(marked)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.fillPath(around, QColor(0, 0, 0, 120))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        # White within the accent is seen on any picture.
        painter.setPen(QPen(QColor(255, 255, 255, 200), 1))
        painter.drawRect(marked.adjusted(1.5, 1.5, -1.5, -1.5))
        painter.setPen(QPen(theme().accent, 2))
        painter.drawRect(marked)
        painter.setPen(QPen(theme().accent, 1.5))
        painter.setBrush(QColor(255, 255, 255))
        for corner in _corners(marked):
            painter.drawEllipse(corner, HANDLE / 2, HANDLE / 2)

    def _move_to(self, at: QPointF) -> None:
        if self.area is not None:
            left = min(max(at.x(), 0.0), 1 - self.area.width())
            top = min(max(at.y(), 0.0), 1 - self.area.height())
            self.area.moveTo(left, top)


def _corners(area: QRectF) -> list[QPointF]:
    return [area.topLeft(), area.topRight(), area.bottomLeft(), area.bottomRight()]


def _share(point: QPointF, picture: QRectF) -> QPointF:
    across = (point.x() - picture.left()) / picture.width()
    down = (point.y() - picture.top()) / picture.height()
    return QPointF(min(max(across, 0.0), 1.0), min(max(down, 0.0), 1.0))


def _on_screen(area: QRectF, picture: QRectF) -> QRectF:
    return QRectF(
        picture.left() + area.left() * picture.width(),
        picture.top() + area.top() * picture.height(),
        area.width() * picture.width(),
        area.height() * picture.height(),
    )
