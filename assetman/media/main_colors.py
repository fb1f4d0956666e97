"""The main colours of a picture, as a person would name them: a few, each with its share."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from PIL import Image

_SIDE = 64  # pixels; what is smaller is in nobody's memory of a picture
_MOST = 6  # colours
_LEAST = 0.05  # share of a picture that a main colour has
_BOX = 10.0  # of CIE L*a*b*: where most pixels lie is looked for in boxes of this size
_REACH = 17.0  # of the same: what lies so near to the middle of a colour is of it
_OPAQUE = 128

MainColors = tuple[tuple[str, float], ...]  # "#rrggbb" and the share of the picture, 0..1


def main_colors(picture: Image.Image) -> MainColors:
    """Find the main colours of a picture in RGB or RGBA; what is transparent has none."""
    small = picture.convert("RGBA")
    small.thumbnail((_SIDE, _SIDE), Image.Resampling.BOX)
    pixels = np.asarray(small).reshape(-1, 4)
    colors = pixels[pixels[:, 3] >= _OPAQUE, :3].astype(np.float32) / 255
    if not len(colors):
        return ()
    places = cv2.cvtColor(colors[None], cv2.COLOR_RGB2LAB)[0]
    boxes = np.floor(places / _BOX).astype(np.int64) @ (10_000, 100, 1)
    left = np.ones(len(colors), np.bool_)
    found: list[tuple[str, float]] = []
    while len(found) < _MOST and left.any():
        numbers, counts = np.unique(boxes[left], return_counts=True)
        middle = places[left & (boxes == numbers[counts.argmax()])].mean(axis=0)
        of_it = left & (np.linalg.norm(places - middle, axis=1) <= _REACH)
        share = float(of_it.mean())
        if share < _LEAST:
            break
        red, green, blue = (round(part * 255) for part in colors[of_it].mean(axis=0).tolist())
        found.append((f"#{red:02x}{green:02x}{blue:02x}", round(share, 4)))
        left &= ~of_it
    return tuple(found)


def main_colors_in(path: Path) -> MainColors:
    """Find the main colours of a thumbnail. Raises OSError where there is none that is whole."""
    with Image.open(path) as picture:
        return main_colors(picture)
