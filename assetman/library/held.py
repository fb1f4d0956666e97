"""Which segments hold which times. Arrays are of one content, times are seconds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assetman.core.assets import SegmentKind
from assetman.library.database import Database
from assetman.library.values import id_list

Floats = NDArray[np.float64]
TICKS = 1_000_000  # in a second
_LEAST = 1e-3  # seconds that everything lasts


def ticks(seconds: str, name: str) -> str:
    """Give SQL for a time as a whole number, which is read five times faster."""
    return f"CAST(ROUND({seconds} * {TICKS}) AS INTEGER) AS {name}"


_TIMES = ", ".join(
    [
        ticks("s.start", "c2"),
        ticks('COALESCE(s."end", s.start)', "c3"),
        ticks("COALESCE(s.at, s.start)", "c4"),
    ]
)


@dataclass(frozen=True, slots=True)
class Spans:
    """The segments of a content and the times each stands for, by their beginnings.

    Several frames of one shot share it: each stands for the time until the next, the first also
    for what is before it.
    """

    ids: NDArray[np.int64]  # (n,)
    starts: Floats
    ends: Floats
    shots: Floats  # (n, 2): start and end of the whole segment

    @classmethod
    def of(cls, ids: NDArray[np.int64], times: Floats) -> Spans:
        """Make spans of segments; `times` is (n, 3): start, end, and the frame's own."""
        order = np.lexsort((ids, times[:, 2], times[:, 1], times[:, 0]))
        ids, (starts, ends, at) = ids[order], times[order].T
        shots = np.stack([starts, ends], axis=1)
        same = (starts[1:] == starts[:-1]) & (ends[1:] == ends[:-1])
        begin, finish = starts.copy(), ends.copy()
        begin[1:][same] = at[1:][same]
        finish[:-1][same] = at[1:][same]
        order = np.argsort(begin, kind="stable")
        begin = begin[order]
        return cls(ids[order], begin, np.maximum(finish[order], begin + _LEAST), shots[order])

    def holding(self, passages: Floats) -> NDArray[np.bool_]:
        """Tell which spans share time with passages, (p, 2) start and end, by their starts.

        Of one that none shares time with, the span before it holds it, else the first.
        """
        starts, ends = passages[:, 0], _lasting(passages)
        held = _meet(self.starts, self.ends, starts, ends)
        lonely = ~_meet(starts, ends, self.starts, self.ends)
        held[self.holders(passages[lonely])] = True
        return held

    def holders(self, passages: Floats) -> NDArray[np.intp]:
        """Give the place of the span in which each begins, or of the nearest before it."""
        return np.maximum(np.searchsorted(self.starts, passages[:, 0], "right") - 1, 0)

    def sharing(self, passages: Floats, place: int) -> NDArray[np.bool_]:
        """Tell which passages share time with one span."""
        shared: NDArray[np.bool_] = (passages[:, 0] < self.ends[place]) & (
            _lasting(passages) > self.starts[place]
        )
        return shared


def spans_of(
    database: Database, content_ids: Iterable[int], heard: bool = False
) -> dict[int, Spans]:
    """Read the spans of contents, of what is seen in them or of what is heard.

    Those without such segments, or whose segments have no times, are left out.
    """
    these = "=" if heard else "!="
    contents, ids, *times = database.integers(
        f"SELECT s.content_id AS c0, s.id AS c1, {_TIMES} "
        "FROM json_each(?) j CROSS JOIN segments s ON s.content_id = j.value "
        f"WHERE s.start IS NOT NULL AND s.kind {these} '{SegmentKind.WINDOW}'",
        (id_list(content_ids),),
    )
    rows = np.stack(times, axis=1) / TICKS
    return {content: Spans.of(ids[these], rows[these]) for content, these in by_content(contents)}


def by_content(contents: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.intp]]]:
    """Give each content and the places of its rows, in their order."""
    order = np.argsort(contents, kind="stable")
    distinct, firsts = np.unique(contents[order], return_index=True)
    return (
        zip(distinct.tolist(), np.split(order, firsts[1:]), strict=True) if len(order) else iter(())
    )


def _lasting(passages: Floats) -> Floats:
    ends: Floats = np.maximum(passages[:, 1], passages[:, 0] + _LEAST)
    return ends


def _meet(starts: Floats, ends: Floats, others: Floats, until: Floats) -> NDArray[np.bool_]:
    """Tell which intervals share time with some of others, which are sorted by their starts."""
    if not len(others):
        return np.zeros(len(starts), np.bool_)
    reach = np.maximum.accumulate(until)
    before = np.searchsorted(others, ends, "left")
    return (before > 0) & (reach[np.maximum(before - 1, 0)] > starts)
