"""What every model is to the rest of the house."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assetman.core.inputs import InputSpec, Modality, SoundSpec
from assetman.core.spaces import Space

Pixels = NDArray[np.uint8]
Samples = NDArray[np.float32]
Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """Turns pictures, sounds or sentences into unit vectors of one space.

    Towers load when they are first used, each on its own: a sentence never loads the vision
    tower. Different towers may be used from different threads at once; calls to one tower
    must not overlap (`EncoderPool` sees to that).
    """

    @property
    def space(self) -> Space: ...

    @property
    def modalities(self) -> frozenset[Modality]:
        """Tell what it can be asked with."""
        ...

    @property
    def indexes(self) -> Modality:
        """Tell what of a library it embeds: what is seen (IMAGE) or what is heard (SOUND)."""
        ...

    @property
    def image_input(self) -> InputSpec | None:
        """The pixels `encode_images` takes, or None if it takes none."""
        ...

    @property
    def sound_input(self) -> SoundSpec | None:
        """The samples `encode_sounds` takes, or None if it takes none."""
        ...

    def encode_images(self, pixels: Pixels) -> Vectors:
        """Embed (n, size, size, 3) uint8 sRGB pixels as (n, d) float32 of unit length."""
        ...

    def encode_sounds(self, samples: Samples) -> Vectors:
        """Embed (n, length) float32 windows, mono, -1..1, as (n, d) float32 of unit length."""
        ...

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Embed sentences as (n, d) float32 of unit length."""
        ...

    def unload(self) -> None:
        """Free the towers; they load again when they are used."""
        ...


def unit(vectors: NDArray[np.floating]) -> Vectors:
    """Scale rows to unit length; a row of zeros stays as it is."""
    vectors = np.asarray(vectors, dtype=np.float32)
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)
