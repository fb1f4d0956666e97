"""Moments are saved by the engine, beside all else it does."""

from __future__ import annotations

import os
import queue
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from assetman.core.errors import EnvironmentProblem, WrongUse
from assetman.core.exports import Export, ExportForm, ExportState, proposed_name
from assetman.core.progress import Phase
from assetman.engine.protocol import Event
from assetman.engine.service import EngineService
from tests.kit.numbered import numbered_film, numbers_in

needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not here")
LIMIT = 60.0  # seconds
QUICK, EXACT, FRAME = ExportForm.QUICK, ExportForm.EXACT, ExportForm.FRAME


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return numbered_film(tmp_path_factory.mktemp("film") / "film.mp4", 60, sound=440.0).path


@pytest.fixture
def film(original: Path, tmp_path: Path) -> Path:
    (tmp_path / "videos").mkdir()
    return Path(shutil.copy(original, tmp_path / "videos"))


@pytest.fixture
def asset(service: EngineService, film: Path) -> int:
    news: queue.SimpleQueue[Event] = queue.SimpleQueue()
    unsubscribe = service.subscribe(news.put)
    run = service.index([service.add_root(str(film.parent)).id])
    while service.progress().run < run or service.progress().phase is not Phase.IDLE:
        news.get(timeout=LIMIT)
    unsubscribe()
    found = service.asset_at(str(film))
    assert found is not None
    return found


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "place").mkdir()
    return tmp_path / "place"


Ended = Callable[[Export], Export]


@pytest.fixture
def ended(service: EngineService) -> Ended:
    """Give what an export came to, when it has ended."""
    news: queue.SimpleQueue[Event] = queue.SimpleQueue()
    service.subscribe(news.put)

    ends: dict[int, Export] = {}

    def wait(begun: Export) -> Export:
        while begun.number not in ends:
            event = news.get(timeout=LIMIT)
            if isinstance(event, Export) and event.state is not ExportState.RUNNING:
                ends[event.number] = event
        return ends[begun.number]

    return wait


