"""The built-in model: two small towers from ordinary packages, joined in one space.

The vision tower tells 1,000 classes apart; the sentence tower knows what words are close to
their names. A picture's vector is its class logits, standardised and turned to their
principal axes. A sentence's vector is the same kind of thing imagined: the mean of the
directions of the classes, weighted by how close the sentence is to what each class is
called. Beside the classes stand the mean pictures of some 1,700 things that the classes lack.
A sound asks by what the hearing tower of `starter_sound.py` names it.
It is ConSE (Norouzi et al. 2014, arXiv 1312.5650) turned round. docs/models.md tells what
was measured, `benchmarks/fit_starter.py` makes the arrays.
"""

from __future__ import annotations

from collections.abc import Sequence

from assetman.core.inputs import Fit, InputSpec, Interpolation, Modality, SoundSpec
from assetman.core.spaces import Space
from assetman.embedding import imagined
from assetman.embedding.efficientnet import SIDE, VisionTower
from assetman.embedding.encoder import Pixels, Samples, Vectors, unit
from assetman.embedding.sentences import SentenceTower
from assetman.embedding.threads import one_thread
from assetman.embedding.yamnet import SOUND_INPUT, HearingTower, class_logits

REVISION = "2"  # raised with every other starter.npz
SPACE = Space("starter", REVISION, 1, 384)
IMAGE_INPUT = InputSpec(SIDE, Fit.PAD, Interpolation.BICUBIC)
EXAMPLE_WEIGHT = 0.1  # of a mean picture against a class


class StarterEncoder:
    """Pictures, English sentences and sounds in one space, with no download."""

    space = SPACE
    modalities = frozenset({Modality.IMAGE, Modality.TEXT, Modality.SOUND})
    indexes = Modality.IMAGE
    image_input: InputSpec | None = IMAGE_INPUT
    sound_input: SoundSpec | None = SOUND_INPUT

    def __init__(self, device: str) -> None:
        self._device = device
        self._vision: VisionTower | None = None
        self._projection: tuple[Vectors, Vectors] | None = None
        self._sentences: SentenceTower | None = None
        self._hearing: tuple[HearingTower, Vectors] | None = None

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
        """Imagine how (n, 160000) float32 windows at 16 kHz look, as (n, 384) of unit length."""
        if self._hearing is None:
            self._hearing = HearingTower(self._device), imagined.pictures_of_classes()
        tower, pictures = self._hearing
        logits = class_logits(tower.hear(samples))
        with one_thread():
            return unit(imagined.likeliest(logits) @ pictures)

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Embed English sentences as (n, 384) float32 of unit length."""
        if self._sentences is None:
            self._sentences = SentenceTower()
        return imagined.picture_of(self._sentences.encode(texts))

    def unload(self) -> None:
        """Free the towers; they load again when they are used."""
        self._vision = self._projection = self._sentences = self._hearing = None


def _projection(vision: VisionTower) -> tuple[Vectors, Vectors]:
    """Fold logits, standardisation and axes into one matrix (1280, 384) and one bias (384,)."""
    weight, bias = vision.classifier
    arrays = imagined.pictures()
    axes = arrays["axes"] / arrays["spread"][:, None]
    return weight.T @ axes, (bias - arrays["mean"]) @ axes
