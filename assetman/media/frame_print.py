"""What a film shows at some times, as grids of grey levels: what its copies are told by."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from assetman.core.timelines import SEEN, SIDE, Timeline
from assetman.media.keyframes import Film
from assetman.media.looks import Look, look_of

_APART = 0.5  # seconds between two frames that are kept
_CHANGED = 12.0  # grey levels; a frame that differs so from the last one kept is kept earlier
_DARK = 24.0  # grey levels; a bar is not brighter, in any frame
_SPECKS = 98.0  # percent of a line that have to be dark
_LEAST = 0.4  # of the width and the height that bars leave


def frame_print(looks: Sequence[Look]) -> Timeline:
    """Give the timeline of what is seen in one stretch, bars around it left out."""
    if not looks:
        return Timeline()
    brightest = np.maximum.reduce([look.grey for look in looks])
    box = _picture(brightest)
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
    left, top, right, bottom = box
    bars = 1 - (right - left) * (bottom - top) / brightest.size
    return Timeline(seen=rows[:count].tobytes(), bars=round(bars, 3))


def densely(film: Film, looks: Sequence[Look], start: float, end: float | None) -> list[Look]:
    """Look at a frame each half second of a stretch too: all before it has to be decoded."""
    found = {look.time: look for look in looks}
    last = -_APART
    for frame in film.frames(start, math.inf if end is None else end, swift=True):
        if frame.time - last >= _APART:
            found[frame.time] = look_of(frame)
            last = frame.time
    return [found[time] for time in sorted(found)]


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
