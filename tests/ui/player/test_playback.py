from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from assetman.ui.jobs import finish
from assetman.ui.player.deck import ASLEEP, GONE, UNKNOWN
from assetman.ui.player.playback import Playback
from tests.kit.films import Scene, make_film
from tests.ui.player.conftest import LENGTH, RATE, Heard, colour_of, is_held

FRAME = 1 / RATE


@pytest.fixture
def playback(qtbot: QtBot) -> Iterator[Playback]:
    owner = QObject()
    made = Playback(owner)
    yield made
    made.close()
    assert finish(5000)
    shiboken6.delete(owner)


class Seen:
    """What a playback has shown, and what it said."""

    def __init__(self, playback: Playback) -> None:
        self.frames = Heard(playback.frame_shown)
        self.moved = Heard(playback.moved)
        self.failed = Heard(playback.failed)

    @property
    def colour(self) -> str:
        image = self.frames.said[-1][0]
        assert isinstance(image, QImage)
        return colour_of(image)


def stand(qtbot: QtBot, playback: Playback, path: Path, start: float) -> Seen:
    """Open a file, paused, and wait for its frame."""
    seen = Seen(playback)
    playback.open(str(path), start, play=False)
    qtbot.waitUntil(lambda: len(seen.frames) > 0 or len(seen.failed) > 0)
    return seen


def test_a_file_opens_paused_at_the_frame_of_a_time(
    qtbot: QtBot, playback: Playback, film: Path
) -> None:
    seen = stand(qtbot, playback, film, 1.5)
    assert playback.frame == pytest.approx((1.48, 1.52), abs=0.002)
    assert seen.colour == "green"
    assert not playback.playing
    assert [moved for (moved,) in seen.moved.said] == pytest.approx([1.48], abs=0.002)


def test_it_steps_by_frames_both_ways_over_a_cut(
    qtbot: QtBot, playback: Playback, film: Path
) -> None:
    seen = stand(qtbot, playback, film, 1.16)
    assert seen.colour == "red"
    places, colours = [], []
    for step in (1, 1, -1, -1, -1):
        before = len(seen.frames)
        playback.step(step)
        qtbot.waitUntil(lambda before=before: len(seen.frames) > before)
        places.append(round(playback.frame[0] * RATE))
        colours.append(seen.colour)
    assert places == [30, 31, 30, 29, 28]
    assert colours == ["green", "green", "green", "red", "red"]


def test_it_plays_to_the_end_and_from_the_beginning_again(
    qtbot: QtBot, playback: Playback, film: Path
) -> None:
    seen = stand(qtbot, playback, film, LENGTH - 0.3)
    playing = Heard(playback.playing_changed)
    playback.play()
    qtbot.waitUntil(lambda: [on for (on,) in playing.said] == [True, False])
    assert playback.frame[1] == pytest.approx(LENGTH, abs=0.05)
    playback.play()
    qtbot.waitUntil(lambda: playback.frame[0] < 1)
    playback.pause()
    assert not seen.failed.said


def test_a_loop_never_shows_what_lies_outside_it(
    qtbot: QtBot, playback: Playback, film: Path
) -> None:
    seen = stand(qtbot, playback, film, 0.4)
    playback.loop = (0.4, 0.72)
    playback.play()

    def times() -> list[float]:
        return [float(str(at)) for (at,) in seen.moved.said]

    def returns() -> int:
        places = times()
        return sum(after < before for before, after in itertools.pairwise(places))

    qtbot.waitUntil(lambda: returns() >= 3, timeout=8000)
    playback.pause()
    assert max(times()) < 0.72
    assert min(times()) > 0.4 - 1.5 * FRAME


def test_it_plays_backwards_and_stops_at_the_beginning(
    qtbot: QtBot, playback: Playback, film: Path
) -> None:
    seen = stand(qtbot, playback, film, 1.4)
    playback.set_rate(-4)
    playback.play_back()
    assert playback.playing
    qtbot.waitUntil(lambda: not playback.playing)
    qtbot.waitUntil(lambda: playback.frame[0] == 0)
    times = [float(str(at)) for (at,) in seen.moved.said]
    assert times == sorted(times, reverse=True)


