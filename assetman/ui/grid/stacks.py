"""Opens stacks in their places in the grid and closes them; the person stays where they are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QItemSelectionModel, QObject, Signal

from assetman.core.queries import Hit
from assetman.ui.grid.card_view import CardView

_Flag = QItemSelectionModel.SelectionFlag


class Stacks(QObject):
    """The stacks of one grid. Any number of them lie open; their files are cards like all others."""

    changed = Signal()  # other cards stand in the grid

    def __init__(self, grid: CardView) -> None:
        super().__init__(grid)
        self._grid = grid

    def of(self, asset_id: int) -> Hit | None:
        """Give the hit of the stack that a card stands for, or is in; None where there is none."""
        if not self._grid.shows_shots:
            return None
        assets = self._grid.assets
        lead = assets.lead_of(asset_id)
        hit = assets.hits.get(asset_id if lead is None else lead)
        return hit if hit is not None and hit.stack is not None else None

    def is_open(self, asset_id: int) -> bool:
        """Tell whether a card is in a stack that lies open."""
        return self._grid.assets.lead_of(asset_id) is not None

    def toggle(self, asset_id: int) -> None:
        """Open the stack that a card stands for, or close the one it is in."""
        if self.is_open(asset_id):
            self.close(asset_id)
        else:
            self.open(asset_id)

    def open(self, asset_id: int) -> None:
        """Show the files of a stack behind the card that stands for them."""
        if self.of(asset_id) is None or self.is_open(asset_id):
            return
        top = self._top(asset_id)
        self._grid.assets.unfold(asset_id)
        self.changed.emit()
        self._keep(asset_id, top)
        self._bring_into_sight(asset_id)

    def close(self, asset_id: int) -> None:
        """Let one card stand for a stack again; what was selected in it is that card now."""
        grid, lead = self._grid, self._grid.assets.lead_of(asset_id)
        if lead is None:
            return
        first = grid.assets.index(grid.assets.row_of(lead))
        selection, current = grid.selectionModel(), grid.currentIndex()
        others = grid.assets.selection(grid.assets.opened[lead])
        if current.isValid() and grid.assets.id_at(current.row()) in grid.assets.opened[lead]:
            selection.setCurrentIndex(first, _Flag.NoUpdate)
        if any(selection.isSelected(index) for index in others.indexes()):
            selection.select(first, _Flag.Select)
        top = self._top(lead)
        grid.assets.fold(lead)
        self.changed.emit()
        self._keep(lead, top)
        grid.scrollTo(grid.assets.index(grid.assets.row_of(lead)))

    def to_close(self) -> int | None:
        """Give a card of the stack that one step back closes: where one is, else the last in sight."""
        grid = self._grid
        current = grid.currentIndex()
        if current.isValid() and self.is_open(here := grid.assets.id_at(current.row())):
            return here
        seen = {grid.assets.id_at(row) for row in grid.on_screen()} if grid.assets.opened else set()
        shown = (n for n, rest in grid.assets.opened.items() if not seen.isdisjoint((n, *rest)))
        return next(reversed(tuple(shown)), None)

    def select_all(self, asset_ids: Sequence[int]) -> None:
        """Open the stacks that cards stand for, and select all that is in them too."""
        assets = self._grid.assets
        for asset_id in asset_ids:
            self.open(asset_id)
        leads = {lead for each in asset_ids if (lead := assets.lead_of(each)) is not None}
        behind = [each for lead in leads for each in assets.opened[lead]]
        whole = assets.selection([*asset_ids, *leads, *behind])
        self._grid.selectionModel().select(whole, _Flag.ClearAndSelect)

    def reopen(self, asset_ids: Iterable[int]) -> None:
        """Open the stacks that these are in now; whoever stands for one may be another."""
        wanted = set(asset_ids)
        if not wanted or not self._grid.shows_shots:
            return
        for hit in self._grid.assets.hits.values():
            if hit.stack is not None and not wanted.isdisjoint(hit.stack.asset_ids):
                self._grid.assets.unfold(hit.asset_id)
        self.changed.emit()

    def _top(self, asset_id: int) -> int:
        """Give how far below the top of the screen a card begins."""
        grid = self._grid
        return grid.grid.cell(grid.assets.row_of(asset_id)).top() - grid.verticalOffset()

    def _keep(self, asset_id: int, top: int) -> None:
        """Scroll so that a card is where it was."""
        bar = self._grid.verticalScrollBar()
        bar.setValue(bar.value() + self._top(asset_id) - top)

    def _bring_into_sight(self, lead: int) -> None:
        """Scroll as little as shows a whole stack, and its first card in any case."""
        grid, bar = self._grid, self._grid.verticalScrollBar()
        row = grid.assets.row_of(lead)
        first, gap = grid.grid.cell(row), grid.grid.gap
        last = grid.grid.cell(row + len(grid.assets.opened.get(lead, ())))
        if last.bottom() + gap > bar.value() + grid.viewport().height():
            bar.setValue(last.bottom() + gap - grid.viewport().height())
        if first.top() - gap < bar.value():
            bar.setValue(first.top() - gap if grid.grid.lines.row_of(row) else 0)


def without(
    ids: Sequence[int], hits: Mapping[int, Hit], removed: Collection[int]
) -> tuple[list[int], dict[int, Hit]]:
    """Take assets out of an answer; where one stood for a stack, the next of it does.

    Where its own score is not known it has that of the one before, which it is like.
    """
    kept: list[int] = []
    left: dict[int, Hit] = {}
    for asset_id in ids:
        hit = hits.get(asset_id)
        if hit is None or hit.stack is None:
            if asset_id not in removed:
                kept.append(asset_id)
                left |= {} if hit is None else {asset_id: hit}
            continue
        rest = tuple(each for each in hit.stack.asset_ids if each not in removed)
        stack = replace(hit.stack, asset_ids=rest) if len(rest) > 1 else None
        if rest and rest[0] != asset_id:
            hit = hits.get(rest[0]) or Hit(rest[0], hit.score, confident=hit.confident)
        if rest:
            kept.append(rest[0])
            left[rest[0]] = replace(hit, stack=stack)
    return kept, left
