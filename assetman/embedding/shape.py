"""The shape of a sound, whatever it is of: how it begins, swells, beats and ends.

No model is behind it: it is made of the outline alone, how far the sound swings as time goes by.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

SHAPE_VERSION = 1  # raised when the same outline would give another vector
SHAPE_RATE = 400.0  # pairs a second that an outline is made with, where there is none
_FLOOR = 48.0  # decibels below the loudest moment; what is quieter is silence
_COURSE = 24  # points from the beginning to the end
_TIMES = np.geomspace(0.005, 10.0, 16)  # seconds after the beginning
_LENGTHS = np.geomspace(0.05, 10.0, 10)  # seconds
_BEATS = np.geomspace(0.5, 32.0, 13)  # a second
_WEIGHTS = {"course": 0.35, "times": 0.3, "length": 0.1, "beats": 0.2, "grain": 0.05}
SHAPE_DIMENSION = _COURSE + 1 + len(_TIMES) + 1 + len(_LENGTHS) + len(_BEATS) + 4


def shape(pairs: NDArray[np.int8] | Floats, rate: float) -> Floats | None:
    """Give the shape of a sound, (d,) float32, unit length; None of silence.

    `pairs` are lowest and highest sample, (n, 2), of `rate` pieces a second, in any unit.
    """
    swings = np.abs(pairs.astype(np.float32))
    level = swings.max(1, initial=0.0)
    peak = float(level.max(initial=0.0))
    if peak <= 0:
        return None
    heard = np.flatnonzero(level > peak * 10 ** (-_FLOOR / 20))
    span = slice(int(heard[0]), int(heard[-1]) + 1)
    level = level[span] / peak
    seconds = len(level) / rate
    loud = np.clip(1 + np.log10(np.maximum(level, 1e-6)) * 20 / _FLOOR, 0, 1)
    parts = {
        "course": _far(_means(loud, np.linspace(0, len(loud), _COURSE + 1)) - 0.5),
        "times": _far(_at(loud, rate) - 0.5),
        "length": _near(np.log(np.clip(seconds, _LENGTHS[0], _LENGTHS[-1])), np.log(_LENGTHS)),
        "beats": _beats(level, rate),
        "grain": _grain(swings[span], loud),
    }
    vector = np.concatenate([parts[name] * weight**0.5 for name, weight in _WEIGHTS.items()])
    return vector.astype(np.float32)


def outline(samples: Floats, rate: int) -> Floats:
    """Give lowest and highest sample (n, 2) of pieces of mono samples, `SHAPE_RATE` a second."""
    pieces = max(1, int(len(samples) * SHAPE_RATE / rate))
    bounds = np.arange(pieces) * len(samples) // pieces
    low, high = np.minimum.reduceat(samples, bounds), np.maximum.reduceat(samples, bounds)
    return np.stack([low, high], axis=1)


def _means(values: Floats, bounds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the means between bounds, which may lie within a value."""
    total = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
    at = np.interp(bounds, np.arange(len(total)), total)
    means: NDArray[np.float64] = np.diff(at) / np.maximum(np.diff(bounds), 1e-9)
    return means


def _at(loud: Floats, rate: float) -> NDArray[np.float64]:
    """Give how loud it is between times after its beginning; behind its end it is silent."""
    bounds = np.concatenate([[0.0], _TIMES]) * rate
    longer = np.concatenate([loud, np.zeros(max(0, int(bounds[-1]) + 1 - len(loud)), loud.dtype)])
    return _means(longer, bounds)


def _beats(level: Floats, rate: float) -> NDArray[np.float64]:
    """Give how much it swells and falls so many times a second, and how much it does not."""
    swell = level - level.mean()
    size = max(64, 1 << (len(level) - 1).bit_length())
    power = np.abs(np.fft.rfft(swell, size)) ** 2
    frequencies = np.fft.rfftfreq(size, 1 / rate)
    found = [
        power[(frequencies >= low) & (frequencies < high)].sum() for low, high in pairwise(_BEATS)
    ]
    steady = float(level.mean()) ** 2 * len(level) * size / 2
    return _unit(np.sqrt([*found, steady]))


def _grain(swings: Floats, loud: Floats) -> NDArray[np.float64]:
    """Give how rough, how lopsided and how dense it is."""
    rough = np.abs(np.diff(loud)).mean() if len(loud) > 1 else 0.0
    low, high = swings.mean(0)
    lopsided = (high - low) / max(float(high + low), 1e-9)
    return _far(np.array([min(1.0, 4 * rough) - 0.5, lopsided, float(loud.mean()) - 0.5]))


def _far(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Let distances become cosines: values within -0.5..0.5 and one more number."""
    flat = values / (len(values) / 4) ** 0.5
    return _unit(np.append(flat, np.sqrt(max(0.0, 1 - float((flat**2).sum())))))


def _near(value: float, centres: NDArray[np.float64]) -> NDArray[np.float64]:
    return _unit(np.exp(-(((value - centres) / (centres[1] - centres[0])) ** 2) / 2))


def _unit(values: NDArray[np.float64] | list[float]) -> NDArray[np.float64]:
    row = np.asarray(values, np.float64)
    length = float(np.linalg.norm(row))
    return row / length if length > 0 else row
