"""The marks of many films or sounds, among which likely copies are found without a look at all.

A mark is cut into bands, and those that are alike agree in one of them, or but for a bit or two
(Norouzi, Punjani and Fleet 2012). So of each band there is a list of the marks by what it says;
what few marks say tells most, and what very many say is passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from assetman.core.timelines import MARK

_BANDS = 4  # that a mark is cut into
_VALUES = 1 << 16  # that a band may say
_ONE = np.array([0, *(1 << bit for bit in range(16))], np.int64)
_TWO = np.array([*_ONE, *((1 << a) + (1 << b) for a, b in combinations(range(16), 2))], np.int64)
_FEW = 16  # own marks; of so few what differs by two bits in a band is looked at too
_COMMON = 2_000  # marks like one; then it tells nothing
_AT_ONCE = 64  # own marks
_LOOSE = 1 << 13  # marks that are compared one by one, before they are put in order
_SHARED = 0.1  # of the marks of the one that has fewer, that a copy shares at one offset
_MOST_PLACES = 6  # offsets of one likely copy

_OWNED = np.dtype([*MARK.descr, ("content", "<i8")])
_Places = NDArray[np.int64]
_Words = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Likely:
    """A content that may be a copy, and how much later the same is there, in seconds."""

    content_id: int
    votes: int
    offsets: tuple[float, ...]  # the likeliest first


class MarkIndex:
    """The marks of many contents."""

    def __init__(
        self, known: Iterable[tuple[int, NDArray[np.void]]], bits: int, within: float
    ) -> None:
        """Marks are alike that differ in at most so many bits.

        Offsets that differ by less than `within` seconds are one.
        """
        self._bits = bits
        self._within = within
        self._ordered: list[_Ordered] = []
        self._loose: list[NDArray[np.void]] = []
        self._counts: dict[int, int] = {}  # marks, by content
        for content_id, marks in known:
            self.add(content_id, marks)

    def add(self, content_id: int, marks: NDArray[np.void]) -> None:
        """Take the marks of one more content."""
        owned = np.empty(len(marks), _OWNED)
        owned["content"], owned["word"], owned["time"] = content_id, marks["word"], marks["time"]
        self._loose.append(owned)
        self._counts[content_id] = len(marks)
        if sum(map(len, self._loose)) >= _LOOSE:
            self._ordered.append(_Ordered(np.concatenate(self._loose)))
            self._loose = []
            while len(self._ordered) > 1 and len(self._ordered[-2]) < 2 * len(self._ordered[-1]):
                last, before = self._ordered.pop(), self._ordered.pop()
                self._ordered.append(_Ordered(np.concatenate([before.marks, last.marks])))

    def likely(self, own: NDArray[np.void]) -> list[Likely]:
        """Find the contents that share marks at one offset, the likeliest first."""
        flips = _TWO if len(own) <= _FEW else _ONE
        found = [
            (mine + first, theirs)
            for first in range(0, len(own), _AT_ONCE)
            for mine, theirs in self._alike(own["word"][first : first + _AT_ONCE], flips)
        ]
        if not found:
            return []
        mine = np.concatenate([each for each, _ in found])
        theirs = np.concatenate([each for _, each in found])
        telling = (np.bincount(mine, minlength=len(own)) <= _COMMON)[mine]
        mine, theirs = mine[telling], theirs[telling]
        apart = np.bitwise_count(own["word"][mine] ^ theirs["word"])
        alike = _Alike(
            mine,
            theirs["content"],
            self._bits + 1 - apart.astype(np.int64),
            theirs["time"].astype(np.float64) - own["time"][mine],
        )
        return alike.likely(self._within, lambda it: _SHARED * min(len(own), self._counts[it]))

    def _alike(self, own: _Words, flips: _Places) -> Iterable[tuple[_Places, NDArray[np.void]]]:
        """Give pairs of marks that are alike: numbers of own ones, and the others."""
        for ordered in self._ordered:
            mine, theirs = ordered.near(own, flips)
            alike = np.bitwise_count(own[mine] ^ ordered.words[theirs]) <= self._bits
            # A pair may agree in several bands.
            pairs = np.unique(mine[alike] * len(ordered) + theirs[alike])
            yield pairs // len(ordered), ordered.marks[pairs % len(ordered)]
        if self._loose:
            marks = np.concatenate(self._loose)
            apart = np.bitwise_count(own[:, None] ^ marks["word"][None])
            mine, theirs = np.nonzero(apart <= self._bits)
            yield mine, marks[theirs]


class _Ordered:
    """Marks with a list of them for each band and what it says."""

    def __init__(self, marks: NDArray[np.void]) -> None:
        self.marks = marks
        self.words = np.ascontiguousarray(marks["word"])
        said = _said(self.words)
        self._orders = [np.argsort(each, kind="stable") for each in said]
        counts = [np.bincount(each, minlength=_VALUES) for each in said]
        self._ends = [np.concatenate([[0], np.cumsum(each)]) for each in counts]

    def __len__(self) -> int:
        return len(self.marks)

    def near(self, own: _Words, flips: _Places) -> tuple[_Places, _Places]:
        """Give pairs, own and other, that agree in a band but for some of the `flips`."""
        found: list[tuple[_Places, _Places]] = []
        for said, order, ends in zip(_said(own), self._orders, self._ends, strict=True):
            asked = (said.astype(np.int64)[:, None] ^ flips).ravel()
            first, counts = ends[asked], ends[asked + 1] - ends[asked]
            counts = np.where(counts <= _COMMON, counts, 0)
            before = np.repeat(np.cumsum(counts) - counts, counts)
            places = np.repeat(first, counts) + np.arange(counts.sum()) - before
            mine = np.repeat(np.repeat(np.arange(len(own)), len(flips)), counts)
            found.append((mine, order[places]))
        mine, theirs = (np.concatenate(each) for each in zip(*found, strict=True))
        return mine, theirs


def _said(words: _Words) -> list[NDArray[np.uint16]]:
    """Cut words into bands."""
    return [(words >> np.uint64(16 * band)).astype(np.uint16) for band in range(_BANDS)]


@dataclass(frozen=True, slots=True)
class _Alike:
    """Pairs of marks that are alike: (n,) each."""

    mine: _Places  # the number of the own mark
    contents: _Places  # whose the other is
    worth: _Places  # the closer, the more
    offsets: NDArray[np.float64]  # seconds

    def likely(self, within: float, least: Callable[[int], float]) -> list[Likely]:
        """Add up what the own marks say for each content at each offset; the surest first.

        A mark counts once at a place, and at those `within` seconds beside it. `least` says how
        many marks a content has to share there.
        """
        ids, number = np.unique(self.contents, return_inverse=True)
        bins = np.round(self.offsets / within).astype(np.int64)
        bins -= bins.min(initial=0) - 1
        keys = number * (bins.max(initial=0) + 2) + bins
        places, firsts = np.unique(keys, return_index=True)
        beside = np.concatenate([keys - 1, keys, keys + 1])
        at = np.minimum(np.searchsorted(places, beside), len(places) - 1)
        there = places[at] == beside if len(places) else at > 0
        at, pairs = at[there], np.tile(np.arange(len(keys)), 3)[there]
        order = np.lexsort((-self.worth[pairs], self.mine[pairs], at))
        at, pairs = at[order], pairs[order]
        once = np.diff(at * (self.mine.max(initial=0) + 1) + self.mine[pairs], prepend=-1) != 0
        votes = np.bincount(at[once], minlength=len(places))
        said = np.bincount(at[once], self.worth[pairs[once]], len(places)).astype(np.int64)
        ends = np.searchsorted(at, np.arange(len(places) + 1))
        found: dict[int, list[int]] = {}
        for place in np.argsort(-said, kind="stable").tolist():
            content = int(ids[number[firsts[place]]])
            if content in found or votes[place] >= least(content):
                found.setdefault(content, []).append(place)
        return [
            Likely(
                content,
                int(votes[best[0]]),
                tuple(
                    float(np.median(self.offsets[pairs[ends[place] : ends[place + 1]]]))
                    for place in best[:_MOST_PLACES]
                ),
            )
            for content, best in found.items()
        ]
