"""A sound becomes windows as encoders take them, with its outline and how loud it is."""

from __future__ import annotations

import itertools
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from assetman.core.assets import Kind, SegmentDraft, SegmentKind
from assetman.core.errors import BadInput
from assetman.core.inputs import Excerpt, InputSpec, Padding, SoundSpec, Spec
from assetman.core.sounds import peak_rate
from assetman.media import sound_windows
from assetman.media.audio import AudioHandler
from assetman.media.handler import Extraction, Limits, MediaHandler, Stretch
from assetman.media.registry import SOUNDS, VIDEOS, handler_for, kind_of, reader_of
from assetman.media.workers import DecodePool
from tests.kit.films import Scene, make_film
from tests.kit.sounds import (
    channels,
    clicks,
    joined,
    noise,
    silence,
    sweep,
    tone,
    write_sound,
    write_wav,
)

WIDE = SoundSpec(48_000, Padding.REPEAT)
NARROW = SoundSpec(16_000, Padding.SILENCE)
LIMITS = Limits()


def stretches(
    path: Path, specs: Sequence[Spec] = (NARROW,), folder: Path | None = None
) -> Iterator[tuple[Stretch, Extraction]]:
    """Read a whole sound as the pipeline does."""
    stretch = Stretch(outline=folder and folder / "0.npy")
    while True:
        found = SOUNDS.extract(str(path), specs, None, 64, LIMITS, stretch)
        yield stretch, found
        if found.rest is None:
            return
        number = stretch.number + 1
        stretch = Stretch(
            found.rest,
            number,
            window=stretch.window + len(found.segments),
            outline=folder and folder / f"{number}.npy",
            seen=found.seen,
        )


def read(path: Path, *specs: Spec, part: Excerpt | None = None) -> Extraction:
    return AudioHandler().extract(str(path), specs or (NARROW,), None, 64, LIMITS, part)


def times(segments: Sequence[SegmentDraft]) -> list[tuple[float | None, float | None]]:
    return [(each.start, each.end) for each in segments]


def lag(one: Any, other: Any) -> int:
    """Say by how many samples the second comes after the first."""
    size = 2 * len(one)
    product = np.fft.rfft(other, size) * np.conj(np.fft.rfft(one, size))
    at = int(np.argmax(np.fft.irfft(product, size)))
    return at if at < size // 2 else at - size


def test_a_short_sound_is_one_window_of_its_own_length(tmp_path: Path) -> None:
    found = read(write_wav(tmp_path / "hit.wav", tone(440, 2.5), 48_000))
    assert found.rest is None
    (window,) = found.segments
    assert window.kind is SegmentKind.WINDOW
    assert (window.ordinal, window.start, window.end) == (0, 0.0, 2.5)
    assert found.probe.kind is Kind.AUDIO
    assert found.probe.duration == 2.5
    assert found.probe.sound is not None
    assert (found.probe.sound.rate, found.probe.sound.channels) == (48_000, 1)


@pytest.mark.parametrize(
    ("seconds", "windows"),
    [
        (10.0, [(0, 10)]),
        (10.9, [(0, 10)]),
        (11.0, [(0, 10), (5, 11)]),
        (15.5, [(0, 10), (5, 15)]),
        (23.0, [(0, 10), (5, 15), (10, 20), (15, 23)]),
    ],
)
def test_a_long_sound_has_a_window_every_five_seconds(
    tmp_path: Path, seconds: float, windows: list[tuple[float, float]]
) -> None:
    path = write_wav(tmp_path / "long.wav", noise(seconds, rate=8000), 8000)
    found = read(path)
    assert times(found.segments) == windows
    assert [each.ordinal for each in found.segments] == list(range(len(windows)))


