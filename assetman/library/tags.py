"""Ratings and tags: what the person says of assets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assetman.core.changes import Changes
from assetman.core.errors import WrongUse
from assetman.core.organising import RATINGS, Tag
from assetman.library.database import Database
from assetman.library.journal import PERSON, Entry, Journal
from assetman.library.names import cleaned, files, identity
from assetman.library.steps import Steps
from assetman.library.values import id_list, name_key

_THESE = "IN (SELECT value FROM json_each(?))"


class Tags:
    """The tags, and the ratings and tags of assets.

    A tag is there while an asset bears it, a missing one too.
    """

    def __init__(self, database: Database, journal: Journal, steps: Steps) -> None:
        self._database = database
        self._journal = journal
        self._steps = steps

    def all(self) -> list[Tag]:
        """List the tags that assets bear, sorted as people sort names.

        A tag that only missing assets bear is listed, with none; one that only assets of
        removed roots bear is not.
        """
        hidden: dict[int, int] = {}
        seen: set[int] = set()
        for tag_id, removed, count in self._database.rows(
            "SELECT t.tag_id, r.removed IS NOT NULL, COUNT(*) FROM roots r "
            "CROSS JOIN assets a INDEXED BY assets_missing "
            "ON a.root_id = r.id AND a.missing_since IS NOT NULL "
            "CROSS JOIN asset_tags t ON t.asset_id = a.id GROUP BY 1, 2"
        ):
            hidden[tag_id] = hidden.get(tag_id, 0) + count
            if not removed:
                seen.add(tag_id)
        tags = []
        for tag_id, name, count in self._database.rows(
            "SELECT id, name, (SELECT COUNT(*) FROM asset_tags x INDEXED BY asset_tags_by_tag "
            "WHERE x.tag_id = tags.id) FROM tags"
        ):
            shown = count - hidden.get(tag_id, 0)
            if shown > 0 or tag_id in seen:
                tags.append(Tag(name, max(0, shown)))
        return sorted(tags, key=lambda tag: (name_key(tag.name), tag.name))

    def named(self, name: str) -> str | None:
        """Give a tag's name as it was typed first; None where no asset bears such a tag."""
        found: str | None = self._database.value(
            "SELECT name FROM tags WHERE key = ?", (identity(name),)
        )
        return found

    def rate(self, asset_ids: Sequence[int], rating: int) -> Changes:
        """Rate assets 0 (none) to 5. Raises WrongUse for another number."""
        if rating not in RATINGS:
            raise WrongUse(f"A rating is a number from 0 to 5, not {rating}.")
        with self._database.writing(PERSON):
            before: dict[int, list[int]] = {}
            for asset_id, old in self._database.rows(
                "SELECT id, rating FROM assets WHERE rating <> ? AND id " + _THESE,
                (rating, id_list(asset_ids)),
            ):
                before.setdefault(old, []).append(asset_id)
            ids = [asset_id for group in before.values() for asset_id in group]
            if not ids:
                return Changes()
            changes = self._rate(ids, rating)
            self._journal.append(
                "tags.rate", {"ratings": sorted(before.items())}, {"rating": rating}
            )
            sentence = f"Rate {files(len(ids))} {rating}"
            if not rating:
                sentence = f"Take the rating off {files(len(ids))}"
            return changes | self._steps.note(sentence)

    def tag(self, asset_ids: Sequence[int], names: Sequence[str]) -> Changes:
        """Give assets tags; those not known yet come into being.

        Raises WrongUse for a name that is empty, longer than 200 characters or not one line.
        """
        wanted = {identity(name): cleaned(name, "tag") for name in reversed(names)}
        with self._database.writing(PERSON):
            changes, given = Changes(), []
            for name in reversed(wanted.values()):
                ids = self._give(name, asset_ids)
                if ids:
                    given.append(self._shown(name))
                    self._journal.append("tags.tag", after={"name": given[-1], "ids": ids})
                    changes |= _changed(ids)
            if given:
                count = files(len(changes.assets_changed))
                changes |= self._steps.note(f"Tag {count} {_quoted(given)}")
            return changes

    def untag(self, asset_ids: Sequence[int], names: Sequence[str]) -> Changes:
        """Take tags off assets. A tag that nothing bears any more is gone."""
        with self._database.writing(PERSON):
            changes, taken = Changes(), []
            for key in dict.fromkeys(identity(name) for name in names):
                name = self._shown(key)
                ids = self._take(key, asset_ids)
                if ids:
                    taken.append(name)
                    self._journal.append("tags.untag", before={"name": name, "ids": ids})
                    changes |= _changed(ids)
            if taken:
                count = files(len(changes.assets_changed))
                words = "tag" if len(taken) == 1 else "tags"
                changes |= self._steps.note(f"Take the {words} {_quoted(taken)} off {count}")
            return changes

    def rename(self, name: str, new_name: str) -> Changes:
        """Give a tag another name; where that is another tag's, the two become one.

        Raises WrongUse for an unknown tag and a name that no tag can have.
        """
        new = cleaned(new_name, "tag")
        with self._database.writing(PERSON):
            old_id, new_id = self._id(name), self._id(new)
            if old_id is None:
                raise WrongUse(f"There is no tag “{name.strip()}”.")
            before: dict[str, object] = {"name": self._shown(name)}
            if new_id is not None and new_id != old_id:
                old, onto = set(self._bearers(old_id)), set(self._bearers(new_id))
                before |= {"ids": sorted(old), "shared": sorted(old & onto)}
                new = self._shown(new)
            elif before["name"] == new:
                return Changes()
            changes = self._rename(name, new)
            self._journal.append("tags.rename", before, {"name": new})
            verb, way = ("Join", "with") if "ids" in before else ("Rename", "to")
            sentence = f"{verb} the tag “{before['name']}” {way} “{new}”"
            return changes | self._steps.note(sentence)

    def revert(self, entry: Entry) -> Changes:
        """Undo one entry of the journal, for those of its assets that still exist."""
        before, after = entry.before, entry.after
        if entry.what == "tags.rate":
            changes = Changes()
            for rating, ids in before["ratings"]:
                changes |= self._rate(ids, rating)
            return changes
        if entry.what == "tags.tag":
            return _changed(self._take(after["name"], after["ids"]))
        if entry.what == "tags.untag":
            return _changed(self._give(before["name"], before["ids"]))
        if "ids" not in before:
            return self._rename(after["name"], before["name"])
        self._give(before["name"], before["ids"])
        shared = set(before["shared"])
        self._take(after["name"], [each for each in before["ids"] if each not in shared])
        return _changed(before["ids"])

    def repeat(self, entry: Entry) -> Changes:
        """Do again what an entry of the journal says, for the assets that still exist."""
        before, after = entry.before, entry.after
        if entry.what == "tags.rate":
            ids = [asset_id for _, group in before["ratings"] for asset_id in group]
            return self._rate(ids, after["rating"])
        if entry.what == "tags.tag":
            return _changed(self._give(after["name"], after["ids"]))
        if entry.what == "tags.untag":
            return _changed(self._take(before["name"], before["ids"]))
        return self._rename(before["name"], after["name"])

    def _rate(self, asset_ids: Iterable[int], rating: int) -> Changes:
        rows = self._database.execute(
            f"UPDATE assets SET rating = ? WHERE rating <> ? AND id {_THESE} RETURNING id",
            (rating, rating, id_list(asset_ids)),
        ).fetchall()
        return Changes(assets_changed=frozenset(asset_id for (asset_id,) in rows))

    def _give(self, name: str, asset_ids: Iterable[int]) -> list[int]:
        """Give those of the assets that exist a tag; return those that did not bear it."""
        execute, ids = self._database.execute, id_list(asset_ids)
        if self._database.row(f"SELECT 1 FROM assets WHERE id {_THESE} LIMIT 1", (ids,)) is None:
            return []
        execute("INSERT OR IGNORE INTO tags (name, key) VALUES (?, ?)", (name, identity(name)))
        rows = execute(
            "INSERT OR IGNORE INTO asset_tags (asset_id, tag_id) "
            f"SELECT a.id, t.id FROM tags t, assets a WHERE t.key = ? AND a.id {_THESE} "
            "RETURNING asset_id",
            (identity(name), ids),
        ).fetchall()
        return [asset_id for (asset_id,) in rows]

    def _take(self, name: str, asset_ids: Iterable[int]) -> list[int]:
        """Take a tag off assets; return those that bore it."""
        rows = self._database.execute(
            "DELETE FROM asset_tags WHERE tag_id = (SELECT id FROM tags WHERE key = ?) "
            f"AND asset_id {_THESE} RETURNING asset_id",
            (identity(name), id_list(asset_ids)),
        ).fetchall()
        drop_unused(self._database)
        return [asset_id for (asset_id,) in rows]

    def _rename(self, name: str, new: str) -> Changes:
        old_id, new_id = self._id(name), self._id(new)
        if old_id is None:
            return Changes()
        execute, bearers = self._database.execute, self._bearers(old_id)
        if new_id is None or new_id == old_id:
            execute("UPDATE tags SET name = ?, key = ? WHERE id = ?", (new, identity(new), old_id))
        else:
            execute("UPDATE OR IGNORE asset_tags SET tag_id = ? WHERE tag_id = ?", (new_id, old_id))
            execute("DELETE FROM tags WHERE id = ?", (old_id,))
        return _changed(bearers)

    def _id(self, name: str) -> int | None:
        row = self._database.row("SELECT id FROM tags WHERE key = ?", (identity(name),))
        return row[0] if row else None

    def _shown(self, name: str) -> str:
        return self.named(name) or name

    def _bearers(self, tag_id: int) -> list[int]:
        rows = self._database.rows("SELECT asset_id FROM asset_tags WHERE tag_id = ?", (tag_id,))
        return [asset_id for (asset_id,) in rows]


def drop_unused(database: Database) -> None:
    """Drop the tags that no asset bears."""
    database.execute(
        "DELETE FROM tags WHERE NOT EXISTS "
        "(SELECT 1 FROM asset_tags x INDEXED BY asset_tags_by_tag WHERE x.tag_id = tags.id)"
    )


def _changed(asset_ids: Iterable[int]) -> Changes:
    ids = frozenset(asset_ids)
    return Changes(assets_changed=ids, organised=bool(ids))


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)
