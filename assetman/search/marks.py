"""Marks: moments of films and sounds as 64 bits each, by which likely copies are found quickly.

Copies share marks that differ in few bits and lie equally far apart; whether they are copies is
for `aligning` to say.
"""

from __future__ import annotations

from collections.abc import Sequence

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
