"""Segments: the smallest things a search can find."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assetman.core.assets import Box, Kind, SegmentDraft, SegmentKind
from assetman.core.conditions import Condition
from assetman.core.errors import WrongUse
from assetman.core.queries import Filters
from assetman.library.database import Database, Row
from assetman.library.filters import EVERYTHING, asked, passing, source
from assetman.library.gaps import Gaps
from assetman.library.holders import Holders
from assetman.library.journal import Journal
from assetman.library.values import box_of, box_text, id_list

_COLUMNS = (
    's.id, s.content_id, s.kind, s.ordinal, s.start, s."end", s.page, s.box, '
    "s.at, s.look, s.sheet, s.cell"
)
_KINDS = tuple(Kind)
_PLACES = " ".join(f"WHEN '{kind}' THEN {place}" for place, kind in enumerate(_KINDS))
_ORDER = f"s.kind = '{SegmentKind.WINDOW}', s.ordinal, s.id"


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a content: the whole picture, a shot, a window of sound, a page, …"""

    id: int
    content_id: int
    kind: SegmentKind
    ordinal: int
    start: float | None  # seconds
    end: float | None
    page: int | None
    box: Box | None
    at: float | None  # seconds; the frame that stands for a shot, a window's loudest moment
    look: str | None  # its perceptual hash
    sheet: int | None
    cell: int | None

    @property
    def draft(self) -> SegmentDraft:
        """Give it as a decoder found it."""
        return SegmentDraft(
            kind=self.kind,
            ordinal=self.ordinal,
            start=self.start,
            end=self.end,
            page=self.page,
            box=self.box,
            at=self.at,
            look=self.look,
            sheet=self.sheet,
            cell=self.cell,
        )


@dataclass(frozen=True, slots=True)
class Owners:
    """Which assets segments belong to: one row for each pair of them."""

    segment_ids: np.ndarray  # (n,) int64
    asset_ids: np.ndarray  # (n,) int64


@dataclass(frozen=True, slots=True)
class Within:
    """What filters leave."""

    by_kind: dict[Kind, int]  # assets
    segments: np.ndarray  # (n,) int64 sorted; of all of them

    @property
    def assets(self) -> int:
        """Count the assets of all kinds."""
        return sum(self.by_kind.values())


