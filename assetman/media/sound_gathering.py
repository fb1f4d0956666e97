"""Frames of a sound as they come out of a decoder, gathered to blocks of a second each."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.filter import Graph
from numpy.typing import NDArray

Block = NDArray[np.float32]  # (channels, n), full scale -1..1

# One channel's sample beside the other's: PyAV hands out no planes beyond the eighth.
PACKED = "flt"
_LOUDEST = np.float32(1e4)  # 80 dB above full scale; what is beyond is no sound


class Gathering:
    """Lays frames behind each other from a sample on, and gives them a second at a time."""

    def __init__(self, rate: int, layout: str, begin: int) -> None:
        self.at = begin  # the sample that comes next
        self._rate = rate
        self._layout = layout
        self._graph: Graph | None = None
        self._taken = ""  # the format of samples the graph takes
        self._converter: tuple[tuple[str, str, int], av.AudioResampler] | None = None

    def put(self, frame: AudioFrame, position: int) -> None:
        """Take a frame that begins at a sample; what lies before `at` is left out."""
        skipped = self.at - position
        for fitting in self._fitting(frame):
            if skipped >= fitting.samples:
                skipped -= fitting.samples
                continue
            if not skipped:
                self._push(fitting)
                continue
            for rest in self._fitting(_without(fitting, skipped)):
                self._push(rest)
            skipped = 0

    def put_silence(self, samples: int) -> None:
        """Take so many samples of nothing."""
        channels = av.AudioLayout(self._layout).nb_channels
        quiet = packed(np.zeros((channels, samples), np.float32), self._layout, self._rate)
        for fitting in self._fitting(quiet):
            self._push(fitting)

    def blocks(self) -> Iterator[Block]:
        """Give the seconds that are complete."""
        while self._graph is not None:
            try:
                gathered = self._graph.pull()
            except (av.BlockingIOError, av.EOFError):
                return
            assert isinstance(gathered, AudioFrame)
            yield _clean(unpacked(gathered))

    def rest(self) -> Iterator[Block]:
        """Give what is left, when nothing more will come."""
        if self._graph is not None:
            self._graph.push(None)
            yield from self.blocks()

    def _fitting(self, frame: AudioFrame) -> list[AudioFrame]:
        """Give a frame as the graph takes it; the first one says how that is."""
        shape = (frame.format.name, frame.layout.name, frame.sample_rate)
        if self._graph is None:
            self._taken = shape[0]
            self._graph = self._built()
        if shape == (self._taken, self._layout, self._rate):
            return [frame]
        if self._converter is None or self._converter[0] != shape:
            changed = av.AudioResampler(self._taken, self._layout, self._rate)
            self._converter = shape, changed
        frame.pts = None
        return list(self._converter[1].resample(frame))

    def _push(self, frame: AudioFrame) -> None:
        assert self._graph is not None
        frame.pts, frame.time_base = self.at, Fraction(1, self._rate)
        self._graph.push(frame)
        self.at += frame.samples

    def _built(self) -> Graph:
        graph = Graph()
        source = graph.add_abuffer(
            sample_rate=self._rate,
            format=self._taken,
            layout=self._layout,
            time_base=Fraction(1, self._rate),
        )
        floats = graph.add("aformat", f"sample_fmts={PACKED}")
        seconds = graph.add("asetnsamples", f"n={self._rate}:p=0")
        sink = graph.add("abuffersink")
        source.link_to(floats)
        floats.link_to(seconds)
        seconds.link_to(sink)
        graph.configure()
        return graph


def packed(block: Block, layout: str, rate: int) -> AudioFrame:
    """Make a frame of samples, (channels, n) float32."""
    row = np.ascontiguousarray(block.T).reshape(1, -1)
    frame = AudioFrame.from_ndarray(row, PACKED, layout)
    frame.sample_rate, frame.time_base = rate, Fraction(1, rate)
    return frame


def unpacked(frame: AudioFrame) -> Block:
    """Give the samples of a frame that is packed, as (channels, n) float32."""
    row = np.asarray(frame.to_ndarray(), np.float32)
    return row.reshape(-1, frame.layout.nb_channels).T


def _without(frame: AudioFrame, samples: int) -> AudioFrame:
    """Leave out the first samples of a frame; what is left is packed."""
    layout, rate = frame.layout.name, frame.sample_rate
    frame.pts = None
    parts = av.AudioResampler(PACKED, layout, rate).resample(frame)
    whole = np.concatenate([unpacked(part) for part in parts], axis=1)
    return packed(whole[:, samples:], layout, rate)


def _clean(block: Block) -> Block:
    """Make silent what is no number, and bound what no sound reaches."""
    top = float(np.abs(block).max(initial=0.0))
    if top <= _LOUDEST:  # false where there is a NaN
        return block
    return np.clip(np.nan_to_num(block, posinf=0.0, neginf=0.0), -_LOUDEST, _LOUDEST)
