"""Films go from disk to library a stretch at a time, and are stored whole or not at all."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from assetman.core.assets import SegmentDraft
from assetman.core.errors import BadInput, Cancelled
from assetman.core.inputs import Excerpt, InputSpec
from assetman.core.progress import CancelToken, Phase
from assetman.core.sheets import cell_place, cell_size
from assetman.ingest.pipeline import Pipeline
from assetman.ingest.stages import Target
from assetman.media.handler import Extraction, Stretch
from assetman.media.workers import DecodePool
from kit.bench import LIMITS, Bench, InlineDecoder
from kit.colours import SPEC, ColourEncoder
from kit.pictures import paint
from kit.reels import SCENES, SIZE, reel

PATIENCE = 60.0  # seconds; far more than anything here takes


@dataclass
class Read:
    """A stretch that was decoded once, with the files that were written."""

    extraction: Extraction
    thumbnail: bytes
    sheet: bytes


_read: dict[tuple[bytes, Stretch, bool], Read] = {}  # by the bytes of the file


class Remembering(InlineDecoder):
    """Decodes at once, and what was decoded before not again."""

    def extract(
        self,
        path: str,
        specs: Sequence[InputSpec],
        thumbnail: Path | None,
        excerpt: Excerpt | Stretch | None = None,
    ) -> Future[Extraction]:
        if path.endswith("png") or not os.path.exists(path):
            return super().extract(path, specs, thumbnail, excerpt)
        assert isinstance(excerpt, Stretch)
        assert excerpt.sheet is not None
        asked = replace(excerpt, sheet=None, outline=None)
        key = Path(path).read_bytes(), asked, thumbnail is None
        if key not in _read:
            extraction = super().extract(path, specs, thumbnail, excerpt).result()
            picture = thumbnail.read_bytes() if thumbnail else b""
            _read[key] = Read(extraction, picture, excerpt.sheet.read_bytes())
        read = _read[key]
        for target, written in ((thumbnail, read.thumbnail), (excerpt.sheet, read.sheet)):
            if target is not None:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(written)
        copies = {spec: pixels.copy() for spec, pixels in read.extraction.inputs.items()}
        future: Future[Extraction] = Future()
        future.set_result(replace(read.extraction, inputs=copies))
        return future


class Watched(Remembering):
    """Notes what is asked for, and has something happen before a stretch."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []  # name of the file, number of the stretch
        self.happen: dict[int, Callable[[], object]] = {}  # before a stretch, once
        self.given: list[weakref.ref[np.ndarray]] = []  # the pixels of each stretch
        self.most_alive = 0  # stretches whose pixels were held at once

    def extract(self, path: str, *args: Any) -> Future[Extraction]:
        stretch = args[-1]
        assert isinstance(stretch, Stretch)
        self.asked.append((Path(path).name, stretch.number))
        if stretch.number in self.happen and not path.endswith("png"):
            self.happen.pop(stretch.number)()
        future = super().extract(path, *args)
        if future.exception() is None:
            self.given += map(weakref.ref, future.result().inputs.values())
        alive = sum(pixels() is not None for pixels in self.given)
        self.most_alive = max(self.most_alive, alive)
        return future


@pytest.fixture
def decoder(bench: Bench) -> Watched:
    made = Watched()
    bench.tools = replace(bench.tools, decoder=made)
    return made


def drafts(bench: Bench, name: str = "film.mp4") -> list[SegmentDraft]:
    segments = bench.library.segments.of_asset(bench.assets()[name].id)
    return [segment.draft for segment in segments]


def rows(bench: Bench, name: str = "film.mp4", space: int | None = None) -> np.ndarray:
    """Give the vectors of a film in the order of its segments."""
    segments = bench.library.segments.of_asset(bench.assets()[name].id)
    ids, vectors = bench.library.embeddings.read(
        space or bench.space.id, [segment.id for segment in segments]
    )
    assert ids.tolist() == [segment.id for segment in segments]
    return vectors


