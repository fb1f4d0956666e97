"""A catalogue's embeddings of one space, as far as an index sees them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from assetman.vectors.index import Halves, Ids

BATCH = 500


class PaperCatalogue:
    """Keeps vectors under ever-growing sequences, one each, as the catalogue's table does."""

    def __init__(self) -> None:
        self._rows: dict[int, tuple[int, Halves]] = {}
        self._sequence = 0
        self.read = 0  # vectors that were asked for, which is work

    def store(self, ids: ArrayLike, vectors: ArrayLike) -> int:
        """Store float16 vectors; gives the sequence of the last."""
        for segment, vector in zip(np.asarray(ids), np.asarray(vectors), strict=True):
            self._sequence += 1
            self._rows[int(segment)] = (self._sequence, vector.astype(np.float16))
        return self._sequence

    def delete(self, ids: ArrayLike) -> None:
        for segment in np.asarray(ids):
            self._rows.pop(int(segment), None)

    def vectors(self) -> tuple[Ids, Halves]:
        """Give everything there is, by id."""
        ids = self.ids()
        return ids, np.array([self._rows[i][1] for i in ids.tolist()])

    def since(self, sequence: int) -> Iterator[tuple[Ids, Halves, int]]:
        later = sorted((row[0], i) for i, row in self._rows.items() if row[0] > sequence)
        for start in range(0, len(later), BATCH):
            batch = later[start : start + BATCH]
            self.read += len(batch)
            ids = np.array([segment for _, segment in batch], np.int64)
            yield ids, np.array([self._rows[i][1] for _, i in batch]), batch[-1][0]

    def ids(self) -> Ids:
        return np.array(sorted(self._rows), np.int64)

    def last_sequence(self) -> int:
        return max((row[0] for row in self._rows.values()), default=0)
