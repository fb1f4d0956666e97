"""The encoders in use: short batches, nobody waits for the other tower, memory is given back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from assetman.core.errors import EnvironmentProblem, WrongUse
from assetman.core.inputs import InputSpec, Modality, SoundSpec
from assetman.core.models import ModelInfo, ModelState
from assetman.core.spaces import Space
from assetman.embedding.catalogue import ModelCatalogue
from assetman.embedding.encoder import Encoder, Pixels, Samples, Vectors, unit
from assetman.embedding.pool import EncoderPool
from assetman.embedding.tower import Tower

SPEC = InputSpec(4)
HEARD = SoundSpec(8)


class PaperEncoder:
    """Embeds pictures as their mean colour; can be made slow or short of memory."""

    space = Space("paper", "1", 1, 3)
    modalities = frozenset({Modality.IMAGE, Modality.TEXT, Modality.SOUND})
    indexes = Modality.IMAGE
    image_input: InputSpec | None = SPEC
    sound_input: SoundSpec | None = HEARD

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.read: list[str] = []
        self.heard: list[int] = []
        self.fits = 1000  # rows
        self.unloaded = 0
        self.on_images: Callable[[Pixels], object] = lambda pixels: None

    def encode_images(self, pixels: Pixels) -> Vectors:
        if len(pixels) > self.fits:
            raise RuntimeError("CUDA out of memory. Tried to allocate 2 GiB")
        self.on_images(pixels)
        self.batches.append(len(pixels))
        return unit(pixels.reshape(len(pixels), -1, 3).mean(1) + 1)

    def encode_sounds(self, samples: Samples) -> Vectors:
        self.heard.append(len(samples))
        return unit(np.stack([samples.min(1), samples.max(1), np.ones(len(samples))], 1))

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        self.read.extend(texts)
        return unit(np.array([[len(text), 1, 0] for text in texts], np.float32))

    def unload(self) -> None:
        self.unloaded += 1


class PaperModel:
    """The paper encoder as a third party would bring it."""

    info = ModelInfo("paper", "Paper", "", "", None, (Modality.IMAGE,), ModelState.BUILT_IN)
    space = PaperEncoder.space
    image_input: InputSpec | None = SPEC
    sound_input: SoundSpec | None = HEARD

    def __init__(self) -> None:
        self.made = PaperEncoder()

    def encoder(self, device: str) -> Encoder:
        return self.made


class PaperCatalogue(ModelCatalogue):
    """A catalogue with one more model, as an entry point would add it."""

    def __init__(self, folder: Path, model: PaperModel) -> None:
        super().__init__(folder)
        self._usable()["paper"] = model


@pytest.fixture
def paper() -> PaperModel:
    return PaperModel()


@pytest.fixture
def pool(tmp_path: Path, paper: PaperModel) -> Iterator[EncoderPool]:
    pool = EncoderPool(PaperCatalogue(tmp_path, paper), "cpu")
    yield pool
    pool.close()


def pixels(count: int) -> Pixels:
    return np.random.default_rng(0).integers(0, 255, (count, 4, 4, 3), dtype=np.uint8)


def test_batches_give_every_row_in_order(pool: EncoderPool, paper: PaperModel) -> None:
    rows = pixels(150)
    vectors = pool.images("paper", rows)
    assert np.array_equal(vectors, unit(rows.reshape(150, -1, 3).mean(1) + 1))
    assert len(paper.made.batches) > 2
    assert sum(paper.made.batches) == 150


def test_a_question_is_answered_while_pictures_are_embedded(
    pool: EncoderPool, paper: PaperModel
) -> None:
    inside, leave = threading.Event(), threading.Event()

    def wait(pixels: Pixels) -> None:
        inside.set()
        leave.wait(30)

    paper.made.on_images = wait
    thread = threading.Thread(target=pool.images, args=("paper", pixels(3)))
    thread.start()
    assert inside.wait(30)
    assert pool.texts("paper", ["a frog"]).shape == (1, 3)
    leave.set()
    thread.join(30)


def test_another_picture_waits_for_one_batch_only(pool: EncoderPool, paper: PaperModel) -> None:
    order: list[str] = []
    inside, asked = threading.Event(), threading.Event()
    many = 2000

    def watch(pixels: Pixels) -> None:
        order.append("dropped" if pixels.max() == 0 else "folder")
        inside.set()
        asked.wait(30)

    paper.made.on_images = watch
    folder = threading.Thread(target=pool.images, args=("paper", pixels(many) | 1))
    folder.start()
    assert inside.wait(30)
    blank = np.zeros((1, 4, 4, 3), np.uint8)
    dropped = threading.Thread(target=pool.images, args=("paper", blank))
    dropped.start()
    turn = pool._in_use["paper"].images.lock
    deadline = time.monotonic() + 30
    while not turn.waiting and time.monotonic() < deadline:
        time.sleep(0.001)
    asked.set()
    dropped.join(30)
    folder.join(30)
    assert order.index("dropped") < len(order) - 1


@pytest.mark.parametrize("device", ["cuda", "mps"])
def test_too_little_memory_halves_the_batch(device: str, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = PaperEncoder()
    encoder.fits = 20
    tower = Tower(device)
    vectors = tower.encode(encoder.encode_images, pixels(70))
    assert len(vectors) == 70
    assert max(encoder.batches) <= 20
    assert tower.rows <= 20


def test_too_little_memory_for_one_row_is_said(paper: PaperModel) -> None:
    paper.made.fits = 0
    with pytest.raises(EnvironmentProblem, match="memory"):
        Tower("cuda").encode(paper.made.encode_images, pixels(1))


def test_other_errors_are_not_taken_for_a_lack_of_memory(
    pool: EncoderPool, paper: PaperModel
) -> None:
    def fail(pixels: Pixels) -> None:
        raise RuntimeError("a bug")

    paper.made.on_images = fail
    with pytest.raises(RuntimeError, match="a bug"):
        pool.images("paper", pixels(2))


def test_recent_questions_are_remembered(pool: EncoderPool, paper: PaperModel) -> None:
    first = pool.texts("paper", ["a frog", "a boat", "a frog"])
    again = pool.texts("paper", ["a boat", "a frog"])
    assert paper.made.read == ["a frog", "a boat"]
    assert np.array_equal(first[[1, 0]], again)


def test_nothing_in_gives_nothing_out(pool: EncoderPool) -> None:
    assert pool.images("paper", pixels(0)).shape == (0, 3)
    assert pool.texts("paper", []).shape == (0, 3)
    assert pool.sounds("paper", np.zeros((0, HEARD.length), np.float32)).shape == (0, 3)


def test_idle_models_are_unloaded_and_come_back(pool: EncoderPool, paper: PaperModel) -> None:
    pool.images("paper", pixels(1))
    pool.unload_idle(3600)
    assert paper.made.unloaded == 0
    pool.unload_idle(-1)
    assert paper.made.unloaded == 1
    assert pool.images("paper", pixels(1)).shape == (1, 3)


def test_a_model_without_a_text_tower_says_so(pool: EncoderPool, paper: PaperModel) -> None:
    paper.made.modalities = frozenset({Modality.IMAGE})
    with pytest.raises(WrongUse, match="words"):
        pool.texts("paper", ["a frog"])


def test_a_model_that_hears_nothing_says_so(pool: EncoderPool, paper: PaperModel) -> None:
    paper.made.modalities = frozenset({Modality.IMAGE})
    with pytest.raises(WrongUse, match="sounds"):
        pool.sounds("paper", np.zeros((1, HEARD.length), np.float32))


def test_sounds_are_embedded_in_batches_and_in_order(pool: EncoderPool, paper: PaperModel) -> None:
    windows = np.random.default_rng(0).uniform(-1, 1, (100, HEARD.length)).astype(np.float32)
    vectors = pool.sounds("paper", windows)
    assert np.array_equal(
        vectors, unit(np.stack([windows.min(1), windows.max(1), np.ones(100)], 1))
    )
    assert len(paper.made.heard) > 2
    assert sum(paper.made.heard) == 100


def test_what_a_model_takes_and_embeds_is_told_without_loading_it(
    pool: EncoderPool, paper: PaperModel
) -> None:
    assert pool.sound_input("paper") == HEARD
    assert pool.indexes("starter") is Modality.IMAGE
    assert pool.indexes("starter-sound") is Modality.SOUND
    assert pool.modalities("starter") == {Modality.IMAGE, Modality.TEXT, Modality.SOUND}
    assert pool.sound_input("starter") == pool.sound_input("starter-sound")
    assert not pool._in_use


def test_an_unknown_model_is_wrong_use(pool: EncoderPool) -> None:
    with pytest.raises(WrongUse, match="no model called"):
        pool.images("nonsense", pixels(1))


def test_warming_loads_a_tower(pool: EncoderPool, paper: PaperModel) -> None:
    pool.warm("paper", Modality.IMAGE)
    assert paper.made.batches == [1]
    assert paper.made.read == []
    pool.warm("paper", Modality.SOUND)
    assert paper.made.heard == [1]
