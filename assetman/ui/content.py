"""The middle of the window: the line of results, the grid, what stands there when it is empty."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from assetman.core.queries import Results
from assetman.ui.bridge import EngineBridge
from assetman.ui.controller.organiser import Organiser
from assetman.ui.controller.state import SearchState
from assetman.ui.empty import EmptyState
from assetman.ui.grid import GridPlace, GridView, LargeView, TagPanel
from assetman.ui.listening.listening import Listening
from assetman.ui.nearest import NearestFew
from assetman.ui.result_line import ResultLine


class ContentArea(QWidget):
    """Shows results, or says why there are none. The large view lies over all of it."""

    closed_large = Signal(int)

    def __init__(
        self,
        bridge: EngineBridge,
        organiser: Organiser,
        parent: QWidget | None = None,
        listening: Listening | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("content")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.line = ResultLine(self)
        self.nearest = NearestFew(self)
        self.grid = GridView(bridge, organiser, self)
        self.empty = EmptyState(self)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.grid)
        self.stack.addWidget(self.empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.line)
        layout.addWidget(self.nearest)
        layout.addWidget(self.stack, 1)
        self._results: Results | None = None  # all of them, where only a few are shown
        self.nearest.all_wanted.connect(self._show_all)
        self.large = LargeView(bridge, organiser, self, listening)
        self.large.hide()
        self.large.closed.connect(self._close_large)
        self.grid.opened.connect(self.open_large)
        self.tagging = TagPanel(bridge, organiser, self)
        organiser.tags_wanted.connect(self._open_tags)

    def show_results(self, state: SearchState, results: Results, place: GridPlace | None) -> None:
        """Show results, at a place where the person has been if one is given."""
        self._results = results
        self.grid.show_results(self.nearest.show_results(state, results))
        if place is not None:
            self.grid.restore(place)
        self.large.show_hits(self.grid.assets.hits)
        self.large.show_query(self.grid.query)
        self.line.show_results(state, results)
        if results.ids:
            self.stack.setCurrentWidget(self.grid)

    def show_sentence(self, *args: object, **more: object) -> None:
        """Show a sentence instead of the grid; takes what `EmptyState.show_sentence` takes."""
        self.nearest.hide()
        self.empty.show_sentence(*args, **more)  # type: ignore[arg-type]  # passed through
        self.stack.setCurrentWidget(self.empty)

    def _show_all(self) -> None:
        """Show the rest of what is probably no match."""
        if self._results is not None:
            self.nearest.all.hide()
            self.grid.show_results(self._results)
            self.large.show_hits(self.grid.assets.hits)

    def open_large(self, asset_id: int) -> None:
        """Show one asset large, over the grid."""
        ids = self.grid.ids()
        self.open_these(ids if asset_id in ids else [asset_id], asset_id)
        if asset_id in ids:
            cell = self.grid.picture_rect(ids.index(asset_id))
            cell.moveTopLeft(self.grid.viewport().mapTo(self, cell.topLeft()))
            self.large.canvas.arrival.begin(QRectF(cell))

    def play_large(self, asset_id: int, start: float) -> None:
        """Show a video large and play it from a second on."""
        self.open_large(asset_id)
        self.large.play(start)

    def open_these(self, ids: list[int], asset_id: int) -> None:
        """Show one of some assets large; the arrows walk among them."""
        self.large.setGeometry(self.rect())
        self.large.show_assets(ids, asset_id)
        self.large.raise_()
        self.large.show()
        self.large.setFocus()

    def leave_large(self) -> None:
        """Take the large view away without going anywhere in the grid."""
        self.large.hide()

    def _open_tags(self, asset_ids: list[int]) -> None:
        """Open the tag field where it does not cover the card that it is about."""
        card, current = QRect(), self.grid.currentIndex()
        if current.isValid() and not self.large.isVisible():
            card = self.grid.picture_rect(current.row())
            card.moveTopLeft(self.grid.viewport().mapTo(self, card.topLeft()))
        self.tagging.open_for(asset_ids, card)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.large.setGeometry(self.rect())

    def _close_large(self, asset_id: int) -> None:
        self.large.hide()
        self.grid.setFocus()
        if asset_id in self.grid.ids():
            self.grid.go_to(asset_id)
        self.closed_large.emit(asset_id)
