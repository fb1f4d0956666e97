"""An encoder whose meaning is colour: right by construction, and quick."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from assetman.core.inputs import Fit, InputSpec, Modality, SoundSpec
from assetman.core.models import DeviceChoice, ModelInfo, ModelState
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

    def sound_input(self, name: str) -> SoundSpec | None:
        return None

    def indexes(self, name: str) -> Modality:
        return Modality.IMAGE

    def modalities(self, name: str) -> frozenset[Modality]:
        return frozenset({Modality.IMAGE, Modality.TEXT})

    def sounds(self, name: str, samples: np.ndarray) -> np.ndarray:
        raise AssertionError("colours are not heard")

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
    return np.asarray(np.mean(named or [(128, 128, 128)], axis=0))


def _unit(colours: np.ndarray) -> np.ndarray:
    """Centre (n, 3) colours and add a small constant, so that grey has a direction too."""
    rows = np.concatenate([colours / 127.5 - 1, np.full((len(colours), 1), 0.1)], axis=1)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


class ColourTowers:
    """The same as an `Encoder`."""

    modalities = frozenset({Modality.IMAGE, Modality.TEXT})
    image_input: InputSpec | None = SPEC

    def __init__(self, space: Space) -> None:
        self.space = space

    def encode_images(self, pixels: np.ndarray) -> np.ndarray:
        return _unit(pixels.reshape(len(pixels), -1, 3).mean(axis=1))

    def encode_texts(self, texts: Sequence[str]) -> np.ndarray:
        return _unit(np.array([_mean_of(text) for text in texts], np.float64))

    def unload(self) -> None:
        pass


class ColourModel:
    """The same as a model of somebody else's, found by its entry point."""

    image_input: InputSpec | None = SPEC

    def __init__(self, name: str) -> None:
        both = (Modality.IMAGE, Modality.TEXT)
        self.info = ModelInfo(name, name, "Knows colours.", "", 0, both, ModelState.INSTALLED)
        self.space = Space(name, "1", 1, 4)

    def encoder(self, device: str) -> ColourTowers:
        return ColourTowers(self.space)


COLOURS_MODEL = ColourModel("colours")
SHADES_MODEL = ColourModel("shades")
ENTRY_POINTS = """[assetman.encoders]
colours = kit.colours:COLOURS_MODEL
shades = kit.colours:SHADES_MODEL
"""


def publish(folder: Path) -> Path:
    """Write what an installed package with these models leaves behind; give its sys.path."""
    facts = folder / "assetman_colours-1.0.dist-info"
    facts.mkdir(parents=True)
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: assetman-colours\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text(ENTRY_POINTS)
    return folder
