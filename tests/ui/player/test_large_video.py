from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from assetman.core.assets import AssetState, Box
from assetman.core.changes import Changes
from assetman.core.queries import Evidence, Example, Hit, Query, Sense
from assetman.ui.bridge import EngineBridge
from assetman.ui.grid import LargeView, Question
from assetman.ui.player.clip import Clip
from assetman.ui.player.deck import GONE
from assetman.ui.player.player import Player
from assetman.ui.player.timeline import Timeline
from tests.ui.fake_engine import FakeEngine
from tests.ui.player.conftest import LENGTH, SHOT, Heard, colour_of, is_held

Key, Mod, Button = Qt.Key, Qt.KeyboardModifier, Qt.MouseButton
FRAME = 1 / 25


@pytest.fixture
def player(large: LargeView) -> Player:
    return large.video.player


@pytest.fixture
def watching(
    qtbot: QtBot, place: QWidget, large: LargeView, engine: FakeEngine, video: int
) -> Iterator[LargeView]:
    """Look at the green moment that a search found."""
    found = engine.moments(video)[1]
    hit = Hit(video, 0.9, found.segment_id, found.start, found.end)
    large.show_query(Query(text="green"))
    large.show_hits({video: hit})
    large.show_assets([*sorted(engine.rows)], video)
    qtbot.waitUntil(lambda: sharp(large) and large.video.player.source.reel.scored)
    yield large
    large.hide()


def sharp(large: LargeView) -> bool:
    """Tell whether a frame of the file is shown."""
    return large.video.player._sharp


def shown(large: LargeView) -> str:
    """Name the colour in the middle of the canvas, as a person sees it."""
    return colour_of(large.canvas.grab().toImage())


def press(qtbot: QtBot, large: LargeView, keys: str | Key, modifier: Mod = Mod.NoModifier) -> None:
    qtbot.keyClick(large.canvas, keys, modifier)


def wait_for(qtbot: QtBot, player: Player, seconds: float) -> None:
    qtbot.waitUntil(lambda: player.at == pytest.approx(seconds, abs=0.005))


def point(line: Timeline, seconds: float, down: int = 16) -> QPoint:
    return QPointF(line._x(seconds), down).toPoint()


def test_a_hit_opens_paused_at_the_beginning_of_its_best_moment(
    watching: LargeView, player: Player
) -> None:
    assert player.at == pytest.approx(SHOT, abs=FRAME)
    assert not player.playback.playing
    assert shown(watching) == "green"
    assert player.bar.time.text() == "0:01.2 / 0:03.6"


def test_space_plays_and_pauses_and_escape_leaves_and_silences(
    qtbot: QtBot, watching: LargeView, player: Player, film: Path
) -> None:
    press(qtbot, watching, Key.Key_Space)
    qtbot.waitUntil(lambda: player.at > SHOT + 0.2)
    press(qtbot, watching, Key.Key_K)
    assert not player.playback.playing
    press(qtbot, watching, Key.Key_Space)
    assert player.playback.playing
    assert is_held(film)
    press(qtbot, watching, Key.Key_Escape)
    assert watching.isHidden()
    assert not player.playback.playing
    assert not is_held(film)


def test_words_that_were_found_are_framed_while_they_are_shown(
    qtbot: QtBot, watching: LargeView, player: Player, video: int
) -> None:
    box = Box(0.2, 0.2, 0.5, 0.2)
    sign = Evidence("sale", 0.9, Sense.TEXT, start=SHOT, end=2 * SHOT, text="sale", box=box)
    watching.show_hits({video: replace(watching.video.hits[video], evidence=(sign,))})
    assert watching.canvas.found.boxes == (box,)
    player.go(2.5 * SHOT)
    qtbot.waitUntil(lambda: watching.canvas.found.boxes == ())
    player.go(1.5 * SHOT)
    qtbot.waitUntil(lambda: watching.canvas.found.boxes == (box,))


def test_a_click_on_the_picture_plays_and_a_drag_does_not(
    qtbot: QtBot, watching: LargeView, player: Player
) -> None:
    canvas, middle = watching.canvas, watching.canvas.rect().center()
    qtbot.mouseClick(canvas, Button.LeftButton, pos=middle)
    assert player.playback.playing
    qtbot.mouseClick(canvas, Button.LeftButton, pos=middle)
    assert not player.playback.playing
    qtbot.mousePress(canvas, Button.LeftButton, pos=middle)
    qtbot.mouseMove(canvas, middle + QPoint(40, 0))
    qtbot.mouseRelease(canvas, Button.LeftButton, pos=middle + QPoint(40, 0))
    assert not player.playback.playing


