"""What is heard in a film stands beside what is seen in it."""

from __future__ import annotations

import math
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from assetman.core.assets import SegmentDraft, SegmentKind
from assetman.core.inputs import Excerpt, Fit, InputSpec, SoundSpec, Spec
from assetman.media import sound_windows
from assetman.media.handler import Extraction, Limits, Stretch
from assetman.media.video import VideoHandler
from tests.kit.films import Film, Scene, make_film
from tests.kit.sounds import clicks, joined, noise, silence, tone, write_wav

SEEN, HEARD = InputSpec(16, Fit.SQUASH), SoundSpec(16_000)
LIMITS = Limits()


def of_kind(found: Extraction, kind: SegmentKind) -> list[SegmentDraft]:
    return [each for each in found.segments if each.kind is kind]


def stretches(path: Path, specs: Sequence[Spec] = (SEEN, HEARD)) -> Iterator[Extraction]:
    """Read a whole film as the pipeline does."""
    stretch = Stretch()
    while True:
        found = VideoHandler().extract(str(path), specs, None, 64, LIMITS, stretch)
        shots, windows = (of_kind(found, kind) for kind in (SegmentKind.SHOT, SegmentKind.WINDOW))
        for spec, drafts in ((SEEN, shots), (HEARD, windows)):
            assert spec not in specs or len(found.inputs[spec]) == len(drafts)
        yield found
        if found.rest is None:
            return
        assert found.rest > stretch.start
        stretch = Stretch(
            found.rest,
            stretch.number + 1,
            stretch.ordinal + len(shots),
            window=stretch.window + len(windows),
            seen=found.seen,
        )


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Film:
    """Three scenes of 12 s; something rings at 17.3 s and at 31 s."""
    scenes = [Scene("red", 12), Scene("blue", 12), Scene("green", 12)]
    sound = clicks([17.3, 31.0], 36) + noise(36, 0.002)
    path = tmp_path_factory.mktemp("film") / "a.mp4"
    return make_film(path, scenes, size=(96, 54), rate=10, sound=sound)


def test_windows_stand_beside_shots(film: Film) -> None:
    (found,) = stretches(film.path)
    assert len(of_kind(found, SegmentKind.SHOT)) == 3
    windows = of_kind(found, SegmentKind.WINDOW)
    assert [each.start for each in windows] == [0, 5, 10, 15, 20, 25, 30]
    assert [each.ordinal for each in windows] == list(range(7))
    assert windows[-1].end == pytest.approx(36, abs=0.1)
    assert all(each.look is None and each.sheet is None for each in windows)
    assert found.inputs[HEARD].shape == (7, HEARD.length)
    sound = found.probe.sound
    assert sound is not None
    assert (sound.rate, sound.channels) == (48_000, 1)
    assert sound.loudness is not None


@pytest.mark.parametrize("ending", ["mp4", "mkv", "avi", "mpg", "ts"])
def test_a_sound_is_heard_at_its_second_in_every_container(tmp_path: Path, ending: str) -> None:
    sound = clicks([8.4], 14) + noise(14, 0.002)
    codec = {"mpg": "mpeg2", "avi": "mpeg4"}.get(ending, "h264")
    scenes = [Scene("red", 7), Scene("blue", 7)]
    made = make_film(
        tmp_path / f"a.{ending}", scenes, size=(96, 54), rate=25, sound=sound, codec=codec
    )
    (found,) = stretches(made.path)
    windows = of_kind(found, SegmentKind.WINDOW)
    assert [each.at for each in windows] == pytest.approx([8.4, 8.4], abs=0.25)
    ring = np.argmax(np.abs(found.inputs[HEARD][1])) / HEARD.rate + 5
    assert ring == pytest.approx(8.4, abs=0.06)


def test_the_same_windows_are_found_whatever_is_asked(film: Film) -> None:
    (asked,), (bare,) = stretches(film.path), stretches(film.path, ())
    assert bare.segments == asked.segments
    assert bare.inputs == {}


