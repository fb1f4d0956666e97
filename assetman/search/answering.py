"""One space answering a question: its nearest segments, and how likely they are matches."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from assetman.core.conditions import Condition
from assetman.core.errors import AssetmanError
from assetman.core.inputs import Modality
from assetman.core.queries import Aspect
from assetman.core.spaces import Space
from assetman.library.embeddings import StoredSpace
from assetman.library.library import Library
from assetman.search.aspects import Asked, Vectors, aspect_of
from assetman.search.confidence import (
    ALL_OF_IT,
    SAME,
    Likelihood,
    Nearness,
    Standing,
    likelihood,
    nearest_usually,
)
from assetman.search.grouping import best_assets
from assetman.search.scoring import SAMPLE, Question
from assetman.vectors.store import VectorStore

_MORE = 4  # times as many neighbours are asked for when they were too few assets
_SPARE = 2  # neighbours asked for per hit wanted, for segments that share an asset
_RENEWED = 0.02  # of the vectors of a space that may come or go before another sample is taken
_Sample = tuple[np.ndarray, tuple[float, float] | None]  # (n, d), and how near neighbours are
NOWHERE = float("-inf")  # the odds of a segment that has no vector


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which assets may answer, and how many are wanted."""

    condition: Condition
    segments: np.ndarray | None  # (n,) int64 sorted; None: not restricted
    limit: int | None
    leave_out: Collection[int] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """A question in one space, and what tells the odds that vectors answer it."""

    space: StoredSpace
    store: Vectors
    question: Question
    likelihood: Likelihood

    @property
    def hears(self) -> bool:
        """Tell whether it is about what is heard."""
        return self.space.modality is Modality.SOUND

    @property
    def neutral(self) -> float:
        """Give the odds of what says nothing for or against it."""
        return self.likelihood.neutral

    def nearest(self, library: Library, wanted: Wanted) -> list[tuple[int, int, float]]:
        """Find the nearest assets with their best segments and odds, likeliest first.

        Asks for more until there are enough or no more. What an asset's best segment is, is known
        once any of its segments is met. All of them are passed over from then on: one film's
        thousands of frames would crowd out everything else.
        """
        limit = wanted.limit or len(self.store)
        direction = self.question.direction[None, :]
        count = limit * _SPARE + len(wanted.leave_out)
        found: list[tuple[int, int, float]] = []
        passed = np.empty(0, np.int64)
        while True:
            neighbours = self.store.search(direction, count, wanted.segments, without=passed)
            ids = neighbours.ids[0][neighbours.ids[0] >= 0]
            known, rows = self.store.vectors_of(ids)  # those that went in this moment are left out
            found += best_assets(
                library.segments,
                known,
                self._odds(rows),
                wanted.condition,
                wanted.leave_out,
                limit - len(found),
            )
            if len(found) >= limit or len(ids) < count:
                return sorted(found, key=lambda row: (-row[2], row[0]))[:limit]
            passed = np.concatenate([passed, ids, library.segments.siblings(ids)])
            count *= _MORE

    def odds(self, segment_ids: np.ndarray) -> np.ndarray:
        """Give the odds of segments (n,), sorted: (n,) float64, `NOWHERE` without a vector."""
        odds = np.full(len(segment_ids), NOWHERE)
        ids, rows = self.store.vectors_of(segment_ids)
        if len(ids):
            odds[np.searchsorted(segment_ids, ids)] = self._odds(rows)
        return odds

    def shares(self, segment_ids: Sequence[int]) -> dict[int, np.ndarray]:
        """Give what each part of the question says of segments that have a vector."""
        ids, rows = self.store.vectors_of(np.asarray(segment_ids, np.int64))
        return dict(zip(ids.tolist(), self.question.shares(rows), strict=True))

    def _odds(self, rows: np.ndarray) -> np.ndarray:
        odds = self.likelihood.odds(rows)
        if not self.question.wants:
            return -odds
        beyond = rows @ self.question.direction - SAME
        return np.where(beyond > 0, np.maximum(odds, ALL_OF_IT + beyond), odds)


class Backgrounds:
    """What questions are compared with in each space: other questions, and a fixed sample of it."""

    def __init__(self, concepts_of: Callable[[Space], np.ndarray | None]) -> None:
        self._concepts_of = concepts_of
        self._lock = threading.Lock()
        self._samples: dict[int, tuple[int, _Sample]] = {}

    def answers(self, asked: Sequence[Asked]) -> list[Answer]:
        """Make answers whose odds mean the same; spaces without vectors give none.

        The best of any space is taken: each has as many to stand out of as all have together.
        """
        every = sum(len(store) for _, store, _ in asked)
        return [
            Answer(space, store, question, self._likelihood(space, store, question, every))
            for space, store, question in asked
            if len(store)
        ]

    def _likelihood(
        self, space: StoredSpace, store: Vectors, question: Question, count: int
    ) -> Likelihood:
        sample, near = self._sample(space, store, len(store))
        wanted = question.joined if question.wants else -question.joined
        if any(part.example and part.example.collection_id for part in question.parts):
            return Standing.of(wanted, sample, count)  # what else might have been collected?
        if question.is_one_example and near is not None:
            return Nearness(question.direction, near, count)
        rivals = question.rivals(self._concepts(space), sample)
        return likelihood(wanted, rivals if question.wants else -rivals, sample, count)

    def _concepts(self, space: StoredSpace) -> np.ndarray | None:
        """Give the vocabulary as the model of a space sees it; None where it takes no words."""
        if aspect_of(space) is Aspect.MEANING:
            with suppress(AssetmanError):
                return self._concepts_of(space.space)
        return None

    def _sample(self, space: StoredSpace, store: Vectors, count: int) -> _Sample:
        if not isinstance(store, VectorStore):  # made for this question alone, or quickly read
            return _sampled(store)
        with self._lock:
            before, sample = self._samples.get(space.id, (0, None))
        if sample is None or abs(count - before) > _RENEWED * before:
            sample = _sampled(store)
            with self._lock:
                self._samples[space.id] = (count, sample)
        return sample


def _sampled(store: Vectors) -> _Sample:
    rows = store.sample(SAMPLE)
    return rows, nearest_usually(rows)
