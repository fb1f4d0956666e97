"""What a time of a video looks like: a small picture that floats over the timeline."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from assetman.ui.theme import Text, theme

WIDEST, HIGHEST = 192, 120  # pixels of the picture
_INSET, _APART = 4, 6


class Bubble(QWidget):
    """Floats over whatever is around the timeline, and takes no mouse."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self.host = host
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._image: QImage | None = None
        self._words = ""
        self.hide()

    def show_at(self, point: QPoint, words: str, image: QImage | None, shape: QSize) -> None:
        """Stand above a point of the host, inside it."""
        self._image, self._words = image, words
        look = theme()
        picture = shape.scaled(
            look.px(WIDEST), look.px(HIGHEST), Qt.AspectRatioMode.KeepAspectRatio
        )
        line = look.px(20)
        if shape.isEmpty() or image is None:
            picture = QSize(0, 0)
        metrics = self.fontMetrics()
        width = max(picture.width(), metrics.horizontalAdvance(words) + 12) + 2 * _INSET
        height = picture.height() + line + 2 * _INSET
        room = self.host.rect()
        left = min(max(point.x() - width // 2, 4), room.width() - width - 4)
        top = point.y() - height - _APART
        self.setGeometry(QRect(left, max(top, 4), width, height))
        self.show()
        self.raise_()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(0, 0, 0, 216))  # beneath words on pictures, whatever the theme
            painter.drawRoundedRect(self.rect(), 8, 8)
            inside = self.rect().adjusted(_INSET, _INSET, -_INSET, -_INSET)
            line = QRect(
                inside.left(), inside.bottom() - look.px(20) + 1, inside.width(), look.px(20)
            )
            if self._image is not None:
                box = inside.adjusted(0, 0, 0, -line.height())
                size = self._image.size().scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
                place = QRect(QPoint(), size)
                place.moveCenter(box.center())
                painter.drawImage(place, self._image)
            painter.setFont(look.font(Text.SECONDARY))
            painter.setPen(QColor(255, 255, 255))
            painter.drawText(line, Qt.AlignmentFlag.AlignCenter, self._words)