def test_a_long_take_is_heard_on_when_its_picture_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sound_windows, "MOST_WINDOWS", 6)
    sound = joined(*(noise(6, 0.02 * (1 + n % 4), n) for n in range(7)))
    path = tmp_path / "take.mkv"
    make_film(path, [Scene("red", 42)], size=(64, 36), rate=1, sound=sound, gop=1000)
    read = list(stretches(path))
    assert [found.rest for found in read] == [30, None]
    shots = [each for found in read for each in of_kind(found, SegmentKind.SHOT)]
    windows = [each for found in read for each in of_kind(found, SegmentKind.WINDOW)]
    assert len(shots) == 1
    assert [each.start for each in windows] == [5.0 * n for n in range(8)]
    assert [each.ordinal for each in windows] == list(range(8))
    samples = np.concatenate([found.inputs[HEARD] for found in read])
    half = HEARD.length // 2
    assert np.abs(samples[5, half:] - samples[6, :half]).max() < 0.02
    assert read[0].probe.duration == pytest.approx(42, abs=1.5)
    assert read[0].probe.sound is not None
    assert read[0].probe.sound.loudness is None
    assert read[-1].probe.sound is not None
    assert read[-1].probe.sound.loudness == pytest.approx(-25, abs=2)


def test_sound_goes_on_behind_the_last_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sound_windows, "MOST_WINDOWS", 6)
    film = make_film(tmp_path / "short.mp4", [Scene("red", 3)], size=(64, 36)).path
    sound = write_wav(tmp_path / "long.wav", noise(40, 0.05))
    path = tmp_path / "longer.mp4"
    both = ["ffmpeg", "-v", "error", "-i", str(film), "-i", str(sound), "-c:v", "copy", str(path)]
    subprocess.run(both, check=True)
    read = list(stretches(path))
    windows = [each for found in read for each in of_kind(found, SegmentKind.WINDOW)]
    assert len(windows) == 7
    assert windows[-1].end == pytest.approx(40, abs=0.1)
    assert read[-1].probe.duration == pytest.approx(40, abs=1.0)


def test_a_film_without_sound_has_shots_alone(tmp_path: Path) -> None:
    made = make_film(tmp_path / "mute.mp4", [Scene("red", 3)], size=(96, 54))
    (found,) = stretches(made.path)
    assert [each.kind for each in found.segments] == [SegmentKind.SHOT]
    assert found.inputs[HEARD].shape == (0, HEARD.length)
    assert found.probe.sound is None


def test_a_silent_soundtrack_gives_no_window(tmp_path: Path) -> None:
    made = make_film(tmp_path / "hush.mp4", [Scene("red", 3)], size=(96, 54), sound=silence(3))
    (found,) = stretches(made.path)
    assert [each.kind for each in found.segments] == [SegmentKind.SHOT]
    assert found.probe.sound is not None
    assert found.probe.sound.loudness is None


def test_a_question_hears_and_sees_a_part_of_a_film(film: Film) -> None:
    handler, path = VideoHandler(), str(film.path)
    part = Excerpt(start=16.0, end=19.0)
    both = handler.extract(path, [SEEN, HEARD], None, 64, LIMITS, part)
    (window,) = of_kind(both, SegmentKind.WINDOW)
    assert (window.start, window.end) == (16.0, 19.0)
    assert window.at == pytest.approx(17.3, abs=0.25)
    assert len(both.inputs[SEEN]) == len(of_kind(both, SegmentKind.SHOT)) > 1
    heard = handler.extract(path, [HEARD], None, 64, LIMITS, part)
    assert [each.kind for each in heard.segments] == [SegmentKind.WINDOW]
    assert np.array_equal(heard.inputs[HEARD], both.inputs[HEARD])
    seen = handler.extract(path, [SEEN], None, 64, LIMITS, part)
    assert {each.kind for each in seen.segments} == {SegmentKind.SHOT}
    behind = handler.extract(path, [HEARD], None, 64, LIMITS, Excerpt(start=50.0, end=60.0))
    assert behind.inputs[HEARD].shape == (0, HEARD.length)


def test_sound_that_begins_later_keeps_its_time(tmp_path: Path) -> None:
    late = joined(silence(6), tone(600, 6))
    made = make_film(tmp_path / "late.mp4", [Scene("red", 12)], size=(96, 54), sound=late)
    (found,) = stretches(made.path)
    windows = of_kind(found, SegmentKind.WINDOW)
    assert [(each.start, each.end) for each in windows] == [
        (0, 10),
        (5, pytest.approx(12, abs=0.1)),
    ]
    begins = np.argmax(np.abs(found.inputs[HEARD][0]) > 0.05) / HEARD.rate
    assert begins == pytest.approx(6, abs=0.05)
    assert not math.isnan(begins)
