"""Vectors that are made of files of the library's own: nothing else holds them, and they may go."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from assetman.vectors.comparing import nearest
from assetman.vectors.exact import ExactIndex, read_rows, write_rows
from assetman.vectors.folders import DamagedFiles, Generations
from assetman.vectors.index import Floats, Ids, Neighbours, checked_count, checked_ids, unit_rows
from assetman.vectors.rows import Rows, digests_of


class DerivedVectors:
    """Vectors by their ids, searched exactly, kept in immutable files in a folder.

    Files that are damaged, of another kind or of another library (`token`) are not used: what
    they held is made again. Any thread may call any method; searches never wait for writers.
    """

    def __init__(self, folder: Path, dimension: int, token: str) -> None:
        self._token = token
        self._folders = Generations(folder, "rows")
        self._writing = threading.RLock()
        self._index = ExactIndex(dimension, self._loaded(dimension))
        self._saved = self._index.rows

    @property
    def dimension(self) -> int:
        return self._index.dimension

    def __len__(self) -> int:
        return len(self._index)

    def ids(self) -> Ids:
        """List the ids of all vectors, ascending."""
        return self._index.rows.live_ids

    def add(self, ids: ArrayLike, vectors: ArrayLike) -> None:
        """Take in vectors (n, d), in place of those of the same ids."""
        self._index.add(ids, vectors)

    def keep(self, ids: ArrayLike) -> None:
        """Drop all vectors but those of the ids."""
        with self._writing:
            gone = np.setdiff1d(self.ids(), checked_ids(ids))
            if len(gone):
                self._index.remove(gone)

    def search(
        self,
        vectors: ArrayLike,
        count: int,
        allowed: ArrayLike | None = None,
        exact: bool | None = None,
        without: ArrayLike = (),
    ) -> Neighbours:
        """Find the nearest `count` to each of (m, d) vectors, among `allowed` if given."""
        rows = self._index.rows
        queries = unit_rows(vectors, self.dimension)
        checked_count(count)
        places = None if allowed is None else rows.places_among(checked_ids(allowed))
        left_out = checked_ids(without)
        if len(left_out):
            places = rows.less(places, rows.places_among(left_out))
        return nearest(rows, queries, count, places)

    def vectors_of(self, ids: ArrayLike) -> tuple[Ids, Floats]:
        """Give those of the ids that are here, in the order asked, and their (n, d) vectors."""
        known = checked_ids(ids)
        rows = self._index.rows
        places = rows.places(known)
        here = places >= 0
        return known[here], rows.read(places[here]).astype(np.float32)

    def sample(self, count: int) -> Floats:
        """Give at most `count` of the vectors, (n, d): by chance, and the same ones every time."""
        return self._index.rows.sample(count)

    def save(self) -> None:
        """Write what changed. Raises OSError; what is not written is made again."""
        with self._writing:
            rows = self._index.rows
            if rows is self._saved:
                return
            path = self._folders.next()
            write_rows(path, rows, 0, self._token)
            self._folders.keep_only(path)
            self._saved = rows

    def close(self) -> None:
        """Let go of the files."""
        with self._writing:
            self._index.rows = self._saved = Rows.none(self.dimension)

    def _loaded(self, dimension: int) -> Rows:
        for path in self._folders.newest_first():
            try:
                rows, facts = read_rows(path)
            except DamagedFiles:
                continue
            ours = facts.get("token") == self._token and rows.dimension == dimension
            if ours and (digests_of(rows.base[:64]) == rows.digests[:64]).all():
                self._folders.keep_only(path)
                return rows
        return Rows.none(dimension)
