"""Where assets lie and lay: all that tells whether a file is one of them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assetman.core.changes import Changes
from assetman.library.assets import Assets, FileStat
from assetman.library.database import Database, Row
from assetman.library.gaps import Gaps
from assetman.library.journal import Journal
from assetman.library.values import from_bytes, id_list, on_disk

_ROWS = """
SELECT a.id, a.root_id, r.path, a.path, a.size, a.mtime_ns, a.inode, a.device, a.content_id,
    a.missing_since, a.added, r.online, r.removed IS NOT NULL,
    a.rating = 0 AND NOT EXISTS (SELECT 1 FROM asset_tags t WHERE t.asset_id = a.id)
    AND NOT EXISTS (SELECT 1 FROM collection_assets m WHERE m.asset_id = a.id)
"""
_ROOT = "CROSS JOIN roots r ON r.id = a.root_id"


@dataclass(frozen=True, slots=True)
class Lain:
    """An asset as its file was when it was last looked at."""

    asset_id: int
    root_id: int
    root: str  # absolute
    path: str  # relative to the root
    size: int  # bytes
    mtime_ns: int
    inode: str
    device: str
    content_id: int
    missing_since: float | None
    added: float  # seconds since the epoch
    online: bool  # its root
    removed: bool  # its root was taken out of the library
    bare: bool  # it bears nothing of the person's: no tag, no rating, in no collection
    displaced: bool  # missing, and another file is at its path

    @property
    def file(self) -> str:
        """The absolute path."""
        return os.path.join(self.root, *self.path.split("/"))


class Whereabouts:
    """Reads assets by what their files were, and lets one make room for another."""

    def __init__(self, database: Database, journal: Journal, gaps: Gaps, assets: Assets) -> None:
        self._database = database
        self._journal = journal
        self._gaps = gaps
        self._assets = assets

    def of_assets(self, asset_ids: Sequence[int]) -> list[Lain]:
        """Give those of the assets that exist, missing ones included."""
        rows = self._database.rows(
            f"{_ROWS} FROM json_each(?) j CROSS JOIN assets a ON a.id = j.value {_ROOT} "
            "ORDER BY a.id",
            (id_list(asset_ids),),
        )
        return [_lain(row) for row in rows]

    def of_content(self, content_id: int) -> list[Lain]:
        """List every asset of a content, missing ones and those of removed roots included."""
        return self.of_contents([content_id])

    def of_contents(self, content_ids: Iterable[int]) -> list[Lain]:
        """List every asset of some contents."""
        rows = self._database.rows(
            f"{_ROWS} FROM json_each(?) j CROSS JOIN assets a INDEXED BY assets_by_content "
            f"ON a.content_id = j.value {_ROOT} ORDER BY a.id",
            (id_list(sorted(set(content_ids))),),
        )
        return [_lain(row) for row in rows]

    def lost_since(self, moment: float) -> list[Lain]:
        """List the assets that went missing after a time, in seconds since the epoch."""
        rows = self._database.rows(
            f"{_ROWS} FROM roots r CROSS JOIN assets a INDEXED BY assets_missing "
            "ON a.root_id = r.id AND a.missing_since > ? ORDER BY a.id",
            (moment,),
        )
        return [_lain(row) for row in rows]

    def hold(self, root_ids: Sequence[int], seconds: float, now: float) -> None:
        """Let what is missing in some roots be missing for less long, at least since `now`."""
        with self._database.writing():
            self._database.execute(
                "UPDATE assets SET missing_since = MIN(?, missing_since + ?) "
                "WHERE missing_since IS NOT NULL AND root_id IN (SELECT id FROM roots "
                "WHERE removed IS NULL AND id IN (SELECT value FROM json_each(?)))",
                (now, seconds, id_list(root_ids)),
            )

    def displace(self, asset_id: int) -> Changes:
        """Keep an asset as missing whose path belongs to another file now.

        It keeps its name and all it bears, and comes back when its bytes are met anywhere.
        """
        database = self._database
        with database.writing():
            row = database.row(
                "SELECT path, content_id, missing_since FROM assets WHERE id = ?", (asset_id,)
            )
            if row is None or on_disk(row[0]) != row[0]:
                return Changes()
            path, content_id, missing = row
            database.execute(
                "UPDATE assets SET path = CAST(path || ? AS BLOB), "
                "missing_since = COALESCE(missing_since, ?) WHERE id = ?",
                (b"\0" + str(asset_id).encode(), time.time(), asset_id),
            )
            self._gaps.touch([content_id])
            before = {"id": asset_id, "path": from_bytes(path), "missing": missing is not None}
            self._journal.append("assets.displace", before, {"id": asset_id})
        return Changes() if missing else Changes(assets_removed=frozenset([asset_id]))

    def place(self, asset_id: int, root_id: int, path: str, stat: FileStat) -> Changes:
        """Give an asset a place as `Assets.move` does; whatever was known there is displaced."""
        with self._database.writing():
            changes = Changes()
            there = self._assets.at(root_id, path)
            if there is not None and there != asset_id:
                changes = self.displace(there)
            return changes | self._assets.move(asset_id, root_id, path, stat)

    def take_over(self, asset_id: int, copy_id: int) -> Changes:
        """Let an asset whose file is gone take the place of a copy of it, which is dropped."""
        database = self._database
        with database.writing():
            row = database.row(
                "SELECT root_id, path, size, mtime_ns, inode, device, sidecars "
                "FROM assets WHERE id = ?",
                (copy_id,),
            )
            if row is None:
                return Changes()
            root_id, path, size, mtime_ns, inode, device, sidecars = row
            stat = FileStat(size, mtime_ns, int(inode), int(device))
            for table in ("asset_tags", "collection_assets"):
                # A copy bears nothing as a rule; what it bears all the same is not lost.
                database.execute(
                    f"UPDATE OR IGNORE {table} SET asset_id = ? WHERE asset_id = ?",
                    (asset_id, copy_id),
                )
            changes = self._assets.forget([copy_id])
            database.execute("UPDATE assets SET sidecars = ? WHERE id = ?", (sidecars, asset_id))
            return changes | self._assets.move(asset_id, root_id, from_bytes(path), stat)


def _lain(row: Row) -> Lain:
    values = list(row)
    path = on_disk(row[3])
    values[2:4] = from_bytes(row[2]), from_bytes(path)
    values[11:] = [*map(bool, row[11:]), path != row[3]]
    return Lain(*values)
