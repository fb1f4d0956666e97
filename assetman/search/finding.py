"""Finds the assets that answer best, by what is seen, heard and written, in one list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from assetman.library.library import Library
from assetman.search.answering import NOWHERE, Answer, Wanted
from assetman.search.moments import Moments, moments_of
from assetman.search.planner import said_in
from assetman.search.scoring import Usual, shown

WRITTEN = "written"  # the reason that words of the question are in a name or a description
_WRITTEN = 4.0  # spreads that a description adds which has all words
_MOST_WRITTEN = 512  # assets that only their descriptions name
_MOST_SEGMENTS = 16_384  # of videos that are looked at moment by moment
_NOTHING_KNOWN = Usual(0.0, 0.1, 0.0)
SEEN_TOO = "picture of that moment"
HEARD_TOO = "sound of that moment"


@dataclass(slots=True)
class Found:
    """An asset with its best segment, the space that found it, and what adds to its score."""

    asset: int
    segment: int | None
    answer: Answer | None  # None: only its description says it
    score: float  # without what is added
    added: dict[str, float] = field(default_factory=dict)  # by the names of the reasons

    @property
    def total(self) -> float:
        return self.score + sum(self.added.values())


class Finder:
    """Puts the answers of several spaces, and what is written, in one list."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def find(self, answers: Sequence[Answer], wanted: Wanted, words: str) -> list[Found]:
        """Find the best assets, best first; `words` are those looked for in what is written."""
        found: dict[int, Found] = {}
        for answer in answers:
            for asset, segment, score in answer.nearest(self._library, wanted):
                _keep(found, Found(asset, segment, answer, score))
        written = self._written(words, wanted)
        for answer in answers:
            for each in self._best_of(answer, written, wanted.segments):
                _keep(found, each)
        self._add_up(found, answers, wanted.segments)
        usual = answers[0].usual if answers else _NOTHING_KNOWN
        for asset, share in written.items():
            if asset in found:
                found[asset].added[WRITTEN] = _told(share, usual)
            elif not said_in(wanted.condition):  # it would have to be said too
                added = {WRITTEN: usual.mean + _told(share, usual)}
                found[asset] = Found(asset, None, None, 0.0, added)
        ranked = sorted(found.values(), key=lambda each: (-each.total, each.asset))
        return ranked[: wanted.limit]

    def scores(
        self,
        answers: Sequence[Answer],
        asset: int,
        segment_ids: np.ndarray,
        words: str,
        among: np.ndarray | None,
    ) -> dict[int, float]:
        """Score segments of an asset, (n,) sorted, with all that adds to each: 0..1.

        With `among`, sorted, only those say what is seen or heard at one moment. Segments without
        a vector are left out.
        """
        totals = np.full(len(segment_ids), NOWHERE)
        for answer in answers:
            totals = np.maximum(totals, answer.scores(segment_ids))
        for _, moments in self._moments([asset], answers, among):
            order = np.argsort(moments.ids)
            ids, gained = moments.ids[order], moments.gains[order]
            places = np.minimum(np.searchsorted(ids, segment_ids), len(ids) - 1)
            totals += np.where(ids[places] == segment_ids, gained[places], 0.0)
        if answers and words:
            share = self._library.descriptions.of_words(words, among=[asset]).get(asset, 0.0)
            totals += _told(share, answers[0].usual)
        known = totals > NOWHERE
        values = shown(totals[known], several=len(answers) > 1)
        return dict(zip(segment_ids[known].tolist(), values.tolist(), strict=True))

    def _written(self, words: str, wanted: Wanted) -> dict[int, float]:
        """Give the assets whose descriptions have most of the words, with their shares."""
        if not words:
            return {}
        shares = self._library.descriptions.of_words(words, wanted.condition)
        left = {asset: share for asset, share in shares.items() if asset not in wanted.leave_out}
        best = sorted(left, key=lambda asset: (-left[asset], asset))[:_MOST_WRITTEN]
        return {asset: left[asset] for asset in best}

    def _best_of(
        self, answer: Answer, assets: Iterable[int], among: np.ndarray | None
    ) -> Iterator[Found]:
        """Give the best segment of each of the assets that has one in a space."""
        owners = self._library.segments.of_assets(list(assets))
        ids, place = np.unique(owners.segment_ids, return_inverse=True)
        scores = answer.scores(ids)
        if among is not None:
            scores[~np.isin(ids, among)] = NOWHERE
        rows = zip(
            owners.asset_ids.tolist(),
            owners.segment_ids.tolist(),
            scores[place].tolist(),
            strict=True,
        )
        for asset, segment, score in rows:
            if score > NOWHERE:
                yield Found(asset, segment, answer, score)

    def _add_up(
        self, found: dict[int, Found], answers: Sequence[Answer], among: np.ndarray | None
    ) -> None:
        """Let what is seen and heard at one moment of a video add up, wherever that is."""
        ranked = sorted(found, key=lambda asset: (-found[asset].score, asset))
        for asset, moments in self._moments(ranked, answers, among):
            best = moments.best
            score, gain = float(moments.scores[best]), float(moments.gains[best])
            if score == NOWHERE:
                continue
            hears = bool(moments.heard[best])
            (answer,) = (each for each in answers if each.hears == hears)
            added = {SEEN_TOO if hears else HEARD_TOO: gain} if gain else {}
            found[asset] = Found(asset, int(moments.ids[best]), answer, score, added)

    def _moments(
        self, assets: Sequence[int], answers: Sequence[Answer], among: np.ndarray | None
    ) -> Iterator[tuple[int, Moments]]:
        """Score the moments of those of the assets that are seen and heard."""
        heard = [answer for answer in answers if answer.hears]
        seen = [answer for answer in answers if not answer.hears]
        if seen and heard:
            videos = self._library.together.of_assets(assets, _MOST_SEGMENTS)
            yield from moments_of(videos, seen[0], heard[0], among)


def _keep(found: dict[int, Found], each: Found) -> None:
    """Keep an asset's better segment."""
    known = found.get(each.asset)
    if known is None or each.score > known.score:
        found[each.asset] = each


def _told(share: float, usual: Usual) -> float:
    """Give what words of a question add that are written of an asset; `share` of them are."""
    return _WRITTEN * usual.spread * share**2
