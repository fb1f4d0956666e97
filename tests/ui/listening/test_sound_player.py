"""A sound in the large view and in the inspector, worked with by mouse and keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from assetman.core.queries import Hit, Query
from assetman.ui.grid import Inspector, LargeView, Question
from assetman.ui.listening.sound_player import SoundPlayer
from assetman.ui.listening.wave_timeline import WaveTimeline
from assetman.ui.player.marks import Marks
from tests.ui.fake_engine import FakeEngine
from tests.ui.listening.conftest import LENGTH
from tests.ui.player.conftest import Heard

Key, Mod, Button = Qt.Key, Qt.KeyboardModifier, Qt.MouseButton


@pytest.fixture
def player(large: LargeView) -> SoundPlayer:
    return large.sound.player


@pytest.fixture
def wave(player: SoundPlayer) -> WaveTimeline:
    return player.wave


@pytest.fixture
def looking(
    qtbot: QtBot, place: QWidget, large: LargeView, engine: FakeEngine, sounds: list[int]
) -> Iterator[LargeView]:
    """Look at the long sound, of which the middle was found."""
    window = next(each for each in engine.moments(sounds[0]) if each.start == 5.0)
    large.show_query(Query(text="green"))
    large.show_hits({sounds[0]: Hit(sounds[0], 0.9, window.segment_id, 5.0, 15.0)})
    large.show_assets(sounds, sounds[0])
    qtbot.waitUntil(lambda: large.sound.here and bool(large.sound.player.source.windows))
    qtbot.waitUntil(lambda: large.sound.player.wave._outline is not None)
    yield large
    large.listening.silence()
    large.listening.let_go()
    large.hide()


def press(qtbot: QtBot, large: LargeView, keys: str | Key, modifier: Mod = Mod.NoModifier) -> None:
    qtbot.keyClick(large.canvas, keys, modifier)


def point(wave: WaveTimeline, seconds: float, down: int = 60) -> QPoint:
    return QPointF(wave.place_of(seconds), down).toPoint()


def drag(qtbot: QtBot, wave: WaveTimeline, *seconds: float, down: int = 60) -> None:
    first, *others = (point(wave, each, down) for each in seconds)
    qtbot.mousePress(wave, Button.LeftButton, Mod.NoModifier, first)
    for each in others:
        qtbot.mouseMove(wave, each)
    qtbot.mouseRelease(wave, Button.LeftButton, Mod.NoModifier, others[-1])


def roll(
    wave: WaveTimeline, seconds: float, notches: float, modifier: Mod = Mod.NoModifier
) -> None:
    at = QPointF(point(wave, seconds))
    event = QWheelEvent(
        at,
        wave.mapToGlobal(at),
        QPoint(),
        QPoint(0, round(120 * notches)),
        Button.NoButton,
        modifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(wave, event)


def marks(player: SoundPlayer) -> Marks | None:
    return player.wave.marks


def test_space_plays_from_where_the_matching_part_is_heard_and_again_pauses(
    qtbot: QtBot, looking: LargeView, player: SoundPlayer
) -> None:
    press(qtbot, looking, Key.Key_Space)
    qtbot.waitUntil(lambda: player.at > 5.2)
    assert player.at < 9
    assert not looking.isHidden()
    press(qtbot, looking, Key.Key_Space)
    assert not looking.listening.playing


def test_escape_silences_and_leaves(qtbot: QtBot, looking: LargeView, player: SoundPlayer) -> None:
    press(qtbot, looking, Key.Key_Space)
    qtbot.waitUntil(lambda: looking.listening.playing)
    press(qtbot, looking, Key.Key_Escape)
    assert looking.isHidden()
    assert not looking.listening.playing


def test_a_click_goes_there_and_a_drag_marks(
    qtbot: QtBot, looking: LargeView, player: SoundPlayer, wave: WaveTimeline
) -> None:
    qtbot.mouseClick(wave, Button.LeftButton, Mod.NoModifier, point(wave, 12.0))
    assert player.at == pytest.approx(12.0, abs=0.1)
    assert marks(player) is None
    drag(qtbot, wave, 4.0, 7.0, 9.0)
    found = marks(player)
    assert found is not None
    assert (found.start, found.end) == pytest.approx((4.0, 9.0), abs=0.1)
    assert "0:04.0 – 0:09.0" in player.bar.marked.text()
    drag(qtbot, wave, 9.0, 11.0)  # its end is taken hold of
    drag(qtbot, wave, 4.0, 2.0)
    found = marks(player)
    assert found is not None
    assert (found.start, found.end) == pytest.approx((2.0, 11.0), abs=0.1)
    drag(qtbot, wave, 2.0, 13.0)  # and carried past the other one
    found = marks(player)
    assert found is not None
    assert (found.start, found.end) == pytest.approx((11.0, 13.0), abs=0.1)
    press(qtbot, looking, "x")
    assert marks(player) is None


def test_along_the_times_a_drag_scrubs(
    qtbot: QtBot, looking: LargeView, player: SoundPlayer, wave: WaveTimeline
) -> None:
    qtbot.mousePress(wave, Button.LeftButton, Mod.NoModifier, point(wave, 3.0, 6))
    assert player.at == pytest.approx(3.0, abs=0.1)
    qtbot.mouseMove(wave, point(wave, 8.0, 6))
    assert player.at == pytest.approx(8.0, abs=0.1)
    qtbot.mouseRelease(wave, Button.LeftButton, Mod.NoModifier, point(wave, 8.0, 6))
    assert marks(player) is None


def test_scrubbing_while_it_plays_is_heard_from_there(
    qtbot: QtBot, looking: LargeView, player: SoundPlayer, wave: WaveTimeline
) -> None:
    press(qtbot, looking, "k")
    qtbot.waitUntil(lambda: player.at > 5.1)
    qtbot.mouseClick(wave, Button.LeftButton, Mod.NoModifier, point(wave, 16.0))
    qtbot.waitUntil(lambda: 16.1 < player.at < 19)
    assert looking.listening.playing


def test_keys_mark_loop_and_clear(
    qtbot: QtBot, looking: LargeView, player: SoundPlayer, wave: WaveTimeline
) -> None:
    looking.listening.go(player.asset, 6.0)  # type: ignore[arg-type]  # there is one
    press(qtbot, looking, "i")
    assert marks(player) == Marks(6.0, LENGTH)
    looking.listening.go(player.asset, 9.0)  # type: ignore[arg-type]  # there is one
    press(qtbot, looking, "o")
    assert marks(player) == Marks(6.0, 9.0)
    press(qtbot, looking, "r")
    assert player.bar.loop.isChecked()
    press(qtbot, looking, Key.Key_Space)
    assert looking.listening._looper.range == (6.0, 9.0)
    press(qtbot, looking, "r")
    assert looking.listening._looper.range is None
    press(qtbot, looking, "x")
    assert marks(player) is None


def test_the_wheel_zooms_where_the_pointer_is_and_z_shows_all(
    qtbot: QtBot, looking: LargeView, wave: WaveTimeline
) -> None:
    before = wave.place_of(10.0)
    roll(wave, 10.0, 4)
    assert wave.scope.span < LENGTH / 2
    assert wave.place_of(10.0) == pytest.approx(before, abs=2)
    left = wave.scope.left
    roll(wave, 10.0, -1, Mod.ShiftModifier)
    assert wave.scope.left > left
    press(qtbot, looking, "+")
    press(qtbot, looking, "-")
    press(qtbot, looking, "z")
    assert wave.scope.whole


def test_what_is_zoomed_follows_what_is_heard(
    qtbot: QtBot, looking: LargeView, player: SoundPlayer, wave: WaveTimeline
) -> None:
    wave.zoom(40, 5.0)
    assert player.asset is not None
    looking.listening.hear(player.asset, wave.scope.right - 0.1)
    left = wave.scope.left
    qtbot.waitUntil(lambda: wave.scope.left > left)
    assert wave.scope.left <= player.at <= wave.scope.right


def test_tab_brings_the_keyboard_to_the_waveform_and_back(
    qtbot: QtBot, looking: LargeView, player: SoundPlayer, wave: WaveTimeline
) -> None:
    qtbot.keyClick(looking.canvas, Key.Key_Tab)
    assert wave.hasFocus()
    here = player.at
    qtbot.keyClick(wave, Key.Key_Right)
    assert player.at == pytest.approx(here + 1.0, abs=0.05)
    qtbot.keyClick(wave, Key.Key_End)
    assert player.at == pytest.approx(LENGTH, abs=0.1)
    qtbot.keyClick(wave, Key.Key_Home)
    assert player.at == 0.0
    qtbot.keyClick(wave, Key.Key_Space)
    assert looking.listening.playing
    for _ in range(40):
        qtbot.keyClick(QApplication.focusWidget(), Key.Key_Tab)  # type: ignore[arg-type]  # one has it
        if looking.canvas.hasFocus():
            break
    assert looking.canvas.hasFocus()


def test_similar_is_asked_for_the_marked_seconds_else_for_the_whole(
    qtbot: QtBot, looking: LargeView, player: SoundPlayer, wave: WaveTimeline, sounds: list[int]
) -> None:
    asked = Heard(looking.asked)
    press(qtbot, looking, "s")
    drag(qtbot, wave, 4.0, 9.0)
    assert looking.bar.similar.accessibleName() == "Find similar to these seconds"
    looking.bar.similar.click()
    whole, part = (said[0] for said in asked.said)
    assert isinstance(whole, Question)
    assert isinstance(part, Question)
    assert (whole.examples[0].asset_id, whole.examples[0].end) == (sounds[0], None)
    example = part.examples[0]
    assert (example.start, example.end) == pytest.approx((4.0, 9.0), abs=0.1)
    assert part.leave_out == (sounds[0],)


def test_the_marked_part_is_foreseen_and_carried_away(
    qtbot: QtBot, looking: LargeView, player: SoundPlayer, wave: WaveTimeline, sounds: list[int]
) -> None:
    drag(qtbot, wave, 4.0, 9.0)
    foreseen, wanted = Heard(player.drag_foreseen), Heard(player.drag_wanted)
    qtbot.mousePress(wave, Button.LeftButton, Mod.NoModifier, point(wave, 6.0))
    assert len(foreseen) == 1
    qtbot.mouseMove(wave, point(wave, 6.0) + QPoint(3, 0))
    assert not len(wanted)
    qtbot.mouseMove(wave, point(wave, 6.0) + QPoint(40, 30))
    (clip,) = wanted.said[0]
    assert clip == foreseen.said[0][0]
    assert (clip.asset_id, clip.start, clip.end) == pytest.approx((sounds[0], 4.0, 9.0), abs=0.1)  # type: ignore[attr-defined]  # a Clip
    qtbot.mouseRelease(wave, Button.LeftButton, Mod.NoModifier, point(wave, 6.0))
    found = marks(player)
    assert found is not None  # still marked, and nothing was gone to


def test_export_takes_the_marks_or_the_whole(
    qtbot: QtBot, looking: LargeView, wave: WaveTimeline
) -> None:
    wanted = Heard(looking.export_wanted)
    press(qtbot, looking, "e")
    drag(qtbot, wave, 4.0, 9.0)
    press(qtbot, looking, "e")
    spans = [(said[0].start, said[0].end) for said in wanted.said]  # type: ignore[attr-defined]  # Clips
    assert spans[0] == (0.0, LENGTH)
    assert spans[1] == pytest.approx((4.0, 9.0), abs=0.1)


def test_the_matching_part_is_lit_and_shift_arrows_go_to_it(
    qtbot: QtBot, looking: LargeView, player: SoundPlayer, wave: WaveTimeline
) -> None:
    qtbot.waitUntil(lambda: any(each[2] > 0.9 for each in wave._lit))
    image = wave.grab().toImage()
    assert blueness(image, wave.place_of(12.0)) > blueness(image, wave.place_of(2.0)) + 20
    looking.listening.go(player.asset, 0.0)  # type: ignore[arg-type]  # there is one
    press(qtbot, looking, Key.Key_Right, Mod.ShiftModifier)
    assert player.at == pytest.approx(5.0, abs=0.1)


def blueness(image: QImage, x: float) -> int:
    """Tell how much bluer than red a column is, in the middle line of the sound."""
    shades = [image.pixelColor(round(x), y) for y in range(40, image.height() - 20)]
    return max(shade.blue() - shade.red() for shade in shades)


def test_arrows_walk_on_and_a_picture_has_no_waveform(
    qtbot: QtBot, looking: LargeView, engine: FakeEngine, sounds: list[int]
) -> None:
    looking.show_assets([*sounds, min(engine.rows)], sounds[2])
    press(qtbot, looking, Key.Key_Right)
    qtbot.waitUntil(lambda: not looking.sound.here)
    assert looking.sound.stage.isHidden()
    assert looking.bar.mark.isVisible()
    press(qtbot, looking, Key.Key_Left)
    qtbot.waitUntil(lambda: looking.sound.here)
    assert looking.bar.mark.isHidden()


def test_help_names_the_keys_of_sounds(qtbot: QtBot, looking: LargeView) -> None:
    press(qtbot, looking, "?")
    assert looking.sound.help.isVisible()
    assert looking.video.help.isHidden()
    press(qtbot, looking, "i")
    assert looking.sound.help.isHidden()


def test_escape_takes_the_list_of_keys_away_before_it_leaves(
    qtbot: QtBot, looking: LargeView
) -> None:
    press(qtbot, looking, "?")
    press(qtbot, looking, Key.Key_Escape)
    assert looking.sound.help.isHidden()
    assert looking.isVisible()


def test_the_inspector_shows_and_plays_the_same_sound(
    qtbot: QtBot, inspector: Inspector, engine: FakeEngine, sounds: list[int], folder: Path
) -> None:
    inspector.show_selection([sounds[0]], {sounds[0]: Hit(sounds[0], 0.9, None, 5.0, 15.0)})
    qtbot.waitUntil(lambda: inspector.sound.here)
    player = inspector.sound.player
    assert player.isVisible()
    assert inspector.picture.isHidden()
    qtbot.mouseClick(player.bar.play, Button.LeftButton)
    qtbot.waitUntil(lambda: player.at > 5.1)
    assert player.bar.play.accessibleName() == "Pause (Space)"
    qtbot.keyClick(player.wave, "i")
    assert marks(player) is not None
    inspector.show_selection([min(engine.rows)], {})
    qtbot.waitUntil(lambda: not inspector.sound.here)
    assert player.isHidden()
    assert inspector.listening.silence()
    inspector.listening.let_go()


def test_a_wheel_over_the_inspector_scrolls_it(
    qtbot: QtBot, inspector: Inspector, sounds: list[int]
) -> None:
    inspector.show_selection([sounds[0]], {})
    qtbot.waitUntil(lambda: inspector.sound.here)
    wave = inspector.sound.player.wave
    roll(wave, 5.0, 2)
    assert wave.scope.whole
    roll(wave, 5.0, 2, Mod.ControlModifier)
    assert not wave.scope.whole


def test_a_sound_without_an_outline_still_plays(
    qtbot: QtBot, inspector: Inspector, engine: FakeEngine, sounds: list[int]
) -> None:
    engine.rows[sounds[1]].waveform = None
    inspector.show_selection([sounds[1]], {})
    qtbot.waitUntil(lambda: inspector.sound.here)
    player = inspector.sound.player
    player.grab()
    player.toggle()
    qtbot.waitUntil(lambda: player.at > 0.1)
    inspector.listening.silence()
    inspector.listening.let_go()
