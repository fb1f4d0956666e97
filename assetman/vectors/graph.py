"""The graph of a store: follows the rows on a thread of its own, and answers when it is worth it.

The rows are what counts. The graph only proposes: what it proposes is compared with the rows
again, what it has not taken in yet is compared exactly, and where it would not be faster, or not
be right, it gives no answer and the rows are searched.
"""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assetman.vectors.comparing import nearest
from assetman.vectors.exact import ExactIndex
from assetman.vectors.folders import DamagedFiles, Generations
from assetman.vectors.hnsw import GraphIndex
from assetman.vectors.index import Floats, Ids, Neighbours
from assetman.vectors.rows import Rows, digests_of

BATCH = 64  # vectors between two looks whether to stop: some 100 ms
COMPARED = 4_096  # vectors compared together when a graph is read from disk
PAGE_MARGIN = 1.1
WASTE_LIMIT = 0.3  # of nodes that were removed; beyond, the graph is built anew
UNSAVED_LIMIT = 20_000  # vectors whose place in the graph a crash may cost
UNSAVED_SHARE = 0.25
SAVE_SHARE = 0.02  # what changed less is not worth writing everything again


@dataclass(frozen=True, slots=True)
class Bounds:
    """Where comparing all rows ends and a graph begins, as measured: docs/decisions tells."""

    graph_from: int = 2_000_000  # rows; comparing fewer coarsely is about as fast, and misses none
    gather: int = 50_000  # allowed rows; fewer are compared one by one in some 10 ms
    fresh: int = 20_000  # rows not in the graph yet; comparing more takes longer than it saves
    page_share: int = 300  # asking a graph for more than one row in so many is slower than all


