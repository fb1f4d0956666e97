"""The few small signs of the window, drawn as lines so that they are sharp at every scale."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF


def _pen(colour: QColor, width: float) -> QPen:
    pen = QPen(colour, width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen


def draw_cross(painter: QPainter, box: QRectF, colour: QColor) -> None:
    """Draw a × that fills a box."""
    painter.setPen(_pen(colour, 1.4))
    painter.drawLine(box.topLeft(), box.bottomRight())
    painter.drawLine(box.topRight(), box.bottomLeft())


def draw_lens(painter: QPainter, box: QRectF, colour: QColor) -> None:
    """Draw a magnifying glass."""
    painter.setPen(_pen(colour, 1.4))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    side = box.width()
    painter.drawEllipse(QRectF(box.left(), box.top(), side * 0.7, side * 0.7))
    painter.drawLine(QPointF(box.left() + side * 0.62, box.top() + side * 0.62), box.bottomRight())


def draw_bookmark(painter: QPainter, box: QRectF, colour: QColor, filled: bool = False) -> None:
    """Draw a ribbon that keeps a place, filled where something is kept."""
    painter.setPen(_pen(colour, 1.3))
    painter.setBrush(colour if filled else Qt.BrushStyle.NoBrush)
    left, right = box.left() + box.width() * 0.2, box.right() - box.width() * 0.2
    notch = QPointF(box.center().x(), box.bottom() - box.height() * 0.3)
    top = [QPointF(left, box.top()), QPointF(right, box.top())]
    painter.drawPolygon([*top, QPointF(right, box.bottom()), notch, QPointF(left, box.bottom())])


def draw_lens_of_history(painter: QPainter, box: QRectF, colour: QColor) -> None:
    """Draw a magnifying glass with a small angle beside it: earlier searches."""
    side = box.width() * 0.62
    lens = QRectF(box.left(), box.center().y() - side / 2, side, side)
    draw_lens(painter, lens, colour)
    angle = QRectF(0, 0, box.width() * 0.3, box.width() * 0.3)
    angle.moveCenter(QPointF(box.right() - box.width() * 0.08, box.center().y()))
    draw_chevron(painter, angle, colour, True)


def draw_chevron(painter: QPainter, box: QRectF, colour: QColor, down: bool) -> None:
    """Draw an open angle pointing down or to the right."""
    painter.setPen(_pen(colour, 1.4))
    centre, reach = box.center(), box.width() * 0.22
    points = [(-2, -1), (0, 1), (2, -1)] if down else [(-1, -2), (1, 0), (-1, 2)]
    painter.drawPolyline([centre + QPointF(x * reach, y * reach) for x, y in points])


def draw_plus(painter: QPainter, box: QRectF, colour: QColor) -> None:
    """Draw a plus."""
    painter.setPen(_pen(colour, 1.4))
    centre, half = box.center(), box.width() / 2
    painter.drawLine(centre - QPointF(half, 0), centre + QPointF(half, 0))
    painter.drawLine(centre - QPointF(0, half), centre + QPointF(0, half))


def draw_dots(painter: QPainter, box: QRectF, colour: QColor) -> None:
    """Draw three dots in a row: more."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    for step in (-1, 0, 1):
        painter.drawEllipse(box.center() + QPointF(step * box.width() * 0.36, 0), 1.4, 1.4)


def draw_side(painter: QPainter, box: QRectF, colour: QColor, left: bool) -> None:
    """Draw a window with a panel at one side."""
    painter.setPen(_pen(colour, 1.3))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    frame = box.adjusted(0, box.height() * 0.1, 0, -box.height() * 0.1)
    painter.drawRoundedRect(frame, 2, 2)
    x = frame.left() + frame.width() * (0.36 if left else 0.64)
    painter.drawLine(QPointF(x, frame.top()), QPointF(x, frame.bottom()))


def draw_tiles(painter: QPainter, box: QRectF, colour: QColor) -> None:
    """Draw four tiles: the size of the pictures."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    side = box.width() * 0.42
    for x in (box.left(), box.right() - side):
        for y in (box.top(), box.bottom() - side):
            painter.drawRoundedRect(QRectF(x, y, side, side), 1, 1)


def draw_lines(painter: QPainter, box: QRectF, colour: QColor) -> None:
    """Draw three lines beneath each other: a list."""
    painter.setPen(_pen(colour, 1.4))
    for share in (0.18, 0.5, 0.82):
        y = box.top() + box.height() * share
        painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))


def draw_stack(painter: QPainter, box: QRectF, colour: QColor) -> None:
    """Draw a card with another behind it: several files in one place."""
    painter.setPen(_pen(colour, 1.2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    side, aside = box.width() * 0.7, box.width() * 0.3
    front = QRectF(box.left(), box.top() + aside, side, side)
    painter.drawRoundedRect(front, 1, 1)
    behind = front.translated(aside, -aside)
    edges = (front.topLeft() + QPointF(aside, 0), behind.topLeft(), behind.topRight())
    ends = (behind.bottomRight(), front.bottomRight() - QPointF(0, aside))
    painter.drawPolyline([*edges, *ends])


def draw_pause(painter: QPainter, box: QRectF, colour: QColor) -> None:
    """Draw two bars."""
    painter.setPen(_pen(colour, 1.6))
    for share in (0.3, 0.7):
        x = box.left() + box.width() * share
        painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))


def draw_play(painter: QPainter, box: QRectF, colour: QColor) -> None:
    """Draw a triangle."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawPolygon([box.topLeft(), QPointF(box.right(), box.center().y()), box.bottomLeft()])


def draw_sound(painter: QPainter, box: QRectF, colour: QColor) -> None:
    """Draw the bars of an outline: what is heard."""
    painter.setPen(_pen(colour, box.width() * 0.16))
    for step, share in enumerate((0.4, 1.0, 0.6, 0.25)):
        x = box.left() + box.width() * (step + 0.5) / 4
        half = box.height() * share / 2
        painter.drawLine(QPointF(x, box.center().y() - half), QPointF(x, box.center().y() + half))


def draw_star(painter: QPainter, box: QRectF, colour: QColor, filled: bool = True) -> None:
    """Draw a star, filled or only its outline."""
    out = box.width() / 2
    middle = QPointF(box.center().x(), box.top() + out * 1.05)
    points = []
    for corner in range(10):
        reach, angle = out * (0.44 if corner % 2 else 1.0), math.pi * (corner / 5 - 0.5)
        points.append(middle + QPointF(math.cos(angle) * reach, math.sin(angle) * reach))
    painter.setPen(_pen(colour, 1.1))
    painter.setBrush(colour if filled else Qt.BrushStyle.NoBrush)
    painter.drawPolygon(QPolygonF(points))


def draw_tag(painter: QPainter, box: QRectF, colour: QColor) -> None:
    """Draw a label with a hole, as it hangs on a thing."""
    painter.setPen(_pen(colour, 1.2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    left, right, middle = box.left(), box.right(), box.center().y()
    half, point = box.height() * 0.36, box.left() + box.width() * 0.38
    corners = [(left, middle), (point, middle - half), (right, middle - half)]
    corners += [(right, middle + half), (point, middle + half)]
    painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))
    painter.setBrush(colour)
    painter.drawEllipse(QPointF(point + box.width() * 0.08, middle), 0.4, 0.4)


def draw_ring(painter: QPainter, box: QRectF, colour: QColor, radius: float) -> None:
    """Draw the ring that shows where the keyboard is."""
    painter.setPen(QPen(colour, 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), radius, radius)
