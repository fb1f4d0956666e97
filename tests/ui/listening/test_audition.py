"""Going from sound to sound in the grid, each heard at once; Esc silences all."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from assetman.core.exports import ExportForm
from assetman.core.queries import Hit, Query, Results
from assetman.ui.listening.dragging import DraggingOut
from assetman.ui.player.clip import Clip
from assetman.ui.window import MainWindow
from tests.ui.fake_engine import FakeEngine
from tests.ui.player.conftest import is_held

Key = Qt.Key


def press(qtbot: QtBot, window: MainWindow, key: Key | str) -> None:
    qtbot.keyClick(window.content.grid, key)


def heard(window: MainWindow) -> int | None:
    """Give the asset that is heard and moves."""
    listening = window.listening
    if not listening.playing or listening.asset is None:
        return None
    return listening.asset.id


def test_space_listens_and_arrows_go_on_listening(
    qtbot: QtBot, hearing: MainWindow, sounds: list[int]
) -> None:
    press(qtbot, hearing, Key.Key_Space)
    qtbot.waitUntil(lambda: heard(hearing) == sounds[0])
    assert hearing.content.large.isHidden()
    voices = hearing.listening.voices
    qtbot.waitUntil(lambda: any(wish[0].id == sounds[1] for wish in voices.wishes))
    press(qtbot, hearing, Key.Key_Right)
    qtbot.waitUntil(lambda: heard(hearing) == sounds[1])
    press(qtbot, hearing, Key.Key_Right)
    qtbot.waitUntil(lambda: heard(hearing) == sounds[2])
    press(qtbot, hearing, Key.Key_Left)
    qtbot.waitUntil(lambda: heard(hearing) == sounds[1])
    press(qtbot, hearing, Key.Key_Space)
    assert heard(hearing) is None
    press(qtbot, hearing, Key.Key_Left)
    qtbot.waitUntil(lambda: hearing.inspector.sound.player.asset is not None)
    qtbot.waitUntil(lambda: hearing.inspector.sound.player.asset.id == sounds[0])  # type: ignore[union-attr]  # just seen
    assert heard(hearing) is None


def test_a_picture_between_two_sounds_is_quiet_and_the_next_sound_is_heard(
    qtbot: QtBot, hearing: MainWindow, engine: FakeEngine, sounds: list[int]
) -> None:
    grid, picture = hearing.content.grid, min(engine.rows)
    grid.show_assets([sounds[0], picture, sounds[1]])
    qtbot.waitUntil(lambda: grid.assets.store.get(picture) is not None)
    grid.go_to(sounds[0])
    press(qtbot, hearing, Key.Key_Space)
    qtbot.waitUntil(lambda: heard(hearing) == sounds[0])
    press(qtbot, hearing, Key.Key_Right)
    qtbot.waitUntil(lambda: heard(hearing) is None)
    press(qtbot, hearing, Key.Key_Right)
    qtbot.waitUntil(lambda: heard(hearing) == sounds[1])


def test_space_on_a_picture_still_shows_it_large(
    qtbot: QtBot, hearing: MainWindow, engine: FakeEngine
) -> None:
    hearing.content.grid.go_to(min(engine.rows))
    press(qtbot, hearing, Key.Key_Space)
    assert hearing.content.large.isVisible()


def test_a_sound_that_was_found_is_heard_from_the_part_that_matches(
    qtbot: QtBot, hearing: MainWindow, engine: FakeEngine, sounds: list[int]
) -> None:
    window = next(each for each in engine.moments(sounds[0]) if each.start == 5.0)
    hit = Hit(sounds[0], 0.9, window.segment_id, 5.0, 15.0)
    grid = hearing.content.grid
    grid.show_results(Results(Query(text="green"), hits=(hit,)))
    qtbot.waitUntil(lambda: grid.assets.store.get(sounds[0]) is not None)
    grid.go_to(sounds[0])
    press(qtbot, hearing, Key.Key_Space)
    qtbot.waitUntil(lambda: (hearing.listening.at(sounds[0]) or 0.0) > 5.0)
    assert (hearing.listening.at(sounds[0]) or 0.0) < 10.0


@pytest.mark.parametrize("place", ["grid", "search", "inspector", "large"])
def test_escape_silences_wherever_the_keyboard_is(
    qtbot: QtBot, hearing: MainWindow, sounds: list[int], place: str
) -> None:
    press(qtbot, hearing, Key.Key_Space)
    qtbot.waitUntil(lambda: heard(hearing) == sounds[0])
    if place == "large":
        press(qtbot, hearing, Key.Key_Return)
        assert heard(hearing) == sounds[0]  # it goes on
    widgets = {
        "grid": hearing.content.grid,
        "search": hearing.top_bar.search.words,
        "inspector": hearing.inspector.sound.player.wave,
        "large": hearing.content.large.canvas,
    }
    hearing.top_bar.search.words.setText("kept")
    hearing.activateWindow()
    widgets[place].setFocus()
    qtbot.keyClick(widgets[place], Key.Key_Escape)
    assert heard(hearing) is None
    assert hearing.content.large.isHidden()
    assert hearing.top_bar.search.words.text() == "kept"


def test_play_in_the_details_and_large_is_one_sound(
    qtbot: QtBot, hearing: MainWindow, sounds: list[int]
) -> None:
    press(qtbot, hearing, Key.Key_Space)
    qtbot.waitUntil(lambda: (hearing.listening.at(sounds[0]) or 0.0) > 0.1)
    bar = hearing.inspector.sound.player.bar
    assert bar.play.accessibleName() == "Pause (Space)"
    press(qtbot, hearing, Key.Key_Return)
    large = hearing.content.large
    qtbot.waitUntil(lambda: large.sound.here)
    assert heard(hearing) == sounds[0]
    assert large.sound.player.bar.play.accessibleName() == "Pause (Space)"
    qtbot.keyClick(large.canvas, Key.Key_Right)
    qtbot.waitUntil(lambda: heard(hearing) == sounds[1])
    qtbot.waitUntil(lambda: hearing.inspector.sound.player.asset.id == sounds[1])  # type: ignore[union-attr]  # one is shown
    qtbot.keyClick(large.canvas, Key.Key_Space)
    assert heard(hearing) is None


def test_a_video_and_a_sound_are_never_heard_together(
    qtbot: QtBot, hearing: MainWindow, engine: FakeEngine, sounds: list[int], video: int
) -> None:
    grid = hearing.content.grid
    grid.show_assets([sounds[0], video])
    qtbot.waitUntil(lambda: grid.assets.store.get(video) is not None)
    grid.go_to(sounds[0])
    press(qtbot, hearing, Key.Key_Space)
    qtbot.waitUntil(lambda: heard(hearing) == sounds[0])
    hearing.content.play_large(video, 0.0)
    film = hearing.content.large.video.player
    qtbot.waitUntil(lambda: film.playback.playing)
    assert heard(hearing) is None


def test_the_pointer_plays_nothing_unless_that_is_wished(
    qtbot: QtBot, hearing: MainWindow, sounds: list[int]
) -> None:
    grid = hearing.content.grid
    point_at(hearing, grid.picture_rect(1).center())
    assert not hearing.hearing.audition._rest.isActive()
    wished = next(a for a in hearing.menu.actions() if a.text() == "Play sounds under the pointer")
    assert not wished.isChecked()
    wished.trigger()
    point_at(hearing, grid.picture_rect(2).center())
    point_at(hearing, grid.picture_rect(1).center())
    qtbot.waitUntil(lambda: heard(hearing) == sounds[1])
    point_at(hearing, grid.picture_rect(2).center())
    assert heard(hearing) is None
    qtbot.waitUntil(lambda: heard(hearing) == sounds[2])
    QApplication.sendEvent(grid.viewport(), QEvent(QEvent.Type.Leave))
    assert heard(hearing) is None


def point_at(window: MainWindow, place: QPoint) -> None:
    viewport = window.content.grid.viewport()
    at = QPointF(place)
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        at,
        viewport.mapToGlobal(at),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(viewport, event)


def test_a_closed_window_is_silent_and_holds_no_file(
    qtbot: QtBot, hearing: MainWindow, sounds: list[int], folder: Path
) -> None:
    press(qtbot, hearing, Key.Key_Space)
    qtbot.waitUntil(lambda: heard(hearing) == sounds[0] and is_held(folder / "long.wav"))
    hearing.close()
    assert heard(hearing) is None
    qtbot.waitUntil(lambda: not is_held(folder / "long.wav"))


def test_what_does_not_play_is_said(
    qtbot: QtBot, hearing: MainWindow, sounds: list[int], folder: Path
) -> None:
    (folder / "long.wav").unlink()
    press(qtbot, hearing, Key.Key_Space)
    player = hearing.inspector.sound.player
    qtbot.waitUntil(lambda: "no longer where it was" in player.sentence.text())
    assert "no longer where it was" in hearing.message_bar.sentence.text()


def test_the_marked_part_is_written_when_it_is_taken_hold_of_and_dragged_when_it_is_there(
    qtbot: QtBot, hearing: MainWindow, engine: FakeEngine, sounds: list[int], tmp_path: Path
) -> None:
    dragging: DraggingOut = hearing.hearing.dragging
    dragged: list[str] = []
    dragging.drag = lambda source, path, name: dragged.append(path)
    wave = hearing.inspector.sound.player.wave
    engine.hold_exports = True
    clip = Clip(sounds[0], 4.0, 9.0, 4.5)
    qtbot.mousePress(wave, Qt.MouseButton.LeftButton)
    dragging.foresee(clip)
    qtbot.waitUntil(lambda: bool(engine.export_rows))
    dragging.begin(clip, wave)
    assert not dragged
    engine.finish_export(1)
    qtbot.waitUntil(lambda: bool(dragged))
    (path,) = dragged
    assert Path(path).name == "long 4s–9s.wav"
    call = next(argument for verb, argument in engine.calls if verb == "export")
    assert call == (sounds[0], 4.0, 9.0, path, ExportForm.SOUND)
    dragging.begin(clip, wave)  # it is there already
    assert dragged == [path, path]
    qtbot.mouseRelease(wave, Qt.MouseButton.LeftButton)
    dragging.begin(clip, wave)  # the button was let go of
    assert dragged == [path, path]