def test_a_frame_is_saved_whole_and_without_ffmpeg(
    service: EngineService,
    asset: int,
    place: Path,
    ended: Ended,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", str(place))
    for name in ("frame.png", "frame.jpg"):
        end = ended(service.export(asset, 1.5, 1.5, str(place / name), FRAME))
        assert (end.state, end.message) == (ExportState.DONE, "")
        with Image.open(place / name) as picture:
            assert picture.size == (320, 176)
            light = [picture.convert("L").getpixel((20 + 40 * bit, 88)) > 125 for bit in range(8)]  # type: ignore[operator]
        assert sum(1 << bit for bit, on in enumerate(light) if on) == 37
    with pytest.raises(EnvironmentProblem, match="needs the program ffmpeg"):
        service.export(asset, 1.0, 2.0, str(place / "clip.mp4"), QUICK)
    assert sorted(os.listdir(place)) == ["frame.jpg", "frame.png"]


@needs_ffmpeg
def test_several_moments_are_saved_at_once_and_say_where_they_begin(
    service: EngineService, asset: int, film: Path, place: Path, ended: Ended
) -> None:
    before = (film.stat(), film.read_bytes())
    quick = service.export(asset, 1.5, 2.0, str(place / "quick.mp4"), QUICK)
    exact = service.export(asset, 1.5, 2.0, str(place / "exact.mp4"), EXACT)
    with pytest.raises(WrongUse, match="being written already"):
        service.export(asset, 0.0, 2.0, str(place / "exact.mp4"), EXACT)
    assert service.exporting()
    results = {end.number: end for end in (ended(quick), ended(exact))}
    assert results[quick.number].start == pytest.approx(1.0)
    assert results[exact.number].start == pytest.approx(1.48)
    assert all(end.share == 1.0 for end in results.values())
    assert numbers_in(place / "quick.mp4")[0] == 25
    assert numbers_in(place / "exact.mp4") == list(range(37, 50))
    assert not service.exporting()
    now = film.stat()
    assert (now.st_mtime_ns, now.st_size, film.read_bytes()) == (
        before[0].st_mtime_ns,
        before[0].st_size,
        before[1],
    )


@needs_ffmpeg
def test_a_clip_may_lie_beside_its_video_and_becomes_part_of_the_library(
    service: EngineService, asset: int, film: Path, ended: Ended
) -> None:
    target = film.with_name(proposed_name(str(film), 1.0, 2.0, QUICK))
    assert target.name == "film 1s–2s.mp4"
    assert ended(service.export(asset, 1.0, 2.0, str(target), QUICK)).state is ExportState.DONE
    assert sorted(os.listdir(film.parent)) == [target.name, film.name]


def test_what_makes_no_sense_is_said_at_once_and_writes_nothing(
    service: EngineService, asset: int, tmp_path: Path, place: Path
) -> None:
    def refused(target: str, form: ExportForm, start: float, end: float, why: str) -> None:
        with pytest.raises(WrongUse, match=why):
            service.export(asset, start, end, str(tmp_path / target), form)

    before = {folder: sorted(os.listdir(tmp_path / folder)) for folder in os.listdir(tmp_path)}
    refused("videos/film.mp4", QUICK, 0.0, 1.0, "exists already")
    refused("library/clip.mp4", QUICK, 0.0, 1.0, "Assetman's own")
    refused("library/thumbnails/clip.mp4", QUICK, 0.0, 1.0, "Assetman's own")
    refused("place/clip.txt", QUICK, 0.0, 1.0, "A clip is saved as")
    refused("place/clip.avi", EXACT, 0.0, 1.0, "A clip is saved as")
    refused("place/clip", FRAME, 0.0, 1.0, "A frame is saved as .png, .jpg or .jpeg")
    refused("place/clip.mp4", EXACT, 1.0, 1.0, "ends after it begins")
    refused("place/clip.mp4", EXACT, -1.0, 1.0, "begins at the start")
    refused("place/clip.mp4", EXACT, float("nan"), 1.0, "begins at the start")
    refused("place/clip.mp4", EXACT, 90.0, 91.0, "ends after 2.4 seconds")
    assert {folder: sorted(os.listdir(tmp_path / folder)) for folder in before} == before


def slow_program(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a program in the place of `ffmpeg` that says what it should and then does what it may."""
    folder.mkdir()
    program = folder / "ffmpeg"
    program.write_text(
        '#!/bin/sh\ncase "$*" in\n  -version) echo ffmpeg version 5.1;;\n'
        f"  *-encoders) echo ' V..... libx264 x';;\n  *) {script};;\nesac\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def test_a_cancelled_export_leaves_nothing(
    service: EngineService,
    asset: int,
    tmp_path: Path,
    place: Path,
    ended: Ended,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slow_program(tmp_path / "bin", "sleep 600", monkeypatch)
    begun = service.export(asset, 0.0, 1.0, str(place / "clip.mp4"), EXACT)
    service.cancel_export(begun.number)
    assert ended(begun).state is ExportState.CANCELLED
    service.cancel_export(begun.number)  # once more does no harm
    assert os.listdir(place) == []
    with pytest.raises(WrongUse, match="There is no export 99"):
        service.cancel_export(99)


def test_exports_end_with_the_engine(
    service: EngineService, asset: int, tmp_path: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow_program(tmp_path / "bin", "echo out_time_us=1000; sleep 600", monkeypatch)
    for number in range(3):  # one more than are done at once
        service.export(asset, 0.0, 1.0, str(place / f"{number}.mp4"), EXACT)
    service.close()  # a process left behind would fail this test
    assert os.listdir(place) == []


def test_a_failure_is_heard_with_its_reason(
    service: EngineService,
    asset: int,
    tmp_path: Path,
    place: Path,
    ended: Ended,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slow_program(tmp_path / "bin", "echo 'x: No space left on device' >&2; exit 1", monkeypatch)
    end = ended(service.export(asset, 0.0, 1.0, str(place / "clip.mp4"), EXACT))
    assert (end.state, end.kind) == (ExportState.FAILED, "environment")
    assert end.message == "The disk is full. Nothing was saved."
    (tmp_path / "videos" / "film.mp4").unlink()
    end = ended(service.export(asset, 0.0, 1.0, str(place / "clip.mp4"), EXACT))
    assert (end.kind, end.message) == ("bad input", "The file is no longer there.")
    assert os.listdir(place) == []


@pytest.mark.parametrize(
    ("start", "end", "form", "name"),
    [
        (83.2, 91.4, QUICK, "Holiday 1m23s–1m31s.mov"),
        (83.2, 91.4, EXACT, "Holiday 1m23s–1m31s.mp4"),
        (3661.0, 3725.0, EXACT, "Holiday 1h01m01s–1h02m05s.mp4"),
        (4.1, 4.4, EXACT, "Holiday 4.10s–4.40s.mp4"),
        (59.999, 60.0, FRAME, "Holiday 1m00.00s.png"),
        (0.04, 0.04, FRAME, "Holiday 0.04s.png"),
    ],
)
def test_a_moment_has_a_good_name(start: float, end: float, form: ExportForm, name: str) -> None:
    assert proposed_name("/videos/Holiday.mov", start, end, form) == name
    long = proposed_name("/videos/" + "ä" * 300 + ".rm", start, end, QUICK)
    assert len(os.fsencode(long)) <= 200
    assert long.endswith(".mkv")
