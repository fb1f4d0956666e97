"""What is seen and heard along a file, by which its copies are told."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from assetman.core.timelines import LEAD, Timeline
from assetman.media.audio import AudioHandler
from assetman.media.handler import Limits, MediaHandler, Stretch
from assetman.media.sound_print import SoundPrint
from assetman.media.video import VideoHandler
from kit.films import Scene, make_film
from kit.reels import reel
from kit.sounds import noise, tone, write_sound

RATE = 8000


def read(handler: MediaHandler, path: Path) -> list[Timeline]:
    """Read a file a stretch at a time, and give the timeline of each."""
    pieces, stretch = [], Stretch()
    while True:
        made = handler.extract(str(path), (), None, 64, Limits(), stretch)
        pieces.append(made.timeline)
        if made.rest is None:
            return pieces
        stretch = Stretch(made.rest, stretch.number + 1, seen=made.seen)


def joined(pieces: list[Timeline]) -> Timeline:
    return sum(pieces[1:], pieces[0])


def test_what_is_heard_in_stretches_is_what_is_heard_at_once(tmp_path: Path) -> None:
    samples = noise(320, rate=RATE) * np.linspace(0.2, 1, 320 * RATE, dtype=np.float32)
    pieces = read(AudioHandler(), write_sound(tmp_path / "long.wav", samples, RATE))
    assert len(pieces) == 2
    whole = SoundPrint(RATE, 0)
    for second in np.split(samples, 320):
        whole.put(second)
    whole.close(len(samples))
    expected = whole.levels(0.0, 320.0, over=True)
    assert joined(pieces).levels == pytest.approx(expected, abs=3)


def test_a_long_timeline_is_kept_at_half_as_many_rows() -> None:
    levels = np.arange(3000 * 16, dtype=np.uint32).astype(np.uint8).tobytes()
    long = Timeline(heard=levels)
    assert (long.thinned.levels == long.levels[::2]).all()
    assert long.thinned.step == 2 * long.step
    short = Timeline(heard=levels[:1600])
    assert short.thinned is short


def test_a_moment_lies_where_it_is_heard(tmp_path: Path) -> None:
    samples = np.concatenate([np.zeros(3 * RATE, np.float32), tone(440, 1, rate=RATE)])
    (timeline,) = read(AudioHandler(), write_sound(tmp_path / "late.wav", samples, RATE))
    loud = np.flatnonzero(timeline.levels.max(axis=1) > 150)
    middle = float(loud.mean()) * timeline.step - LEAD
    assert middle == pytest.approx(3.5, abs=0.1)


def test_the_frames_of_a_film_follow_each_other_over_its_stretches(tmp_path: Path) -> None:
    film = reel(tmp_path / "reel.mp4")
    pieces = read(VideoHandler(), film.path)
    assert len(pieces) > 1
    times = joined(pieces).looks["time"]
    assert (np.diff(times) > 0).all()
    assert np.diff(times).max() <= 2.1
    assert times[0] == 0
    assert times[-1] > film.duration - 2.5


def test_bars_around_a_picture_are_left_out(tmp_path: Path) -> None:
    plain = reel(tmp_path / "plain.mp4", scenes=6)
    with av.open(str(plain.path)) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    bars = [np.pad(frame, ((24, 24), (0, 0), (0, 0))) for frame in frames]
    make_film(tmp_path / "boxed.mp4", [Scene(each, 0.2) for each in bars], size=(144, 144), rate=5)
    one, other = (joined(read(VideoHandler(), tmp_path / f"{n}.mp4")) for n in ("plain", "boxed"))
    assert one.bars == 0
    assert other.bars == pytest.approx(1 / 3, abs=0.05)
    both = np.intersect1d(one.looks["time"], other.looks["time"])
    assert len(both) >= 6
    for time in both:
        grids = [
            each.looks["grid"][each.looks["time"] == time][0].astype(int) for each in (one, other)
        ]
        assert np.corrcoef(grids)[0, 1] > 0.97
