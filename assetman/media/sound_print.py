"""How loud each band of pitch of a sound is, moment by moment: what its copies are told by.

What differs between two moments and two bands at once survives other codecs, other loudness
and other beginnings (Haitsma and Kalker 2002, "A highly robust audio fingerprinting system");
levels are kept, and compared as what they are, instead of the signs of their differences.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from assetman.core.timelines import BANDS, HEARD_HOP, HEARD_LEAD, HEARD_RATE, STEPS
from assetman.media.sound_resampling import Mono, Track

_WINDOW = 2048  # samples
_LOWEST, _HIGHEST = 110.0, 2600.0  # hertz
_LEAST = 110.0  # decibels below full scale, of the level 0
_AT_ONCE = 1024  # windows
_EDGES = np.round(np.geomspace(_LOWEST, _HIGHEST, BANDS + 1) * _WINDOW / HEARD_RATE).astype(int)
_SHAPE = np.hanning(_WINDOW).astype(np.float32)


class SoundPrint:
    """Listens to a sound from a second on."""

    def __init__(self, rate: int, begin: int) -> None:
        self._track = Track(rate, HEARD_RATE)
        self._begin = begin * HEARD_RATE
        self._samples: Mono = np.zeros(0, np.float32)

    def put(self, mix: Mono) -> None:
        """Take the next samples."""
        self._track.put(mix)

    def close(self, samples: int) -> None:
        """Be told that so many samples were all."""
        self._samples = self._track.whole(samples)

    def levels(self, start: float, end: float, over: bool) -> NDArray[np.uint8]:
        """Give the rows of levels from one time up to another, seconds: (n, BANDS) uint8.

        Those before the beginning and, where the sound is `over`, behind its end are among them.
        """
        first, last = (math.ceil(time * HEARD_RATE / HEARD_HOP - 1e-6) for time in (start, end))
        if start <= 0:
            first -= HEARD_LEAD
        if over:
            last += HEARD_LEAD
        rows = [
            self._rows(number, min(number + _AT_ONCE, last))
            for number in range(first, last, _AT_ONCE)
        ]
        return np.concatenate([*rows, np.empty((0, BANDS), np.uint8)])

    def _rows(self, first: int, last: int) -> NDArray[np.uint8]:
        begin = first * HEARD_HOP - _WINDOW // 2 - self._begin
        end = begin + (last - 1 - first) * HEARD_HOP + _WINDOW
        part = self._samples[max(begin, 0) : max(end, 0)]
        before = max(-begin, 0)
        part = np.pad(part, (before, max(0, end - begin - before - len(part))))
        windows = np.lib.stride_tricks.sliding_window_view(part, _WINDOW)[::HEARD_HOP]
        powers = np.abs(np.fft.rfft(windows * _SHAPE, axis=1)) ** 2 / float(_SHAPE.sum()) ** 2
        bands = np.add.reduceat(powers[:, : _EDGES[-1]], _EDGES[:-1], axis=1)
        decibels = 10 * np.log10(bands + 1e-12) + _LEAST
        return np.clip(np.round(decibels * STEPS), 0, 255).astype(np.uint8)
