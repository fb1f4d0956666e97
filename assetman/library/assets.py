"""Assets: the files of the roots."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from assetman.core.changes import Changes
from assetman.core.errors import WrongUse
from assetman.library.asset_lists import AssetCounts as AssetCounts
from assetman.library.asset_lists import AssetLists
from assetman.library.contents import REPEATED, collect
from assetman.library.database import Database
from assetman.library.gaps import Gaps
from assetman.library.journal import Journal
from assetman.library.tags import drop_unused
from assetman.library.values import PARTS, from_bytes, id_list, parts, to_bytes

_THESE = "IN (SELECT value FROM json_each(?))"
_STAT = "size = ?, mtime_ns = ?, inode = ?, device = ?"
_OF_C = ", ".join(f"c.{name}" for name in REPEATED)
_OF_CONTENT = ", ".join(f"{name} = c.{name}" for name in REPEATED)
_MOMENT = "COALESCE((SELECT taken FROM contents c WHERE c.id = content_id), ? / 1e9)"


@dataclass(frozen=True, slots=True)
class FileStat:
    """What the system says of a file, enough to notice that it changed."""

    size: int  # bytes
    mtime_ns: int
    inode: int
    device: int


@dataclass(slots=True)  # not frozen: a scan makes one of every file, and that takes thrice as long
class Known:
    """A file as a scan needs to know it."""

    asset_id: int
    path: str  # relative to the root
    size: int  # bytes
    mtime_ns: int
    content_id: int
    inode: str
    missing: bool
    root_id: int
    sidecars: bytes | None = None  # that lie beside it, as `sidecars.mark` gives them


@dataclass(frozen=True, slots=True)
class _Stored:
    content_id: int
    root_id: int
    path: str
    size: int
    mtime_ns: int
    missing: bool


class Assets(AssetLists):
    """The table of assets."""

    def __init__(self, database: Database, journal: Journal, gaps: Gaps) -> None:
        super().__init__(database)
        self._journal = journal
        self._gaps = gaps

    def known(self, root_id: int) -> dict[str, Known]:
        """Give every file of a root by its relative path, missing ones included."""
        # By way of the ids: the rows are then read in the order they lie in, twice as fast.
        found = self._known("a.id IN (SELECT id FROM assets WHERE root_id = ?)", (root_id,))
        return {known.path: known for known in found}

    def missing_with_content(self, content_id: int) -> list[Known]:
        """List the missing assets of a content: what a new file may have been before."""
        return self._known("a.content_id = ? AND a.missing_since IS NOT NULL", (content_id,))

    def add(self, root_id: int, path: str, stat: FileStat, content_id: int) -> tuple[int, Changes]:
        """Add the file at a relative path; one that is known at that path is changed instead.

        Raises WrongUse if the root or the content is gone.
        """
        database = self._database
        with database.writing():
            there = self.at(root_id, path)
            if there is not None:
                return there, self.change(there, stat, content_id)
            done = database.execute(
                f"INSERT INTO assets (root_id, {', '.join(PARTS)}, content_id, kind, "
                f"size, mtime_ns, inode, device, moment, added, {', '.join(REPEATED)}) "
                f"SELECT r.id, {', '.join('?' * len(PARTS))}, c.id, c.kind, ?, ?, ?, ?, "
                "COALESCE(c.taken, ? / 1e9), "
                f"?, {_OF_C} FROM contents c, roots r "
                "WHERE c.id = ? AND r.id = ? AND r.removed IS NULL",
                (*parts(path), *_stat(stat), stat.mtime_ns, time.time(), content_id, root_id),
            )
            asset_id = done.lastrowid
            if done.rowcount != 1 or asset_id is None:
                raise WrongUse(f"There is no folder {root_id} or no content {content_id}.")
            self._gaps.touch([content_id])
            after = {"id": asset_id, "root": root_id, "path": path, "content": content_id}
            self._journal.append("assets.add", after=after)
        return asset_id, Changes(assets_added=frozenset([asset_id]))

    def change(self, asset_id: int, stat: FileStat, content_id: int) -> Changes:
        """Give an asset new bytes. A missing one is back.

        Raises WrongUse if the asset or the content is gone.
        """
        database = self._database
        with database.writing():
            before = self._stored(asset_id, live=True)
            done = database.execute(
                f"UPDATE assets SET {_STAT}, missing_since = NULL, content_id = c.id, "
                f"kind = c.kind, moment = COALESCE(c.taken, ? / 1e9), {_OF_CONTENT} "
                "FROM contents c WHERE c.id = ? AND assets.id = ?",
                (*_stat(stat), stat.mtime_ns, content_id, asset_id),
            )
            if not done.rowcount:
                raise WrongUse(f"There is no content {content_id}.")
            self._gaps.touch([before.content_id, content_id])
            self._note("assets.change", asset_id, before, {"content": content_id})
            if before.content_id != content_id:
                collect(database, self._journal, [before.content_id])
        return _back_or_changed(asset_id, before)

    def touch(self, asset_id: int, stat: FileStat) -> Changes:
        """Keep another size, time or inode for the same bytes. A missing asset is back.

        Raises WrongUse if the asset is gone.
        """
        with self._database.writing():
            before = self._stored(asset_id, live=True)
            self._database.execute(
                f"UPDATE assets SET {_STAT}, missing_since = NULL, moment = {_MOMENT} WHERE id = ?",
                (*_stat(stat), stat.mtime_ns, asset_id),
            )
            self._gaps.touch([before.content_id])
            self._note("assets.touch", asset_id, before, {"mtime_ns": stat.mtime_ns})
        return _back_or_changed(asset_id, before)

    def move(self, asset_id: int, root_id: int, path: str, stat: FileStat) -> Changes:
        """Give an asset another place; it stays the same asset. A missing one is back.

        A missing asset that was known at the new place is forgotten. Raises WrongUse if a
        present one is there, or if the asset or the root is gone.
        """
        database = self._database
        with database.writing():
            before = self._stored(asset_id)
            if not database.row("SELECT 1 FROM roots WHERE id = ? AND removed IS NULL", (root_id,)):
                raise WrongUse(f"There is no folder {root_id} in the library.")
            changes = _back_or_changed(asset_id, before)
            there = self.at(root_id, path)
            if there is not None and there != asset_id:
                if not self._stored(there).missing:
                    raise WrongUse(f"Another asset, {there}, is at {path!r} already.")
                changes |= self.forget([there])
            database.execute(
                f"UPDATE assets SET {_STAT}, missing_since = NULL, moment = {_MOMENT}, "
                f"root_id = ?, {' = ?, '.join(PARTS)} = ? WHERE id = ?",
                (*_stat(stat), stat.mtime_ns, root_id, *parts(path), asset_id),
            )
            # What failed under the old name would fail under the new one.
            database.execute(
                "UPDATE OR REPLACE failures SET root_id = ?, path = ?, size = ?, mtime_ns = ? "
                "WHERE root_id = ? AND path = ? AND size = ? AND mtime_ns = ?",
                (
                    *(root_id, to_bytes(path), stat.size, stat.mtime_ns),
                    *(before.root_id, to_bytes(before.path), before.size, before.mtime_ns),
                ),
            )
            self._gaps.touch([before.content_id])
            self._note("assets.move", asset_id, before, {"root": root_id, "path": path})
        return changes

    def mark_missing(self, asset_ids: Sequence[int]) -> Changes:
        """Keep that files are gone; their assets are kept for a while, out of every list."""
        with self._database.writing():
            rows = self._database.execute(
                f"UPDATE assets SET missing_since = ? WHERE id {_THESE} AND missing_since IS NULL "
                "RETURNING id, content_id",
                (time.time(), id_list(asset_ids)),
            ).fetchall()
            gone = [asset_id for asset_id, _ in rows]
            if gone:
                self._gaps.touch(content_id for _, content_id in rows)
                self._journal.append("assets.mark_missing", after={"ids": gone})
        return Changes(assets_removed=frozenset(gone), organised=bool(gone))

    def forget(self, asset_ids: Sequence[int]) -> Changes:
        """Drop assets for good, with their failures, and contents that only they had."""
        database = self._database
        with database.writing():
            ids = id_list(asset_ids)
            failed = database.execute(
                "DELETE FROM failures WHERE (root_id, path) IN "
                f"(SELECT root_id, path FROM assets WHERE id {_THESE})",
                (ids,),
            )
            rows = database.execute(
                f"DELETE FROM assets WHERE id {_THESE} RETURNING id, root_id, path, content_id",
                (ids,),
            ).fetchall()
            if rows:
                before = [[i, root_id, from_bytes(path)] for i, root_id, path, _ in rows]
                self._journal.append("assets.forget", before={"assets": before})
                contents = {content_id for *_, content_id in rows}
                self._gaps.touch(contents)
                collect(database, self._journal, contents)
                drop_unused(database)
        return Changes(
            assets_removed=frozenset(row[0] for row in rows),
            failures=failed.rowcount > 0,
            organised=bool(rows),
        )

    def _known(self, passing: str, values: Sequence[int]) -> list[Known]:
        rows = self._database.rows(
            "SELECT a.id, a.path, a.size, a.mtime_ns, a.content_id, a.inode, "
            f"a.missing_since IS NOT NULL, a.root_id FROM assets a WHERE {passing}",
            values,
        )
        return [
            Known(
                asset_id, from_bytes(path), size, mtime_ns, content_id, inode, bool(missing), root
            )
            for asset_id, path, size, mtime_ns, content_id, inode, missing, root in rows
        ]

    def _stored(self, asset_id: int, live: bool = False) -> _Stored:
        """Give what is stored of an asset; where `live`, its root must not be a removed one."""
        row = self._database.row(
            "SELECT a.content_id, a.root_id, a.path, a.size, a.mtime_ns, "
            "a.missing_since IS NOT NULL FROM assets a CROSS JOIN roots r ON r.id = a.root_id "
            "WHERE a.id = ? AND (r.removed IS NULL OR NOT ?)",
            (asset_id, live),
        )
        if row is None:
            raise WrongUse(f"There is no asset {asset_id}.")
        content_id, root_id, path, size, mtime_ns, missing = row
        return _Stored(content_id, root_id, from_bytes(path), size, mtime_ns, bool(missing))

    def _note(self, what: str, asset_id: int, before: _Stored, after: dict[str, object]) -> None:
        known = {
            "id": asset_id,
            "root": before.root_id,
            "path": before.path,
            "content": before.content_id,
            "mtime_ns": before.mtime_ns,
            "missing": before.missing,
        }
        self._journal.append(what, known, {"id": asset_id, **after})


def _stat(stat: FileStat) -> tuple[int, int, str, str]:
    return stat.size, stat.mtime_ns, str(stat.inode), str(stat.device)


def _back_or_changed(asset_id: int, before: _Stored) -> Changes:
    ids = frozenset([asset_id])
    if before.missing:
        return Changes(assets_added=ids, organised=True)
    return Changes(assets_changed=ids)
