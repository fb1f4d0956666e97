"""The outline of a sound while it is read, in fine pieces: how far it goes down and up, how loud."""

from __future__ import annotations

import math
from functools import reduce
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assetman.media.files import write_whole
from assetman.media.sound_gathering import Block

_PIECES = 2000  # a second, of the outline as it is gathered
_STEPS = 20  # a second, of how loud it is
_FULL = 127  # of int8, at full scale
_MOMENT = 0.4  # seconds; of the loudest moment


class Outline:
    """Lowest and highest samples, and power, of short pieces from a second on.

    The extremes are those of any channel, the power that of the mix.
    """

    def __init__(self, rate: int, begin: int) -> None:
        self.begin = begin  # seconds; where the first sample lies
        self._rate = rate
        self._pieces = min(_PIECES, rate)
        self._extremes: list[NDArray[np.float32]] = []
        self._powers: list[NDArray[np.float64]] = []
        self._ranges: list[NDArray[np.float32]] = []

    def put(self, block: Block, mix: NDArray[np.float32]) -> None:
        """Take the next second, and its mix to one channel."""
        low, high = reduce(np.minimum, block), reduce(np.maximum, block)
        fine = _bounds(len(mix), self._rate, self._pieces)
        lowest, highest = np.minimum.reduceat(low, fine), np.maximum.reduceat(high, fine)
        self._extremes.append(np.stack((lowest, highest), axis=1))
        coarse = _bounds(len(mix), self._rate, _STEPS)
        lengths = np.diff(coarse, append=len(mix))
        means = np.add.reduceat(mix, coarse, dtype=np.float64) / lengths
        squares = np.add.reduceat(mix * mix, coarse, dtype=np.float64)
        self._powers.append(np.maximum(squares - lengths * means**2, 0.0) / self._rate)
        ranges = np.stack((np.minimum.reduceat(mix, coarse), np.maximum.reduceat(mix, coarse)), 1)
        self._ranges.append(ranges)

    def silent(self, start: float, end: float, below: float) -> bool:
        """Tell whether nothing swings by `below` (1.0 is full scale) or more between two times.

        A sound that stands still, wherever, cannot be heard.
        """
        ranges = np.concatenate(self._ranges)[self._span(start, end)]
        return not len(ranges) or float(ranges[:, 1].max() - ranges[:, 0].min()) < 2 * below

    def loudest(self, start: float, end: float) -> float:
        """Give the middle of the loudest moment between two times, in seconds."""
        span = self._span(start, end)
        powers = np.concatenate(self._powers)[span]
        width = round(_MOMENT * _STEPS)
        if len(powers) <= width:
            return (start + end) / 2
        sums = np.convolve(powers, np.ones(width), "valid")
        first = span.start + int(np.argmax(sums))
        middle = float(self.begin + (first + width / 2) / _STEPS)
        return min(max(middle, start), end)

    def pairs(self, start: float, end: float, rate: float) -> NDArray[np.int8]:
        """Give (n, 2) int8, lowest and highest, `rate` pairs a second, between two times.

        Pairs of stretches that follow each other follow each other too.
        """
        first, last = round(start * rate), round(end * rate)
        last = max(last, first + 1)
        edges = np.arange(first, last + 1) / rate - self.begin
        at = np.maximum(np.round(edges * self._pieces).astype(int), 0)
        silence = np.zeros((max(int(at[-1]), int(at[-2]) + 1), 2), np.float32)
        extremes = np.concatenate([*self._extremes, silence])[: len(silence)]
        lowest = np.minimum.reduceat(extremes[:, 0], at[:-1])
        highest = np.maximum.reduceat(extremes[:, 1], at[:-1])
        pairs = np.round(np.stack((lowest, highest), axis=1) * _FULL)
        return np.clip(pairs, -_FULL, _FULL).astype(np.int8)

    def _span(self, start: float, end: float) -> slice:
        first = math.floor((start - self.begin) * _STEPS + 1e-6)
        last = math.ceil((end - self.begin) * _STEPS - 1e-6)
        return slice(max(first, 0), max(last, first + 1))


def write_outline(pairs: NDArray[np.int8], target: Path) -> None:
    """Write pairs as a .npy file."""
    write_whole(target, lambda file: np.save(file, pairs, allow_pickle=False))


def _bounds(samples: int, rate: int, pieces: int) -> NDArray[np.intp]:
    """Say where pieces of a second begin, as `reduceat` wants it, none of them empty."""
    count = max(1, math.ceil(samples * pieces / rate))
    return (np.arange(count) * rate) // pieces
