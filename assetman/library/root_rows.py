"""The rows of roots, and the assets and failures that go where their root goes."""

from __future__ import annotations

import math
import os
import time

from assetman.core.assets import display
from assetman.core.changes import Changes
from assetman.library.contents import collect
from assetman.library.database import Database
from assetman.library.gaps import Gaps
from assetman.library.journal import Journal
from assetman.library.tags import drop_unused
from assetman.library.values import to_bytes, within


class RootRows:
    """Writes on roots that nobody is asked about and that no step undoes."""

    def __init__(self, database: Database, journal: Journal, gaps: Gaps) -> None:
        self._database = database
        self._journal = journal
        self._gaps = gaps

    def is_live(self, root_id: int) -> bool:
        """Tell whether a root is there and was not removed."""
        sql = "SELECT 1 FROM roots WHERE id = ? AND removed IS NULL"
        return self._database.row(sql, (root_id,)) is not None

    def exists(self, root_id: int) -> bool:
        """Tell whether a root is there, removed or not."""
        return self._database.row("SELECT 1 FROM roots WHERE id = ?", (root_id,)) is not None

    def present(self, root_id: int) -> frozenset[int]:
        """Give the assets of a root that are not missing."""
        (assets,) = self._database.integers(
            "SELECT a.id AS c0 FROM assets a INDEXED BY assets_by_folder "
            "WHERE a.root_id = ? AND a.missing_since IS NULL",
            (root_id,),
        )
        return frozenset(assets.tolist())

    def removed_at(self, path: str) -> int | None:
        """Find the root that was removed from a path last."""
        row = self._database.row(
            "SELECT id FROM roots WHERE path = ? AND removed IS NOT NULL "
            "ORDER BY removed DESC LIMIT 1",
            (to_bytes(path),),
        )
        return row[0] if row else None

    def shares_paths(self, outer_id: int, outer: str, inner_id: int, inner: str) -> bool:
        """Tell whether a root knows files that a root inside it knows too."""
        row = self._database.row(
            "SELECT 1 FROM assets a CROSS JOIN assets b ON b.root_id = ? "
            "AND b.path = CAST(? || a.path AS BLOB) WHERE a.root_id = ? LIMIT 1",
            (outer_id, to_bytes(_inside(outer, inner) + "/"), inner_id),
        )
        return row is not None

    def insert(self, path: str, root_id: int | None = None) -> int:
        """Add a root without assets and give its id, a new one if none is given."""
        return self._database.insert(
            "INSERT INTO roots (id, path, display, added) VALUES (?, ?, ?, ?)",
            (root_id, to_bytes(path), display(path), time.time()),
        )

    def relocate(self, root_id: int, path: str) -> Changes:
        """Give a root another path."""
        self._database.execute(
            "UPDATE roots SET path = ?, display = ? WHERE id = ?",
            (to_bytes(path), display(path), root_id),
        )
        return Changes(assets_changed=self.present(root_id), roots=True)

    def take_out(self, root_id: int) -> Changes:
        """Put a root out of sight: its assets are missing from that very moment."""
        database = self._database
        last = database.value(
            "SELECT MAX(missing_since) FROM assets INDEXED BY assets_missing "
            "WHERE root_id = ? AND missing_since IS NOT NULL",
            (root_id,),
        )
        # Never the moment that another of its assets went missing: those do not come back with it.
        moment = max(time.time(), math.nextafter(last or 0.0, math.inf))
        database.execute("UPDATE roots SET removed = ? WHERE id = ?", (moment, root_id))
        self._gaps.drop_root(root_id)
        gone = self.present(root_id)
        database.execute(
            "UPDATE assets SET missing_since = ? WHERE root_id = ? AND missing_since IS NULL",
            (moment, root_id),
        )
        return Changes(assets_removed=gone, roots=True, failures=True, organised=True)

    def restore(self, root_id: int) -> Changes:
        """Bring a root back as it was when it was taken out."""
        database = self._database
        database.execute(
            "UPDATE assets SET missing_since = NULL WHERE root_id = ?1 AND missing_since = "
            "(SELECT removed FROM roots WHERE id = ?1)",
            (root_id,),
        )
        database.execute("UPDATE roots SET removed = NULL WHERE id = ?", (root_id,))
        self._gaps.fill_root(root_id)
        back = self.present(root_id)
        return Changes(assets_added=back, roots=True, failures=True, organised=True)

    def absorb(self, root_id: int, path: str, into: int, outer: str) -> Changes:
        """Make a root part of another one that lies around it."""
        database = self._database
        prefix = to_bytes(_inside(outer, path) + "/")
        rows = database.rows("SELECT id FROM assets WHERE root_id = ?", (root_id,))
        # CAST: SQLite's || makes text even of two blobs.
        database.execute(
            "UPDATE assets SET root_id = ?, path = CAST(? || path AS BLOB), "
            "folder = CAST(? || folder AS BLOB) WHERE root_id = ?",
            (into, prefix, prefix, root_id),
        )
        failed = database.execute(
            "UPDATE failures SET root_id = ?, path = CAST(? || path AS BLOB) WHERE root_id = ?",
            (into, prefix, root_id),
        )
        self._gaps.move_root(root_id, into)
        database.execute("DELETE FROM roots WHERE id = ?", (root_id,))
        return Changes(
            assets_changed=frozenset(asset_id for (asset_id,) in rows),
            roots=True,
            failures=failed.rowcount > 0,
        )

    def release(self, root_id: int, path: str, out_of: int, outer: str) -> Changes:
        """Make a root again of what was absorbed, with what was found there since."""
        database = self._database
        inside = _inside(outer, path)
        # The path itself begins after the prefix; substr counts from 1.
        start, bounds = len(to_bytes(inside)) + 2, within(inside)
        self.insert(path, root_id)
        database.execute(
            "UPDATE roots SET online = (SELECT online FROM roots WHERE id = ?) WHERE id = ?",
            (out_of, root_id),
        )
        rows = database.execute(
            "UPDATE assets SET root_id = ?, path = substr(path, ?), folder = substr(folder, ?) "
            "WHERE root_id = ? AND path >= ? AND path < ? RETURNING id",
            (root_id, start, start, out_of, *bounds),
        ).fetchall()
        failed = database.execute(
            "UPDATE failures SET root_id = ?, path = substr(path, ?) "
            "WHERE root_id = ? AND path >= ? AND path < ?",
            (root_id, start, out_of, *bounds),
        )
        self._gaps.follow(root_id)
        return Changes(
            assets_changed=frozenset(asset_id for (asset_id,) in rows),
            roots=True,
            failures=failed.rowcount > 0,
        )

    def drop(self, root_id: int) -> Changes:
        """Forget a root with its assets, its failures, and the contents only it had."""
        database = self._database
        rows = database.rows("SELECT id, content_id FROM assets WHERE root_id = ?", (root_id,))
        failed = database.execute("DELETE FROM failures WHERE root_id = ?", (root_id,))
        database.execute("DELETE FROM assets WHERE root_id = ?", (root_id,))
        collect(database, self._journal, {content_id for _, content_id in rows})
        drop_unused(database)
        database.execute("DELETE FROM roots WHERE id = ?", (root_id,))
        return Changes(
            assets_removed=frozenset(asset_id for asset_id, _ in rows),
            roots=True,
            failures=failed.rowcount > 0,
            organised=True,
        )


def _inside(outer: str, inner: str) -> str:
    """Give the relative path of a folder in another, as paths of assets are written."""
    return os.path.relpath(inner, outer).replace(os.sep, "/")
