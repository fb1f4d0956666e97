"""The built-in model: two small towers from ordinary packages, joined in one space.

The vision tower tells 1,000 classes apart; the sentence tower knows what words are close to
their names. A picture's vector is its class logits, standardised and turned to their
principal axes. A sentence's vector is the same kind of thing imagined: the mean of the
directions of the classes, weighted by how close the sentence is to what each class is
called. Beside the classes stand the mean pictures of some 1,700 things that the classes lack.
It is ConSE (Norouzi et al. 2014, arXiv 1312.5650) turned round. docs/models.md tells what
was measured, `benchmarks/fit_starter.py` makes the arrays.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from assetman.core.errors import WrongUse
from assetman.core.inputs import Fit, InputSpec, Interpolation, Modality
from assetman.core.spaces import Space
from assetman.embedding.efficientnet import SIDE, VisionTower
from assetman.embedding.encoder import Pixels, Samples, Vectors, unit
from assetman.embedding.sentences import SentenceTower
from assetman.embedding.threads import one_thread

REVISION = "2"  # raised with every other starter.npz
SPACE = Space("starter", REVISION, 1, 384)
IMAGE_INPUT = InputSpec(SIDE, Fit.PAD, Interpolation.BICUBIC)
SHARPNESS = 0.07  # of the softmax over names: smaller trusts the closest name more
EXAMPLE_WEIGHT = 0.1  # of a mean picture against a class


class StarterEncoder:
    """Pictures and English sentences in one space, with no download."""

    space = SPACE
    modalities = frozenset({Modality.IMAGE, Modality.TEXT})
    indexes = Modality.IMAGE
    sound_input = None
    image_input: InputSpec | None = IMAGE_INPUT

    def __init__(self, device: str) -> None:
        self._device = device
        self._vision: VisionTower | None = None
        self._projection: tuple[Vectors, Vectors] | None = None
        self._sentences: SentenceTower | None = None

    def encode_images(self, pixels: Pixels) -> Vectors:
        """Embed (n, 260, 260, 3) uint8 pixels as (n, 384) float32 of unit length."""
        if self._vision is None or self._projection is None:
            self._vision = VisionTower(self._device)
            self._projection = _projection(self._vision)
        weight, bias = self._projection
        features = self._vision.encode(pixels)
        with one_thread():
            return unit(features @ weight + bias)

    def encode_sounds(self, samples: Samples) -> Vectors:
        """Take no sounds: raises WrongUse."""
        raise WrongUse("This model takes no sounds.")

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Embed English sentences as (n, 384) float32 of unit length."""
        if self._sentences is None:
            self._sentences = SentenceTower()
        arrays = _arrays()
        sentences = self._sentences.encode(texts)
        with one_thread():
            closeness = sentences @ arrays["texts"].T / SHARPNESS
            weights = np.exp(closeness - closeness.max(1, keepdims=True))
            named, shown = np.split(weights, [len(arrays["axes"])], axis=1)
            return unit(named @ arrays["axes"] + shown @ arrays["targets"])

    def unload(self) -> None:
        """Free the towers; they load again when they are used."""
        self._vision = self._projection = self._sentences = None
        _arrays.cache_clear()


@cache
def _arrays() -> dict[str, Vectors]:
    """Load what joins the towers.

    `axes` (1000, 384) are the directions of the classes, `targets` (m, 384) those of the mean
    pictures, `texts` (1000 + m, 384) the sentence vectors of all their names, `mean` and
    `spread` (1000,) belong to the class logits.
    """
    with np.load(Path(__file__).with_name("starter.npz")) as arrays:
        return {name: arrays[name].astype(np.float32) for name in arrays.files}


def _projection(vision: VisionTower) -> tuple[Vectors, Vectors]:
    """Fold logits, standardisation and axes into one matrix (1280, 384) and one bias (384,)."""
    weight, bias = vision.classifier
    arrays = _arrays()
    axes = arrays["axes"] / arrays["spread"][:, None]
    return weight.T @ axes, (bias - arrays["mean"]) @ axes
