"""Linux: the folders of all roots behind one queue of the system's."""

from __future__ import annotations

from collections.abc import Callable

from watchdog.observers.inotify_c import InotifyFD

from assetman.core.progress import CancelToken
from assetman.ingest.folder_tree import FolderTree
from assetman.ingest.ignore import IgnoreRules
from assetman.ingest.unrest import Unrest


class WatchedRoots:
    """A tree of watched folders for each root; one thread reads what happens in them."""

    def __init__(self, unrest: Unrest, lost: Callable[[int, OSError | None], None]) -> None:
        self._unrest = unrest
        self._lost = lost
        self._trees: dict[int, FolderTree] = {}
        self._queue = InotifyFD()
        self._queue.start()

    def watch(self, root_id: int, root: str, rules: IgnoreRules, cancel: CancelToken) -> None:
        """Watch a root. Raises OSError where the system refuses, some folders or all."""
        tree = FolderTree(self._queue, (root_id, root), rules, self._unrest, self._lost)
        try:
            tree.grow(cancel)
        except BaseException:
            tree.fell()
            raise
        self._trees[root_id] = tree

    def leave(self, root_id: int) -> None:
        """Watch a root no more."""
        tree = self._trees.pop(root_id, None)
        if tree is not None:
            tree.fell()

    @property
    def alive(self) -> bool:
        """Whether the thread that hears of changes runs."""
        return self._queue.is_alive()

    def is_watching(self, root_id: int) -> bool:
        """Tell whether events of a root still come."""
        return root_id in self._trees and self._queue.is_alive()

    def close(self) -> None:
        """End the thread."""
        for root_id in list(self._trees):
            self.leave(root_id)
        self._queue.stop()
        self._queue.join()
