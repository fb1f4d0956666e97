"""Answers queries: plan, retrieve, group, explain."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from assetman.core.assets import Asset
from assetman.core.organising import History
from assetman.core.queries import Filters, Hit, Query, Results, Sort
from assetman.library.embeddings import StoredSpace
from assetman.library.library import Library
from assetman.search.grouping import group
from assetman.search.planner import Plan, plan
from assetman.search.questions import Questions
from assetman.search.scoring import Question
from assetman.vectors.store import VectorStore

_COUNTS_LAST = 1.0  # seconds, while the library keeps changing
_MUCH = 0.25  # of the assets that count
SAID = 1.0  # the score of words that are said as they were asked for
_MORE = 4  # times as many neighbours are asked for when they were too few assets
_SPARE = 2  # neighbours asked for per hit wanted, for segments that share an asset


@dataclass(frozen=True, slots=True)
class _Scope:
    """Counts and segments within filters, as of one moment of the library."""

    sequence: int
    at: float
    history: History  # of the person's acts: what follows one must show what it did
    total: int
    searchable: int
    segments: np.ndarray | None  # (n,) int64 sorted; None: not restricted


class SearchService:
    """Search over one library. Any thread may ask."""

    def __init__(
        self,
        library: Library,
        questions: Questions,
        store_of: Callable[[StoredSpace], VectorStore],
    ) -> None:
        self._library = library
        self._questions = questions
        self._store_of = store_of
        self._lock = threading.Lock()
        self._scopes: dict[tuple[Filters, int], _Scope] = {}

    def search(self, query: Query) -> Results:
        """Answer a query.

        Raises BadInput for an example that cannot be read, WrongUse for one that is not there.
        """
        started = time.monotonic()
        todo = plan(query, self._library)
        space = self._library.spaces.active()
        if not todo.parts:
            results = self._list(todo)
        elif space is None:
            total = self._library.assets.count(todo.filters)
            results = Results(query, total=total, notes=todo.notes)
        else:
            results = self._closest(todo, space)
        return replace(results, seconds=time.monotonic() - started)

    def scores(
        self, query: Query, asset_id: int, segment_ids: Sequence[int]
    ) -> dict[int, float] | None:
        """Score segments of one asset as `search` would; None where nothing was asked for.

        The best is the score of the asset's hit. Segments without a vector have none.
        """
        todo = plan(query, self._library)
        said = todo.filters.said
        space = self._library.spaces.active() if todo.parts else None
        if space is None and not said:
            return None
        if space is None:
            scores = dict.fromkeys(segment_ids, SAID)
        else:
            question = self._question(todo, space)
            ids, rows = self._store_of(space).vectors_of(np.asarray(segment_ids, np.int64))
            values = question.scores(question.shares(rows)).tolist()
            scores = dict(zip(ids.tolist(), values, strict=True))
        if said:
            content = self._library.contents.of_asset(asset_id).id
            holding = set(self._library.sayings.holding(said, [content]).tolist())
            scores = {segment: scores[segment] * (segment in holding) for segment in scores}
        return scores

    def _list(self, todo: Plan) -> Results:
        query = todo.query
        ids = self._library.assets.ids(todo.filters, query.sort, query.descending)
        left_out = set(query.leave_out)
        if left_out:
            ids = [asset for asset in ids if asset not in left_out]
        listed = tuple(ids if todo.limit is None else ids[: todo.limit])
        space = self._library.spaces.active()
        searchable = self._scope(todo.filters, space).searchable if space else 0
        return Results(
            query,
            hits=self._said(listed, todo.filters.said),
            listed=listed,
            searchable=searchable,
            total=len(ids),
            notes=todo.notes,
        )

    def _said(self, listed: tuple[int, ...], phrases: tuple[str, ...]) -> tuple[Hit, ...]:
        """Give the hits of a list that asks what is said: each asset with its first saying."""
        if not phrases:
            return ()
        sayings = self._library.sayings.of_assets(phrases, listed)
        reasons = {f"said “{phrase}”": 1 / len(phrases) for phrase in phrases}
        return tuple(
            Hit(
                asset,
                SAID,
                sayings[asset].segment_id,
                sayings[asset].start,
                sayings[asset].end,
                reasons=dict(reasons),
            )
            for asset in listed
            if asset in sayings
        )

    def _timed(self, hits: list[Hit], phrases: tuple[str, ...]) -> list[Hit]:
        """Let hits give the seconds in which it is said what was asked for."""
        segments = [hit.segment_id for hit in hits if hit.segment_id is not None]
        sayings = self._library.sayings.of_segments(phrases, segments)
        return [
            replace(hit, start=saying.start, end=saying.end)
            if (saying := sayings.get(hit.segment_id or 0))
            else hit
            for hit in hits
        ]

    def _closest(self, todo: Plan, space: StoredSpace) -> Results:
        scope = self._scope(todo.filters, space)
        question = self._question(todo, space)
        store = self._store_of(space)
        hits = self._explain(self._retrieve(store, question, scope, todo), store, question)
        if todo.filters.said:
            hits = self._timed(hits, todo.filters.said)
        elsewhere = 0
        if not hits and todo.filters:
            elsewhere = self._scope(Filters(), space).searchable
        return Results(
            todo.query,
            hits=self._sorted(hits, todo.query),
            elsewhere=elsewhere,
            searchable=scope.searchable,
            total=scope.total,
            notes=todo.notes,
        )

    def _question(self, todo: Plan, space: StoredSpace) -> Question:
        return Question(todo.parts, self._questions.vectors(todo.parts, space))

    def _retrieve(
        self, store: VectorStore, question: Question, scope: _Scope, todo: Plan
    ) -> list[tuple[int, int, float]]:
        """Find the nearest assets, asking for more until there are enough or no more.

        What an asset's best segment is, is known once any of its segments is met. All of them are
        passed over from then on: one film's thousands of frames would crowd out everything else.
        """
        limit = todo.limit or len(store)
        leave_out = set(todo.query.leave_out)
        direction = question.direction[None, :]
        count = limit * _SPARE + len(leave_out)
        found: list[tuple[int, int, float]] = []
        passed = np.empty(0, np.int64)
        while True:
            neighbours = store.search(direction, count, scope.segments, without=passed)
            known = neighbours.ids[0] >= 0
            ids, similarities = neighbours.ids[0][known], neighbours.similarities[0][known]
            owners = self._library.segments.owners(ids, todo.filters)
            found += group(ids, similarities, owners, leave_out)
            if len(found) >= limit or len(ids) < count:
                return sorted(found, key=lambda row: (-row[2], row[0]))[:limit]
            passed = np.concatenate([passed, ids, self._library.segments.siblings(ids)])
            count *= _MORE

    def _explain(
        self, found: list[tuple[int, int, float]], store: VectorStore, question: Question
    ) -> list[Hit]:
        """Score hits by their cosine with each part; the reasons add up to the score."""
        if not found:
            return []
        ids, rows = store.vectors_of(np.array([segment for _, segment, _ in found], np.int64))
        shares = question.shares(rows)
        of_segment = dict(zip(ids.tolist(), range(len(ids)), strict=True))
        scores = question.scores(shares).tolist()
        segments = self._library.segments.get([segment for _, segment, _ in found])
        hits = []
        for asset, segment, _ in found:
            row, place = segments.get(segment), of_segment.get(segment)
            if row is None or place is None:  # it went in this moment
                continue
            hits.append(
                Hit(
                    asset,
                    scores[place],
                    segment,
                    row.start,
                    row.end,
                    row.page,
                    row.box,
                    question.reasons(shares[place]),
                )
            )
        return hits

    def _sorted(self, hits: list[Hit], query: Query) -> tuple[Hit, ...]:
        if query.sort is Sort.RELEVANCE:
            return tuple(hits if query.descending else reversed(hits))
        assets = {asset.id: asset for asset in self._library.assets.get([h.asset_id for h in hits])}
        present = [hit for hit in hits if hit.asset_id in assets]
        key = _SORT_KEYS[query.sort]
        present.sort(key=lambda hit: key(assets[hit.asset_id]), reverse=query.descending)
        return tuple(present)

    def _scope(self, filters: Filters, space: StoredSpace) -> _Scope:
        """Count what the filters leave, anew when the library has changed and a while is over."""
        key = (filters, space.id)
        sequence = self._library.journal.sequence()
        now = time.monotonic()
        with self._lock:
            known = self._scopes.get(key)
        history = self._library.undo.history()
        if known and (
            known.sequence == sequence
            or (known.history == history and now - known.at < _COUNTS_LAST)
        ):
            return known
        library = self._library
        total = library.assets.count(filters)
        # Where much is missing or removed, its vectors would crowd out the rest.
        narrow = filters or library.assets.count_hidden() > total * _MUCH
        scope = _Scope(
            sequence,
            now,
            history,
            total,
            library.assets.count_searchable(filters, space.id),
            self._segments(filters) if narrow else None,
        )
        with self._lock:
            if len(self._scopes) > 32:
                self._scopes.clear()
            self._scopes[key] = scope
        return scope

    def _segments(self, filters: Filters) -> np.ndarray:
        """Give the segments that count: (n,) int64, sorted."""
        segments = self._library.segments.matching(filters)
        if filters.said:  # only what is seen when it is said
            holding = self._library.sayings.holding(filters.said)
            segments = np.intersect1d(segments, holding, assume_unique=True)
        return segments


def _date(asset: Asset) -> float:
    return asset.modified if asset.taken is None else asset.taken


_SORT_KEYS: dict[Sort, Callable[[Asset], tuple[float | str, int]]] = {
    Sort.DATE: lambda asset: (_date(asset), asset.id),
    Sort.NAME: lambda asset: (asset.display_name.casefold(), asset.id),
    Sort.SIZE: lambda asset: (asset.size, asset.id),
}