def assert_as_undisturbed(bench: Bench, photos: Path) -> None:
    """Compare a library with one that met the same files in peace."""
    fresh = Bench(bench.folder.with_name("fresh"))
    fresh.tools = replace(fresh.tools, decoder=Remembering())
    try:
        fresh.add(photos)
        fresh.index()
        assert bench.assets().keys() == fresh.assets().keys()
        for name in fresh.assets():
            assert drafts(bench, name) == drafts(fresh, name)
            np.testing.assert_array_equal(rows(bench, name), rows(fresh, name))
        assert bench.library.failures.all() == []
    finally:
        fresh.close()


def test_a_film_is_read_in_stretches_and_each_frame_is_what_it_was_taken_from(
    bench: Bench, photos: Path, decoder: Watched
) -> None:
    film = reel(photos / "film.mp4")
    bench.add(photos)
    counts = bench.index()
    found = drafts(bench)
    assert decoder.asked == [("film.mp4", number) for number in range(len(decoder.asked))]
    assert len(decoder.asked) > 1
    assert (counts.added, counts.embedded, counts.failed) == (1, len(found), 0)
    assert len(found) >= SCENES - 2
    assert [draft.ordinal for draft in found] == list(range(len(found)))
    asset = bench.assets()["film.mp4"]
    assert (asset.width, asset.height, asset.duration) == (
        *SIZE,
        pytest.approx(2 * SCENES, abs=0.5),
    )
    assert bench.thumbnails.has(asset.fingerprint)
    for draft, vector in zip(found, rows(bench), strict=True):
        assert draft.start is not None
        assert draft.at is not None
        assert draft.end is not None
        assert draft.start <= draft.at < draft.end
        colour = np.asarray(film.spans[film.scene_at(draft.at)].look).mean((0, 1))
        shown = np.array([*(colour / 127.5 - 1), 0.1])
        assert vector @ (shown / np.linalg.norm(shown)) > 0.9


def test_the_small_picture_of_each_frame_lies_where_its_segment_says(
    bench: Bench, photos: Path
) -> None:
    film = reel(photos / "film.mp4")
    bench.add(photos)
    bench.index()
    key, size = bench.assets()["film.mp4"].fingerprint, cell_size(*SIZE)
    found = drafts(bench)
    assert {draft.sheet for draft in found} == set(range(2))
    for draft in found:
        assert draft.sheet is not None
        assert draft.cell is not None
        assert draft.at is not None
        with Image.open(bench.thumbnails.sheet_path(key, draft.sheet)) as sheet:
            left, top = cell_place(draft.cell, size)
            cell = sheet.crop((left, top, left + size[0], top + size[1])).convert("RGB")
        look = Image.fromarray(np.asarray(film.spans[film.scene_at(draft.at)].look)).resize(size)
        assert np.abs(np.asarray(cell, float) - np.asarray(look, float)).mean() < 20


def test_a_second_run_reads_no_film_again(bench: Bench, photos: Path, decoder: Watched) -> None:
    reel(photos / "film.mp4", scenes=5)
    bench.add(photos)
    bench.index()
    asked = len(decoder.asked)
    counts = bench.index()
    assert (counts.unchanged, counts.embedded, len(decoder.asked)) == (1, 0, asked)


def test_another_space_is_filled_from_the_same_frames(
    bench: Bench, photos: Path, decoder: Watched
) -> None:
    reel(photos / "film.mp4")
    bench.add(photos)
    bench.index()
    before = bench.library.segments.of_asset(bench.assets()["film.mp4"].id)
    second, _ = bench.library.spaces.ensure(bench.encoder.space("other"))
    bench.library.spaces.choose(second.id)
    bench.target = Target(second.id, "other", SPEC)
    counts = bench.index()
    assert bench.library.segments.of_asset(bench.assets()["film.mp4"].id) == before
    assert counts.embedded == len(before)
    np.testing.assert_array_equal(rows(bench), rows(bench, space=second.id))


