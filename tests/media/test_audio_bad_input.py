"""Sounds that are broken, odd or no sounds give what can be had, or a failure that says why."""

from __future__ import annotations

import io
import os
import random
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from assetman.core.assets import Kind, SegmentKind
from assetman.core.errors import BadInput
from assetman.core.inputs import Padding, SoundSpec
from assetman.media.audio import AudioHandler
from assetman.media.handler import Extraction, Limits, OtherKind, Stretch
from assetman.media.registry import kind_of
from assetman.media.workers import DecodePool
from tests.kit.films import Scene, make_film
from tests.kit.sounds import (
    channels,
    id3,
    id3_cover,
    info,
    noise,
    silence,
    tone,
    write_sound,
    write_wav,
)
from tests.torture.boxes import atom, within
from tests.torture.hostile_pictures import png

SPEC = SoundSpec(48_000, Padding.SILENCE)
LIMITS = Limits()


def read(path: Path, limits: Limits = LIMITS) -> Extraction:
    """Read the first stretch of a sound, and hold it to what is true of every sound."""
    found = AudioHandler().extract(str(path), [SPEC], None, 64, limits, Stretch())
    assert found.probe.kind is Kind.AUDIO
    windows = found.segments
    assert all(each.kind is SegmentKind.WINDOW for each in windows)
    assert found.inputs[SPEC].shape == (len(windows), SPEC.length)
    assert found.inputs[SPEC].dtype == np.float32
    assert np.isfinite(found.inputs[SPEC]).all()
    assert np.abs(found.inputs[SPEC]).max(initial=0.0) <= 1.0
    for window in windows:
        assert window.start is not None
        assert window.end is not None
        assert window.at is not None
        assert 0 <= window.start <= window.at <= window.end
    facts = found.probe.sound
    assert facts is not None
    for value in (facts.loudness, facts.peak, found.probe.duration):
        assert value is None or np.isfinite(value)
    return found


def pitch_of(samples: Any, rate: int = SPEC.rate) -> float:
    """Give the loudest frequency in Hz."""
    power = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(power) * rate / len(samples))


def jpeg(size: tuple[int, int] = (640, 480)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "red").save(file, "JPEG")
    return file.getvalue()


@pytest.fixture(scope="module")
def small_pool() -> Iterator[DecodePool]:
    pool = DecodePool(1, Limits(seconds=20.0, memory=1 << 30), 64)
    yield pool
    pool.close()


@pytest.mark.parametrize("form", ["u8", "s16", "f32"])
def test_silence_has_no_window_and_is_a_sound_all_the_same(tmp_path: Path, form: str) -> None:
    found = read(write_wav(tmp_path / "a.wav", silence(12), form=form))
    assert found.segments == ()
    assert found.rest is None
    assert found.probe.duration == pytest.approx(12)
    assert found.probe.sound is not None
    assert found.probe.sound.loudness is None


