"""How a picture looks, whatever it shows: its colours, where they are, and where its lines run.

No model is behind it: pictures that a person would call alike from across the room have vectors
with a cosine near 1. Colours are compared in CIELAB, where distances are as the eye sees them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

LOOK_SIDE = 48  # pixels; both sides of the pictures taken
LOOK_VERSION = 1  # raised when the same picture would give another vector
_CELLS = 6  # a side, of the blurred picture
_BINS = (4, 5, 5)  # of lightness, green to red, blue to yellow
_CHROMA = 60.0  # of CIELAB; what is beyond counts as that
_PATCHES, _WAYS = 3, 4  # a side, and directions of lines
_WEIGHTS = {"places": 0.45, "colours": 0.35, "lines": 0.2}  # of the cosine
_TO_XYZ = np.array(
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]], np.float32
) / np.array([[0.95047], [1.0], [1.08883]], np.float32)
LOOK_DIMENSION = _CELLS**2 * 3 + 1 + _BINS[0] * _BINS[1] * _BINS[2] + _PATCHES**2 * _WAYS + 1


def looks(pixels: NDArray[np.uint8]) -> Floats:
    """Give the looks of pictures (n, side, side, 3) sRGB: (n, d) float32, unit length."""
    lab = _lab(pixels)
    parts = (
        ("places", _places(lab)),
        ("colours", _colours(lab)),
        ("lines", _lines(lab[..., 0])),
    )
    return np.concatenate([part * np.float32(_WEIGHTS[name] ** 0.5) for name, part in parts], 1)


def _lab(pixels: NDArray[np.uint8]) -> Floats:
    """Turn sRGB into CIELAB (D65): (n, h, w, 3), lightness 0..1, the others about -1..1."""
    share = np.arange(256, dtype=np.float32) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    xyz = linear.astype(np.float32)[pixels] @ _TO_XYZ.T
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    light = 1.16 * f[..., 1] - 0.16
    red = 500 / _CHROMA * (f[..., 0] - f[..., 1])
    yellow = 200 / _CHROMA * (f[..., 1] - f[..., 2])
    return np.stack([light, np.clip(red, -1, 1), np.clip(yellow, -1, 1)], -1).astype(np.float32)


def _places(lab: Floats) -> Floats:
    """Give the mean colours of the cells; distances become cosines by one more number."""
    cells = _blocks(lab, _CELLS).mean((2, 4)) - np.array([0.5, 0, 0], np.float32)
    flat = cells.reshape(len(lab), -1) / np.float32((3 * _CELLS**2 / 4) ** 0.5)
    left = np.maximum(1 - (flat**2).sum(1, keepdims=True), 0)
    return _unit(np.concatenate([flat, np.sqrt(left)], 1))


def _colours(lab: Floats) -> Floats:
    """Give the roots of a histogram, each colour shared between its neighbouring bins.

    The cosine of two is the coefficient of Bhattacharyya.
    """
    bins = np.array(_BINS)
    points: Floats = lab.reshape(len(lab), -1, 3)
    shares = (points + np.array([0, 1, 1], np.float32)) / np.array([1, 2, 2], np.float32)
    places = np.clip(shares, 0, 1) * (bins - 1).astype(np.float32)
    low = np.minimum(places.astype(np.intp), bins - 2)
    high = places - low
    count = int(bins.prod())
    counts = np.zeros(len(lab) * count)
    rows = np.arange(len(lab))[:, None] * count
    for corner in np.ndindex(2, 2, 2):
        at = low + np.array(corner)
        share = np.where(np.array(corner) == 1, high, 1 - high).prod(-1)
        index = (at[..., 0] * bins[1] + at[..., 1]) * bins[2] + at[..., 2]
        counts += np.bincount((rows + index).ravel(), share.ravel(), len(counts))
    return _unit(np.sqrt(counts).reshape(len(lab), count))


def _lines(light: Floats) -> Floats:
    """Give how strong lines of each direction are in each patch; a plain picture has none."""
    down, across = np.gradient(light, axis=(1, 2))
    strength = np.hypot(down, across)
    way = np.floor(np.arctan2(down, across) / np.pi * _WAYS + 0.5).astype(np.intp) % _WAYS
    found = [
        _blocks((strength * (way == each))[..., None], _PATCHES).mean((2, 4))[..., 0]
        for each in range(_WAYS)
    ]
    flat = np.sqrt(np.stack(found, -1).reshape(len(light), -1))
    plain = np.full((len(light), 1), 0.2, np.float32)
    return _unit(np.concatenate([flat, plain], 1).astype(np.float32))


def _blocks(values: Floats, count: int) -> Floats:
    """Part (n, side, side, c) into blocks: (n, count, rows, count, columns, c)."""
    pictures, side, _, channels = values.shape
    return values.reshape(pictures, count, side // count, count, side // count, channels)


def _unit(rows: NDArray[np.floating]) -> Floats:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    units: Floats = (rows / np.maximum(lengths, 1e-9)).astype(np.float32)
    return units