def test_a_run_called_off_in_the_middle_of_a_film_stores_nothing_of_it(
    bench: Bench, photos: Path, decoder: Watched
) -> None:
    reel(photos / "film.mp4")
    bench.add(photos)
    cancel = CancelToken()
    decoder.happen[1] = cancel.cancel
    with pytest.raises(Cancelled):
        bench.index(cancel)
    assert (bench.embeddings(), drafts(bench)) == (0, [])
    bench.index()
    assert_as_undisturbed(bench, photos)


def test_a_film_written_anew_between_two_stretches_is_begun_again(
    bench: Bench, photos: Path, decoder: Watched
) -> None:
    reel(photos / "film.mp4")
    other = reel(photos.parent / "other.mp4", seed=1)
    bench.add(photos)
    decoder.happen[1] = lambda: other.path.replace(photos / "film.mp4")
    counts = bench.index()
    assert (counts.embedded, counts.failed, drafts(bench)) == (0, 0, [])
    assert bench.index().changed == 1
    assert_as_undisturbed(bench, photos)


def test_a_drive_pulled_out_in_the_middle_of_a_film_leaves_no_failure(
    bench: Bench, photos: Path, decoder: Watched
) -> None:
    reel(photos / "film.mp4")
    root = bench.add(photos)
    away = photos.with_name("away")
    decoder.happen[1] = lambda: photos.rename(away)
    *_, last = Pipeline(bench.tools, bench.plan).run()
    assert last.problem == "photos is not connected any more."
    assert (last.done, last.total, last.failed) == (0, 1, 0)
    assert not bench.library.roots.get(root.id).online
    away.rename(photos)
    bench.index()
    assert_as_undisturbed(bench, photos)


