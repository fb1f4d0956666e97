"""The form in which an encoder takes its input, so that a decoder can make exactly that."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from assetman.core.assets import Box


class Modality(StrEnum):
    """What an encoder can be given."""

    IMAGE = "image"
    TEXT = "text"


class Fit(StrEnum):
    """How a picture of any shape becomes `size` by `size`."""

    CROP = "crop"  # the shorter side becomes `size`, the middle is cut out
    PAD = "pad"  # the longer side becomes `size`, the rest is filled
    SQUASH = "squash"  # both sides become `size`


class Interpolation(StrEnum):
    """The filter a picture is resized with, always antialiased."""

    BILINEAR = "bilinear"
    BICUBIC = "bicubic"


@dataclass(frozen=True, slots=True)
class InputSpec:
    """The pixels an encoder takes: (size, size, 3) uint8, sRGB, upright."""

    size: int
    fit: Fit = Fit.CROP
    interpolation: Interpolation = Interpolation.BICUBIC
    fill: tuple[int, int, int] = (255, 255, 255)  # behind transparency and beside padding


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The part of a file that is asked about; what is None is not narrowed.

    With `start` alone it is the frame shown at that time, with both the frames between them.
    """

    box: Box | None = None
    start: float | None = None  # seconds
    end: float | None = None
