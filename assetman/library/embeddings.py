"""Embeddings: the vectors of segments, each in its space."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from assetman.core.changes import Changes
from assetman.library.database import Database, Row
from assetman.library.gaps import Gaps
from assetman.library.journal import Journal
from assetman.library.spaces import SpaceRole as SpaceRole
from assetman.library.spaces import Spaces as Spaces
from assetman.library.spaces import StoredSpace as StoredSpace
from assetman.library.values import id_list

_STORED = np.dtype("<f2")


class Embeddings:
    """The table of embeddings, float16."""

    def __init__(self, database: Database, journal: Journal, gaps: Gaps, spaces: Spaces) -> None:
        self._database = database
        self._journal = journal
        self._gaps = gaps
        self._spaces = spaces

    def add(self, space_id: int, segment_ids: Sequence[int], vectors: np.ndarray) -> Changes:
        """Store vectors, (n, d) float32, of segments in a space, replacing those there are.

        A segment that is gone by now is passed over; `Changes.embedded` counts the others.
        Raises ValueError for vectors that are not of the space, WrongUse for no such space.
        """
        database = self._database
        with database.writing():
            dimension = self._spaces.get(space_id).space.dimension
            if vectors.shape != (len(segment_ids), dimension):
                raise ValueError(f"{vectors.shape} is not ({len(segment_ids)}, {dimension})")
            if not np.isfinite(vectors).all():
                raise ValueError("a vector holds a number that is not finite")
            blobs = np.ascontiguousarray(vectors, _STORED)
            ids = [int(segment_id) for segment_id in segment_ids]
            contents: dict[int, int] = dict(
                database.rows(
                    "SELECT id, content_id FROM segments "
                    "WHERE id IN (SELECT value FROM json_each(?))",
                    (id_list(ids),),
                )
            )
            stored = [segment_id for segment_id in ids if segment_id in contents]
            if stored:
                after = {"space": space_id, "segments": stored}
                sequence = self._journal.append("embeddings.add", after=after)
                database.execute_many(
                    "INSERT OR REPLACE INTO embeddings (space_id, segment_id, sequence, vector) "
                    "VALUES (?, ?, ?, ?)",
                    (
                        (space_id, segment_id, sequence, blob.tobytes())
                        for segment_id, blob in zip(ids, blobs, strict=True)
                        if segment_id in contents
                    ),
                )
                self._gaps.touch(contents.values())
        return Changes(embedded=len(stored))

    def read(
        self, space_id: int, segment_ids: Sequence[int] | np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Give the segments that have a vector, (n,) int64, and the vectors, (n, d) float32."""
        rows = self._database.rows(
            "SELECT e.segment_id, e.vector FROM json_each(?) j CROSS JOIN embeddings e "
            "ON e.segment_id = j.value AND e.space_id = ? ORDER BY j.key",
            (id_list(segment_ids), space_id),
        )
        ids, vectors = _arrays(self._spaces.get(space_id).space.dimension, rows)
        return ids, vectors.astype(np.float32)

    def since(
        self, space_id: int, sequence: int, batch: int = 4096
    ) -> Iterator[tuple[np.ndarray, np.ndarray, int]]:
        """Go through what was added after a sequence of the journal, in the order of it.

        Each batch is the segments, (n,) int64, their vectors, (n, d) float16, and the sequence
        up to which the reader has everything with it. A replaced vector comes once, as new.
        """
        after: Row = (sequence + 1, 0)
        dimension = self._spaces.get(space_id).space.dimension
        while rows := self._database.rows(
            "SELECT sequence, segment_id, vector FROM embeddings WHERE space_id = ? "
            "AND (sequence, segment_id) > (?, ?) ORDER BY sequence, segment_id LIMIT ?",
            (space_id, *after, batch + 1),
        ):
            following, rows = rows[batch:], rows[:batch]
            after = rows[-1][:2]
            reached: int = after[0]
            # One write may be cut in two: the reader is not past it before it has both parts.
            if following and following[0][0] == reached:
                reached -= 1
            ids, vectors = _arrays(dimension, [row[1:] for row in rows])
            yield ids, vectors, reached

    def ids(self, space_id: int) -> np.ndarray:
        """Give the segments that have a vector in a space: (n,) int64, sorted."""
        (ids,) = self._database.integers(
            "SELECT e.segment_id AS c0 FROM embeddings e WHERE e.space_id = ?", (space_id,)
        )
        return np.sort(ids)

    def count(self, space_id: int) -> int:
        """Count the vectors of a space."""
        return int(
            self._database.value("SELECT COUNT(*) FROM embeddings WHERE space_id = ?", (space_id,))
        )

    def last_sequence(self, space_id: int) -> int:
        """Give the sequence of the newest vector of a space, 0 without one."""
        return int(
            self._database.value(
                "SELECT MAX(sequence) FROM embeddings WHERE space_id = ?", (space_id,)
            )
            or 0
        )


def _arrays(dimension: int, rows: list[Row]) -> tuple[np.ndarray, np.ndarray]:
    vectors = np.frombuffer(b"".join(row[1] for row in rows), _STORED)
    ids = np.fromiter((row[0] for row in rows), np.int64, len(rows))
    return ids, vectors.reshape(len(rows), dimension)
