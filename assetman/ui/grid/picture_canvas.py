"""One picture as large as there is room: zoomed, moved about, marked."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from assetman.ui.grid.arrival import Arrival
from assetman.ui.grid.found_words import FoundWords
from assetman.ui.grid.region_mark import RegionMark
from assetman.ui.grid.viewpoint import MARGIN, Viewpoint
from assetman.ui.theme import Text, appearance, theme

DRAGGED = 6  # pixels that make a click a drag
NOTCH = 1.25  # times larger for a notch of the wheel or a key
_Key = Qt.Key


class PictureCanvas(QWidget):
    """Shows a picture in the best form it has been given."""

    zoomed = Signal(float)  # scale
    marked = Signal()  # the rectangle is another, or gone
    region_asked = Signal()
    clicked = Signal()  # neither dragged nor marked

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._images: list[QImage] = []
        self._frame: QImage | None = None  # of a video, in place of its picture
        self.view = Viewpoint()
        self._size_known = False  # until then it is that of the largest form here
        self._grabbed: QPointF | None = None
        self._pressed: QPointF | None = None  # where, until it becomes a drag
        self._marking = False
        self._sentence = ""
        self.mark = RegionMark()
        self.found = FoundWords(self)
        self.arrival = Arrival(self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        appearance().changed.connect(self.update)

    @property
    def scale(self) -> float:
        return self.view.scale

    @property
    def marking(self) -> bool:
        """Say whether a drag marks a rectangle rather than moving the picture."""
        return self._marking

    @property
    def sentence(self) -> str:
        """Give what is said in place of a picture."""
        return self._sentence

    def show_picture(self, size: QSize) -> None:
        """Begin with another picture, of which nothing is here yet."""
        self._images, self._frame, self._sentence = [], None, ""
        self.view.picture = size
        self._size_known = not size.isEmpty()
        self.clear_mark()
        self.fit()

    def set_size(self, size: QSize) -> None:
        """Learn how many pixels the picture has."""
        self._size_known = True
        if size != self.view.picture:
            self.view.picture = size
            self._looked()

    def set_images(self, images: Sequence[QImage]) -> None:
        """Take the forms of the picture there are, smallest first."""
        self._images = list(images)
        if images and not self._size_known:
            self.view.picture = images[-1].size()
            self._looked()
        self.update()

    def show_frame(self, image: QImage | None) -> None:
        """Show a frame of a video; None: its picture again."""
        self._frame = image
        if image is not None and not self._size_known:
            self._size_known = True
            self.view.picture = image.size()
            self._looked()
        self.update()

    def say(self, sentence: str) -> None:
        """Say why there is no picture."""
        self._sentence = sentence
        self.setAccessibleDescription(sentence)
        self.update()

    def set_marking(self, marking: bool) -> None:
        """Let drags mark a rectangle, or move the picture."""
        self._marking = marking
        if not marking:
            self.clear_mark()
        self.setCursor(Qt.CursorShape.CrossCursor if marking else Qt.CursorShape.ArrowCursor)

    def clear_mark(self) -> None:
        """Forget the rectangle."""
        if self.mark.area is not None:
            self.mark.area = None
            self.marked.emit()
            self.update()

    def fit(self) -> None:
        """Show the whole picture."""
        self.view.fit()
        self._looked()

    def zoom_to(self, scale: float, at: QPointF | None = None) -> None:
        """Zoom so that the point `at` of the widget stays where it is."""
        self.view.zoom_to(scale, at or QRectF(self.rect()).center())
        self._looked()

    def toggle_zoom(self, at: QPointF | None = None) -> None:
        """Change between the whole picture and one to one."""
        if not self.view.fits:
            self.fit()
        elif abs(self.scale - 1) > 0.01:
            self.zoom_to(1.0, at)

    def picture_rect(self) -> QRectF:
        """Give where the whole picture lies, parts beyond the widget included."""
        return self.view.rect()

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        with QPainter(self) as painter:
            painter.fillRect(event.rect(), look.ground)
            place, image = self.arrival.place(self.picture_rect()), self._best()
            if image is not None and not place.isEmpty():
                seen = place.intersected(QRectF(self.rect()))
                across, down = image.width() / place.width(), image.height() / place.height()
                source = QRectF(
                    (seen.left() - place.left()) * across,
                    (seen.top() - place.top()) * down,
                    seen.width() * across,
                    seen.height() * down,
                )
                smooth = self.scale < 4  # beyond, a person wants to see the pixels
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
                painter.drawImage(seen, image, source)
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                if self.mark.area is None:
                    self.found.paint(painter, place)
                self.mark.paint(painter, place)
            if self._sentence:
                self._paint_sentence(painter, over_picture=image is not None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.view.enter(QSizeF(self.size()), self.devicePixelRatioF())
        self._looked()

    def wheelEvent(self, event: QWheelEvent) -> None:
        touched = event.phase() is not Qt.ScrollPhase.NoScrollPhase
        if touched and not self.view.fits and not event.pixelDelta().isNull():
            self._pan(QPointF(event.pixelDelta()))
        else:
            self.zoom_to(self.scale * NOTCH ** (event.angleDelta().y() / 120), event.position())
        event.accept()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.DevicePixelRatioChange:
            self.view.enter(QSizeF(self.size()), self.devicePixelRatioF())
            self._looked()
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() is Qt.NativeGestureType.ZoomNativeGesture:
                self.zoom_to(self.scale * (1 + event.value()), event.position())
                return True
            if event.gestureType() is Qt.NativeGestureType.SmartZoomNativeGesture:
                self.toggle_zoom(event.position())
                return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if (self._marking or shift) and not self.picture_rect().isEmpty():
            self.mark.press(event.position(), self.picture_rect())
            self.marked.emit()
            self.update()
        else:
            self._grabbed = self._pressed = event.position()
            if not self.view.fits:
                self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.position()
        if self.mark.held:
            self.mark.drag(point, self.picture_rect())
            self.marked.emit()
            self.update()
        elif self._grabbed is not None:
            if self._pressed is not None and (point - self._pressed).manhattanLength() > DRAGGED:
                self._pressed = None
            self._pan(point - self._grabbed)
            self._grabbed = point
        elif self._marking:
            self.setCursor(self.mark.cursor(point, self.picture_rect()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.mark.held:
            self.mark.release()
            self.marked.emit()
            self.update()
        elif self._grabbed is not None:
            self._grabbed = None
            self.setCursor(_cursor_at_rest(marking=self._marking, fits=self.view.fits))
            if self._pressed is not None:
                self.clicked.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and not self._marking:
            self.clicked.emit()  # the first click is taken back
            self.toggle_zoom(event.position())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.mark.area is not None and self._mark_key(event):
            return
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() in (_Key.Key_Plus, _Key.Key_Equal):
            self.zoom_to(self.scale * NOTCH)
        elif event.key() == _Key.Key_Minus:
            self.zoom_to(self.scale / NOTCH)
        elif event.key() == _Key.Key_0 and control:  # bare digits rate
            self.fit()
        elif event.key() == _Key.Key_1 and control:
            self.zoom_to(1.0)
        elif event.key() == _Key.Key_Z and not control:
            self.toggle_zoom()
        else:
            super().keyPressEvent(event)

    def _looked(self) -> None:
        self.zoomed.emit(self.scale)
        self.update()

    def _mark_key(self, event: QKeyEvent) -> bool:
        """Move or resize the rectangle, or ask with it."""
        steps = {
            _Key.Key_Left: (-1, 0),
            _Key.Key_Right: (1, 0),
            _Key.Key_Up: (0, -1),
            _Key.Key_Down: (0, 1),
        }
        modifiers = event.modifiers()
        if event.key() in (_Key.Key_Return, _Key.Key_Enter):
            if modifiers & Qt.KeyboardModifier.ControlModifier:
                return False
            self.region_asked.emit()
            return True
        step = steps.get(_Key(event.key())) if event.key() in list(steps) else None
        if step is None:
            return False
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            self.mark.resize(*step)
        else:
            self.mark.move(*step)
        self.marked.emit()
        self.update()
        return True

    def _paint_sentence(self, painter: QPainter, *, over_picture: bool) -> None:
        look = theme()
        painter.setFont(look.font(Text.BODY))
        room = self.rect().adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        flags = int(Qt.TextFlag.TextWordWrap) | int(Qt.AlignmentFlag.AlignCenter)
        text = painter.boundingRect(room, flags, self._sentence)
        painter.setPen(look.text)
        if over_picture:
            text.moveBottom(self.height() - MARGIN - 12)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(0, 0, 0, 190))
            painter.drawRoundedRect(text.adjusted(-12, -8, 12, 8), 8, 8)
            painter.setPen(QColor(255, 255, 255))
        painter.drawText(text, flags, self._sentence)

    def _best(self) -> QImage | None:
        """Choose the smallest form that is sharp enough, else the largest there is."""
        if self._frame is not None:
            return self._frame
        wanted = self.view.drawn.width() * self.devicePixelRatioF() - 1
        sharp = [image for image in self._images if image.width() >= wanted]
        if sharp:
            return sharp[0]
        return self._images[-1] if self._images else None

    def _pan(self, by: QPointF) -> None:
        self.view.pan(by)
        self.update()


def _cursor_at_rest(*, marking: bool, fits: bool) -> Qt.CursorShape:
    if marking:
        return Qt.CursorShape.CrossCursor
    return Qt.CursorShape.ArrowCursor if fits else Qt.CursorShape.OpenHandCursor
