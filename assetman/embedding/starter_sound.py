"""The built-in model of sounds: a hearing tower joined to the starter's words and pictures.

The hearing tower tells the 521 kinds of sound of AudioSet apart; the sentence tower knows what
words are close to what those are called. Half of a sound's vector is its class logits,
standardised and turned to their principal axes; a sentence's vector is the same kind of thing
imagined, as in `starter.py`. The other half is the tower's features, which know more of how a
sound is than of what it is called: sounds are compared by both. A picture asks by what
the vision tower names it: the likeliest names are imagined as sentences are.
docs/models.md tells what was measured, `benchmarks/fit_starter_sound.py` makes the arrays.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assetman.core.inputs import InputSpec, Modality, SoundSpec
from assetman.core.spaces import Space
from assetman.embedding import imagined
from assetman.embedding.efficientnet import VisionTower
from assetman.embedding.encoder import Pixels, Samples, Vectors, unit
from assetman.embedding.sentences import SentenceTower
from assetman.embedding.starter import IMAGE_INPUT
from assetman.embedding.threads import one_thread
from assetman.embedding.yamnet import SOUND_INPUT, HearingTower, class_logits, mean_features

REVISION = "3"  # raised with every other starter_sound.npz
KINDS, SHAPE = 256, 128  # dimensions of what a sound is, and of how it is
SPACE = Space("starter-sound", REVISION, 1, KINDS + SHAPE)
SHAPE_SHARE = 0.5  # of the likeness of two sounds


class StarterSoundEncoder:
    """Sounds, English sentences and pictures in one space, with no download."""

    space = SPACE
    modalities = frozenset({Modality.SOUND, Modality.TEXT, Modality.IMAGE})
    indexes = Modality.SOUND
    sound_input: SoundSpec | None = SOUND_INPUT
    image_input: InputSpec | None = IMAGE_INPUT

    def __init__(self, device: str) -> None:
        self._device = device
        self._hearing: HearingTower | None = None
        self._sentences: SentenceTower | None = None
        self._vision: tuple[VisionTower, Vectors] | None = None

    def encode_images(self, pixels: Pixels) -> Vectors:
        """Imagine how (n, 260, 260, 3) uint8 pixels sound, as (n, 384) float32 of unit length."""
        if self._vision is None:
            self._vision = VisionTower(self._device), imagined.sounds_of_classes()
        tower, sounds = self._vision
        weight, bias = tower.classifier
        features = tower.encode(pixels)
        with one_thread():
            return _named_alone(unit(imagined.likeliest(features @ weight.T + bias) @ sounds))

    def encode_sounds(self, samples: Samples) -> Vectors:
        """Embed (n, 160000) float32 windows at 16 kHz as (n, 384) float32 of unit length."""
        if self._hearing is None:
            self._hearing = HearingTower(self._device)
        heard = self._hearing.hear(samples)
        arrays = imagined.sounds()
        with one_thread():
            standard = (class_logits(heard) - arrays["mean"]) / arrays["spread"]
            kinds = unit(standard @ arrays["axes"])
            shape = unit((mean_features(heard) - arrays["shape_mean"]) @ arrays["shape_axes"])
        shares = np.sqrt(1 - SHAPE_SHARE), np.sqrt(SHAPE_SHARE)
        return unit(np.hstack([kinds * shares[0], shape * shares[1]]))

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Imagine how English sentences sound, as (n, 384) float32 of unit length."""
        if self._sentences is None:
            self._sentences = SentenceTower()
        return _named_alone(imagined.sound_of(self._sentences.encode(texts)))

    def unload(self) -> None:
        """Free the towers; they load again when they are used."""
        self._hearing = self._sentences = self._vision = None


def _named_alone(kinds: Vectors) -> Vectors:
    """Say nothing of the shape of a sound that was only imagined."""
    return np.hstack([kinds, np.zeros((len(kinds), SHAPE), np.float32)])
