"""Small pictures of one colour, told apart by a corner's noise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from kit.colours import COLOURS


def paint(path: Path, colour: str, seed: int = 0, size: tuple[int, int] = (64, 48)) -> Path:
    """Write a picture of a colour; another seed gives other bytes of the same meaning."""
    pixels = np.full((size[1], size[0], 3), COLOURS[colour], np.uint8)
    noise = np.random.default_rng(seed).integers(0, 256, (4, 4, 3), dtype=np.uint8)
    pixels[:4, :4] = noise
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)
    return path
