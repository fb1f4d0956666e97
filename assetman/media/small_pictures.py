"""The pixels of thumbnails and of cells of sheets, squeezed into little squares."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from assetman.media.colour import LIGHT_GROUND

Place = tuple[int, int, int, int]  # left, top, width, height in pixels


def squares(path: Path, side: int, places: Sequence[Place] | None = None) -> NDArray[np.uint8]:
    """Give all of a picture, or parts of it, as squares (n, side, side, 3) sRGB.

    Raises OSError or ValueError for what is no picture.
    """
    with Image.open(path) as picture:
        picture.load()
        parts: list[Image.Image] = [picture]
        if places is not None:
            parts = [
                picture.crop((left, top, left + width, top + height))
                for left, top, width, height in places
            ]
        return np.stack([_square(part, side) for part in parts])


def _square(picture: Image.Image, side: int) -> NDArray[np.uint8]:
    if "A" in picture.getbands():
        ground = Image.new("RGBA", picture.size, (*LIGHT_GROUND, 255))
        ground.alpha_composite(picture.convert("RGBA"))
        picture = ground
    small = picture.convert("RGB").resize((side, side), Image.Resampling.BOX)
    return np.asarray(small)