def test_silence_may_be_the_first_that_a_decoder_reads(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", silence(1))
    pool = DecodePool(1, LIMITS, 64)
    try:
        found = pool.extract(str(path), [SPEC], None, Stretch()).result(60)
    finally:
        pool.close()
    assert found.segments == ()
    assert found.inputs[SPEC].shape == (0, SPEC.length)


def test_a_constant_is_read_like_any_sound(tmp_path: Path) -> None:
    found = read(write_wav(tmp_path / "a.wav", np.full(5 * 48_000, 0.5, np.float32)))
    assert found.probe.duration == pytest.approx(5)
    assert found.probe.sound is not None
    assert found.probe.sound.peak == pytest.approx(-6.0, abs=0.1)


def test_what_clips_is_full_scale_and_no_more(tmp_path: Path) -> None:
    clipped = np.clip(tone(440, 3, level=20.0), -1, 1)
    found = read(write_wav(tmp_path / "a.wav", clipped))
    assert found.probe.sound is not None
    assert found.probe.sound.peak == pytest.approx(0.0, abs=0.1)
    beyond = read(write_wav(tmp_path / "b.wav", tone(440, 3, level=20.0), form="f32"))
    assert beyond.probe.sound is not None
    assert beyond.probe.sound.peak == pytest.approx(26.0, abs=0.2)
    assert pitch_of(beyond.inputs[SPEC][0, : 2 * 48_000]) == pytest.approx(440, abs=2)


@pytest.mark.parametrize("form", ["f32", "f64"])
def test_what_is_no_number_is_silent_and_the_rest_is_heard(tmp_path: Path, form: str) -> None:
    samples = tone(440, 4).astype(np.float64)
    samples[1000:1100] = np.nan
    samples[50_000] = np.inf
    samples[50_001] = -np.inf
    samples[60_000:60_010] = 1e30
    samples[70_000:70_010] = 1e-40
    found = read(write_wav(tmp_path / "a.wav", samples, form=form))
    assert len(found.segments) == 1
    assert pitch_of(found.inputs[SPEC][0, 96_000:180_000]) == pytest.approx(440, abs=2)
    nothing = read(write_wav(tmp_path / "b.wav", np.full(48_000, np.nan), form=form))
    assert nothing.segments == ()


def test_one_sample_is_a_sound_and_none_is_told_of(tmp_path: Path) -> None:
    one = read(write_wav(tmp_path / "a.wav", np.array([0.5], np.float32)))
    assert len(one.segments) <= 1
    assert (one.probe.duration or 0) < 0.001
    with pytest.raises(BadInput, match="Nothing of the sound can be decoded"):
        read(write_wav(tmp_path / "b.wav", np.zeros(0, np.float32)))


@pytest.mark.parametrize("rate", [1000, 8_000, 44_100, 192_000, 384_000])
def test_a_pitch_stays_the_same_from_any_rate(tmp_path: Path, rate: int) -> None:
    found = read(write_wav(tmp_path / "a.wav", tone(330, 3, rate=rate), rate=rate))
    heard = found.inputs[SPEC][0, : 3 * 48_000]
    assert pitch_of(heard) == pytest.approx(330, abs=1)
    assert np.abs(heard[48_000:96_000]).max() == pytest.approx(0.3, abs=0.01)
    assert found.probe.sound is not None
    assert found.probe.sound.rate == rate


@pytest.mark.parametrize("rate", [0, 1, 2_000_000_000, 4_294_967_295])
def test_a_rate_that_makes_no_sense_is_told_of(tmp_path: Path, rate: int) -> None:
    path = write_wav(tmp_path / "a.wav", tone(330, 1))
    data = bytearray(path.read_bytes())
    data[24:28] = struct.pack("<I", rate)
    path.write_bytes(data)
    with pytest.raises(BadInput, match="sound"):
        read(path)


@pytest.mark.parametrize("count", [6, 9, 32, 64])
def test_a_sound_of_many_channels_is_heard_as_one(tmp_path: Path, count: int) -> None:
    each = [silence(2)] * (count - 1)
    found = read(write_wav(tmp_path / "a.wav", channels(tone(440, 2, 0.9), *each)))
    assert found.probe.sound is not None
    assert found.probe.sound.channels == count
    assert len(found.segments) == 1
    assert pitch_of(found.inputs[SPEC][0, : 2 * 48_000]) == pytest.approx(440, abs=1)


@pytest.mark.parametrize("count", [0, 65, 4000, 65_535])
def test_channels_that_nobody_has_are_told_of(tmp_path: Path, count: int) -> None:
    path = write_wav(tmp_path / "a.wav", noise(1))
    data = bytearray(path.read_bytes())
    data[22:24] = struct.pack("<H", count)
    data[32:34] = struct.pack("<H", count * 2 & 0xFFFF)
    path.write_bytes(data)
    with pytest.raises(BadInput, match="sound"):
        read(path)


def test_a_day_is_read_in_stretches_that_cost_the_same(
    tmp_path: Path, small_pool: DecodePool
) -> None:
    rate, day = 8_000, 24 * 3600
    path = write_wav(
        tmp_path / "a.wav", tone(440, 20, rate=rate), rate=rate, form="u8", says=rate * day
    )
    os.truncate(path, 44 + rate * day)
    with path.open("r+b") as file:  # an hour before the end it is heard again
        at = 23 * 3600
        file.seek(44 + rate * at)
        file.write(np.uint8(tone(440, 20, rate=rate) * 128 + 128).tobytes())
    first = small_pool.extract(str(path), [SPEC], None, Stretch()).result(60)
    assert first.probe.duration == pytest.approx(day)
    assert first.rest == pytest.approx(300)
    assert len(first.segments) <= 60
    middle = Stretch(at - 100.0, 276, window=7, seen=first.seen)
    late = small_pool.extract(str(path), [SPEC], None, middle).result(60)
    assert late.rest == pytest.approx(at + 200.0)
    sounding = [
        each for each in late.segments if (each.end or 0) > at and (each.start or 0) < at + 20
    ]
    assert len(sounding) >= 4


def test_a_hole_of_a_terabyte_ends_after_two_days(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", tone(200, 5, rate=1000), 1000, says=0xFFFFFFFF)
    os.truncate(path, 1 << 40)
    first = read(path)
    assert first.rest is not None
    late = Stretch(48 * 3600 - 300.0, 575, window=9, seen=first.seen)
    found = AudioHandler().extract(str(path), [SPEC], None, 64, LIMITS, late)
    assert found.rest is None
    assert found.probe.duration == 48 * 3600
    assert str(found.probe.facts["read until"]).startswith("48:00:00 of the")


@pytest.mark.parametrize("says", [0, 3, 48_000, 10_000_000, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF])
def test_a_wrong_length_in_the_header_gives_what_is_there(tmp_path: Path, says: int) -> None:
    path = write_wav(tmp_path / "a.wav", tone(440, 3), says=says)
    found = read(path)
    whole = 3.0 if says > 3 * 96_000 or says == 0 else says / 96_000
    assert found.probe.duration == pytest.approx(whole, abs=0.02)
    if whole > 0.1:
        assert pitch_of(found.inputs[SPEC][0, : int(whole * 48_000)]) == pytest.approx(440, abs=3)


def test_a_length_in_flac_that_is_wrong_is_put_right(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.flac", noise(3))
    data = bytearray(path.read_bytes())
    data[21] = data[21] & 0xF0 | 0x0F  # of the 36 bits that count samples, the highest
    path.write_bytes(data)
    found = read(path)
    assert found.rest is None
    assert found.probe.duration == pytest.approx(3, abs=0.1)


def test_a_cover_of_200_mb_is_told_of_or_seen_within_limits(
    tmp_path: Path, small_pool: DecodePool
) -> None:
    music = write_sound(tmp_path / "plain.mp3", tone(440, 3)).read_bytes()
    size = 200 << 20
    head = b"\0image/jpeg\0\3\0" + jpeg()
    path = tmp_path / "a.mp3"
    whole = bytes(10 + 10)  # of the tag, and of its one frame
    tag = id3(("APIC", head))[:20]
    assert len(tag) == len(whole)
    length = bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
    longer = bytes(size + 10 >> shift & 0x7F for shift in (21, 14, 7, 0))
    with path.open("wb") as file:
        file.write(tag[:6] + longer + b"APIC" + length + b"\0\0" + head)
        file.seek(20 + size)
        file.write(music[music.index(b"\xff\xfb") :])
    found = small_pool.extract(str(path), [SPEC], tmp_path / "a.webp", Stretch()).result(60)
    assert found.probe.duration == pytest.approx(3, abs=0.1)
    assert len(found.segments) == 1


def test_a_cover_that_unfolds_costs_no_more_than_a_picture_may(
    tmp_path: Path, small_pool: DecodePool
) -> None:
    picture = png(30_000, 30_000, rows=bytes(30_000 * 3_751))
    music = write_sound(tmp_path / "plain.mp3", tone(440, 1)).read_bytes()
    (tmp_path / "a.mp3").write_bytes(id3(id3_cover(picture, "image/png")) + music)
    found = small_pool.extract(str(tmp_path / "a.mp3"), [SPEC], tmp_path / "a.webp", None).result(
        60
    )
    assert len(found.segments) == 1
    assert not (tmp_path / "a.webp").exists()


def test_tags_in_broken_letters_become_words(tmp_path: Path) -> None:
    title, artist = "Шум дождя".encode("cp1251"), b"\xff\xfe\x80 \x1b[2J"
    found = read(write_wav(tmp_path / "a.wav", noise(1), after=[info(INAM=title, IART=artist)]))
    assert found.probe.facts["title"] == "Шум дождя"
    for text in (*found.probe.facts.values(), *(each.text for each in found.passages)):
        assert "".join(str(text).split("\n")).isprintable()
        str(text).encode("utf-8")


@pytest.mark.parametrize(("kind", "ending"), [("drms", "m4p"), ("enca", "m4a"), ("aavd", "aax")])
def test_what_was_bought_and_may_not_be_copied_says_so(
    tmp_path: Path, kind: str, ending: str
) -> None:
    path = write_sound(tmp_path / "a.m4a", tone(440, 2)).rename(tmp_path / f"a.{ending}")
    assert kind_of(str(path)) is Kind.AUDIO
    scheme = atom(b"sinf", atom(b"frma", b"mp4a") + atom(b"schm", bytes(4) + b"itun" + bytes(4)))

    def locked(table: bytes) -> bytes:
        entry = table[8 + 8 :] + scheme
        return table[:8] + atom(kind.encode(), entry)

    path.write_bytes(within(path.read_bytes(), "moov/trak/mdia/minf/stbl/stsd", locked))
    with pytest.raises(BadInput, match="protected against copying"):
        read(path)


def test_the_older_files_of_audible_say_so(tmp_path: Path) -> None:
    path = tmp_path / "a.aa"
    path.write_bytes(struct.pack(">IIII", 4000, 0x57907536, 12, 0) + bytes(4000))
    with pytest.raises(BadInput, match="protected against copying"):
        read(path)


def test_windows_media_under_protection_says_so(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.wma", tone(440, 2))
    data = path.read_bytes()
    guid = bytes.fromhex("fbb31122230dd211b4b700a0c955fc6e")  # content encryption
    fields = b"".join(
        struct.pack("<I", len(each)) + each
        for each in (b"x" * 16, b"DRM\0", b"key\0", b"http://127.0.0.1/\0")
    )
    record = guid + struct.pack("<Q", 24 + len(fields)) + fields
    head = int.from_bytes(data[16:24], "little")
    count = int.from_bytes(data[24:28], "little")
    header = data[:16] + struct.pack("<QI", head + len(record), count + 1) + data[28:30]
    path.write_bytes(header + record + data[30:])
    with pytest.raises(BadInput, match="protected against copying"):
        read(path)


@pytest.mark.parametrize(
    "ending",
    [".wav", ".flac", ".mp3", ".ogg", ".opus", ".aif", ".wma", ".mka", ".wv", ".aac", ".caf"],
)
def test_a_sound_that_is_cut_off_gives_what_is_there(tmp_path: Path, ending: str) -> None:
    path = write_sound(tmp_path / f"a{ending}", tone(440, 10))
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 6 // 10])
    found = read(path)
    assert found.rest is None
    assert 4 < (found.probe.duration or 0) < 7
    assert len(found.segments) == 1
    assert pitch_of(found.inputs[SPEC][0, : 4 * 48_000]) == pytest.approx(440, abs=1)


def test_an_m4a_whose_index_is_missing_says_that_it_is_cut_off(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.m4a", noise(10))
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(BadInput, match="cut off"):
        read(path)


@pytest.mark.parametrize("ending", [".flac", ".mp3", ".ogg", ".aac", ".ac3"])
def test_damage_in_the_middle_is_passed_over(tmp_path: Path, ending: str) -> None:
    path = write_sound(tmp_path / f"a{ending}", tone(440, 10))
    data = bytearray(path.read_bytes())
    middle = range(len(data) * 45 // 100, len(data) * 55 // 100)
    dice = random.Random(1)
    for place in middle:
        data[place] = dice.randrange(256)
    path.write_bytes(data)
    found = read(path)
    assert 8 < (found.probe.duration or 0) < 11
    assert pitch_of(found.inputs[SPEC][0, : 3 * 48_000]) == pytest.approx(440, abs=1)


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.mp3", b"", "The file is empty"),
        ("a.mp3", b"#EXTM3U\n#EXTINF:1,\nother.mp3\n", "list of other files"),
        ("a.wav", b"ffconcat version 1.0\nfile 'other.wav'\n", "list of other files"),
        ("a.ogg", b"[playlist]\nFile1=http://127.0.0.1/x\n", "list of other files"),
        ("a.flac", b"\x89PNG\r\n\x1a\n" + bytes(100), "picture"),
        ("a.mp3", b"\xff\xd8\xff\xe0" + bytes(100), "picture"),
        ("a.wav", b"%PDF-1.7\n" + bytes(900), "not a sound"),
        ("a.mp3", b"All work and no play\n" * 90, "not a sound"),
        ("a.wav", b"RIFF\x10\0\0\0WAVE", "sound"),
        ("a.aif", b"FORM\0\0\0\4AIFF", "sound"),
        ("a.flac", b"fLaC\x80\0\0\x22" + bytes(34), "sound"),
        ("a.opus", b"OggS" + bytes(200), "sound"),
    ],
)
def test_what_is_no_sound_says_what_it_is(tmp_path: Path, name: str, data: bytes, why: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(BadInput, match=why):
        read(path)


def test_a_film_under_the_name_of_a_sound_is_a_film(tmp_path: Path) -> None:
    film = make_film(tmp_path / "a.mp4", [Scene("green", 1)], size=(64, 48), rate=10)
    silent = tmp_path / "a.mp3"
    silent.write_bytes(film.path.read_bytes())
    with pytest.raises(OtherKind):
        AudioHandler().extract(str(silent), [SPEC], None, 64, LIMITS, Stretch())


def test_a_sound_under_the_name_of_another_is_what_it_is(tmp_path: Path) -> None:
    for made, named in ((".flac", ".wav"), (".wav", ".mp3"), (".ogg", ".flac"), (".mp3", ".ogg")):
        path = write_sound(tmp_path / f"a{made}", tone(440, 2))
        path = path.rename(tmp_path / f"b{named}")
        assert len(read(path).segments) == 1


def test_ten_hours_without_a_packet_end_a_sound_or_are_silent(tmp_path: Path) -> None:
    source = write_sound(tmp_path / "plain.mka", tone(440, 4))
    path = tmp_path / "a.mka"
    with av.open(str(source)) as container, av.open(str(path), "w", format="matroska") as target:
        stream = target.add_stream_from_template(container.streams.audio[0])
        for packet in container.demux(audio=0):
            if packet.pts is None:
                continue
            if packet.pts * packet.time_base >= 2:
                packet.pts += round(36_000 / packet.time_base)
                packet.dts = packet.pts
            packet.stream = stream
            target.mux(packet)
    found = read(path)
    assert len(found.segments) == 1
    assert found.segments[0].start == 0
    assert found.rest is None or found.rest <= 300
