"""What is seen and heard along films and sounds, and which of them were compared with the others."""

from __future__ import annotations

import zlib
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from assetman.core.assets import Kind
from assetman.core.timelines import MARK, METHOD, Timeline
from assetman.library.database import Database, Row
from assetman.library.journal import Journal
from assetman.library.values import absolute, id_list

_FILES = """
FROM contents c CROSS JOIN assets a ON a.content_id = c.id JOIN roots r ON r.id = a.root_id
WHERE a.missing_since IS NULL AND r.online AND c.extracted"""
_LACKING = f"""{_FILES} AND c.kind IN ('{Kind.VIDEO}', '{Kind.AUDIO}')
AND NOT EXISTS (SELECT 1 FROM timelines t WHERE t.content_id = c.id AND t.method = {METHOD})"""

_COLUMNS = "c.id, c.kind, c.duration, r.path, a.path, c.size, a.mtime_ns"


class Sense(StrEnum):
    """With what a mark was taken."""

    SEEN = "seen"
    HEARD = "heard"


@dataclass(frozen=True, slots=True)
class File:
    """A film or a sound, with a file to read it from."""

    content_id: int
    kind: Kind
    duration: float | None  # seconds
    path: str  # absolute
    size: int  # bytes of the file, and its time, as the library knows it
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Uncompared:
    """A film or a sound that is to be compared with the others."""

    content_id: int
    kind: Kind
    size: int  # bytes


@dataclass(frozen=True, slots=True)
class Along:
    """What is known along a content, and how long it is, in seconds."""

    timeline: Timeline
    duration: float | None


class Timelines:
    """The table of timelines."""

    def __init__(self, database: Database, journal: Journal) -> None:
        self._database = database
        self._journal = journal

    def set(self, content_id: int, timeline: Timeline, dense: bool = False) -> None:
        """Keep the timeline of a content, which is then to be compared.

        It is `dense` where more was decoded for it than reading a film takes.
        """
        kept = timeline.thinned
        with self._database.writing():
            self._database.execute(
                "INSERT OR REPLACE INTO timelines (content_id, method, dense, step, bars, seen, heard) "
                "SELECT id, ?, ?, ?, ?, ?, ? FROM contents WHERE id = ?",
                (
                    METHOD,
                    dense,
                    kept.step,
                    kept.bars,
                    zlib.compress(kept.seen),
                    zlib.compress(kept.heard),
                    content_id,
                ),
            )
            self._journal.append("timelines.set", after={"content": content_id})

    def get(self, content_id: int) -> Along:
        """Give the timeline of a content; it is empty where there is none."""
        row = self._database.row(
            "SELECT t.seen, t.heard, t.step, t.bars, c.duration FROM timelines t "
            "CROSS JOIN contents c ON c.id = t.content_id WHERE t.content_id = ?",
            (content_id,),
        )
        if row is None:
            return Along(Timeline(), None)
        seen, heard = map(zlib.decompress, row[:2])
        return Along(Timeline(seen, heard, row[2], row[3]), row[4])

    def count_lacking(self) -> int:
        """Count the films and sounds that were read before there were timelines."""
        return int(self._database.value(f"SELECT COUNT(DISTINCT c.id) {_LACKING}"))

    def lacking(self, limit: int, skip: Collection[int] = ()) -> list[File]:
        """List some of those, the newest first; contents in `skip` are left out."""
        rows = self._database.rows(
            f"SELECT {_COLUMNS} {_LACKING} "
            "AND c.id NOT IN (SELECT value FROM json_each(?)) GROUP BY c.id "
            "ORDER BY a.mtime_ns DESC, c.id LIMIT ?",
            (id_list(skip), limit),
        )
        return [_file(row) for row in rows]

    def sparse(self, content_id: int) -> File | None:
        """Give a film to read anew if its timeline is not dense and a file of it can be read."""
        row = self._database.row(
            f"SELECT {_COLUMNS} {_FILES} AND c.id = ? AND EXISTS "
            "(SELECT 1 FROM timelines t WHERE t.content_id = c.id AND NOT t.dense)",
            (content_id,),
        )
        return None if row is None else _file(row)

    def to_compare(self) -> list[Uncompared]:
        """List the contents whose timelines were not compared with the others yet."""
        rows = self._database.rows(
            "SELECT t.content_id, c.kind, c.size FROM timelines t INDEXED BY timelines_to_compare "
            "CROSS JOIN contents c ON c.id = t.content_id WHERE NOT t.compared"
        )
        return [Uncompared(content, Kind(kind), size) for content, kind, size in rows]

    def keep_compared(
        self, content_id: int, seen: NDArray[np.void], heard: NDArray[np.void]
    ) -> None:
        """Keep the marks of a content, (n,) MARK each, and that it was compared with the others."""
        with self._database.writing():
            self._database.execute(
                "UPDATE timelines SET compared = 1, seen_marks = ?, heard_marks = ? "
                "WHERE content_id = ?",
                (seen.tobytes(), heard.tobytes(), content_id),
            )

    def marks(self, kind: Kind, sense: Sense) -> list[tuple[int, NDArray[np.void]]]:
        """Give the marks, (n,) MARK each, of the films or sounds that were compared."""
        rows = self._database.rows(
            f"SELECT t.content_id, t.{sense}_marks FROM timelines t "
            "CROSS JOIN contents c ON c.id = t.content_id "
            f"WHERE t.compared AND LENGTH(t.{sense}_marks) > 0 AND c.kind = ?",
            (str(kind),),
        )
        return [(content_id, np.frombuffer(marks, MARK)) for content_id, marks in rows]


def _file(row: Row) -> File:
    content_id, kind, duration, root, path, size, mtime_ns = row
    return File(content_id, Kind(kind), duration, absolute(root, path), size, mtime_ns)
