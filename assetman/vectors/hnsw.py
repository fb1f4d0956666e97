"""Graphs: hnswlib, compiled at install where there is a compiler, and usearch everywhere.

Both are HNSW (Malkov and Yashunin, 2016, arXiv:1603.09320). Their traps are kept in here: fixed
capacities, answers that are too short, removed nodes that go on taking room, settings that all
threads share, filters that call Python for every node.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike

from assetman.core.turns import Turns
from assetman.vectors.folders import (
    DamagedFiles,
    Facts,
    array_writer,
    mapped_array,
    number,
    read_facts,
    write_folder,
)
from assetman.vectors.index import (
    Floats,
    Ids,
    Neighbours,
    best_of,
    checked_count,
    checked_ids,
    checked_pair,
    unit_rows,
)

STEP = 16  # vectors taken in between two looks whether somebody asks: some 20 ms
CONNECTIVITY = 16  # links of a node, M in the paper
BREADTH_OF_BUILDING = 200  # efConstruction
FIRST_CAPACITY = 1_024


def breadth(count: int) -> int:
    """Say how many candidates a walk keeps (ef) for `count` answers at a recall of 0.99."""
    return max(256, 4 * count)


class GraphIndex(ABC):
    """What both graphs share: checks, turns, slices, and exact search among few allowed ids."""

    restriction_limit: int | None = 10_000
    library: ClassVar[str]

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension
        self._turns = Turns()
        self._ids: Ids = np.empty(0, np.int64)  # ascending, live

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def ids(self) -> Ids:
        """The ids that can be found, ascending; never written in place."""
        return self._ids

    @property
    @abstractmethod
    def waste(self) -> float:
        """The share of nodes that were removed and still take room and time, 0..1."""

    def add(self, ids: ArrayLike, vectors: ArrayLike) -> None:
        known, units = checked_pair(ids, vectors, self.dimension)
        for start in range(0, len(known), STEP):
            some = known[start : start + STEP]
            with self._turns:
                self._insert(some, units[start : start + STEP])
                self._remember(some)

    def remove(self, ids: ArrayLike) -> None:
        known = np.unique(checked_ids(ids))
        with self._turns:
            here = known[self._holds(known)]
            if len(here):
                self._erase(here)
                self._ids = np.setdiff1d(self._ids, here, assume_unique=True)

    def search(
        self, vectors: ArrayLike, count: int, allowed: ArrayLike | None = None
    ) -> Neighbours:
        queries = unit_rows(vectors, self.dimension)
        checked_count(count)
        some = None if allowed is None else np.unique(checked_ids(allowed))
        limit = self.restriction_limit
        if some is not None and limit is not None and len(some) > limit:
            raise ValueError(f"{len(some)} ids are more than the {limit} to search among")
        with self._turns:
            if some is not None:
                return self._among(queries, count, some[self._holds(some)])
            count = min(count, len(self))
            if not count or not len(queries):
                return best_of(np.empty((len(queries), 0), np.float32), self._ids[:0], count)
            found = self._walk(queries, count, min(breadth(count), len(self)))
            if found is None:  # a part of the graph that no link leads to
                found = self._walk(queries, count, len(self))
            return found if found is not None else self._among(queries, count, self._ids)

    def vectors_of(self, ids: Ids) -> Floats:
        """Give the vectors as they were taken in, of ids that are there."""
        with self._turns:
            return self._stored(ids)

    def save(self, path: Path, sequence: int) -> None:
        facts: Facts = {"sequence": sequence, "dimension": self.dimension, "library": self.library}
        with self._turns:
            facts["count"] = len(self)
            writers = {
                "ids.npy": array_writer([self._ids], np.int64, (len(self),)),
                "graph": self._write,
            }
            write_folder(path, f"graph of {self.library}", facts, writers)

    @classmethod
    def load(cls, path: Path) -> tuple[Self, int]:
        facts = read_facts(path, f"graph of {cls.library}")
        index = cls(number(facts, "dimension"))
        index._ids = np.array(mapped_array(path / "ids.npy", np.int64, None), np.int64)
        try:
            index._read(path / "graph")
        except (RuntimeError, ValueError, OSError) as error:
            raise DamagedFiles(f"{path} cannot be read: {error}") from error
        if len(index) != number(facts, "count") or not index._consistent():
            raise DamagedFiles(f"{path} does not hold what it says")
        return index, number(facts, "sequence")

    def _holds(self, ids: Ids) -> Any:
        if not len(self._ids):
            return np.zeros(len(ids), np.bool_)
        at = np.minimum(np.searchsorted(self._ids, ids), len(self._ids) - 1)
        return self._ids[at] == ids

    def _remember(self, ids: Ids) -> None:
        new = np.sort(ids[~self._holds(ids)])
        self._ids = np.insert(self._ids, np.searchsorted(self._ids, new), new)

    def _among(self, queries: Floats, count: int, ids: Ids) -> Neighbours:
        stored = self._stored(ids) if len(ids) else np.empty((0, self.dimension), np.float32)
        return best_of(np.einsum("md,nd->mn", queries, stored), ids, count)

    @abstractmethod
    def _insert(self, ids: Ids, units: Floats) -> None:
        """Take in a few vectors, those of known ids in place of the old ones."""

    @abstractmethod
    def _erase(self, ids: Ids) -> None:
        """Take out ids that are there."""

    @abstractmethod
    def _walk(self, queries: Floats, count: int, breadth: int) -> Neighbours | None:
        """Search the graph; None if it gave fewer than `count` (at most `len`, at least 1)."""

    @abstractmethod
    def _stored(self, ids: Ids) -> Floats:
        """Give the vectors of ids that are there."""

    @abstractmethod
    def _write(self, path: Path) -> None:
        """Write the graph to a file; raises OSError."""

    @abstractmethod
    def _read(self, path: Path) -> None:
        """Read the graph from a file that is as it was written."""

    @abstractmethod
    def _consistent(self) -> bool:
        """Tell whether the graph that was read fits the ids."""


class HnswlibIndex(GraphIndex):
    """hnswlib over float32."""

    library = "hnswlib"

    def __init__(self, dimension: int) -> None:
        super().__init__(dimension)
        self._graph = self._new_graph()
        self._graph.init_index(
            FIRST_CAPACITY, M=CONNECTIVITY, ef_construction=BREADTH_OF_BUILDING, random_seed=1
        )

    def _new_graph(self) -> Any:
        import hnswlib

        return hnswlib.Index("ip", self.dimension)

    @property
    def waste(self) -> float:
        nodes = self._graph.get_current_count()
        return 1 - len(self) / nodes if nodes else 0.0

    def _insert(self, ids: Ids, units: Floats) -> None:
        nodes, capacity = self._graph.get_current_count(), self._graph.get_max_elements()
        if nodes + len(ids) > capacity:
            self._graph.resize_index(max(2 * capacity, nodes + len(ids)))
        # The same label again, removed or not, becomes a node that moves to its new place.
        self._graph.add_items(units, ids, num_threads=1)

    def _erase(self, ids: Ids) -> None:
        for each in ids.tolist():
            self._graph.mark_deleted(each)

    def _walk(self, queries: Floats, count: int, breadth: int) -> Neighbours | None:
        self._graph.set_ef(max(breadth, count))
        try:
            ids, distances = self._graph.knn_query(queries, count, num_threads=1)
        except RuntimeError:  # fewer found than asked for
            return None
        return _ordered(ids.astype(np.int64), 1 - distances)

    def _stored(self, ids: Ids) -> Floats:
        return np.asarray(self._graph.get_items(ids), np.float32)

    def _write(self, path: Path) -> None:
        self._graph.save_index(os.fsencode(path))
        if path.stat().st_size != self._graph.index_file_size():
            raise OSError(f"{path} is not whole: the disk may be full")  # it does not say so itself

    def _read(self, path: Path) -> None:
        self._graph = self._new_graph()
        self._graph.load_index(
            os.fsencode(path), max_elements=max(FIRST_CAPACITY, len(self) * 5 // 4)
        )

    def _consistent(self) -> bool:
        held = np.asarray(self._graph.get_ids_list(), np.int64)
        return bool(np.isin(self._ids, held).all())


class UsearchIndex(GraphIndex):
    """usearch over float16, which is what the catalogue keeps: half the memory of float32."""

    library = "usearch"

    def __init__(self, dimension: int) -> None:
        super().__init__(dimension)
        from usearch.index import Index

        self._graph: Any = Index(
            ndim=dimension,
            metric="ip",
            dtype="f16",
            connectivity=CONNECTIVITY,
            expansion_add=BREADTH_OF_BUILDING,
        )

    @property
    def waste(self) -> float:
        return 0.0  # a removed node's place is taken by the next that comes

    def _insert(self, ids: Ids, units: Floats) -> None:
        replaced = ids[self._holds(ids)]
        if len(replaced):  # a key that is there already is refused
            self._erase(replaced)
        self._graph.add(ids.astype(np.uint64), units, threads=1)

    def _erase(self, ids: Ids) -> None:
        self._graph.remove(ids.astype(np.uint64), threads=1)

    def _walk(self, queries: Floats, count: int, breadth: int) -> Neighbours | None:
        self._graph.expansion_search = max(breadth, count)
        found = self._graph.search(queries, count, threads=1)
        ids = np.asarray(found.keys).reshape(len(queries), -1)
        counts = np.atleast_1d(getattr(found, "counts", ids.shape[1]))
        if ids.shape[1] < count or (counts < count).any():
            return None
        distances = np.asarray(found.distances).reshape(ids.shape)
        return _ordered(ids.astype(np.int64), 1 - distances)

    def _stored(self, ids: Ids) -> Floats:
        return np.asarray(self._graph.get(ids.astype(np.uint64), dtype="f32"), np.float32)

    def _write(self, path: Path) -> None:
        if not _plain(path):
            path.write_bytes(self._graph.save())
            return
        try:
            self._graph.save(str(path))
        except RuntimeError as error:
            raise OSError(f"{path} cannot be written: {error}") from error

    def _read(self, path: Path) -> None:
        self._graph.load(str(path) if _plain(path) else path.read_bytes())

    def _consistent(self) -> bool:
        keys = np.asarray(self._graph.keys, np.uint64).astype(np.int64)
        same = len(keys) == len(self._ids) and bool((np.sort(keys) == self._ids).all())
        return same and self._graph.ndim == self.dimension


def _plain(path: Path) -> bool:
    """Tell whether C++ can be given a path: not what is not UTF-8, nor beyond ASCII on Windows."""
    try:
        return str(path).isascii() or (os.name != "nt" and bool(str(path).encode()))
    except UnicodeEncodeError:
        return False


def _ordered(ids: Ids, similarities: Floats) -> Neighbours:
    order = np.lexsort((ids, -similarities))
    similarities = np.take_along_axis(similarities, order, 1).astype(np.float32)
    return Neighbours(np.take_along_axis(ids, order, 1), np.clip(similarities, -1, 1))


def graph_class() -> type[GraphIndex]:
    """Say which graph a store builds: hnswlib where it could be compiled, else usearch."""
    try:
        import hnswlib  # noqa: F401
    except ImportError:
        return UsearchIndex
    return HnswlibIndex
