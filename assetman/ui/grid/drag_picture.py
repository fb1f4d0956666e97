"""The small picture that a drag carries along."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPixmap

from assetman.ui.theme import Text, theme

SIDE = 88  # pixels
STEP = 5  # pixels that each picture of a pile is set off


def drag_picture(images: Sequence[QImage], count: int, ratio: float) -> QPixmap:
    """Paint a pile of at most three thumbnails and, of several, how many they are."""
    look = theme()
    side = SIDE + 2 * STEP
    made = QPixmap(round(side * ratio), round(side * ratio))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    with QPainter(made) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setOpacity(0.9)
        for depth, image in reversed(list(enumerate(images[:3]))):
            size = image.deviceIndependentSize().scaled(
                SIDE, SIDE, Qt.AspectRatioMode.KeepAspectRatio
            )
            place = QRectF(depth * STEP, depth * STEP, size.width(), size.height())
            painter.drawImage(place, image)
        if not images:
            painter.setPen(look.edge)
            painter.setBrush(look.raised)
            painter.drawRoundedRect(QRectF(0.5, 0.5, SIDE - 1, SIDE * 0.75 - 1), 8, 8)
        painter.setOpacity(1)
        if count > 1:
            _count(painter, str(count))
    return made


def _count(painter: QPainter, text: str) -> None:
    look = theme()
    font = look.font(Text.SECONDARY)
    metrics = QFontMetrics(font)
    height = metrics.height() + 4
    place = QRect(4, 4, max(height, metrics.horizontalAdvance(text) + 12), height)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(look.accent))
    painter.drawRoundedRect(place, height / 2, height / 2)
    painter.setFont(font)
    painter.setPen(look.on_accent)
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
