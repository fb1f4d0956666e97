"""Sounds that are odd or broken, met with the commands as they are: found, or told of in a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from kit.sounds import channels, info, silence, tone, write_sound, write_wav
from kit.terminal import Run

pytestmark = pytest.mark.timeout(200)


def test_odd_sounds_are_found_and_broken_ones_are_named(assetman: Run, tmp_path: Path) -> None:
    folder = tmp_path / "sounds"
    hum = tone(200, 2)
    not_numbers = hum.astype(np.float64)
    not_numbers[5000:5100] = np.nan
    odd = {
        "silent.wav": silence(3),
        "constant.wav": np.full(48_000, 0.4, np.float32),
        "clipped.wav": np.clip(hum * 30, -1, 1),
        "one sample.wav": hum[1:2],
        "of 32 channels.wav": channels(hum, *[silence(2)] * 31),
    }
    for name, samples in odd.items():
        write_wav(folder / name, samples)
    write_wav(folder / "not numbers.wav", not_numbers, form="f32")
    write_wav(folder / "says more.wav", hum, says=0xFFFFFFFF)
    write_wav(folder / "DOORWood_Slam_JD_X.wav", hum, after=[info(INAM="Дверь".encode("cp1251"))])
    for rate in (8_000, 192_000):
        write_wav(folder / f"at {rate}.wav", tone(200, 2, rate=rate), rate)
    locked = write_sound(folder / "bought.m4a", hum).rename(folder / "bought.m4p")
    locked.write_bytes(locked.read_bytes().replace(b"mp4a", b"drms", 1))
    (folder / "words.mp3").write_bytes(b"no sound at all, but words\n" * 40)
    (folder / "nothing.flac").touch()
    why = {
        "bought.m4p": "The sound is protected against copying and cannot be read",
        "words.mp3": "This is not a sound Assetman can read",
        "nothing.flac": "The file is empty",
    }
    added = assetman("add", str(folder), "--model", "tones", "--json")
    assert added.status == 1
    told = [line for line in added.err.splitlines() if not line.startswith("assetman: Indexing:")]
    assert sorted(told) == sorted(
        f"assetman: {folder / name}: {reason}" for name, reason in why.items()
    )
    asked = assetman("search", "-", "--json", typed="hum\ndoors\nдверь\n")
    answers = [json.loads(line)["hits"] for line in asked.lines]
    names = [[Path(hit["path"]).name for hit in hits] for hits in answers]
    heard = {"clipped.wav", "of 32 channels.wav", "not numbers.wav", "says more.wav"}
    assert heard | {"at 8000.wav", "at 192000.wav", "DOORWood_Slam_JD_X.wav"} <= set(names[0])
    assert "silent.wav" not in names[0]
    assert [each[0] for each in names[1:]] == ["DOORWood_Slam_JD_X.wav"] * 2


def test_silence_is_not_said_to_wait_for_the_index(assetman: Run, tmp_path: Path) -> None:
    write_wav(tmp_path / "sounds" / "hum.wav", tone(200, 2))
    write_wav(tmp_path / "sounds" / "silent.wav", silence(3))
    assert assetman("add", str(tmp_path / "sounds"), "--model", "tones").status == 0
    asked = assetman("search", "hum")
    assert "hum.wav" in asked.out
    assert "not indexed yet" not in asked.err
