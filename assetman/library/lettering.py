"""What is to be read of pictures and films: what their files say in words, text in the pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assetman.core.assets import Kind, Passage, PassageKind
from assetman.core.changes import Changes
from assetman.core.errors import WrongUse
from assetman.library.database import Database, Row
from assetman.library.journal import Journal
from assetman.library.passages import Passages
from assetman.library.values import absolute, id_list

# What the file of a picture or film says itself of all of it.
DESCRIBED = (
    PassageKind.DESCRIPTION,
    PassageKind.TITLE,
    PassageKind.CAPTION,
    PassageKind.KEYWORD,
    PassageKind.PERSON,
    PassageKind.PLACE,
)
_READABLE = (
    "CROSS JOIN assets a INDEXED BY assets_by_content ON a.content_id = c.id "
    "CROSS JOIN roots r ON r.id = a.root_id AND r.online AND r.removed IS NULL "
    "WHERE a.missing_since IS NULL AND c.id NOT IN (SELECT value FROM json_each(?))"
)
_UNDESCRIBED = (
    "FROM (SELECT * FROM contents INDEXED BY contents_undescribed "
    f"WHERE extracted = 1 AND described = 0) c {_READABLE}"
)
_UNREAD = (
    "FROM (SELECT * FROM contents INDEXED BY contents_by_reader "
    f"WHERE kind IN ('{Kind.IMAGE}', '{Kind.VIDEO}') AND reader IS NOT ? AND extracted) c "
    f"{_READABLE}"
)
_COLUMNS = "c.id, a.id, c.kind, r.path, a.path, c.width, c.height, c.size, a.mtime_ns, c.duration"


@dataclass(frozen=True, slots=True)
class Unread:
    """A content of which something is to be read, with a file to read it from."""

    content_id: int
    asset_id: int
    kind: Kind
    path: str  # absolute
    width: int | None  # pixels
    height: int | None
    size: int  # bytes of the file, and its time, as the library knows it
    mtime_ns: int
    duration: float | None = None  # seconds


class Lettering:
    """Which contents wait to be read, and what was read in them."""

    def __init__(self, database: Database, journal: Journal, passages: Passages) -> None:
        self._database = database
        self._journal = journal
        self._passages = passages

    def undescribed(
        self, limit: int, skip: Sequence[int] = (), among: Sequence[int] | None = None
    ) -> list[Unread]:
        """List contents of which it is not known what they, or their sidecars, say in words."""
        these = "" if among is None else "AND c.id IN (SELECT value FROM json_each(?))"
        rows = self._database.rows(
            f"SELECT {_COLUMNS} {_UNDESCRIBED} {these} GROUP BY c.id ORDER BY c.id LIMIT ?",
            (id_list(skip), *([] if among is None else [id_list(among)]), limit),
        )
        return [_unread(row) for row in rows]

    def describe(self, content_id: int, passages: Sequence[Passage]) -> Changes:
        """Keep what a file and its sidecars say in words. Raises WrongUse if the content is gone."""
        with self._database.writing():
            changes = self._passages.replace(content_id, passages, DESCRIBED)
            self._database.execute("UPDATE contents SET described = 1 WHERE id = ?", (content_id,))
            self._journal.append("lettering.describe", after={"content": content_id})
            return changes | self._changed(content_id)

    def count_unread(self, model: str) -> int:
        """Count the pictures and films that can be read now and that a model has not read."""
        return int(
            self._database.value(f"SELECT COUNT(DISTINCT c.id) {_UNREAD}", (model, id_list([])))
        )

    def count_lettered(self) -> int:
        """Count the contents in whose pictures text was read."""
        return int(
            self._database.value(
                "SELECT COUNT(DISTINCT content_id) FROM passages INDEXED BY passages_by_kind "
                "WHERE kind = ?",
                (str(PassageKind.TEXT),),
            )
        )

    def unread(
        self, model: str, limit: int, first: Sequence[int] = (), skip: Sequence[int] = ()
    ) -> list[Unread]:
        """List what a model has not read: of the assets `first`, then pictures, the newest first.

        Contents in `skip` are left out.
        """
        rows = self._database.rows(
            f"SELECT {_COLUMNS} {_UNREAD} GROUP BY c.id "
            "ORDER BY a.id IN (SELECT value FROM json_each(?)) DESC, "
            f"c.kind = '{Kind.VIDEO}', a.mtime_ns DESC, c.id LIMIT ?",
            (model, id_list(skip), id_list(first), limit),
        )
        return [_unread(row) for row in rows]

    def set(self, content_id: int, model: str, read: Sequence[Passage]) -> Changes:
        """Keep what a model read in a content. Raises WrongUse if the content is gone."""
        with self._database.writing():
            changes = self._passages.replace(content_id, read, (PassageKind.TEXT,))
            done = self._database.execute(
                "UPDATE contents SET reader = ? WHERE id = ?", (model, content_id)
            )
            if not done.rowcount:
                raise WrongUse(f"There is no content {content_id}.")
            self._journal.append("lettering.set", after={"content": content_id, "model": model})
            return changes | self._changed(content_id)

    def _changed(self, content_id: int) -> Changes:
        rows = self._database.rows("SELECT id FROM assets WHERE content_id = ?", (content_id,))
        return Changes(assets_changed=frozenset(asset_id for (asset_id,) in rows))


def _unread(row: Row) -> Unread:
    content, asset, kind, root, path, *facts = row
    return Unread(content, asset, Kind(kind), absolute(root, path), *facts)
