"""What an open film offers to whoever looks for its shots: frames, and what packets tell.

A film's key frames can be decoded alone; every other frame needs those before it, back to its key
frame. A key frame and the packets up to the next one are a group.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL.Image import Image

SMALL_SIDE = 96  # pixels; the longer side of the frames that are compared


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One decoded frame. It holds on to all its pixels: keep few."""

    time: float  # seconds; the film's first frame has 0
    small: NDArray[np.uint8]  # (h, w, 3) sRGB, upright, square pixels, longer side SMALL_SIDE
    key: bool
    picture: Callable[[], Image]  # the whole of it: upright, square pixels, sRGB


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """A key frame, and what is known of the packets after it without decoding them.

    `times` and `sizes` are of those packets, in the order in which they are stored; of a damaged
    or strange file times may be out of order or outside of the group.
    """

    key: Frame
    end: float  # seconds; the time of the next group's key frame, or the end of the last frame
    times: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))  # seconds, shown
    sizes: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))  # bytes
    size: int = 0  # bytes of the key frame's packet


class Film(Protocol):
    """An open video; `video.py` has the real one. All times are seconds from its first frame."""

    @property
    def duration(self) -> float:
        """The best that is known; it may be wrong."""
        ...

    @property
    def pixels(self) -> int:
        """Of one frame, as it is stored."""
        ...

    def groups(self, start: float, spacing: float) -> Iterator[Group]:
        """Read on from the last key frame at or before `start`, decoding key frames alone.

        A key frame sooner than `spacing` seconds after the one given before is not decoded: its
        packet counts among the group's. What cannot be decoded is left out.
        """
        ...

    def frames(self, start: float, end: float, swift: bool = False) -> Iterator[Frame]:
        """Decode what is shown from `start` up to `end` (left out), in order.

        `swift` leaves out those that no other needs: with many encoders every second one.
        """
        ...
