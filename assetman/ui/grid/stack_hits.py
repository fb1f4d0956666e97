"""How well the files of open stacks match by themselves: asked once for an answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from assetman.core.errors import AssetmanError
from assetman.core.queries import Query, Results
from assetman.ui.bridge import EngineBridge
from assetman.ui.grid.grid_model import AssetGridModel
from assetman.ui.jobs import report

LEAST = 200  # hits that are looked through, as for any question


class StackHits(QObject):
    """Asks the same without folding, and lets the grid know the hits of who is in a stack."""

    arrived = Signal(list)  # asset ids whose hits are known now

    def __init__(
        self,
        bridge: EngineBridge,
        assets: AssetGridModel,
        query_of: Callable[[], Query | None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._assets = assets
        self._query_of = query_of
        self._asked: Query | None = None
        assets.modelReset.connect(self._forget)
        assets.rowsInserted.connect(self._ask)

    def _forget(self) -> None:
        self._asked = None

    def _ask(self) -> None:
        query = self._query_of()
        if query is None or query == self._asked:
            return
        self._asked = query
        stacks = [hit.stack for hit in self._assets.hits.values()]
        count = sum(1 if stack is None else len(stack.asset_ids) for stack in stacks)
        whole = replace(query, fold=False, limit=max(LEAST, count))
        job = self._bridge.call(self, lambda api: api.search(whole))
        job.on_done(lambda results: self._take(query, results)).on_error(self._fail).start()

    def _take(self, query: Query, results: Results) -> None:
        if query != self._asked:
            return  # something else is shown by now
        known = self._assets.hits
        stacks = [hit.stack for hit in known.values() if hit.stack is not None]
        inside = {each for stack in stacks for each in stack.asset_ids if each not in known}
        found = {hit.asset_id: hit for hit in results.hits if hit.asset_id in inside}
        if found:
            self._assets.know(found)
            self.arrived.emit(list(found))

    def _fail(self, error: BaseException) -> None:
        # Without an answer the cards stay without a score.
        self._asked = None
        if not isinstance(error, AssetmanError):
            report(self, error)
