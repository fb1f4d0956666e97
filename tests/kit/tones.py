"""An encoder whose meaning is pitch: right by construction, and quick."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from assetman.core.inputs import InputSpec, Modality, SoundSpec
from assetman.core.models import ModelInfo, ModelState
from assetman.core.spaces import Space
from kit.colours import SPEC, ColourEncoder

TONES = {"hum": 200.0, "beep": 800.0, "whistle": 3200.0}  # Hz
SOUND_SPEC = SoundSpec(16_000)
BOTH = (
    "chords"  # the model that can be asked with pictures too: red hums, green beeps, blue whistles
)


def pitches(samples: np.ndarray) -> np.ndarray:
    """Embed windows (n, length): (n, 4) float32, by how much there is of each of the tones."""
    power = np.abs(np.fft.rfft(samples, axis=1)) ** 2
    frequencies = np.fft.rfftfreq(samples.shape[1], 1 / SOUND_SPEC.rate)
    edges = [0.0, 400.0, 1600.0, np.inf]
    bands = [
        power[:, (frequencies >= low) & (frequencies < high)].sum(axis=1)
        for low, high in itertools.pairwise(edges)
    ]
    amounts = np.stack(bands, axis=1)
    return _unit(amounts / np.maximum(amounts.sum(axis=1, keepdims=True), 1e-12))


def named(texts: Sequence[str]) -> np.ndarray:
    """Embed sentences that name tones: (n, 4) float32."""
    rows = np.array([[float(tone in text.lower().split()) for tone in TONES] for text in texts])
    return _unit(rows / np.maximum(rows.sum(axis=1, keepdims=True), 1.0))


def tinted(pixels: np.ndarray) -> np.ndarray:
    """Embed pictures by their colours, as `BOTH` does: (n, 4) float32."""
    colours = pixels.reshape(len(pixels), -1, 3).mean(axis=1)
    return _unit(colours / np.maximum(colours.sum(axis=1, keepdims=True), 1e-12))


def _unit(amounts: np.ndarray) -> np.ndarray:
    """Centre (n, 3) shares and add a small constant, so that silence has a direction too."""
    rows = np.concatenate([amounts - 1 / 3, np.full((len(amounts), 1), 0.1)], axis=1)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


class SenseEncoder(ColourEncoder):
    """Stands where the pool of encoders stands, with models of pictures and models of sounds."""

    def indexes(self, name: str) -> Modality:
        return Modality.SOUND if name in ("tones", BOTH) else Modality.IMAGE

    def input_spec(self, name: str) -> InputSpec | None:
        return None if name == "tones" else SPEC

    def sound_input(self, name: str) -> SoundSpec | None:
        return SOUND_SPEC if name in ("tones", BOTH) else None

    def modalities(self, name: str) -> frozenset[Modality]:
        if name == "tones":
            return frozenset({Modality.TEXT, Modality.SOUND})
        return frozenset(Modality) if name == BOTH else super().modalities(name)

    def images(self, name: str, pixels: np.ndarray) -> np.ndarray:
        return tinted(pixels) if name == BOTH else super().images(name, pixels)

    def sounds(self, name: str, samples: np.ndarray) -> np.ndarray:
        self.embedded += len(samples)
        return pitches(samples)

    def texts(self, name: str, texts: Sequence[str]) -> np.ndarray:
        heard = self.indexes(name) is Modality.SOUND
        return named(texts) if heard else super().texts(name, texts)


class ToneTowers:
    """The same as an `Encoder`."""

    indexes = Modality.SOUND
    sound_input: SoundSpec | None = SOUND_SPEC

    def __init__(self, space: Space) -> None:
        self.space = space
        self.image_input = SPEC if space.model == BOTH else None
        self.modalities = frozenset(TONE_MODELS[space.model].info.modalities)

    def encode_images(self, pixels: np.ndarray) -> np.ndarray:
        return tinted(pixels)

    def encode_sounds(self, samples: np.ndarray) -> np.ndarray:
        return pitches(samples)

    def encode_texts(self, texts: Sequence[str]) -> np.ndarray:
        return named(texts)

    def unload(self) -> None:
        pass


class ToneModel:
    """The same as a model of somebody else's, found by its entry point."""

    sound_input: SoundSpec | None = SOUND_SPEC

    def __init__(self, name: str, asked_with: tuple[Modality, ...]) -> None:
        self.info = ModelInfo(
            name,
            name,
            "Knows tones.",
            "",
            0,
            asked_with,
            ModelState.INSTALLED,
            indexes=Modality.SOUND,
        )
        self.space = Space(name, "1", 1, 4)
        self.image_input = SPEC if name == BOTH else None

    def encoder(self, device: str) -> ToneTowers:
        return ToneTowers(self.space)


TONES_MODEL = ToneModel("tones", (Modality.TEXT, Modality.SOUND))
CHORDS_MODEL = ToneModel(BOTH, (Modality.TEXT, Modality.SOUND, Modality.IMAGE))
TONE_MODELS = {"tones": TONES_MODEL, BOTH: CHORDS_MODEL}
ENTRY_POINTS = """[assetman.encoders]
tones = kit.tones:TONES_MODEL
chords = kit.tones:CHORDS_MODEL
"""


def publish_tones(folder: Path) -> Path:
    """Write what an installed package with these models leaves behind; give its sys.path."""
    facts = folder / "assetman_tones-1.0.dist-info"
    facts.mkdir(parents=True)
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: assetman-tones\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text(ENTRY_POINTS)
    return folder
