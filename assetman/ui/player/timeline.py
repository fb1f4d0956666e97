"""The seconds of a video from left to right: its shots, lit where they match, and where one is."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from assetman.ui.player.bubble import Bubble
from assetman.ui.player.marks import LEAST, Marks
from assetman.ui.player.reel import Light, Reel
from assetman.ui.player.stills import Stills
from assetman.ui.player.timecode import time_code
from assetman.ui.player.track import Track
from assetman.ui.theme import appearance, theme

GRIP = 6  # pixels around the end of a range that take hold of it
LOUD = 0.5  # light from which on the sound is said to match
HEARD = 4  # pixels, the line that says where the sound matches
_Key = Qt.Key
NUDGES = {_Key.Key_Left: -1.0, _Key.Key_Right: 1.0}  # seconds
SHOTS = {_Key.Key_Up: -1, _Key.Key_PageUp: -1, _Key.Key_Down: 1, _Key.Key_PageDown: 1}


class Timeline(QSlider):
    """Scrubs by mouse and by keys; a bubble shows what a time looks like."""

    scrubbed = Signal(float)  # seconds; the person goes there
    nudged = Signal(float)  # seconds further, or back
    shot_wanted = Signal(int)  # the next one, or the one before
    marks_moved = Signal(object)  # Marks

    def __init__(self, stills: Stills, host: QWidget, parent: QWidget, *, compact: bool) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._height = 30 if compact else 36
        self._side = 0 if compact else 12  # pixels, in line with what stands around it
        self._reel = Reel()
        self._heard: tuple[Light, ...] = ()
        self._track = Track()
        self._stills = stills
        self._stills.arrived.connect(self._renew_bubble)
        self._shape = QSize(16, 9)
        self.bubble = Bubble(host)
        self._hover: float | None = None  # seconds under the pointer
        self._held: str | None = None  # "head", "start" or "end", by the mouse
        self._seconds = 0.0
        self.marks: Marks | None = None
        self.loop: tuple[float, float] | None = None
        self.setAccessibleName("Timeline")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the arrows to the results
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(theme().px(self._height))
        appearance().changed.connect(self._restyle)

    @property
    def held(self) -> bool:
        """Tell whether the mouse has hold of it."""
        return self._held is not None

    def show_reel(self, reel: Reel, shape: QSize, heard: tuple[Light, ...] = ()) -> None:
        """Show the shots of a video whose picture has a shape, and where its sound matches."""
        self._reel, self._shape, self._heard = reel, shape, heard
        self.setRange(0, max(1, round(reel.duration * 1000)))
        self._track.forget()
        self.show_time(self._seconds)
        self.update()

    def show_time(self, seconds: float) -> None:
        """Show where in the video one is."""
        before, self._seconds = self._head(), seconds
        if not self.isSliderDown():
            self.setValue(round(seconds * 1000))
        words = f"{time_code(seconds, self._reel.duration)} of {time_code(self._reel.duration)}"
        if words != self.accessibleDescription():
            self.setAccessibleDescription(words)
        after = self._head()
        if abs(before - after) >= 0.5:
            for x in (before, after):
                self.update(round(x) - 8, 0, 16, self.height())

    def show_range(self, marks: Marks | None, loop: tuple[float, float] | None) -> None:
        """Show what is marked, and what is played over and over."""
        self.marks, self.loop = marks, loop
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            box = self._box()
            ratio = self.devicePixelRatioF()
            painter.drawImage(box.topLeft(), self._track.image(self._reel, box.size(), ratio))
            if self._heard:
                line = QRectF(box.left(), box.bottom() + 2, box.width(), HEARD)
                spans = [(self._x(start), self._x(end), light) for start, end, light in self._heard]
                self._track.paint_heard(painter, line, spans)
            self._track.paint_range(painter, box, self._span_of(self.marks), loop=False)
            if self.marks is None and self.loop is not None:
                start, end = self._x(self.loop[0]), self._x(self.loop[1])
                self._track.paint_range(painter, box, (start, end), loop=True)
            if self._hover is not None and self._held is None:
                self._track.paint_hover(painter, box, self._x(self._hover))
            self._track.paint_head(painter, box, self._head())
            if self.hasFocus():
                side = max(self._side - 6, 0)
                self._track.paint_focus(painter, QRectF(self.rect()).adjusted(side, 0, -side, 0))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            event.ignore()
            return
        x = event.position().x()
        self._held = self._grip(x) or "head"
        self.setSliderDown(True)
        if self._held == "head":
            self._scrub(x)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        self._point_at(x)
        if self._held == "head":
            self._scrub(x)
        elif self._held is not None and self.marks is not None:
            self.marks_moved.emit(self._dragged(self.marks, self._time(x)))
        else:
            on_end = self._grip(x) is not None
            self.setCursor(Qt.CursorShape.SizeHorCursor if on_end else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._held is not None:
            self._held = None
            self.setSliderDown(False)
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover = None
        self.bubble.hide()
        self.update()

    def hideEvent(self, event: QEvent) -> None:
        self._hover, self._held = None, None
        self.bubble.hide()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # a page that is scrolled past must not move the video

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, plain = event.key(), event.modifiers() == Qt.KeyboardModifier.NoModifier
        if plain and key in list(NUDGES):
            self.nudged.emit(NUDGES[_Key(key)])
        elif plain and key in list(SHOTS):
            self.shot_wanted.emit(SHOTS[_Key(key)])
        elif plain and key in (_Key.Key_Home, _Key.Key_End):
            self.scrubbed.emit(0.0 if key == _Key.Key_Home else self._reel.duration)
        else:
            event.ignore()

    def sizeHint(self) -> QSize:
        return QSize(200, theme().px(self._height))

    def _scrub(self, x: float) -> None:
        self._point_at(x)
        self.scrubbed.emit(self._time(x))

    def _point_at(self, x: float) -> None:
        self._hover = self._time(x)
        self._renew_bubble()
        self.update()

    def _renew_bubble(self) -> None:
        if self._hover is None or not self._reel.duration:
            return
        moment = self._reel.nearest(self._hover)
        words = time_code(self._hover, self._reel.duration)
        if any(start <= self._hover < end and light > LOUD for start, end, light in self._heard):
            words += "  ·  sound matches"
        if moment is not None and moment.score is not None:
            words += f"  ·  {moment.score:.2f}"
        point = self.mapTo(self.bubble.host, QPoint(round(self._x(self._hover)), 0))
        self.bubble.show_at(point, words, self._stills.get(moment), self._shape)

    def _dragged(self, marks: Marks, seconds: float) -> Marks:
        if self._held == "start":
            return Marks(min(seconds, marks.end - LEAST), marks.end)
        return Marks(marks.start, max(seconds, marks.start + LEAST))

    def _grip(self, x: float) -> str | None:
        """Name the end of the marked range under the pointer."""
        span = self._span_of(self.marks)
        if span is None:
            return None
        near = {"start": abs(x - span[0]), "end": abs(x - span[1])}
        name = min(near, key=lambda end: near[end])
        return name if near[name] <= GRIP else None

    def _box(self) -> QRectF:
        foot = 4 + (HEARD + 2 if self._heard else 0)
        return QRectF(self.rect()).adjusted(self._side, 6, -self._side, -foot)

    def _x(self, seconds: float) -> float:
        box, whole = self._box(), self._reel.duration
        share = min(max(seconds / whole, 0.0), 1.0) if whole else 0.0
        return box.left() + share * box.width()

    def _time(self, x: float) -> float:
        box = self._box()
        return min(max((x - box.left()) / box.width(), 0.0), 1.0) * self._reel.duration

    def _head(self) -> float:
        return self._x(self._seconds)

    def _span_of(self, marks: Marks | None) -> tuple[float, float] | None:
        return (self._x(marks.start), self._x(marks.end)) if marks is not None else None

    def _restyle(self) -> None:
        self.setFixedHeight(theme().px(self._height))
        self._track.forget()
        self.update()
