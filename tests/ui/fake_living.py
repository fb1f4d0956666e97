"""Folders that come and go, failures, pace and notices of the small engine in memory.

What tests steer: `take_away`, `bring_back`, `lose_files`, `watch_rows`, `notice_rows`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from assetman.core.assets import AssetState, Failure, Root
from assetman.core.changes import Changes
from assetman.core.errors import WrongUse
from assetman.core.progress import Pace
from assetman.core.watching import Watch, WatchMode

if TYPE_CHECKING:
    from tests.ui.fake_engine import _Row


class FakeLiving:
    """The part of the engine that follows what happens to files."""

    rows: dict[int, _Row]
    root_rows: dict[int, Root]
    failure_rows: dict[int, Failure]
    _begin: Callable[..., None]
    _note_step: Callable[..., None]
    _root: Callable[[int], Root]
    emit: Callable[..., None]

    def begin_living(self) -> None:
        """Start with every folder watched by the system."""
        self.watch_rows: dict[int, Watch] = {}
        self.notice_rows: list[str] = []
        self.pace = Pace.AUTO

    # -- what tests steer ---------------------------------------------------------------

    def take_away(self, root_id: int) -> None:
        """Pull the drive of a root out."""
        self._set_online(root_id, False)

    def bring_back(self, root_id: int) -> None:
        """Put it in again."""
        self._set_online(root_id, True)

    def lose_files(self, asset_ids: Sequence[int]) -> None:
        """Delete files of roots that can be read; say so as the watcher does."""
        since = time.time()
        for asset_id in asset_ids:
            row = self.rows[asset_id]
            row.asset = replace(row.asset, state=AssetState.MISSING, missing_since=since)
        self.emit(Changes(assets_removed=frozenset(asset_ids)))

    def find_files(self, asset_ids: Sequence[int]) -> None:
        """Let files be there again."""
        for asset_id in asset_ids:
            row = self.rows[asset_id]
            row.asset = replace(row.asset, state=AssetState.PRESENT, missing_since=None)
        self.emit(Changes(assets_added=frozenset(asset_ids)))

    # -- the verbs ----------------------------------------------------------------------

    def remove_root(self, root_id: int) -> None:
        self._begin("remove_root", root_id)
        root = self._root(root_id)
        gone = {i: row for i, row in self.rows.items() if row.asset.root_id == root_id}
        ids = frozenset(gone)

        def take_out() -> Changes:
            for asset_id in gone:
                self.rows.pop(asset_id, None)
            self.root_rows.pop(root_id, None)
            return Changes(assets_removed=ids, roots=True, history=True)

        def put_back() -> Changes:
            self.rows.update(gone)
            self.root_rows[root_id] = root
            return Changes(assets_added=ids, roots=True, history=True)

        changes = take_out()
        self._note_step(f"Remove folder {root.name}", put_back, take_out)
        self.emit(changes)

    def relocate_root(self, root_id: int, path: str) -> Root:
        self._begin("relocate_root", (root_id, path))
        root = self._root(root_id)
        own = [row for row in self.rows.values() if row.asset.root_id == root_id]
        if not any(os.path.exists(f"{path}/{row.relative}") for row in own):
            raise WrongUse(f"None of the files of “{root.name}” is in that folder.")

        def lie_at(where: str, online: bool) -> Changes:
            self.root_rows[root_id] = replace(root, path=where, online=online)
            state = AssetState.PRESENT if online else AssetState.OFFLINE
            for row in own:
                row.asset = replace(row.asset, path=f"{where}/{row.relative}", state=state)
            ids = frozenset(row.asset.id for row in own)
            return Changes(assets_changed=ids, roots=True, history=True)

        changes = lie_at(path, True)
        self._note_step(
            f"Move folder {root.name}",
            lambda: lie_at(root.path, root.online),
            lambda: lie_at(path, True),
        )
        self.emit(changes)
        return self.root_rows[root_id]

    def forget_missing(self, asset_ids: Sequence[int] | None = None) -> None:
        self._begin("forget_missing", None if asset_ids is None else tuple(asset_ids))
        missing = {i for i, row in self.rows.items() if row.asset.state is AssetState.MISSING}
        gone = missing if asset_ids is None else missing & set(asset_ids)
        for asset_id in gone:
            del self.rows[asset_id]
        self.emit(Changes(assets_removed=frozenset(gone)))

    def failures(self) -> list[Failure]:
        self._begin("failures")
        return list(self.failure_rows.values())

    def ignore_failures(self, failure_ids: Sequence[int], ignored: bool = True) -> None:
        self._begin("ignore_failures", (tuple(failure_ids), ignored))
        for number in failure_ids:
            self.failure_rows[number] = replace(self.failure_rows[number], ignored=ignored)
        self.emit(Changes(failures=True))

    def dismiss_notices(self) -> None:
        self._begin("dismiss_notices")
        self.notice_rows.clear()

    def set_pace(self, pace: Pace) -> None:
        self._begin("set_pace", pace)
        self.pace = pace

    # -- inside -------------------------------------------------------------------------

    def watches(self) -> tuple[Watch, ...]:
        """Say how each root is watched."""
        return tuple(
            self.watch_rows.get(root.id, Watch(root.id, WatchMode.SYSTEM))
            if root.online
            else Watch(root.id, WatchMode.AWAY, reason="Its drive or folder is not connected.")
            for root in self.root_rows.values()
        )

    def _set_online(self, root_id: int, online: bool) -> None:
        self.root_rows[root_id] = replace(self.root_rows[root_id], online=online)
        state = AssetState.PRESENT if online else AssetState.OFFLINE
        own = [row for row in self.rows.values() if row.asset.root_id == root_id]
        for row in own:
            row.asset = replace(row.asset, state=state)
        self.emit(Changes(assets_changed=frozenset(r.asset.id for r in own), roots=True))
