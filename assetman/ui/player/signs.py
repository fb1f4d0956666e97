"""The small signs of the player."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF


def draw_speaker(painter: QPainter, box: QRectF, colour: QColor, *, muted: bool = False) -> None:
    """Draw a loudspeaker: with a wave, or crossed out."""
    side, left, middle = box.width(), box.left(), box.center().y()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    points = [(0.0, -0.17), (0.2, -0.17), (0.48, -0.42), (0.48, 0.42), (0.2, 0.17), (0.0, 0.17)]
    painter.drawPolygon(QPolygonF([QPointF(left + x * side, middle + y * side) for x, y in points]))
    pen = QPen(colour, 1.4)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if muted:
        reach = 0.17 * side
        centre = QPointF(left + 0.82 * side, middle)
        painter.drawLine(centre + QPointF(-reach, -reach), centre + QPointF(reach, reach))
        painter.drawLine(centre + QPointF(-reach, reach), centre + QPointF(reach, -reach))
    else:
        for reach in (0.2, 0.38):
            wave = QRectF(0, 0, 2 * reach * side, 2 * reach * side)
            wave.moveCenter(QPointF(left + 0.56 * side, middle))
            painter.drawArc(wave, -50 * 16, 100 * 16)


def draw_silence(painter: QPainter, box: QRectF, colour: QColor) -> None:
    """Draw a loudspeaker that is crossed out."""
    draw_speaker(painter, box, colour, muted=True)


def draw_sound(painter: QPainter, box: QRectF, colour: QColor) -> None:
    """Draw a loudspeaker with its waves."""
    draw_speaker(painter, box, colour)


def draw_loop(painter: QPainter, box: QRectF, colour: QColor) -> None:
    """Draw an arrow that comes back to where it began."""
    pen = QPen(colour, 1.4)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    ring = box.adjusted(0, box.height() * 0.12, 0, -box.height() * 0.12)
    painter.drawRoundedRect(ring, ring.height() / 2, ring.height() / 2)
    tip = QPointF(ring.center().x() + 1.5, ring.top())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    arrow = [tip + QPointF(1.5, 0), tip + QPointF(-2.5, -2.8), tip + QPointF(-2.5, 2.8)]
    painter.drawPolygon(QPolygonF(arrow))
