"""Collections: assets the person put together under a name."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from assetman.core.changes import Changes
from assetman.core.errors import WrongUse
from assetman.core.organising import Collection
from assetman.library.database import Database
from assetman.library.journal import PERSON, Entry, Journal
from assetman.library.names import cleaned, files, identity
from assetman.library.steps import Steps
from assetman.library.values import id_list, name_key

_THESE = "IN (SELECT value FROM json_each(?))"
_MEMBERS = (
    "(SELECT COUNT(*) FROM collection_assets m INDEXED BY collection_assets_by_collection "
    "CROSS JOIN assets a ON a.id = m.asset_id AND a.missing_since IS NULL "
    "WHERE m.collection_id = collections.id)"
)


class Collections:
    """The table of collections, and what is in them."""

    def __init__(self, database: Database, journal: Journal, steps: Steps) -> None:
        self._database = database
        self._journal = journal
        self._steps = steps

    def all(self) -> list[Collection]:
        """List the collections, sorted as people sort names."""
        rows = self._database.rows(f"SELECT id, name, {_MEMBERS} FROM collections")
        found = [Collection(*row) for row in rows]
        return sorted(found, key=lambda each: (name_key(each.name), each.id))

    def get(self, collection_id: int) -> Collection:
        """Give a collection. Raises WrongUse where there is none of that id."""
        row = self._database.row(
            f"SELECT id, name, {_MEMBERS} FROM collections WHERE id = ?", (collection_id,)
        )
        if row is None:
            raise WrongUse(f"There is no collection {collection_id}.")
        return Collection(*row)

    def named(self, name: str) -> int | None:
        """Find the collection of a name, whatever its case."""
        row = self._database.row("SELECT id FROM collections WHERE key = ?", (identity(name),))
        return row[0] if row else None

    def holding(self, asset_ids: Sequence[int]) -> list[int]:
        """List the collections that hold any of the assets, by their ids."""
        rows = self._database.rows(
            f"SELECT DISTINCT collection_id FROM collection_assets WHERE asset_id {_THESE} "
            "ORDER BY collection_id",
            (id_list(asset_ids),),
        )
        return [collection_id for (collection_id,) in rows]

    def make(self, name: str, asset_ids: Sequence[int] = ()) -> tuple[Collection, Changes]:
        """Make a collection of assets. Raises WrongUse for a name that is empty or taken."""
        name = cleaned(name, "collection")
        with self._database.writing(PERSON):
            self._check_free(name)
            collection_id = self._database.insert(
                "INSERT INTO collections (name, key, added) VALUES (?, ?, ?)",
                (name, identity(name), time.time()),
            )
            self._journal.append("collections.make", after={"id": collection_id, "name": name})
            changes = Changes(organised=True)
            ids = self._put(collection_id, asset_ids)
            if ids:
                self._journal.append("collections.put", after={"id": collection_id, "ids": ids})
                changes |= _changed(ids)
            changes |= self._steps.note(f"Make the collection “{name}”")
            return self.get(collection_id), changes

    def rename(self, collection_id: int, name: str) -> Changes:
        """Give a collection another name. Raises WrongUse for one that is empty or taken."""
        name = cleaned(name, "collection")
        with self._database.writing(PERSON):
            old = self.get(collection_id).name
            if name == old:
                return Changes()
            if identity(name) != identity(old):
                self._check_free(name)
            self._rename(collection_id, name)
            self._journal.append(
                "collections.rename",
                {"id": collection_id, "name": old},
                {"id": collection_id, "name": name},
            )
            sentence = f"Rename the collection “{old}” to “{name}”"
            return Changes(organised=True) | self._steps.note(sentence)

    def delete(self, collection_id: int) -> Changes:
        """Delete a collection; its assets stay."""
        with self._database.writing(PERSON):
            name = self.get(collection_id).name
            ids = self._members(collection_id)
            self._delete(collection_id)
            before = {"id": collection_id, "name": name, "ids": ids}
            self._journal.append("collections.delete", before)
            return _changed(ids) | self._steps.note(f"Delete the collection “{name}”")

    def put(self, collection_id: int, asset_ids: Sequence[int]) -> Changes:
        """Put assets into a collection; those in it already stay."""
        with self._database.writing(PERSON):
            name = self.get(collection_id).name
            ids = self._put(collection_id, asset_ids)
            if not ids:
                return Changes()
            self._journal.append("collections.put", after={"id": collection_id, "ids": ids})
            return _changed(ids) | self._steps.note(f"Put {files(len(ids))} into “{name}”")

    def take_out(self, collection_id: int, asset_ids: Sequence[int]) -> Changes:
        """Take assets out of a collection."""
        with self._database.writing(PERSON):
            name = self.get(collection_id).name
            ids = self._take_out(collection_id, asset_ids)
            if not ids:
                return Changes()
            self._journal.append("collections.take_out", before={"id": collection_id, "ids": ids})
            return _changed(ids) | self._steps.note(f"Take {files(len(ids))} out of “{name}”")

    def revert(self, entry: Entry) -> Changes:
        """Undo one entry of the journal, for those of its assets that still exist."""
        before, after = entry.before, entry.after
        if entry.what == "collections.make":
            return self._delete(after["id"])
        if entry.what == "collections.rename":
            return self._rename(before["id"], before["name"])
        if entry.what == "collections.put":
            return _changed(self._take_out(after["id"], after["ids"]))
        if entry.what == "collections.delete":
            self._make(before["id"], before["name"])
        return _changed(self._put(before["id"], before["ids"]))

    def repeat(self, entry: Entry) -> Changes:
        """Do again what an entry of the journal says, for the assets that still exist."""
        before, after = entry.before, entry.after
        if entry.what == "collections.make":
            return self._make(after["id"], after["name"])
        if entry.what == "collections.rename":
            return self._rename(after["id"], after["name"])
        if entry.what == "collections.put":
            return _changed(self._put(after["id"], after["ids"]))
        if entry.what == "collections.delete":
            return self._delete(before["id"])
        return _changed(self._take_out(before["id"], before["ids"]))

    def _check_free(self, name: str) -> None:
        if self.named(name) is not None:
            raise WrongUse(f"There is a collection “{name}” already.")

    def _make(self, collection_id: int, name: str) -> Changes:
        self._database.execute(
            "INSERT OR IGNORE INTO collections (id, name, key, added) VALUES (?, ?, ?, ?)",
            (collection_id, name, identity(name), time.time()),
        )
        return Changes(organised=True)

    def _rename(self, collection_id: int, name: str) -> Changes:
        self._database.execute(
            "UPDATE OR IGNORE collections SET name = ?, key = ? WHERE id = ?",
            (name, identity(name), collection_id),
        )
        return Changes(organised=True)

    def _delete(self, collection_id: int) -> Changes:
        ids = self._members(collection_id)
        self._database.execute("DELETE FROM collections WHERE id = ?", (collection_id,))
        return _changed(ids)

    def _put(self, collection_id: int, asset_ids: Iterable[int]) -> list[int]:
        """Put those of the assets that exist into a collection; return those that were not."""
        rows = self._database.execute(
            "INSERT OR IGNORE INTO collection_assets (asset_id, collection_id) "
            f"SELECT a.id, c.id FROM collections c, assets a WHERE c.id = ? AND a.id {_THESE} "
            "RETURNING asset_id",
            (collection_id, id_list(asset_ids)),
        ).fetchall()
        return [asset_id for (asset_id,) in rows]

    def _take_out(self, collection_id: int, asset_ids: Iterable[int]) -> list[int]:
        rows = self._database.execute(
            f"DELETE FROM collection_assets WHERE collection_id = ? AND asset_id {_THESE} "
            "RETURNING asset_id",
            (collection_id, id_list(asset_ids)),
        ).fetchall()
        return [asset_id for (asset_id,) in rows]

    def _members(self, collection_id: int) -> list[int]:
        rows = self._database.rows(
            "SELECT asset_id FROM collection_assets WHERE collection_id = ?", (collection_id,)
        )
        return [asset_id for (asset_id,) in rows]


def _changed(asset_ids: Iterable[int]) -> Changes:
    return Changes(assets_changed=frozenset(asset_ids), organised=True)