def test_arrows_walk_on_until_the_timeline_has_the_keyboard(
    qtbot: QtBot, watching: LargeView, player: Player, video: int, film: Path
) -> None:
    qtbot.keyClick(watching.canvas, Key.Key_Tab)
    assert player.timeline.hasFocus()
    qtbot.keyClick(player.timeline, Key.Key_Right)
    wait_for(qtbot, player, 2.2)
    qtbot.keyClick(player.timeline, Key.Key_Up)
    wait_for(qtbot, player, SHOT)
    assert watching.current == video
    qtbot.keyClick(watching.canvas, Key.Key_Left)
    assert watching.current != video
    assert not player.isVisible()
    assert not is_held(film)
    qtbot.keyClick(watching.canvas, Key.Key_Right)
    qtbot.waitUntil(lambda: sharp(watching))
    wait_for(qtbot, player, SHOT)


def test_comma_and_full_stop_step_by_frames(
    qtbot: QtBot, watching: LargeView, player: Player
) -> None:
    press(qtbot, watching, ".")
    wait_for(qtbot, player, SHOT + FRAME)
    press(qtbot, watching, ",")
    wait_for(qtbot, player, SHOT)
    press(qtbot, watching, ",")
    wait_for(qtbot, player, SHOT - FRAME)
    qtbot.waitUntil(lambda: shown(watching) == "red")


def test_j_k_and_l_play_back_and_forth_at_speeds(
    qtbot: QtBot, watching: LargeView, player: Player
) -> None:
    press(qtbot, watching, Key.Key_L)
    assert (player.playback.playing, player.bar.rate.text()) == (True, "1×")
    press(qtbot, watching, Key.Key_L)
    assert player.bar.rate.text() == "2×"
    press(qtbot, watching, Key.Key_K)
    assert not player.playback.playing
    at = player.at
    press(qtbot, watching, Key.Key_J)
    assert player.bar.rate.text() == "−1×"
    qtbot.waitUntil(lambda: player.at < at - 0.1)
    press(qtbot, watching, Key.Key_Space)
    press(qtbot, watching, Key.Key_Space)
    assert player.bar.rate.text() == "1×"
    press(qtbot, watching, ">")
    assert player.bar.rate.text() == "1.25×"


def test_s_asks_about_the_frame_then_about_the_marked_seconds(
    qtbot: QtBot, watching: LargeView, player: Player, video: int
) -> None:
    asked = Heard(watching.asked)
    at = player.at
    press(qtbot, watching, Key.Key_S)
    press(qtbot, watching, Key.Key_I)
    player.go(SHOT + 0.4)
    wait_for(qtbot, player, SHOT + 0.4)
    press(qtbot, watching, Key.Key_O)
    assert watching.bar.similar.text() == "Find similar to these seconds"
    qtbot.mouseClick(watching.bar.similar, Button.LeftButton)
    press(qtbot, watching, Key.Key_X)
    assert watching.bar.similar.text() == "Find similar to this frame"
    (first,), (second,) = asked.said
    assert isinstance(first, Question)
    assert isinstance(second, Question)
    assert first == Question((Example(asset_id=video, start=at),), True, (video,))
    (example,) = second.examples
    assert example.start == pytest.approx(SHOT, abs=0.005)
    assert example.end == pytest.approx(SHOT + 0.44, abs=0.005)


def test_a_part_of_the_frame_can_be_asked_about(
    qtbot: QtBot, watching: LargeView, player: Player, video: int
) -> None:
    asked = Heard(watching.asked)
    press(qtbot, watching, Key.Key_Space)
    press(qtbot, watching, Key.Key_M, Mod.ShiftModifier)
    assert not player.playback.playing
    press(qtbot, watching, Key.Key_Return)
    ((question,),) = asked.said
    assert isinstance(question, Question)
    (example,) = question.examples
    assert example.box is not None
    assert (example.asset_id, example.start) == (video, player.at)
    press(qtbot, watching, Key.Key_Escape)
    assert watching.isVisible()


