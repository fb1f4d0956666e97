"""Models of sounds beside models of pictures: each is chosen, filled and answers for its own."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from assetman.core.inputs import Modality
from assetman.core.queries import Query, Sort
from assetman.core.sounds import Waveform, peak_rate
from assetman.core.spaces import Space
from assetman.engine.codec import decode, encode
from assetman.engine.protocol import Card
from assetman.engine.service import EngineService
from assetman.workspace import Workspace
from kit.colours import COLOURS_MODEL
from kit.service import PATIENCE, Open, index
from kit.sounds import tone, write_sound
from kit.tones import TONES, TONES_MODEL, publish_tones


@pytest.fixture(autouse=True)
def tones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(publish_tones(tmp_path / "tones")))


@pytest.fixture
def sounds(tmp_path: Path) -> Path:
    for name, pitch in TONES.items():
        write_sound(tmp_path / "sounds" / f"{name}.wav", tone(pitch, 2))
    return tmp_path / "sounds"


@pytest.fixture
def listening(service: EngineService) -> EngineService:
    service.use_model("tones")
    return service


def spaces(service: EngineService) -> dict[str, int]:
    return service.status().embeddings


def found(service: EngineService, text: str) -> str:
    (hit, *_) = service.search(Query(text)).hits
    return service.cards([hit.asset_id])[0].asset.name


def test_a_new_library_has_a_model_for_what_is_seen_and_one_for_what_is_heard(
    open_service: Open,
) -> None:
    service = open_service()
    status = service.status()
    assert (status.model, status.sound_model) == ("starter", "starter-sound")
    assert (status.filling, status.sound_filling) == (None, None)
    active = {info.name: info.indexes for info in service.models() if info.active}
    assert active == {"starter": Modality.IMAGE, "starter-sound": Modality.SOUND}


def test_a_model_of_sounds_takes_the_place_of_one_of_sounds_alone(
    listening: EngineService, sounds: Path, photos: Path
) -> None:
    index(listening, sounds)
    index(listening, photos)
    assert spaces(listening) == {"colours-1-p1-4": 6, "tones-1-p1-4": 3}
    run = listening.use_model("chords")
    status = listening.status()
    assert (status.model, status.sound_model, status.sound_filling) == (
        "colours",
        "tones",
        "chords",
    )
    (filling,) = [info for info in listening.models() if info.filling]
    assert filling.name == "chords"
    assert found(listening, "whistle") == "whistle.wav"
    assert listening._workspace.pipeline.wait(run, PATIENCE)
    status = listening.status()
    assert (status.model, status.sound_model, status.sound_filling) == ("colours", "chords", None)
    assert spaces(listening) == {"colours-1-p1-4": 6, "tones-1-p1-4": 3, "chords-1-p1-4": 3}
    assert found(listening, "whistle") == "whistle.wav"
    assert found(listening, "green") == "green.png"
    listening.use_model("tones")
    assert listening.status().sound_model == "tones", "and it can be switched back at once"


def test_weights_that_were_renewed_have_a_space_of_their_own_that_answers_at_once(
    open_service: Open, sounds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = open_service()
    first.use_model("tones")
    index(first, sounds)
    first.close()
    monkeypatch.setattr(TONES_MODEL, "space", Space("tones", "2", 1, 4))
    second = open_service()
    active = second._workspace.library.spaces.active(Modality.SOUND)
    assert active is not None
    assert active.space.revision == "2"
    index(second)
    assert spaces(second) == {"tones-1-p1-4": 3, "tones-2-p1-4": 3}
    assert found(second, "beep") == "beep.wav"


def test_a_card_of_a_sound_has_its_outline_and_its_facts(
    listening: EngineService, sounds: Path
) -> None:
    index(listening, sounds)
    asset_id = listening.asset_at(str(sounds / "beep.wav"))
    assert asset_id is not None
    (card,) = listening.cards([asset_id])
    assert decode(encode(card, Card), Card) == card
    (path,) = card.waveform.paths if card.waveform else ()
    assert card.waveform == Waveform((path,), peak_rate(2.0))
    assert Path(path).is_file()
    assert card.thumbnail is None
    assert card.asset.sound is not None
    assert (card.asset.sound.rate, card.asset.sound.channels) == (48_000, 1)
    assert card.asset.duration == pytest.approx(2.0)
    assert listening.details(asset_id).card == card
    Path(path).write_bytes(Path(path).read_bytes()[:-1])
    assert listening.cards([asset_id])[0] == replace(card, waveform=None)
    index(listening)
    assert listening.cards([asset_id])[0] == card


def test_deleted_thumbnails_and_indexes_of_sounds_come_back(
    listening: EngineService, open_service: Open, sounds: Path, tmp_path: Path
) -> None:
    index(listening, sounds)
    before = listening.cards(listening.search(Query(sort=Sort.NAME)).ids)
    listening.close()
    for derived in ("thumbnails", "vectors"):
        shutil.rmtree(tmp_path / "library" / derived)
    second = open_service()
    assert found(second, "hum") == "hum.wav"
    index(second)
    assert second.cards([card.asset.id for card in before]) == before


def test_a_library_that_cannot_be_written_to_is_asked_about_its_sounds(
    listening: EngineService, sounds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index(listening, sounds)
    listening.close()
    monkeypatch.setattr("assetman.library.opening.why_read_only", lambda *_: "It is a CD.")
    service = EngineService(Workspace.open(tmp_path / "library", models=tmp_path / "models"))
    try:
        assert service.status().read_only
        assert found(service, "whistle") == "whistle.wav"
    finally:
        service.close()


def test_files_are_read_and_seen_although_the_model_of_sounds_is_gone(
    open_service: Open, sounds: Path, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = open_service()
    first.use_model("colours")
    first.use_model("tones")
    index(first, sounds)
    first.close()
    with monkeypatch.context() as gone:
        gone.setattr("assetman.embedding.catalogue._of_others", lambda: {"colours": COLOURS_MODEL})
        second = open_service()
        index(second, photos)
        assert found(second, "green") == "green.png"
        write_sound(sounds / "new.wav", tone(TONES["hum"], 3))
        run = second.index()
        assert second._workspace.pipeline.wait(run, PATIENCE)
        assert "tones" in second.progress().problem
        assert second.progress().counts.failed == 0
        (card,) = second.cards([second.asset_at(str(sounds / "new.wav")) or 0])
        assert card.waveform is not None
        second.close()
    third = open_service()
    index(third)
    assert spaces(third) == {"colours-1-p1-4": 6, "tones-1-p1-4": 4}
