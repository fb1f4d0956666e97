"""A sound from left to right: gone to, marked, zoomed, and its marked part taken hold of."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QSizePolicy, QSlider, QWidget

from assetman.ui.listening.outline import Outline
from assetman.ui.listening.scope import Scope
from assetman.ui.listening.wave_track import WaveTrack
from assetman.ui.player.bubble import Bubble
from assetman.ui.player.marks import Marks
from assetman.ui.player.reel import Light
from assetman.ui.player.timecode import span_code, time_code
from assetman.ui.theme import appearance, theme

GRIP = 6  # pixels around the end of a range that take hold of it
SHORTEST = 0.005  # seconds that can be marked
COMPACT, RULER, SIDE = 116, 23, 12  # pixels: height in the inspector; of the times; at the sides
TALLEST = 380
NOTCH = 1.35  # times larger for a notch of the wheel or a key
_Key = Qt.Key
_NUDGES = {_Key.Key_Left: -1.0, _Key.Key_Right: 1.0}
_WINDOWS = {_Key.Key_Up: -1, _Key.Key_PageUp: -1, _Key.Key_Down: 1, _Key.Key_PageDown: 1}


class WaveTimeline(QSlider):
    """A click goes there, a drag marks; along the times above, a drag scrubs."""

    scrubbed = Signal(float)  # seconds; the person goes there
    window_wanted = Signal(int)  # the next one that matches, or the one before
    marks_moved = Signal(object)  # Marks
    foreseen = Signal()  # the marked part is taken hold of
    drag_wanted = Signal()  # and carried away

    def __init__(self, host: QWidget, parent: QWidget, *, compact: bool) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.compact = compact
        self.scope = Scope()
        self.bubble = Bubble(host)
        self.marks: Marks | None = None
        self._outline: Outline | None = None
        self._lit: tuple[Light, ...] = ()
        self._track = WaveTrack(on_panel=compact)
        self._seconds = 0.0
        self._hover: float | None = None  # pixels
        self._held = ""  # "head", "start", "end", "new" or "inside", by the mouse
        self._pressed = QPointF()
        self.setAccessibleName("Waveform")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the arrows to the results
        self.setMouseTracking(True)
        down = QSizePolicy.Policy.Fixed if compact else QSizePolicy.Policy.Expanding
        self.setSizePolicy(QSizePolicy.Policy.Expanding, down)
        appearance().changed.connect(self._restyle)
        self._restyle()

    @property
    def held(self) -> bool:
        """Tell whether the mouse has hold of it."""
        return bool(self._held)

    def show_sound(self, outline: Outline | None, length: float, lit: tuple[Light, ...]) -> None:
        """Show a sound of some seconds, lit where it matches."""
        self._outline, self._lit = outline, lit
        self.scope.take(length)
        self.setRange(0, max(1, round(length * 1000)))
        self.show_time(self._seconds)
        self.update()

    def show_time(self, seconds: float, *, follow: bool = False) -> None:
        """Show where in the sound one is; with `follow` a page further where it has left."""
        before, self._seconds = self.place_of(self._seconds), seconds
        if not self.isSliderDown():
            self.setValue(round(seconds * 1000))
        words = f"{time_code(seconds, self.scope.length)} of {time_code(self.scope.length)}"
        if words != self.accessibleDescription():
            self.setAccessibleDescription(words)
        if follow and not self._held and self.scope.follow(seconds):
            self.update()
        after = self.place_of(seconds)
        if abs(before - after) >= 0.5:
            for x in (before, after):
                self.update(round(min(max(x, -20), self.width() + 20)) - 8, 0, 16, self.height())

    def show_marks(self, marks: Marks | None) -> None:
        """Show what is marked."""
        self.marks = marks
        self.update()

    def zoom(self, times: float, at: float | None = None) -> None:
        """Show a time (the present one) so many times larger; 0: show all."""
        if times:
            self.scope.zoom(times, self._seconds if at is None else at)
        else:
            self.scope.show_all()
        self.update()

    def place_of(self, seconds: float) -> float:
        """Give the pixel of a time."""
        box = self._box()
        return box.left() + self.scope.x(seconds, box.width())

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            box, ratio = self._box(), self.devicePixelRatioF()
            image = self._track.image(self._outline, self._lit, self.scope, box.size(), ratio)
            painter.drawImage(box.topLeft(), image)
            ruler = QRectF(box.left(), 0, box.width(), box.top())
            self._track.paint_ruler(painter, ruler, self.scope)
            painter.setClipRect(
                QRectF(self.rect()).adjusted(self._side() - 6, 0, 6 - self._side(), 0)
            )
            if self.marks is not None:
                span = self.place_of(self.marks.start), self.place_of(self.marks.end)
                hot = self._hover is not None and span[0] <= self._hover <= span[1]
                self._track.paint_marks(painter, box, span, hot=hot)
            if self._hover is not None and not self._held:
                self._track.paint_hover(painter, box, self._hover)
            self._track.paint_head(painter, box, self.place_of(self._seconds))
            if self.hasFocus():
                self._track.paint_focus(painter, QRectF(self.rect()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self._pressed = event.position()
        self._held = self._place(self._pressed, event.modifiers())
        self.setSliderDown(True)
        if self._held == "head":
            self.scrubbed.emit(self._time(self._pressed.x()))
        elif self._held == "inside":
            self.foreseen.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.position()
        self._point_at(point.x())
        far = (point - self._pressed).manhattanLength() >= QApplication.startDragDistance()
        if self._held == "head":
            self.scrubbed.emit(self._time(point.x()))
        elif self._held == "inside" and far:
            self._let_go()
            self.drag_wanted.emit()
        elif self._held in ("start", "end") or (self._held == "new" and far):
            self.marks_moved.emit(self._dragged(point.x()))
        elif not self._held:
            shapes = {
                "start": Qt.CursorShape.SizeHorCursor,
                "inside": Qt.CursorShape.OpenHandCursor,
            }
            shapes["end"] = shapes["start"]
            place = self._place(point, event.modifiers())
            self.setCursor(shapes.get(place, Qt.CursorShape.ArrowCursor))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        held, point = self._held, event.position()
        far = (point - self._pressed).manhattanLength() >= QApplication.startDragDistance()
        self._let_go()
        if held in ("new", "inside") and not far:
            self.scrubbed.emit(self._time(self._pressed.x()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover = None
        self.bubble.hide()
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        across, down = event.angleDelta().x(), event.angleDelta().y()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and not across:
            across, down = down, 0
        if across and not self.scope.whole:
            self.scope.move(-across / 120 * self.scope.span / 8)
        elif down and (control or not self.compact):
            self.scope.zoom(NOTCH ** (down / 120), self._time(event.position().x()))
        else:
            event.ignore()  # a page that is scrolled past
            return
        self._point_at(event.position().x())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, plain = event.key(), event.modifiers() == Qt.KeyboardModifier.NoModifier
        if plain and key in list(_NUDGES):
            step = min(1.0, self.scope.span / 20)
            self.scrubbed.emit(max(0.0, self._seconds + step * _NUDGES[_Key(key)]))
        elif plain and key in list(_WINDOWS):
            self.window_wanted.emit(_WINDOWS[_Key(key)])
        elif plain and key in (_Key.Key_Home, _Key.Key_End):
            self.scrubbed.emit(0.0 if key == _Key.Key_Home else self.scope.length)
        else:
            event.ignore()

    def sizeHint(self) -> QSize:
        return QSize(200, theme().px(COMPACT if self.compact else 2 * COMPACT))

    def _place(self, point: QPointF, modifiers: Qt.KeyboardModifier) -> str:
        """Name what the mouse takes hold of at a point."""
        if point.y() < self._box().top():
            return "head"
        if self.marks is None or modifiers & Qt.KeyboardModifier.ShiftModifier:
            return "new"
        start, end = self.place_of(self.marks.start), self.place_of(self.marks.end)
        near = {"start": abs(point.x() - start), "end": abs(point.x() - end)}
        name = min(near, key=lambda each: near[each])
        if near[name] <= GRIP:
            return name
        return "inside" if start < point.x() < end else "new"

    def _dragged(self, x: float) -> Marks:
        at = self._time(x)
        fixed = self._time(self._pressed.x())
        if self.marks is not None and self._held != "new":
            fixed = self.marks.end if self._held == "start" else self.marks.start
            if (at > fixed) == (self._held == "start"):
                self._held = "end" if self._held == "start" else "start"  # past the other end
        start, end = min(at, fixed), max(at, fixed)
        return Marks(start, max(end, start + SHORTEST))

    def _let_go(self) -> None:
        self._held = ""
        self.setSliderDown(False)
        self.update()

    def _point_at(self, x: float) -> None:
        box = self._box()
        self._hover = min(max(x, box.left()), box.right())
        words = time_code(self._time(x), self.scope.length)
        if self.marks is not None and self._held not in ("", "head"):
            words = span_code(self.marks.start, self.marks.end, self.scope.length)
        here = [each[2] for each in self._lit if each[0] <= self._time(x) < each[1]]
        if here and not self._held and max(here) > 0.5:
            words += "  ·  matches"
        point = self.mapTo(self.bubble.host, QPoint(round(self._hover), 0))
        self.bubble.show_at(point, words, None, QSize())
        self.update()

    def _restyle(self) -> None:
        if not self.compact:
            self.setMaximumHeight(theme().px(TALLEST))
        self.updateGeometry()

    def _side(self) -> int:
        return 0 if self.compact else SIDE

    def _box(self) -> QRectF:
        side = self._side()
        return QRectF(self.rect()).adjusted(side, theme().px(RULER), -side, -2)

    def _time(self, x: float) -> float:
        box = self._box()
        return self.scope.time(x - box.left(), box.width())
