"""Which pictures may show the same as another, by their marks; whether they do is seen later."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from assetman.media.picture_marks import Marks
from assetman.search.aspects import Vectors
from assetman.search.scoring import SAMPLE

_BITS_APART = 16  # of 64, that hashes of copies differ by at most
_MOST_BY_HASH = 12  # pictures, the nearest
_MOST_BY_WORDS = 6
_MOST_BY_MEANING = 4
_LEAST_WORDS = 2  # that are shared
_COMMON = 0.02  # share of all pictures; a word that more of them have says nothing
_COMMON_LEAST = 50  # pictures
_ONES = np.array([value.bit_count() for value in range(1 << 16)], np.uint8)


@dataclass(slots=True)
class Proposal:
    """A picture that may be a copy, and what `media.picture_matching.match` should try."""

    content_id: int
    turns: list[int] = field(default_factory=list)
    by_points: list[bool] = field(default_factory=list)  # as it is (False), mirrored (True)


class Recognition:
    """The marks of all pictures compared so far."""

    def __init__(self) -> None:
        self._ids = array("q")
        self._row_of: dict[int, int] = {}
        self._hashes = array("Q")
        self._hashed = array("l")  # the row that each hash is of
        self._rows: dict[int, array[int]] = defaultdict(lambda: array("I"))  # by word

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, content_id: int, marks: Marks) -> None:
        """Let a picture be proposed from now on."""
        row = len(self._ids)
        self._ids.append(content_id)
        self._row_of[content_id] = row
        if len(marks.hashes):
            self._hashes.append(int(marks.hashes[0]))
            self._hashed.append(row)
        for word in marks.words.tolist():
            self._rows[word].append(row)

    def proposals(self, marks: Marks, near: Iterable[int] = ()) -> list[Proposal]:
        """Name the pictures that may show what one with these marks does.

        `near` are contents whose meaning is; of them those are named that were added.
        """
        found: dict[int, Proposal] = {}
        for row, turn in self._by_hash(marks):
            found.setdefault(row, Proposal(self._ids[row])).turns.append(turn)
        for mirrored, words in ((False, marks.words), (True, marks.mirrored)):
            for row in self._by_words(words):
                found.setdefault(row, Proposal(self._ids[row])).by_points.append(mirrored)
        for row in (self._row_of[each] for each in near if each in self._row_of):
            by_points = found.setdefault(row, Proposal(self._ids[row])).by_points
            by_points += [mirrored for mirrored in (False, True) if mirrored not in by_points]
        return list(found.values())

    def _by_hash(self, marks: Marks) -> list[tuple[int, int]]:
        """Give rows and the turns in which they are near, the nearest of them."""
        if not len(self._hashes) or not len(marks.hashes):
            return []
        known = np.frombuffer(self._hashes, np.uint64)
        near: list[tuple[int, int, int]] = []
        for turn, own in enumerate(marks.hashes):
            parts = (known ^ own).view(np.uint16).reshape(-1, 4)
            apart = _ONES[parts].sum(1, dtype=np.uint8)
            places = np.flatnonzero(apart <= _BITS_APART)
            if len(places) > _MOST_BY_HASH:
                places = places[np.argsort(apart[places], kind="stable")[:_MOST_BY_HASH]]
            near += [(int(apart[place]), self._hashed[place], turn) for place in places]
        return [(row, turn) for _, row, turn in sorted(near)[:_MOST_BY_HASH]]

    def _by_words(self, words: NDArray[np.uint16]) -> NDArray[np.intp]:
        """Give the rows that share the most, a word that few have counting more."""
        most = max(_COMMON_LEAST, _COMMON * len(self._ids))
        lists = [np.frombuffer(self._rows[w], np.uint32) for w in words.tolist() if w in self._rows]
        lists = [rows for rows in lists if len(rows) <= most]
        if not lists:
            return np.empty(0, np.intp)
        rows, places = np.unique(np.concatenate(lists), return_inverse=True)
        worth = np.repeat([1 / np.log2(1 + len(each)) for each in lists], [len(e) for e in lists])
        shared = np.bincount(places)
        weights = np.where(shared >= _LEAST_WORDS, np.bincount(places, worth), 0)
        best = np.argsort(-weights, kind="stable")[:_MOST_BY_WORDS]
        return rows[best[weights[best] > 0]].astype(np.intp)


def beyond_chance(store: Vectors, vector: NDArray[np.float32], without: ArrayLike) -> list[int]:
    """Name the few of a space that are nearer to a vector than any would be by chance.

    Chance is how near the vectors of the space are to it for the most part: beyond it is what one
    of so many would not reach if their cosines were spread as those are.
    """
    usual = store.sample(SAMPLE) @ vector
    rare = NormalDist().inv_cdf(1 - 1 / max(2, len(store)))
    limit = float(usual.mean()) + rare * float(usual.std())
    found = store.search(vector[None], _MOST_BY_MEANING, without=np.asarray(without))
    return [int(each) for each in found.ids[0][found.similarities[0] > limit] if each >= 0]
