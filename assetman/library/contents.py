"""Contents: sequences of bytes, and what was read from them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from assetman.core.assets import Kind, Probe, SoundFacts
from assetman.core.changes import Changes
from assetman.core.conditions import folded
from assetman.core.errors import WrongUse
from assetman.library.database import Database, Row
from assetman.library.gaps import Gaps
from assetman.library.journal import Journal
from assetman.library.values import absolute, from_bytes, id_list, readable

_COLUMNS = (
    "c.id, c.key, c.digest, c.size, c.whole, c.kind, c.extracted, "
    "c.width, c.height, c.taken, c.facts, c.duration, "
    "c.rate, c.channels, c.loudness, c.peak, c.bpm, c.tonality"
)
# What lists sort and filter assets by is repeated in their rows.
REPEATED = (
    *("duration", "rate", "loudness", "bpm", "tonality"),
    *("width", "height", "camera", "lens", "placed"),
)


@dataclass(frozen=True, slots=True)
class Content:
    """One sequence of bytes. `key` is its digest, or digest~2, … where others share it."""

    id: int
    key: str
    digest: str
    size: int  # bytes
    whole: bool  # whether the digest covers every byte
    kind: Kind
    extracted: bool  # whether it was decoded, so that its segments are known
    probe: Probe | None  # None until it was extracted


@dataclass(frozen=True, slots=True)
class Pending:
    """A content that lacks something, with the asset to read it from."""

    content_id: int
    key: str
    kind: Kind
    extracted: bool
    size: int  # bytes
    asset_id: int
    root_id: int
    path: str  # absolute
    relative: str
    mtime_ns: int
    inode: str  # "0" where the system does not say
    spaces: tuple[int, ...]  # those asked for that it lacks embeddings of


@dataclass(frozen=True, slots=True)
class Derived:
    """What of a content lies in the cache of thumbnails, beside the sheets of its frames."""

    outlines: int = 0  # files of the outline of a sound
    outline_rate: float | None = None  # pairs a second
    pictured: bool = True  # there is a thumbnail; a sound has one only where it has a cover


class Contents:
    """The table of contents."""

    def __init__(self, database: Database, journal: Journal, gaps: Gaps) -> None:
        self._database = database
        self._journal = journal
        self._gaps = gaps

    def get(self, content_id: int) -> Content:
        """Give a content. Raises WrongUse where there is none of that id."""
        row = self._database.row(f"SELECT {_COLUMNS} FROM contents c WHERE c.id = ?", (content_id,))
        if row is None:
            raise WrongUse(f"There is no content {content_id}.")
        return _content(row)

    def of_asset(self, asset_id: int) -> Content:
        """Give the present content of an asset. Raises WrongUse where there is no such asset."""
        row = self._database.row(
            f"SELECT {_COLUMNS} FROM contents c JOIN assets a ON a.content_id = c.id WHERE a.id = ?",
            (asset_id,),
        )
        if row is None:
            raise WrongUse(f"There is no asset {asset_id}.")
        return _content(row)

    def with_digest(self, digest: str) -> list[Content]:
        """List the contents of a digest: several only where samples are all it covers."""
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM contents c WHERE c.digest = ? ORDER BY c.id", (digest,)
        )
        return [_content(row) for row in rows]

    def keys(self) -> set[str]:
        """Give the key of every content: what a cache may hold something for."""
        return {key for (key,) in self._database.rows("SELECT key FROM contents")}

    def last(self) -> int:
        """Give the highest id of a content, 0 without one."""
        return int(self._database.value("SELECT MAX(id) FROM contents") or 0)

    def extracted(self, content_ids: Sequence[int] | None = None) -> list[tuple[int, str, bool]]:
        """Give id and key of every content that was decoded and whose file can be read now.

        The third says whether it has a thumbnail.

        With `content_ids`, of those among them.
        """
        these = "" if content_ids is None else "c.id IN (SELECT value FROM json_each(?)) AND "
        rows = self._database.rows(
            "SELECT DISTINCT c.id, c.key, c.pictured FROM contents c JOIN assets a ON a.content_id = c.id "
            "JOIN roots r ON r.id = a.root_id "
            f"WHERE {these}c.extracted AND a.missing_since IS NULL AND r.online",
            () if content_ids is None else (id_list(content_ids),),
        )
        return [(content_id, key, bool(pictured)) for content_id, key, pictured in rows]

    def renew(self, content_ids: Sequence[int]) -> Changes:
        """Have contents decoded again, since what was derived from them is gone."""
        with self._database.writing():
            self._database.execute(
                "UPDATE contents SET extracted = 0 WHERE id IN (SELECT value FROM json_each(?))",
                (id_list(content_ids),),
            )
            self._gaps.touch(content_ids)
            self._journal.append("contents.renew", after={"ids": list(content_ids)})
        return Changes()

    def add(self, digest: str, size: int, whole: bool, kind: Kind) -> tuple[int, Changes]:
        """Add a content and give its id; the caller gives it an asset in the same transaction."""
        with self._database.writing():
            taken = {content.key for content in self.with_digest(digest)}
            key, number = digest, 1
            while key in taken:
                number += 1
                key = f"{digest}~{number}"
            content_id = self._database.insert(
                "INSERT INTO contents (key, digest, size, whole, kind) VALUES (?, ?, ?, ?, ?)",
                (key, digest, size, whole, str(kind)),
            )
            self._journal.append("contents.add", after={"id": content_id, "key": key})
        return content_id, Changes()

    def set_probe(self, content_id: int, probe: Probe) -> Changes:
        """Keep what a decoder read, and that it did. Raises WrongUse if the content is gone."""
        database = self._database
        with database.writing():
            done = database.execute(
                "UPDATE contents SET extracted = 1, heard = 1, described = NOT EXISTS "
                "(SELECT 1 FROM assets WHERE content_id = contents.id AND sidecars IS NOT NULL), "
                "kind = ?, width = ?, height = ?, taken = ?, facts = ?, duration = ?, "
                "rate = ?, channels = ?, loudness = ?, peak = ?, bpm = ?, "
                "tonality = ?, camera = ?, lens = ?, placed = ? WHERE id = ?",
                (
                    str(probe.kind),
                    probe.width,
                    probe.height,
                    probe.taken,
                    json.dumps(probe.facts),
                    probe.duration,
                    *sound_row(probe.sound or SoundFacts()),
                    *(gear_id(database, probe.facts.get(key)) for key in ("camera", "lens")),
                    "latitude" in probe.facts,
                    content_id,
                ),
            )
            if not done.rowcount:
                raise WrongUse(f"There is no content {content_id}.")
            # The indexes that sort and filter assets hold these.
            repeated = ", ".join(f"{name} = c.{name}" for name in REPEATED)
            database.execute(
                "UPDATE assets SET kind = c.kind, moment = COALESCE(c.taken, mtime_ns / 1e9), "
                f"{repeated} FROM contents c WHERE c.id = ?1 AND assets.content_id = ?1",
                (content_id,),
            )
            self._gaps.touch([content_id])
            self._journal.append("contents.set_probe", after={"id": content_id})
            assets = database.rows("SELECT id FROM assets WHERE content_id = ?", (content_id,))
        return Changes(assets_changed=frozenset(asset_id for (asset_id,) in assets))

    def set_derived(self, content_id: int, derived: Derived) -> None:
        """Keep what of a content the cache of thumbnails has to hold."""
        with self._database.writing():
            self._database.execute(
                "UPDATE contents SET outlines = ?, outline_rate = ?, pictured = ? WHERE id = ?",
                (derived.outlines, derived.outline_rate, derived.pictured, content_id),
            )

    def outlined(self, content_ids: Sequence[int] | None = None) -> dict[int, tuple[int, float]]:
        """Give, of each content with an outline, how many files hold it and its pairs a second.

        With `content_ids`, of those among them.
        """
        these = "" if content_ids is None else " AND id IN (SELECT value FROM json_each(?))"
        rows = self._database.rows(
            "SELECT id, outlines, outline_rate FROM contents INDEXED BY contents_with_outlines "
            f"WHERE outlines > 0 AND outline_rate > 0{these}",
            () if content_ids is None else (id_list(content_ids),),
        )
        return {content_id: (outlines, rate) for content_id, outlines, rate in rows}

    def outlines_of(self, asset_ids: Sequence[int]) -> dict[int, tuple[int, float]]:
        """Give the same by asset, of the assets' present contents."""
        rows = self._database.rows(
            "SELECT a.id, c.outlines, c.outline_rate FROM json_each(?) j "
            "CROSS JOIN assets a ON a.id = j.value CROSS JOIN contents c ON c.id = a.content_id "
            "WHERE c.outlines > 0 AND c.outline_rate > 0",
            (id_list(asset_ids),),
        )
        return {asset_id: (outlines, rate) for asset_id, outlines, rate in rows}

    def pending(
        self,
        space_ids: Sequence[int],
        limit: int,
        first: Sequence[int] = (),
        skip: Collection[int] = (),
    ) -> list[Pending]:
        """List contents that lack segments, or embeddings in one of the spaces.

        Each has a file that can be read now and did not fail as it is now. Those of the asset
        ids in `first` lead, the newest files follow; content ids in `skip` are left out.
        """
        found = self._gaps.due(space_ids, limit, first, skip)
        assets = id_list(found.values())
        lacking: dict[int, set[int]] = {}
        for asset_id, space_id in self._database.rows(
            "SELECT asset_id, space_id FROM gaps WHERE due = 1 "
            "AND asset_id IN (SELECT value FROM json_each(?))",
            (assets,),
        ):
            lacking.setdefault(asset_id, set()).add(space_id)
        rows = self._database.rows(
            "SELECT c.id, c.key, c.kind, c.extracted, c.size, a.id, a.root_id, r.path, a.path, "
            "a.mtime_ns, a.inode FROM json_each(?) j CROSS JOIN assets a ON a.id = j.value "
            "CROSS JOIN contents c ON c.id = a.content_id CROSS JOIN roots r ON r.id = a.root_id "
            "ORDER BY j.key",
            (assets,),
        )
        return [_pending(row, space_ids, lacking.get(row[5], set())) for row in rows]

    def count_pending(self, space_ids: Sequence[int]) -> tuple[int, int]:
        """Count the contents that `pending` would list without a limit, and their bytes."""
        return self._gaps.count_due(space_ids)


