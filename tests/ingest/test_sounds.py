"""Sounds, and what is heard in films, go from disk to library a stretch at a time."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assetman.core.assets import Asset, Kind, PassageKind, SegmentDraft, SegmentKind
from assetman.core.errors import BadInput, Cancelled
from assetman.core.inputs import WINDOW_HOP, WINDOW_SECONDS, Modality
from assetman.core.progress import CancelToken
from assetman.core.queries import Sort
from assetman.core.sounds import peak_rate
from assetman.ingest import batches, room
from assetman.ingest.pipeline import Pipeline
from assetman.media import sound_windows
from assetman.media.handler import Extraction, Stretch
from assetman.media.workers import DecodePool
from kit.bench import LIMITS, Bench, InlineDecoder
from kit.pictures import paint
from kit.reels import reel
from kit.sounds import joined, silence, tone, write_sound, write_wav
from kit.tones import SOUND_SPEC, TONES, SenseEncoder, named

RATE = 8000
WINDOW = SOUND_SPEC.length * 4  # bytes
PATIENCE = 60.0  # seconds; far more than anything here takes
LONG = 10.0  # seconds of each tone
WINDOWS = 6  # of a stretch, here
ORDER = ("hum", "beep", "whistle", "hum", "beep", "whistle", "hum")


class Listening(InlineDecoder):
    """Notes what is asked for, and has something happen before a stretch."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []  # name of the file, number of the stretch
        self.specs: dict[str, set[object]] = {}
        self.happen: dict[int, Callable[[], object]] = {}  # before a stretch, once
        self.stumbles: int | None = None  # at the stretch of this number
        self.given: list[weakref.ref[np.ndarray]] = []
        self.most_held = 0  # bytes of samples

    def extract(self, path: str, *args: Any) -> Future[Extraction]:
        stretch = args[-1]
        assert isinstance(stretch, Stretch)
        self.asked.append((Path(path).name, stretch.number))
        self.specs[Path(path).name] = set(args[0])
        if stretch.number in self.happen:
            self.happen.pop(stretch.number)()
        if stretch.number == self.stumbles:
            failed: Future[Extraction] = Future()
            failed.set_exception(BadInput("The decoder crashed on this file"))
            return failed
        future = super().extract(path, *args)
        if future.exception() is None:
            self.given += map(weakref.ref, future.result().inputs.values())
        held = sum(0 if (rows := given()) is None else rows.nbytes for given in self.given)
        self.most_held = max(self.most_held, held)
        return future


