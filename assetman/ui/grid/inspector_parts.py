"""The pieces of the inspector: a picture, rows of facts."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from assetman.ui.glyphs import draw_play
from assetman.ui.grid.found_words import FoundWords
from assetman.ui.grid.labels import WrappedLabel
from assetman.ui.grid.pictures import CellSpec
from assetman.ui.grid.wording import FAILED
from assetman.ui.theme import RADIUS, Text, appearance, mix, theme

TALLEST, FLATTEST = 0.75, 0.4  # height of the preview, in widths
LABELS = 88  # pixels, the column of names


class PreviewPicture(QWidget):
    """The picture at the top of the inspector, whole; of a video the frame that is looked at."""

    clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self._frame: QImage | None = None  # of a video, in place of its picture
        self._plate = ""
        self.found = FoundWords(self)
        self._failed = False
        self._shape = TALLEST
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        appearance().changed.connect(self.update)

    def show_image(self, image: QImage | None, *, failed: bool = False) -> None:
        """Show a picture, or that there is none."""
        self._image, self._failed = image, failed
        self.update()

    def show_frame(self, image: QImage | None) -> None:
        """Show a frame of a video; None: its picture again."""
        self._frame = image
        self.update()

    def show_plate(self, words: str) -> None:
        """Say in a corner which moment this is; "" for none."""
        if words != self._plate:
            self._plate = words
            self.update()

    def spec(self) -> CellSpec:
        """Give the form in which the picture is wanted."""
        ratio = self.devicePixelRatioF()
        width, height = round(self.width() * ratio), round(self.height() * ratio)
        return CellSpec(max(1, width), max(1, height), False, RADIUS * ratio, ratio)

    def take_shape(self, width: int | None, height: int | None) -> None:
        """Become as high as a picture of this size needs, within reason."""
        shape = height / width if width and height else (TALLEST + FLATTEST) / 2
        self._shape = min(max(shape, FLATTEST), TALLEST)
        self._take_height()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._take_height()

    def _take_height(self) -> None:
        # Not by heightForWidth: a scroll area gives a widget that grows with its width too little.
        self.setFixedHeight(round(self.width() * self._shape))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            if self.rect().contains(event.position().toPoint()):
                self.clicked.emit()
        else:
            super().mouseReleaseEvent(event)

    def _paint_frame(self, painter: QPainter, frame: QImage) -> None:
        size = frame.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(QPointF(), QSizeF(size))
        place.moveCenter(QRectF(self.rect()).center())
        path = QPainterPath()
        path.addRoundedRect(place, RADIUS, RADIUS)
        painter.setClipPath(path)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, frame)
        self.found.paint(painter, place)
        painter.setClipping(False)

    def _paint_plate(self, painter: QPainter) -> None:
        look = theme()
        painter.setFont(look.font(Text.SECONDARY))
        metrics = painter.fontMetrics()
        sign = metrics.ascent() * 0.62
        width = metrics.horizontalAdvance(self._plate) + sign + 18
        plate = QRectF(6, self.height() - metrics.height() - 12, width, metrics.height() + 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, 176))
        painter.drawRoundedRect(plate, 5, 5)
        box = QRectF(plate.left() + 7, plate.center().y() - sign / 2, sign, sign)
        draw_play(painter, box, QColor(255, 255, 255))
        painter.setPen(QColor(255, 255, 255))
        left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(plate.adjusted(sign + 12, 0, 0, 0), left, self._plate)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if self._frame is not None:
                self._paint_frame(painter, self._frame)
            elif self._image is None:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(mix(look.text, look.panel, 0.05))
                painter.drawRoundedRect(self.rect(), RADIUS, RADIUS)
                if self._failed:
                    painter.setPen(look.warning)
                    painter.setFont(look.font(Text.SECONDARY))
                    painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, FAILED)
            else:
                size = self._image.deviceIndependentSize()
                left, top = (self.width() - size.width()) / 2, (self.height() - size.height()) / 2
                place = QRectF(QPointF(round(left), round(top)), size)
                painter.drawImage(place.topLeft(), self._image)
                self.found.paint(painter, place)
            if self._plate:
                self._paint_plate(painter)


class FactsTable(QWidget):
    """Facts in two columns, or in one where two would be too narrow for large text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._rows: list[tuple[WrappedLabel, WrappedLabel]] = []
        self._stacked = False
        appearance().changed.connect(self._place)

    def show_rows(self, rows: Sequence[tuple[str, str]]) -> None:
        """Show other facts."""
        while len(self._rows) < len(rows):
            name = WrappedLabel(Text.SECONDARY, "secondary", parent=self)
            self._rows.append((name, WrappedLabel(Text.SECONDARY, parent=self)))
        for number, (name, value) in enumerate(self._rows):
            shown = number < len(rows)
            name.setVisible(shown)
            value.setVisible(shown)
            if shown:
                title, text = rows[number]
                name.setText(title)
                value.setText(text)
                value.setAccessibleName(f"{title}: {text}")
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._stacked != self._too_narrow():
            self._place()

    def _too_narrow(self) -> bool:
        return self.width() < 2.4 * theme().px(LABELS)

    def _place(self) -> None:
        self._stacked = self._too_narrow()
        names, values = (1, 0) if self._stacked else (0, 1)
        self._grid.setColumnMinimumWidth(0, 0 if self._stacked else theme().px(LABELS) - 12)
        self._grid.setColumnStretch(0, names)
        self._grid.setColumnStretch(1, values)
        for number, (name, value) in enumerate(self._rows):
            if self._stacked:
                self._grid.addWidget(name, 2 * number, 0)
                self._grid.addWidget(value, 2 * number + 1, 0)
            else:
                self._grid.addWidget(name, number, 0)
                self._grid.addWidget(value, number, 1)


class Heading(QLabel):
    """The heading of a group: small capitals, spaced."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setProperty("role", "heading")
        appearance().changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        self.setFont(theme().font(Text.HEADING))
