"""Outlines of sounds: read from their files, and reduced to as many columns as there is room for."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from assetman.core.sounds import Waveform
from assetman.ui.jobs import Job

if TYPE_CHECKING:
    from numpy.typing import NDArray

KEPT = 400  # outlines; 8 to 16 kB each for a sound, more for hours
READING = 3  # at a time
FULL = 127.0
AUDIBLE = 0.1  # of the loudest: where a sound begins to be heard
LEAD = 0.03  # seconds before that

Column = tuple[float, float]


class Outline:
    """Lowest and highest sample of each short piece of a sound, -1..1."""

    def __init__(self, pairs: NDArray[Any], rate: float) -> None:
        """Take (n, 2) int8 and how many pairs a second has."""
        self._pairs = pairs
        self.rate = rate

    @property
    def seconds(self) -> float:
        """Say how long it is."""
        return len(self._pairs) / self.rate

    def columns(self, start: float, end: float, count: int) -> list[Column]:
        """Give the lowest and highest sample of each of `count` equal parts of some seconds.

        What lies beyond the sound is silence.
        """
        import numpy as np

        if count <= 0 or end <= start or not len(self._pairs):
            return [(0.0, 0.0)] * max(count, 0)
        edges = np.linspace(start, end, count + 1) * self.rate
        first = np.floor(edges[:-1]).astype(int)
        last = np.maximum(np.ceil(edges[1:]).astype(int), first + 1)
        whole = len(self._pairs)
        inside = (first < whole) & (last > 0)
        low, high = np.zeros(count), np.zeros(count)
        if inside.any():
            begin = np.clip(first[inside], 0, whole - 1)
            stop = np.clip(last[inside], begin + 1, whole)
            # Pairs of places: each even one of the reduced is a column, the odd ones lie between.
            places = np.stack([begin, stop], axis=1).ravel()
            padded = np.concatenate([self._pairs, self._pairs[-1:]])
            low[inside] = np.minimum.reduceat(padded[:, 0], places)[::2]
            high[inside] = np.maximum.reduceat(padded[:, 1], places)[::2]
        return list(zip((low / FULL).tolist(), (high / FULL).tolist(), strict=True))

    def peak(self, start: float, end: float) -> float:
        """Give the loudest sample of some seconds, 0..1."""
        part = self._part(start, end)
        return float(abs(part.astype(int)).max()) / FULL if part.size else 0.0

    def onset(self, start: float, end: float) -> float:
        """Say when something begins to be heard in some seconds; their start where nothing is."""
        part = self._part(start, end)
        if not part.size:
            return start
        levels = abs(part.astype(int)).max(axis=1)
        heard = (levels >= max(levels.max() * AUDIBLE, 1)).nonzero()[0]
        if not len(heard):
            return start
        return max(start, start + float(heard[0]) / self.rate - LEAD)

    def _part(self, start: float, end: float) -> NDArray[Any]:
        first, last = max(0, int(start * self.rate)), max(0, int(end * self.rate) + 1)
        return self._pairs[first:last]


def read_outline(waveform: Waveform) -> Outline:
    """Read the outline of a sound. Raises OSError or ValueError where its files are spoiled."""
    import numpy as np

    parts = [np.load(path, allow_pickle=False) for path in waveform.paths]
    for part in parts:
        if part.ndim != 2 or part.shape[1] != 2 or part.dtype != np.int8:
            raise ValueError("not the outline of a sound")
    pairs = np.concatenate(parts) if parts else np.zeros((0, 2), np.int8)
    return Outline(pairs, waveform.rate)


class OutlineStore(QObject):
    """Keeps outlines; reads those that are wanted off the painting thread, the newest first."""

    arrived = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._kept: OrderedDict[Waveform, Outline | None] = OrderedDict()
        self._wanted: OrderedDict[Waveform, None] = OrderedDict()
        self._reading: set[Waveform] = set()

    def get(self, waveform: Waveform | None) -> Outline | None:
        """Give an outline if it is here; else it comes, and `arrived` says so."""
        if waveform is None:
            return None
        if waveform in self._kept:
            self._kept.move_to_end(waveform)
            return self._kept[waveform]
        if waveform not in self._reading:
            self._wanted[waveform] = None
            self._wanted.move_to_end(waveform)
            while len(self._wanted) > KEPT // 2:
                self._wanted.popitem(last=False)
            self._read_next()
        return None

    def forget(self, waveform: Waveform | None) -> None:
        """Read an outline anew when it is next wanted: its file has been made again."""
        if waveform is not None:
            self._kept.pop(waveform, None)

    def _read_next(self) -> None:
        while self._wanted and len(self._reading) < READING:
            waveform, _ = self._wanted.popitem()
            self._reading.add(waveform)
            job = Job(self, partial(read_outline, waveform))
            job.on_done(partial(self._take, waveform))
            # Spoiled or gone: it is made again, and the asset changes then.
            job.on_error(partial(self._miss, waveform)).start()

    def _miss(self, waveform: Waveform, _error: BaseException) -> None:
        self._take(waveform, None)

    def _take(self, waveform: Waveform, outline: Outline | None) -> None:
        self._reading.discard(waveform)
        self._kept[waveform] = outline
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        self.arrived.emit()
        self._read_next()