@pytest.fixture
def decoder(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Listening:
    monkeypatch.setattr(sound_windows, "MOST_WINDOWS", WINDOWS)
    made = Listening()
    bench.tools = replace(bench.tools, decoder=made)
    bench.listen()
    return made


def sound(path: Path, name: str = "hum", seconds: float = 2.0) -> Path:
    return write_wav(path, tone(TONES[name], seconds, rate=RATE), RATE)


@pytest.fixture(scope="session")
def long_sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sound of more than two stretches."""
    parts = [tone(TONES[name], LONG, rate=RATE) for name in ORDER]
    return write_wav(tmp_path_factory.mktemp("long") / "long.wav", joined(*parts), RATE)


def asset(bench: Bench, name: str) -> Asset:
    return bench.assets()[name]


def drafts(bench: Bench, name: str, kind: SegmentKind = SegmentKind.WINDOW) -> list[SegmentDraft]:
    found = bench.library.segments.of_asset(asset(bench, name).id)
    return [segment.draft for segment in found if segment.kind is kind]


def rows(bench: Bench, name: str) -> np.ndarray:
    """Give the vectors of what is heard in a file, in the order of its windows."""
    assert bench.heard is not None
    found = bench.library.segments.of_asset(asset(bench, name).id)
    wanted = [segment.id for segment in found if segment.kind is SegmentKind.WINDOW]
    ids, vectors = bench.library.embeddings.read(bench.heard.space_id, wanted)
    assert ids.tolist() == wanted
    return vectors


def outline(bench: Bench, name: str) -> np.ndarray:
    """Give the whole outline of a sound as its files have it."""
    found = asset(bench, name)
    ((parts, rate),) = bench.library.contents.outlines_of([found.id]).values()
    assert rate == peak_rate(found.duration)
    paths = [bench.thumbnails.outline_path(found.fingerprint, part) for part in range(parts)]
    return np.concatenate([np.load(path) for path in paths])


def all_heard(bench: Bench, name: str) -> tuple[object, ...]:
    """Give all that is stored of a sound."""
    found = asset(bench, name)
    content = bench.library.contents.of_asset(found.id)
    passages = bench.library.passages.of_content(content.id)
    vectors = rows(bench, name).tobytes()
    return content.probe, drafts(bench, name), vectors, outline(bench, name).tobytes(), passages


def test_a_long_sound_is_read_in_stretches_and_each_window_is_what_is_heard_then(
    bench: Bench, photos: Path, decoder: Listening, long_sound: Path
) -> None:
    (photos / "long.wav").write_bytes(long_sound.read_bytes())
    bench.add(photos)
    counts = bench.index()
    found, length = drafts(bench, "long.wav"), LONG * len(ORDER)
    assert decoder.asked == [("long.wav", number) for number in range(3)]
    assert (counts.added, counts.embedded, counts.failed) == (1, len(found), 0)
    assert [draft.ordinal for draft in found] == list(range(len(found)))
    assert [draft.start for draft in found] == [WINDOW_HOP * n for n in range(len(found))]
    assert found[-1].end == length
    for draft, vector in zip(found, rows(bench, "long.wav"), strict=True):
        assert draft.start is not None
        assert draft.end == min(length, draft.start + WINDOW_SECONDS)
        assert draft.at is not None
        assert draft.start <= draft.at <= draft.end
        heard = {ORDER[int(at // LONG)] for at in (draft.start, draft.end - 0.1)}
        assert vector @ named([" ".join(heard)])[0] > 0.95  # two of them as long as each other
    (stored,) = bench.library.assets.get([asset(bench, "long.wav").id])
    assert (stored.kind, stored.duration) == (Kind.AUDIO, length)
    assert stored.sound is not None
    assert (stored.sound.rate, stored.sound.channels) == (RATE, 1)
    assert stored.sound.loudness is not None
    assert stored.sound.peak == pytest.approx(20 * np.log10(0.3), abs=0.1)
    pairs = outline(bench, "long.wav")
    assert pairs.dtype == np.int8
    assert len(pairs) == pytest.approx(length * peak_rate(length), abs=2)
    assert np.abs(np.abs(pairs.astype(int)) - 0.3 * 127).max() < 3


def test_sounds_are_found_by_their_facts_and_by_what_is_written_in_them(
    bench: Bench, photos: Path, decoder: Listening
) -> None:
    tags = {"title": "Old gate", "artist": "A. Person", "TBPM": "120", "TKEY": "Am"}
    write_sound(photos / "gate.mp3", tone(800, 3), tags=tags)
    sound(photos / "hum.wav", seconds=1)
    paint(photos / "red.png", "red")
    bench.add(photos)
    bench.index()
    gate, hum = asset(bench, "gate.mp3"), asset(bench, "hum.wav")
    assert gate.sound is not None
    assert (gate.sound.bpm, gate.sound.key, gate.sound.rate) == (120.0, "Am", 48_000)
    content = bench.library.contents.of_asset(gate.id)
    written = bench.library.passages.of_content(content.id)
    assert {passage.kind for passage in written} == {PassageKind.DESCRIPTION}
    assert "Old gate" in written[0].text
    ids, red = bench.library.assets.ids, asset(bench, "red.png")
    assert ids(sort=Sort.BPM) == [gate.id, red.id, hum.id]
    assert ids(sort=Sort.RATE, descending=False) == [hum.id, gate.id, red.id]
    assert ids(sort=Sort.DURATION) == [gate.id, hum.id, red.id]
    assert ids(sort=Sort.KIND) == [red.id, gate.id, hum.id]


def test_pictures_are_not_heard_and_sounds_are_not_seen(
    bench: Bench, photos: Path, decoder: Listening
) -> None:
    sound(photos / "hum.wav")
    paint(photos / "red.png", "red")
    bench.add(photos)
    bench.index()
    assert decoder.specs["red.png"] == {bench.target.spec}
    assert bench.heard is not None
    count = bench.library.embeddings.count
    assert (count(bench.space.id), count(bench.heard.space_id)) == (1, 1)
    asked = len(decoder.asked)
    assert bench.index().embedded == 0
    assert len(decoder.asked) == asked, "and nothing of it is pending any more"


def test_a_silent_sound_is_an_asset_without_anything_to_find_it_by(
    bench: Bench, photos: Path, decoder: Listening
) -> None:
    write_wav(photos / "still.wav", silence(12, RATE), RATE)
    bench.add(photos)
    counts = bench.index()
    assert (counts.added, counts.embedded, counts.failed) == (1, 0, 0)
    assert drafts(bench, "still.wav") == []
    assert not outline(bench, "still.wav").any()
    assert bench.index().embedded == 0
    assert decoder.asked == [("still.wav", 0)]


def test_many_short_sounds_fill_batches_and_are_not_all_held_at_once(
    bench: Bench, photos: Path, decoder: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    encode = bench.encoder.sounds

    def noted(name: str, samples: np.ndarray) -> np.ndarray:
        sizes.append(len(samples))
        return encode(name, samples)

    monkeypatch.setattr(bench.encoder, "sounds", noted)
    monkeypatch.setattr(batches, "_SECONDS", PATIENCE)
    for number in range(120):
        write_wav(photos / f"{number}.wav", tone(200 + number, 0.2, rate=RATE), RATE)
    bench.add(photos)
    counts = bench.index()
    assert (counts.added, counts.embedded, counts.failed) == (120, 120, 0)
    assert max(sizes) == 32
    assert decoder.most_held <= (32 + 3 + room._SOUNDS) * WINDOW


def test_long_sounds_take_no_more_memory_than_their_encoder_needs(
    bench: Bench,
    photos: Path,
    decoder: Listening,
    long_sound: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(room, "_MOST_HELD", 3 * WINDOW)
    for number in range(3):
        (photos / f"{number}.wav").write_bytes(long_sound.read_bytes() + bytes(number))
    bench.add(photos)
    bench.index()
    assert all(len(rows(bench, f"{number}.wav")) == len(rows(bench, "0.wav")) for number in (1, 2))
    assert decoder.most_held <= 3 * WINDOW + 2 * WINDOWS * WINDOW


def test_a_run_called_off_in_the_middle_of_a_sound_stores_nothing_and_the_next_stores_all(
    bench: Bench, photos: Path, decoder: Listening, long_sound: Path
) -> None:
    (photos / "long.wav").write_bytes(long_sound.read_bytes())
    bench.add(photos)
    cancel = CancelToken()
    decoder.happen[1] = cancel.cancel
    with pytest.raises(Cancelled):
        bench.index(cancel)
    assert drafts(bench, "long.wav") == []
    bench.index()
    calm = Bench(bench.folder.with_name("calm"))
    try:
        calm.listen()
        calm.add(photos)
        calm.index()
        assert all_heard(bench, "long.wav") == all_heard(calm, "long.wav")
    finally:
        calm.close()


def test_a_sound_damaged_in_the_middle_keeps_what_comes_before(
    bench: Bench, photos: Path, decoder: Listening, long_sound: Path
) -> None:
    (photos / "long.wav").write_bytes(long_sound.read_bytes())
    bench.add(photos)
    decoder.stumbles = 1
    counts = bench.index()
    kept = drafts(bench, "long.wav")
    assert (counts.embedded, counts.failed) == (len(kept), 0)
    assert len(kept) == WINDOWS
    probe = bench.library.contents.of_asset(asset(bench, "long.wav").id).probe
    assert probe is not None
    assert probe.facts["read until"] == "0:30 (The decoder crashed on this file)"
    decoder.stumbles = None
    assert bench.index().embedded == 0


def test_another_model_of_sounds_is_filled_and_pictures_are_left_alone(
    bench: Bench, photos: Path, decoder: Listening
) -> None:
    reel(photos / "film.mp4", scenes=5, sound=800.0)
    sound(photos / "hum.wav")
    paint(photos / "red.png", "red")
    bench.add(photos)
    bench.index()
    before = bench.library.segments.of_asset(asset(bench, "film.mp4").id)
    windows, pictures = drafts(bench, "film.mp4"), bench.embeddings()
    assert windows
    first = bench.heard
    assert first is not None
    second = bench.listen("chords")
    filling = bench.library.spaces.filling(Modality.SOUND)
    assert filling is not None
    assert filling.id == second.space_id
    del decoder.asked[:]
    assert bench.index().embedded == len(windows) + 1
    assert decoder.specs["film.mp4"] == {SOUND_SPEC}
    assert {name for name, _ in decoder.asked} == {"film.mp4", "hum.wav"}
    assert bench.library.segments.of_asset(asset(bench, "film.mp4").id) == before
    assert bench.embeddings() == pictures
    bench.library.spaces.switch(Modality.SOUND)
    active = bench.library.spaces.active(Modality.SOUND)
    assert active is not None
    assert active.id == second.space_id
    seen = bench.library.spaces.active()
    assert seen is not None
    assert seen.id == bench.space.id


def test_a_film_has_shots_that_are_seen_and_windows_that_are_heard(
    bench: Bench, photos: Path, decoder: Listening
) -> None:
    reel(photos / "film.mp4", sound=800.0)
    bench.add(photos)
    bench.index()
    shots = drafts(bench, "film.mp4", SegmentKind.SHOT)
    windows = drafts(bench, "film.mp4")
    assert bench.embeddings() == len(shots)
    assert [draft.ordinal for draft in shots] == list(range(len(shots)))
    assert [draft.ordinal for draft in windows] == list(range(len(windows)))
    assert len(decoder.asked) > 1
    assert (rows(bench, "film.mp4") @ named(["beep"])[0]).min() > 0.9
    film = asset(bench, "film.mp4")
    assert film.sound is not None
    assert film.sound.loudness is not None
    assert bench.library.contents.outlines_of([film.id]) == {}


@pytest.mark.parametrize("damage", ["deleted", "cut", "scrawled"])
def test_a_lost_outline_is_made_again_by_the_next_run(
    bench: Bench, photos: Path, decoder: Listening, damage: str
) -> None:
    sound(photos / "hum.wav")
    bench.add(photos)
    bench.index()
    before = all_heard(bench, "hum.wav")
    path = bench.thumbnails.outline_path(asset(bench, "hum.wav").fingerprint, 0)
    good = path.read_bytes()
    if damage == "deleted":
        path.unlink()
    else:
        path.write_bytes(good[:-9] if damage == "cut" else b"\x93NUMPY\1\0" + bytes(200))
    assert bench.index().embedded == 1
    assert path.read_bytes() == good
    assert all_heard(bench, "hum.wav") == before


def test_a_cover_is_its_thumbnail_and_made_again_when_it_is_lost(
    bench: Bench, photos: Path, decoder: Listening, tmp_path: Path
) -> None:
    paint(tmp_path / "cover.png", "red")
    cover = (tmp_path / "cover.png").read_bytes()
    write_sound(photos / "song.flac", tone(800, 2), cover=cover)
    sound(photos / "bare.wav")
    bench.add(photos)
    bench.index()
    song, bare = asset(bench, "song.flac"), asset(bench, "bare.wav")
    assert bench.thumbnails.has(song.fingerprint)
    assert not bench.thumbnails.has(bare.fingerprint)
    bench.thumbnails.path_of(song.fingerprint).unlink()
    del decoder.asked[:]
    bench.index()
    assert bench.thumbnails.has(song.fingerprint)
    assert decoder.asked == [("song.flac", 0)]


def test_what_is_dropped_takes_its_outline_with_it(bench: Bench, photos: Path) -> None:
    bench.listen()
    sound(photos / "hum.wav")
    bench.add(photos)
    bench.index()
    key = asset(bench, "hum.wav").fingerprint
    assert bench.thumbnails.outline_path(key, 0).exists()
    bench.thumbnails.remove(key)
    assert not bench.thumbnails.outline_path(key, 0).exists()


def test_a_film_without_pictures_is_a_sound(bench: Bench, photos: Path, decoder: Listening) -> None:
    made = write_sound(photos / "song.m4a", tone(800, 3))
    made.rename(photos / "song.mp4")
    bench.add(photos)
    bench.index()
    song = asset(bench, "song.mp4")
    assert (song.kind, len(drafts(bench, "song.mp4"))) == (Kind.AUDIO, 1)
    assert len(outline(bench, "song.mp4"))
    del decoder.asked[:]
    assert bench.index().embedded == 0
    assert decoder.asked == []


def test_a_sound_that_has_pictures_is_a_film(
    bench: Bench, photos: Path, decoder: Listening
) -> None:
    reel(photos / "film.ogg", scenes=4, codec="vp8")
    bench.add(photos)
    bench.index()
    film = asset(bench, "film.ogg")
    assert film.kind is Kind.VIDEO
    shots = drafts(bench, "film.ogg", SegmentKind.SHOT)
    assert {draft.sheet for draft in shots} == {0}
    assert bench.embeddings() == len(shots) > 0
    assert bench.thumbnails.has(film.fingerprint)
    assert bench.index().embedded == 0


class Fading(Listening):
    """Finds nothing to be seen in the second stretch of a film, as in a film that goes dark."""

    def extract(self, path: str, *args: Any) -> Future[Extraction]:
        future = super().extract(path, *args)
        if args[-1].number == 1:
            given = future.result()
            heard = [draft for draft in given.segments if draft.kind is SegmentKind.WINDOW]
            given.segments = tuple(heard)
            given.inputs = {
                spec: rows if spec == SOUND_SPEC else rows[:0]
                for spec, rows in given.inputs.items()
            }
            args[-1].sheet.unlink()
        return future


def test_a_film_in_which_nothing_is_to_be_seen_for_a_while_is_whole(
    bench: Bench, photos: Path
) -> None:
    bench.tools = replace(bench.tools, decoder=Fading())
    bench.listen()
    reel(photos / "film.mp4", scenes=60)
    bench.add(photos)
    bench.index()
    shots = drafts(bench, "film.mp4", SegmentKind.SHOT)
    assert {draft.sheet for draft in shots} == {0, 1}
    assert bench.index().embedded == 0, "and no sheet is missed"


# -- in threads, with decoders in processes of their own


class Held(SenseEncoder):
    """Waits in each batch until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.reached = threading.Event()
        self.released = threading.Event()

    def sounds(self, name: str, samples: np.ndarray) -> np.ndarray:
        self.reached.set()
        assert self.released.wait(PATIENCE)
        return super().sounds(name, samples)


@pytest.fixture
def live(bench: Bench) -> Iterator[tuple[Pipeline, Held]]:
    encoder, pool = Held(), DecodePool(2, LIMITS, 128)
    bench.tools = replace(bench.tools, decoder=pool, decoders=2, encoder=encoder)
    bench.listen()
    made = Pipeline(bench.tools, bench.plan)
    yield made, encoder
    encoder.released.set()
    made.close()
    pool.close()


def test_sounds_come_through_decoders_in_processes_with_their_outlines(
    bench: Bench, photos: Path, live: tuple[Pipeline, Held]
) -> None:
    pipeline, encoder = live
    encoder.released.set()
    write_wav(photos / "long.wav", tone(200, 320, rate=RATE), RATE)
    for number in range(20):
        sound(photos / f"{number}.wav", "beep", 0.5 + number / 100)
    paint(photos / "red.png", "red")
    bench.add(photos)
    assert pipeline.wait(pipeline.start(), PATIENCE)
    assert pipeline.progress().counts.failed == 0
    assert len(rows(bench, "long.wav")) == len(drafts(bench, "long.wav")) == 63
    assert len(outline(bench, "long.wav")) > 1000
    assert (rows(bench, "7.wav") @ named(["beep"])[0]).min() > 0.9
    assert len(outline(bench, "7.wav")) > 100


def test_a_run_is_stopped_in_the_middle_of_a_batch_of_sounds(
    bench: Bench, photos: Path, live: tuple[Pipeline, Held], long_sound: Path
) -> None:
    pipeline, encoder = live
    (photos / "long.wav").write_bytes(long_sound.read_bytes())
    bench.add(photos)
    run = pipeline.start()
    assert encoder.reached.wait(PATIENCE)
    pipeline.stop()
    encoder.released.set()
    assert pipeline.wait(run, PATIENCE)
    assert drafts(bench, "long.wav") == []
    assert pipeline.wait(pipeline.start(), PATIENCE)
    assert len(rows(bench, "long.wav")) == len(drafts(bench, "long.wav")) > 10


def test_what_decoders_gave_is_let_go_of_without_collecting_garbage(
    bench: Bench, photos: Path, live: tuple[Pipeline, Held], monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline, encoder = live
    encoder.released.set()
    given: list[weakref.ref[Future[Extraction]]] = []
    extract = bench.tools.decoder.extract

    def noted(*args: Any) -> Future[Extraction]:
        future = extract(*args)
        given.append(weakref.ref(future))
        return future

    monkeypatch.setattr(bench.tools.decoder, "extract", noted)
    for number in range(12):
        sound(photos / f"{number}.wav", "beep", 0.5 + number / 100)
    bench.add(photos)
    gc.collect()
    gc.disable()
    try:
        assert pipeline.wait(pipeline.start(), PATIENCE)
        assert len(given) == 12
        # a thread may still be at the end of its work on the last ones
        assert sum(future() is not None for future in given) <= 3
    finally:
        gc.enable()
