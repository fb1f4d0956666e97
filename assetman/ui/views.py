"""Cards or a list: the switch between the two, remembered, and the order the list is in."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from assetman.core.queries import Sort
from assetman.ui.controller.search_session import SearchSession
from assetman.ui.controller.state import SearchState
from assetman.ui.grid import GridView
from assetman.ui.memory import WindowMemory
from assetman.ui.top_bar import TopBar


class Views(QObject):
    """Stands between the top bar, the grid's list and what the window remembers of them."""

    def __init__(
        self, session: SearchSession, top: TopBar, grid: GridView, memory: WindowMemory
    ) -> None:
        super().__init__(grid)
        self._grid = grid
        self._memory = memory
        self.action = QAction("Show as a list\tCtrl+L", self, checkable=True)
        self.action.toggled.connect(grid.listing.switch)
        top.sizes.listed_wanted.connect(self.action.setChecked)
        grid.listing.switched.connect(top.show_listed)
        grid.listing.switched.connect(self.action.setChecked)
        header = grid.listing.header
        self.columns = QMenu("Columns of the list", grid)
        self.columns.aboutToShow.connect(self._offer_columns)
        self._offer_columns()
        header.order_wanted.connect(lambda *order: session.go(session.state.ordered(*order)))
        session.changed.connect(self._show_order)
        self._show_order(session.state)

    def toggle(self) -> None:
        """Show a list instead of cards, or cards instead of a list."""
        self.action.toggle()

    def recall(self) -> None:
        """Show assets as the person left them."""
        self._grid.listing.header.restore(self._memory.columns)
        self.action.setChecked(self._memory.listed)

    def remember(self) -> None:
        """Keep how assets are shown for the next time."""
        self._memory.listed = self._grid.listing.on
        self._memory.columns = self._grid.listing.header.written()

    def _offer_columns(self) -> None:
        self.columns.clear()
        self._grid.listing.header.offer_columns(self.columns)

    def _show_order(self, state: SearchState) -> None:
        # A list has no relevance: it is by date then.
        plain = state.sort is Sort.RELEVANCE and not state.asks
        sort = Sort.DATE if plain else state.sort
        self._grid.listing.header.show_order(sort, state.descending)
