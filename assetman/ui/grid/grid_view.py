"""The grid of results: what is shown, what is selected, where the person is."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import QEvent, QItemSelectionModel, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from assetman.core.changes import Changes
from assetman.core.queries import Hit, Query, Results
from assetman.ui.bridge import EngineBridge
from assetman.ui.controller.organiser import Organiser
from assetman.ui.grid.certainty import PART, sure_of
from assetman.ui.grid.grid_layout import MARGIN
from assetman.ui.grid.grid_place import GridPlace
from assetman.ui.grid.handled_grid import HandledGrid
from assetman.ui.grid.outlines import outline_of
from assetman.ui.grid.stack_hits import StackHits
from assetman.ui.grid.stacks import without
from assetman.ui.theme import appearance, theme

_Flag = QItemSelectionModel.SelectionFlag


class GridView(HandledGrid):
    """Shows results and turns what a person does with them into signals."""

    selection_changed = Signal(object)  # list[int]; as a list Qt would copy every id

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
        super().__init__(bridge, organiser, parent, captions=captions, margin=margin, card=card)
        self.setAccessibleName("Results")
        self.assets.store.follow(organiser)
        self._removed: set[int] = set()  # no longer in the library, still in their places
        self._awaited: GridPlace | None = None  # to be restored when there is a size
        self._telling = QTimer(self)
        self._telling.setSingleShot(True)
        self._telling.setInterval(0)
        self._telling.timeout.connect(self._tell_selection)
        self._told: list[int] = []
        self.selectionModel().selectionChanged.connect(self._telling.start)
        self.laid_out.connect(self._mark_line)
        appearance().changed.connect(self._part)
        self.stacks.changed.connect(self._part)
        self._stack_hits = StackHits(bridge, self.assets, lambda: self.query, self)
        self._stack_hits.arrived.connect(self._tell_again)

    def show_results(self, results: Results) -> None:
        """Show an answer from its beginning, nothing selected."""
        query = results.query if results.hits else None
        self.show_assets(results.ids, {hit.asset_id: hit for hit in results.hits}, query)

    def show_assets(
        self,
        asset_ids: Sequence[int],
        hits: dict[int, Hit] | None = None,
        query: Query | None = None,
    ) -> None:
        """Show these assets in this order."""
        self.shots.close()
        self.shots.query = query
        self.listing.header.show_asked(bool(hits))
        self._removed.clear()
        self._awaited = None
        self.assets.store.meet_again(asset_ids)
        self.assets.show(asset_ids, hits or {})
        self._part()
        self.verticalScrollBar().setValue(0)
        self._telling.start()

    @property
    def query(self) -> Query | None:
        """The question that is answered, None where assets are only listed."""
        return self.shots.query

    def ids(self) -> list[int]:
        """List the assets shown, in their order."""
        return list(self.assets.ids)

    def place(self) -> GridPlace:
        """Note where the person is."""
        return self._place_without(())

    def restore(self, place: GridPlace) -> None:
        """Bring the person back to a place."""
        if not self.isVisible():
            self._awaited = place  # without a size there is nothing to scroll
        self.stacks.reopen(place.stacks)
        if place.shots is not None:
            self.shots.open(place.shots)
        selection = self.assets.selection(place.selected)
        self.selectionModel().select(selection, _Flag.ClearAndSelect)
        current = self.assets.row_of(place.current) if place.current is not None else -1
        bar = self.verticalScrollBar()
        if current >= 0:
            self.selectionModel().setCurrentIndex(self.assets.index(current), _Flag.NoUpdate)
        anchor = self.assets.row_of(place.anchor) if place.anchor is not None else -1
        if anchor >= 0:
            bar.setValue(self.grid.cell(anchor).top() - place.offset)
        else:
            bar.setValue(place.scroll)

    def apply(self, changes: Changes) -> None:
        """Renew what has changed; nothing moves under the pointer."""
        store = self.assets.store
        shown = [i for i in changes.assets_changed if self.assets.row_of(i) >= 0]
        for asset_id in shown:
            self._forget_pictures(asset_id)
        store.mark_stale(shown)
        removed = [i for i in changes.assets_removed if self.assets.row_of(i) >= 0]
        if removed:
            store.mark_gone(removed)
            self._removed.update(removed)
            if not self.viewport().underMouse():
                self._close_gaps()
        if shown:
            self.films.forget(shown)
            self.shots.renew()
        if shown or removed:
            self.viewport().update()
            self.sight.look_soon()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        awaited, self._awaited = self._awaited, None
        if awaited is not None:
            QTimer.singleShot(0, self, lambda: self.restore(awaited))

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Leave and self._removed:
            self._close_gaps()
        return super().viewportEvent(event)

    def _place_without(self, removed: Collection[int]) -> GridPlace:
        scroll, ids = self.verticalScrollBar().value(), self.assets.ids
        anchor, offset = None, 0
        for row in self.on_screen() if scroll > 0 else ():
            if ids[row] not in removed:
                anchor, offset = ids[row], self.grid.cell(row).top() - scroll
                break
        current = self.currentIndex()
        return GridPlace(
            scroll,
            anchor,
            offset,
            tuple(i for i in self.selected_ids() if i not in removed),
            ids[current.row()] if current.isValid() else None,
            self.shots.asset if self.shots.asset not in removed else None,
            self._opened_without(removed),
        )

    def _opened_without(self, removed: Collection[int]) -> tuple[int, ...]:
        """Give one asset of each stack that lies open, one that is not removed."""
        stacks = ((lead, *others) for lead, others in self.assets.opened.items())
        left = ([each for each in stack if each not in removed] for stack in stacks)
        return tuple(stack[0] for stack in left if stack)

    def _forget_pictures(self, asset_id: int) -> None:
        """Have the pictures of an asset made anew; until then the old ones serve."""
        card, hit = self.assets.store.get(asset_id), self.assets.hits.get(asset_id)
        if card is not None and card.thumbnail is not None:
            self.sight.thumbnails.forget(card.thumbnail)
        if card is not None and (outline := outline_of(card, hit, self.sight.inks)) is not None:
            self.sight.thumbnails.forget(outline)
        if hit is None or hit.segment_id is None:
            return
        moment = self.frames.get(hit.segment_id)
        if moment is not None and moment.picture is not None:
            self.sight.thumbnails.forget(moment.picture)
        self.frames.mark_stale([hit.segment_id])

    def _close_gaps(self) -> None:
        removed, self._removed = self._removed, set()
        place = self._place_without(removed)
        self.shots.close()
        self.assets.show(*without(self.assets.folded, self.assets.hits, removed))
        self._part()
        self.restore(place)
        self._telling.start()

    def _part(self) -> None:
        """Part what matches from what perhaps does."""
        folded, opened = self.assets.folded, self.assets.opened
        sure = sure_of(folded, self.assets.hits, self.query) if self.shows_shots else 0
        behind = sum(len(opened[each]) for each in folded[:sure] if each in opened)
        self.part(sure + behind, theme().px(PART))

    def _mark_line(self) -> None:
        """Show beside the scroll bar where certainty ends."""
        parting, height = self.grid.parting, self.grid.height
        self.certainty.show_mark(parting.center().y() / height if parting.isValid() else None)

    def _tell_again(self, asset_ids: list[int]) -> None:
        """Tell of what is selected once more where more is known of it."""
        if not set(asset_ids).isdisjoint(self._told):
            self._told = []
            self._telling.start()

    def _tell_selection(self) -> None:
        selected = self.selected_ids()
        if selected != self._told:
            self._told = selected
            self.selection_changed.emit(list(selected))
