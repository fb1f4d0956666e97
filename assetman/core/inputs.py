"""The form in which an encoder takes its input, so that a decoder can make exactly that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from assetman.core.assets import Box


class Modality(StrEnum):
    """What an encoder can be given."""

    IMAGE = "image"
    TEXT = "text"
    SOUND = "sound"


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


class Padding(StrEnum):
    """What stands behind a sound that is shorter than a window."""

    SILENCE = "silence"
    REPEAT = "repeat"  # the sound, as often as it fits whole, then silence


WINDOW_SECONDS = 10.0  # of a window of sound; what CLAP and its kin were trained on
WINDOW_HOP = 5.0  # seconds from the start of one window to the next


@dataclass(frozen=True, slots=True)
class SoundSpec:
    """The samples an encoder takes: (`rate` * WINDOW_SECONDS,) float32, mono, full scale -1..1."""

    rate: int  # samples a second
    padding: Padding = Padding.SILENCE

    @property
    def length(self) -> int:
        """Count the samples of a window."""
        return round(self.rate * WINDOW_SECONDS)


Spec = InputSpec | SoundSpec


def seen(specs: Sequence[Spec]) -> list[InputSpec]:
    """Give those that ask for pictures."""
    return [spec for spec in specs if isinstance(spec, InputSpec)]


def heard(specs: Sequence[Spec]) -> list[SoundSpec]:
    """Give those that ask for sounds."""
    return [spec for spec in specs if isinstance(spec, SoundSpec)]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The part of a file that is asked about; what is None is not narrowed.

    With `start` alone it is the frame shown, or the window heard, at that time; with both all
    that is seen or heard between them.
    """

    box: Box | None = None
    start: float | None = None  # seconds
    end: float | None = None
