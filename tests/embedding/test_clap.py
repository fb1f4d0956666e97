"""Our vector for a sound or a sentence is transformers' own, from the file to the vector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import gcd
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.signal import firwin, resample_poly

from assetman.core.errors import WrongUse
from assetman.core.inputs import Modality, Padding, SoundSpec
from assetman.embedding.catalogue import ModelCatalogue
from assetman.embedding.clap import ClapEncoder, ClapModel
from assetman.media.handler import Limits
from assetman.media.registry import handler_for
from kit.claps import SENTENCES, PublishedClap
from kit.sounds import clicks, joined, noise, sweep, tone, write_sound

ENOUGH = 0.9999


@dataclass(frozen=True)
class Case:
    """A model that is installed, what it is to hear, and what transformers makes of that."""

    published: PublishedClap
    model: ClapModel
    sounds: list[tuple[Path, Any]]
    windows: np.ndarray
    heard: np.ndarray
    read: np.ndarray


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, Any]]:
    """Write sounds of odd lengths and rates; give each with itself at 48 kHz, by scipy."""
    folder = tmp_path_factory.mktemp("sounds")
    made = [
        (44_100, noise(0.31, rate=44_100)),
        (44_100, joined(tone(440, 2, rate=44_100), noise(1.3, 0.2, rate=44_100))),
        (96_000, sweep(9_000, 90, 7, rate=96_000) + noise(7, 0.02, rate=96_000)),
        (32_000, noise(9.99, 0.3, rate=32_000) * sweep(2, 7, 9.99, 1.0, rate=32_000)),
        (48_000, clicks([0.5, 3, 6.2], 10) + noise(10, 0.004)),
    ]
    return [
        (write_sound(folder / f"{number}.wav", one, rate, codec="pcm_f32le"), resampled(one, rate))
        for number, (rate, one) in enumerate(made)
    ]


@pytest.fixture(scope="module")
def cases(
    tiny_clap: PublishedClap,
    tiny_fused: PublishedClap,
    sounds: list[tuple[Path, Any]],
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Case]:
    """Give a case for either variant."""
    made = {}
    for name, published in (("plain", tiny_clap), ("fused", tiny_fused)):
        model = installed(published, tmp_path_factory.mktemp(name) / "models")
        windows = decoded(sounds, model.front.spec)
        made[name] = Case(published, model, sounds, windows, *theirs(published, sounds))
    return made


@pytest.fixture(params=["plain", "fused"])
def case(request: pytest.FixtureRequest, cases: dict[str, Case]) -> Case:
    return cases[request.param]


def resampled(samples: np.ndarray, rate: int) -> np.ndarray:
    """Bring samples to 48 kHz by a long filter in double precision."""
    common = gcd(48_000, rate)
    there, back = 48_000 // common, rate // common
    exact = samples.astype(np.float64)
    if there == back:
        return exact
    widest = max(there, back)
    filtered = firwin(128 * widest + 1, 0.98 / widest, window=("kaiser", 14))
    return np.asarray(resample_poly(exact, there, back, window=filtered))


def decoded(sounds: Sequence[tuple[Path, Any]], spec: SoundSpec) -> np.ndarray:
    """Read the sounds as the house does: one window each."""
    windows = []
    for path, _ in sounds:
        handler = handler_for(str(path))
        assert handler is not None
        taken = handler.extract(str(path), [spec], None, 512, Limits(), None)
        assert len(taken.inputs[spec]) == 1
        windows.append(taken.inputs[spec][0])
    return np.stack(windows)


def theirs(
    published: PublishedClap, sounds: Sequence[tuple[Path, Any]]
) -> tuple[np.ndarray, np.ndarray]:
    """Embed as transformers does: its own processor, its own model."""
    import torch

    # With one longer sound among them, its processor does not toss a coin for the fused model.
    longer = np.sin(np.arange(48_000 * 11))
    heard = [samples for _, samples in sounds] + [longer]
    given = published.processor(audio=heard, sampling_rate=48_000, return_tensors="pt")
    assert int(given["is_longer"][:-1].sum()) == 0
    read = published.processor(text=SENTENCES, padding=True, return_tensors="pt")
    with torch.inference_mode():
        vectors = published.model.get_audio_features(**given).pooler_output[:-1]
        words = published.model.get_text_features(**read).pooler_output
    return vectors.numpy(), words.numpy()


def least_cosine(some: np.ndarray, others: np.ndarray) -> float:
    """Compare row by row, as they are and with each set's mean taken away; give the least."""
    plain = (unit(some) * unit(others)).sum(1).min()
    centred = (unit(some - some.mean(0)) * unit(others - others.mean(0))).sum(1).min()
    return float(min(plain, centred))


