"""What a sentence brings to mind: the picture and the sound that the starters imagine for it.

The arrays that join the starters' towers live here, because each starter can also be asked with
what the other one takes: a picture is named by the vision tower and its names are imagined as
sounds, a sound is named by the hearing tower and its names are imagined as pictures.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assetman.embedding.encoder import Vectors, unit
from assetman.embedding.threads import one_thread

PICTURE_SHARPNESS = 0.07  # of the softmax over names: smaller trusts the closest name more
SOUND_SHARPNESS = 0.05
NAMES = 10  # of what is seen or heard, the likeliest, that are imagined in the other sense


@cache
def pictures() -> dict[str, Vectors]:
    """Load what joins the starter's towers.

    `axes` (1000, 384) are the directions of the classes, `targets` (m, 384) those of the mean
    pictures, `texts` (1000 + m, 384) the sentence vectors of all their names, `mean` and
    `spread` (1000,) belong to the class logits.
    """
    return _load("starter.npz")


@cache
def sounds() -> dict[str, Vectors]:
    """Load what joins the towers of the starter for sound.

    `axes` (521, 256) are the directions of the classes, `texts` (m, 384) the sentence vectors of
    all that they are called, `names` (521,) how many those are of each class, one class after
    another; `mean` and `spread` (521,) belong to the class logits, `shape_mean` (1024,) and
    `shape_axes` (1024, 128) to the features.
    """
    return _load("starter_sound.npz")


def picture_of(sentences: Vectors) -> Vectors:
    """Imagine (n, 384) sentence vectors as pictures: (n, 384) of unit length."""
    arrays = pictures()
    with one_thread():
        weights = _shares(sentences @ arrays["texts"].T / PICTURE_SHARPNESS)
        named, shown = np.split(weights, [len(arrays["axes"])], axis=1)
        return unit(named @ arrays["axes"] + shown @ arrays["targets"])


def sound_of(sentences: Vectors) -> Vectors:
    """Imagine (n, 384) sentence vectors as kinds of sound: (n, 256) of unit length."""
    arrays = sounds()
    with one_thread():
        weights = _shares(sentences @ arrays["texts"].T / SOUND_SHARPNESS)
        return unit(np.add.reduceat(weights, _firsts(), axis=1) @ arrays["axes"])


def sounds_of_classes() -> Vectors:
    """Imagine how each of the 1,000 classes of pictures sounds: (1000, 256)."""
    return sound_of(pictures()["texts"][: len(pictures()["axes"])])


def pictures_of_classes() -> Vectors:
    """Imagine how each of the 521 classes of sounds looks: (521, 384)."""
    called = sounds()["names"][:, None]
    return picture_of(unit(np.add.reduceat(sounds()["texts"], _firsts(), axis=0) / called))


def likeliest(logits: NDArray[np.float32]) -> Vectors:
    """Give the shares (n, classes) of the likeliest names, zero for all others."""
    least = np.partition(logits, -NAMES, axis=1)[:, [-NAMES]]
    return _shares(np.where(logits >= least, logits, -np.inf))


def _shares(logits: NDArray[np.floating]) -> Vectors:
    weights = np.exp(logits - logits.max(1, keepdims=True))
    return np.asarray(weights / weights.sum(1, keepdims=True), dtype=np.float32)


def _firsts() -> NDArray[np.intp]:
    """Tell where in `texts` each class of sounds begins."""
    return np.concatenate([[0], np.cumsum(sounds()["names"])[:-1]]).astype(np.intp)


def _load(name: str) -> dict[str, Vectors]:
    with np.load(Path(__file__).with_name(name)) as arrays:
        return {key: arrays[key].astype(np.float32) for key in arrays.files}
