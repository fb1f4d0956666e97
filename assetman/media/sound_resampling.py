"""A sound of one channel at another rate."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.filter import Graph
from numpy.typing import NDArray

from assetman.media.sound_gathering import PACKED, packed, unpacked

Mono = NDArray[np.float32]  # (n,)

# Of libswresample: what is left of an ideal resampler's sound up to 0.9 of the band is -128 dB.
_FILTER = "filter_size=96:phase_shift=10:cutoff=0.96:filter_type=kaiser:kaiser_beta=12"


class Track:
    """A sound of one channel at another rate."""

    def __init__(self, rate: int, wanted: int) -> None:
        self._rate, self._wanted = rate, wanted
        self._parts: list[Mono] = []
        self._fed = 0
        self._graph = None if rate == wanted else _resampling(rate, wanted)

    def put(self, mix: Mono) -> None:
        """Take the next samples."""
        if self._graph is None:
            self._parts.append(mix)
            return
        frame = packed(mix[None], "mono", self._rate)
        frame.pts = self._fed
        self._fed += len(mix)
        self._graph.push(frame)
        self._parts += self._resampled()

    def whole(self, samples: int) -> Mono:
        """Give all of it: as long as so many samples of before last."""
        if self._graph is not None:
            self._graph.push(None)
            self._parts += self._resampled()
        length = math.ceil(samples * self._wanted / self._rate)
        track = np.concatenate([*self._parts, np.zeros(1, np.float32)])
        self._parts = []
        return track[:length]

    def _resampled(self) -> Iterator[Mono]:
        while self._graph is not None:
            try:
                frame = self._graph.pull()
            except (av.BlockingIOError, av.EOFError):
                return
            assert isinstance(frame, AudioFrame)
            yield unpacked(frame)[0]


def _resampling(rate: int, wanted: int) -> Graph:
    graph = Graph()
    source = graph.add_abuffer(
        sample_rate=rate, format=PACKED, layout="mono", time_base=Fraction(1, rate)
    )
    resampler = graph.add("aresample", f"{wanted}:{_FILTER}")
    sink = graph.add("abuffersink")
    source.link_to(resampler)
    resampler.link_to(sink)
    graph.configure()
    return graph
