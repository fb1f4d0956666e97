"""Marks: moments of films and sounds as 64 bits each, by which likely copies are found quickly.

Copies share marks that differ in few bits and lie equally far apart; whether they are copies is
for `aligning` to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assetman.core.timelines import BANDS, LEAD, MARK, SIDE, Timeline
from assetman.search.hearing import STEP, coarse, flow

LIVELY = 5.0  # grey levels of deviation; a frame below shows nothing to tell it by
_COSINES = np.cos(np.pi * np.outer(np.arange(SIDE), 2 * np.arange(SIDE) + 1) / (2 * SIDE))
_SAME = 6  # bits; a frame that differs less from the mark before is marked only now and then
_EVERY = 3.0  # seconds
_AROUND = 8  # rows before and behind the moment that a mark of a sound is of
_APART = 3  # rows between two marks of a sound
_BEFORE = 3  # rows of silence, that a sound is thought to begin and to end with
_LONG = 60.0  # seconds; what is longer
_FAR_APART = 16  # has its marks so many rows apart: its excerpts have them too, among others
_MOVING = 1.5  # a row in which less changes is no moment to be marked by
_DIRECTIONS = np.random.default_rng(64).standard_normal(
    ((2 * _AROUND + 1) * (BANDS - 1), 64), np.float32
)
_BITS = np.uint64(1) << np.arange(64, dtype=np.uint64)
_COMMON = 2_000  # marks like one; then it tells nothing
_AT_ONCE = 4 << 20  # pairs of marks
_MOST_COUNTED = 200  # contents whose marks are looked at by where they lie
_MOST_PLACES = 6  # offsets of one likely copy


@dataclass(frozen=True, slots=True)
class Likely:
    """A content that may be a copy, and how much later the same is there, in seconds."""

    content_id: int
    votes: int
    offsets: tuple[float, ...]  # the likeliest first


def seen_marks(timeline: Timeline) -> NDArray[np.void]:
    """Mark the frames that show something: (n,) MARK."""
    looks = timeline.looks
    grids = looks["grid"].reshape(-1, SIDE, SIDE).astype(np.float32)
    waves = (_COSINES @ grids @ _COSINES.T).reshape(-1, SIDE * SIDE)
    waves[:, 0] = 0.0
    words = _words(waves)
    kept: list[int] = []
    for number in np.flatnonzero(grids.std(axis=(1, 2)) >= LIVELY):
        last = kept[-1] if kept else number
        late = looks["time"][number] - looks["time"][last] >= _EVERY
        if not kept or late or np.bitwise_count(words[number] ^ words[last]) >= _SAME:
            kept.append(int(number))
    return _marks(words[kept], looks["time"][kept])


def heard_marks(timeline: Timeline) -> NDArray[np.void]:
    """Mark the moments in which a sound changes most: (n,) MARK."""
    rows = coarse(timeline)
    if not len(rows):
        return np.empty(0, MARK)
    padded = np.pad(rows, ((_BEFORE + 1, _BEFORE + 1), (0, 0)))  # how it begins and ends tells too
    smooth = np.asarray((padded[:-2] + padded[1:-1] + padded[2:]) / 3, np.float32)
    moving = flow(smooth)
    change = np.abs(np.diff(smooth, axis=0)).mean(axis=1)[: len(moving)]
    apart = _APART if len(rows) * STEP <= _LONG else _FAR_APART
    highest = np.lib.stride_tricks.sliding_window_view(
        np.pad(change, apart, constant_values=-1.0), 2 * apart + 1
    ).max(axis=1)
    moments = np.flatnonzero((change >= highest) & (change >= _MOVING))
    around = np.pad(moving, ((_AROUND, _AROUND), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(around, 2 * _AROUND + 1, axis=0)
    parts = windows[moments].transpose(0, 2, 1).reshape(-1, len(_DIRECTIONS))
    return _marks(_words(parts @ _DIRECTIONS), (moments - _BEFORE) * STEP - LEAD)


class MarkIndex:
    """The marks of many contents."""

    def __init__(
        self, known: Iterable[tuple[int, NDArray[np.void]]], bits: int, within: float
    ) -> None:
        """Marks are alike that differ in at most so many bits.

        Offsets that differ by less than `within` seconds are one.
        """
        pairs = list(known)
        ids = np.array([content_id for content_id, _ in pairs], np.int64)
        self._contents = np.repeat(ids, [len(marks) for _, marks in pairs])
        self._marks = np.concatenate([np.empty(0, MARK), *(marks for _, marks in pairs)])
        self._bits = bits
        self._within = within

    def add(self, content_id: int, marks: NDArray[np.void]) -> None:
        """Take the marks of one more content."""
        ids = np.full(len(marks), content_id, np.int64)
        self._contents = np.concatenate([self._contents, ids])
        self._marks = np.concatenate([self._marks, marks])

    def likely(self, own: NDArray[np.void]) -> list[Likely]:
        """Find the contents that share marks, the likeliest first."""
        words = self._marks["word"]
        none = np.empty(0, np.int64)
        found = [(none, none, none)]
        step = max(1, _AT_ONCE // max(1, len(words)))
        for first in range(0, len(own), step):
            apart = np.bitwise_count(own["word"][first : first + step, None] ^ words[None])
            mine, theirs = np.nonzero(apart <= self._bits)
            common = np.bincount(mine, minlength=len(apart)) > _COMMON
            telling = ~common[mine]
            mine, theirs = mine[telling], theirs[telling]
            worth = self._bits + 1 - apart[mine, theirs].astype(np.int64)
            found.append((mine + first, theirs, worth))
        mine, theirs, worth = (np.concatenate(each) for each in zip(*found, strict=True))
        offsets = self._marks["time"][theirs].astype(np.float64) - own["time"][mine]
        bins = np.round(offsets / self._within).astype(np.int64)
        return _counted(mine, self._contents[theirs], worth, offsets, bins)


def _counted(
    mine: NDArray[np.int64],
    contents: NDArray[np.int64],
    worth: NDArray[np.int64],
    offsets: NDArray[np.float64],
    bins: NDArray[np.int64],
) -> list[Likely]:
    """Add up, by content and offset, what each own mark says for it; the closer, the more."""
    ids, number = np.unique(contents, return_inverse=True)
    best = np.argsort(-np.bincount(number, worth), kind="stable")[:_MOST_COUNTED]
    found = []
    for content in best:
        (part,) = np.nonzero(number == content)
        part = part[np.argsort(-worth[part], kind="stable")]
        places = []
        for place in np.unique(bins[part]):
            near = part[np.abs(bins[part] - place) <= 1]
            _, firsts = np.unique(mine[near], return_index=True)
            said = int(worth[near[firsts]].sum())
            places.append((said, len(firsts), float(np.median(offsets[near]))))
        places.sort(key=lambda place: (-place[0], abs(place[2])))
        likely_at = tuple(offset for _, _, offset in places[:_MOST_PLACES])
        found.append((places[0][0], Likely(int(ids[content]), places[0][1], likely_at)))
    found.sort(key=lambda each: (-each[0], each[1].content_id))
    return [each for _, each in found]


def _words(values: NDArray[np.floating]) -> NDArray[np.uint64]:
    """Make 64 bits of the signs of (n, 64) numbers."""
    words: NDArray[np.uint64] = ((values > 0).astype(np.uint64) * _BITS).sum(
        axis=1, dtype=np.uint64
    )
    return words


def _marks(
    words: NDArray[np.uint64], times: Sequence[float] | NDArray[np.floating]
) -> NDArray[np.void]:
    marks = np.empty(len(words), MARK)
    marks["word"], marks["time"] = words, times
    return marks