def gear_id(database: Database, name: object) -> int | None:
    """Give the id of a camera or a lens, new or known; None for what is no name."""
    if not isinstance(name, str) or not name:
        return None
    name = readable(name)
    key = folded(name)
    known = database.value("SELECT id FROM gear WHERE key = ?", (key,))
    if known is not None:
        return int(known)
    return database.insert("INSERT INTO gear (name, key) VALUES (?, ?)", (name, key))


def sound_row(sound: SoundFacts) -> Row:
    """Give the facts of a sound as they are stored."""
    key = None if sound.key is None else readable(sound.key)
    return sound.rate, sound.channels, sound.loudness, sound.peak, sound.bpm, key


def sound_of(row: Sequence[Any]) -> SoundFacts | None:
    """Give stored facts of a sound; None where nothing is known of any."""
    return SoundFacts(*row) if any(value is not None for value in row) else None


def collect(database: Database, journal: Journal, content_ids: Iterable[int] | None = None) -> None:
    """Drop those of the contents (default: all) that no asset has, with all that is theirs."""
    these = "" if content_ids is None else "id IN (SELECT value FROM json_each(?)) AND "
    dropped = database.execute(
        f"DELETE FROM contents WHERE {these}"
        "NOT EXISTS (SELECT 1 FROM assets a WHERE a.content_id = contents.id) RETURNING id",
        () if content_ids is None else (id_list(content_ids),),
    ).fetchall()
    if dropped:
        ids = [content_id for (content_id,) in dropped]
        journal.append("contents.collect", before={"ids": ids})


def _content(row: Row) -> Content:
    content_id, key, digest, size, whole, kind, extracted, *read = row
    width, height, taken, facts, duration, *sound = read
    probe = None
    if extracted:
        facts = json.loads(facts)
        probe = Probe(Kind(kind), width, height, taken, facts, duration, sound_of(sound))
    return Content(content_id, key, digest, size, bool(whole), Kind(kind), bool(extracted), probe)


def _pending(row: Row, asked: Sequence[int], lacking: set[int]) -> Pending:
    content_id, key, kind, extracted, size, asset_id, root_id, root, path, *stat = row
    mtime_ns, inode = stat
    return Pending(
        content_id=content_id,
        key=key,
        kind=Kind(kind),
        extracted=bool(extracted),
        size=size,
        asset_id=asset_id,
        root_id=root_id,
        path=absolute(root, path),
        relative=from_bytes(path),
        mtime_ns=mtime_ns,
        inode=inode,
        spaces=tuple(i for i in asked if i in lacking or not extracted),
    )
