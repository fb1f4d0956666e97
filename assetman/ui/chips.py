"""Chips: the parts of a question that are not words, each with its own ×."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFontMetricsF,
    QImage,
    QImageReader,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractButton, QWidget

from assetman.core.assets import Box
from assetman.core.moments import Picture
from assetman.ui.controller.state import Chip, ExampleChip
from assetman.ui.controller.text_chip import TextChip
from assetman.ui.glyphs import draw_cross, draw_ring, draw_sound
from assetman.ui.grid.wording import plain_tip
from assetman.ui.jobs import Job
from assetman.ui.theme import Text, theme

LONGEST_NAME, SHORTEST_NAME = 160, 48
_THUMBNAIL = 64  # pixels, enough for 20 at 3x


def read_thumbnail(source: str | Picture, box: Box | None) -> QImage:
    """Read a small picture from a file, a rectangle of it if given. Not for the painting thread."""
    path = source if isinstance(source, str) else source.path
    reader = QImageReader(path)
    reader.setAutoTransform(True)
    full = reader.size()
    if full.isValid() and box is None and isinstance(source, str):
        reader.setScaledSize(
            full.scaled(_THUMBNAIL, _THUMBNAIL, Qt.AspectRatioMode.KeepAspectRatioByExpanding)
        )
    image = reader.read()
    if image.isNull():
        return image
    if isinstance(source, Picture):
        image = image.copy(source.left, source.top, source.width, source.height)
    if box is not None:
        image = image.copy(
            round(box.left * image.width()),
            round(box.top * image.height()),
            max(1, round(box.width * image.width())),
            max(1, round(box.height * image.height())),
        )
    side = min(image.width(), image.height())
    square = image.copy((image.width() - side) // 2, (image.height() - side) // 2, side, side)
    return square.scaled(
        _THUMBNAIL,
        _THUMBNAIL,
        Qt.AspectRatioMode.IgnoreAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )


class ChipButton(QAbstractButton):
    """One chip. The × removes it by mouse; Delete, Backspace, Space or Enter by keyboard."""

    removed = Signal(object)  # its Chip
    stepped = Signal(int)  # -1 or 1: the person moves to the neighbour
    menu_wanted = Signal(object, QPoint)  # its Chip, a point of the screen
    edited = Signal(object)  # its Chip, to become words

    def __init__(self, chip: Chip, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chip = chip
        self._thumbnail: QImage | None = None
        self._longest = LONGEST_NAME
        self._colour = _colour_of(chip)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setText(chip.label)
        self.setAccessibleName(f"{chip.spoken}, remove")
        self.setToolTip(plain_tip(chip.label, _text_of(chip)))
        self.clicked.connect(lambda: self.removed.emit(self.chip))
        if isinstance(chip, ExampleChip) and chip.thumbnail is not None:
            path, box = chip.thumbnail, chip.example.box
            job = Job(self, lambda: read_thumbnail(path, box))
            # A file that Qt cannot read keeps its name as its face.
            job.on_error(lambda _: None).on_done(self._show_thumbnail).start()

    def sizeHint(self) -> QSize:
        look = theme()
        metrics, longest = self._metrics(), look.px(self._longest)
        shown = metrics.elidedText(self.text(), Qt.TextElideMode.ElideMiddle, longest)
        width = metrics.horizontalAdvance(shown)
        extra = 8 + 6 + 10 + 9 + (24 if self._has_place() else 0)
        return QSize(round(width) + look.px(extra), look.px(22))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def shorten(self, longest: int) -> None:
        """Give the name at most this many pixels."""
        if longest != self._longest:
            self._longest = longest
            self.updateGeometry()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = Qt.Key
        if event.key() in (keys.Key_Delete, keys.Key_Backspace, keys.Key_Return, keys.Key_Enter):
            self.click()
        elif event.key() == keys.Key_F2:
            self.edited.emit(self.chip)
        elif event.key() in (keys.Key_Left, keys.Key_Right):
            self.stepped.emit(-1 if event.key() == keys.Key_Left else 1)
        else:
            super().keyPressEvent(event)

    def hitButton(self, place: object) -> bool:
        point = place.toPointF() if hasattr(place, "toPointF") else QPointF()
        return self._cross().adjusted(-8, -8, 8, 8).contains(point)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        event.accept()  # the bar beneath must not take it for itself

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if not self.hitButton(event.position().toPoint()):
            self.edited.emit(self.chip)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_wanted.emit(self.chip, event.globalPos())
        event.accept()

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.HoverMove, QEvent.Type.FontChange):
            self.update()
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        box = QRectF(self.rect())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.tint)
        painter.drawRoundedRect(box, 6, 6)
        left = look.px(8.0)
        if self._has_place():
            self._paint_thumbnail(painter)
            left = look.px(28)
        painter.setFont(look.font(Text.SECONDARY))
        painter.setPen(look.text)
        cross = self._cross()
        room = cross.left() - look.px(5) - left
        name = self._metrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(
            QRectF(left, 0, room + 1, box.height()), int(Qt.AlignmentFlag.AlignVCenter), name
        )
        draw_cross(painter, cross, look.text)
        if self.hasFocus():
            draw_ring(painter, box, look.accent, 5)

    def _paint_thumbnail(self, painter: QPainter) -> None:
        look = theme()
        side = look.px(16)
        place = QRectF(look.px(6), (self.height() - side) / 2, side, side)
        path = QPainterPath()
        path.addRoundedRect(place, 3, 3)
        if self._colour is not None:
            painter.setPen(QPen(look.edge, 1))
            painter.setBrush(self._colour)
            painter.drawRoundedRect(place.adjusted(2, 2, -2, -2), 3, 3)
            return
        if self._thumbnail is None and self._is_heard():
            draw_sound(painter, place.adjusted(2, 2, -2, -2), look.text)
            return
        if self._thumbnail is None:
            painter.fillPath(path, look.line)
            return
        painter.save()
        painter.setClipPath(path)
        painter.drawImage(place, self._thumbnail)
        painter.restore()

    def _show_thumbnail(self, image: QImage) -> None:
        if not image.isNull():
            self._thumbnail = image
            self.update()

    def _has_place(self) -> bool:
        chip = self.chip
        if self._colour is not None:
            return True
        return isinstance(chip, ExampleChip) and (chip.thumbnail is not None or chip.sound)

    def _is_heard(self) -> bool:
        return isinstance(self.chip, ExampleChip) and self.chip.sound

    def _metrics(self) -> QFontMetricsF:
        return QFontMetricsF(theme().font(Text.SECONDARY))

    def _cross(self) -> QRectF:
        side = theme().px(6.5)
        right = self.width() - theme().px(9)
        return QRectF(right - side, (self.height() - side) / 2, side, side)


def _text_of(chip: Chip) -> str:
    """Give what would be typed instead of a chip."""
    return "" if isinstance(chip, ExampleChip) else chip.text


def _colour_of(chip: Chip) -> QColor | None:
    """Give the colour that a chip asks for."""
    if not isinstance(chip, TextChip) or chip.key != "color":
        return None
    colour = QColor.fromString(chip.value)
    return colour if colour.isValid() else None
