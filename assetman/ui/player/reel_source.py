"""The moments of the video or sound that is looked at, scored for the present search."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal

from assetman.core.assets import Asset, SegmentKind
from assetman.core.changes import Changes
from assetman.core.errors import AssetmanError
from assetman.core.moments import Moment
from assetman.core.queries import Query
from assetman.ui.bridge import EngineBridge
from assetman.ui.jobs import report
from assetman.ui.player.reel import Reel


class ReelSource(QObject):
    """Asks the engine for one file's moments at a time; the newest wish counts.

    What is seen makes the reel; what is heard is kept beside it.
    """

    arrived = Signal()  # another reel, or other windows

    def __init__(self, bridge: EngineBridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._asset: Asset | None = None
        self._query: Query | None = None
        self._number = 0
        self.reel = Reel()
        self.windows: tuple[Moment, ...] = ()  # of sound, in their order
        bridge.changed.connect(self._renew)

    def show_asset(self, asset: Asset | None) -> None:
        """Ask for the moments of another video; None: of none."""
        before, self._asset = self._asset, asset
        if asset is None or before is None or (asset.id, asset.size) != (before.id, before.size):
            self.reel = Reel((), asset.duration if asset is not None else None)
            self.windows = ()
            self.arrived.emit()
            self._ask()

    def show_query(self, query: Query | None) -> None:
        """Have the moments scored for a question; a list asks nothing."""
        asks = query is not None and bool(query.text.strip() or query.examples)
        wanted = query if asks else None
        if wanted != self._query:
            self._query = wanted
            self._ask()

    def learn_duration(self, seconds: float) -> None:
        """Take the length that the file turned out to have."""
        if seconds > self.reel.duration or not self.reel.moments:
            self.reel = Reel(self.reel.moments, seconds)
            self.arrived.emit()

    def _renew(self, changes: Changes) -> None:
        touched = changes.assets_changed | changes.assets_added
        if self._asset is not None and (self._asset.id in touched or changes.spaces):
            self._ask()

    def _ask(self) -> None:
        self._number += 1
        asset, query = self._asset, self._query
        if asset is None:
            return
        asset_id = asset.id
        job = self._bridge.call(self, lambda api: api.moments(asset_id, query))
        job.on_done(partial(self._take, self._number))
        job.on_error(self._fail).start()

    def _take(self, number: int, moments: Sequence[Moment]) -> None:
        if number == self._number and self._asset is not None:
            known = self.reel.duration if not self.reel.moments else 0.0
            heard = [each for each in moments if each.kind is SegmentKind.WINDOW]
            self.windows = tuple(sorted(heard, key=lambda each: each.start))
            seen = [each for each in moments if each.kind is not SegmentKind.WINDOW]
            ends = max((each.end for each in heard), default=0.0)
            self.reel = Reel(seen, max(self._asset.duration or 0.0, known, ends))
            self.arrived.emit()

    def _fail(self, error: BaseException) -> None:
        # A video that no model has seen yet, or a question that it cannot take: a plain timeline.
        if not isinstance(error, AssetmanError):
            report(self, error)
