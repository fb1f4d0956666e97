"""Where in a file words are said or read: their passages, and the segments these fall into."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from assetman.core.assets import PassageKind
from assetman.library.database import Database
from assetman.library.held import TICKS, Floats, Spans, by_content, spans_of, ticks
from assetman.library.values import id_list
from assetman.library.words import any_of
from assetman.library.writings import PASSAGE, SAID_KINDS, listed

_TIMES = ticks("p.start", "c1") + ", " + ticks('p."end"', "c2")


@dataclass(frozen=True, slots=True)
class Saying:
    """The seconds in which something is said, and the segment that shows what is seen then.

    Of what has no pictures it is the window in which it is heard.
    """

    start: float
    end: float
    segment_id: int | None = None


class Sayings:
    """Finds passages of some kinds by phrases of which at least one is in them."""

    def __init__(self, database: Database, kinds: Collection[PassageKind] = SAID_KINDS) -> None:
        self._database = database
        self._kinds = kinds

    def holding(
        self, phrases: Sequence[str], content_ids: Sequence[int] | None = None
    ) -> np.ndarray:
        """Give the segments that hold a passage that matches: (n,) int64, sorted.

        With `content_ids`, of those contents.
        """
        passages = self._passages(phrases, content_ids)
        held = [np.empty(0, np.int64)]
        for spans in self._spans(passages):
            held += [each.ids[each.holding(passages[content])] for content, each in spans.items()]
        return np.sort(np.concatenate(held))

    def of_assets(self, phrases: Sequence[str], asset_ids: Iterable[int]) -> dict[int, Saying]:
        """Give the first saying of each of the assets that has one."""
        contents = self._contents("SELECT id, content_id FROM assets WHERE id", asset_ids)
        passages = self._passages(phrases, sorted(set(contents.values())))
        seen, heard = self._spans(passages)
        found = {}
        for asset_id, content_id in contents.items():
            if content_id in passages:
                start, end = passages[content_id][0].tolist()
                spans = seen.get(content_id) or heard.get(content_id)
                found[asset_id] = Saying(start, end, _holder(spans, start))
        return found

    def of_segments(self, phrases: Sequence[str], segment_ids: Iterable[int]) -> dict[int, Saying]:
        """Give the first saying in each of the segments that hold one: what of it they hold."""
        contents = self._contents("SELECT id, content_id FROM segments WHERE id", segment_ids)
        passages = self._passages(phrases, sorted(set(contents.values())))
        found = {}
        for spans in self._spans(passages):
            for segment_id, content_id in contents.items():
                if content_id in spans:
                    saying = _in_span(spans[content_id], segment_id, passages[content_id])
                    if saying is not None:
                        found[segment_id] = saying
        return found

    def _spans(self, content_ids: Iterable[int]) -> tuple[dict[int, Spans], dict[int, Spans]]:
        """Give what is seen in contents, and what is heard."""
        ids = list(content_ids)
        return spans_of(self._database, ids), spans_of(self._database, ids, heard=True)

    def _passages(
        self, phrases: Sequence[str], content_ids: Sequence[int] | None
    ) -> dict[int, Floats]:
        """Give start and end of what matches, (p, 2) by their starts, of each content."""
        among = (
            "" if content_ids is None else "AND p.content_id IN (SELECT value FROM json_each(?))"
        )
        contents, starts, ends = self._database.integers(
            f"SELECT p.content_id AS c0, {_TIMES} "
            "FROM written w CROSS JOIN passages p ON p.id = w.rowid >> 2 "
            f"WHERE w.written MATCH ? AND w.rowid & 3 = {PASSAGE} "
            f'AND p.kind IN ({listed(self._kinds)}) AND p."end" > 0 {among}',  # pictures have no time
            (any_of(phrases), *(() if content_ids is None else (id_list(content_ids),))),
        )
        rows = np.stack([starts, ends], axis=1) / TICKS
        return {
            content: rows[these][np.argsort(rows[these, 0], kind="stable")]
            for content, these in by_content(contents)
        }

    def _contents(self, select: str, ids: Iterable[int]) -> dict[int, int]:
        return dict(
            self._database.rows(f"{select} IN (SELECT value FROM json_each(?))", (id_list(ids),))
        )


def _holder(spans: Spans | None, time: float) -> int | None:
    return None if spans is None else int(spans.ids[spans.holders(np.array([[time, time]]))[0]])


def _in_span(spans: Spans, segment_id: int, passages: Floats) -> Saying | None:
    """Give the first passage that a segment holds, or the segment where that is the shorter."""
    places = np.flatnonzero(spans.ids == segment_id)
    if not len(places):  # it is heard where these are seen, or the other way round
        return None
    place = int(places[0])
    mine = spans.holders(passages) == place
    shared = spans.sharing(passages, place)
    if not (shared.any() or mine.any()):
        return None
    start, end = passages[int(np.argmax(shared if shared.any() else mine))].tolist()
    first, last = spans.shots[place].tolist()
    if shared.any() and last - first < end - start:
        start, end = first, last
    return Saying(start, end, segment_id)
