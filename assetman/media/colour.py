"""From any mode and profile to upright sRGB, and what to put behind transparency."""

from __future__ import annotations

import io
from functools import lru_cache

import numpy as np
from PIL import Image, ImageCms

# What a mode without a profile becomes by plain conversion. The rest is handled by name.
_SIXTEEN_BIT = frozenset(("I;16", "I;16B", "I;16L", "I;16N"))
_BAND = 1 << 24  # pixels shrunk at a time, so that a giant picture is never held twice

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

# Thumbnails lie on grids light and dark. A ground of their own keeps black drawings visible on
# the dark one and makes a picture look the same on both; which of the two is the picture's
# need, not the theme's.
LIGHT_GROUND = (236, 236, 238)
DARK_GROUND = (58, 58, 62)


def upright(picture: Image.Image, orientation: int) -> Image.Image:
    """Turn a picture as its EXIF orientation (1..8) says."""
    turn = _TURNS.get(orientation)
    return picture if turn is None else picture.transpose(turn)


def swaps_sides(orientation: int) -> bool:
    """Tell whether turning a picture upright exchanges width and height."""
    return orientation in (5, 6, 7, 8)


def shrunk(picture: Image.Image, factor: int) -> Image.Image:
    """Average blocks of `factor` by `factor` pixels; modes that cannot be averaged change."""
    if factor < 2:
        return eight_bit(picture)
    width, height = picture.size
    rows = max(1, _BAND // (width * factor)) * factor
    bands = [
        eight_bit(picture.crop((0, top, width, min(top + rows, height)))).reduce(factor)
        for top in range(0, height, rows)
    ]
    if len(bands) == 1:
        return bands[0]
    small = Image.new(bands[0].mode, (bands[0].width, sum(band.height for band in bands)))
    top = 0
    for band in bands:
        small.paste(band, (0, top))
        top += band.height
    return small


def eight_bit(picture: Image.Image) -> Image.Image:
    """Bring a picture to L, LA, RGB, RGBA, CMYK or LAB, 8 bits a channel, transparency kept."""
    mode = picture.mode
    if picture.has_transparency_data and mode not in _SIXTEEN_BIT:
        return picture if mode in ("RGBA", "LA") else picture.convert("RGBA")
    if mode in ("L", "RGB", "CMYK", "LAB"):
        return picture
    if mode == "1":
        return picture.convert("L")
    if mode in _SIXTEEN_BIT:
        return Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8))
    return picture.convert("RGB")  # P, PA, RGBX, YCbCr, HSV


def scaled_range(picture: Image.Image) -> Image.Image:
    """Bring 32-bit numbers (modes I and F) to L.

    The files do not say what white is: 0..1, 0..255 and 0..65535 are taken as meant, anything
    else is stretched from its least to its greatest number.
    """
    values = np.array(picture, dtype=np.float32)
    np.nan_to_num(values, copy=False, nan=0.0, posinf=0.0, neginf=0.0)
    least, greatest = float(values.min()), float(values.max())
    if least >= 0 and greatest <= 1 and picture.mode == "F":
        white = 1.0
    elif least >= 0 and greatest <= 65535:
        white = 255.0 if greatest <= 255 else 65535.0
    else:
        values -= least
        white = max(greatest - least, 1e-30)
    values *= 255 / white
    return Image.fromarray(values.round().clip(0, 255).astype(np.uint8))


def srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Bring L, LA, RGB, RGBA, CMYK or LAB to RGB or RGBA in sRGB.

    A profile that is broken, or is not for this mode, is as good as none.
    """
    has_alpha = picture.mode in ("RGBA", "LA")
    if profile or picture.mode == "LAB":
        colours = picture
        if has_alpha:
            colours = picture.convert("RGB") if picture.mode == "RGBA" else picture.getchannel("L")
        transform = _transform(profile, colours.mode)
        if transform is not None:
            converted = ImageCms.applyTransform(colours, transform)
            if converted is not None:
                if has_alpha:
                    converted.putalpha(picture.getchannel("A"))
                return converted
    if picture.mode == "LAB":  # lcms knows it without a profile; this is for a failed transform
        return picture.getchannel("L").convert("RGB")
    return picture.convert("RGBA" if has_alpha else "RGB")


def profile_name(profile: bytes) -> str | None:
    """Read what a profile calls itself; None if it cannot be read."""
    try:
        opened = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.getProfileDescription(opened).strip("\0 \n") or None
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


@lru_cache(maxsize=32)
def _transform(profile: bytes | None, mode: str) -> ImageCms.ImageCmsTransform | None:
    try:
        if profile is None:
            source = ImageCms.createProfile("LAB")
            return ImageCms.buildTransform(source, _srgb_profile(), mode, "RGB")
        name = profile_name(profile)
        if name is None or (mode == "RGB" and name.startswith("sRGB")):
            return None
        opened = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.buildTransform(opened, _srgb_profile(), mode, "RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


@lru_cache(maxsize=1)
def _srgb_profile() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def flattened(picture: Image.Image, ground: tuple[int, int, int]) -> Image.Image:
    """Lay a picture on a ground; one that would vanish on it gets the opposite ground."""
    if picture.mode != "RGBA":
        return picture
    if picture.getchannel("A").getextrema() == (255, 255):
        return picture.convert("RGB")
    if _vanishes(picture, ground):
        ground = DARK_GROUND if sum(ground) > 3 * 127 else LIGHT_GROUND
    flat = Image.new("RGB", picture.size, ground)
    flat.paste(picture, mask=picture.getchannel("A"))
    return flat


def _vanishes(picture: Image.Image, ground: tuple[int, int, int]) -> bool:
    """Tell whether less than a fiftieth of what is visible stands out from the ground."""
    small = picture.copy()
    small.thumbnail((128, 128), Image.Resampling.BOX)
    values = np.asarray(small, dtype=np.int16)
    seen = values[..., 3] / 255.0
    apart = np.abs(values[..., :3] - np.array(ground, dtype=np.int16)).max(axis=-1) > 40
    return float((seen * apart).sum()) <= 0.02 * float(seen.sum())
