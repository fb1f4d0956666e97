"""From a picture of any shape to the square an encoder takes.

Equal to what open_clip's own preprocessing makes before it normalises, bit for bit, so that a
vector made here is the vector everybody else gets from the same weights.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from assetman.core.assets import Box
from assetman.core.inputs import Fit, InputSpec, Interpolation

_FILTERS = {
    Interpolation.BILINEAR: Image.Resampling.BILINEAR,
    Interpolation.BICUBIC: Image.Resampling.BICUBIC,
}

# Beyond this many pixels only the middle of a resized picture is made: a strip of 1 by 60,000
# would otherwise become 224 by 13 million. Only there (sides beyond 300 to 1) the last bits may
# differ from open_clip's.
_RESIZED_WHOLE = 1 << 24


def fit(picture: Image.Image, spec: InputSpec) -> NDArray[np.uint8]:
    """Resize an RGB picture to (size, size, 3) uint8 as `spec` says."""
    if picture.mode != "RGB":
        raise ValueError(f"fit takes RGB, not {picture.mode}")
    match spec.fit:
        case Fit.CROP:
            fitted = _crop(picture, spec)
        case Fit.PAD:
            fitted = _pad(picture, spec)
        case Fit.SQUASH:
            fitted = _resize(picture, (spec.size, spec.size), spec)
    return np.array(fitted, dtype=np.uint8)


def needed_share(width: int, height: int, spec: InputSpec, box: Box | None = None) -> float:
    """Say to what share of its size a picture may be decoded and still serve `spec`."""
    inner_width = width * (box.width if box else 1)
    inner_height = height * (box.height if box else 1)
    longer, shorter = max(inner_width, inner_height), min(inner_width, inner_height)
    return spec.size / max(longer if spec.fit is Fit.PAD else shorter, 1e-9)


def cut_out(picture: Image.Image, box: Box) -> Image.Image:
    """Give a rectangle of a picture; every pixel it touches is in it."""
    width, height = picture.size
    left = min(math.floor(box.left * width), width - 1)
    top = min(math.floor(box.top * height), height - 1)
    right = min(max(math.ceil((box.left + box.width) * width), left + 1), width)
    bottom = min(max(math.ceil((box.top + box.height) * height), top + 1), height)
    return picture.crop((left, top, right, bottom))


def within(picture: Image.Image, side: int) -> Image.Image:
    """Make a picture smaller until its longer side is `side`, if it is longer."""
    share = side / max(picture.size)
    if share >= 1:
        return picture
    size = (max(1, round(picture.width * share)), max(1, round(picture.height * share)))
    return picture.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)


def _resize(picture: Image.Image, size: tuple[int, int], spec: InputSpec) -> Image.Image:
    if picture.size == size:
        return picture
    return picture.resize(size, _FILTERS[spec.interpolation])


def _crop(picture: Image.Image, spec: InputSpec) -> Image.Image:
    """Follow torchvision's Resize(size) and CenterCrop(size), their rounding included."""
    size = spec.size
    width, height = picture.size
    shorter = min(width, height)
    resized = (int(size * width / shorter), int(size * height / shorter))
    left = round((resized[0] - size) / 2)
    top = round((resized[1] - size) / 2)
    if resized[0] * resized[1] <= _RESIZED_WHOLE:
        whole = _resize(picture, resized, spec)
        return whole.crop((left, top, left + size, top + size))
    across, down = width / resized[0], height / resized[1]
    middle = (left * across, top * down, (left + size) * across, (top + size) * down)
    return picture.resize((size, size), _FILTERS[spec.interpolation], box=middle)


def _pad(picture: Image.Image, spec: InputSpec) -> Image.Image:
    """Follow open_clip's ResizeKeepRatio(longest=1) and CenterCropOrPad."""
    size = spec.size
    ratio = max(picture.height / size, picture.width / size)
    resized = (max(1, round(picture.width / ratio)), max(1, round(picture.height / ratio)))
    inner = _resize(picture, resized, spec)
    square = Image.new("RGB", (size, size), spec.fill)
    square.paste(inner, ((size - resized[0]) // 2, (size - resized[1]) // 2))
    return square
