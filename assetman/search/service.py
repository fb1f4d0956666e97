"""Answers queries: plan, retrieve, group, explain."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from assetman.core.conditions import EVERYTHING, Condition, Key
from assetman.core.days import today
from assetman.core.inputs import Modality
from assetman.core.organising import History
from assetman.core.queries import Evidence, Filters, Hit, Query, Results, Sense
from assetman.embedding.threads import one_thread
from assetman.library.embeddings import StoredSpace
from assetman.library.library import Library
from assetman.library.sayings import Saying
from assetman.search.answering import Answer, Backgrounds, Wanted
from assetman.search.aspects import joined, real
from assetman.search.explaining import explained
from assetman.search.finding import Finder
from assetman.search.folding import Folding
from assetman.search.kinship import with_kin
from assetman.search.planner import Alternative, Plan, plan, said_in
from assetman.search.questions import Questions
from assetman.search.recent import RecentAnswers
from assetman.search.sorting import sorted_hits
from assetman.vectors.store import VectorStore

_COUNTED = 1000  # good matches of a question at most
_MOST_FOLDED = 16  # times as many hits as are wanted are looked through for so many stacks
_COUNTS_LAST = 1.0  # seconds, while the library keeps changing
_MUCH = 0.25  # of the assets that count
SAID = 1.0  # the score of words that are said as they were asked for
_PASSED = "filters"  # the reason of what an alternative without any meaning finds


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
        self._finder = Finder(library)
        self._backgrounds = Backgrounds(questions.concepts.of)
        self._folding = Folding(library, questions.known.likenesses)
        self._recent = RecentAnswers()
        self._lock = threading.Lock()
        self._scopes: dict[tuple[Condition, tuple[int, ...]], _Scope] = {}

    def search(self, query: Query) -> Results:
        """Answer a query.

        Raises BadInput for an example that cannot be read, WrongUse for one that is not there.
        """
        started = time.monotonic()
        spaces = self._spaces()
        state = (
            self._library.journal.sequence(),
            today(),  # some dates are counted from it
            *((space.id, len(self._store_of(space))) for space in spaces),
        )
        results = self._recent.get(query, state)
        if results is None:
            todo = plan(query, self._library)
            results = self._list(todo, spaces) if todo.lists else self._stacked(todo, spaces)
            results = replace(results, mistakes=todo.mistakes)
            self._recent.put(query, state, results)
        return replace(results, seconds=time.monotonic() - started)

    def _stacked(self, todo: Plan, spaces: Sequence[StoredSpace]) -> Results:
        """Answer with copies and bursts folded; asks for more where that leaves too few."""
        limit, asked = todo.limit, todo
        while True:
            results = self._closest(asked, spaces)
            if not todo.query.fold:
                return results
            hits = tuple(self._folding.folded(results.hits)[:limit])
            if limit is None or asked.limit is None or len(hits) == limit:
                return replace(results, hits=hits)
            if len(results.hits) < asked.limit or asked.limit > limit * _MOST_FOLDED:
                return replace(results, hits=hits)
            asked = replace(asked, limit=asked.limit * 4)

    def count(self, query: Query) -> int | None:
        """Count the assets that answer a query: of a question those that are good matches.

        None where it cannot be told how good they are. Raises as `search` does.
        """
        results = self.search(replace(query, limit=_COUNTED, fold=False))
        if plan(query, self._library).lists:
            return results.total
        return None if results.confident is None else results.good

    def scores(
        self, query: Query, asset_id: int, segment_ids: Sequence[int]
    ) -> dict[int, float] | None:
        """Score segments of one asset as `search` would; None where nothing was asked for.

        The best is the score of the asset's hit. Segments without a vector have none.
        """
        todo = plan(query, self._library)
        spaces = self._spaces()
        several = len(todo.alternatives) > 1
        best: dict[int, float] | None = None
        for each in todo.alternatives:
            if several and not self._passes(asset_id, segment_ids, each.condition):
                continue
            scores = self._scores(each, asset_id, segment_ids, spaces)
            if scores is not None:
                known = best or {}
                best = known | {key: max(scores[key], known.get(key, 0.0)) for key in scores}
        return best

    def _passes(self, asset_id: int, segment_ids: Sequence[int], condition: Condition) -> bool:
        owners = self._library.segments.owners(np.asarray(segment_ids, np.int64), condition)
        return asset_id in owners.asset_ids

    def _scores(
        self,
        asked: Alternative,
        asset_id: int,
        segment_ids: Sequence[int],
        spaces: Sequence[StoredSpace],
    ) -> dict[int, float] | None:
        """Score segments by one alternative; None where it says nothing of them."""
        if not (asked.parts and spaces) and not asked.said:
            return None
        holding = None
        if asked.said:
            content = self._library.contents.of_asset(asset_id).id
            holding = self._library.sayings.holding(asked.said, [content])
        if asked.parts and spaces:
            answers, _, _ = self._answers(asked, spaces)
            ids = np.unique(np.asarray(segment_ids, np.int64))
            with one_thread():
                scores = self._finder.odds(answers, asset_id, ids, asked.words, holding)
        else:
            scores = dict.fromkeys(segment_ids, SAID)
        if holding is not None:
            held = set(holding.tolist())
            scores = {segment: scores[segment] * (segment in held) for segment in scores}
        return scores

    def _spaces(self) -> list[StoredSpace]:
        """List the spaces that answer: what is seen, then what is heard."""
        active = (self._library.spaces.active(each) for each in (Modality.IMAGE, Modality.SOUND))
        return [space for space in active if space is not None]

    def _answers(
        self, asked: Alternative, spaces: Sequence[StoredSpace]
    ) -> tuple[list[Answer], list[StoredSpace], tuple[str, ...]]:
        """Put the question to all spaces that take it; gives these too, and notes about others."""
        notes: list[str] = []
        spaces = [space for space in spaces if len(self._store_of(space))] or spaces
        plain = self._questions.known.plain(asked.parts, notes)
        questions = self._questions.asked(asked.parts, [*spaces, *plain], notes)
        asking = [space for space in (*spaces, *plain) if space.id in questions]
        stores = {space: self._store_of(space) for space in real(asking)} | plain
        each = [(space, stores[space], questions[space.id]) for space in asking]
        kin = joined(with_kin(each, self._questions.known.members))
        with one_thread():
            answers = self._backgrounds.answers(kin)
        return answers, real(asking), tuple(notes)

    def _list(self, todo: Plan, spaces: Sequence[StoredSpace]) -> Results:
        query = todo.query
        ids = self._library.assets.ids(todo.condition, query.sort, query.descending)
        left_out = set(query.leave_out)
        if left_out:
            ids = [asset for asset in ids if asset not in left_out]
        listed = tuple(ids if todo.limit is None else ids[: todo.limit])
        return Results(
            query,
            hits=self._said(listed, todo.condition),
            listed=listed,
            elsewhere=0 if ids or todo.condition == EVERYTHING else self._library.assets.count(),
            searchable=self._scope(todo.condition, spaces).searchable if spaces else 0,
            total=len(ids),
            notes=todo.notes,
        )

    def _said(self, listed: tuple[int, ...], condition: Condition) -> tuple[Hit, ...]:
        """Give the hits of a list that asks what is said, or read: each with its first moment."""
        if phrases := said_in(condition):
            sayings, sense = self._library.sayings.of_assets(phrases, listed), Sense.SAID
        elif phrases := said_in(condition, Key.TEXT):
            sayings, sense = self._library.readings.of_assets(phrases, listed), Sense.TEXT
        else:
            return ()
        reasons = {f"{sense} “{phrase}”": 1 / len(phrases) for phrase in phrases}
        return tuple(
            Hit(
                asset,
                SAID,
                sayings[asset].segment_id,
                sayings[asset].start,
                sayings[asset].end,
                reasons=dict(reasons),
                confident=True,
                evidence=_evidence(reasons, sayings[asset], sense),
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

    def _closest(self, todo: Plan, spaces: Sequence[StoredSpace]) -> Results:
        best: dict[int, Hit] = {}
        asking: dict[int, StoredSpace] = {}
        notes = dict.fromkeys(todo.notes)
        for asked in todo.alternatives:
            hits, answering, more = self._alternative(asked, todo, spaces)
            notes |= dict.fromkeys(more)
            asking |= {space.id: space for space in answering}
            for hit in hits:
                known = best.get(hit.asset_id)
                if known is None or hit.score > known.score:
                    best[hit.asset_id] = hit
        found = list(best.values())
        if len(todo.alternatives) > 1:
            found = sorted(found, key=lambda hit: (-hit.score, hit.asset_id))[: todo.limit]
        scope = self._scope(todo.condition, list(asking.values()))
        elsewhere = 0
        if not found and todo.condition != EVERYTHING:
            elsewhere = self._scope(EVERYTHING, list(asking.values())).searchable
        return Results(
            todo.query,
            hits=sorted_hits(found, todo.query, self._library.assets.get),
            elsewhere=elsewhere,
            searchable=scope.searchable,
            total=scope.total,
            confident=any(hit.confident for hit in found),
            notes=tuple(notes),
        )

    def _alternative(
        self, asked: Alternative, todo: Plan, spaces: Sequence[StoredSpace]
    ) -> tuple[list[Hit], list[StoredSpace], tuple[str, ...]]:
        """Answer one alternative; gives the spaces that did too, and notes about others."""
        left_out = self._left_out(asked, todo.query)
        if not asked.parts:
            listed = [
                asset
                for asset in self._library.assets.ids(asked.condition)
                if asset not in left_out
            ][: todo.limit]
            said = {hit.asset_id: hit for hit in self._said(tuple(listed), asked.condition)}
            return (
                [said.get(asset) or _passing(asset) for asset in listed],
                [],
                (),
            )
        answers, asking, notes = self._answers(asked, spaces) if spaces else ([], [], ())
        segments = self._scope(asked.condition, asking).segments
        wanted = Wanted(asked.condition, segments, todo.limit, left_out)
        with one_thread():
            found = self._finder.find(answers, wanted, asked.words)
            hits = explained(found, answers, self._library, asked.words)
        return (self._timed(hits, asked.said) if asked.said else hits), asking, notes

    def _left_out(self, asked: Alternative, query: Query) -> frozenset[int]:
        """Give what is no answer: what the query names, and members of what it asks about."""
        examples = [part.example for part in asked.parts if part.example is not None]
        collections = tuple(each.collection_id for each in examples if each.collection_id)
        members = self._library.assets.ids(Filters(collections=collections)) if collections else ()
        return frozenset((*query.leave_out, *members))

    def _scope(self, condition: Condition, spaces: Sequence[StoredSpace]) -> _Scope:
        """Count what the filters leave, anew when the library has changed and a while is over."""
        ids = tuple(space.id for space in spaces)
        key = (condition, ids)
        sequence = self._library.journal.sequence()
        now = time.monotonic()
        with self._lock:
            known = self._scopes.get(key)
        if known and known.sequence == sequence:
            return known
        history = self._library.undo.history()
        if known and known.history == history and now - known.at < _COUNTS_LAST:
            return known
        library = self._library
        within = None if condition == EVERYTHING else library.segments.within(condition)
        total = library.assets.count() if within is None else within.assets
        # Where much is missing or removed, its vectors would crowd out the rest.
        if within is None and library.assets.count_hidden() > total * _MUCH:
            within = library.segments.within(condition)
        by_kind = None if within is None else within.by_kind
        scope = _Scope(
            sequence,
            now,
            history,
            total,
            library.assets.count_searchable(condition, ids, by_kind) if ids else total,
            None if within is None else self._said_among(within.segments, condition),
        )
        with self._lock:
            if len(self._scopes) > 32:
                self._scopes.clear()
            self._scopes[key] = scope
        return scope

    def _said_among(self, segments: np.ndarray, condition: Condition) -> np.ndarray:
        """Give those of segments, (n,) sorted, in which is said what a condition asks for."""
        if said := said_in(condition):  # only what is seen or heard when it is said
            holding = self._library.sayings.holding(said)
            segments = np.intersect1d(segments, holding, assume_unique=True)
        return segments


def _passing(asset_id: int) -> Hit:
    """Make the hit of an asset that a question asks for by conditions alone."""
    evidence = (Evidence(_PASSED, SAID, Sense.PASSED),)
    return Hit(asset_id, SAID, reasons={_PASSED: SAID}, confident=True, evidence=evidence)


def _evidence(reasons: Mapping[str, float], saying: Saying, sense: Sense) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(
            name,
            share,
            sense,
            segment_id=saying.segment_id,
            start=saying.start,
            end=saying.end,
        )
        for name, share in reasons.items()
    )
