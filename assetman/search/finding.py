"""Finds the assets that answer best, by what is seen, heard and written, in one list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assetman.library.fulltext import Told
from assetman.library.library import Library
from assetman.search.answering import NOWHERE, Answer, Wanted
from assetman.search.confidence import neutral, probability, told
from assetman.search.moments import Moments, moments_of
from assetman.search.planner import said_in

_MOST_WRITTEN = 512  # assets that only what is written names
_MOST_SEGMENTS = 16_384  # of videos that are looked at moment by moment
_MOST_FRAMES = 4096  # of what was found that are compared for the best one


@dataclass(slots=True)
class Found:
    """An asset with its best segment, the space that found it, and the odds that it is a match."""

    asset: int
    segment: int | None
    answer: Answer | None  # None: only what is written of it says it
    odds: float  # by the segment alone
    other: float = 0.0  # added by what is heard, or seen, at the same moment
    written: float = 0.0  # added by what is written
    told: Told | None = None

    @property
    def total(self) -> float:
        return self.odds + self.other + self.written


class Finder:
    """Puts the answers of several spaces, and what is written, in one list."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def find(self, answers: Sequence[Answer], wanted: Wanted, words: str) -> list[Found]:
        """Find the best assets, best first; `words` are those looked for in what is written."""
        found: dict[int, Found] = {}
        written = self._written(words, wanted)
        for answer in answers:
            near = answer.nearest(self._library, wanted)
            for asset, segment, odds in near:
                _keep(found, Found(asset, segment, answer, odds))
            known = [asset for asset, _, _ in near]
            judged = np.array([segment for _, segment, _ in near], np.int64)
            for each in self._best_of(answer, [*known, *written], wanted.segments, judged):
                _keep(found, each)
        self._add_up(found, answers, wanted.segments)
        self._add_written(found, written, answers, wanted)
        ranked = sorted(found.values(), key=lambda each: (-each.total, each.asset))
        return ranked[: wanted.limit]

    def odds(
        self,
        answers: Sequence[Answer],
        asset: int,
        segment_ids: np.ndarray,
        words: str,
        among: np.ndarray | None,
    ) -> dict[int, float]:
        """Give the probability that segments of an asset, (n,) sorted, match, with all that adds.

        With `among`, sorted, only those say what is seen or heard at one moment. Segments without
        a vector are left out.
        """
        totals = np.full(len(segment_ids), NOWHERE)
        least = np.full(len(segment_ids), NOWHERE)
        for answer in answers:
            odds = answer.odds(segment_ids)
            least = np.where(odds > totals, answer.neutral, least)
            totals = np.maximum(totals, odds)
        for _, moments in self._moments([asset], answers, among):
            order = np.argsort(moments.ids)
            ids, gained = moments.ids[order], moments.gains[order]
            places = np.minimum(np.searchsorted(ids, segment_ids), len(ids) - 1)
            totals += np.where(ids[places] == segment_ids, gained[places], 0.0)
        known = totals > NOWHERE
        if answers and words:
            said = self._library.fulltext.of_words(words, among=[asset]).get(asset)
            if said is not None:
                count = answers[0].likelihood.count
                totals = np.maximum(totals, least) + told(said.strength, count)
        values = probability(totals[known])
        return dict(zip(segment_ids[known].tolist(), values.tolist(), strict=True))

    def _written(self, words: str, wanted: Wanted) -> dict[int, Told]:
        """Give the assets of which most of the words are written."""
        if not words:
            return {}
        told_of = self._library.fulltext.of_words(words, wanted.condition)
        left = {asset: each for asset, each in told_of.items() if asset not in wanted.leave_out}
        best = sorted(left, key=lambda asset: (-left[asset].strength, asset))[:_MOST_WRITTEN]
        return {asset: left[asset] for asset in best}

    def _best_of(
        self,
        answer: Answer,
        assets: Iterable[int],
        among: np.ndarray | None,
        judged: np.ndarray,
    ) -> Iterator[Found]:
        """Give the segments in a space of each of the assets, less those judged already."""
        owners = self._library.segments.of_assets(list(dict.fromkeys(assets)))
        new = np.flatnonzero(~np.isin(owners.segment_ids, judged))[:_MOST_FRAMES]
        ids, place = np.unique(owners.segment_ids[new], return_inverse=True)
        odds = answer.odds(ids)
        if among is not None:
            odds[~_are_among(ids, among)] = NOWHERE
        rows = zip(
            owners.asset_ids[new].tolist(),
            ids[place].tolist(),
            odds[place].tolist(),
            strict=True,
        )
        for asset, segment, value in rows:
            if value > NOWHERE:
                yield Found(asset, segment, answer, value)

    def _add_up(
        self, found: dict[int, Found], answers: Sequence[Answer], among: np.ndarray | None
    ) -> None:
        """Let what is seen and heard at one moment of a video add up, wherever that is."""
        ranked = sorted(found, key=lambda asset: (-found[asset].odds, asset))
        for asset, moments in self._moments(ranked, answers, among):
            best = moments.best
            odds, gain = float(moments.odds[best]), float(moments.gains[best])
            if odds == NOWHERE:
                continue
            hears = bool(moments.heard[best])
            (answer,) = (each for each in answers if each.hears == hears)
            found[asset] = Found(asset, int(moments.ids[best]), answer, odds, gain)

    def _add_written(
        self,
        found: dict[int, Found],
        written: Mapping[int, Told],
        answers: Sequence[Answer],
        wanted: Wanted,
    ) -> None:
        """Add what is written; what looks unlike the question is none the less named so."""
        count = answers[0].likelihood.count if answers else self._library.assets.count()
        for asset, each in written.items():
            gain = told(each.strength, count)
            known = found.get(asset)
            if known is not None:
                least = known.answer.neutral if known.answer else neutral(count)
                known.written = max(0.0, least - known.odds) + gain
                known.told = each
            elif not said_in(wanted.condition):  # it would have to be said too
                found[asset] = Found(asset, None, None, neutral(count), written=gain, told=each)

    def _moments(
        self, assets: Sequence[int], answers: Sequence[Answer], among: np.ndarray | None
    ) -> Iterator[tuple[int, Moments]]:
        """Give the moments of those of the assets that are seen and heard."""
        heard = [answer for answer in answers if answer.hears]
        seen = [answer for answer in answers if not answer.hears]
        if seen and heard:
            videos = self._library.together.of_assets(assets, _MOST_SEGMENTS)
            yield from moments_of(videos, seen[0], heard[0], among)


def _keep(found: dict[int, Found], each: Found) -> None:
    """Keep an asset's better segment."""
    known = found.get(each.asset)
    if known is None or each.odds > known.odds:
        found[each.asset] = each


def _are_among(ids: np.ndarray, sorted_ids: np.ndarray) -> np.ndarray:
    """Tell which of few ids are among many, which are sorted: (n,) bool."""
    places = np.searchsorted(sorted_ids, ids)
    found = np.zeros(len(ids), np.bool_)
    within = places < len(sorted_ids)
    found[within] = sorted_ids[places[within]] == ids[within]
    return found
