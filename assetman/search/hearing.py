"""What is heard along a sound, in the form in which copies are compared."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assetman.core.timelines import BANDS, HEARD_HOP, HEARD_RATE, STEPS, Timeline

FINE_STEP = HEARD_HOP / HEARD_RATE  # seconds from row to row, of what is not long
STEP = 2 * FINE_STEP  # and of everything, where it is compared
_DEPTH = 60 * STEPS  # of levels; what lies deeper below the loudest is not heard
_LEAST = 25 * STEPS  # a sound whose loudest level is not above it is silent

Rows = NDArray[np.float32]  # (n, BANDS) levels above what is not heard


def is_fine(timeline: Timeline) -> bool:
    """Tell whether it has a row each FINE_STEP."""
    return timeline.step < 0.75 * STEP


def rows_of(timeline: Timeline) -> Rows:
    """Give all its levels; as loud a copy as another has the same."""
    levels = timeline.levels.astype(np.float32)
    if not len(levels) or levels.max() < _LEAST:
        return np.empty((0, BANDS), np.float32)
    return np.asarray(np.maximum(levels - levels.max() + _DEPTH, 0.0), np.float32)


def coarse(timeline: Timeline) -> Rows:
    """Give the levels, a row each STEP."""
    rows = rows_of(timeline)
    return rows[::2] if is_fine(timeline) else rows


def flow(rows: Rows, far: int = 1) -> Rows:
    """Say how the difference of neighbouring bands changes: (n - far, BANDS - 1)."""
    steps = rows[:, 1:] - rows[:, :-1]
    return np.asarray(steps[far:] - steps[:-far], np.float32)