def test_the_file_is_let_go_of_at_once(qtbot: QtBot, playback: Playback, film: Path) -> None:
    stand(qtbot, playback, film, 0.0)
    playback.play()
    assert is_held(film)
    playback.close()
    assert not is_held(film)
    assert not playback.playing


def test_a_file_that_is_left_before_it_is_open_stays_closed(
    qtbot: QtBot, playback: Playback, film: Path
) -> None:
    seen = Seen(playback)
    playback.open(str(film), 0.0, play=True)
    playback.close()
    assert finish(5000)
    QApplication.processEvents()  # what the thread has to say is heard
    assert not is_held(film)
    assert not seen.failed.said


def test_many_seeks_in_a_row_end_at_the_last(qtbot: QtBot, playback: Playback, film: Path) -> None:
    seen = stand(qtbot, playback, film, 0.0)
    for step in range(60):
        playback.seek(step * 0.05)
    playback.seek(3.0)
    qtbot.waitUntil(lambda: playback.frame[0] == pytest.approx(3.0, abs=0.002))
    qtbot.waitUntil(lambda: seen.colour == "blue")
    assert len(seen.moved) < 30  # those there was time for


def test_a_file_that_is_gone_is_told_in_a_sentence(
    qtbot: QtBot, playback: Playback, tmp_path: Path
) -> None:
    seen = stand(qtbot, playback, tmp_path / "gone.mp4", 0.0)
    assert seen.failed.said == [(GONE,)]
    assert not playback.is_open


def test_a_folder_in_place_of_the_file_is_told_too(
    qtbot: QtBot, playback: Playback, tmp_path: Path
) -> None:
    seen = stand(qtbot, playback, tmp_path, 0.0)
    assert seen.failed.said == [(ASLEEP.format("Is a directory"),)]


@pytest.mark.qt_log_ignore("Could not open media", extend=True)
def test_a_file_that_is_no_video_is_told_in_a_sentence(
    qtbot: QtBot, playback: Playback, tmp_path: Path
) -> None:
    path = tmp_path / "words.mp4"
    path.write_bytes(b"nothing of the kind" * 50)
    seen = stand(qtbot, playback, path, 0.0)
    assert seen.failed.said == [(UNKNOWN,)]
    assert not is_held(path)


@pytest.mark.parametrize("words", ["#EXTM3U\n#EXTINF:3,\n{0}\n", "ffconcat version 1.0\nfile {0}"])
def test_a_list_under_the_name_of_a_film_opens_no_other_file(
    qtbot: QtBot, playback: Playback, film: Path, tmp_path: Path, words: str
) -> None:
    path = tmp_path / "list.mp4"
    path.write_text(words.format(film.as_uri()))
    seen = stand(qtbot, playback, path, 0.0)
    assert seen.failed.said == [(UNKNOWN,)]


def test_a_codec_that_is_not_there_is_told_in_a_sentence(
    qtbot: QtBot, playback: Playback, tmp_path: Path
) -> None:
    path = tmp_path / "new.mp4"
    make_film(path, [Scene("red", 0.2)], codec="av1", size=(64, 64))
    seen = stand(qtbot, playback, path, 0.0)
    if seen.frames.said:
        pytest.skip("this machine decodes AV1 in hardware")
    assert seen.failed.said == [(UNKNOWN,)]


def test_without_qtmultimedia_it_says_so_and_nothing_breaks(
    qtbot: QtBot, playback: Playback, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "PySide6.QtMultimedia", None)
    seen = stand(qtbot, playback, film, 0.0)
    ((sentence,),) = seen.failed.said
    assert str(sentence).startswith("Videos cannot be played here: a part of the system is missing")
    assert not is_held(film)


def test_the_window_starts_without_qtmultimedia() -> None:
    code = "import sys, assetman.ui.app; print([m for m in sys.modules if 'Multimedia' in m])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
