"""Answers queries: plan, retrieve, group, explain."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from assetman.core.assets import Asset
from assetman.core.organising import History
from assetman.core.queries import Filters, Hit, Query, Results, Sort
from assetman.library.embeddings import StoredSpace
from assetman.library.library import Library
from assetman.search.grouping import group
from assetman.search.planner import Part, Plan, plan
from assetman.search.questions import Questions
from assetman.vectors.store import VectorStore

_COUNTS_LAST = 1.0  # seconds, while the library keeps changing
_MUCH = 0.25  # of the assets that count
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
            query, listed=listed, searchable=searchable, total=len(ids), notes=todo.notes
        )

    def _closest(self, todo: Plan, space: StoredSpace) -> Results:
        scope = self._scope(todo.filters, space)
        vectors = self._questions.vectors(todo.parts, space)
        weights = np.array([part.weight for part in todo.parts], np.float32)
        question = weights @ vectors
        length = float(np.linalg.norm(question))
        if length > 1e-6:
            question /= length
        store = self._store_of(space)
        found = self._retrieve(store, question, scope, todo)
        hits = self._explain(found, store, todo.parts, weights, vectors)
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

    def _retrieve(
        self, store: VectorStore, question: np.ndarray, scope: _Scope, todo: Plan
    ) -> list[tuple[int, int, float]]:
        """Find the nearest assets, asking for more until there are enough or no more."""
        limit = todo.limit or len(store)
        leave_out = set(todo.query.leave_out)
        count = limit * _SPARE + len(leave_out)
        while True:
            neighbours = store.search(question[None, :], count, scope.segments)
            known = neighbours.ids[0] >= 0
            ids, similarities = neighbours.ids[0][known], neighbours.similarities[0][known]
            owners = self._library.segments.owners(ids, todo.filters)
            found = group(ids, similarities, owners, leave_out)
            if len(found) >= limit or len(ids) < count:
                return found[:limit]
            count *= 4

    def _explain(
        self,
        found: list[tuple[int, int, float]],
        store: VectorStore,
        parts: tuple[Part, ...],
        weights: np.ndarray,
        vectors: np.ndarray,
    ) -> list[Hit]:
        """Score hits by their cosine with each part; the reasons add up to the score.

        A cosine below 0 says no more than 0 does, so a score is cut off there. Where nothing is
        wanted, only something not wanted, everything begins as a match.
        """
        if not found:
            return []
        base = {} if any(part.weight > 0 for part in parts) else {"anything": 1.0}
        ids, rows = store.vectors_of(np.array([segment for _, segment, _ in found], np.int64))
        # Not `@`: threads of BLAS cost more here than they do, and most while a folder is indexed.
        shares = np.einsum("nd,pd->np", rows, vectors) * weights
        of_segment = dict(zip(ids.tolist(), shares.tolist(), strict=True))
        segments = self._library.segments.get([segment for _, segment, _ in found])
        hits = []
        for asset, segment, similarity in found:
            share = of_segment.get(segment, [similarity] + [0.0] * (len(parts) - 1))
            row = segments[segment]
            reasons: dict[str, float] = dict(base)
            for part, value in zip(parts, share, strict=True):
                reasons[part.name] = reasons.get(part.name, 0.0) + value
            score = min(1.0, max(0.0, sum(reasons.values())))
            hits.append(Hit(asset, score, segment, row.start, row.end, row.page, row.box, reasons))
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
            library.segments.matching(filters) if narrow else None,
        )
        with self._lock:
            if len(self._scopes) > 32:
                self._scopes.clear()
            self._scopes[key] = scope
        return scope


def _date(asset: Asset) -> float:
    return asset.modified if asset.taken is None else asset.taken


_SORT_KEYS: dict[Sort, Callable[[Asset], tuple[float | str, int]]] = {
    Sort.DATE: lambda asset: (_date(asset), asset.id),
    Sort.NAME: lambda asset: (asset.display_name.casefold(), asset.id),
    Sort.SIZE: lambda asset: (asset.size, asset.id),
}
