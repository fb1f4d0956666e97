"""What a film shows at some times, as grids of grey levels: what its copies are told by."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from assetman.core.timelines import SEEN, SIDE
from assetman.media.looks import Look

_APART = 0.5  # seconds between two frames that are kept
_CHANGED = 12.0  # grey levels; a frame that differs so from the last one kept is kept earlier
_DARK = 24.0  # grey levels; a bar is not brighter, in any frame
_SPECKS = 98.0  # percent of a line that have to be dark
_LEAST = 0.4  # of the width and the height that bars leave


def frame_print(looks: Sequence[Look]) -> bytes:
    """Give the rows of a timeline for the frames of one stretch, bars around them left out."""
    if not looks:
        return b""
    box = _picture(np.maximum.reduce([look.grey for look in looks]))
    rows = np.empty(len(looks), SEEN)
    count = 0
    for look in looks:
        grid = _grid(look.grey, box)
        if count:
            last = rows[count - 1]
            change = np.abs(grid.astype(np.int16) - last["grid"]).mean()
            if look.time - last["time"] < _APART and change < _CHANGED:
                continue
        rows[count] = look.time, grid
        count += 1
    return rows[:count].tobytes()


def _grid(grey: NDArray[np.uint8], box: tuple[int, int, int, int]) -> NDArray[np.uint8]:
    small = Image.fromarray(grey).resize((SIDE, SIDE), Image.Resampling.BOX, box=box)
    return np.asarray(small).reshape(-1)


def _picture(brightest: NDArray[np.uint8]) -> tuple[int, int, int, int]:
    """Find what is not bars: left, top, right, bottom in pixels."""
    height, width = brightest.shape
    top, bottom = _inside(np.percentile(brightest, _SPECKS, axis=1) > _DARK)
    left, right = _inside(np.percentile(brightest, _SPECKS, axis=0) > _DARK)
    if bottom - top < _LEAST * height:
        top, bottom = 0, height
    if right - left < _LEAST * width:
        left, right = 0, width
    return left, top, right, bottom


def _inside(bright: NDArray[np.bool_]) -> tuple[int, int]:
    """Give the span without the dark lines at both ends, nor the line half dark beside them."""
    lines = np.flatnonzero(bright)
    if not len(lines):
        return 0, len(bright)
    first, last = int(lines[0]), int(lines[-1]) + 1
    return (first + 1 if first else 0), (last - 1 if last < len(bright) else last)
