"""The window as a whole: its shape, its memory, who can use it, what it must never load."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QSlider, QWidget
from pytestqt.qtbot import QtBot

from assetman.core.errors import EnvironmentProblem
from assetman.core.progress import Phase, Progress
from assetman.core.queries import Example
from assetman.ui.controller.state import ExampleChip
from assetman.ui.theme import Scheme, appearance
from assetman.ui.window import MainWindow
from tests.ui.fake_engine import FakeEngine
from tests.ui.shell.conftest import Open, shown

HEAVY = ("torch", "open_clip", "transformers", "cv2", "PIL", "sqlite3", "sqlite_utils", "timm")


def test_the_window_stands_before_there_is_an_engine(
    qtbot: QtBot, open_window: Open, engine: FakeEngine
) -> None:
    window = open_window(None)
    qtbot.keyClicks(window.top_bar.search.words, "red")
    window.bridge.attach(engine)
    qtbot.waitUntil(lambda: shown(window)[:1] == ["red barn.jpg"])


def test_an_engine_that_cannot_be_started_is_said_and_can_be_tried_again(
    qtbot: QtBot, open_window: Open
) -> None:
    window = open_window(None)
    window.show_unconnected(EnvironmentProblem("The library is from a newer Assetman."))
    empty = window.content.empty
    assert empty.sentence.text() == "The library is from a newer Assetman."
    with qtbot.waitSignal(window.connect_wanted):
        qtbot.mouseClick(empty.action, Qt.MouseButton.LeftButton)


def test_an_engine_that_died_is_told_in_a_calm_line_and_the_window_goes_on(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    engine.say_progress(Progress(1, Phase.INDEXING, "Photos", 1, 5))
    qtbot.waitUntil(window.library.status_bar.pause.isVisible)
    engine.lose()
    qtbot.waitUntil(lambda: not window.library.status_bar.pause.isVisible())
    qtbot.waitUntil(window.message_bar.isVisible)
    assert window.message_bar.sentence.text() == "The engine stopped and was started again."
    qtbot.keyClicks(window.top_bar.search.words, "green")
    qtbot.waitUntil(lambda: shown(window)[:1] == ["green hills.jpg"])


def test_the_sides_collapse_and_are_remembered(
    qtbot: QtBot, open_window: Open, engine: FakeEngine
) -> None:
    window = open_window(engine)
    assert window.library.sidebar.width() == 232
    assert window.inspector.width() == 316
    qtbot.keyClick(window, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    assert not window.library.sidebar.isVisible()
    assert window.top_bar.sidebar.isVisible()
    window.top_bar.sizes.slider.setValue(240)
    window.close()
    again = open_window(engine)
    assert not again.library.sidebar.isVisible()
    assert again.inspector.isVisible()
    assert again.top_bar.sizes.slider.value() == 240
    qtbot.mouseClick(again.top_bar.sidebar, Qt.MouseButton.LeftButton)
    assert again.library.sidebar.width() == 232


def test_in_a_small_window_the_inspector_gives_way_and_comes_back(
    qtbot: QtBot, open_window: Open, engine: FakeEngine
) -> None:
    window = open_window(engine, 800, 600)
    assert not window.inspector.isVisible()
    assert window.library.sidebar.isVisible()
    qtbot.mouseClick(window.top_bar.inspector, Qt.MouseButton.LeftButton)
    assert window.inspector.isVisible()
    window.resize(1300, 800)
    qtbot.waitUntil(window.inspector.isVisible)


def test_the_theme_is_chosen_in_the_menu_and_remembered(
    qtbot: QtBot, open_window: Open, engine: FakeEngine
) -> None:
    window = open_window(engine)
    themes = next(a.menu() for a in window.menu.actions() if a.text() == "Theme")
    {action.text(): action for action in themes.actions()}["Light"].trigger()
    assert not appearance().theme.dark
    assert window.memory.scheme is Scheme.LIGHT
    {action.text(): action for action in themes.actions()}["As the system"].trigger()


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_nothing_is_cut_at_any_text_size(
    qtbot: QtBot, open_window: Open, engine: FakeEngine, scale: float
) -> None:
    appearance().set_scale(scale)
    try:
        window = open_window(engine, round(1440 * scale), round(900 * scale))
        for button in window.findChildren(QAbstractButton):
            if button.isVisibleTo(window) and button.text():
                assert button.width() >= button.minimumSizeHint().width(), button.text()
                assert button.height() >= button.fontMetrics().height(), button.text()
    finally:
        appearance().set_scale(1.0)


def everything(interface: QAccessibleInterface) -> list[QAccessibleInterface]:
    found = [interface]
    for place in range(min(interface.childCount(), 60)):
        child = interface.child(place)
        if child is not None:
            found += everything(child)
    return found


def test_all_that_can_be_used_has_a_name_and_is_reached_by_keyboard(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    asset_id, row = next(iter(engine.rows.items()))
    window.session.add([ExampleChip(Example(asset_id=asset_id), "a.jpg", row.thumbnail)])
    window.content.grid.go_to(window.content.grid.ids()[0])
    qtbot.waitUntil(lambda: bool(window.top_bar.search.chips.buttons))
    kinds = (QAbstractButton, QLineEdit, QSlider)
    usable = [w for w in window.findChildren(QWidget) if isinstance(w, kinds)]
    for widget in usable:
        if not widget.isVisible():
            continue
        named = QAccessible.queryAccessibleInterface(widget)
        assert named.text(QAccessible.Text.Name), widget
        assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus, widget
    roles = {
        interface.role() for interface in everything(QAccessible.queryAccessibleInterface(window))
    }
    assert {
        QAccessible.Role.Button,
        QAccessible.Role.EditableText,
        QAccessible.Role.Tree,
        QAccessible.Role.Slider,
    } <= roles
    names = [
        interface.text(QAccessible.Text.Name)
        for interface in everything(QAccessible.queryAccessibleInterface(window))
    ]
    assert "like a.jpg, remove" in names
    assert "Photos, 5 assets" in names


def test_tab_goes_all_around(qtbot: QtBot, window: MainWindow) -> None:
    start = window.focusWidget()
    visited = [start]
    for _ in range(60):
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        if window.focusWidget() is start:
            break
        visited.append(window.focusWidget())
    assert window.focusWidget() is start
    for part in (
        window.content.grid,
        window.library.sidebar.tree,
        window.top_bar.filter,
        window.top_bar.order,
        window.library.sidebar.everything,
    ):
        assert part in visited


def test_the_window_s_process_loads_neither_models_nor_decoders_nor_databases() -> None:
    code = (
        "import sys; import assetman.ui.app; import assetman.engine.client;"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
        timeout=60,
    )
    assert done.stdout.strip() == "[]"
