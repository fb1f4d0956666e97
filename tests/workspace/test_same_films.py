"""Films and sounds that are the same, in a library with all its parts."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import av
import numpy as np
import pytest

from assetman.comparing_films import ComparingFilms
from assetman.core.duplicates import Copy, DuplicateGroup, Likeness
from assetman.core.progress import CancelToken
from assetman.core.queries import Query
from assetman.engine.service import EngineService
from assetman.ingest.speech import Turn
from assetman.ingest.tally import Tally
from assetman.library.connections import connect
from assetman.workspace import Workspace
from kit.colours import publish
from kit.films import Motion, Scene, make_film
from kit.service import index
from kit.sounds import joined, silence, tone, write_sound
from kit.tones import publish_tones

BLACK = Scene((0, 0, 0), 1.5)
MUSIC, SPEECH, NOISES = 1, 2, 3


def scenes(seed: int, count: int = 7, seconds: float = 2.0) -> list[Scene]:
    """Give scenes that all look different, some of which move."""
    random = np.random.default_rng(seed)
    looks = random.integers(0, 256, (count, 5, 8, 3), np.uint8).repeat(24, 1).repeat(24, 2)
    return [
        Scene(look, seconds, (Motion.STILL, Motion.PAN)[number % 2])
        for number, look in enumerate(looks)
    ]


def boxed(source: Path, target: Path, sound: np.ndarray) -> None:
    """Put bars above and below a film, a sixth of the height each, and another sound to it."""
    with av.open(str(source)) as film:
        pictures = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
    bars = [np.pad(picture, ((30, 30), (0, 0), (0, 0))) for picture in pictures]
    size = (bars[0].shape[1], bars[0].shape[0])
    make_film(target, [Scene(picture, 0.1) for picture in bars], size=size, rate=10, sound=sound)


def melody(seed: int, seconds: float, begin: float = 0.0) -> np.ndarray:
    """Play a note each quarter of a second, each of another pitch and loudness."""
    random = np.random.default_rng(seed)
    notes = [
        tone(float(random.uniform(150, 2200)), 0.25, float(random.uniform(0.05, 0.5)))
        for _ in range(80)
    ]
    whole: np.ndarray = joined(*notes)
    return whole[round(begin * 48_000) : round((begin + seconds) * 48_000)]


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("films")
    tale, card = scenes(5), Scene(scenes(99)[0].look, 1.5)
    size = {"size": (192, 120), "rate": 10}
    small = {"size": (128, 80), "rate": 8}
    make_film(folder / "tale.mp4", tale, **size, sound=melody(MUSIC, 14), gop=10)
    make_film(folder / "small.avi", tale, **small, sound=melody(MUSIC, 14), codec="mpeg4")
    boxed(folder / "tale.mp4", folder / "boxed.mkv", melody(SPEECH, 14))
    part = melody(MUSIC, 6, begin=4)
    make_film(folder / "part.mov", tale[2:5], **size, sound=part, options={"crf": "34"})
    for number in (1, 2):  # the same black, the same card, the same music, and nothing else
        begins = [BLACK, card, *scenes(10 + number)]
        make_film(folder / f"other{number}.mp4", begins, **size, sound=melody(NOISES, 17))
    return folder


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sounds")
    write_sound(folder / "song.wav", melody(MUSIC, 20))
    write_sound(folder / "song.mp3", melody(MUSIC, 20) * 0.3)
    write_sound(folder / "middle.ogg", melody(MUSIC, 8, begin=6.1))
    write_sound(folder / "another.wav", melody(SPEECH, 20))
    chirp = joined(*(tone(pitch, 0.08) for pitch in (900, 1400, 600, 2000)))
    write_sound(folder / "chirp.wav", joined(chirp, silence(0.2)))
    write_sound(folder / "chirp.mp3", joined(silence(0.5), chirp, silence(0.2)))
    chirp = joined(*(tone(pitch, 0.08) for pitch in (1400, 500, 2200, 800)))
    write_sound(folder / "other chirp.wav", joined(chirp, silence(0.2)))
    write_sound(folder / "nothing.wav", silence(3))
    write_sound(folder / "nothing too.wav", silence(3.5))
    return folder


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(publish(folder)))
        patch.syspath_prepend(str(publish_tones(folder)))
        yield folder


def opened(library: Path, site: Path) -> EngineService:
    service = EngineService(Workspace.open(library, models=site / "models"))
    service.use_model("colours")
    service.use_model("tones")
    return service


@pytest.fixture(scope="module")
def service(
    tmp_path_factory: pytest.TempPathFactory, site: Path, films: Path, sounds: Path
) -> Iterator[EngineService]:
    made = opened(tmp_path_factory.mktemp("library"), site)
    index(made, films)
    index(made, sounds)
    yield made
    made.close()


def named(service: EngineService, group: DuplicateGroup) -> dict[str, Copy]:
    cards = service.cards([copy.asset_id for copy in group.copies])
    return {card.asset.name: copy for card, copy in zip(cards, group.copies, strict=True)}


def groups(service: EngineService) -> list[dict[str, Copy]]:
    return [named(service, group) for group in service.duplicates(Likeness.NEAR)]


def of(service: EngineService, name: str) -> dict[str, Copy]:
    (found,) = (group for group in groups(service) if name in group)
    return found


def test_films_made_anew_boxed_and_cut_out_are_one_group(service: EngineService) -> None:
    found = of(service, "tale.mp4")
    assert found.keys() == {"tale.mp4", "small.avi", "boxed.mkv", "part.mov"}
    assert next(iter(found)) == "tale.mp4"
    assert "only 0:04 to 0:10" in found["part.mov"].why
    assert (found["part.mov"].start, found["part.mov"].end) == pytest.approx((4, 10), abs=0.6)
    assert {"other sound", "dark bars"} <= set(found["boxed.mkv"].why)
    assert (found["small.avi"].start, found["small.avi"].end) == pytest.approx((0, 14), abs=0.6)


def test_sounds_made_anew_quieter_and_cut_out_are_one_group(service: EngineService) -> None:
    found = of(service, "song.wav")
    assert found.keys() == {"song.wav", "song.mp3", "middle.ogg"}
    seconds = found["middle.ogg"].start, found["middle.ogg"].end
    assert seconds == pytest.approx((6.1, 14.1), abs=0.3)


def test_a_sound_of_a_moment_is_told_from_another(service: EngineService) -> None:
    assert of(service, "chirp.wav").keys() == {"chirp.wav", "chirp.mp3"}


def test_black_cards_music_and_silence_that_are_shared_make_no_copies(
    service: EngineService,
) -> None:
    together = {name for group in groups(service) for name in group}
    assert not together & {"other1.mp4", "other2.mp4", "another.wav", "other chirp.wav"}
    assert not together & {"nothing.wav", "nothing too.wav"}


def test_comparing_that_is_left_in_the_midst_goes_on_the_next_time(
    service: EngineService,
) -> None:
    before = groups(service)
    workspace = service._workspace
    timelines = workspace.library.timelines
    for asset_id in service.search(Query()).ids:
        content = workspace.library.contents.of_asset(asset_id).id
        timelines.set(content, timelines.get(content).timeline)
    every = len(timelines.to_compare())
    stops = iter([False, False, False, True])
    turn = Turn(CancelToken(), CancelToken.check, lambda: next(stops), tuple)
    comparing = ComparingFilms(workspace.library, workspace.decoders, workspace.publish)
    comparing.run(Tally(1), turn)
    assert 0 < len(timelines.to_compare()) < every
    comparing.run(Tally(1), Turn(CancelToken(), CancelToken.check, lambda: False, tuple))
    assert not timelines.to_compare()
    assert [set(group) for group in groups(service)] == [set(group) for group in before]


def test_a_take_without_key_frames_is_looked_at_more_closely(tmp_path: Path, site: Path) -> None:
    look = (
        np.random.default_rng(3).integers(0, 256, (6, 40, 3), np.uint8).repeat(20, 0).repeat(20, 1)
    )
    folder = tmp_path / "takes"
    take = [Scene(look, 12.0, Motion.PAN)]
    how = {"size": (192, 120), "rate": 10, "gop": 500, "options": {"x264-params": "scenecut=0"}}
    make_film(folder / "take.mp4", take, **how)
    make_film(folder / "again.mp4", take, **how | {"size": (128, 80)})
    service = opened(tmp_path / "library", site)
    try:
        index(service, folder)
        assert of(service, "take.mp4").keys() == {"take.mp4", "again.mp4"}
    finally:
        service.close()


def test_what_was_read_before_is_compared_without_being_embedded_again(
    tmp_path: Path, site: Path, films: Path
) -> None:
    library, few = tmp_path / "library", tmp_path / "few"
    few.mkdir()
    for name in ("tale.mp4", "part.mov"):
        shutil.copyfile(films / name, few / name)
    service = opened(library, site)
    index(service, few)
    before = groups(service)
    service.close()
    with closing(connect(library / "library.sqlite")) as catalogue:
        embedded = newest(catalogue)
        for table in ("timelines", "likenesses"):  # as an older Assetman leaves a library
            catalogue.execute(f"DELETE FROM {table}")
        catalogue.commit()
    service = opened(library, site)
    try:
        assert groups(service) == []
        index(service)
        assert groups(service) == before
    finally:
        service.close()
    with closing(connect(library / "library.sqlite")) as catalogue:
        assert newest(catalogue) == embedded


def newest(catalogue: sqlite3.Connection) -> tuple[int, int]:
    found: tuple[int, int] = catalogue.execute(
        "SELECT COUNT(*), MAX(sequence) FROM embeddings"
    ).fetchone()
    return found
