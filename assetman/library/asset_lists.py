"""Assets as they are asked for: one by one, in lists, counted."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assetman.core.assets import Asset, AssetState, Kind
from assetman.core.conditions import Condition, Key, Test, asks_for_missing, either, every
from assetman.core.inputs import Modality
from assetman.core.queries import Filters, Sort
from assetman.library.contents import sound_of
from assetman.library.database import Database, Row
from assetman.library.filters import EVERYTHING, asked, having, order, passing, source
from assetman.library.gaps import EXTRACTION
from assetman.library.values import absolute, from_bytes, id_list, name_key, to_bytes

_THESE = "IN (SELECT value FROM json_each(?))"


@dataclass(frozen=True, slots=True)
class AssetCounts:
    """How many assets there are. Offline ones count by kind too, missing ones do not."""

    by_kind: dict[Kind, int] = field(default_factory=dict)
    missing: int = 0
    offline: int = 0


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an asset comes from: what it holds, where it lies, when it was taken."""

    asset_id: int
    content_id: int
    folder: tuple[int, bytes]  # with its root
    taken: float | None  # seconds since the epoch


class AssetLists:
    """Reads the table of assets."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, asset_ids: Sequence[int]) -> list[Asset]:
        """Give those of the assets that exist, missing ones included, in the order asked.

        Those of a removed root are as if they did not.
        """
        rows = self._database.rows(
            "SELECT a.id, a.root_id, r.path, a.path, a.kind, a.missing_since, "
            "r.online, a.size, a.mtime_ns, c.taken, c.width, c.height, c.key, a.rating, c.duration, "
            "c.rate, c.channels, c.loudness, c.peak, c.bpm, c.tonality, "
            "(SELECT group_concat(t.name, char(10)) FROM asset_tags x "
            "CROSS JOIN tags t ON t.id = x.tag_id WHERE x.asset_id = a.id) "
            "FROM json_each(?) j CROSS JOIN assets a ON a.id = j.value "
            "CROSS JOIN contents c ON c.id = a.content_id "
            "CROSS JOIN roots r ON r.id = a.root_id AND r.removed IS NULL ORDER BY j.key",
            (id_list(asset_ids),),
        )
        return [_asset(row) for row in rows]

    def origins(self, asset_ids: Sequence[int]) -> list[Origin]:
        """Say of those of the assets that exist where they come from."""
        rows = self._database.rows(
            "SELECT a.id, a.content_id, a.root_id, a.folder, c.taken "
            "FROM json_each(?) j CROSS JOIN assets a ON a.id = j.value "
            "CROSS JOIN contents c ON c.id = a.content_id",
            (id_list(asset_ids),),
        )
        return [
            Origin(asset_id, content_id, (root_id, folder), taken)
            for asset_id, content_id, root_id, folder, taken in rows
        ]

    def at(self, root_id: int, path: str) -> int | None:
        """Find the asset of a relative path, missing or not."""
        row = self._database.row(
            "SELECT id FROM assets WHERE root_id = ? AND path = ?", (root_id, to_bytes(path))
        )
        return row[0] if row else None

    def at_path(self, path: str) -> int | None:
        """Find the asset of an absolute path without links in it, missing or not."""
        for root_id, raw in self._database.rows("SELECT id, path FROM roots WHERE removed IS NULL"):
            folder = os.path.join(from_bytes(raw), "")
            if path.startswith(folder):
                return self.at(root_id, path[len(folder) :].replace(os.sep, "/"))
        return None

    def ids(
        self,
        filters: Filters | Condition = EVERYTHING,
        sort: Sort = Sort.DATE,
        descending: bool = True,
    ) -> list[int]:
        """List the assets that pass, in order; the relevance of a plain list is its date.

        Those that lack what they are sorted by come last, the newest first.
        """
        condition = asked(filters)
        if sort is Sort.KIND:
            each = (_of_kinds(condition, kind) for kind in sorted(Kind, reverse=descending))
            return [asset_id for one in each for asset_id in self.ids(one, Sort.NAME, False)]
        where, values = passing(condition)
        if some := having(sort):
            where = f"{some} AND {where}"
        text = self._database.value(
            f"SELECT json_group_array(id) FROM (SELECT a.id FROM {source(condition, sort)} "
            f"WHERE {where} ORDER BY {order(sort, descending)} LIMIT -1)",
            values,
        )
        ids: list[int] = json.loads(text)
        if some:
            found = set(ids)
            ids += [asset_id for asset_id in self.ids(condition) if asset_id not in found]
        return ids

    def count(self, filters: Filters | Condition = EVERYTHING) -> int:
        """Count the assets that pass."""
        condition = asked(filters)
        where, values = passing(condition)
        sql = f"SELECT COUNT(*) FROM {source(condition)} WHERE {where}"
        return int(self._database.value(sql, values))

    def count_searchable(
        self,
        filters: Filters | Condition,
        space_ids: int | Sequence[int],
        by_kind: Mapping[Kind, int] | None = None,
    ) -> int:
        """Count the assets that pass and have a segment embedded in a space, or in any of some.

        `by_kind` counts those that pass, where that is known.
        """
        self._database.settle()
        condition = asked(filters)
        spaces = [space_ids] if isinstance(space_ids, int) else list(space_ids)
        if asks_for_missing(condition):  # of these nothing is listed as lacking
            where, values = passing(condition)
            embedded = (
                "EXISTS (SELECT 1 FROM segments s CROSS JOIN embeddings e ON e.segment_id = s.id "
                f"AND e.space_id {_THESE} WHERE s.content_id = a.content_id)"
            )
            sql = f"SELECT COUNT(*) FROM {source(condition)} WHERE {where} AND {embedded}"
            return int(self._database.value(sql, [*values, id_list(spaces)]))
        takers = self._takers(spaces)
        kinds = [kind for kind in Kind if takers[kind]]
        if not kinds:
            return 0
        if len(kinds) < len(Kind):
            condition = _of_kinds(condition, *kinds)
        where, values = passing(condition, one=True)
        # Those without are few as a rule, and listed: once for each space that takes their kind.
        count = " ".join(f"WHEN '{kind}' THEN {takers[kind]}" for kind in kinds)
        bare = self._database.value(
            "SELECT COUNT(*) FROM (SELECT 1 FROM gaps g CROSS JOIN assets a ON a.id = g.asset_id "
            f"WHERE g.bare = 1 AND g.space_id {_THESE} AND {where} GROUP BY g.asset_id "
            f"HAVING MIN(g.space_id) = {EXTRACTION} OR COUNT(*) = CASE a.kind {count} END)",
            [id_list([EXTRACTION, *spaces]), *values],
        )
        counted = self.count(condition) if by_kind is None else sum(map(by_kind.__getitem__, kinds))
        return counted - int(bare)

    def _takers(self, space_ids: Sequence[int]) -> dict[Kind, int]:
        """Count, for each kind of file, those of the spaces that have embeddings of it."""
        rows = self._database.rows(
            f"SELECT modality, COUNT(*) FROM spaces WHERE id {_THESE} GROUP BY modality",
            (id_list(space_ids),),
        )
        spaces = dict[str, int](rows)
        heard = spaces.pop(Modality.SOUND, 0)
        seen = sum(spaces.values())
        return {**dict.fromkeys(Kind, seen), Kind.VIDEO: seen + heard, Kind.AUDIO: heard}

    def count_hidden(self) -> int:
        """Count the assets that are missing, those of removed roots too."""
        sql = (
            "SELECT COUNT(*) FROM assets INDEXED BY assets_missing WHERE missing_since IS NOT NULL"
        )
        return int(self._database.value(sql))

    def of_content(self, content_id: int) -> list[int]:
        """List the assets of a content that are not missing."""
        rows = self._database.rows(
            "SELECT id FROM assets WHERE content_id = ? AND missing_since IS NULL ORDER BY id",
            (content_id,),
        )
        return [asset_id for (asset_id,) in rows]

    def missing_since(self, moment: float) -> list[int]:
        """List the assets that have been missing since a time, in seconds since the epoch."""
        rows = self._database.rows(
            "SELECT a.id FROM roots r CROSS JOIN assets a INDEXED BY assets_missing "
            "ON a.root_id = r.id AND a.missing_since <= ? ORDER BY a.id",
            (moment,),
        )
        return [asset_id for (asset_id,) in rows]

    def counts(self) -> AssetCounts:
        """Count the assets by kind, the missing and the offline ones."""
        by_kind: dict[Kind, int] = {}
        offline = 0
        for kind, online, count in self._database.rows(
            "SELECT a.kind, r.online, COUNT(*) FROM roots r "
            "CROSS JOIN assets a INDEXED BY assets_by_folder "
            "ON a.root_id = r.id AND a.missing_since IS NULL GROUP BY r.id, a.kind"
        ):
            by_kind[Kind(kind)] = by_kind.get(Kind(kind), 0) + count
            offline += 0 if online else count
        missing = self._database.value(
            "SELECT COUNT(*) FROM roots r CROSS JOIN assets a INDEXED BY assets_missing "
            "ON a.root_id = r.id AND a.missing_since IS NOT NULL WHERE r.removed IS NULL"
        )
        return AssetCounts(by_kind, missing, offline)


def _of_kinds(condition: Condition, *kinds: Kind) -> Condition:
    return every(condition, either(*(Test(Key.TYPE, str(kind)) for kind in kinds)))


def _asset(row: Row) -> Asset:
    asset_id, root_id, root, path, kind, missing, online, size, mtime_ns, *rest = row
    state = AssetState.PRESENT if online else AssetState.OFFLINE
    taken, width, height, key, rating, duration, *sound, tags = rest
    return Asset(
        id=asset_id,
        root_id=root_id,
        path=absolute(root, path),
        kind=Kind(kind),
        state=state if missing is None else AssetState.MISSING,
        size=size,
        modified=mtime_ns / 1e9,
        taken=taken,
        width=width,
        height=height,
        fingerprint=key,
        rating=rating,
        tags=tuple(sorted(tags.split("\n"), key=lambda name: (name_key(name), name)))
        if tags
        else (),
        missing_since=missing,
        duration=duration,
        sound=sound_of(sound),
    )
