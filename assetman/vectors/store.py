"""One space's vectors beside the catalogue: always ready to answer, never the truth."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from assetman.vectors.comparing import Narrowed, nearest, nearly_nearest
from assetman.vectors.exact import ExactIndex, read_rows, write_rows
from assetman.vectors.folders import DamagedFiles, Generations, number
from assetman.vectors.graph import Bounds, Graph
from assetman.vectors.hnsw import GraphIndex, graph_class
from assetman.vectors.index import (
    Floats,
    Halves,
    Ids,
    Neighbours,
    checked_count,
    checked_ids,
    checked_pair,
    unit_rows,
)
from assetman.vectors.rows import Rows, digests_of

UNSAVED_LIMIT = 16_384  # vectors that may have to be read from the catalogue at the next start
UNSAVED_SHARE = 0.5
CATCH_UP_SHARE = 0.1  # the same after a catch-up
SAVE_SHARE = 0.02  # the same after a save, or one new picture would cost writing all vectors again


class VectorSource(Protocol):
    """The embeddings of one space in the catalogue."""

    def since(self, sequence: int) -> Iterator[tuple[Ids, Halves, int]]:
        """Yield ids, vectors and the last sequence of batches, in the order of the sequence."""
        ...

    def ids(self) -> Ids: ...

    def last_sequence(self) -> int: ...


class VectorStore:
    """The vectors of one space: searched exactly while they are few, through a graph beyond.

    Its files are derived and may be damaged, foreign or gone: it then reads the catalogue again
    without asking. Searches never wait for adds, for saving or for the building of the graph;
    only the very first waits until the vectors are read. Any thread may call any method.
    `token` names the catalogue (any text): files that were made from another one are not used.
    """

    def __init__(
        self,
        folder: Path,
        dimension: int,
        source: VectorSource,
        token: str = "",
        graph: type[GraphIndex] | None = None,
        bounds: Bounds | None = None,
    ) -> None:
        self._folder = folder
        self._source = source
        self._token = token
        self._exact = ExactIndex(dimension)
        self._graph = Graph(self._exact, folder, graph or graph_class(), bounds or Bounds())
        self._writing = threading.RLock()
        self._folders = Generations(folder, "rows")
        self._held = 0  # the sequence up to which all vectors are here
        self._tried = 0  # how much of what is in memory alone was there when it was last saved
        self._unusable: Ids = np.empty(0, np.int64)  # ids whose vectors are not numbers
        self._narrowed = Narrowed()
        self._loaded = False
        self._closed = False
        self._problem: str | None = None

    @property
    def dimension(self) -> int:
        return self._exact.dimension

    @property
    def problem(self) -> str | None:
        """Why the derived files cannot be kept, in words for the person; search goes on."""
        return self._problem or self._graph.problem

    def __len__(self) -> int:
        self._ready()
        return len(self._exact)

    def catch_up(self) -> int:
        """Bring everything to where the catalogue is; gives how many vectors came or went."""
        with self._writing:
            if self._closed:
                raise RuntimeError("this vector store is closed")
            if not self._loaded:
                self._load()
            before = self._exact.rows.live_ids
            if self._source.last_sequence() < self._held:  # an older catalogue was put back
                self._held = 0
            wanted = np.unique(checked_ids(self._source.ids()))
            changed = self._take_out(np.setdiff1d(before, wanted, assume_unique=True))
            changed += self._take_in(self._held)
            here = np.union1d(self._exact.rows.live_ids, self._unusable)
            if len(np.setdiff1d(wanted, here, assume_unique=True)):
                changed += self._take_in(0)  # stored out of turn, or the files lacked them
            self._loaded = True
            self._save_beyond(CATCH_UP_SHARE * len(self._exact))
            self._graph.follow()
            return changed

    def publish(self, ids: ArrayLike, vectors: ArrayLike, sequence: int) -> None:
        """Take in what the catalogue has just stored under a sequence; batches come in order."""
        known, units = checked_pair(ids, vectors, self.dimension)
        self._ready()
        with self._writing:
            self._exact.add(known, units)
            self._held = max(self._held, sequence)
            self._save_beyond(max(UNSAVED_LIMIT, UNSAVED_SHARE * len(self._exact)))
            self._graph.follow()

    def remove(self, ids: ArrayLike) -> None:
        """Take out what the catalogue has removed; unknown ids are ignored."""
        self._ready()
        with self._writing:
            self._take_out(checked_ids(ids))

    def search(
        self,
        vectors: ArrayLike,
        count: int,
        allowed: ArrayLike | None = None,
        exact: bool | None = None,
        without: ArrayLike = (),
    ) -> Neighbours:
        """Find the nearest `count` to each of (m, dimension) vectors, among `allowed` if given.

        Those in `without` are passed over. With `exact`, every vector is compared; otherwise that
        is done only where it is faster or where a graph would miss some.
        """
        queries = unit_rows(vectors, self.dimension)
        checked_count(count)
        self._ready()
        rows = self._exact.rows
        places = None if allowed is None else self._narrowed.places(rows, checked_ids(allowed))
        left_out = checked_ids(without)
        if len(left_out):
            places = rows.less(places, rows.places_among(left_out))
        if not exact:
            found = self._graph.search(rows, queries, count, places)
            found = found or nearly_nearest(rows, queries, count, places)
            if found is not None:
                return found
        return nearest(rows, queries, count, places)

    def vectors_of(self, ids: ArrayLike) -> tuple[Ids, Floats]:
        """Give those of the ids that are here, in the order asked, and their (n, d) vectors."""
        known = checked_ids(ids)
        self._ready()
        rows = self._exact.rows
        places = rows.places(known)
        here = places >= 0
        return known[here], rows.read(places[here]).astype(np.float32)

    def ids(self) -> Ids:
        """List the ids of all vectors, ascending."""
        self._ready()
        return self._exact.rows.live_ids

    def sample(self, count: int) -> Floats:
        """Give at most `count` of the vectors, (n, d): by chance, and the same ones every time.

        As vectors come and go, few of those in the sample change.
        """
        self._ready()
        return self._exact.rows.sample(count)

    def save(self) -> None:
        """Write what changed if it is worth it; a disk that does not take it sets `problem`.

        What is not written is read from the catalogue at the next start.
        """
        self._ready()
        with self._writing:
            self._tried = 0
            self._save_beyond(SAVE_SHARE * len(self._exact))
        self._graph.save()

    def wait_until_ready(self, seconds: float | None = None) -> bool:
        """Wait until the graph, if there is to be one, answers; false if that took too long."""
        self._ready()
        return self._graph.wait_until_ready(seconds)

    def graph_answers(self, vectors: ArrayLike, count: int) -> bool:
        """Tell whether the graph would answer such a question just now; for tests and benchmarks."""
        self._ready()
        queries = unit_rows(vectors, self.dimension)
        return self._graph.search(self._exact.rows, queries, count, None) is not None

    def close(self) -> None:
        """Stop what runs and let go of the files. Nothing is lost: the catalogue has it all."""
        self._closed = True
        self._graph.close()
        with self._writing:
            self._exact.rows = Rows.none(self.dimension)
            self._narrowed.clear()

    def _ready(self) -> None:
        if self._closed:
            raise RuntimeError("this vector store is closed")
        if not self._loaded:
            self.catch_up()

    def _load(self) -> None:
        """Map the newest files that are whole and of this catalogue."""
        for path in self._folders.newest_first():
            try:
                rows, facts = read_rows(path)
                held = number(facts, "sequence")
            except DamagedFiles:
                continue
            ours = facts.get("token") == self._token and rows.dimension == self.dimension
            if ours and self._fits(rows, held):
                self._exact.rows, self._held = rows, held
                self._folders.keep_only(path)
                return

    def _fits(self, rows: Rows, held: int) -> bool:
        """Tell whether rows are of this catalogue, by comparing some of its oldest and middle."""
        for start in {0, held // 2}:
            for ids, vectors, _ in islice(self._source.since(start), 1):
                known, units, _ = self._usable(ids, vectors)
                at = rows.places(known)
                theirs = digests_of(units.astype(np.float16))
                if (rows.digests[at[at >= 0]] != theirs[at >= 0]).any():
                    return False
        return True

    def _usable(self, ids: Ids, vectors: Halves) -> tuple[Ids, Floats, Ids]:
        """Give a batch of the catalogue's as ids and unit vectors, and the ids that are damaged."""
        whole = np.isfinite(vectors).all(axis=1)
        known, units = checked_pair(ids[whole], vectors[whole], self.dimension)
        return known, units, ids[~whole]

    def _take_in(self, sequence: int) -> int:
        """Read what the catalogue has beyond a sequence; gives how many vectors are new here."""
        before, last = len(self._exact.rows.alive), self._held
        for ids, vectors, last_of_batch in self._source.since(sequence):
            known, units, damaged = self._usable(ids, vectors)
            self._exact.add(known, units)
            self._unusable = np.union1d(self._unusable, damaged)
            last = max(last, last_of_batch)
        self._held = last
        return len(self._exact.rows.alive) - before

    def _take_out(self, ids: Ids) -> int:
        before = len(self._exact)
        self._exact.remove(ids)
        gone = before - len(self._exact)
        if gone:
            self._graph.follow(removed=ids)
        return gone

    def _save_beyond(self, limit: float) -> None:
        """Write the rows if more than `limit` changed since that was tried, and map the files.

        The old snapshot goes on answering until the new one is there.
        """
        rows = self._exact.rows
        in_memory = len(rows.tail) + int(np.count_nonzero(~rows.alive))
        if in_memory - self._tried <= limit:
            return
        self._tried = in_memory
        path = self._folders.next()
        try:
            write_rows(path, rows, self._held, self._token)
            written, _ = read_rows(path)
        except (OSError, DamagedFiles) as error:
            self._problem = f"The search index cannot be saved: {error}"
            return
        with self._exact.lock:
            written.linked[:] = rows.linked[rows.order]
            self._exact.rows = written
        self._tried = 0
        self._problem = None
        self._folders.keep_only(path)
