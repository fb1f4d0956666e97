"""What hands do in the grid: keys, mouse, menus, drags."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QItemSelectionModel, QPoint, Qt, Signal
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

from assetman.core.moments import Moment
from assetman.engine.protocol import Card
from assetman.ui.bridge import EngineBridge
from assetman.ui.controller.organiser import Organiser
from assetman.ui.grid.asset_actions import AssetActions, mime_of
from assetman.ui.grid.card_times import is_whole
from assetman.ui.grid.card_view import CardView
from assetman.ui.grid.drag_picture import drag_picture
from assetman.ui.grid.frames import clip_of
from assetman.ui.grid.grid_layout import MARGIN
from assetman.ui.grid.plates import Plate
from assetman.ui.grid.rubber_band import RubberBand
from assetman.ui.grid.shots_beneath import ShotsBeneath
from assetman.ui.grid.stacks import Stacks
from assetman.ui.listening.audition import is_sound
from assetman.ui.player.clip import Clip

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
    play_wanted = Signal(int, float)  # asset id, seconds: to be played from there
    large_wanted = Signal(int, float)  # asset id, seconds: the same, large
    moment_chosen = Signal(int, object)  # asset id, Moment that is looked at; None: none any more
    export_wanted = Signal(object)  # Clip
    audition_wanted = Signal(int)  # asset id: a sound is to be heard, or to fall silent

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
        self._pressed: tuple[int, Plate] | None = None
        self._drag_awaited = False  # its files are being looked up
        self.verbs = AssetActions(bridge, organiser, self)
        self.verbs.card_of = self.assets.store.get
        self.verbs.asked.connect(self.asked)
        self.verbs.folder_asked.connect(self.folder_asked)
        self.verbs.said.connect(self.said)
        self.verbs.clip_of = self._clip_of
        self.verbs.shows_films = self.shows_shots
        self.verbs.play_wanted.connect(self.play_wanted)
        self.verbs.export_wanted.connect(self.export_wanted)
        self.stacks = self.verbs.stacks = Stacks(self)
        self.shots = ShotsBeneath(self)
        bridge.back.connect(self.shots.renew)
        self.verbs.shots_wanted.connect(lambda asset: self.shots.toggle(asset, focus=True))
        self.verbs.shots_shown = lambda: self.shots.asset
        self.shots.played.connect(self.play_wanted)
        self.shots.enlarged.connect(self.large_wanted)
        self.shots.chosen.connect(self._choose_moment)
        self.shots.menu_wanted.connect(self._shot_menu)
        self.shots.left_down.connect(self._go_beneath)

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
            (_Key.Key_Space, False, False): self._audition_current,
            (_Key.Key_C, True, False): lambda: do.copy(ids()),
            (_Key.Key_C, True, True): lambda: do.copy_paths(ids()),
            (_Key.Key_T, False, False): lambda: do.type_tags(ids()),
            (_Key.Key_S, False, False): lambda: do.find_similar(ids()),
            (_Key.Key_S, False, True): lambda: do.less_like(ids()),
            (_Key.Key_P, False, False): lambda: do.play(ids()),
            (_Key.Key_M, False, False): self._toggle_shots,
            (_Key.Key_G, False, False): self._toggle_stack,
            (_Key.Key_Menu, False, False): self._menu_by_keyboard,
            (_Key.Key_F10, False, True): self._menu_by_keyboard,
        }
        if self.shots.asset is not None:
            verbs[_Key.Key_Escape, False, False] = self.shots.step_back
        elif (stack := self.stacks.to_close()) is not None:
            verbs[_Key.Key_Escape, False, False] = lambda: self.stacks.close(stack)
        if self.listing.on and self.currentIndex().isValid():  # as in a tree
            here, onward = self.currentIndex().row(), not self.mirrored
            verbs[_Key.Key_Right if onward else _Key.Key_Left, False, False] = lambda: (
                self.stacks.open(self.assets.id_at(here))
            )
            verbs[_Key.Key_Left if onward else _Key.Key_Right, False, False] = lambda: (
                self.stacks.close(self.assets.id_at(here))
            )
        if (clip := self.shots.clip_with_focus()) is not None:
            verbs[_Key.Key_S, False, False] = lambda: do.find_similar_to(clip)
            verbs[_Key.Key_S, False, True] = lambda: do.less_like_moment(clip)
        return verbs.get((key, control, shift))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._by_keyboard = False
        point = event.position().toPoint()
        if event.button() is Qt.MouseButton.LeftButton:
            row, plate = self.plate_at(point)
            self._pressed = (row, plate) if plate is not None else None
            if self._pressed is not None:
                return
            if not self.indexAt(point).isValid():
                self.setFocus(Qt.FocusReason.MouseFocusReason)
                self._band.begin(point, event.modifiers())
                return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._band.active:
            self._band.move(event.position().toPoint())
        elif self._pressed is None and not self._drag_awaited:
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        self._drag_awaited = False
        if self._band.active:
            self._band.end()
        elif pressed is not None:
            if self.plate_at(event.position().toPoint()) == pressed:
                self._click(self.assets.id_at(pressed[0]), pressed[1])
        else:
            super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        index = self.indexAt(point)
        if event.button() is Qt.MouseButton.LeftButton and self.plate_at(point)[1] is None:
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

    def _audition_current(self) -> None:
        """Listen to a sound; anything else is seen large."""
        index = self.currentIndex()
        if index.isValid() and is_sound(self.assets.card(index.row())):
            self.audition_wanted.emit(self.assets.id_at(index.row()))
        else:
            self._open_current()

    def neighbours(self, asset_id: int) -> list[int]:
        """List what the arrow keys lead to from a card, the likeliest first."""
        row, beside = self.assets.row_of(asset_id), self.grid.lines.beside
        if row < 0:
            return []
        around = dict.fromkeys((row + 1, row - 1, beside(row, 1), beside(row, -1)))
        around.pop(row, None)
        return [self.assets.id_at(each) for each in around if 0 <= each < self.grid.count]

    def _menu_by_keyboard(self) -> None:
        index = self.currentIndex()
        if not index.isValid():
            return
        if not self.selectionModel().isSelected(index):
            self.go_to(self.assets.id_at(index.row()))
        self.scrollTo(index)
        at = self.picture_rect(index.row()).center()
        self.verbs.show_menu(self.selected_ids(), self.viewport().mapToGlobal(at))

    def go_to(self, asset_id: int, *, scroll: bool = True) -> None:
        """Select one asset and bring it on screen; what is there already stays in its place."""
        row = self.assets.row_of(asset_id)
        if row >= 0:
            index = self.assets.index(row)
            one = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.selectionModel().setCurrentIndex(index, one)
            if scroll:
                self.scrollTo(index)

    def _click(self, asset_id: int, plate: Plate) -> None:
        """Do what a plate on a picture offers."""
        if plate is Plate.SIMILAR:
            self.verbs.find_similar([asset_id])
        elif plate is Plate.TIME:
            self.go_to(asset_id)
            self.verbs.play([asset_id])
        elif plate is Plate.STACK:
            self.go_to(asset_id, scroll=False)
            self.stacks.toggle(asset_id)
        else:
            self.go_to(asset_id)
            self.shots.toggle(asset_id)

    def _go_beneath(self, asset_id: int) -> None:
        """Take the keyboard from the shots of a video to the card below them."""
        row = self.assets.row_of(asset_id)
        row = self.grid.lines.beside(row, 1)
        if self.grid.lines.row_of(row) > self.grid.lines.row_of(self.assets.row_of(asset_id)):
            self.go_to(self.assets.id_at(row))
            self.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _toggle_shots(self) -> None:
        index = self.currentIndex()
        if index.isValid() and self.shows_shots:
            self.shots.toggle(self.assets.id_at(index.row()), focus=True)

    def _toggle_stack(self) -> None:
        index = self.currentIndex()
        if index.isValid():
            self.stacks.toggle(self.assets.id_at(index.row()))

    def _clip_of(self, asset_id: int) -> Clip | None:
        """Give the moment that a card shows: under the pointer, else the best of an answer."""
        skim, hit = self.skimming.of(asset_id), self.assets.hits.get(asset_id)
        if skim is not None:
            return clip_of(asset_id, skim.moment)
        card = self.assets.store.get(asset_id)
        if hit is None or hit.start is None:
            return None
        if card is not None and is_whole(hit, card.asset.duration):
            return None  # one short sound: what is like it is like all of it
        moment = self.frames.get(hit.segment_id) if hit.segment_id is not None else None
        if moment is not None:
            return clip_of(asset_id, moment)
        end = hit.start if hit.end is None else hit.end
        return Clip(asset_id, hit.start, end, hit.start)

    def _choose_moment(self, asset_id: int, moment: Moment | None) -> None:
        if moment is not None and self.selected_ids() != [asset_id]:
            self.go_to(asset_id, scroll=False)
        self.moment_chosen.emit(asset_id, moment)

    def _shot_menu(self, asset_id: int, moment: Moment, at: QPoint) -> None:
        self.verbs.show_menu([asset_id], at, clip_of(asset_id, moment))

    def _drag_if_held(self, cards: list[Card]) -> None:
        if self._drag_awaited:
            self._drag_awaited = False
            self._drag(cards)

    def _drag(self, cards: list[Card]) -> None:
        if not cards:
            return
        drag = QDrag(self)
        drag.setMimeData(mime_of(cards))
        rows = [self.assets.row_of(card.asset.id) for card in cards[:3]]
        kept = [self.sight.thumbnail(row) for row in rows if row >= 0]
        images = [thumbnail.image for thumbnail in kept if thumbnail is not None]
        drag.setPixmap(drag_picture(images, len(cards), self.devicePixelRatioF()))
        self.setState(QAbstractItemView.State.NoState)
        drag.exec(Qt.DropAction.CopyAction)
