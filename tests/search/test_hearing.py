"""Sound files, films and pictures as questions, read from disk: what sounds alike, and when."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from assetman.core.assets import Box, SegmentKind
from assetman.core.errors import BadInput
from assetman.core.queries import Example, Hit, Query
from kit.colours import COLOURS
from kit.films import Scene, make_film
from kit.pictures import paint
from kit.sounds import joined, noise, silence, tone, write_sound
from kit.tones import BOTH, TONES

if TYPE_CHECKING:
    from conftest import Searched
else:
    Searched = object

RATE = 48_000


def plain(colour: str) -> np.ndarray:
    return np.full((120, 160, 3), COLOURS[colour], np.uint8)


@pytest.fixture(scope="module")
def filled(shared: Searched, tmp_path_factory: pytest.TempPathFactory) -> Searched:
    photos = tmp_path_factory.mktemp("Things")
    shared.listen(BOTH)
    for name, pitch in TONES.items():
        write_sound(photos / f"{name}.wav", tone(pitch, 2))
        write_sound(photos / f"{name} again.flac", tone(pitch * 1.1, 3))
    for colour in ("red", "green", "blue", "white"):
        paint(photos / f"{colour}.png", colour)
    track = joined(tone(TONES["hum"], 15), tone(TONES["whistle"], 15))
    make_film(
        photos / "film.mkv",
        [Scene(plain("white"), 15.0), Scene(plain("black"), 15.0)],
        size=(160, 120),
        rate=4,
        sound=track,
    )
    shared.add(photos)
    shared.index()
    assert shared.library.failures.all() == []
    return shared


def named(searched: Searched, query: Query) -> list[str]:
    hits = searched.search.search(query).hits
    names = {asset.id: asset.name for asset in searched.assets().values()}
    return [names[hit.asset_id] for hit in hits]


def hit_of(searched: Searched, query: Query, name: str) -> Hit:
    asset = searched.assets()[name].id
    (hit,) = [hit for hit in searched.search.search(query).hits if hit.asset_id == asset]
    return hit


def test_words_find_a_sound_and_the_second_of_a_film(filled: Searched) -> None:
    found = named(filled, Query("whistle", limit=3))
    assert set(found) == {"whistle.wav", "whistle again.flac", "film.mkv"}
    hit = hit_of(filled, Query("whistle"), "film.mkv")
    assert hit.start is not None
    assert hit.end is not None
    assert hit.start >= 10
    assert hit.end > 20
    moments = filled.library.frames.of_asset(hit.asset_id)
    kinds = [moment.kind for moment in moments]
    assert kinds == sorted(kinds, key=lambda kind: kind is SegmentKind.WINDOW)
    assert kinds.count(SegmentKind.WINDOW) == 5


def test_windows_of_a_film_show_what_is_seen_then(filled: Searched) -> None:
    frames = filled.library.frames
    every = frames.of_asset(filled.assets()["film.mkv"].id)
    shots = [each for each in every if each.kind is SegmentKind.SHOT]
    windows = [each for each in every if each.kind is SegmentKind.WINDOW]
    for window in windows:
        (shown,) = {shot.cell for shot in shots if shot.start <= window.at < shot.end}
        assert window.cell == shown
    ids = [each.segment_id for each in reversed(every)]
    assert frames.get(ids) == every[::-1]
    sound = frames.of_asset(filled.assets()["hum.wav"].id)
    assert [(each.kind, each.sheet) for each in sound] == [(SegmentKind.WINDOW, None)]


def test_a_sound_from_outside_finds_what_sounds_like_it(filled: Searched, tmp_path: Path) -> None:
    outside = write_sound(tmp_path / "call.mp3", tone(820, 4))
    query = Query("type:audio", examples=(Example(path=str(outside)),))
    assert set(named(filled, query)[:2]) == {"beep.wav", "beep again.flac"}
    hit = hit_of(filled, query, "beep.wav")
    assert set(hit.reasons) == {"sound: like the example"}
    assert hit.score > hit_of(filled, query, "hum.wav").score


def test_a_marked_range_of_a_sound_is_a_question(filled: Searched, tmp_path: Path) -> None:
    both = joined(tone(TONES["hum"], 6), silence(1), tone(TONES["whistle"], 6))
    outside = str(write_sound(tmp_path / "both.ogg", both))
    for start, end, wanted in ((0.5, 5.5, "hum.wav"), (7.5, 12.5, "whistle.wav")):
        example = Example(path=outside, start=start, end=end)
        assert wanted in named(filled, Query("type:audio", examples=(example,)))[:3]
    film = filled.assets()["film.mkv"].id
    marked = Example(asset_id=film, start=20.0, end=24.0)
    query = Query("type:audio", examples=(marked,), leave_out=(film,))
    assert set(named(filled, query)[:2]) == {"whistle.wav", "whistle again.flac"}
    moment = Example(asset_id=film, start=4.0)
    assert named(filled, Query("type:audio", examples=(moment,)))[0].startswith("hum")


def test_a_film_from_outside_is_asked_with_by_its_sound(filled: Searched, tmp_path: Path) -> None:
    film = make_film(
        tmp_path / "other.mp4",
        [Scene(plain("red"), 4.0)],
        size=(160, 120),
        rate=4,
        sound=TONES["beep"],
    )
    query = Query(examples=(Example(path=str(film.path)),))
    assert {"beep.wav", "beep again.flac", "red.png"} <= set(named(filled, query)[:4])
    part = Query("type:audio", examples=(Example(path=str(film.path), start=1.0, end=3.0),))
    assert set(named(filled, part)[:2]) == {"beep.wav", "beep again.flac"}


def test_a_picture_finds_its_sound_where_the_model_can(filled: Searched, tmp_path: Path) -> None:
    green = filled.assets()["green.png"].id
    query = Query("type:sound", examples=(Example(asset_id=green),))
    assert set(named(filled, query)[:2]) == {"beep.wav", "beep again.flac"}
    blue = Example(path=str(paint(tmp_path / "blue.png", "blue", 3)), box=Box(0, 0, 0.5, 0.5))
    found = named(filled, Query("type:sound", examples=(blue,)))
    assert set(found[:2]) == {"whistle.wav", "whistle again.flac"}


def test_similar_to_a_sound_leaves_it_out(filled: Searched) -> None:
    hum = filled.assets()["hum.wav"].id
    query = Query(examples=(Example(asset_id=hum),), leave_out=(hum,))
    found = named(filled, query)
    assert set(found[:2]) == {"hum again.flac", "film.mkv"}
    assert "hum.wav" not in found


def test_of_a_film_that_is_away_what_is_stored_is_asked_with(filled: Searched) -> None:
    film = filled.assets()["film.mkv"]
    marked = Example(asset_id=film.id, start=22.0, end=24.5)
    away = Path(film.path).with_suffix(".away")
    Path(film.path).rename(away)
    try:
        found = named(filled, Query("type:audio", examples=(marked,)))
    finally:
        away.rename(film.path)
    assert found[0].startswith("whistle")


def test_a_silent_sound_is_no_question(filled: Searched, tmp_path: Path) -> None:
    nothing = write_sound(tmp_path / "nothing.wav", silence(3))
    with pytest.raises(BadInput, match="no sound in it"):
        filled.search.search(Query(examples=(Example(path=str(nothing)),)))


def test_the_name_of_a_sound_is_found_by_its_words(searched: Searched, photos: Path) -> None:
    searched.listen()
    write_sound(photos / "cellar_door-slams02.wav", noise(1), tags={"title": "Old hinges"})
    write_sound(photos / "x.wav", noise(1))
    searched.add(photos)
    searched.index()
    for text in ("door slamming", "hinge"):
        hit = hit_of(searched, Query(text), "cellar_door-slams02.wav")
        assert hit.reasons["written"] > 0
    assert "written" not in hit_of(searched, Query("door"), "x.wav").reasons
    assert searched.search.search(Query("said:door")).listed == ()
