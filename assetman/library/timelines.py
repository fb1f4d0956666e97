"""What is seen and heard along films and sounds, and which of them were compared with the others."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from assetman.core.assets import Kind
from assetman.core.timelines import MARK, METHOD, Timeline
from assetman.library.database import Database
from assetman.library.journal import Journal
from assetman.library.values import absolute, id_list

_LACKING = f"""
FROM contents c CROSS JOIN assets a ON a.content_id = c.id JOIN roots r ON r.id = a.root_id
WHERE c.kind IN ('{Kind.VIDEO}', '{Kind.AUDIO}') AND c.extracted
AND a.missing_since IS NULL AND r.online
AND NOT EXISTS (SELECT 1 FROM timelines t WHERE t.content_id = c.id AND t.method = {METHOD})"""


class Sense(StrEnum):
    """With what a mark was taken."""

    SEEN = "seen"
    HEARD = "heard"


@dataclass(frozen=True, slots=True)
class Unread:
    """A film or a sound that has no timeline, with a file to read it from."""

    content_id: int
    kind: Kind
    path: str  # absolute
    size: int  # bytes of the file, and its time, as the library knows it
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is made of a timeline when its content is compared."""

    seen: NDArray[np.void]  # (n,) MARK
    heard: NDArray[np.void]  # (n,) MARK
    shape: NDArray[np.float32] | None  # (d,); None: there is nothing to be heard


class Timelines:
    """The table of timelines."""

    def __init__(self, database: Database, journal: Journal) -> None:
        self._database = database
        self._journal = journal

    def set(self, content_id: int, timeline: Timeline) -> None:
        """Keep the timeline of a content, which is then to be compared."""
        kept = timeline.thinned
        with self._database.writing():
            self._database.execute(
                "INSERT OR REPLACE INTO timelines (content_id, method, step, seen, heard) "
                "SELECT id, ?, ?, ?, ? FROM contents WHERE id = ?",
                (
                    METHOD,
                    kept.step,
                    zlib.compress(kept.seen),
                    zlib.compress(kept.heard),
                    content_id,
                ),
            )
            self._journal.append("timelines.set", after={"content": content_id})

    def get(self, content_id: int) -> Timeline:
        """Give the timeline of a content; it is empty where there is none."""
        row = self._database.row(
            "SELECT seen, heard, step FROM timelines WHERE content_id = ?", (content_id,)
        )
        if row is None:
            return Timeline()
        return Timeline(zlib.decompress(row[0]), zlib.decompress(row[1]), row[2])

    def count_lacking(self) -> int:
        """Count the films and sounds that were read before there were timelines."""
        return int(self._database.value(f"SELECT COUNT(DISTINCT c.id) {_LACKING}"))

    def lacking(self, limit: int, skip: Collection[int] = ()) -> list[Unread]:
        """List some of those, the newest first; contents in `skip` are left out."""
        rows = self._database.rows(
            f"SELECT c.id, c.kind, r.path, a.path, c.size, a.mtime_ns {_LACKING} "
            "AND c.id NOT IN (SELECT value FROM json_each(?)) GROUP BY c.id "
            "ORDER BY a.mtime_ns DESC, c.id LIMIT ?",
            (id_list(skip), limit),
        )
        return [
            Unread(content, Kind(kind), absolute(root, path), size, mtime_ns)
            for content, kind, root, path, size, mtime_ns in rows
        ]

    def to_compare(self) -> list[int]:
        """List the contents whose timelines were not compared with the others yet."""
        rows = self._database.rows(
            "SELECT content_id FROM timelines INDEXED BY timelines_to_compare WHERE NOT compared"
        )
        return [content_id for (content_id,) in rows]

    def kinds(self, content_ids: Sequence[int]) -> dict[int, Kind]:
        """Say which of the contents is a film and which a sound."""
        rows = self._database.rows(
            "SELECT id, kind FROM contents WHERE id IN (SELECT value FROM json_each(?))",
            (id_list(content_ids),),
        )
        return {content_id: Kind(kind) for content_id, kind in rows}

    def draw(self, content_id: int, drawn: Drawn) -> None:
        """Keep what was made of a timeline."""
        shape = None if drawn.shape is None else drawn.shape.astype("<f2").tobytes()
        with self._database.writing():
            self._database.execute(
                "UPDATE timelines SET seen_marks = ?, heard_marks = ?, shape = ? "
                "WHERE content_id = ?",
                (drawn.seen.tobytes(), drawn.heard.tobytes(), shape, content_id),
            )

    def compared(self, content_id: int) -> None:
        """Keep that a content was compared with all others there are."""
        with self._database.writing():
            self._database.execute(
                "UPDATE timelines SET compared = 1 WHERE content_id = ?", (content_id,)
            )

    def marks(self, sense: Sense) -> tuple[NDArray[np.int64], NDArray[np.void]]:
        """Give all marks of a sense: the contents they are of, (n,) int64, and (n,) MARK."""
        rows = self._database.rows(
            f"SELECT content_id, {sense}_marks FROM timelines "
            f"WHERE LENGTH({sense}_marks) > 0 ORDER BY content_id"
        )
        counts = [len(marks) // MARK.itemsize for _, marks in rows]
        ids = np.array([content_id for content_id, _ in rows], np.int64)
        every = np.frombuffer(b"".join(marks for _, marks in rows), MARK)
        return np.repeat(ids, counts), every

    def shapes(
        self, content_ids: Sequence[int] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Give the shapes of sounds: contents, (n,) int64, and unit vectors, (n, d) float32.

        With `content_ids`, of those among them.
        """
        these = "" if content_ids is None else " AND content_id IN (SELECT value FROM json_each(?))"
        rows = self._database.rows(
            f"SELECT content_id, shape FROM timelines WHERE shape IS NOT NULL{these}",
            () if content_ids is None else (id_list(content_ids),),
        )
        ids = np.array([content_id for content_id, _ in rows], np.int64)
        values = np.frombuffer(b"".join(shape for _, shape in rows), "<f2").astype(np.float32)
        return ids, values.reshape(len(ids), -1) if len(ids) else np.empty((0, 0), np.float32)
