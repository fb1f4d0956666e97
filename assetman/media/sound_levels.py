"""How loud a sound is, gathered over the stretches it is read in.

Loudness is integrated as ITU-R BS.1770-5 says: blocks of 400 ms, one every 100 ms, those below
-70 LUFS left out, and of the others those more than 10 LU below their mean. FFmpeg's `ebur128`
measures the blocks; how many there were of each loudness is what one stretch tells the next.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.filter import Graph

from assetman.media.sound_gathering import PACKED, Block, packed

QUIETEST = -70.0  # LUFS; what is below is not heard
_FINE = 10  # steps of loudness in one LU
_LOUDEST = 100.0  # LUFS
_BLOCK = 0.4  # seconds
_HOP = 0.1
_SLACK = 1e-6
_RELATIVE = 10.0  # LU below the mean, that still count
_MOST_CHANNELS = 8  # that are measured each; more than those are measured as their mix


@dataclass(slots=True)
class Levels:
    """The loudness of blocks, in steps, and the peak, of what was read so far."""

    counts: dict[int, int] = field(default_factory=dict)
    peak: float = 0.0  # of the samples; 1.0 is full scale

    @property
    def loudness(self) -> float | None:
        """Integrate to LUFS; None: nothing is loud enough to be heard."""
        if not self.counts:
            return None
        steps = np.array(list(self.counts))
        counts = np.array(list(self.counts.values()))
        powers = 10 ** ((steps + 0.5) / _FINE / 10)
        mean = (counts * powers).sum() / counts.sum()
        heard = powers >= mean / 10 ** (_RELATIVE / 10)
        mean = (counts * powers)[heard].sum() / counts[heard].sum()
        return round(10 * math.log10(mean), 1)

    @property
    def peak_level(self) -> float | None:
        """Give the peak in dBFS; None: there is nothing but zeros."""
        return round(20 * math.log10(self.peak), 1) if self.peak > 1e-9 else None

    def count(self, loudness: float) -> None:
        """Take a block of so many LUFS."""
        if QUIETEST <= loudness <= _LOUDEST:
            step = math.floor(loudness * _FINE)
            self.counts[step] = self.counts.get(step, 0) + 1


class Meter:
    """Measures what comes from a time (seconds) on."""

    def __init__(self, rate: int, layout: str, begin: float) -> None:
        self.peak = 0.0
        self._rate = rate
        self._begin = begin
        self._blocks: list[tuple[float, float]] = []  # when they end, and how loud they are
        self._layout = layout if av.AudioLayout(layout).nb_channels <= _MOST_CHANNELS else "mono"
        self._graph = self._built()
        self._fed = 0  # samples

    def put(self, block: Block) -> None:
        """Take the next samples, (channels, n)."""
        self.peak = max(self.peak, float(np.abs(block).max(initial=0.0)))
        self._feed(block)

    def add_to(self, levels: Levels, after: float, until: float) -> None:
        """Count the blocks that end between two times, when all of them have been put.

        A sound that is shorter than a block is measured in one, silence behind it.
        """
        if self._fed < _BLOCK * self._rate and not self._begin:
            missing = math.ceil(_BLOCK * self._rate) - self._fed
            channels = av.AudioLayout(self._layout).nb_channels
            self._feed(np.zeros((channels, missing + 1), np.float32))
        self._graph.push(None)
        self._collect()
        levels.peak = max(levels.peak, self.peak)
        for end, loudness in self._blocks:
            if after + _SLACK < end <= until + _SLACK:
                levels.count(loudness)

    def _feed(self, block: Block) -> None:
        if self._layout == "mono" and len(block) > 1:
            block = block.mean(axis=0, keepdims=True)
        frame = packed(block, self._layout, self._rate)
        frame.pts = self._fed
        self._graph.push(frame)
        self._fed += block.shape[1]
        self._collect()

    def _collect(self) -> None:
        for number, loudness in self._measured():
            end = (number + 1) * _HOP
            if end > _BLOCK - _SLACK:  # it is whole
                self._blocks.append((self._begin + end, loudness))

    def _measured(self) -> Iterator[tuple[int, float]]:
        while True:
            try:
                frame = self._graph.pull()
            except (av.BlockingIOError, av.EOFError):
                return
            assert isinstance(frame, AudioFrame)
            words = frame.metadata.get("lavfi.r128.M")
            hop = self._rate // 10
            if words is not None and frame.pts is not None and frame.samples == hop:
                yield round(frame.pts / hop), float(words)

    def _built(self) -> Graph:
        graph = Graph()
        source = graph.add_abuffer(
            sample_rate=self._rate,
            format=PACKED,
            layout=self._layout,
            time_base=Fraction(1, self._rate),
        )
        meter = graph.add("ebur128", "metadata=1:framelog=quiet")
        sink = graph.add("abuffersink")
        source.link_to(meter)
        meter.link_to(sink)
        graph.configure()
        return graph
