from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from assetman.core.queries import Example, Hit, Query
from assetman.ui.grid import Inspector, Question
from assetman.ui.jobs import finish
from assetman.ui.player.player import Player
from tests.ui.fake_engine import FakeEngine
from tests.ui.grid.conftest import named
from tests.ui.player.conftest import SHOT, Heard, colour_of, is_held

Button, Key = Qt.MouseButton, Qt.Key


@pytest.fixture
def hit(engine: FakeEngine, video: int) -> Hit:
    """Give the green moment, as a search found it."""
    found = engine.moments(video)[1]
    return Hit(video, 0.9, found.segment_id, found.start, found.end)


@pytest.fixture
def selected(qtbot: QtBot, inspector: Inspector, hit: Hit) -> Iterator[Inspector]:
    """Select the video that a search found."""
    inspector.show_query(Query(text="green"))
    inspector.show_selection([hit.asset_id], {hit.asset_id: hit})
    qtbot.waitUntil(lambda: seen(inspector) == "green")
    yield inspector
    inspector.silence()
    inspector.hide()


@pytest.fixture
def player(inspector: Inspector) -> Player:
    return inspector.video.player


def seen(inspector: Inspector) -> str:
    return colour_of(inspector.picture.grab().toImage())


def test_a_hit_shows_its_moment_and_opens_nothing(
    selected: Inspector, player: Player, engine: FakeEngine, film: Path, video: int
) -> None:
    assert not player.playback.is_open
    assert not is_held(film)
    assert selected.picture._plate == "0:01.2 – 0:02.4"
    assert player.at == SHOT
    assert ("moments", (video, Query(text="green"))) in engine.calls


def test_a_click_on_the_preview_plays_from_the_moment_and_pauses(
    qtbot: QtBot, selected: Inspector, player: Player
) -> None:
    moved = Heard(player.playback.moved)
    sounded = Heard(selected.sounded)
    qtbot.mouseClick(selected.picture, Button.LeftButton)
    qtbot.waitUntil(lambda: len(moved) > 3)
    assert min(float(str(at)) for (at,) in moved.said) == pytest.approx(SHOT, abs=0.04)
    assert len(sounded) == 1
    qtbot.mouseClick(selected.picture, Button.LeftButton)
    assert not player.playback.playing


def test_selecting_something_else_silences_at_once_and_lets_go_of_the_file(
    qtbot: QtBot, selected: Inspector, player: Player, engine: FakeEngine, film: Path
) -> None:
    selected.play(selected._ids[0], 0.0)
    qtbot.waitUntil(lambda: player.at > 0.1 and is_held(film))
    selected.show_selection([named(engine, "red barn.jpg")], {})
    assert not player.playback.playing
    assert not is_held(film)
    qtbot.waitUntil(lambda: not player.isVisible())
    assert selected.picture._plate == ""


def test_closing_the_details_silences(
    qtbot: QtBot, selected: Inspector, player: Player, film: Path
) -> None:
    selected.play(selected._ids[0], 0.0)
    qtbot.waitUntil(lambda: player._sharp)
    assert is_held(film)
    selected.hide()
    assert not is_held(film)


def test_a_wish_to_play_waits_for_its_video(
    qtbot: QtBot, inspector: Inspector, player: Player, video: int, hit: Hit
) -> None:
    moved = Heard(player.playback.moved)
    inspector.play(video, 2 * SHOT)
    inspector.show_selection([video], {video: hit})
    qtbot.waitUntil(lambda: len(moved) > 2)
    assert player.playback.playing
    assert min(float(str(at)) for (at,) in moved.said) > 2 * SHOT - 0.05
    inspector.hide()


def test_another_moment_of_the_same_video_is_shown_and_not_played(
    qtbot: QtBot, selected: Inspector, player: Player, engine: FakeEngine, video: int
) -> None:
    third = engine.moments(video)[2]
    hit = Hit(video, 0.5, third.segment_id, third.start, third.end)
    selected.show_selection([video], {video: hit})
    qtbot.waitUntil(lambda: seen(selected) == "blue")
    assert player.at == 2 * SHOT
    assert not player.playback.is_open


def test_scrubbing_opens_the_file_and_shows_its_frames(
    qtbot: QtBot, selected: Inspector, player: Player, film: Path
) -> None:
    line = player.timeline
    qtbot.mouseClick(line, Button.LeftButton, pos=QPoint(round(line._x(0.5)), 12))
    qtbot.waitUntil(lambda: seen(selected) == "red" and player._sharp)
    assert player.at == pytest.approx(0.5, abs=0.04)
    assert is_held(film)


def test_keys_work_where_a_control_has_the_keyboard(
    qtbot: QtBot, place: QWidget, selected: Inspector, player: Player, video: int
) -> None:
    asked = Heard(selected.asked)
    player.timeline.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(player.timeline, Key.Key_I)
    qtbot.keyClick(player.timeline, Key.Key_S)
    ((question,),) = asked.said
    assert isinstance(question, Question)
    assert question.examples == (Example(asset_id=video, start=SHOT, end=2 * SHOT),)
    qtbot.keyClick(player.timeline, Key.Key_Space)
    assert player.playback.playing
    assert selected.silence()
    assert not selected.silence()


def test_more_offers_the_moment_and_the_large_view(
    qtbot: QtBot, selected: Inspector, player: Player, video: int
) -> None:
    wanted, exported = Heard(selected.large_wanted), Heard(selected.export_wanted)
    qtbot.mouseClick(player.bar.more, Button.LeftButton)
    menu = selected.video._menu
    assert menu is not None
    by_title = {action.text().partition("\t")[0]: action for action in menu.actions()}
    by_title["Play large"].trigger()
    by_title["Export…"].trigger()
    menu.close()
    assert wanted.said == [(video, SHOT)]
    assert len(exported) == 1


def test_a_picture_has_no_player(
    qtbot: QtBot, inspector: Inspector, player: Player, engine: FakeEngine
) -> None:
    inspector.show_selection([named(engine, "red barn.jpg")], {})
    qtbot.waitUntil(lambda: inspector.picture.isVisible())
    assert not player.isVisible()
    qtbot.mouseClick(inspector.picture, Button.LeftButton)
    assert not player.playback.playing


def test_what_becomes_known_of_a_video_does_not_move_the_person(
    qtbot: QtBot, selected: Inspector, player: Player, engine: FakeEngine, video: int
) -> None:
    player.go(0.5)
    qtbot.waitUntil(lambda: player._sharp and player.at == pytest.approx(0.48, abs=0.03))
    before, at = len(engine.calls), player.at
    engine.rate([video], 4)
    qtbot.waitUntil(lambda: ("details", video) in engine.calls[before:])
    qtbot.waitUntil(lambda: selected.stars.accessibleName() != "" and finish(5000))
    assert player.at == at
    assert selected.picture._plate == ""  # another moment than the one that was found
