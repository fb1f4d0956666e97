"""Parts of sounds are saved by the engine, without ffmpeg; also to be dragged out of the window."""

from __future__ import annotations

import queue
from pathlib import Path

import pytest

from assetman.core.errors import WrongUse
from assetman.core.exports import DRAGGED, Export, ExportForm, ExportState
from assetman.core.progress import Phase
from assetman.engine.protocol import Event
from assetman.engine.service import EngineService
from tests.kit.sounds import joined, read_wav, tone, write_wav

LIMIT = 60.0  # seconds


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    samples = joined(tone(440, 2, rate=22_050), tone(880, 2, rate=22_050))
    return write_wav(tmp_path / "sounds" / "two tones.wav", samples, 22_050)


@pytest.fixture
def asset(service: EngineService, sound: Path) -> int:
    news: queue.SimpleQueue[Event] = queue.SimpleQueue()
    unsubscribe = service.subscribe(news.put)
    run = service.index([service.add_root(str(sound.parent)).id])
    while service.progress().run < run or service.progress().phase is not Phase.IDLE:
        news.get(timeout=LIMIT)
    unsubscribe()
    found = service.asset_at(str(sound))
    assert found is not None
    return found


def test_a_part_of_a_sound_is_saved_whole_beside_the_library_too(
    service: EngineService,
    asset: int,
    sound: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # there is no ffmpeg
    before = sound.read_bytes()
    news: queue.SimpleQueue[Event] = queue.SimpleQueue()
    service.subscribe(news.put)
    dragged = service._workspace.folder / DRAGGED / "1"
    dragged.mkdir(parents=True)
    for folder in (tmp_path, dragged):
        target = folder / "part.wav"
        begun = service.export(asset, 1.5, 2.5, str(target), ExportForm.SOUND)
        assert (begun.start, begun.state) == (1.5, ExportState.RUNNING)
        end = begun
        while end.state is ExportState.RUNNING:
            event = news.get(timeout=LIMIT)
            end = event if isinstance(event, Export) and event.number == begun.number else end
        assert (end.state, end.message, end.share) == (ExportState.DONE, "", 1.0)
        samples, rate = read_wav(target)
        whole, _ = read_wav(sound)
        assert rate == 22_050
        assert (samples == whole[:, 33_075:55_125]).all()
    assert sound.read_bytes() == before


def test_what_makes_no_sense_is_refused(service: EngineService, asset: int, tmp_path: Path) -> None:
    for form, name, why in (
        (ExportForm.QUICK, "part.mp4", "as WAV"),
        (ExportForm.FRAME, "part.png", "as WAV"),
        (ExportForm.SOUND, "part.mp3", "A sound is saved as .wav"),
    ):
        with pytest.raises(WrongUse, match=why):
            service.export(asset, 0.0, 1.0, str(tmp_path / name), form)
    with pytest.raises(WrongUse, match="ends after it begins"):
        service.export(asset, 1.0, 1.0, str(tmp_path / "part.wav"), ExportForm.SOUND)
    inside = service._workspace.folder / "part.wav"
    with pytest.raises(WrongUse, match="Assetman's own"):
        service.export(asset, 0.0, 1.0, str(inside), ExportForm.SOUND)