class Segments:
    """The table of segments."""

    def __init__(self, database: Database, journal: Journal, gaps: Gaps) -> None:
        self._database = database
        self._journal = journal
        self._gaps = gaps
        self._holders = Holders(database)

    def replace(self, content_id: int, drafts: Sequence[SegmentDraft]) -> list[int]:
        """Make these the segments of a content and give their ids, in order.

        A draft equal to a segment that is there keeps its id and its embeddings. Raises
        WrongUse if the content is gone.
        """
        database = self._database
        with database.writing():
            if database.row("SELECT 1 FROM contents WHERE id = ?", (content_id,)) is None:
                raise WrongUse(f"There is no content {content_id}.")
            left: dict[SegmentDraft, list[int]] = {}
            for segment in reversed(self.of_content(content_id)):
                left.setdefault(segment.draft, []).append(segment.id)
            ids, added = [], []
            for draft in drafts:
                if left.get(draft):
                    ids.append(left[draft].pop())
                else:
                    ids.append(self._insert(content_id, draft))
                    added.append(ids[-1])
            removed = sorted(segment_id for gone in left.values() for segment_id in gone)
            if removed:
                database.execute(
                    "DELETE FROM segments WHERE id IN (SELECT value FROM json_each(?))",
                    (id_list(removed),),
                )
            if added or removed:
                before = {"content": content_id, "removed": removed}
                after = {"content": content_id, "added": added}
                self._journal.append("segments.replace", before, after)
            sheets = max(
                (draft.sheet + 1 for draft in drafts if draft.sheet is not None), default=0
            )
            windows = sum(draft.kind is SegmentKind.WINDOW for draft in drafts)
            database.execute(
                "UPDATE contents SET sheets = ?1, windows = ?2 WHERE id = ?3 "
                "AND (sheets != ?1 OR windows != ?2)",
                (sheets, windows, content_id),
            )
            self._gaps.touch([content_id])
        return ids

    def of_content(self, content_id: int) -> list[Segment]:
        """List the segments of a content in their order, what is heard last."""
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM segments s WHERE s.content_id = ? ORDER BY {_ORDER}",
            (content_id,),
        )
        return [_segment(row) for row in rows]

    def of_asset(self, asset_id: int) -> list[Segment]:
        """List the segments of an asset's present content in their order, what is heard last."""
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM assets a CROSS JOIN segments s ON s.content_id = a.content_id "
            f"WHERE a.id = ? ORDER BY {_ORDER}",
            (asset_id,),
        )
        return [_segment(row) for row in rows]

    def get(self, segment_ids: Sequence[int] | np.ndarray) -> dict[int, Segment]:
        """Give those of the segments that exist, by id."""
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM segments s WHERE s.id IN (SELECT value FROM json_each(?))",
            (id_list(segment_ids),),
        )
        return {row[0]: _segment(row) for row in rows}

    def matching(self, filters: Filters | Condition) -> np.ndarray:
        """Give the segments that some asset which passes has: (n,) int64, sorted."""
        return self.within(filters).segments

    def within(self, filters: Filters | Condition) -> Within:
        """Find the assets that pass, of each kind, and their segments, all in one go."""
        condition = asked(filters)
        where, values = passing(condition)
        (found,) = self._database.integers(
            f"SELECT a.content_id * {len(_KINDS)} + CASE a.kind {_PLACES} END AS c0 "
            f"FROM {source(condition)} WHERE {where}",
            values,
        )
        contents, places = np.divmod(found, len(_KINDS))
        counts = np.bincount(places, minlength=len(_KINDS)).tolist()
        return Within(dict(zip(_KINDS, counts, strict=True)), self._holders.segments_of(contents))

    def owners(self, segment_ids: np.ndarray, filters: Filters | Condition = EVERYTHING) -> Owners:
        """Pair segments with the assets that have them and pass."""
        where, values = passing(asked(filters), one=True)
        segments, assets = self._database.integers(
            "SELECT s.id AS c0, a.id AS c1 FROM json_each(?) j "
            "CROSS JOIN segments s ON s.id = j.value "
            "CROSS JOIN assets a INDEXED BY assets_by_content ON a.content_id = s.content_id "
            f"WHERE {where}",
            [id_list(segment_ids), *values],
        )
        return Owners(segments, assets)

    def of_assets(self, asset_ids: Sequence[int]) -> Owners:
        """Pair assets with all segments of their present contents."""
        segments, assets = self._database.integers(
            "SELECT s.id AS c0, a.id AS c1 FROM json_each(?) j "
            "CROSS JOIN assets a ON a.id = j.value "
            "CROSS JOIN segments s ON s.content_id = a.content_id",
            [id_list(asset_ids)],
        )
        return Owners(segments, assets)

    def siblings(self, segment_ids: np.ndarray) -> np.ndarray:
        """Give all segments of the contents that some segments are of: (n,) int64."""
        (ids,) = self._database.integers(
            "SELECT s.id AS c0 FROM segments s WHERE s.content_id IN (SELECT content_id "
            "FROM segments WHERE id IN (SELECT value FROM json_each(?)))",
            (id_list(segment_ids),),
        )
        return ids

    def count(self) -> int:
        """Count all segments."""
        return int(self._database.value("SELECT COUNT(*) FROM segments"))

    def sheets(self, content_ids: Sequence[int] | None = None) -> dict[int, int]:
        """Give how many sheets hold the frames of each content that has some.

        With `content_ids`, of those among them.
        """
        these = "" if content_ids is None else " AND id IN (SELECT value FROM json_each(?))"
        return dict(
            self._database.rows(
                "SELECT id, sheets FROM contents INDEXED BY contents_with_sheets "
                f"WHERE sheets > 0{these}",
                () if content_ids is None else (id_list(content_ids),),
            )
        )

    def _insert(self, content_id: int, draft: SegmentDraft) -> int:
        return self._database.insert(
            'INSERT INTO segments (content_id, kind, ordinal, start, "end", page, box, '
            "at, look, sheet, cell) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                content_id,
                str(draft.kind),
                draft.ordinal,
                draft.start,
                draft.end,
                draft.page,
                box_text(draft.box),
                draft.at,
                draft.look,
                draft.sheet,
                draft.cell,
            ),
        )


def _segment(row: Row) -> Segment:
    segment_id, content_id, kind, ordinal, start, end, page, box, *frame = row
    rectangle = box_of(box)
    return Segment(
        segment_id, content_id, SegmentKind(kind), ordinal, start, end, page, rectangle, *frame
    )
