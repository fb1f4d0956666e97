"""What hands do in the grid: keys, mouse, menus, drags."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDrag,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QWidget

from assetman.engine.protocol import Card
from assetman.ui.bridge import EngineBridge
from assetman.ui.controller.organiser import Organiser
from assetman.ui.grid.asset_actions import AssetActions, mime_of
from assetman.ui.grid.card_view import CardView
from assetman.ui.grid.drag_picture import drag_picture
from assetman.ui.grid.grid_layout import MARGIN
from assetman.ui.grid.rubber_band import RubberBand

_Key = Qt.Key
_RATINGS = tuple("012345")
_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class HandledGrid(CardView):
    """Selects, opens, drags and asks as keys and mouse say."""

    opened = Signal(int)  # asset id, to be seen large
    asked = Signal(object)  # Question
    folder_asked = Signal(int)  # asset id
    said = Signal(str)  # one sentence for the person

    def __init__(
        self,
        bridge: EngineBridge,
        organiser: Organiser,
        parent: QWidget | None = None,
        *,
        captions: bool = True,
        margin: int = MARGIN,
        card: int = 180,
    ) -> None:
        super().__init__(bridge, parent, captions=captions, margin=margin, card=card)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self._bridge = bridge
        self._band = RubberBand(self)
        self._pressed_quick = -1
        self._drag_awaited = False  # its files are being looked up
        self.verbs = AssetActions(bridge, organiser, self)
        self.verbs.card_of = self.assets.store.get
        self.verbs.asked.connect(self.asked)
        self.verbs.folder_asked.connect(self.folder_asked)
        self.verbs.said.connect(self.said)

    def selected_ids(self) -> list[int]:
        """List the selected assets, in their order."""
        selection = self.selectionModel().selection()
        ranges = sorted((r.top(), r.bottom()) for r in selection.toList())
        ids = self.assets.ids
        return [asset for first, last in ranges for asset in ids[first : last + 1]]

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            self._menu_by_keyboard()
        elif self.indexAt(event.pos()).isValid():
            self.verbs.show_menu(self.selected_ids(), event.globalPos())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._by_keyboard = True
        verb = self._verb(event)
        letter = event.text().isprintable() and event.text() not in ("", " ")
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if verb is not None:
            verb()
        elif letter and not control:
            event.ignore()  # somebody else's shortcut
        else:
            super().keyPressEvent(event)
        self.viewport().update()  # the focus is outlined from the first key on

    def _verb(self, event: QKeyEvent) -> Callable[[], object] | None:
        key, modifiers = event.key(), event.modifiers()
        control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        ids, do = self.selected_ids, self.verbs
        if event.text() in _RATINGS and not control:
            return lambda: do.rate(ids(), int(event.text()))
        if key in (_Key.Key_Return, _Key.Key_Enter):
            return (lambda: do.open_files(ids())) if control else self._open_current
        verbs: dict[tuple[int, bool, bool], Callable[[], object]] = {
            (_Key.Key_Space, False, False): self._open_current,
            (_Key.Key_C, True, False): lambda: do.copy(ids()),
            (_Key.Key_C, True, True): lambda: do.copy_paths(ids()),
            (_Key.Key_T, False, False): lambda: do.type_tags(ids()),
            (_Key.Key_S, False, False): lambda: do.find_similar(ids()),
            (_Key.Key_S, False, True): lambda: do.less_like(ids()),
            (_Key.Key_Menu, False, False): self._menu_by_keyboard,
            (_Key.Key_F10, False, True): self._menu_by_keyboard,
        }
        return verbs.get((key, control, shift))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._by_keyboard = False
        point = event.position().toPoint()
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed_quick = self.quick_at(point)
            if self._pressed_quick >= 0:
                return
            if not self.indexAt(point).isValid():
                self.setFocus(Qt.FocusReason.MouseFocusReason)
                self._band.begin(point, event.modifiers())
                return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._band.active:
            self._band.move(event.position().toPoint())
        elif self._pressed_quick < 0 and not self._drag_awaited:
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        quick, self._pressed_quick = self._pressed_quick, -1
        self._drag_awaited = False
        if self._band.active:
            self._band.end()
        elif quick >= 0:
            if self.quick_at(event.position().toPoint()) == quick:
                self.verbs.find_similar([self.assets.id_at(quick)])
        else:
            super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        index = self.indexAt(point)
        if event.button() is Qt.MouseButton.LeftButton and self.quick_at(point) < 0:
            if index.isValid():
                self.opened.emit(self.assets.id_at(index.row()))
        else:
            self.mousePressEvent(event)

    def startDrag(self, actions: Qt.DropAction) -> None:
        ids = self.selected_ids()
        cards = [self.assets.store.get(asset_id) for asset_id in ids]
        here = [card for card in cards if card is not None]
        if len(here) == len(ids):
            self._drag(here)
            return
        # Some selected cards were never on screen: their paths come in a moment.
        self._drag_awaited = True
        self._bridge.call(self, lambda api: api.cards(ids)).on_done(self._drag_if_held).start()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._band.active:
            with QPainter(self.viewport()) as painter:
                self._band.paint(painter)

    def focusInEvent(self, event: QFocusEvent) -> None:
        if event.reason() in _KEYBOARD:
            self._by_keyboard = True
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def _open_current(self) -> None:
        index = self.currentIndex()
        if index.isValid():
            self.opened.emit(self.assets.id_at(index.row()))

    def _menu_by_keyboard(self) -> None:
        index = self.currentIndex()
        if not index.isValid():
            return
        if not self.selectionModel().isSelected(index):
            self.go_to(self.assets.id_at(index.row()))
        self.scrollTo(index)
        at = self.picture_rect(index.row()).center()
        self.verbs.show_menu(self.selected_ids(), self.viewport().mapToGlobal(at))

    def go_to(self, asset_id: int) -> None:
        """Select one asset and bring it on screen; what is there already stays in its place."""
        row = self.assets.row_of(asset_id)
        if row >= 0:
            index = self.assets.index(row)
            one = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.selectionModel().setCurrentIndex(index, one)
            self.scrollTo(index)

    def _drag_if_held(self, cards: list[Card]) -> None:
        if self._drag_awaited:
            self._drag_awaited = False
            self._drag(cards)

    def _drag(self, cards: list[Card]) -> None:
        if not cards:
            return
        drag = QDrag(self)
        drag.setMimeData(mime_of(cards))
        kept = [self.sight.thumbnails.get(card.thumbnail or "") for card in cards[:3]]
        images = [thumbnail.image for thumbnail in kept if thumbnail is not None]
        drag.setPixmap(drag_picture(images, len(cards), self.devicePixelRatioF()))
        self.setState(QAbstractItemView.State.NoState)
        drag.exec(Qt.DropAction.CopyAction)
