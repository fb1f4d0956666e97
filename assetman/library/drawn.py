"""The segments of which a small picture or an outline is kept, and where that is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from assetman.core.assets import SegmentKind
from assetman.library.database import Database
from assetman.library.values import id_list

_SHOWN = f"('{SegmentKind.IMAGE}', '{SegmentKind.SHOT}', '{SegmentKind.PAGE}')"


@dataclass(frozen=True, slots=True)
class Shown:
    """A segment that is seen: the thumbnail of its content, or a cell of one of its sheets."""

    segment_id: int
    key: str  # of the content
    sheet: int | None
    cell: int | None
    width: int | None  # pixels of the content, upright
    height: int | None


@dataclass(frozen=True, slots=True)
class Sounding:
    """A segment that is heard: some seconds of the outline of its content."""

    segment_id: int
    key: str
    start: float  # seconds
    end: float
    parts: int  # files of the outline
    rate: float  # pairs a second


class Drawn:
    """Reads the segments by what is drawn of them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def last_id(self) -> int:
        """Give the highest number that was ever given to a segment."""
        return int(
            self._database.value("SELECT seq FROM sqlite_sequence WHERE name = 'segments'") or 0
        )

    def shown_ids(self) -> np.ndarray:
        """List the segments of which there may be a picture: (n,) int64, sorted."""
        return self._ids(
            f"s.kind IN {_SHOWN} AND c.pictured = 1 "
            f"AND (s.kind != '{SegmentKind.SHOT}' OR s.sheet IS NOT NULL)"
        )

    def sounding_ids(self) -> np.ndarray:
        """List the segments of which there may be an outline: (n,) int64, sorted."""
        return self._ids(f"s.kind = '{SegmentKind.WINDOW}' AND c.outlines > 0")

    def shown(self, segment_ids: Iterable[int]) -> list[Shown]:
        """Say where the pictures of segments are."""
        rows = self._database.rows(
            "SELECT s.id, c.key, s.sheet, s.cell, c.width, c.height "
            "FROM json_each(?) j CROSS JOIN segments s ON s.id = j.value "
            "CROSS JOIN contents c ON c.id = s.content_id",
            (id_list(segment_ids),),
        )
        return [Shown(*row) for row in rows]

    def sounding(self, segment_ids: Iterable[int]) -> list[Sounding]:
        """Say where the outlines of segments are."""
        rows = self._database.rows(
            "SELECT s.id, c.key, COALESCE(s.start, 0.0), "
            'COALESCE(s."end", c.duration, s.start, 0.0), c.outlines, c.outline_rate '
            "FROM json_each(?) j CROSS JOIN segments s ON s.id = j.value "
            "CROSS JOIN contents c ON c.id = s.content_id AND c.outline_rate > 0",
            (id_list(segment_ids),),
        )
        return [Sounding(*row) for row in rows]

    def _ids(self, condition: str) -> np.ndarray:
        (ids,) = self._database.integers(
            "SELECT s.id AS c0 FROM segments s CROSS JOIN contents c ON c.id = s.content_id "
            f"WHERE {condition}"
        )
        return np.sort(ids)
