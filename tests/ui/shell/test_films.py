"""Videos in the whole window: what is found in them, chosen of them, asked with them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from assetman.core.assets import Kind
from assetman.core.moments import Picture
from assetman.core.queries import Example, Hit
from assetman.ui.controller.state import ExampleChip, KindChip
from assetman.ui.grid import GridView
from assetman.ui.grid.shot_list import ShotList
from assetman.ui.window import MainWindow
from tests.ui.fake_engine import COLOURS, FakeEngine
from tests.ui.fake_films import FakeShot
from tests.ui.shell.conftest import Open, labels, shown

Key, Left = Qt.Key, Qt.MouseButton.LeftButton
ORDER = ("red", "green", "blue", "orange", "grey", "blue")


@pytest.fixture
def film(engine: FakeEngine) -> int:
    """Give a video of six shots of 4 seconds."""
    shots = [FakeShot(COLOURS[name], 4.0) for name in ORDER]
    return engine.add_film("/media/footage/coast.mp4", shots)


@pytest.fixture
def window(open_window: Open, engine: FakeEngine, film: int) -> MainWindow:
    """Give a window over five pictures and a video."""
    return open_window(engine, 1300)


def ask(qtbot: QtBot, window: MainWindow, words: str) -> GridView:
    grid = window.content.grid
    window.top_bar.search.words.setText(words)
    window.session.say(words)
    qtbot.waitUntil(lambda: grid.query is not None and grid.query.text == words)
    qtbot.waitUntil(lambda: painted(grid))
    return grid


def painted(grid: GridView) -> bool:
    return all(grid.sight.thumbnail(row) is not None for row in grid.on_screen())


def open_shots(qtbot: QtBot, grid: GridView, film: int) -> ShotList:
    at = grid.picture_rect(grid.assets.row_of(film)).center()
    qtbot.mouseClick(grid.viewport(), Left, pos=at)
    qtbot.keyClick(grid, Key.Key_M)
    strip = grid.shots.strip
    assert strip is not None
    qtbot.waitUntil(lambda: len(strip.list.shots.shots) == 6)
    return strip.list


def watch(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> list[Hit | None]:
    """Note which moment the details are told to show."""
    seen: list[Hit | None] = []
    tell: Callable[..., None] = window.inspector.show_selection

    def told(ids: list[int], hits: dict[int, Hit]) -> None:
        seen.append(hits.get(ids[0]) if ids else None)
        tell(ids, hits)

    monkeypatch.setattr(window.inspector, "show_selection", told)
    return seen


def test_the_filter_menu_finds_videos_alone(qtbot: QtBot, window: MainWindow) -> None:
    menu = window.top_bar.filters
    menu.aboutToShow.emit()
    (entry,) = [action for action in menu.actions() if action.text().startswith("Video")]
    assert entry.text() == "Video\t1"
    entry.trigger()
    qtbot.waitUntil(lambda: shown(window) == ["coast.mp4"])
    assert labels(window) == ["Video"]
    assert KindChip(Kind.VIDEO) in window.session.state.chips


def test_a_shot_that_is_chosen_is_the_moment_in_the_details(
    qtbot: QtBot, window: MainWindow, film: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    grid = ask(qtbot, window, "blue")
    seen = watch(window, monkeypatch)
    shots = open_shots(qtbot, grid, film)
    qtbot.waitUntil(lambda: bool(seen) and seen[-1] is not None and seen[-1].start == 8.0)
    qtbot.keyClick(shots, Key.Key_Right)
    assert seen[-1] is not None
    assert (seen[-1].start, seen[-1].end) == (12.0, 16.0)
    qtbot.keyClick(shots, Key.Key_Escape)
    assert grid.hasFocus()
    assert not window.session.state.chips
    assert window.top_bar.search.words.text() == "blue"


def test_space_on_a_shot_shows_the_video_large_and_esc_comes_back(
    qtbot: QtBot, window: MainWindow, film: int
) -> None:
    grid = ask(qtbot, window, "blue")
    shots = open_shots(qtbot, grid, film)
    qtbot.keyClick(shots, Key.Key_Space)
    assert window.content.large.isVisible()
    assert window.content.large.current == film
    focus = QApplication.focusWidget()
    assert focus is not None
    qtbot.keyClick(focus, Key.Key_Escape)
    assert not window.content.large.isVisible()
    assert grid.shots.asset == film


def test_similar_to_a_moment_is_a_chip_with_its_frame_and_its_time(
    qtbot: QtBot, window: MainWindow, film: int
) -> None:
    grid = ask(qtbot, window, "blue")
    shots = open_shots(qtbot, grid, film)
    qtbot.keyClick(shots, Key.Key_Home)
    qtbot.keyClick(shots, Key.Key_S)
    qtbot.waitUntil(lambda: labels(window) == ["coast.mp4 at 0:00 – 0:04"])
    (chip,) = window.session.state.chips
    assert isinstance(chip, ExampleChip)
    assert chip.example == Example(asset_id=film, start=0.0, end=4.0)
    assert isinstance(chip.thumbnail, Picture)
    qtbot.waitUntil(lambda: shown(window)[:1] == ["red barn.jpg"])
    (button,) = window.top_bar.search.chips.buttons
    qtbot.waitUntil(lambda: button._thumbnail is not None)


def test_back_brings_the_open_shots_again(qtbot: QtBot, window: MainWindow, film: int) -> None:
    grid = ask(qtbot, window, "blue")
    open_shots(qtbot, grid, film)
    window.walk.enter()
    grid = ask(qtbot, window, "green")
    assert grid.shots.asset is None
    window.walk.back()
    qtbot.waitUntil(lambda: grid.shots.asset == film)
    assert grid.query is not None
    assert grid.query.text == "blue"
    window.walk.forward()
    qtbot.waitUntil(lambda: grid.query is not None and grid.query.text == "green")
    assert grid.shots.asset is None


def test_skimming_is_offered_in_the_menu_and_remembered(
    qtbot: QtBot, open_window: Open, engine: FakeEngine, window: MainWindow, film: int
) -> None:
    action = skim_action(window)
    assert action.isChecked()
    action.trigger()
    grid = window.content.grid
    at = grid.picture_rect(grid.assets.row_of(film)).center()
    qtbot.waitUntil(lambda: painted(grid))
    qtbot.mouseMove(grid.viewport(), at + QPoint(9, 0))
    qtbot.mouseMove(grid.viewport(), at)
    assert grid.skimming._asset is None
    again = open_window(engine)
    assert not skim_action(again).isChecked()
    assert not again.content.grid.skimming.on


def skim_action(window: MainWindow) -> QAction:
    return next(a for a in window.menu.actions() if a.text().startswith("Skim videos"))
