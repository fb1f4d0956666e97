"""One asset over the grid, as large as there is room; the arrows walk on."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QImage, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from assetman.core.changes import Changes
from assetman.engine.protocol import Card
from assetman.ui.bridge import EngineBridge
from assetman.ui.controller.organiser import Organiser
from assetman.ui.grid.asset_actions import AssetActions
from assetman.ui.grid.cards import CardStore
from assetman.ui.grid.large_bar import LargeBar
from assetman.ui.grid.picture_canvas import PictureCanvas
from assetman.ui.grid.pictures import read_image
from assetman.ui.grid.previews import PreviewLoader, Wish, full_side, rung
from assetman.ui.grid.wording import card_name
from assetman.ui.jobs import Job
from assetman.ui.theme import theme

STEADY_MS = 40  # how long the same picture is looked at before it is loaded large
RATINGS = tuple("012345")
_Key = Qt.Key


class LargeView(QWidget):
    """Lies over its parent and fills it while it is shown."""

    closed = Signal(int)  # asset id looked at last
    walked = Signal(int)  # asset id
    region_asked = Signal(int, object)  # asset id, Box
    asked = Signal(object)  # Question
    folder_asked = Signal(int)  # asset id
    said = Signal(str)  # one sentence for the person

    def __init__(self, bridge: EngineBridge, organiser: Organiser, parent: QWidget) -> None:
        super().__init__(parent)
        self.hide()
        self.setAccessibleName("Large view")
        self._ids: Sequence[int] = ()
        self._position = 0
        self._thumbnail: QImage | None = None
        self._thumbnail_of: str | None = None
        self._store = CardStore(bridge, self)
        self._store.arrived.connect(self._cards_arrived)
        self._store.follow(organiser)
        bridge.changed.connect(self._assets_changed)
        self._previews = PreviewLoader(bridge, self)
        self._store.altered.connect(self._previews.forget)
        self._previews.arrived.connect(self._preview_arrived)
        self._previews.failed.connect(self._preview_failed)
        self._steady = QTimer(self)
        self._steady.setSingleShot(True)
        self._steady.setInterval(STEADY_MS)
        self._steady.timeout.connect(self._load)
        self.verbs = AssetActions(bridge, organiser, self)
        self.verbs.card_of = self._store.get
        self.verbs.asked.connect(self.asked)
        self.verbs.folder_asked.connect(self.folder_asked)
        self.verbs.said.connect(self.said)
        self.canvas = PictureCanvas(self)
        self.canvas.zoomed.connect(self._zoomed)
        self.canvas.marked.connect(self._marked)
        self.canvas.region_asked.connect(self._ask)
        self.bar = LargeBar(self)
        self._connect_bar()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.canvas, 1)
        layout.addWidget(self.bar)
        self.setFocusProxy(self.canvas)
        self._before: QWidget | None = None
        parent.installEventFilter(self)

    @property
    def current(self) -> int | None:
        """Give the asset looked at."""
        return self._ids[self._position] if self._ids else None

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
        if key == _Key.Key_Escape:
            self._step_back()
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
        elif key == _Key.Key_S:
            (self.verbs.less_like if shift else self.verbs.find_similar)(current)
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
        places = [self.canvas, *self.bar.buttons()]
        here = QApplication.focusWidget()
        at = places.index(here) if here in places else 0
        there = places[(at + (1 if forward else -1)) % len(places)]
        reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        there.setFocus(reason)
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(event.rect(), theme().ground)

    def _connect_bar(self) -> None:
        self.bar.previous.clicked.connect(lambda: self.walk(-1))
        self.bar.next.clicked.connect(lambda: self.walk(1))
        self.bar.mark.toggled.connect(self._set_marking)
        self.bar.similar.clicked.connect(self._ask)
        self.bar.close_button.clicked.connect(self.leave)

    def _show_current(self) -> None:
        card = self._card()
        asset = card.asset if card is not None else None
        size = QSize(asset.width or 0, asset.height or 0) if asset is not None else QSize()
        self._thumbnail = self._thumbnail_of = None
        self.bar.mark.setChecked(False)
        self.canvas.show_picture(size)
        self._renew()
        around = range(max(0, self._position - 2), min(len(self._ids), self._position + 3))
        self._store.want([self._ids[i] for i in around])
        self._steady.start()

    def _renew(self) -> None:
        """Show what there is of the present asset."""
        card, current = self._card(), self.current
        if current is None:
            return
        images = self._previews.images(current)
        if self._thumbnail is not None:
            images.insert(0, self._thumbnail)
        self.canvas.set_images(images)
        name = card.asset.display_name if card is not None else ""
        self.bar.set_caption(name, self._position + 1, len(self._ids))
        self.bar.set_rating(card.asset.rating if card is not None else 0)
        self.canvas.setAccessibleName(card_name(card, None, self._position + 1))
        if card is not None and card.failure and not images:
            self.canvas.say(card.failure)
        self.bar.set_trouble(bool(self.canvas.sentence) and not images)
        if card is None or card.thumbnail is None or card.thumbnail == self._thumbnail_of:
            return
        self._thumbnail_of = card.thumbnail
        job = Job(self, partial(read_image, card.thumbnail))
        job.on_done(partial(self._thumbnail_arrived, current))
        job.on_error(lambda error: None).start()  # its preview comes, or says what is wrong

    def _load(self) -> None:
        """Ask for the present picture at the size of the screen, then for its neighbours."""
        if not self._ids or not self.isVisible():
            return
        ratio = self.devicePixelRatioF()
        side = rung(max(self.canvas.width(), self.canvas.height()) * ratio)
        nearest = [self._position, self._position + 1, self._position - 1]
        ids = [self._ids[i] for i in nearest if 0 <= i < len(self._ids)]
        wishes = [Wish(asset_id, side) for asset_id in ids]
        card = self._card()
        drawn = self.canvas.picture_rect().size() * ratio
        if card is not None and max(drawn.width(), drawn.height()) > side + 1:
            asset = card.asset
            wishes.insert(1, Wish(asset.id, full_side(asset.width, asset.height)))
        self._previews.want(wishes)

    def _card(self) -> Card | None:
        return self._store.get(self.current) if self.current is not None else None

    def _cards_arrived(self, asset_ids: Sequence[int]) -> None:
        if self.current not in asset_ids or not self.isVisible():
            return
        card = self._card()
        if card is None or self._store.gone(card.asset.id):
            self.canvas.say("This file is no longer in the library.")
            self.bar.set_trouble(True)
            return
        self._steady.start()  # there is nothing to load unless its file is another
        if not self.canvas.mark.area and card.asset.width and card.asset.height:
            self.canvas.set_size(QSize(card.asset.width, card.asset.height))
        self._renew()

    def _assets_changed(self, changes: Changes) -> None:
        touched = changes.assets_changed | changes.assets_removed
        self._store.mark_stale(touched)  # its pictures are dropped if its file is another
        self._previews.forget(changes.assets_removed)
        if self.isVisible() and self.current in touched:
            self._store.want([self.current])
            self._steady.start()

    def _thumbnail_arrived(self, asset_id: int, image: QImage) -> None:
        if asset_id == self.current:
            self._thumbnail = image
            self._renew()

    def _preview_arrived(self, asset_id: int) -> None:
        if asset_id == self.current:
            self.canvas.say("")
            self._renew()

    def _preview_failed(self, asset_id: int, sentence: str) -> None:
        # What the engine said when it first met the file is the better sentence.
        if asset_id == self.current and not self.canvas.sentence:
            self.canvas.say(sentence)
            self.bar.set_trouble(self._thumbnail is None)

    def _zoomed(self, scale: float) -> None:
        self.bar.set_zoom(scale)
        if self.isVisible():
            self._steady.start()

    def _set_marking(self, marking: bool) -> None:
        self.canvas.set_marking(marking)
        if marking and self.canvas.mark.area is None:
            self.canvas.mark.place_in_middle()
            self.canvas.marked.emit()
            self.canvas.update()
        self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def _marked(self) -> None:
        area = self.canvas.mark.area
        self.bar.set_marked(area is not None)
        if area is not None and not self.bar.mark.isChecked():
            self.bar.mark.setChecked(True)  # a drag with Shift begins to mark as well

    def _ask(self) -> None:
        current, box = self.current, self.canvas.mark.box()
        if current is None:
            return
        if box is not None:
            self.region_asked.emit(current, box)
        else:
            self.verbs.find_similar([current])

    def _step_back(self) -> None:
        """Undo one step: the rectangle, then the large view itself."""
        if self.bar.mark.isChecked():
            self.bar.mark.setChecked(False)
        else:
            self.leave()

    def _menu(self, at: QPoint) -> None:
        if self.current is not None:
            self.verbs.show_menu([self.current], at)
