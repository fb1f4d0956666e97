"""What is seen and heard along a film or a sound, in few numbers: copies are told by it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

METHOD = 1  # raised when the same file would give other numbers
SIDE = 8  # of the grid of grey levels that a frame becomes, whatever its shape
SEEN = np.dtype([("time", "<f4"), ("grid", "u1", (SIDE * SIDE,))])  # seconds; 0..255
# A place by which likely copies are found: what is there as 64 bits that differ little among
# copies, and its time in seconds.
MARK = np.dtype([("word", "<u8"), ("time", "<f4")])
BANDS = 16  # of pitch, from the lowest to the highest
HEARD_RATE = 5512  # samples a second that are listened to
HEARD_HOP = 256  # of those samples, from one row of levels to the next
HEARD_LEAD = 4  # rows before the beginning: a moment is heard in those beside it too
_FINE = 60.0  # seconds; what is longer is kept at half as many rows
STEPS = 2.3  # of a level, in a decibel; 0 is 110 below full scale
LEAD = HEARD_LEAD * HEARD_HOP / HEARD_RATE  # the same in seconds


@dataclass(frozen=True, slots=True)
class Timeline:
    """What a film shows at some times, and how loud each band of a sound is, row by row.

    Both are kept as bytes, so that pieces of a timeline one after another are its sum. Row n of
    what is heard is of the moment n * `step` - `LEAD`.
    """

    seen: bytes = b""  # rows of SEEN, in order of time
    heard: bytes = b""  # rows of BANDS levels, uint8
    step: float = HEARD_HOP / HEARD_RATE  # seconds
    bars: float | None = None  # the share of the frame that dark bars take, all along

    def __add__(self, later: Timeline) -> Timeline:
        told = [each for each in (self.bars, later.bars) if each is not None]
        bars = min(told, default=None)
        return Timeline(self.seen + later.seen, self.heard + later.heard, self.step, bars)

    @property
    def looks(self) -> NDArray[np.void]:
        """Give what is seen: (n,) SEEN."""
        return np.frombuffer(self.seen, SEEN)

    @property
    def levels(self) -> NDArray[np.uint8]:
        """Give what is heard: (n, BANDS) uint8."""
        return np.frombuffer(self.heard, np.uint8).reshape(-1, BANDS)

    @property
    def thinned(self) -> Timeline:
        """The same as it is kept: of what is long every second row of what is heard."""
        levels = self.levels
        if len(levels) * self.step <= _FINE:
            return self
        return replace(self, heard=levels[::2].tobytes(), step=2 * self.step)
