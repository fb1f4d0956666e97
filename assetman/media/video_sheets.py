"""Small pictures of a video's frames: the sheets they lie on, and the poster that stands for it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import imagehash
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from assetman.core.sheets import cell_place, sheet_size
from assetman.media import colour
from assetman.media.files import write_whole
from assetman.media.fitting import within

# The lowest eight of the 32 waves of a discrete cosine transform (type II).
_WAVES = 2 * np.cos(np.pi * np.outer(np.arange(8), 2 * np.arange(32) + 1) / 64)
_EARLY = 0.03  # of a poster's worth, that each later frame is worth less


def look_of(small: NDArray[np.uint8]) -> str:
    """Give the perceptual hash of a frame: 64 bits as 16 hexadecimal digits.

    It is of the frame made small, which does not depend on what else is wanted of it. Equal to
    `imagehash.phash`, whose import of SciPy takes longer than most films' shots.
    """
    grey = Image.fromarray(small).convert("L").resize((32, 32), Image.Resampling.LANCZOS)
    waves = _WAVES @ np.asarray(grey, np.float64) @ _WAVES.T
    return str(imagehash.ImageHash(waves > np.median(waves)))


def cell_of(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Make the small picture of a frame; it fills its cell."""
    flat = colour.flattened(picture, colour.LIGHT_GROUND)
    return flat.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)


def write_sheet(cells: Sequence[Image.Image], size: tuple[int, int], target: Path) -> None:
    """Write the small pictures of a stretch as one WebP; each has the `size` of a cell."""
    sheet = Image.new("RGB", sheet_size(len(cells), size), colour.LIGHT_GROUND)
    for number, cell in enumerate(cells):
        sheet.paste(cell, cell_place(number, size))
    write_whole(target, lambda file: sheet.save(file, "WEBP", quality=78, method=1))


def write_poster(picture: Image.Image, side: int, target: Path) -> None:
    """Write the picture that stands for a video in a grid, its longer side at most `side`."""
    small = within(colour.flattened(picture, colour.LIGHT_GROUND), side)
    write_whole(target, lambda file: small.save(file, "WEBP", quality=80, method=1))


def poster_worth(small: NDArray[np.uint8], number: int) -> float:
    """Say how well a frame stands for its video; `number` counts those before it.

    What has few colours of brightness, as black, fog and title cards have, is worth little.
    """
    luma = small.astype(np.float32) @ np.array((0.299, 0.587, 0.114), np.float32)
    shares = np.histogram(luma, 32, (0, 256))[0] / luma.size
    spread = -float((shares[shares > 0] * np.log2(shares[shares > 0])).sum()) / 5
    contrast = min(float(luma.std()) / 60, 1.0)
    across, down = np.abs(np.diff(luma, axis=1)), np.abs(np.diff(luma, axis=0))
    detail = min(
        float(across.mean() if across.size else 0) + float(down.mean() if down.size else 0), 24
    )
    return spread + 0.5 * contrast + 0.5 * detail / 24 - _EARLY * number
