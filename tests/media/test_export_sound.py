"""Parts of sounds saved as WAV, through real decode processes."""

from __future__ import annotations

import io
import struct
import wave
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from assetman.core.errors import BadInput, Cancelled, WrongUse
from assetman.core.exports import ExportForm
from assetman.media.clip import SoundPart
from assetman.media.export import Clip
from assetman.media.export_sound import write_sound
from assetman.media.handler import Limits
from assetman.media.wav import WavForm
from assetman.media.workers import DecodePool
from tests.kit.films import Scene, make_film
from tests.kit.sounds import channels, joined, noise, silence, tone, write_wav
from tests.kit.sounds import write_sound as make_sound

RATE = 48_000


@pytest.fixture(scope="module")
def pool() -> Iterator[DecodePool]:
    made = DecodePool(1, Limits(), 512)
    yield made
    made.close()


def save(pool: DecodePool, source: Path, start: float, end: float, target: Path) -> list[float]:
    """Save a part; gives the shares of the work that were told."""
    told: list[float] = []

    def read(path: str, first: float, last: float, made: Path) -> SoundPart:
        return pool.sound(path, first, last, made).result()

    clip = Clip(str(source), start, end, target, ExportForm.SOUND)
    write_sound(clip, read, told.append)
    return told


def heard(path: Path) -> np.ndarray:
    """Give all samples of a file, (channels, n) float32."""
    with av.open(str(path)) as container:
        frames = list(container.decode(audio=0))
        packed = av.AudioResampler("flt", frames[0].layout, frames[0].sample_rate)
        blocks = [
            made.to_ndarray().reshape(-1, len(made.layout.channels)).T
            for frame in [*frames, None]
            for made in packed.resample(frame)
        ]
    return np.concatenate(blocks, axis=1)


@pytest.mark.parametrize("form", ["s16", "s24", "f32"])
def test_a_part_of_a_wav_is_saved_to_the_sample_and_to_the_bit(
    pool: DecodePool, tmp_path: Path, form: str
) -> None:
    samples = channels(noise(4, 0.2, seed=1), noise(4, 0.2, seed=2))
    source = write_wav(tmp_path / "noise.wav", samples, RATE, form)
    save(pool, source, 1.25, 2.5, tmp_path / "part.wav")
    whole, part = heard(source), heard(tmp_path / "part.wav")
    assert np.array_equal(part, whole[:, 60_000:120_000])


def test_the_least_player_reads_it(pool: DecodePool, tmp_path: Path) -> None:
    source = write_wav(tmp_path / "tone.wav", tone(440, 2, rate=44_100), 44_100)
    save(pool, source, 0.5, 1.0, tmp_path / "part.wav")
    with wave.open(str(tmp_path / "part.wav")) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (1, 44_100, 2)
        assert file.getnframes() == 22_050


@pytest.mark.parametrize("ending", [".mp3", ".ogg", ".flac", ".m4a"])
def test_what_is_marked_of_a_coded_sound_is_what_is_saved(
    pool: DecodePool, tmp_path: Path, ending: str
) -> None:
    sound = joined(tone(440, 2), tone(880, 1), silence(1))
    source = make_sound(tmp_path / f"tones{ending}", sound)
    save(pool, source, 2.1, 2.9, tmp_path / "part.wav")
    part = heard(tmp_path / "part.wav")[0]
    assert len(part) == round(0.8 * RATE)
    spectrum = np.abs(np.fft.rfft(part))
    assert np.argmax(spectrum) / 0.8 == pytest.approx(880, abs=3)


def test_the_sound_of_a_film_is_counted_from_where_its_pictures_begin(
    pool: DecodePool, tmp_path: Path
) -> None:
    sound = joined(silence(1), tone(700, 1), silence(1))
    made = make_film(tmp_path / "film.mp4", [Scene("red", 3.0)], size=(64, 48), sound=sound)
    del made
    save(pool, tmp_path / "film.mp4", 1.0, 2.0, tmp_path / "part.wav")
    part = heard(tmp_path / "part.wav")[0]
    assert np.sqrt((part[2400:-2400] ** 2).mean()) == pytest.approx(0.3 / 2**0.5, rel=0.05)


