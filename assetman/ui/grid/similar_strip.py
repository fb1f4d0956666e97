"""More like this: a few small pictures that follow the selection."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from assetman.core.errors import AssetmanError
from assetman.core.queries import Query, Results
from assetman.ui.bridge import EngineBridge
from assetman.ui.controller.organiser import Organiser
from assetman.ui.grid.asset_actions import similar_to
from assetman.ui.grid.grid_view import GridView
from assetman.ui.jobs import report

COUNT = 8
OUTLINE = 5  # pixels, the room for the outline of a selected picture
CARD = 56  # pixels: four of them in the width of the inspector
PATIENCE_MS = 180  # how long a selection must hold before it is asked about


class SimilarStrip(GridView):
    """A small grid as high as its pictures, with the grid's own keys, menus and drags."""

    filled = Signal(bool)  # whether there is anything to show

    def __init__(self, bridge: EngineBridge, organiser: Organiser, parent: QWidget) -> None:
        super().__init__(bridge, organiser, parent, captions=False, margin=OUTLINE, card=CARD)
        self.setAccessibleName("More like this")
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.set_fill(True)
        self._like: tuple[int, ...] = ()
        self._asking = Asking(bridge, self)
        self._asking.answered.connect(self._show_answer)
        self.laid_out.connect(self._take_height)

    def follow(self, asset_ids: Sequence[int]) -> None:
        """Show what is like these, once they have been looked at for a moment."""
        if tuple(asset_ids) != self._like:
            self._like = tuple(asset_ids)
            self._asking.ask(self._like)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._take_height()

    def _show_answer(self, results: Results) -> None:
        self.show_results(results)
        self.filled.emit(bool(results.ids))
        self._take_height()

    def _take_height(self) -> None:
        self.setFixedHeight(self.grid.height)


class Asking(QObject):
    """Asks one question at a time; only the newest selection is answered."""

    answered = Signal(object)  # Results

    def __init__(self, bridge: EngineBridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._ids: tuple[int, ...] = ()
        self._asked: tuple[int, ...] | None = None
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._patience.timeout.connect(self._send)

    def ask(self, asset_ids: tuple[int, ...]) -> None:
        """Ask what is like these, soon."""
        self._ids = asset_ids
        self._patience.start()

    def _send(self) -> None:
        if self._asked is not None:
            return  # the answer to the last one brings us back here
        ids = self._asked = self._ids
        question = similar_to(ids)
        query = Query(examples=question.examples, leave_out=question.leave_out, limit=COUNT)
        if not ids:
            self._end(Results(query))
            return
        job = self._bridge.call(self, lambda api: api.search(query))
        job.on_done(self._end).on_error(lambda error: self._fail(query, error)).start()

    def _end(self, results: Results) -> None:
        asked, self._asked = self._asked, None
        if asked == self._ids:
            self.answered.emit(results)
        else:
            self._send()

    def _fail(self, query: Query, error: BaseException) -> None:
        # A file that no model has seen yet is like nothing: that is no news to anyone.
        if not isinstance(error, AssetmanError):
            report(self, error)
        self._end(Results(query))
