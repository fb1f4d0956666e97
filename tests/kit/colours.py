"""An encoder whose meaning is colour: right by construction, and quick."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assetman.core.inputs import Fit, InputSpec
from assetman.core.models import DeviceChoice
from assetman.core.spaces import Space

COLOURS = {
    "red": (230, 30, 30),
    "green": (30, 200, 40),
    "blue": (30, 50, 230),
    "yellow": (240, 230, 30),
    "white": (250, 250, 250),
    "black": (5, 5, 5),
    "cyan": (20, 220, 220),
    "magenta": (220, 20, 220),
}
SPEC = InputSpec(size=8, fit=Fit.SQUASH)


class ColourEncoder:
    """Stands where the pool of encoders stands; a picture's vector is its mean colour."""

    spec = SPEC

    def __init__(self) -> None:
        self.embedded = 0

    def space(self, name: str) -> Space:
        return Space(name, "1", 1, 4)

    def input_spec(self, name: str) -> InputSpec | None:
        return self.spec

    def images(self, name: str, pixels: np.ndarray) -> np.ndarray:
        self.embedded += len(pixels)
        return _unit(pixels.reshape(len(pixels), -1, 3).mean(axis=1))

    def texts(self, name: str, texts: Sequence[str]) -> np.ndarray:
        return _unit(np.array([_mean_of(text) for text in texts], np.float64))

    def device(self) -> DeviceChoice:
        return DeviceChoice("cpu", "CPU")

    def close(self) -> None:
        pass


def _mean_of(text: str) -> np.ndarray:
    named = [COLOURS[word] for word in text.lower().split() if word in COLOURS]
    return np.mean(named or [(128, 128, 128)], axis=0)


def _unit(colours: np.ndarray) -> np.ndarray:
    """Centre (n, 3) colours and add a small constant, so that grey has a direction too."""
    rows = np.concatenate([colours / 127.5 - 1, np.full((len(colours), 1), 0.1)], axis=1)
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
