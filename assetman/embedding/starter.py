"""The built-in model: two small towers from ordinary packages, joined without training.

A picture's vector is the probability-weighted mean of the sentence vectors of its likeliest
class names (ConSE, Norouzi et al. 2014, arXiv 1312.5650).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from assetman.core.inputs import Fit, InputSpec, Interpolation, Modality
from assetman.core.spaces import Space
from assetman.embedding.efficientnet import SIDE, VisionTower
from assetman.embedding.encoder import Pixels, Vectors, unit
from assetman.embedding.sentences import DIMENSION, SentenceTower

SPACE = Space("starter", "1", 1, DIMENSION)
IMAGE_INPUT = InputSpec(SIDE, Fit.PAD, Interpolation.BICUBIC)
LIKELIEST = 10  # classes


class StarterEncoder:
    """Pictures and English sentences in one space, with no download."""

    space = SPACE
    modalities = frozenset({Modality.IMAGE, Modality.TEXT})
    image_input: InputSpec | None = IMAGE_INPUT

    def __init__(self, device: str) -> None:
        self._device = device
        self._vision: VisionTower | None = None
        self._sentences: SentenceTower | None = None
        self._classes: Vectors | None = None

    def encode_images(self, pixels: Pixels) -> Vectors:
        """Embed (n, 260, 260, 3) uint8 pixels as (n, 384) float32 of unit length."""
        if self._vision is None or self._classes is None:
            with np.load(Path(__file__).with_name("starter.npz")) as arrays:
                self._classes = arrays["classes"].astype(np.float32)
            self._vision = VisionTower(self._device)
        logits = self._vision.logits(pixels)
        likeliest = np.argpartition(logits, -LIKELIEST, axis=1)[:, -LIKELIEST:]
        weights = np.exp(np.take_along_axis(logits, likeliest, 1))
        vectors = np.einsum("nk,nkd->nd", weights, self._classes[likeliest])
        return unit(vectors)

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Embed English sentences as (n, 384) float32 of unit length."""
        if self._sentences is None:
            self._sentences = SentenceTower()
        return self._sentences.encode(texts)

    def unload(self) -> None:
        """Free the towers; they load again when they are used."""
        self._vision = self._sentences = self._classes = None
