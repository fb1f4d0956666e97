"""One asset over the grid, as large as there is room; the arrows walk on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QHideEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from assetman.core.assets import Kind
from assetman.core.queries import Hit, Query
from assetman.ui.bridge import EngineBridge
from assetman.ui.controller.organiser import Organiser
from assetman.ui.grid.asset_actions import AssetActions
from assetman.ui.grid.found_words import boxes_of
from assetman.ui.grid.large_loading import LargeLoading
from assetman.ui.listening.listening import Listening
from assetman.ui.theme import theme

RATINGS = tuple("012345")
_Key = Qt.Key


class LargeView(LargeLoading):
    """Lies over its parent and fills it while it is shown."""

    closed = Signal(int)  # asset id looked at last
    walked = Signal(int)  # asset id
    region_asked = Signal(int, object)  # asset id, Box
    asked = Signal(object)  # Question
    folder_asked = Signal(int)  # asset id
    said = Signal(str)  # one sentence for the person
    export_wanted = Signal(object)  # Clip
    sounded = Signal()  # a video begins to play

    def __init__(
        self,
        bridge: EngineBridge,
        organiser: Organiser,
        parent: QWidget,
        listening: Listening | None = None,
    ) -> None:
        super().__init__(bridge, organiser, parent, listening)
        self.setAccessibleName("Large view")
        self.verbs = AssetActions(bridge, organiser, self)
        self.verbs.card_of = self._store.get
        self.verbs.asked.connect(self.asked)
        self.verbs.folder_asked.connect(self.folder_asked)
        self.verbs.said.connect(self.said)
        self.canvas.zoomed.connect(self._zoomed)
        self.canvas.marked.connect(self._marked)
        self.canvas.region_asked.connect(lambda: self._ask())
        self.video.asked.connect(self.asked)
        self.video.player.sounded.connect(self.sounded)
        self.video.player.export_wanted.connect(self.export_wanted)
        self.sound.asked.connect(self.asked)
        self.sound.player.export_wanted.connect(self.export_wanted)
        self._connect_bar()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.canvas, 1)
        layout.addWidget(self.sound.stage, 1)
        layout.addWidget(self.video.player)
        layout.addWidget(self.bar)
        self.setFocusProxy(self.canvas)
        self._before: QWidget | None = None
        parent.installEventFilter(self)

    def show_assets(self, ids: Sequence[int], current: int) -> None:
        """Look at one asset of a list that the arrows walk along."""
        self._ids = tuple(ids) if current in ids else (current,)
        self._position = self._ids.index(current)
        if not self.isVisible():
            self._before = QApplication.focusWidget()
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
        self.show()
        self.raise_()
        self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show_current()

    def play(self, start: float) -> None:
        """Play the video or the sound that is looked at, from a time."""
        card = self._card()
        if card is not None and card.asset.kind is Kind.AUDIO:
            self.sound.play(start)
        else:
            self.video.play(start)

    def silence(self) -> bool:
        """Stop playing at once; True if something was."""
        watched = self.video.player.silence()
        return self.listening.silence() or watched

    def show_query(self, query: Query | None) -> None:
        """Light the moments of videos that match a question."""
        self.video.show_query(query)
        self.sound.show_query(query)

    def show_hits(self, hits: Mapping[int, Hit]) -> None:
        """Open videos and sounds at the moments that were found."""
        self.video.hits = self.sound.hits = hits
        self._frame_words()

    def leave(self) -> None:
        """Go back to the grid, to the same place."""
        current = self.current
        self.bar.mark.setChecked(False)
        self.hide()
        if self._before is not None and self._before.isVisible():
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)
        if current is not None:
            self.closed.emit(current)

    def walk(self, steps: int) -> None:
        """Look at another asset of the list."""
        position = min(max(self._position + steps, 0), len(self._ids) - 1)
        if position != self._position:
            self._position = position
            self._show_current()
            self.walked.emit(self._ids[position])

    def neighbours(self) -> list[int]:
        """List what the arrows lead to, the next first."""
        around = (self._position + 1, self._position - 1)
        return [self._ids[i] for i in around if 0 <= i < len(self._ids)]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        forward = -1 if self.layoutDirection() is Qt.LayoutDirection.RightToLeft else 1
        steps = {
            _Key.Key_Right: forward,
            _Key.Key_Left: -forward,
            _Key.Key_Down: 1,
            _Key.Key_Up: -1,
            _Key.Key_PageDown: 10,
            _Key.Key_PageUp: -10,
            _Key.Key_Home: -len(self._ids),
            _Key.Key_End: len(self._ids),
        }
        current = [self.current] if self.current is not None else []
        if self.video.take_key(event) or self.sound.take_key(event):
            return
        if key == _Key.Key_Escape:
            self.step_back()
        elif key == _Key.Key_Space:
            self.leave()
        elif key in list(steps):
            self.walk(steps[_Key(key)])
        elif key in (_Key.Key_Return, _Key.Key_Enter) and control:
            self.verbs.open_files(current)
        elif key == _Key.Key_M:
            self.bar.mark.click()
        elif key == _Key.Key_T and not control:
            self.verbs.type_tags(current)
        elif event.text() in RATINGS and not control:
            self.verbs.rate(current, int(event.text()))
        elif key == _Key.Key_S and shift:
            self.verbs.less_like(current)
        elif key == _Key.Key_S:
            self._ask(whole=True)
        elif key == _Key.Key_C and control:
            (self.verbs.copy_paths if shift else self.verbs.copy)(current)
        elif key == _Key.Key_Menu or (key == _Key.Key_F10 and shift):
            self._menu(self.canvas.mapToGlobal(self.canvas.rect().center()))
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._menu(event.globalPos())
        event.accept()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.parent() and event.type() is QEvent.Type.Resize and self.isVisible():
            self.setGeometry(watched.rect())  # type: ignore[attr-defined]  # it is our parent
        return super().eventFilter(watched, event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Keep the keyboard inside while the grid beneath cannot be seen."""
        player = self.video.player
        controls = [player.timeline, *player.bar.buttons()] if self.video.here else []
        controls += self.sound.controls()
        places: list[QWidget] = [self.canvas, *controls, *self.bar.buttons()]
        here = QApplication.focusWidget()
        at = places.index(here) if here in places else 0
        there = places[(at + (1 if forward else -1)) % len(places)]
        reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        there.setFocus(reason)
        return True

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not event.spontaneous():
            self.video.leave()
            self.sound.leave()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(event.rect(), theme().ground)

    def _connect_bar(self) -> None:
        self.bar.previous.clicked.connect(lambda: self.walk(-1))
        self.bar.next.clicked.connect(lambda: self.walk(1))
        self.bar.mark.toggled.connect(self._set_marking)
        self.bar.similar.clicked.connect(lambda: self._ask())
        self.bar.close_button.clicked.connect(self.leave)

    def _show_current(self) -> None:
        card = self._card()
        asset = card.asset if card is not None else None
        size = QSize(asset.width or 0, asset.height or 0) if asset is not None else QSize()
        self._thumbnail = self._thumbnail_of = None
        self.video.forget_wish()
        self.sound.forget_wish()
        self.bar.mark.setChecked(False)
        if card is None or card.asset != self.video.player.asset:
            self.video.leave()
        self.canvas.show_picture(size)
        self._frame_words()
        self._renew()
        around = range(max(0, self._position - 2), min(len(self._ids), self._position + 3))
        self._store.want([self._ids[i] for i in around])
        self._steady.start()

    def _frame_words(self) -> None:
        """Frame the words that were found; a film does so frame by frame as well."""
        if self.video.here:
            self.video.frame_words()
        else:
            hit = self.video.hits.get(self.current) if self.current is not None else None
            self.canvas.found.show(boxes_of(hit))

    def _zoomed(self, scale: float) -> None:
        self.bar.set_zoom(scale)
        if self.isVisible():
            self._steady.start()

    def _set_marking(self, marking: bool) -> None:
        self.canvas.set_marking(marking)
        if marking:
            self.silence()  # a part is marked of one frame
        if marking and self.canvas.mark.area is None:
            self.canvas.mark.place_in_middle()
            self.canvas.marked.emit()
            self.canvas.update()
        self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def _marked(self) -> None:
        area = self.canvas.mark.area
        self.video.name_subject()
        if area is not None and not self.bar.mark.isChecked():
            self.bar.mark.setChecked(True)  # a drag with Shift begins to mark as well

    def _ask(self, *, whole: bool = False) -> None:
        current, box = self.current, self.canvas.mark.box()
        if current is None or self.video.ask() or self.sound.ask():
            return
        if box is not None and not whole:
            self.region_asked.emit(current, box)
        else:
            self.verbs.find_similar([current])

    def step_back(self) -> None:
        """Undo one step: the rectangle, then the large view itself."""
        self.silence()
        if self.bar.mark.isChecked():
            self.bar.mark.setChecked(False)
        else:
            self.leave()

    def _menu(self, at: QPoint) -> None:
        menu = self.verbs.show_menu([self.current], at) if self.current is not None else None
        if menu is not None and self.sound.here:
            self.sound.player.offer(menu)
            menu.popup(at)
        if menu is None or not self.video.here:
            return
        for action in menu.actions():
            for words in ("Find similar to", "Less like"):
                if action.text().startswith(words.removesuffix(" to")):
                    action.setText(f"{words} the whole video")
        self.video.player.offer(menu)
        menu.popup(at)  # it has grown