def unit(vectors: np.ndarray) -> np.ndarray:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def installed(published: PublishedClap, models: Path) -> ClapModel:
    catalogue = ModelCatalogue(models)
    model = catalogue.model(catalogue.install("", str(published.folder)).name)
    assert isinstance(model, ClapModel)
    return model


def test_vectors_equal_transformers_own_resampling_and_padding_included(case: Case) -> None:
    encoder = ClapEncoder(case.model, "cpu", "fp32")
    mine = encoder.encode_sounds(case.windows)
    assert np.allclose(np.linalg.norm(mine, axis=1), 1, atol=1e-5)
    assert least_cosine(mine, case.heard) >= ENOUGH
    assert least_cosine(encoder.encode_texts(SENTENCES), case.read) >= ENOUGH


def test_half_precision_costs_a_thousandth_at_most(case: Case) -> None:
    encoder = ClapEncoder(case.model, "cpu", "fp16")
    mine = encoder.encode_sounds(case.windows)
    assert (mine * unit(case.heard)).sum(1).min() >= 0.999
    assert (encoder.encode_texts(SENTENCES) * unit(case.read)).sum(1).min() >= 0.999


def test_a_wrong_preparation_would_be_noticed(cases: dict[str, Case]) -> None:
    case = cases["plain"]
    right, spec = case.model, case.model.front.spec
    silence = decoded(case.sounds, replace(spec, padding=Padding.SILENCE))
    slow = decoded(case.sounds, replace(spec, rate=44_100))
    wrong = {
        "bands": (replace(right.front, scale="htk"), case.windows),
        "lowest pitch": (replace(right.front, low=0.0), case.windows),
        "padding": (right.front, silence),
        "rate": (right.front, np.resize(slow, (len(slow), spec.length))),
    }
    for what, (front, windows) in wrong.items():
        encoder = ClapEncoder(replace(right, front=front), "cpu", "fp32")
        assert least_cosine(encoder.encode_sounds(windows), case.heard) < ENOUGH, what


def test_spectrograms_are_those_of_transformers_also_where_it_is_quiet(case: Case) -> None:
    import torch

    front = case.model.front
    loud = np.stack([tone(100, 10, 1.0), np.zeros(480_000, np.float32)])

    mine = front.spectrograms(loud, torch.from_numpy(front.banks())).numpy()
    own = case.published.processor.feature_extractor(list(loud), sampling_rate=48_000)
    own = np.stack([row[0] for row in own["input_features"]])[:, None]
    assert mine.shape == own.shape == (2, 1, front.frames, 64)
    assert np.abs(mine - own).max() < 0.01  # dB


def test_a_vector_does_not_depend_on_the_sounds_beside_it(cases: dict[str, Case]) -> None:
    case = cases["fused"]
    encoder = ClapEncoder(case.model, "cpu", "fp32")
    together = encoder.encode_sounds(case.windows)
    for row in (0, 4):
        alone = encoder.encode_sounds(case.windows[row : row + 1])
        assert np.abs(together[row] - alone[0]).max() < 1e-5


def test_a_question_loads_the_text_tower_alone(case: Case) -> None:
    encoder = ClapEncoder(case.model, "cpu", "fp32")
    encoder.encode_texts(["rain"])
    assert encoder._sound is None
    assert encoder._text is not None
    assert not [name for name, _ in encoder._text.named_parameters() if "audio" in name]


def test_an_unloaded_model_loads_again(case: Case) -> None:
    encoder = ClapEncoder(case.model, "cpu", "fp32")
    before = encoder.encode_texts(SENTENCES)
    encoder.unload()
    assert encoder._text is None
    assert np.array_equal(encoder.encode_texts(SENTENCES), before)


def test_a_question_longer_than_the_model_reads_is_cut(case: Case) -> None:
    encoder = ClapEncoder(case.model, "cpu", "fp32")
    assert np.isfinite(encoder.encode_texts(["rain on a tin roof " * 200])).all()
    assert np.isfinite(encoder.encode_texts([""])).all()


def test_it_takes_words_and_sounds_and_no_pictures(case: Case) -> None:
    encoder = case.model.encoder("cpu")
    assert encoder.modalities == {Modality.TEXT, Modality.SOUND}
    assert encoder.indexes is case.model.info.indexes is Modality.SOUND
    assert encoder.sound_input == SoundSpec(48_000, Padding.REPEAT)
    assert encoder.image_input is None
    with pytest.raises(WrongUse, match="no pictures"):
        encoder.encode_images(np.zeros((1, 8, 8, 3), np.uint8))