def test_silence_is_left_out_and_ordinals_run_on(tmp_path: Path) -> None:
    sound = joined(tone(440, 4), silence(26), tone(440, 4))
    found = read(write_wav(tmp_path / "gap.wav", sound, 48_000))
    assert times(found.segments) == [(0, 10), (25, 34)]  # 20..30 s holds nothing
    assert [each.ordinal for each in found.segments] == [0, 1]


def test_a_sound_that_is_all_silence_has_no_window(tmp_path: Path) -> None:
    for number, still in enumerate((silence(7), silence(7) + 0.4)):  # a DC offset is not heard
        found = read(write_wav(tmp_path / f"{number}.wav", still, 48_000), WIDE, InputSpec(8))
        assert not found.segments
        assert found.inputs[WIDE].shape == (0, WIDE.length)
        assert found.inputs[InputSpec(8)].shape == (0, 8, 8, 3)
        assert found.probe.duration == 7
        assert found.probe.sound is not None
        assert found.probe.sound.loudness is None or number


def test_a_window_says_where_it_is_loudest(tmp_path: Path) -> None:
    sound = clicks([3.0, 12.6, 27.2], 30) + noise(30, 0.001)
    for window in read(write_wav(tmp_path / "clicks.wav", sound, 48_000)).segments:
        assert window.start is not None
        assert window.end is not None
        assert window.at is not None
        inside = [click for click in (3.0, 12.6, 27.2) if window.start <= click < window.end]
        assert not inside or min(abs(window.at - click) for click in inside) <= 0.25


def test_every_encoder_gets_its_own_rate_and_padding(tmp_path: Path) -> None:
    sound = tone(1000, 3, rate=44_100)
    found = read(write_wav(tmp_path / "a.wav", sound, 44_100, form="f32"), WIDE, NARROW)
    for spec, times_over in ((WIDE, 3), (NARROW, 1)):
        (window,) = found.inputs[spec]
        assert window.dtype == np.float32
        whole = tone(1000, 3, rate=spec.rate)
        heard = np.zeros(spec.length, np.float32)
        heard[: times_over * len(whole)] = np.tile(whole, times_over)
        inner = slice(200, 3 * spec.rate - 200)  # where a sine begins and ends nothing is ideal
        assert np.abs(window[inner] - heard[inner]).max() < 1e-5
        assert not window[times_over * len(whole) :].any()


