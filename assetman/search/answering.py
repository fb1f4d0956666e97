"""One space answering a question: its nearest segments, and their scores beside other spaces'."""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np

from assetman.core.conditions import Condition
from assetman.core.inputs import Modality
from assetman.core.queries import HEARD
from assetman.library.embeddings import StoredSpace
from assetman.library.library import Library
from assetman.search.aspects import Asked, Vectors
from assetman.search.grouping import group
from assetman.search.scoring import SAMPLE, Question, Scale, Usual
from assetman.vectors.store import VectorStore

_MORE = 4  # times as many neighbours are asked for when they were too few assets
_SPARE = 2  # neighbours asked for per hit wanted, for segments that share an asset
_ACROSS = (
    2.0  # times the spread of what a picture finds of sounds, beside what it finds of pictures
)
_RENEWED = 0.02  # of the vectors of a space that may come or go before another sample is taken
NOWHERE = float("-inf")  # the score of a segment that has no vector


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which assets may answer, and how many are wanted."""

    condition: Condition
    segments: np.ndarray | None  # (n,) int64 sorted; None: not restricted
    limit: int | None
    leave_out: Collection[int] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """A question in one space, with the scale that makes its scores comparable."""

    space: StoredSpace
    store: Vectors
    question: Question
    usual: Usual  # in the scores that are shown
    scale: Scale = field(default_factory=Scale)

    @property
    def hears(self) -> bool:
        """Tell whether it is about what is heard."""
        return self.space.modality is Modality.SOUND

    def nearest(self, library: Library, wanted: Wanted) -> list[tuple[int, int, float]]:
        """Find the nearest assets with their best segments and scores, best first.

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
            known = neighbours.ids[0] >= 0
            ids, similarities = neighbours.ids[0][known], neighbours.similarities[0][known]
            owners = library.segments.owners(ids, wanted.condition)
            found += group(ids, self._scores(similarities), owners, wanted.leave_out)
            if len(found) >= limit or len(ids) < count:
                return sorted(found, key=lambda row: (-row[2], row[0]))[:limit]
            passed = np.concatenate([passed, ids, library.segments.siblings(ids)])
            count *= _MORE

    def scores(self, segment_ids: np.ndarray) -> np.ndarray:
        """Score segments (n,), sorted: (n,) float64, `NOWHERE` for those without a vector."""
        scores = np.full(len(segment_ids), NOWHERE)
        ids, rows = self.store.vectors_of(segment_ids)
        if len(ids):
            values = self.question.values(rows)
            scores[np.searchsorted(segment_ids, ids)] = self.scale.of(values)
        return scores

    def reasons(self, segment_ids: Sequence[int]) -> dict[int, dict[str, float]]:
        """Name what adds up to the score of each of the segments that has a vector."""
        ids, rows = self.store.vectors_of(np.asarray(segment_ids, np.int64))
        shares = self.question.shares(rows) * self.scale.factor
        return {
            segment: self._named(share)
            for segment, share in zip(ids.tolist(), shares.tolist(), strict=True)
        }

    def _named(self, shares: Sequence[float]) -> dict[str, float]:
        """Name the shares of the parts; what the scale adds is shared among what is wanted."""
        start = HEARD if self.hears else ""
        parts = self.question.parts
        added = self.question.base * self.scale.factor + self.scale.offset
        wanted = sum(part.weight for part in parts if part.weight > 0)
        reasons = {} if wanted else {f"{start}anything": added}
        for part, share in zip(parts, shares, strict=True):
            name = start + part.name
            more = added * part.weight / wanted if part.weight > 0 else 0.0
            reasons[name] = reasons.get(name, 0.0) + share + more
        return reasons

    def _scores(self, similarities: np.ndarray) -> np.ndarray:
        values = similarities.astype(np.float64) * self.question.length + self.question.base
        return self.scale.of(values)


class Backgrounds:
    """A fixed sample of the vectors of each space, for what is usual there."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._samples: dict[int, tuple[int, np.ndarray]] = {}

    def answers(self, asked: Sequence[Asked]) -> list[Answer]:
        """Make answers whose scores can be compared; spaces without vectors give none.

        The scores of one are left as they are: of the first, or of what is asked for with its like.
        """
        answers: list[Answer] = []
        for space, store, question in sorted(asked, key=lambda each: each[2].across):
            count = len(store)
            if not count:
                continue
            usual = Usual.of(question.values(self._sample(space, store, count)), count)
            if answers and question.across and not answers[0].question.across:
                usual = usual.blurred(_ACROSS)
            if answers:
                scale = Scale.onto(answers[0].usual, usual)
                answers.append(Answer(space, store, question, answers[0].usual, scale))
            else:
                answers.append(Answer(space, store, question, usual))
        return answers

    def _sample(self, space: StoredSpace, store: Vectors, count: int) -> np.ndarray:
        if not isinstance(store, VectorStore):  # made for this question alone, or quickly read
            return store.sample(SAMPLE)
        with self._lock:
            before, sample = self._samples.get(space.id, (0, None))
        if sample is None or abs(count - before) > _RENEWED * before:
            sample = store.sample(SAMPLE)
            with self._lock:
                self._samples[space.id] = (count, sample)
        return sample