class Stumbling(Remembering):
    """Fails at a stretch, as it does for a file that is damaged there."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self.at = at

    def extract(self, path: str, *args: Any) -> Future[Extraction]:
        if args[-1].number != self.at:
            return super().extract(path, *args)
        failed: Future[Extraction] = Future()
        failed.set_exception(BadInput("The decoder crashed on this file"))
        return failed


@pytest.mark.usefixtures("decoder")
def test_a_film_damaged_in_the_middle_keeps_what_comes_before(bench: Bench, photos: Path) -> None:
    reel(photos / "film.mp4")
    bench.add(photos)
    bench.index()
    whole, vectors = drafts(bench), rows(bench)
    fresh = Bench(bench.folder.with_name("fresh"))
    try:
        fresh.tools = replace(fresh.tools, decoder=Stumbling(1))
        fresh.add(photos)
        counts = fresh.index()
        kept = drafts(fresh)
        assert kept == [draft for draft in whole if draft.sheet == 0]
        assert (counts.embedded, counts.failed) == (len(kept), 0)
        np.testing.assert_array_equal(rows(fresh), vectors[: len(kept)])
        probe = fresh.library.contents.of_asset(fresh.assets()["film.mp4"].id).probe
        assert probe is not None
        until = str(probe.facts["read until"])
        assert until.startswith("0:4")
        assert until.endswith("(The decoder crashed on this file)")
        assert fresh.index().embedded == 0
    finally:
        fresh.close()


def test_a_film_that_nothing_can_be_had_of_is_a_failure(bench: Bench, photos: Path) -> None:
    reel(photos / "film.mp4", scenes=5)
    bench.add(photos)
    bench.tools = replace(bench.tools, decoder=Stumbling(0))
    assert bench.index().failed == 1
    (failure,) = bench.library.failures.all()
    assert (failure.stage, failure.message) == ("extract", "The decoder crashed on this file")


@pytest.mark.usefixtures("decoder")
def test_what_is_stored_of_a_film_is_not_lost_to_a_worse_reading(
    bench: Bench, photos: Path
) -> None:
    reel(photos / "film.mp4")
    bench.add(photos)
    bench.index()
    whole = drafts(bench)
    second, _ = bench.library.spaces.ensure(bench.encoder.space("other"))
    bench.library.spaces.choose(second.id)
    bench.target = Target(second.id, "other", SPEC)
    bench.tools = replace(bench.tools, decoder=Stumbling(1))
    counts = bench.index()
    assert (counts.embedded, counts.failed) == (0, 1)
    assert (drafts(bench), bench.embeddings()) == (whole, len(whole))


@pytest.mark.usefixtures("decoder")
@pytest.mark.parametrize("damage", ["deleted", "cut"])
def test_a_lost_sheet_is_made_again_by_the_next_run(
    bench: Bench, photos: Path, damage: str
) -> None:
    reel(photos / "film.mp4")
    bench.add(photos)
    bench.index()
    asset = bench.assets()["film.mp4"]
    before = bench.library.segments.of_asset(asset.id)
    sheet = bench.thumbnails.sheet_path(asset.fingerprint, 1)
    good = sheet.read_bytes()
    if damage == "deleted":
        sheet.unlink()
    else:
        sheet.write_bytes(good[:-9])
    bench.index()
    assert sheet.read_bytes() == good
    assert bench.library.segments.of_asset(asset.id) == before
    assert bench.embeddings() == len(before)


def test_films_hold_up_neither_pictures_nor_each_other(
    bench: Bench, photos: Path, decoder: Watched
) -> None:
    for number in range(30):
        paint(photos / f"{number}.png", "red", number)
    for number in range(4):
        reel(photos / f"film {number}.mp4", number)
    bench.add(photos)
    bench.tools = replace(bench.tools, decoders=2)
    bench.index()
    assert bench.embeddings() == bench.library.segments.count()
    stretches = [each for each in decoder.asked if each[0].startswith("film")]
    pictures = [at for at, (name, _) in enumerate(decoder.asked) if name.endswith("png")]
    assert max(pictures) < decoder.asked.index(stretches[-1]) - 3
    open_at_once = [
        {name for name, _ in stretches[:at]} & {name for name, _ in stretches[at:]}
        for at in range(len(stretches))
    ]
    assert max(map(len, open_at_once)) == 2


def test_where_the_work_is_gentle_a_film_and_pictures_take_turns(
    bench: Bench, photos: Path, decoder: Watched
) -> None:
    for number in range(6):
        paint(photos / f"{number}.png", "red", number)
    reel(photos / "film.mp4", scenes=3 * SCENES)
    bench.add(photos)
    pipeline = Pipeline(bench.tools, bench.plan)
    pipeline.set_gentle(True)
    for _ in pipeline.run():
        pass
    asked = [number if name == "film.mp4" else None for name, number in decoder.asked]
    assert asked[:8] == [0, 1, None, 2, None, 3, None, 4]
    assert bench.embeddings() == bench.library.segments.count()


def test_a_film_the_person_sees_is_let_in_before_its_turn(
    bench: Bench, photos: Path, decoder: Watched
) -> None:
    for number in range(4):
        reel(photos / f"film {number}.mp4", number)
    bench.add(photos)
    pipeline = Pipeline(bench.tools, bench.plan)
    names = [f"film {number}.mp4" for number in (3, 2, 1, 0)]  # the newest first
    decoder.happen[1] = lambda: pipeline.look_at([bench.assets()["film 0.mp4"].id])
    for _ in pipeline.run():
        pass
    begun = [name for name, number in decoder.asked if number == 0]
    assert begun == [names[0], names[3], *names[1:3]]
    assert decoder.asked.index((names[3], 0)) < decoder.asked.index((names[1], 0))


def test_a_long_film_takes_no_more_memory_than_a_short_one(
    bench: Bench, photos: Path, decoder: Watched
) -> None:
    reel(photos / "film.mp4", scenes=3 * SCENES)
    bench.add(photos)
    bench.index()
    assert len(decoder.asked) > 4
    assert decoder.most_alive <= 3


def test_progress_tells_how_far_a_film_has_come(
    bench: Bench, photos: Path, decoder: Watched
) -> None:
    reel(photos / "film.mp4")
    bench.add(photos)
    *heard, last = Pipeline(bench.tools, bench.plan).run()
    heard = [progress for progress in heard if progress.phase is Phase.INDEXING]
    assert all(progress.begun <= progress.total - progress.done for progress in heard)
    shares = [progress.begun for progress in heard if not progress.done]
    assert shares == sorted(shares)
    assert any(0.2 < share < 0.7 for share in shares)
    assert (last.begun, last.done, last.total) == (0, 1, 1)


def test_words_with_a_time_come_into_the_library(bench: Bench, photos: Path) -> None:
    reel(photos / "film.mkv", subtitles=[(1, 3, "Land in sight"), (70, 72, "Farewell")])
    bench.add(photos)
    bench.index()
    content = bench.library.contents.of_asset(bench.assets()["film.mkv"].id)
    passages = bench.library.passages.of_content(content.id)
    assert [passage.text for passage in passages] == ["Land in sight", "Farewell"]


# -- in threads, with decoders in processes of their own


class Slow(ColourEncoder):
    """Waits in each batch until it is let go; notes how large they are."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes: list[int] = []
        self.reached = threading.Event()
        self.released = threading.Event()

    def images(self, name: str, pixels: np.ndarray) -> np.ndarray:
        self.sizes.append(len(pixels))
        self.reached.set()
        assert self.released.wait(PATIENCE)
        return super().images(name, pixels)