def test_e_asks_for_the_shot_or_the_marked_seconds_as_a_file(
    qtbot: QtBot, watching: LargeView, player: Player, video: int
) -> None:
    wanted = Heard(watching.export_wanted)
    press(qtbot, watching, Key.Key_E)
    press(qtbot, watching, Key.Key_I)
    player.go(0.4)
    wait_for(qtbot, player, 0.4)
    press(qtbot, watching, Key.Key_I)
    press(qtbot, watching, Key.Key_E)
    (shot,), (marked,) = wanted.said
    assert isinstance(shot, Clip)
    assert isinstance(marked, Clip)
    assert (shot.asset_id, shot.start, shot.end) == (video, SHOT, 2 * SHOT)
    assert (marked.start, marked.at) == pytest.approx((0.4, 0.4), abs=0.005)
    assert marked.end == pytest.approx(2 * SHOT)


def test_dragging_on_the_timeline_scrubs_and_its_bubble_shows_the_nearest_moment(
    qtbot: QtBot, watching: LargeView, player: Player
) -> None:
    line = player.timeline
    qtbot.mousePress(line, Button.LeftButton, pos=point(line, 1.8))
    for seconds in (1.0, 0.6, 0.3):
        qtbot.mouseMove(line, point(line, seconds))
    qtbot.waitUntil(lambda: shown(watching) == "red")
    assert player.at < 0.4
    assert line.bubble.isVisible()
    qtbot.waitUntil(lambda: line.bubble._image is not None)
    assert colour_of(line.bubble.grab().toImage()) == "red"
    qtbot.mouseRelease(line, Button.LeftButton, pos=point(line, 0.3))
    assert watching.canvas.hasFocus()  # a click leaves the arrows to the results


def test_the_ends_of_the_marked_range_can_be_dragged(
    qtbot: QtBot, watching: LargeView, player: Player
) -> None:
    line = player.timeline
    press(qtbot, watching, Key.Key_I)
    qtbot.mousePress(line, Button.LeftButton, pos=point(line, 2 * SHOT))
    qtbot.mouseMove(line, point(line, 2.8))
    qtbot.mouseMove(line, point(line, 3.0))
    qtbot.mouseRelease(line, Button.LeftButton, pos=point(line, 3.0))
    marks = player.ranging.marks
    assert marks is not None
    assert marks.end == pytest.approx(3.0, abs=0.01)
    assert player.bar.marked.text().startswith("0:01.2 – 0:03.0")


def test_the_timeline_is_high_and_bright_where_it_matches(
    watching: LargeView, player: Player
) -> None:
    line = player.timeline
    image = line.grab().toImage()

    def lit(seconds: float) -> int:
        x = point(line, seconds).x()
        colours = [image.pixelColor(x, y) for y in range(image.height())]
        return sum(_is_accent(colour) for colour in colours)

    green, others = lit(SHOT * 1.7), (lit(SHOT * 0.5), lit(SHOT * 2.5))
    assert green > 20
    assert max(others) < green * 0.75


def _is_accent(colour: QColor) -> bool:
    return colour.blue() > colour.red() + 30


def test_the_shot_is_looped_until_it_is_not(
    qtbot: QtBot, watching: LargeView, player: Player
) -> None:
    press(qtbot, watching, Key.Key_R)
    assert player.bar.loop.isChecked()
    assert player.playback.loop == (SHOT, 2 * SHOT)
    player.go(2.2)
    press(qtbot, watching, Key.Key_Space)
    qtbot.waitUntil(lambda: SHOT - FRAME < player.at < 1.9)
    press(qtbot, watching, Key.Key_R)
    assert player.playback.loop is None


def test_play_from_a_time_plays_from_there(
    qtbot: QtBot, large: LargeView, engine: FakeEngine, video: int
) -> None:
    large.show_assets([video], video)
    large.play(2 * SHOT)
    player = large.video.player
    moved = Heard(player.playback.moved)
    qtbot.waitUntil(lambda: len(moved) > 3)
    assert player.playback.playing
    assert min(float(str(at)) for (at,) in moved.said) >= 2 * SHOT - FRAME
    large.hide()
    assert not player.playback.playing


