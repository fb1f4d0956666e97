"""Roots: the folders the person added. They never nest."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from assetman.core.assets import Folder, Root, display
from assetman.core.changes import Changes
from assetman.core.errors import WrongUse
from assetman.library.database import Database, Row
from assetman.library.gaps import Gaps
from assetman.library.journal import PERSON, Entry, Journal
from assetman.library.root_rows import RootRows
from assetman.library.steps import Steps
from assetman.library.values import from_bytes

_COUNTED = (
    "(SELECT COUNT(*) FROM assets a INDEXED BY assets_by_folder "
    "WHERE a.root_id = r.id AND a.missing_since IS NULL)"
)
_SOME = "SELECT r.id, r.path, r.online, {} FROM roots r WHERE r.removed IS NULL"
_ROOTS = _SOME.format(_COUNTED)

# From each folder straight to the next: no asset between them is looked at.
_NEXT = (
    "SELECT folder FROM assets INDEXED BY assets_by_folder "
    "WHERE root_id = ?1 AND missing_since IS NULL {} ORDER BY folder LIMIT 1"
)
_FOLDERS = (
    f"WITH RECURSIVE found(place) AS (SELECT ({_NEXT.format('')}) UNION ALL "
    f"SELECT ({_NEXT.format('AND folder > place')}) FROM found WHERE place IS NOT NULL) "
    "SELECT place FROM found WHERE place IS NOT NULL"
)


class Roots:
    """The table of roots.

    A root that is removed stays, out of sight, so that it can be brought back whole: its assets
    are missing since the moment of its removal.
    """

    def __init__(self, database: Database, journal: Journal, gaps: Gaps, steps: Steps) -> None:
        self._database = database
        self._journal = journal
        self._steps = steps
        self._rows = RootRows(database, journal, gaps)

    def all(self) -> list[Root]:
        """List the roots in the order they were added."""
        return [_root(row) for row in self._database.rows(f"{_ROOTS} ORDER BY r.id")]

    def uncounted(self) -> list[Root]:
        """List the roots without counting their assets, which takes a while where they are many."""
        return [_root(row) for row in self._database.rows(f"{_SOME.format(0)} ORDER BY r.id")]

    def get(self, root_id: int) -> Root:
        """Give a root. Raises WrongUse where there is none of that id."""
        row = self._database.row(f"{_ROOTS} AND r.id = ?", (root_id,))
        if row is None:
            raise WrongUse(f"There is no folder {root_id} in the library.")
        return _root(row)

    def add(self, path: str) -> tuple[Root, Changes]:
        """Add a folder by its absolute path; one that was removed comes back whole.

        A folder that is a root, or lies inside one, gives that root and changes nothing. Roots
        inside the new one become part of it; their assets stay the same. Raises WrongUse for a
        path that is not absolute.
        """
        path = _absolute(path)
        with self._database.writing(PERSON):
            inner = []
            for root in self.all():
                if _holds(root.path, path):
                    return root, Changes()
                if _holds(path, root.path):
                    inner.append(root)
            changes = Changes(roots=True)
            root_id = self._returning(path, inner)
            if root_id is None:
                root_id = self._rows.insert(path)
            else:
                changes |= self._rows.restore(root_id)
            for root in inner:
                changes |= self._rows.absorb(root.id, root.path, root_id, path)
            before = [{"id": root.id, "path": root.path} for root in inner] or None
            self._journal.append("roots.add", before, {"id": root_id, "path": path})
            added = self.get(root_id)
            return added, changes | self._steps.note(f"Add the folder {display(added.name)}")

    def remove(self, root_id: int) -> Changes:
        """Take a root out of the library with all that is known of it; it can come back."""
        with self._database.writing(PERSON):
            root = self.get(root_id)
            changes = self._rows.take_out(root_id)
            self._journal.append("roots.remove", {"id": root_id, "path": root.path})
            return changes | self._steps.note(f"Remove the folder {display(root.name)}")

    def relocate(self, root_id: int, path: str) -> Changes:
        """Say that a root lies elsewhere now; its assets stay as they are.

        Raises WrongUse for a path that is not absolute, and where another root lies in the
        new place, or around it.
        """
        path = _absolute(path)
        with self._database.writing(PERSON):
            root = self.get(root_id)
            if root.path == path:
                return Changes()
            problem = self._overlap(path, root_id)
            if problem:
                raise WrongUse(problem)
            changes = self._rows.relocate(root_id, path)
            self._journal.append(
                "roots.relocate", {"id": root_id, "path": root.path}, {"id": root_id, "path": path}
            )
            sentence = f"Look for the folder {display(root.name)} in {display(path)}"
            return changes | self._steps.note(sentence)

    def purge(self, moment: float) -> Changes:
        """Drop for good the roots removed before a time, in seconds since the epoch."""
        changes = Changes()
        with self._database.writing():
            for (root_id,) in self._database.rows(
                "SELECT id FROM roots WHERE removed <= ?", (moment,)
            ):
                changes |= self._rows.drop(root_id)
                self._journal.append("roots.purge", before={"id": root_id})
        return changes

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
            return Changes(assets_changed=self._rows.present(root_id), roots=True)

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

    def paths(self, root_id: int) -> list[str]:
        """List the same folders without counting: as fast for many files as for few."""
        found = {""}
        for (path,) in self._database.rows(_FOLDERS, (root_id,)):
            folder = from_bytes(path).removesuffix("/")
            while folder and folder not in found:
                found.add(folder)
                folder = folder.rpartition("/")[0]
        return sorted(found)

    def revert(self, entry: Entry) -> Changes:
        """Undo one entry of the journal, as far as its roots still exist."""
        before, after = entry.before, entry.after
        if entry.what == "roots.remove":
            return self._bring_back(before["id"], before["path"])
        if entry.what == "roots.relocate":
            return self._put_back(before["id"], before["path"])
        root_id, path = after["id"], after["path"]
        if not self._rows.is_live(root_id):
            return Changes()
        changes = Changes(roots=True)
        for inner in before or ():
            if not self._rows.exists(inner["id"]) and not self._overlap(inner["path"], root_id):
                changes |= self._rows.release(inner["id"], inner["path"], root_id, path)
        return changes | self._rows.take_out(root_id)

    def repeat(self, entry: Entry) -> Changes:
        """Do again what an entry of the journal says."""
        before, after = entry.before, entry.after
        if entry.what == "roots.remove":
            live = self._rows.is_live(before["id"])
            return self._rows.take_out(before["id"]) if live else Changes()
        if entry.what == "roots.relocate":
            return self._put_back(after["id"], after["path"])
        root_id, path = after["id"], after["path"]
        inner = [each["id"] for each in before or () if self._rows.is_live(each["id"])]
        changes = self._bring_back(root_id, path, inner)
        for each in inner if changes else ():
            changes |= self._rows.absorb(each, self.get(each).path, root_id, path)
        return changes

    def _bring_back(self, root_id: int, path: str, inner: Sequence[int] = ()) -> Changes:
        """Bring a removed root back, or add it anew where it was dropped meanwhile."""
        if self._rows.is_live(root_id) or self._overlap(path, root_id, *inner):
            return Changes()
        if self._rows.exists(root_id):
            return self._rows.restore(root_id)
        self._rows.insert(path, root_id)
        return Changes(roots=True)

    def _put_back(self, root_id: int, path: str) -> Changes:
        if not self._rows.is_live(root_id) or self._overlap(path, root_id):
            return Changes()
        return self._rows.relocate(root_id, path)

    def _returning(self, path: str, inner: Sequence[Root]) -> int | None:
        """Find the removed root that comes back at a path.

        None where roots inside know files it had: those come back as they are met, by their bytes.
        """
        root_id = self._rows.removed_at(path)
        for root in inner if root_id is not None else ():
            if root_id and self._rows.shares_paths(root_id, path, root.id, root.path):
                return None
        return root_id

    def _overlap(self, path: str, *but: int) -> str:
        """Say which root, other than some, lies at a path, in it or around it; empty if none."""
        for other in self.all():
            name = display(other.path)
            if other.id in but:
                continue
            if _holds(other.path, path) and _holds(path, other.path):
                return f"The folder {name} is in the library already."
            if _holds(other.path, path):
                return f"{display(path)} lies inside the folder {name}, which is in the library."
            if _holds(path, other.path):
                return f"The folder {name}, which is in the library, lies inside {display(path)}."
        return ""


def _absolute(path: str) -> str:
    if not Path(path).is_absolute():
        raise WrongUse(f"{display(path)} is not an absolute path.")
    return os.path.normpath(path)


def _holds(outer: str, inner: str) -> bool:
    outer, inner = os.path.normcase(outer), os.path.normcase(inner)
    return inner == outer or inner.startswith(outer.rstrip(os.sep) + os.sep)


def _root(row: Row) -> Root:
    root_id, path, online, assets = row
    return Root(root_id, from_bytes(path), bool(online), assets)