@pytest.fixture(scope="module")
def pool() -> Iterator[DecodePool]:
    made = DecodePool(2, LIMITS, 128)
    yield made
    made.close()


@pytest.fixture
def live(bench: Bench, pool: DecodePool) -> Iterator[tuple[Pipeline, Slow]]:
    encoder = Slow()
    bench.tools = replace(bench.tools, decoder=pool, decoders=2, encoder=encoder)
    made = Pipeline(bench.tools, bench.plan)
    yield made, encoder
    encoder.released.set()
    made.close()


def test_films_come_through_decoders_in_processes_with_their_sheets(
    bench: Bench, photos: Path, live: tuple[Pipeline, Slow]
) -> None:
    pipeline, encoder = live
    encoder.released.set()
    for number in range(2):
        reel(photos / f"film {number}.mp4", number)
    paint(photos / "red.png", "red")
    root = bench.add(photos)
    assert pipeline.wait(pipeline.start([root.id]), PATIENCE)
    assert_as_undisturbed(bench, photos)
    for asset in bench.assets().values():
        sheets = 2 if asset.name.startswith("film") else 0
        assert bench.thumbnails.whole(asset.fingerprint, sheets)
        assert not bench.thumbnails.whole(asset.fingerprint, sheets + 1)


def test_a_film_is_embedded_in_small_batches_and_can_be_stopped_between_them(
    bench: Bench, photos: Path, live: tuple[Pipeline, Slow]
) -> None:
    pipeline, encoder = live
    reel(photos / "film.mp4")
    run = pipeline.start([bench.add(photos).id])
    assert encoder.reached.wait(PATIENCE)
    pipeline.stop()
    encoder.released.set()
    assert pipeline.wait(run, PATIENCE)
    assert len(encoder.sizes) == 1
    assert encoder.sizes[0] < 24
    assert bench.embeddings() == 0
    assert pipeline.wait(pipeline.start(), PATIENCE)
    assert_as_undisturbed(bench, photos)


def test_a_film_paused_in_the_middle_goes_on_from_there(
    bench: Bench, photos: Path, live: tuple[Pipeline, Slow]
) -> None:
    pipeline, encoder = live
    reel(photos / "film.mp4")
    run = pipeline.start([bench.add(photos).id])
    assert encoder.reached.wait(PATIENCE)
    pipeline.pause()
    encoder.released.set()
    assert not pipeline.wait(run, 0.5)
    assert bench.embeddings() == 0
    embedded = encoder.embedded
    assert 0 < embedded < 24
    pipeline.resume()
    assert pipeline.wait(run, PATIENCE)
    assert encoder.embedded == bench.embeddings()
    assert_as_undisturbed(bench, photos)