def test_sound_stays_off_for_the_next_video(
    qtbot: QtBot, watching: LargeView, player: Player, place: QWidget, bridge: EngineBridge
) -> None:
    press(qtbot, watching, Key.Key_M)
    machine = player.playback.deck._machine
    assert machine is not None
    assert machine.sound.isMuted()
    assert player.bar.mute.accessibleName() == "Sound on (M)"
    player.bar.volume.setValue(30)
    assert not machine.sound.isMuted()
    assert machine.sound.volume() == pytest.approx(0.09, abs=0.01)
    watching.leave()
    watching.show_assets(watching._ids, watching._ids[-1])
    qtbot.waitUntil(lambda: sharp(watching))
    assert player.bar.volume.value() == 30


def test_an_offline_video_shows_its_moments_and_says_why_it_does_not_play(
    qtbot: QtBot, large: LargeView, engine: FakeEngine, video: int, film: Path
) -> None:
    row = engine.rows[video]
    row.asset = replace(row.asset, state=AssetState.OFFLINE)
    large.show_assets([video], video)
    player = large.video.player
    qtbot.waitUntil(lambda: bool(player.source.reel.moments))
    assert large.canvas.sentence.startswith("Its drive or folder cannot be reached")
    assert not player.bar.play.isVisible()
    for seconds, colour in ((0.5, "red"), (1.5, "green"), (3.0, "blue")):
        qtbot.mouseClick(player.timeline, Button.LeftButton, pos=point(player.timeline, seconds))
        qtbot.waitUntil(lambda colour=colour: shown(large) == colour)
    assert not is_held(film)
    large.hide()


def test_a_file_that_vanished_unseen_is_told_and_plays_when_it_is_back(
    qtbot: QtBot, large: LargeView, engine: FakeEngine, bridge: EngineBridge, video: int, film: Path
) -> None:
    away = film.with_name("away.mp4")
    film.rename(away)
    large.show_assets([video], video)
    qtbot.waitUntil(lambda: large.canvas.sentence == GONE)
    away.rename(film)
    row = engine.rows[video]
    row.asset = replace(row.asset, modified=row.asset.modified + 1)
    bridge.changed.emit(Changes(assets_changed=frozenset([video])))
    qtbot.waitUntil(lambda: sharp(large))
    assert large.canvas.sentence == ""
    large.hide()


def test_tab_reaches_timeline_and_controls_and_comes_back(
    qtbot: QtBot, watching: LargeView, player: Player
) -> None:
    reached: list[QWidget | None] = []
    for _ in range(30):
        focused = QApplication.focusWidget()
        assert focused is not None
        qtbot.keyClick(focused, Key.Key_Tab)
        reached.append(QApplication.focusWidget())
        if reached[-1] is watching.canvas:
            break
    assert reached[0] is player.timeline
    assert set(player.bar.buttons()) <= set(reached)
    assert reached[-1] is watching.canvas


def test_the_keys_are_explained_on_demand(
    qtbot: QtBot, watching: LargeView, player: Player
) -> None:
    press(qtbot, watching, "?")
    assert watching.video.help.isVisible()
    assert not player.playback.playing
    press(qtbot, watching, Key.Key_Space)
    assert not watching.video.help.isVisible()


def test_escape_takes_the_list_of_keys_away_before_it_leaves(
    qtbot: QtBot, watching: LargeView
) -> None:
    press(qtbot, watching, "?")
    press(qtbot, watching, Key.Key_Escape)
    assert not watching.video.help.isVisible()
    assert watching.isVisible()
    press(qtbot, watching, Key.Key_Escape)
    assert not watching.isVisible()


def test_the_menu_names_the_moment(watching: LargeView, video: int) -> None:
    watching._menu(QPoint(100, 100))
    menu = watching.verbs._open_menu
    assert menu is not None
    titles = [action.text() for action in menu.actions() if action.text()]
    assert titles[:2] == ["Find similar to the frame at 0:01.2\tS", "Export…\tE"]
    assert "Find similar to the whole video" in titles
    menu.close()


def test_it_says_aloud_where_it_is(watching: LargeView, player: Player) -> None:
    assert player.timeline.accessibleDescription() == "0:01.2 of 0:03.6"
    assert player.timeline.maximum() == round(LENGTH * 1000)
    assert isinstance(watching.canvas.grab().toImage(), QImage)
