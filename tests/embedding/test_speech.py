"""Models of speech: installed whole, and writing down what is said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from assetman.core.errors import BadInput, Cancelled, WrongUse
from assetman.core.models import ModelState
from assetman.embedding.speech import RATE, SpeechModels, Transcriber
from kit.hub import PaperHub, paper_hub
from tests.kit.sounds import read_wav
from tests.kit.speech import model_folder, say


@pytest.fixture
def models(tmp_path: Path) -> SpeechModels:
    return SpeechModels(tmp_path / "speech")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Transcriber:
    """A small model, installed and loaded once."""
    models = SpeechModels(tmp_path_factory.mktemp("speech"))
    models.install(str(model_folder()), "tiny")
    return models.transcriber("tiny")


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[PaperHub]:
    with paper_hub() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.endpoint)
        yield hub


def heard(path: Path) -> np.ndarray:
    samples: np.ndarray = np.asarray(read_wav(path)[0], np.float32).reshape(-1)
    return samples


def test_what_is_said_is_written_down_with_its_times(tiny: Transcriber, tmp_path: Path) -> None:
    sound = say(tmp_path / "a.wav", 4.0, "There is land in sight, captain.", 4.0)
    transcript = tiny.transcribe(heard(sound))
    (sentence,) = transcript.sentences
    assert "land in sight" in sentence.text.lower()
    assert sentence.start == pytest.approx(4.0, abs=0.7)
    assert sentence.end < len(heard(sound)) / RATE - 2.0
    assert transcript.language == "en"


def test_nothing_is_written_down_of_silence_and_noise(tiny: Transcriber) -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, 20 * RATE).astype(np.float32)
    for samples in (np.zeros(0, np.float32), np.zeros(20 * RATE, np.float32), noise):
        transcript = tiny.transcribe(samples)
        assert (transcript.sentences, transcript.language) == ((), None)


def test_listening_ends_when_it_is_called_off(tiny: Transcriber, tmp_path: Path) -> None:
    sound = heard(say(tmp_path / "a.wav", "There is land in sight."))

    def stop() -> None:
        raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        tiny.transcribe(sound, stop)


def test_a_model_comes_from_a_hub_in_the_form_that_is_read(
    models: SpeechModels, hub: PaperHub
) -> None:
    hub.add("makers/faster-whisper-mini", model_folder())
    told: list[tuple[int, int]] = []
    info = models.install("hf-hub:makers/faster-whisper-mini", said=lambda *here: told.append(here))
    assert (info.name, info.state) == ("mini", ModelState.INSTALLED)
    assert told[-1][0] == told[-1][1] > 70_000_000
    assert not list(models.folder.glob(".new-*"))
    models.transcriber("mini")


def test_a_folder_without_a_model_is_refused_and_nothing_stays(
    models: SpeechModels, tmp_path: Path
) -> None:
    with pytest.raises(WrongUse, match="There is no folder"):
        models.install(str(tmp_path / "none"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadInput, match="holds no model"):
        models.install(str(tmp_path / "empty"))
    broken = tmp_path / "broken"
    broken.mkdir()
    for file in model_folder().iterdir():
        if file.is_file():
            (broken / file.name).write_bytes(file.read_bytes()[:5000])
    with pytest.raises(BadInput, match="does not work"):
        models.install(str(broken))
    assert [info.name for info in models.infos() if info.state is ModelState.INSTALLED] == []
    with pytest.raises(WrongUse, match="no model of speech"):
        models.transcriber("../speech")


def test_what_is_on_offer_is_listed_with_its_size_and_licence(models: SpeechModels) -> None:
    offers = {info.name: info for info in models.infos()}
    assert offers["small"].state is ModelState.AVAILABLE
    assert offers["small"].licence == "MIT"
    assert (offers["small"].size or 0) > 100_000_000
