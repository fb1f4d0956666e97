"""Where two pictures differ that show the same, laid on each other and lit."""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from assetman.core.duplicates import Comparison
from assetman.core.errors import WrongUse
from assetman.media.files import write_whole
from assetman.media.picture_matching import Match, Sight, laid
from assetman.media.thumbnails import ThumbnailCache

_LIGHT = (255, 64, 64)  # what is lit, red on any picture
_STRENGTH = 180  # of 255; what is below can still be seen
_FAINT = 12.0  # grey levels; what differs less is the noise of compressors
_PLAIN = 40.0  # what differs more is lit in full
_SMOOTH = 1.5  # pixels; edges that lie half a pixel apart are no difference


def compared(thumbnails: ThumbnailCache, one: str, other: str) -> Comparison:
    """Lay the picture of one content on that of another, by their keys, and write what is seen.

    The light and the colours of the second are fitted to the first before they are compared. Raises
    WrongUse where there is no thumbnail, or the two do not show the same.
    """
    try:
        here, there = (_loaded(thumbnails.path_of(key)) for key in (one, other))
    except (OSError, ValueError) as error:
        raise WrongUse("One of the two has no picture that could be compared.") from error
    first, second = Sight(here), Sight(there)
    found = laid(first, second)
    if found is None:
        raise WrongUse("These pictures do not show the same.")
    fitted, shown = _fitted(here, there, _at_full_size(found, first, second, here, there))
    lit = _lit(here, fitted, shown)
    light = np.full((*lit.shape, 3), _LIGHT, np.uint8)
    cover = np.where(shown, 255, 0).astype(np.uint8)
    folder = thumbnails.preview_path(one, None).parent
    parts = {"first": here, "second": np.dstack([fitted, cover]), "lit": np.dstack([light, lit])}
    paths = {name: folder / f"{one}-{other[:16]}-{name}" for name in parts}
    for name, pixels in parts.items():
        _write(paths[name], pixels)
    share = float((lit[shown] > 0).mean()) if shown.any() else 0.0
    return Comparison(str(paths["first"]), str(paths["second"]), str(paths["lit"]), share)


def _loaded(path: Path) -> NDArray[np.uint8]:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"))


def _at_full_size(
    found: Match, first: Sight, second: Sight, one: NDArray[np.uint8], other: NDArray[np.uint8]
) -> NDArray[np.float64]:
    """Give the matrix between the pictures as they are, (2, 3), instead of those compared."""
    into = np.diag([first.size[0] / one.shape[1], first.size[1] / one.shape[0], 1.0])
    back = np.diag([other.shape[1] / second.size[0], other.shape[0] / second.size[1], 1.0])
    full = np.vstack([found.matrix, [0.0, 0.0, 1.0]])
    return np.asarray((back @ full @ into)[:2], np.float64)


def _fitted(
    one: NDArray[np.uint8], other: NDArray[np.uint8], matrix: NDArray[np.float64]
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Lay the other on the first; gives it, and where it is."""
    size = one.shape[1], one.shape[0]
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    shrink = math.sqrt(abs(float(np.linalg.det(matrix[:, :2]))))
    if shrink > 1.5:  # or fine detail would be left to chance
        other = np.asarray(cv2.GaussianBlur(other, (0, 0), 0.4 * shrink), np.uint8)
    moved = cv2.warpAffine(other, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    there = np.full(other.shape[:2], 255, np.uint8)
    shown = cv2.warpAffine(there, matrix, size, flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP)
    return np.asarray(moved, np.uint8), np.asarray(shown) > 0


def _lit(
    one: NDArray[np.uint8], other: NDArray[np.uint8], shown: NDArray[np.bool_]
) -> NDArray[np.uint8]:
    """Give how much is to be lit, (h, w) uint8: where something else is, not where all is lighter."""
    grey = [
        np.asarray(
            cv2.GaussianBlur(cv2.cvtColor(p, cv2.COLOR_RGB2GRAY), (0, 0), _SMOOTH), np.float32
        )
        for p in (one, other)
    ]
    if not shown.any():
        return np.zeros(shown.shape, np.uint8)
    (a, spread_a), (b, spread_b) = ((g[shown].mean(), g[shown].std()) for g in grey)
    fitted = (grey[1] - b) * (spread_a / max(spread_b, 1.0)) + a
    apart = np.abs(grey[0] - fitted)
    # An edge a pixel away is none: the nearest of what is around it counts.
    around = np.ones((3, 3), np.uint8)
    low, high = cv2.erode(fitted, around), cv2.dilate(fitted, around)
    inside = (grey[0] >= low - _FAINT) & (grey[0] <= high + _FAINT)
    strength = np.clip((apart - _FAINT) / (_PLAIN - _FAINT), 0, 1) * _STRENGTH
    return np.where(shown & ~inside, strength, 0).astype(np.uint8)


def _write(path: Path, pixels: NDArray[np.uint8]) -> None:
    picture = Image.fromarray(pixels)
    write_whole(path, lambda file: picture.save(file, "PNG", compress_level=1))
