"""What pictures are compared by, and which of them are still to be compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assetman.core.assets import Kind
from assetman.library.database import Database
from assetman.library.values import id_list

_DUE = """
FROM looks l INDEXED BY looks_to_compare CROSS JOIN contents c ON c.id = l.content_id
WHERE l.compared = 0 AND c.pictured AND EXISTS (
    SELECT 1 FROM assets a WHERE a.content_id = c.id AND a.missing_since IS NULL)"""
_BATCH = 5000


@dataclass(frozen=True, slots=True)
class Uncompared:
    """A picture that was not compared with those before it."""

    content_id: int
    key: str  # that names its thumbnail
    size: int  # bytes of the file


class Looks:
    """The table of looks. A picture that was read has a row; a trigger sees to it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def count_due(self) -> int:
        """Count the pictures that are still to be compared."""
        return int(self._database.value(f"SELECT COUNT(*) {_DUE}"))

    def due(self, limit: int, skip: Sequence[int] = ()) -> list[Uncompared]:
        """List pictures that are still to be compared, but for the contents in `skip`."""
        rows = self._database.rows(
            f"SELECT c.id, c.key, c.size {_DUE} "
            "AND c.id NOT IN (SELECT value FROM json_each(?)) ORDER BY c.id LIMIT ?",
            (id_list(skip), limit),
        )
        return [Uncompared(*row) for row in rows]

    def compared(self, version: int) -> Iterator[tuple[int, bytes]]:
        """Go through the marks of all pictures that were compared, by their contents."""
        last = 0
        while rows := self._database.rows(
            "SELECT content_id, marks FROM looks WHERE content_id > ? AND compared "
            "AND version = ? AND marks IS NOT NULL ORDER BY content_id LIMIT ?",
            (last, version, _BATCH),
        ):
            yield from rows
            last = rows[-1][0]

    def keys(self, content_ids: Sequence[int]) -> dict[int, str]:
        """Give the keys of those of the contents that exist."""
        return dict(
            self._database.rows(
                "SELECT id, key FROM contents WHERE id IN (SELECT value FROM json_each(?))",
                (id_list(content_ids),),
            )
        )

    def keep(self, content_id: int, version: int, marks: bytes | None) -> None:
        """Keep what a picture is compared by, and that it was; None where there is nothing."""
        with self._database.writing():
            self._database.execute(
                "UPDATE looks SET marks = ?, version = ?, compared = 1 WHERE content_id = ?",
                (marks, version, content_id),
            )

    def renew(self, version: int) -> None:
        """Have pictures compared anew that were compared by other marks than these."""
        stale = "compared = 1 AND version <> ?"
        if self._database.row(f"SELECT 1 FROM looks WHERE {stale} LIMIT 1", (version,)):
            with self._database.writing():
                self._database.execute(
                    f"UPDATE looks SET compared = 0, marks = NULL WHERE {stale}", (version,)
                )

    def fill(self) -> None:
        """Have every picture compared that has no row: the table was left out of a backup."""
        self._database.execute(
            "INSERT OR IGNORE INTO looks (content_id) SELECT id FROM contents "
            "WHERE kind = ? AND extracted",
            (str(Kind.IMAGE),),
        )
