"""The list of what is still to be done, kept right by every write.

Deriving it would mean looking at every segment each time the pipeline asks for its next files.
Instead a write names the contents it touched; their rows are made anew when its transaction
ends.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager

from assetman.core.assets import Kind, SegmentKind
from assetman.core.inputs import Modality
from assetman.library.database import Database
from assetman.library.values import id_list

EXTRACTION = 0  # in place of a space: the content has no segments yet

_FAILED = """EXISTS (
    SELECT 1 FROM failures f WHERE f.root_id = a.root_id AND f.path = a.path
    AND f.size = a.size AND f.mtime_ns = a.mtime_ns)"""

_OF_EXTRACTION = f"""
SELECT a.id, {EXTRACTION}, a.content_id, a.root_id, a.mtime_ns, NOT {_FAILED}, 1
FROM assets a CROSS JOIN contents c ON c.id = a.content_id
WHERE a.missing_since IS NULL AND NOT c.extracted AND %s"""

# Of what kinds of files a space has embeddings, and of which of their segments.
_TAKEN = f"(p.modality = '{Modality.SOUND}') = (a.kind = '{Kind.AUDIO}') OR a.kind = '{Kind.VIDEO}'"
_ITS = (
    f"s.content_id = a.content_id AND (s.kind = '{SegmentKind.WINDOW}') = "
    f"(p.modality = '{Modality.SOUND}')"
)

_OF_SPACES = f"""
SELECT id, space_id, content_id, root_id, mtime_ns, lacking AND NOT failed, done = 0
FROM (
    SELECT *, done < total OR unheard AS lacking FROM (
        SELECT a.id, p.id AS space_id, a.content_id, a.root_id, a.mtime_ns, {_FAILED} AS failed,
            p.modality = '{Modality.SOUND}' AND NOT c.heard AS unheard,
            (SELECT COUNT(*) FROM segments s WHERE {_ITS}) AS total,
            (SELECT COUNT(*) FROM segments s CROSS JOIN embeddings e
             ON e.segment_id = s.id AND e.space_id = p.id WHERE {_ITS}) AS done
        FROM spaces p CROSS JOIN assets a CROSS JOIN contents c ON c.id = a.content_id
        WHERE a.missing_since IS NULL AND c.extracted AND ({_TAKEN}) AND %s
    )
) WHERE lacking OR done = 0"""

_FILL = "INSERT INTO gaps (asset_id, space_id, content_id, root_id, mtime_ns, due, bare)"
# One walk of the index `gaps_due` for each space and root, so that none is sorted.
_NEWEST = """
SELECT -mtime_ns, -content_id, -asset_id FROM gaps
WHERE due = 1 AND space_id = ? AND root_id = ?
ORDER BY mtime_ns DESC, content_id DESC, asset_id DESC"""
_THESE = "a.content_id IN (SELECT value FROM json_each(?))"


class Gaps:
    """The table of assets that lack something."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._touched: set[int] = set()
        database.on_transaction(self.settle, self._touched.clear)

    def touch(self, content_ids: Iterable[int]) -> None:
        """Say that what these contents or their assets lack may have changed."""
        self._touched.update(content_ids)

    def settle(self) -> None:
        """Bring the rows of all touched contents up to date, in the present transaction.

        They stay touched until it ends: what is written here may still be undone in part.
        """
        if not self._touched:
            return
        ids = id_list(self._touched)
        execute = self._database.execute
        execute(
            "DELETE FROM gaps WHERE asset_id IN (SELECT a.id FROM assets a WHERE " + _THESE + ")",
            (ids,),
        )
        execute(_FILL + _OF_EXTRACTION % _THESE, (ids,))
        execute(_FILL + _OF_SPACES % _THESE, (ids,))

    def add_space(self, space_id: int) -> None:
        """List all that a new space lacks."""
        self._database.execute(_FILL + _OF_SPACES % "p.id = ?", (space_id,))

    def move_root(self, root_id: int, into: int) -> None:
        """Follow assets that became part of another root."""
        self.settle()
        self._database.execute("UPDATE gaps SET root_id = ? WHERE root_id = ?", (into, root_id))

    def follow(self, root_id: int) -> None:
        """Follow assets that became a root's own."""
        self.settle()
        self._database.execute(
            "UPDATE gaps SET root_id = ?1 "
            "WHERE asset_id IN (SELECT id FROM assets WHERE root_id = ?1)",
            (root_id,),
        )

    def drop_root(self, root_id: int) -> None:
        """Take all of a root's assets off the list: they are missing now."""
        self.settle()
        self._database.execute(
            "DELETE FROM gaps WHERE asset_id IN (SELECT id FROM assets WHERE root_id = ?)",
            (root_id,),
        )

    def fill_root(self, root_id: int) -> None:
        """List what the assets of a root lack."""
        self.drop_root(root_id)
        self._database.execute(_FILL + _OF_EXTRACTION % "a.root_id = ?", (root_id,))
        self._database.execute(_FILL + _OF_SPACES % "a.root_id = ?", (root_id,))

    def rebuild(self) -> None:
        """Make every row anew."""
        self._database.execute("DELETE FROM gaps")
        self._database.execute(_FILL + _OF_EXTRACTION % "1")
        self._database.execute(_FILL + _OF_SPACES % "1")

    def due(
        self, space_ids: Sequence[int], limit: int, first: Sequence[int], skip: Collection[int]
    ) -> dict[int, int]:
        """Give at most `limit` contents to work on, in order, each with the asset to read."""
        self._database.settle()
        wanted = [EXTRACTION, *space_ids]
        found: dict[int, int] = {}
        if first:
            for content_id, asset_id in self._of_assets(wanted, first):
                if content_id not in skip and len(found) < limit:
                    found.setdefault(content_id, asset_id)
        with self._newest(wanted) as newest:
            for _, content_id, asset_id in newest:
                if len(found) >= limit:
                    break
                if -content_id not in skip:
                    found.setdefault(-content_id, -asset_id)
        return found

    def count_due(self, space_ids: Sequence[int]) -> tuple[int, int]:
        """Count the contents to work on, and their bytes."""
        self._database.settle()
        row = self._database.row(
            "SELECT COUNT(*), SUM(c.size) FROM contents c WHERE c.id IN ("
            "SELECT g.content_id FROM gaps g WHERE g.due = 1 "
            "AND g.space_id IN (SELECT value FROM json_each(?)) "
            "AND g.root_id IN (SELECT id FROM roots WHERE online))",
            (id_list([EXTRACTION, *space_ids]),),
        )
        assert row is not None
        return row[0], row[1] or 0

    def _of_assets(self, wanted: list[int], asset_ids: Sequence[int]) -> list[tuple[int, int]]:
        rows = self._database.rows(
            "SELECT g.content_id, g.asset_id FROM json_each(?) j "
            "CROSS JOIN gaps g ON g.asset_id = j.value AND g.due = 1 "
            "AND g.space_id IN (SELECT value FROM json_each(?)) "
            "CROSS JOIN roots r ON r.id = g.root_id AND r.online ORDER BY j.key",
            (id_list(asset_ids), id_list(wanted)),
        )
        return [(content_id, asset_id) for content_id, asset_id in rows]

    @contextmanager
    def _newest(self, wanted: list[int]) -> Iterator[Iterator[tuple[int, int, int]]]:
        """Lend the due rows as (-mtime_ns, -content, -asset), newest first, read as taken."""
        with self._database.reading() as connection, ExitStack() as cursors:
            roots = connection.execute("SELECT id FROM roots WHERE online").fetchall()
            streams = [
                cursors.enter_context(closing(connection.execute(_NEWEST, (space_id, root_id))))
                for space_id in wanted
                for (root_id,) in roots
            ]
            yield heapq.merge(*streams)
