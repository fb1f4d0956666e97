"""Roots: the folders the person added. They never nest."""

from __future__ import annotations

import os
import time
from pathlib import Path

from assetman.core.assets import Folder, Root, display
from assetman.core.changes import Changes
from assetman.core.errors import WrongUse
from assetman.library.contents import collect
from assetman.library.database import Database, Row
from assetman.library.gaps import Gaps
from assetman.library.journal import PERSON, Journal
from assetman.library.values import from_bytes, to_bytes

_ROOTS = """
SELECT r.id, r.path, r.online,
    (SELECT COUNT(*) FROM assets a INDEXED BY assets_by_folder
     WHERE a.root_id = r.id AND a.missing_since IS NULL)
FROM roots r"""


class Roots:
    """The table of roots."""

    def __init__(self, database: Database, journal: Journal, gaps: Gaps) -> None:
        self._database = database
        self._journal = journal
        self._gaps = gaps

    def all(self) -> list[Root]:
        """List the roots in the order they were added."""
        return [_root(row) for row in self._database.rows(f"{_ROOTS} ORDER BY r.id")]

    def get(self, root_id: int) -> Root:
        """Give a root. Raises WrongUse where there is none of that id."""
        row = self._database.row(f"{_ROOTS} WHERE r.id = ?", (root_id,))
        if row is None:
            raise WrongUse(f"There is no folder {root_id} in the library.")
        return _root(row)

    def add(self, path: str) -> tuple[Root, Changes]:
        """Add a folder by its absolute path.

        A folder that is a root, or lies inside one, gives that root and changes nothing. Roots
        inside the new one become part of it; their assets stay the same. Raises WrongUse for a
        path that is not absolute.
        """
        if not Path(path).is_absolute():
            raise WrongUse(f"{display(path)} is not an absolute path.")
        path = os.path.normpath(path)
        with self._database.writing():
            inner = []
            for root in self.all():
                if _holds(root.path, path):
                    return root, Changes()
                if _holds(path, root.path):
                    inner.append(root)
            root_id = self._database.insert(
                "INSERT INTO roots (path, display, added) VALUES (?, ?, ?)",
                (to_bytes(path), display(path), time.time()),
            )
            changes = Changes(roots=True)
            for root in inner:
                changes |= self._absorb(root, root_id, os.path.relpath(root.path, path))
            before = [{"id": root.id, "path": root.path} for root in inner] or None
            self._journal.append("roots.add", before, {"id": root_id, "path": path}, PERSON)
            return self.get(root_id), changes

    def remove(self, root_id: int) -> Changes:
        """Forget a root with its assets, its failures, and the contents only it had."""
        database = self._database
        with database.writing():
            root = self.get(root_id)
            rows = database.rows("SELECT id, content_id FROM assets WHERE root_id = ?", (root_id,))
            failed = database.execute("DELETE FROM failures WHERE root_id = ?", (root_id,))
            database.execute("DELETE FROM assets WHERE root_id = ?", (root_id,))
            collect(database, self._journal, {content_id for _, content_id in rows})
            database.execute("DELETE FROM roots WHERE id = ?", (root_id,))
            before = {"id": root_id, "path": root.path, "assets": len(rows)}
            self._journal.append("roots.remove", before, origin=PERSON)
        return Changes(
            assets_removed=frozenset(asset_id for asset_id, _ in rows),
            roots=True,
            failures=failed.rowcount > 0,
        )

    def set_online(self, root_id: int, online: bool) -> Changes:
        """Keep whether a root can be read; its assets are offline while it cannot."""
        with self._database.writing():
            if self.get(root_id).online == online:
                return Changes()
            self._database.execute("UPDATE roots SET online = ? WHERE id = ?", (online, root_id))
            self._journal.append(
                "roots.set_online",
                {"id": root_id, "online": not online},
                {"id": root_id, "online": online},
            )
            (assets,) = self._database.integers(
                "SELECT a.id AS c0 FROM assets a INDEXED BY assets_by_folder "
                "WHERE a.root_id = ? AND a.missing_since IS NULL",
                (root_id,),
            )
        return Changes(assets_changed=frozenset(assets.tolist()), roots=True)

    def folders(self, root_id: int) -> list[Folder]:
        """List the folders of a root that hold assets, in them or below, sorted by path."""
        counts = {"": 0}
        for path, count in self._database.rows(
            "SELECT folder, COUNT(*) FROM assets INDEXED BY assets_by_folder "
            "WHERE root_id = ? AND missing_since IS NULL GROUP BY folder",
            (root_id,),
        ):
            folder = from_bytes(path).removesuffix("/")
            counts[folder] = counts.get(folder, 0) + count
            while folder:
                folder = folder.rpartition("/")[0]
                counts[folder] = counts.get(folder, 0) + count
        # By parts, so that a folder is followed by what is in it: "a", "a/b", "a b".
        ordered = sorted(counts, key=lambda path: path.split("/") if path else [])
        return [Folder(root_id, path, counts[path]) for path in ordered]

    def _absorb(self, root: Root, into: int, inside: str) -> Changes:
        """Make a root part of another one that holds it, under the relative path `inside`."""
        database = self._database
        prefix = to_bytes(inside.replace(os.sep, "/") + "/")
        rows = database.rows("SELECT id FROM assets WHERE root_id = ?", (root.id,))
        # CAST: SQLite's || makes text even of two blobs.
        database.execute(
            "UPDATE assets SET root_id = ?, path = CAST(? || path AS BLOB), "
            "folder = CAST(? || folder AS BLOB) WHERE root_id = ?",
            (into, prefix, prefix, root.id),
        )
        failed = database.execute(
            "UPDATE failures SET root_id = ?, path = CAST(? || path AS BLOB) WHERE root_id = ?",
            (into, prefix, root.id),
        )
        self._gaps.move_root(root.id, into)
        database.execute("DELETE FROM roots WHERE id = ?", (root.id,))
        return Changes(
            assets_changed=frozenset(asset_id for (asset_id,) in rows),
            roots=True,
            failures=failed.rowcount > 0,
        )


def _holds(outer: str, inner: str) -> bool:
    outer, inner = os.path.normcase(outer), os.path.normcase(inner)
    return inner == outer or inner.startswith(outer.rstrip(os.sep) + os.sep)


def _root(row: Row) -> Root:
    root_id, path, online, assets = row
    return Root(root_id, from_bytes(path), bool(online), assets)
