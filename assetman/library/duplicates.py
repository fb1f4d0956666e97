"""Which assets are copies of each other, which are not though they look it, and which went."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import combinations, product

from assetman.core.assets import Kind
from assetman.core.changes import Changes
from assetman.core.duplicates import Relation
from assetman.library.database import Database, Row
from assetman.library.gaps import Gaps
from assetman.library.journal import PERSON, Entry, Journal
from assetman.library.names import files
from assetman.library.steps import Steps
from assetman.library.values import absolute, id_list

_THESE = "IN (SELECT value FROM json_each(?))"
_SHARED = (
    "(SELECT content_id FROM assets INDEXED BY assets_by_content GROUP BY content_id "
    "HAVING COUNT(*) > 1)"
)
_WHOLE = "NOT EXISTS (SELECT 1 FROM parted p WHERE p.one = MIN(a.id, b.id) AND p.other = MAX(a.id, b.id))"
_TWIN = (
    "EXISTS (SELECT 1 FROM assets b INDEXED BY assets_by_content WHERE b.content_id = %s "
    f"AND b.id <> a.id AND b.missing_since IS NULL AND {_WHOLE})"
)
_OF = "CROSS JOIN assets a INDEXED BY assets_by_content ON a.content_id = %s AND a.missing_since IS NULL"

DUPLICATES = f"""
SELECT a.id FROM {_SHARED} t {_OF % "t.content_id"} WHERE {_TWIN % "a.content_id"}
UNION SELECT a.id FROM likenesses l {_OF % "l.one"} WHERE {_TWIN % "l.other"}
UNION SELECT a.id FROM likenesses l {_OF % "l.other"} WHERE {_TWIN % "l.one"}"""
"""SQL for the ids of all assets, not missing, that have a duplicate."""


@dataclass(frozen=True, slots=True)
class Member:
    """An asset as it is weighed against its copies."""

    asset_id: int
    content_id: int
    kind: Kind
    path: str  # absolute
    size: int  # bytes
    modified: float  # seconds since the epoch
    pixels: tuple[int, int] | None  # width and height, upright
    duration: float | None  # seconds
    camera: bool  # the file says which camera took it
    rating: int
    tags: int
    collections: int
    online: bool


@dataclass(frozen=True, slots=True)
class TrashedFile:
    """A file that was moved to the trash."""

    id: int  # of its asset
    path: str  # absolute, where it was
    place: str | None  # in the trash, where that is known


@dataclass(frozen=True, slots=True)
class Trashed:
    """What one step moved to the trash, and the asset that was kept instead."""

    kept: int
    files: tuple[TrashedFile, ...]


class Duplicates:
    """The pairs of contents that show the same, and what the person made of them."""

    def __init__(self, database: Database, journal: Journal, gaps: Gaps, steps: Steps) -> None:
        self._database = database
        self._journal = journal
        self._gaps = gaps
        self._steps = steps

    def relate(self, relations: Iterable[Relation]) -> Changes:
        """Keep that contents show the same; what is kept of a pair already is replaced.

        Contents that have gone meanwhile are passed over.
        """
        rows = [_row(each) for each in relations if each.one != each.other]
        if not rows:
            return Changes()
        with self._database.writing():
            self._database.execute_many(
                "INSERT OR REPLACE INTO likenesses (one, other, strength, how) "
                "SELECT ?1, ?2, ?3, ?4 WHERE (SELECT COUNT(*) FROM contents WHERE id IN (?1, ?2)) = 2",
                rows,
            )
            self._journal.append("copies.relate", after={"pairs": len(rows)})
        return Changes(duplicates=True)

    def unrelate(self, content_ids: Sequence[int]) -> Changes:
        """Forget what some contents are like: they are to be compared anew."""
        dropped = 0
        with self._database.writing():
            for side in ("one", "other"):
                dropped += self._database.execute(
                    f"DELETE FROM likenesses WHERE {side} {_THESE}", (id_list(content_ids),)
                ).rowcount
            if dropped:
                self._journal.append("copies.unrelate", before={"pairs": dropped})
        return Changes(duplicates=dropped > 0)

    def relations(self, content_ids: Iterable[int] | None = None) -> list[Relation]:
        """List the pairs of contents that show the same, the surest first.

        With `content_ids`, those of which both are among them.
        """
        values: tuple[str, ...] = ()
        within = ""
        if content_ids is not None:
            ids = id_list(content_ids)
            within, values = f"WHERE one {_THESE} AND other {_THESE} ", (ids, ids)
        rows = self._database.rows(
            f"SELECT one, other, strength, how FROM likenesses {within}"
            "ORDER BY strength DESC, one, other",
            values,
        )
        return [_relation(row) for row in rows]

    def shared(self) -> list[int]:
        """List the contents that several assets have."""
        return [content_id for (content_id,) in self._database.rows(f"SELECT * FROM {_SHARED}")]

    def members(
        self, content_ids: Iterable[int] | None = None, asset_ids: Iterable[int] | None = None
    ) -> list[Member]:
        """Give the assets, not missing, of contents, or those of the asset ids."""
        by, ids = ("a.content_id", content_ids) if asset_ids is None else ("a.id", asset_ids)
        rows = self._database.rows(
            "SELECT a.id, a.content_id, a.kind, r.path, a.path, a.size, a.mtime_ns, c.width, "
            "c.height, c.duration, json_extract(c.facts, '$.camera') IS NOT NULL, a.rating, "
            "(SELECT COUNT(*) FROM asset_tags t WHERE t.asset_id = a.id), "
            "(SELECT COUNT(*) FROM collection_assets m WHERE m.asset_id = a.id), r.online "
            f"FROM json_each(?) j CROSS JOIN assets a ON {by} = j.value "
            "CROSS JOIN contents c ON c.id = a.content_id CROSS JOIN roots r ON r.id = a.root_id "
            "WHERE a.missing_since IS NULL ORDER BY a.id",
            (id_list(ids or ()),),
        )
        return [_member(row) for row in rows]

    def parted(self) -> set[tuple[int, int]]:
        """Give the pairs of assets that the person says are no duplicates, the lower id first."""
        return set(self._database.rows("SELECT one, other FROM parted"))

    def part(self, asset_ids: Sequence[int], others: Sequence[int] | None = None) -> Changes:
        """Keep that no two of these assets are duplicates; with `others`, that none is of those."""
        with self._database.writing(PERSON):
            ids, rest = sorted(set(asset_ids)), set(others or ()) - set(asset_ids)
            pairs = combinations(ids, 2) if others is None else product(ids, rest)
            added = self._part(sorted((min(pair), max(pair)) for pair in pairs))
            if not added:
                return Changes()
            self._journal.append("copies.part", after={"pairs": added})
            changes = Changes(assets_changed=frozenset(ids) | rest, duplicates=True)
            said = "are" if others is None or len(ids) > 1 else "is"
            step = f"Say that {files(len(ids))} {said} not duplicates"
            if others is not None:
                step = f"Say that {files(len(ids))} {said} no duplicate of {files(len(rest))}"
            return changes | self._steps.note(step)

    def keeping(self, asset_id: int, kept: str, others: int) -> Changes:
        """Begin the step that keeps one of several copies, inside the transaction of it all."""
        self._journal.append("copies.keep", after={"kept": asset_id}, origin=PERSON)
        return self._steps.note(f"Keep “{kept}” and move {files(others)} to the trash")

    def trashed(self, places: dict[int, str | None]) -> Changes:
        """Keep that the files of assets were moved to the trash, and where each lies there."""
        paths = self._paths(places)
        gone = [
            {"id": asset_id, "path": path, "place": places[asset_id]}
            for asset_id, path in paths.items()
        ]
        self._journal.append("copies.trash", before={"files": gone}, origin=PERSON)
        return self._mark(list(paths), missing=True)

    def trashed_in(self, transaction: int) -> Trashed | None:
        """Say what one step moved to the trash, and for what; None where it moved nothing."""
        said = {entry.what: entry for entry in self._journal.of_person(transaction)}
        if "copies.keep" not in said or "copies.trash" not in said:
            return None
        moved = self._moved(said["copies.trash"])
        again = self._database.value(
            "SELECT after FROM journal WHERE what = 'copies.again' "
            "AND json_extract(before, '$.transaction') = ? ORDER BY sequence DESC LIMIT 1",
            (transaction,),
        )
        if again is not None:
            places = json.loads(again)["places"]
            moved = [replace(file, place=places.get(str(file.id), file.place)) for file in moved]
        return Trashed(said["copies.keep"].after["kept"], tuple(moved))

    def trashed_again(self, transaction: int, places: dict[int, str | None]) -> None:
        """Keep where the files of a step lie, now that they were moved to the trash anew."""
        with self._database.writing():
            self._journal.append("copies.again", {"transaction": transaction}, {"places": places})

    def revert(self, entry: Entry) -> Changes:
        """Undo one entry of the journal; files that are back in their places count again."""
        if entry.what == "copies.part":
            return self._join(entry.after["pairs"])
        if entry.what == "copies.trash":
            return self._mark(self._there(entry), missing=False)
        return Changes()

    def repeat(self, entry: Entry) -> Changes:
        """Do again what an entry says; files that are in their places are not gone."""
        if entry.what == "copies.part":
            self._part(entry.after["pairs"])
            return _touched(entry.after["pairs"])
        if entry.what == "copies.trash":
            there = set(self._there(entry))
            gone = [file.id for file in self._moved(entry) if file.id not in there]
            return self._mark(gone, missing=True)
        return Changes()

    def _part(self, pairs: Iterable[Sequence[int]]) -> list[tuple[int, int]]:
        added = []
        for one, other in pairs:
            done = self._database.execute(
                "INSERT OR IGNORE INTO parted (one, other) "
                "SELECT ?1, ?2 WHERE (SELECT COUNT(*) FROM assets WHERE id IN (?1, ?2)) = 2",
                (one, other),
            )
            if done.rowcount:
                added.append((one, other))
        return added

    def _join(self, pairs: Sequence[Sequence[int]]) -> Changes:
        self._database.execute_many("DELETE FROM parted WHERE one = ? AND other = ?", pairs)
        return _touched(pairs)

    def _moved(self, entry: Entry) -> list[TrashedFile]:
        """Give what an entry says was moved, by the paths that the files have by now."""
        moved = [TrashedFile(**file) for file in entry.before["files"]]
        paths = self._paths(file.id for file in moved)
        return [replace(file, path=paths.get(file.id, file.path)) for file in moved]

    def _there(self, entry: Entry) -> list[int]:
        """Give the assets of an entry whose files are in their places, and are the same files."""
        moved = {file.id: file.path for file in self._moved(entry)}
        rows = self._database.rows(
            f"SELECT id, size, mtime_ns FROM assets WHERE id {_THESE}", (id_list(moved),)
        )
        there = []
        for asset_id, size, mtime_ns in rows:
            with suppress(OSError):
                found = os.stat(moved[asset_id])
                if (found.st_size, found.st_mtime_ns) == (size, mtime_ns):
                    there.append(asset_id)
        return there

    def _paths(self, asset_ids: Iterable[int]) -> dict[int, str]:
        rows = self._database.rows(
            "SELECT a.id, r.path, a.path FROM assets a JOIN roots r ON r.id = a.root_id "
            f"WHERE a.id {_THESE}",
            (id_list(asset_ids),),
        )
        return {asset_id: absolute(root, path) for asset_id, root, path in rows}

    def _mark(self, asset_ids: Sequence[int], missing: bool) -> Changes:
        rows = self._database.execute(
            f"UPDATE assets SET missing_since = ? WHERE id {_THESE} AND root_id IN "
            "(SELECT id FROM roots WHERE removed IS NULL) RETURNING id, content_id",
            (time.time() if missing else None, id_list(asset_ids)),
        ).fetchall()
        self._gaps.touch(content_id for _, content_id in rows)
        ids = frozenset(asset_id for asset_id, _ in rows)
        if missing:
            return Changes(assets_removed=ids, organised=True, duplicates=True)
        return Changes(assets_added=ids, organised=True, duplicates=True)


def _touched(pairs: Iterable[Sequence[int]]) -> Changes:
    ids = frozenset(asset_id for pair in pairs for asset_id in pair)
    return Changes(assets_changed=ids, duplicates=True)


def _row(relation: Relation) -> Row:
    if relation.one > relation.other:
        relation = relation.turned
    how = {
        "between": relation.between,
        "one": relation.of_one,
        "other": relation.of_other,
        "seconds": relation.seconds,
    }
    said = {name: value for name, value in how.items() if value}
    return relation.one, relation.other, relation.strength, json.dumps(said)


def _relation(row: Row) -> Relation:
    one, other, strength, how = row
    said = json.loads(how)
    between, of_one, of_other = (tuple(said.get(name, ())) for name in ("between", "one", "other"))
    spans = said.get("seconds")
    seconds = (tuple(spans[0]), tuple(spans[1])) if spans else None
    return Relation(one, other, strength, between, of_one, of_other, seconds)


def _member(row: Row) -> Member:
    asset_id, content_id, kind, root, path, size, mtime_ns, width, height, *rest = row
    duration, camera, rating, tags, collections, online = rest
    return Member(
        asset_id,
        content_id,
        Kind(kind),
        absolute(root, path),
        size,
        mtime_ns / 1e9,
        (width, height) if width and height else None,
        duration,
        bool(camera),
        rating,
        tags,
        collections,
        bool(online),
    )