def test_a_long_part_is_read_in_steps_that_meet_without_a_seam(
    pool: DecodePool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assetman.media.export_sound.STEP", 1.0)
    source = write_wav(tmp_path / "noise.wav", noise(6, 0.2, rate=44_100), 44_100)
    told = save(pool, source, 0.3, 5.7, tmp_path / "part.wav")
    assert np.array_equal(
        heard(tmp_path / "part.wav"), heard(source)[:, round(0.3 * 44_100) : round(5.7 * 44_100)]
    )
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len(told) > 3


def test_a_part_beyond_the_end_is_as_long_as_there_is_sound(
    pool: DecodePool, tmp_path: Path
) -> None:
    source = write_wav(tmp_path / "tone.wav", tone(440, 2))
    save(pool, source, 1.5, 9.0, tmp_path / "part.wav")
    assert heard(tmp_path / "part.wav").shape == (1, RATE // 2)


def test_where_nothing_is_heard_nothing_is_left_behind(pool: DecodePool, tmp_path: Path) -> None:
    source = write_wav(tmp_path / "tone.wav", tone(440, 1))
    with pytest.raises(BadInput, match="nothing to hear"):
        save(pool, source, 5.0, 6.0, tmp_path / "part.wav")
    silent = make_film(tmp_path / "silent.mp4", [Scene("red", 1.0)], size=(64, 48))
    del silent
    with pytest.raises(BadInput, match="no sound"):
        save(pool, tmp_path / "silent.mp4", 0.0, 1.0, tmp_path / "part.wav")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["silent.mp4", "tone.wav"]


def test_a_file_that_is_there_is_not_replaced(pool: DecodePool, tmp_path: Path) -> None:
    source = write_wav(tmp_path / "tone.wav", tone(440, 1))
    (tmp_path / "part.wav").write_bytes(b"mine")
    with pytest.raises(WrongUse):
        save(pool, source, 0.0, 1.0, tmp_path / "part.wav")
    assert (tmp_path / "part.wav").read_bytes() == b"mine"


def test_what_is_called_off_leaves_nothing(tmp_path: Path) -> None:
    def read(path: str, first: float, last: float, made: Path) -> SoundPart:
        raise Cancelled("stopped")

    clip = Clip("gone.wav", 0.0, 1.0, tmp_path / "part.wav", ExportForm.SOUND)
    with pytest.raises(Cancelled):
        write_sound(clip, read, lambda _: None)
    assert not list(tmp_path.iterdir())


def test_many_channels_are_kept(pool: DecodePool, tmp_path: Path) -> None:
    levels = [0.1 * (n + 1) for n in range(6)]
    source = write_wav(tmp_path / "six.wav", channels(*(tone(300, 2, level) for level in levels)))
    save(pool, source, 0.5, 1.5, tmp_path / "part.wav")
    part = heard(tmp_path / "part.wav")
    assert part.shape == (6, RATE)
    assert np.abs(part).max(axis=1) == pytest.approx(levels, abs=0.01)


def test_a_head_says_sizes_beyond_four_gigabytes() -> None:
    form = WavForm(192_000, 2, 24)
    small, large = form.head(1000), form.head(5 << 30)
    assert len(small) == len(large)
    assert small[:4] == b"RIFF"
    assert large[:4] == b"RF64"
    assert large[12:16] == b"ds64"
    assert struct.unpack("<QQ", large[20:36]) == (len(large) - 8 + (5 << 30), 5 << 30)
    with wave.open(io.BytesIO(small + bytes(1002))) as file:
        assert file.getsampwidth() == 3
