"""What is heard: one sound at a time, ready before it is wanted, let go of when it is not."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from assetman.core.assets import Asset, AssetState
from assetman.ui.listening.level import gain_of
from assetman.ui.listening.listening import AWAY, Listening
from assetman.ui.player.deck import SOUND
from assetman.ui.player.marks import Marks
from tests.kit.sounds import tone, write_sound
from tests.ui.fake_engine import FakeEngine
from tests.ui.listening.conftest import asset_of, matched
from tests.ui.player.conftest import Heard, is_held


@pytest.fixture
def three(engine: FakeEngine, sounds: list[int]) -> list[Asset]:
    return [asset_of(engine, each) for each in sounds]


def at(listening: Listening, asset: Asset) -> float:
    found = listening.at(asset.id)
    return -1.0 if found is None else found


def test_a_sound_is_heard_from_a_time(
    qtbot: QtBot, listening: Listening, three: list[Asset]
) -> None:
    listening.hear(three[0], 8.0)
    qtbot.waitUntil(lambda: at(listening, three[0]) > 8.2)
    assert at(listening, three[0]) < 12
    assert listening.is_playing(three[0].id)
    assert listening.at(three[1].id) is None


def test_the_next_begins_before_this_one_falls_silent(
    qtbot: QtBot, listening: Listening, three: list[Asset]
) -> None:
    listening.hear(three[0], 1.0)
    listening.prepare([(three[1], 0.5), (three[2], 0.0)])
    qtbot.waitUntil(lambda: at(listening, three[0]) > 1.1)
    waiting = [voice for voice in listening.voices._every if voice.holds(three[1], 0.5)]
    qtbot.waitUntil(lambda: waiting[0].deck.ready)
    first = listening.voices.current
    assert first is not None
    listening.hear(three[1], 0.5)
    assert listening.voices.current is waiting[0]
    assert listening.voices.before is first
    assert first.playing
    qtbot.waitUntil(lambda: listening.voices.before is None)
    assert waiting[0].at > 0.5  # it is heard
    qtbot.waitUntil(lambda: first.idle)
    assert listening.is_playing(three[1].id)


def test_what_is_slow_to_open_does_not_keep_the_sound_before(
    qtbot: QtBot, listening: Listening, three: list[Asset], monkeypatch: pytest.MonkeyPatch
) -> None:
    listening.hear(three[0], 0.0)
    qtbot.waitUntil(lambda: at(listening, three[0]) > 0.1)
    monkeypatch.setattr("assetman.ui.player.deck.Deck.open", lambda *_: None)
    listening.hear(three[1], 0.0)
    assert listening.voices.before is not None
    qtbot.waitUntil(lambda: listening.voices.before is None)


def test_pause_keeps_the_place_and_toggle_goes_on_from_it(
    qtbot: QtBot, listening: Listening, three: list[Asset]
) -> None:
    listening.toggle(three[0], 3.0)
    qtbot.waitUntil(lambda: at(listening, three[0]) > 3.2)
    listening.toggle(three[0], 3.0)
    assert not listening.playing
    stopped = at(listening, three[0])
    listening.toggle(three[0], 3.0)
    qtbot.waitUntil(lambda: at(listening, three[0]) > stopped + 0.1)
    assert at(listening, three[0]) < stopped + 5


def test_silence_is_at_once_and_the_next_selection_is_not_heard(
    qtbot: QtBot, listening: Listening, three: list[Asset]
) -> None:
    listening.hear(three[0], 0.0)
    qtbot.waitUntil(lambda: at(listening, three[0]) > 0.1)
    assert listening.on
    assert listening.silence()
    assert not listening.playing
    assert not listening.on
    assert not listening.silence()


def test_at_its_end_it_stops_and_play_begins_again(
    qtbot: QtBot, listening: Listening, three: list[Asset]
) -> None:
    listening.hear(three[1], 1.7)
    qtbot.waitUntil(lambda: not listening.playing)
    assert listening.place(three[1].id) == pytest.approx(2.0, abs=0.1)
    assert listening.on  # the arrows still audition
    listening.toggle(three[1], 0.4)
    qtbot.waitUntil(lambda: 0.4 < at(listening, three[1]) < 1.5)


def test_a_place_is_gone_to_while_it_plays_and_while_it_does_not(
    qtbot: QtBot, listening: Listening, three: list[Asset]
) -> None:
    listening.go(three[0], 5.0)
    assert listening.place(three[0].id) == 5.0
    listening.toggle(three[0], 0.0)
    qtbot.waitUntil(lambda: at(listening, three[0]) > 5.1)
    listening.go(three[0], 12.0)
    qtbot.waitUntil(lambda: 12.1 < at(listening, three[0]) < 15.0)


def test_what_is_marked_is_played_over_and_over(
    qtbot: QtBot, listening: Listening, three: list[Asset]
) -> None:
    listening.tuning.set_marks(three[0].id, Marks(6.0, 6.4))
    listening.tuning.set_looping(True)
    listening.hear(three[0], 6.0)
    turns: list[float] = []

    def see() -> bool:
        turns.append(at(listening, three[0]))
        falls = [b for a, b in pairwise(turns) if b < a - 0.1]
        return len(falls) >= 3

    qtbot.waitUntil(see, timeout=8000)
    assert min(turns) >= 5.95
    assert max(turns) < 6.8
    listening.tuning.set_looping(False)
    qtbot.waitUntil(lambda: at(listening, three[0]) > 6.9)


def test_a_loop_to_the_very_end_goes_on(
    qtbot: QtBot, listening: Listening, three: list[Asset]
) -> None:
    listening.tuning.set_marks(three[1].id, Marks(1.6, 2.0))
    listening.tuning.set_looping(True)
    listening.hear(three[1], 1.8)
    qtbot.waitUntil(lambda: 1.6 <= at(listening, three[1]) < 1.78)
    assert listening.playing


@pytest.mark.qt_log_ignore("Failed to seek", extend=True)
def test_a_very_short_sound_is_heard_from_wherever_it_can_be(
    qtbot: QtBot, listening: Listening, three: list[Asset], tmp_path: Path
) -> None:
    path = write_sound(tmp_path / "click.flac", tone(440, 0.07))
    short = replace(three[0], id=999, path=str(path), duration=0.07)
    failed, sounded = Heard(listening.failed), Heard(listening.voices.ended)
    for start in (0.0, 0.03, 0.06, 0.5):
        before = len(sounded)
        listening.hear(short, start)
        qtbot.waitUntil(lambda before=before: len(sounded) > before)
    assert not len(failed)
    assert not listening.playing


def test_without_marks_the_whole_is_looped(
    qtbot: QtBot, listening: Listening, three: list[Asset]
) -> None:
    listening.tuning.set_looping(True)
    listening.hear(three[1], 1.6)
    qtbot.waitUntil(lambda: 0.0 < at(listening, three[1]) < 1.0)
    assert listening.is_playing(three[1].id)


def test_a_file_is_let_go_of_when_nothing_is_heard_of_it(
    qtbot: QtBot, listening: Listening, three: list[Asset], folder: Path
) -> None:
    listening.hear(three[0], 2.0)
    listening.prepare([(three[1], 0.0)])
    qtbot.waitUntil(lambda: at(listening, three[0]) > 2.1)
    assert is_held(folder / "long.wav")
    listening.prepare([])
    qtbot.waitUntil(lambda: not is_held(folder / "red.wav"))
    listening.pause()
    listening._release.setInterval(1)
    listening._release.start()
    qtbot.waitUntil(lambda: not is_held(folder / "long.wav"))
    assert listening.at(three[0].id) is None
    place = listening.place(three[0].id)
    assert place is not None
    assert place > 2.0  # it is remembered


@pytest.mark.qt_log_ignore("Could not open media", extend=True)
@pytest.mark.parametrize("trouble", ["gone", "text", "empty", "folder"])
def test_what_cannot_be_played_is_said_and_the_sound_before_ends(
    qtbot: QtBot, listening: Listening, three: list[Asset], folder: Path, trouble: str
) -> None:
    path = folder / "red.wav"
    path.unlink()
    if trouble == "text":
        path.write_text("no sound at all " * 100)
    elif trouble == "empty":
        path.touch()
    elif trouble == "folder":
        path.mkdir()
    failed = Heard(listening.failed)
    listening.hear(three[0], 0.0)
    qtbot.waitUntil(lambda: at(listening, three[0]) > 0.1)
    listening.hear(three[1], 0.0)
    qtbot.waitUntil(lambda: len(failed) == 1)
    said = {"gone": SOUND.gone, "folder": SOUND.asleep.format("Is a directory")}
    assert failed.said == [(three[1].id, said.get(trouble, SOUND.unknown))]
    assert not listening.playing
    qtbot.waitUntil(lambda: not is_held(folder / "long.wav"))


def test_what_lies_on_a_drive_that_is_away_is_said_without_looking(
    listening: Listening, three: list[Asset]
) -> None:
    failed = Heard(listening.failed)
    away = replace(three[0], state=AssetState.OFFLINE)
    listening.hear(away, 0.0)
    assert failed.said == [(away.id, AWAY[AssetState.OFFLINE])]
    assert not listening.playing


def test_loudness_is_matched_where_that_is_wished(
    listening: Listening, engine: FakeEngine, sounds: list[int], three: list[Asset]
) -> None:
    loud, quiet = (matched(engine, sounds[0], level) for level in (-8.0, -28.0))
    assert gain_of(loud, False) == gain_of(quiet, False) == 1.0
    assert gain_of(loud, True) == pytest.approx(10 ** (-10 / 20))
    assert gain_of(quiet, True) == pytest.approx(10 ** (10 / 20))
    assert gain_of(matched(engine, sounds[0], -60.0), True) == 4.0  # its noise stays noise
    assert gain_of(replace(loud, sound=None), True) == 1.0


def test_the_loudness_reaches_the_player(
    qtbot: QtBot, listening: Listening, engine: FakeEngine, sounds: list[int]
) -> None:
    listening.tuning.set_volume(1.0, muted=False)
    listening.hear(matched(engine, sounds[0], -18.0 - 6.0206), 0.0)
    qtbot.waitUntil(lambda: listening.playing and at(listening, asset_of(engine, sounds[0])) > 0.05)
    voice = listening.voices.current
    assert voice is not None
    machine = voice.deck._machine
    assert machine is not None
    listening.tuning.set_volume(0.5, muted=False)
    assert machine.sound.volume() == pytest.approx(0.25, abs=0.01)
    listening.tuning.set_matched(True)
    assert machine.sound.volume() == pytest.approx(0.5, abs=0.01)
    listening.tuning.set_volume(None, muted=True)
    assert machine.sound.isMuted()
    assert Listening().tuning.settings.matched  # kept for the next start
