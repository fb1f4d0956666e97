"""A video becomes frames that stand for its shots, with a poster, a sheet and what it says."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import imagehash
import numpy as np
import pytest
from PIL import Image, ImageDraw

from assetman.core.assets import Box, Kind, PassageKind, SegmentDraft, SegmentKind
from assetman.core.inputs import Excerpt, Fit, InputSpec
from assetman.core.sheets import SHEET_CELLS, cell_place, cell_size, sheet_size
from assetman.media.handler import Extraction, Limits, Stretch
from assetman.media.registry import handler_for, kind_of
from assetman.media.video import VideoHandler
from assetman.media.video_sheets import look_of
from assetman.media.workers import DecodePool
from tests.kit.films import Film, Scene, make_film

from .conftest import BLUE, GREEN, RED, YELLOW, assert_corners, quarters

SQUARE = InputSpec(32, Fit.SQUASH)
LIMITS = Limits()


def scenery(seed: int, size: tuple[int, int] = (160, 90)) -> np.ndarray:
    """A picture unlike those of other seeds: patches of colour."""
    patches = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(patches).resize(size, Image.Resampling.BICUBIC))


def shots(found: Extraction) -> list[SegmentDraft]:
    """What is seen of all that was found."""
    return [each for each in found.segments if each.kind is SegmentKind.SHOT]


SCENES = [Scene(scenery(1), 2), Scene(scenery(2), 3), Scene(scenery(3), 2)]


def far_apart(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one.astype(int) - other.astype(int)).mean())


@pytest.fixture
def video() -> VideoHandler:
    return VideoHandler()


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Film:
    return make_film(
        tmp_path_factory.mktemp("film") / "three.mp4",
        SCENES,
        size=(160, 90),
        sound=440.0,
        subtitles=[(0.5, 1.5, "a <i>red</i> boat"), (5.5, 6.0, "the end")],
        chapters=[(0, 5, "Morning"), (5, 7, "Night")],
    )


def stretches(
    video: VideoHandler, path: Path, folder: Path | None = None
) -> Iterator[tuple[Stretch, Extraction]]:
    """Read a whole film as the pipeline does."""
    stretch = Stretch(sheet=folder and folder / "0.webp")
    while True:
        found = video.extract(str(path), [SQUARE], None, 128, LIMITS, stretch)
        yield stretch, found
        if found.rest is None:
            return
        assert found.rest > stretch.start
        number = stretch.number + 1
        stretch = Stretch(
            found.rest,
            number,
            stretch.ordinal + len(shots(found)),
            folder and folder / f"{number}.webp",
            found.seen,
        )


def test_every_shot_is_a_segment_with_its_frame(
    video: VideoHandler, film: Film, tmp_path: Path
) -> None:
    sheet, poster = tmp_path / "sheet.webp", tmp_path / "poster.webp"
    found = video.extract(str(film.path), [SQUARE], poster, 96, LIMITS, Stretch(sheet=sheet))
    assert found.rest is None
    assert [each.kind for each in shots(found)] == [SegmentKind.SHOT] * 3
    assert [each.ordinal for each in shots(found)] == [0, 1, 2]
    for each, span in zip(shots(found), film.spans, strict=True):
        assert each.start == pytest.approx(span.start, abs=0.1)
        assert each.end == pytest.approx(span.end, abs=0.1)
        assert each.at is not None
        assert span.start <= each.at < span.end
        assert each.look is not None
        assert len(each.look) == 16
        int(each.look, 16)
    assert len({each.look for each in shots(found)}) == 3
    assert found.inputs[SQUARE].shape == (3, 32, 32, 3)
    for pixels, scene in zip(found.inputs[SQUARE], SCENES, strict=True):
        squashed = Image.fromarray(np.asarray(scene.look)).resize(
            (32, 32), Image.Resampling.BICUBIC
        )
        assert far_apart(pixels, np.asarray(squashed)) < 6


def test_the_frames_of_a_stretch_lie_on_its_sheet(
    video: VideoHandler, film: Film, tmp_path: Path
) -> None:
    sheet = tmp_path / "sheet.webp"
    found = video.extract(str(film.path), [], None, 96, LIMITS, Stretch(sheet=sheet))
    assert [(each.sheet, each.cell) for each in shots(found)] == [(0, 0), (0, 1), (0, 2)]
    size = cell_size(160, 90)
    with Image.open(sheet) as picture:
        assert picture.format == "WEBP"
        assert picture.size == sheet_size(3, size)
        for number, scene in enumerate(SCENES):
            left, top = cell_place(number, size)
            cell = picture.crop((left, top, left + size[0], top + size[1])).convert("RGB")
            shown = Image.fromarray(np.asarray(scene.look)).resize(size, Image.Resampling.BICUBIC)
            assert far_apart(np.asarray(cell), np.asarray(shown)) < 8


def test_the_look_of_a_frame_is_its_perceptual_hash() -> None:
    for seed in range(40):
        picture = scenery(seed, (96, 54))
        assert look_of(picture) == str(imagehash.phash(Image.fromarray(picture)))
    assert len(look_of(np.zeros((1, 1, 3), np.uint8))) == 16


def title_card() -> np.ndarray:
    card = Image.new("RGB", (160, 90), (12, 12, 40))
    ImageDraw.Draw(card).text((40, 40), "A FILM", "white")
    return np.asarray(card)


@pytest.mark.parametrize("first", [(0, 0, 0), (255, 255, 255), title_card()])
def test_the_poster_is_no_blank_frame_and_no_title_card(
    video: VideoHandler, tmp_path: Path, first: Any
) -> None:
    path = tmp_path / "dark.mp4"
    make_film(path, [Scene(first, 2), Scene(scenery(1), 2)], size=(160, 90))
    poster = tmp_path / "poster.webp"
    video.extract(str(path), [], poster, 96, LIMITS)
    with Image.open(poster) as picture:
        assert max(picture.size) == 96
        assert (
            far_apart(
                np.asarray(picture), np.asarray(Image.fromarray(scenery(1)).resize(picture.size))
            )
            < 12
        )
    assert max(video.preview(str(path), None, tmp_path / "preview", LIMITS)) == 160
    with Image.open(tmp_path / "preview") as picture:
        assert picture.format == "JPEG"
        assert far_apart(np.asarray(picture), scenery(1)) < 8


def test_a_long_film_is_read_a_stretch_at_a_time(video: VideoHandler, tmp_path: Path) -> None:
    scenes = [Scene(scenery(seed, (64, 36)), 1) for seed in range(40)]
    film = make_film(tmp_path / "long.mkv", scenes, size=(64, 36), rate=10)
    read = list(stretches(video, film.path, tmp_path))
    assert len(read) > 1
    segments = [each for _, found in read for each in found.segments]
    assert [each.ordinal for each in segments] == list(range(len(segments)))
    assert {film.scene_at(each.at or 0.0) for each in segments} == set(range(40))
    starts = [each.start or 0.0 for each in segments]
    assert starts == sorted(starts)
    for stretch, found in read:
        assert len(found.segments) <= SHEET_CELLS
        assert found.inputs[SQUARE].shape[0] == len(found.segments)
        assert {each.sheet for each in found.segments} == {stretch.number}
        assert [each.cell for each in found.segments] == list(range(len(found.segments)))
    assert len(list(tmp_path.glob("*.webp"))) == len(read)


def test_the_same_bytes_give_the_same_segments(video: VideoHandler, tmp_path: Path) -> None:
    scenes = [Scene(scenery(seed, (64, 36)), 1) for seed in range(26)]
    path = make_film(tmp_path / "twice.mp4", scenes, size=(64, 36), rate=5).path
    one, other = (
        [(stretch, found.segments, found.rest) for stretch, found in stretches(video, path)]
        for _ in range(2)
    )
    assert one == other


def test_a_film_that_shows_nothing_still_has_a_segment(video: VideoHandler, tmp_path: Path) -> None:
    make_film(tmp_path / "black.mp4", [Scene((0, 0, 0), 2)], size=(64, 36))
    found = video.extract(str(tmp_path / "black.mp4"), [SQUARE], None, 64, LIMITS)
    assert len(found.segments) == 1
    assert found.inputs[SQUARE].shape == (1, 32, 32, 3)


def test_a_moment_that_is_asked_about_is_the_frame_shown_then(
    video: VideoHandler, film: Film
) -> None:
    for time, scene in ((0.0, 0), (1.99, 0), (2.0, 1), (4.0, 1), (6.9, 2), (600.0, 2)):
        found = video.extract(str(film.path), [SQUARE], None, 64, LIMITS, Excerpt(start=time))
        assert len(found.segments) == 1
        assert film.scene_at(found.segments[0].at or 0.0) == scene
        assert (found.segments[0].at or 0.0) <= time
        whole = Image.fromarray(np.asarray(SCENES[scene].look))
        squashed = whole.resize((32, 32), Image.Resampling.BICUBIC)
        assert far_apart(found.inputs[SQUARE][0], np.asarray(squashed)) < 6


def test_a_range_that_is_asked_about_is_some_of_its_frames(video: VideoHandler, film: Film) -> None:
    found = video.extract(str(film.path), [SQUARE], None, 64, LIMITS, Excerpt(start=2.0, end=5.0))
    times = [each.at or 0.0 for each in found.segments]
    assert len(times) == len(set(times)) == 8
    assert {film.scene_at(time) for time in times} == {1}
    assert found.inputs[SQUARE].shape == (8, 32, 32, 3)
    moment = Excerpt(start=2.0, end=2.04)
    assert len(video.extract(str(film.path), [SQUARE], None, 64, LIMITS, moment).segments) == 1


def test_a_part_of_a_frame_can_be_asked_about(video: VideoHandler, tmp_path: Path) -> None:
    path = tmp_path / "quarters.mp4"
    make_film(path, [Scene(np.asarray(quarters()), 1)], size=(96, 64))
    part = Excerpt(Box(0, 0.5, 0.5, 0.5), start=0.5)
    pixels = video.extract(str(path), [SQUARE], None, 64, LIMITS, part).inputs[SQUARE]
    assert_corners(pixels[0][2:-2, 2:-2], BLUE, BLUE, BLUE, BLUE)


@pytest.mark.parametrize("ending", [".png", ".jpg"])
def test_a_frame_can_be_saved_whole(video: VideoHandler, tmp_path: Path, ending: str) -> None:
    path = tmp_path / "quarters.mp4"
    make_film(path, [Scene("white", 1), Scene(np.asarray(quarters()), 1)], size=(96, 64))
    target = tmp_path / f"frame{ending}"
    assert video.frame(str(path), 1.5, target, LIMITS) == (96, 64)
    with Image.open(target) as picture:
        assert picture.format == ("PNG" if ending == ".png" else "JPEG")
        assert_corners(picture.convert("RGB"), RED, GREEN, BLUE, YELLOW)


def test_subtitles_and_chapters_are_passages(video: VideoHandler, film: Film) -> None:
    found = video.extract(str(film.path), [], None, 64, LIMITS).passages
    assert [(each.kind, each.text, each.start) for each in found] == [
        (PassageKind.CHAPTER, "Morning", 0.0),
        (PassageKind.CHAPTER, "Night", 5.0),
        (PassageKind.SUBTITLE, "a red boat", 0.5),
        (PassageKind.SUBTITLE, "the end", 5.5),
    ]
    assert found[2].end == pytest.approx(1.5)


@pytest.mark.parametrize("ending", ["mkv", "webm", "mov"])
def test_subtitles_are_read_from_every_container(
    video: VideoHandler, tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"said.{ending}"
    said = [(0.2, 0.8, "one\ntwo"), (1.0, 1.5, "three")]
    codec = "vp8" if ending == "webm" else "h264"
    make_film(path, [Scene("red", 2)], size=(64, 36), rate=10, codec=codec, subtitles=said)
    found = video.extract(str(path), [], None, 64, LIMITS).passages
    assert [(each.text, each.start) for each in found] == [("one\ntwo", 0.2), ("three", 1.0)]


@pytest.mark.parametrize(
    ("codec", "ending"),
    [
        *(("h264", "mp4"), ("h264", "ts"), ("h264", "flv"), ("h265", "mkv"), ("vp8", "webm")),
        *(("vp9", "webm"), ("av1", "mp4"), ("mpeg4", "avi"), ("mpeg2", "mpg"), ("mpeg4", "wmv")),
        *(("prores", "mov"), ("mjpeg", "avi"), ("ffv1", "mkv")),
    ],
)
def test_every_common_form_is_read(
    video: VideoHandler, tmp_path: Path, codec: str, ending: str
) -> None:
    path = tmp_path / f"film.{ending}"
    film = make_film(path, SCENES[:2], codec=codec, size=(160, 90), rate=10, gop=10)
    found = video.extract(str(path), [SQUARE], None, 64, LIMITS)
    assert found.probe.kind is kind_of(str(path)) is Kind.VIDEO
    assert (found.probe.width, found.probe.height) == (160, 90)
    assert found.probe.duration == pytest.approx(film.duration, abs=0.25)
    assert {film.scene_at((each.at or 0.0) - 0.15) for each in found.segments} <= {0, 1}
    for scene, time in ((0, 1.0), (1, 4.0)):
        asked = video.extract(str(path), [SQUARE], None, 64, LIMITS, Excerpt(start=time))
        whole = Image.fromarray(np.asarray(SCENES[scene].look))
        squashed = whole.resize((32, 32), Image.Resampling.BICUBIC)
        assert far_apart(asked.inputs[SQUARE][0], np.asarray(squashed)) < 10


def test_a_decode_process_reads_a_film_it_may_not_open(film: Film, tmp_path: Path) -> None:
    before = os.stat(film.path)
    pool = DecodePool(1, LIMITS, 96)
    try:
        sheet, poster = tmp_path / "s.webp", tmp_path / "p.webp"
        stretch = Stretch(sheet=sheet)
        found = pool.extract(str(film.path), [SQUARE], poster, stretch).result(60)
        assert pool.preview(str(film.path), 80, tmp_path / "preview").result(60) == (80, 45)
    finally:
        pool.close()
    assert len(shots(found)) == 3
    assert len(found.passages) == 4
    assert sheet.stat().st_size
    assert poster.stat().st_size
    after = os.stat(film.path)
    assert (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)


def test_videos_are_known_by_their_endings() -> None:
    for name in ("a.mp4", "A.MOV", "b.mkv", "c.webm", "d.avi", "e.m2ts"):
        assert kind_of(name) is Kind.VIDEO, name
    for name in ("list.m3u8", "list.m3u", "stream.sdp", "a.mpd", "a.ffconcat", "a.txt"):
        assert handler_for(name) is None, name
    assert kind_of("a.gif") is Kind.IMAGE