@pytest.mark.parametrize(("stored", "wanted"), [(44_100, 48_000), (48_000, 16_000), (8000, 48_000)])
def test_resampling_is_as_good_as_the_ideal(tmp_path: Path, stored: int, wanted: int) -> None:
    spec = SoundSpec(wanted)
    spectrum = np.fft.rfft(noise(10, seed=3, rate=stored))
    spectrum[np.fft.rfftfreq(10 * stored, 1 / stored) > 0.44 * min(stored, wanted)] = 0
    sound = np.fft.irfft(spectrum).astype(np.float32)
    ideal = np.fft.irfft(spectrum, 10 * wanted) * (wanted / stored)  # of what repeats
    (heard,) = read(write_wav(tmp_path / "n.wav", sound, stored, form="f32"), spec).inputs[spec]
    inner = slice(wanted // 10, -wanted // 10)
    error = np.linalg.norm(heard[inner] - ideal[inner]) / np.linalg.norm(ideal[inner])
    assert error < 1e-5


def test_channels_are_mixed_and_the_deep_one_left_out(tmp_path: Path) -> None:
    left, right = tone(300, 2), tone(900, 2)
    (heard,) = read(write_wav(tmp_path / "s.wav", channels(left, right)), WIDE).inputs[WIDE]
    assert np.abs(heard[1000:90_000] - (left + right)[1000:90_000] / 2).max() < 1e-3
    deep = channels(*(silence(2) for _ in range(3)), left, *(silence(2) for _ in range(2)))
    path = write_sound(tmp_path / "deep.flac", deep)
    assert not read(path, WIDE).segments


def test_channels_that_cancel_each_other_are_heard(tmp_path: Path) -> None:
    turned = channels(tone(300, 2), -tone(300, 2))
    (heard,) = read(write_wav(tmp_path / "s.wav", turned), WIDE).inputs[WIDE]
    assert np.abs(heard[1000:90_000] - tone(300, 2)[1000:90_000]).max() < 1e-3


ENDINGS = ("wav", "flac", "mp3", "m4a", "ogg", "opus", "wma", "mka", "wv", "ac3")


@pytest.fixture(scope="module")
def long_sounds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One sound of half a minute and some, in every container; no two seconds are alike."""
    folder = tmp_path_factory.mktemp("long")
    sound = joined(*(noise(6, 0.03 * (1 + seed % 3), seed) for seed in range(7)))
    made = {}
    for ending in ENDINGS:
        codec = "flac" if ending == "mka" else None
        made[ending] = write_sound(folder / f"a.{ending}", sound, codec=codec)
    return made


@pytest.fixture
def short_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let six windows be a stretch, so that half a minute is more than one."""
    monkeypatch.setattr(sound_windows, "MOST_WINDOWS", 6)


@pytest.mark.usefixtures("short_stretches")
@pytest.mark.parametrize("ending", ENDINGS)
def test_a_long_sound_is_read_in_stretches_that_fit_to_the_sample(
    long_sounds: dict[str, Path], ending: str, tmp_path: Path
) -> None:
    path = long_sounds[ending]
    read = list(stretches(path, (NARROW,), tmp_path))
    assert [stretch.start for stretch, _ in read] == [0, 30]
    windows = [each for _, found in read for each in found.segments]
    assert [each.ordinal for each in windows] == list(range(8))
    assert [each.start for each in windows] == [5.0 * n for n in range(8)]
    assert windows[-1].end == pytest.approx(42, abs=0.2)
    samples = np.concatenate([found.inputs[NARROW] for _, found in read])
    half = NARROW.length // 2  # a window's later half is the next one's earlier
    for number in (3, 4, 5, 6):
        assert lag(samples[number, half:], samples[number + 1, :half]) == 0
        apart = samples[number, half:] - samples[number + 1, :half]
        assert np.abs(apart).max() < 0.05
    first, last = read[0][1].probe, read[-1][1].probe
    assert first.sound is not None
    assert first.sound.loudness is None
    assert last.sound is not None
    assert last.sound.loudness == pytest.approx(-21.1, abs=2)
    outlines = [np.load(stretch.outline) for stretch, _ in read if stretch.outline is not None]
    assert all(each.dtype == np.int8 for each in outlines)
    rate = peak_rate(first.duration)
    assert len(outlines[0]) == round(30 * rate)
    assert sum(map(len, outlines)) == pytest.approx((last.duration or 0) * rate, abs=1)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_marked_range_is_heard_where_it_is(long_sounds: dict[str, Path], ending: str) -> None:
    path = long_sounds[ending]
    whole = AudioHandler().extract(str(path), [NARROW], None, 64, LIMITS, Stretch())
    found = read(path, part=Excerpt(start=21.0, end=28.0))
    assert times(found.segments) == [(21.0, 28.0)]
    rate = NARROW.rate
    expected = whole.inputs[NARROW][4, rate : 8 * rate]  # of the window 20..30 s
    assert abs(lag(expected, found.inputs[NARROW][0, : 7 * rate])) <= rate // 500


def test_a_question_hears_a_moment_a_range_or_nothing(tmp_path: Path) -> None:
    path = write_wav(
        tmp_path / "a.wav", joined(noise(20, rate=16_000), silence(10, 16_000)), 16_000
    )
    assert times(read(path, part=Excerpt(start=12.0)).segments) == [(7.0, 17.0)]
    assert times(read(path, part=Excerpt(start=1.0)).segments) == [(0.0, 10.0)]
    assert times(read(path, part=Excerpt(start=2.0, end=3.5)).segments) == [(2.0, 3.5)]
    assert times(read(path, part=Excerpt(start=2.0, end=18.0)).segments) == [
        (2.0, 12.0),
        (7.0, 17.0),
        (12.0, 18.0),
    ]
    for empty in (Excerpt(start=21.0, end=29.0), Excerpt(start=40.0, end=50.0)):
        found = read(path, part=empty)
        assert not found.segments
        assert found.inputs[NARROW].shape == (0, NARROW.length)


def test_loudness_is_what_ffmpeg_measures(tmp_path: Path) -> None:
    rising = noise(30, 1.0, rate=44_100) * np.geomspace(0.0005, 0.2, 30 * 44_100)
    sounds = {
        "rising": channels(rising, rising[::-1]),
        "sine": tone(997, 5, 1.0, 44_100),  # 0 dBFS at 997 Hz is -3 LUFS in one channel
        "sweep": sweep(40, 15_000, 8, 0.5, 44_100),
    }
    for name, sound in sounds.items():
        path = write_wav(tmp_path / f"{name}.wav", sound, 44_100, form="f32")
        facts = read(path).probe.sound
        assert facts is not None
        said = subprocess.run(
            ["ffmpeg", "-hide_banner", "-nostats", "-i", path, "-af", "ebur128=peak=sample",
             "-f", "null", "-"],
            capture_output=True, text=True, check=True,
        ).stderr  # fmt: skip
        summary = said[said.rindex("Summary:") :]
        assert facts.loudness == pytest.approx(_number(summary, "I:"), abs=0.11)
        assert facts.peak == pytest.approx(_number(summary, "Peak:"), abs=0.06)


def _number(text: str, name: str) -> float:
    return float(text[text.index(name) + len(name) :].split()[0])


def test_a_sound_shorter_than_a_block_has_a_loudness_too(tmp_path: Path) -> None:
    facts = read(write_wav(tmp_path / "click.wav", tone(1000, 0.1, 0.5), 48_000)).probe.sound
    assert facts is not None
    assert facts.loudness == pytest.approx(-15.4, abs=0.5)  # a quarter of a block of 400 ms
    assert facts.peak == pytest.approx(-6.0, abs=0.1)


def test_the_outline_follows_the_sound(tmp_path: Path) -> None:
    sound = joined(tone(200, 1, 0.5), silence(1), tone(200, 1, 1.0), np.full(48_000, 0.25))
    path = write_wav(tmp_path / "a.wav", channels(sound, sound * -0.5), form="f32")
    ((_, found),) = stretches(path, (), tmp_path)
    assert found.inputs == {}
    outline = np.load(tmp_path / "0.npy")
    assert outline.shape == (round(4 * peak_rate(4)), 2)
    quarters = np.split(outline, 4)
    lows = [quarter[:, 0].min() for quarter in quarters]
    highs = [quarter[:, 1].max() for quarter in quarters]
    assert highs == pytest.approx([64, 0, 127, 32], abs=1)
    assert lows == pytest.approx([-64, 0, -127, -16], abs=1)


@pytest.mark.usefixtures("short_stretches")
def test_the_windows_do_not_depend_on_what_is_asked(long_sounds: dict[str, Path]) -> None:
    path = long_sounds["ogg"]
    one, other = (list(stretches(path, specs)) for specs in ((), (WIDE, NARROW)))
    for (_, bare), (_, full) in itertools.zip_longest(one, other):
        assert bare.segments == full.segments
        assert bare.rest == full.rest


def test_facts_name_the_form_of_a_sound(tmp_path: Path) -> None:
    sound = channels(noise(1), noise(1))
    wav = AudioHandler().probe(str(write_wav(tmp_path / "a.wav", sound, form="f32")), LIMITS)
    assert wav.facts["codec"] == "PCM, 32 bit floating point"
    assert wav.facts["sample rate"] == "48 kHz"
    assert wav.facts["channels"] == "stereo"
    assert wav.duration == 1
    flac = AudioHandler().probe(str(write_sound(tmp_path / "a.flac", noise(1))), LIMITS)
    assert (flac.facts["format"], flac.facts["codec"]) == ("FLAC", "FLAC, 16 bit")
    opus = AudioHandler().probe(str(write_sound(tmp_path / "a.opus", noise(1))), LIMITS)
    assert (opus.facts["format"], opus.facts["codec"]) == ("Ogg", "Opus")


def test_a_cover_is_the_thumbnail_and_the_preview(tmp_path: Path) -> None:
    cover = tmp_path / "cover.jpg"
    Image.new("RGB", (64, 64), (200, 30, 30)).save(cover)
    path = write_sound(tmp_path / "a.mp3", noise(1), cover=cover.read_bytes())
    handler, thumbnail = AudioHandler(), tmp_path / "t.webp"
    handler.extract(str(path), [], thumbnail, 32, LIMITS)
    with Image.open(thumbnail) as picture:
        assert max(picture.size) == 32
    assert handler.preview(str(path), 48, tmp_path / "p.jpg", LIMITS) == (48, 48)
    bare = write_sound(tmp_path / "b.mp3", noise(1))
    handler.extract(str(bare), [], tmp_path / "none.webp", 32, LIMITS)
    assert not (tmp_path / "none.webp").exists()
    with pytest.raises(BadInput, match="no picture"):
        handler.preview(str(bare), 48, tmp_path / "none.jpg", LIMITS)


def test_the_registry_knows_sounds_by_ending_and_by_content(tmp_path: Path) -> None:
    for ending in ("WAV", "flac", "Mp3", "m4a", "opus", "aif", "bwf"):
        assert kind_of(f"/music/a.{ending}") is Kind.AUDIO
    assert handler_for("a.mid") is None
    for ending in ENDINGS:
        path = write_sound(tmp_path / f"a.{ending}", noise(0.5))
        expected = VIDEOS if ending in ("mka", "wma") else SOUNDS  # who hand it on
        assert reader_of(str(path.rename(tmp_path / "dropped"))) is expected


@pytest.mark.parametrize("reader", [VIDEOS, SOUNDS])
def test_what_a_file_is_decides_and_not_its_ending(tmp_path: Path, reader: MediaHandler) -> None:
    sound = write_sound(tmp_path / "a.m4a", noise(3)).rename(tmp_path / "sound.mp4")
    film = make_film(tmp_path / "film.mp4", [Scene("red", 1)], sound=440.0).path
    heard = reader.extract(str(sound), [NARROW], None, 64, LIMITS)
    assert heard.probe.kind is Kind.AUDIO
    assert [each.kind for each in heard.segments] == [SegmentKind.WINDOW]
    silent = make_film(tmp_path / "silent.mp4", [Scene("blue", 1)]).path
    seen = reader.extract(str(silent), [NARROW], None, 64, LIMITS)
    assert seen.probe.kind is Kind.VIDEO
    if reader is VIDEOS:
        assert reader.extract(str(film), [NARROW], None, 64, LIMITS).probe.kind is Kind.VIDEO


def test_a_decode_process_hands_over_samples_and_writes_outlines(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.flac", noise(12))
    here = AudioHandler().extract(str(path), [WIDE, NARROW], None, 64, LIMITS, Stretch())
    pool = DecodePool(1, LIMITS, 64)
    try:
        stretch = Stretch(outline=tmp_path / "o.npy")
        there = pool.extract(str(path), [WIDE, NARROW], None, stretch).result(60)
    finally:
        pool.close()
    assert there.segments == here.segments
    for spec in (WIDE, NARROW):
        assert np.array_equal(there.inputs[spec], here.inputs[spec])
    assert np.load(tmp_path / "o.npy").shape == (round(12 * peak_rate(12)), 2)
