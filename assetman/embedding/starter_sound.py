"""The built-in model of sounds: a hearing tower joined to the starter's words and pictures.

The hearing tower tells the 521 kinds of sound of AudioSet apart; the sentence tower knows what
words are close to their names. A sound's vector is its class logits, standardised and turned to
their principal axes; a sentence's vector is the same kind of thing imagined, as in `starter.py`.
A picture is asked by what the vision tower names it: the likeliest names are imagined as
sentences are. docs/models.md tells what was measured, `benchmarks/fit_starter_sound.py` makes
the arrays.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from assetman.core.errors import WrongUse
from assetman.core.inputs import InputSpec, Modality, SoundSpec
from assetman.core.spaces import Space
from assetman.embedding.encoder import Pixels, Samples, Vectors, unit
from assetman.embedding.sentences import SentenceTower
from assetman.embedding.threads import one_thread
from assetman.embedding.yamnet import RATE, Heard, HearingTower

REVISION = "1"  # raised with every other starter_sound.npz
SPACE = Space("starter-sound", REVISION, 1, 384)
SOUND_INPUT = SoundSpec(RATE)
SHARPNESS = 0.05  # of the softmax over names: smaller trusts the closest name more
QUIETEST = 1e-4  # power of a patch that counts, as a share of the loudest: 40 dB below


class StarterSoundEncoder:
    """Sounds and English sentences in one space, with no download."""

    space = SPACE
    modalities = frozenset({Modality.SOUND, Modality.TEXT})
    indexes = Modality.SOUND
    sound_input: SoundSpec | None = SOUND_INPUT
    image_input: InputSpec | None = None

    def __init__(self, device: str) -> None:
        self._device = device
        self._hearing: HearingTower | None = None
        self._sentences: SentenceTower | None = None

    def encode_images(self, pixels: Pixels) -> Vectors:
        """Take no pictures: raises WrongUse."""
        raise WrongUse("This model takes no pictures.")

    def encode_sounds(self, samples: Samples) -> Vectors:
        """Embed (n, 160000) float32 windows at 16 kHz as (n, 384) float32 of unit length."""
        if self._hearing is None:
            self._hearing = HearingTower(self._device)
        arrays = _arrays()
        logits = class_logits(self._hearing.hear(samples))
        with one_thread():
            return unit((logits - arrays["mean"]) / arrays["spread"] @ arrays["axes"])

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Embed English sentences as (n, 384) float32 of unit length."""
        if self._sentences is None:
            self._sentences = SentenceTower()
        arrays = _arrays()
        sentences = self._sentences.encode(texts)
        with one_thread():
            closeness = sentences @ arrays["texts"].T / SHARPNESS
            weights = np.exp(closeness - closeness.max(1, keepdims=True))
            return unit(weights @ arrays["axes"])

    def unload(self) -> None:
        """Free the towers; they load again when they are used."""
        self._hearing = self._sentences = None
        _arrays.cache_clear()


def class_logits(heard: Heard) -> Vectors:
    """Give the (n, 521) mean logits of the patches of each window that are not silent.

    Each window's own mean is taken off: all 521 rise and fall together with how clear a sound is.
    """
    counts = heard.power >= np.maximum(heard.power.max(1, keepdims=True) * QUIETEST, 1e-12)
    weights = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    logits = np.einsum("np,npc->nc", weights, heard.logits)
    return np.asarray(logits - logits.mean(1, keepdims=True), dtype=np.float32)


@cache
def _arrays() -> dict[str, Vectors]:
    """Load what joins the towers.

    `axes` (521, 384) are the directions of the classes, `texts` (521, 384) the sentence vectors
    of their names, `mean` and `spread` (521,) belong to the class logits.
    """
    with np.load(Path(__file__).with_name("starter_sound.npz")) as arrays:
        return {name: arrays[name].astype(np.float32) for name in arrays.files}
