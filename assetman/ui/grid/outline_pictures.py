"""Outlines of sounds to pictures: read, made as wide as there is room, the matching part lit.

Runs on any thread but the painting one.
"""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPainterPath, QTransform

from assetman.core.errors import EnvironmentProblem
from assetman.ui.grid.outlines import OutlinePicture, cover_place, outline_place
from assetman.ui.listening.outline import Column, Outline, read_outline

LOUDER = 8.0  # times that a quiet sound is enlarged, at most
SOFTENED = 0.75  # the power of a level that is drawn: a single crack must not flatten the rest
_WITH_ALPHA = QImage.Format.Format_ARGB32_Premultiplied


def enlarged(levels: list[Column]) -> list[Column]:
    """Make levels as high as there is room: quiet sounds have a shape too."""
    peak = max((max(-low, high) for low, high in levels), default=0.0)
    if peak <= 0:
        return levels
    louder = min(1 / peak, LOUDER)
    return [(_softened(low * louder), _softened(high * louder)) for low, high in levels]


def outline_image(outline: OutlinePicture, size: QSize, radius: float, ratio: float) -> QImage:
    """Paint an outline into a cell of `size` pixels of the screen. Not for the painting thread.

    Raises EnvironmentProblem where its file cannot be read.
    """
    try:
        heard = read_outline(outline.waveform)
    except (OSError, ValueError, EOFError) as error:
        raise EnvironmentProblem(f"The outline of a sound cannot be read: {error}") from error
    image = QImage(size.expandedTo(QSize(1, 1)), _WITH_ALPHA)
    image.fill(Qt.GlobalColor.transparent)
    cell = QRectF(image.rect())
    with QPainter(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor.fromRgba(outline.inks.ground))
        painter.drawRoundedRect(cell, radius, radius)
        cover = None if outline.cover is None else QImage(outline.cover)
        place = cover_place(cell, ratio)
        covered = cover is not None and not cover.isNull() and not place.isEmpty()
        if cover is not None and covered:
            _paint_cover(painter, cover, place, 4 * ratio)
        _paint_bars(painter, outline, heard, outline_place(cell, ratio, covered), ratio)
    image.setDevicePixelRatio(ratio)
    return image


def _paint_cover(painter: QPainter, cover: QImage, square: QRectF, radius: float) -> None:
    size = cover.size().scaled(square.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
    place = QRectF(QPointF(), size)
    place.moveCenter(square.center())
    small = cover.scaled(
        size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    brush = QBrush(small)
    brush.setTransform(QTransform.fromTranslate(place.left(), place.top()))
    painter.setBrush(brush)
    painter.drawRoundedRect(place, radius, radius)


def _paint_bars(
    painter: QPainter, outline: OutlinePicture, heard: Outline, room: QRectF, ratio: float
) -> None:
    pixels = 1 if room.height() <= 40 * ratio else min(4, max(2, int(room.width() / ratio / 150)))
    thick = max(1, round(pixels * ratio))
    step = thick + max(1, round(pixels * ratio / 2))
    count = max(1, int((room.width() + step - thick) // step))
    left = round(room.left() + (room.width() - (count * step - (step - thick))) / 2)
    middle, half = room.center().y(), room.height() / 2
    lit = _lit(outline, heard.seconds, count)
    plain, bright = QPainterPath(), QPainterPath()
    for bar, (low, high) in enumerate(enlarged(heard.columns(0, heard.seconds, count))):
        top, bottom = middle - high * half, middle - low * half
        path, round_by = bright if bar in lit else plain, thick / 2
        if bottom - top < thick:  # silence is a line of dots, sharp ones
            top, round_by = round((top + bottom - thick) / 2), 0.0
            bottom = top + thick
        path.addRoundedRect(left + bar * step, top, thick, bottom - top, round_by, round_by)
    inks = outline.inks
    painter.fillPath(plain, QColor.fromRgba(inks.rest if lit else inks.plain))
    painter.fillPath(bright, QColor.fromRgba(inks.lit))


def _lit(outline: OutlinePicture, seconds: float, count: int) -> range:
    """Give the bars that match: at least one where any part does."""
    if outline.lit is None or seconds <= 0:
        return range(0)
    start, end = (min(max(time / seconds, 0.0), 1.0) for time in outline.lit)
    first = min(int(start * count), count - 1)
    return range(first, max(first + 1, round(end * count)))


def _softened(level: float) -> float:
    return math.copysign(min(abs(level), 1.0) ** SOFTENED, level)
