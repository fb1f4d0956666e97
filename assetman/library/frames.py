"""The frames that stand for the shots of videos, and the windows of sounds, as they are shown."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assetman.core.assets import SegmentKind
from assetman.library.database import Database, Row
from assetman.library.values import id_list

_COLUMNS = (
    's.id, s.kind, s.start, COALESCE(s."end", s.start), COALESCE(s.at, s.start), s.sheet, s.cell, '
    "c.key, c.width, c.height"
)
_TIMED = f"s.kind IN ('{SegmentKind.SHOT}', '{SegmentKind.WINDOW}') AND s.start IS NOT NULL"
# Of each window the frame nearest to its loudest moment, in the shot that is shown then.
_SEEN_AT = f"""
SELECT segment, sheet, cell FROM (
    SELECT s.id AS segment, x.sheet, x.cell, ROW_NUMBER() OVER (
        PARTITION BY s.id ORDER BY x.start DESC, ABS(x.at - s.at), x.id
    ) AS place
    FROM json_each(?) j CROSS JOIN segments s ON s.id = j.value
    CROSS JOIN segments x ON x.content_id = s.content_id
        AND x.kind = '{SegmentKind.SHOT}' AND x.start <= s.at
) WHERE place = 1"""


@dataclass(frozen=True, slots=True)
class Frame:
    """One representative frame: its shot, its time, and where its small picture lies.

    Or a window of sound, its loudest moment, and the picture of what is seen then, if anything.
    """

    segment_id: int
    kind: SegmentKind
    start: float  # seconds, of the shot or the window
    end: float
    at: float
    sheet: int | None
    cell: int | None
    key: str  # of the content
    width: int | None  # pixels of the video, upright
    height: int | None


class Frames:
    """Reads the segments that are frames or windows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_asset(self, asset_id: int) -> list[Frame]:
        """List the frames of an asset's present content in their order, then its windows."""
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM assets a CROSS JOIN contents c ON c.id = a.content_id "
            f"CROSS JOIN segments s ON s.content_id = c.id AND {_TIMED} "
            "WHERE a.id = ? ORDER BY s.kind, s.ordinal, s.id",
            (asset_id,),
        )
        found = [_frame(row) for row in rows]
        shots = [frame for frame in found if frame.kind is SegmentKind.SHOT]
        starts = [shot.start for shot in shots]
        if starts != sorted(starts):
            shots.sort(key=lambda shot: shot.start)
            starts.sort()
        return [
            frame if frame.kind is SegmentKind.SHOT else _with_picture(frame, shots, starts)
            for frame in found
        ]

    def get(self, segment_ids: Sequence[int]) -> list[Frame]:
        """Give those of the segments that exist and are frames or windows, in the order asked."""
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM json_each(?) j CROSS JOIN segments s ON s.id = j.value "
            f"AND {_TIMED} CROSS JOIN contents c ON c.id = s.content_id ORDER BY j.key",
            (id_list(segment_ids),),
        )
        found = [_frame(row) for row in rows]
        windows = [frame.segment_id for frame in found if frame.kind is SegmentKind.WINDOW]
        pictures = {
            segment: (sheet, cell)
            for segment, sheet, cell in self._database.rows(_SEEN_AT, (id_list(windows),))
        }
        return [
            replace(frame, sheet=pictures[frame.segment_id][0], cell=pictures[frame.segment_id][1])
            if frame.segment_id in pictures
            else frame
            for frame in found
        ]


def _with_picture(window: Frame, shots: Sequence[Frame], starts: Sequence[float]) -> Frame:
    """Give a window with the picture of the frame nearest to it in the shot shown at its time."""
    place = bisect_right(starts, window.at)
    if not place:
        return window
    first = starts[place - 1]
    seen = min(
        (shot for shot in _sharing(shots, place, first)),
        key=lambda shot: (abs(shot.at - window.at), shot.segment_id),
    )
    return replace(window, sheet=seen.sheet, cell=seen.cell)


def _sharing(shots: Sequence[Frame], place: int, start: float) -> list[Frame]:
    """Give the frames before a place that share the shot that begins at `start`."""
    found = []
    while place and shots[place - 1].start == start:
        place -= 1
        found.append(shots[place])
    return found


def _frame(row: Row) -> Frame:
    segment_id, kind, *rest = row
    return Frame(segment_id, SegmentKind(kind), *rest)