class Graph:
    """A graph index that follows an exact one."""

    def __init__(
        self, exact: ExactIndex, folder: Path, make: type[GraphIndex], bounds: Bounds
    ) -> None:
        self._exact = exact
        self._make = make
        self._bounds = bounds
        self._folders = Generations(folder, "graph")
        self._index: GraphIndex | None = None
        self._removed: list[Ids] = []
        self._unsaved = 0
        self._changed = threading.Condition()  # guards the thread's coming and going
        self._thread: threading.Thread | None = None
        self._stopping = False
        self._saving = threading.Lock()
        self.problem: str | None = None  # why the graph cannot be kept, for the person

    def follow(self, removed: Ids | None = None) -> None:
        """Take notice that rows came or went; returns at once."""
        with self._changed:
            if removed is not None and self._index is not None:
                self._removed.append(removed)
            if self._thread is None and not self._stopping and self._has_work():
                self._thread = threading.Thread(target=self._work, name="vectors graph")
                self._thread.start()

    def wait_until_ready(self, seconds: float | None) -> bool:
        """Wait until the graph holds all rows, or need not; false if that took too long."""
        with self._changed:
            return self._changed.wait_for(lambda: self._thread is None, seconds)

    def close(self) -> None:
        """Stop building within a fraction of a second; what is saved is gone on with."""
        with self._changed:
            self._stopping = True
            thread = self._thread
        if thread is not None:
            thread.join()
        self._index = None

    def save(self) -> None:
        """Write the graph if enough has changed; a disk that does not take it is only noted."""
        with self._saving:
            index, unsaved = self._index, self._unsaved
            if index is None or unsaved <= SAVE_SHARE * len(index):
                return
            try:
                path = self._folders.next()
                index.save(path, 0)
            except OSError as error:
                self.problem = f"The search index cannot be saved: {error}"
            else:
                self.problem = None
                self._folders.keep_only(path)
            self._unsaved -= unsaved  # also on failure: it is not tried again for each vector

    def search(
        self, rows: Rows, queries: Floats, count: int, places: NDArray[np.intp] | None
    ) -> Neighbours | None:
        """Find neighbours among (some) rows; None where comparing the rows is the better way."""
        index = self._index
        if index is None or rows.live < self._bounds.graph_from:
            return None
        if places is not None and len(places) <= self._bounds.gather:
            return None
        # Looked at before the graph is asked: what it takes in meanwhile is then found twice.
        fresh = np.flatnonzero(rows.alive & ~rows.linked)
        if len(fresh) > self._bounds.fresh:
            return None
        wanted = rows.alive
        available = rows.live
        if places is not None:
            wanted, available = np.zeros(len(rows.alive), np.bool_), len(places)
            wanted[places] = True
        needed = min(count, available)
        page = math.ceil(PAGE_MARGIN * needed * rows.live / max(available, 1)) + 8
        while page <= rows.live / self._bounds.page_share:
            proposed = index.search(queries, page).ids
            at = rows.places(proposed.ravel())
            good = (at >= 0) & wanted[at]
            if (good.reshape(proposed.shape).sum(axis=1) >= needed).all():
                chosen = np.union1d(at[good], fresh[wanted[fresh]])
                return nearest(rows, queries, count, chosen)
            page *= 2
        return None

    def _has_work(self) -> bool:
        rows = self._exact.rows
        if rows.live < self._bounds.graph_from:
            return False
        return bool(self._removed) or self._index is None or bool((rows.alive & ~rows.linked).any())

    def _work(self) -> None:
        try:
            while self._step() or not self._leave():
                if self._stopping:
                    break
        except (MemoryError, RuntimeError, ValueError) as error:
            self._stopping = True  # the rows answer; the next start tries again
            self._index = None
            self.problem = f"The search index cannot be built: {error}"
        finally:
            self._leave(always=True)

    def _leave(self, always: bool = False) -> bool:
        """End the thread's duty unless there is work; from then on `follow` starts another."""
        with self._changed:
            if self._thread is not threading.current_thread():
                return True
            if always or not self._has_work():
                self._thread = None
                self._changed.notify_all()
                return True
            return False

    def _step(self) -> bool:
        """Do a little of what there is to do; false when there is no more."""
        index = self._index
        if index is None:
            index = self._opened()
        with self._changed:
            removed, self._removed = self._removed, []
        if removed:
            index.remove(np.concatenate(removed))
        if index.waste > WASTE_LIMIT:
            index = self._afresh()
        self._index = index
        rows = self._exact.rows
        places = np.flatnonzero(rows.alive & ~rows.linked)[:BATCH]
        if len(places):
            ids, halves = rows.ids[places], rows.read(places)
            index.add(ids, halves)
            self._link(ids, digests_of(halves))
            with self._saving:
                self._unsaved += len(places)
        done = not len(places)
        if done or self._unsaved > max(UNSAVED_LIMIT, UNSAVED_SHARE * len(index)):
            self.save()
        return not done

    def _link(self, ids: Ids, digests: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Note that the graph holds these vectors; gives which of them the rows hold too."""
        with self._exact.lock:
            rows = self._exact.rows
            at = rows.places(ids)
            same = at >= 0
            same[same] = rows.digests[at[same]] == digests[same]
            rows.linked[at[same]] = True
        return same

    def _afresh(self) -> GraphIndex:
        with self._exact.lock:
            self._exact.rows.linked[:] = False
        return self._make(self._exact.dimension)

    def _opened(self) -> GraphIndex:
        """Read the newest graph that is whole and keep what still fits the rows, or begin anew."""
        for path in self._folders.newest_first():
            try:
                index, _ = self._make.load(path)
            except DamagedFiles:
                continue
            if index.dimension == self._exact.dimension:
                self._compare(index)
                return index
        self._folders.keep_only(None)
        return self._afresh()

    def _compare(self, index: GraphIndex) -> None:
        """Find out which vectors of a graph that was read are those of the rows.

        A graph from before a crash, or of another library, holds others: they go.
        """
        for start in range(0, len(index.ids), COMPARED):
            if self._stopping:
                return
            ids = index.ids[start : start + COMPARED]
            halves = index.vectors_of(ids).astype(np.float16)
            same = self._link(ids, digests_of(halves))
            gone = ids[~same]
            if len(gone):
                with self._changed:
                    self._removed.append(gone)
                with self._saving:
                    self._unsaved += len(gone)
