"""What is said in sounds and films: written down when that is on, and found by its words."""

from __future__ import annotations

from pathlib import Path

import pytest

from assetman.core.assets import PassageKind
from assetman.core.errors import WrongUse
from assetman.core.queries import Query
from assetman.engine.service import EngineService
from assetman.ingest import speech
from tests.kit.films import Scene, make_film
from tests.kit.speech import add_voice, model_folder, say

from .conftest import Open

PATIENCE = 100.0


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    """A sound in which something is said, and nothing else."""
    return say(tmp_path / "talks" / "log.wav", 2.0, "There is land in sight, captain.", 3.0)


def work(service: EngineService, run: int) -> None:
    assert service._workspace.pipeline.wait(run, PATIENCE)
    assert service.progress().problem == ""


def add(service: EngineService, folder: Path) -> None:
    work(service, service.index([service.add_root(str(folder)).id]))
    assert service.failures() == []


def switch_on(service: EngineService) -> None:
    service.add_speech_model(str(model_folder()), "tiny")
    work(service, service.use_speech("tiny"))


def said(service: EngineService, path: Path) -> list[str]:
    asset = service.asset_at(str(path))
    assert asset is not None
    passages = service.passages(asset)
    return [each.text for each in passages if each.kind is PassageKind.SPEECH]


def test_what_is_said_is_found_with_its_seconds(service: EngineService, talk: Path) -> None:
    film = make_film(talk.with_name("voyage.mp4"), [Scene("blue", 9)], size=(64, 48), rate=5)
    add_voice(film.path, talk)
    add(service, talk.parent)
    assert service.search(Query("said:land")).listed == ()
    switch_on(service)
    found = service.search(Query('said:"land in sight"'))
    assert set(found.listed) == {service.asset_at(str(talk)), service.asset_at(str(film.path))}
    for hit in found.hits:
        assert hit.start == pytest.approx(2.0, abs=0.8)
    (spoken,) = [model for model in service.speech_models() if model.active]
    assert (spoken.name, spoken.pending) == ("tiny", 0)
    assert service.status().speech == "tiny"


def test_nothing_is_listened_to_until_it_is_switched_on(service: EngineService, talk: Path) -> None:
    add(service, talk.parent)
    assert said(service, talk) == []
    with pytest.raises(WrongUse, match="no model of speech"):
        service.use_speech("huge")
    switch_on(service)
    assert len(said(service, talk)) == 1
    work(service, service.use_speech(None))
    assert len(said(service, talk)) == 1  # what was written down stays
    later = say(talk.with_name("later.wav"), "We turn the ship to the north.")
    work(service, service.index())
    assert said(service, later) == []
    assert service.status().speech is None


def test_what_was_not_stored_is_listened_to_again_after_a_stop(
    open_service: Open, talk: Path, tmp_path: Path
) -> None:
    first = open_service()
    first.use_model("colours")
    add(first, talk.parent)
    first.add_speech_model(str(model_folder()), "tiny")
    first.use_speech("tiny")
    first.close()  # in the midst of it, or before
    second = open_service()
    work(second, second.index())
    assert len(said(second, talk)) == 1
    before = second._library.journal.sequence()
    work(second, second.index())
    assert second._library.journal.sequence() == before


def test_a_sentence_that_two_stretches_share_is_written_down_once(
    service: EngineService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speech, "_STRETCH", 10.0)
    monkeypatch.setattr(speech, "_LEAST", 2.0)
    path = say(
        tmp_path / "talks" / "long.wav",
        *(8.0, "There is land in sight, captain, on the other side.", 9.0),
        "We turn the ship to the north.",
    )
    add(service, path.parent)
    switch_on(service)
    words = " ".join(said(service, path)).lower()
    assert words.count("land in sight") == 1
    assert words.count("turn the ship") == 1


def test_a_file_saved_anew_is_listened_to_anew(service: EngineService, talk: Path) -> None:
    add(service, talk.parent)
    switch_on(service)
    say(talk, "We turn the ship to the north.")
    work(service, service.index())
    (sentence,) = said(service, talk)
    assert "north" in sentence.lower()
