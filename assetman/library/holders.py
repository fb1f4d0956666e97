"""Which content each segment is of, in memory: a segment never changes it, nor is an id reused."""

from __future__ import annotations

import threading

import numpy as np

from assetman.library.database import Database
from assetman.library.values import id_list

_FEW = 5_000  # contents; the segments of so many are looked up one by one


class Holders:
    """Finds the segments of many contents at once, without reading a table through each time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._contents = np.zeros(1, np.int64)  # by segment id; 0 is of none that there is

    def segments_of(self, content_ids: np.ndarray) -> np.ndarray:
        """Give all segments of contents (n,) int64: (m,) int64, sorted."""
        # What the present transaction has written may be undone, and its ids be given again.
        if len(content_ids) <= _FEW or self._database.is_writing:
            (ids,) = self._database.integers(
                "SELECT s.id AS c0 FROM segments s INDEXED BY segments_by_content "
                "WHERE s.content_id IN (SELECT value FROM json_each(?))",
                (id_list(content_ids),),
            )
            return np.sort(ids)
        contents = self._known()
        wanted = np.zeros(max(int(contents.max()), int(content_ids.max())) + 1, np.bool_)
        wanted[content_ids] = True
        return np.flatnonzero(wanted[contents])

    def _known(self) -> np.ndarray:
        """Give the content of each segment by its id, those that came since too."""
        with self._lock:
            before = self._contents
            segments, contents = self._database.integers(
                "SELECT s.id AS c0, s.content_id AS c1 FROM segments s WHERE s.id > ?",
                (len(before) - 1,),
            )
            if len(segments):
                after = np.zeros(int(segments.max()) + 1, np.int64)
                after[: len(before)] = before
                after[segments] = contents
                self._contents = after
            return self._contents
