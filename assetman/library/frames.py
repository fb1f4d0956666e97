"""The frames that stand for the shots of videos, as they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assetman.core.assets import SegmentKind
from assetman.library.database import Database, Row
from assetman.library.values import id_list

_COLUMNS = (
    's.id, s.start, COALESCE(s."end", s.start), COALESCE(s.at, s.start), s.sheet, s.cell, '
    "c.key, c.width, c.height"
)
_SHOT = f"s.kind = '{SegmentKind.SHOT}' AND s.start IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Frame:
    """One representative frame: its shot, its time, and where its small picture lies."""

    segment_id: int
    start: float  # seconds, of the shot
    end: float
    at: float
    sheet: int | None
    cell: int | None
    key: str  # of the content
    width: int | None  # pixels of the video, upright
    height: int | None


class Frames:
    """Reads the segments that are frames."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_asset(self, asset_id: int) -> list[Frame]:
        """List the frames of an asset's present content in their order."""
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM assets a CROSS JOIN contents c ON c.id = a.content_id "
            f"CROSS JOIN segments s ON s.content_id = c.id AND {_SHOT} "
            "WHERE a.id = ? ORDER BY s.ordinal, s.id",
            (asset_id,),
        )
        return [_frame(row) for row in rows]

    def get(self, segment_ids: Sequence[int]) -> list[Frame]:
        """Give those of the segments that exist and are frames, in the order asked."""
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM json_each(?) j CROSS JOIN segments s ON s.id = j.value "
            f"AND {_SHOT} CROSS JOIN contents c ON c.id = s.content_id ORDER BY j.key",
            (id_list(segment_ids),),
        )
        return [_frame(row) for row in rows]


def _frame(row: Row) -> Frame:
    return Frame(*row)
