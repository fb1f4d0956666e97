"""How sure the results are: the line, what is below it, and the honest empty state."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from assetman.core.queries import Sort
from assetman.ui.controller.state import SearchState
from assetman.ui.window import MainWindow
from tests.ui.fake_engine import FakeEngine
from tests.ui.shell.conftest import Open, shown


def ask(qtbot: QtBot, window: MainWindow, words: str, first: str) -> None:
    window.session.go(SearchState(words=words))
    qtbot.waitUntil(lambda: shown(window)[:1] == [first])


def test_good_matches_stand_above_a_line_and_the_others_below_it(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    engine.sure = 0.7
    ask(qtbot, window, "red", "red barn.jpg")
    results, grid = window.session.results, window.content.grid
    assert results is not None
    assert 0 < results.good < 5
    assert window.content.line.text().startswith(f"{results.good} good match")
    parting = grid.grid.parting
    assert grid.grid.cell(results.good - 1).bottom() < parting.top()
    assert parting.bottom() < grid.grid.cell(results.good).top()


def test_what_is_below_the_line_is_said_to_be_uncertain(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    engine.sure = 0.9
    ask(qtbot, window, "red", "red barn.jpg")
    model = window.content.grid.assets
    qtbot.waitUntil(lambda: model.card(1) is not None)
    names = [model.data(model.index(row), Qt.ItemDataRole.AccessibleTextRole) for row in (0, 1)]
    assert ["perhaps a match" in name for name in names] == [False, True]


def test_keys_cross_the_line_and_nothing_is_selected_on_it(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    engine.sure = 0.9
    ask(qtbot, window, "red", "red barn.jpg")
    grid = window.content.grid
    grid.go_to(grid.ids()[0])
    grid.setFocus()
    qtbot.keyClick(grid, Qt.Key.Key_Down)
    assert grid.currentIndex().row() == 1
    qtbot.keyClick(grid, Qt.Key.Key_Up)
    assert grid.currentIndex().row() == 0
    middle = grid.grid.parting.center()
    middle.setY(middle.y() - grid.verticalOffset())
    assert not grid.indexAt(middle).isValid()


def test_no_line_is_drawn_where_nobody_measured_or_another_order_was_chosen(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    ask(qtbot, window, "red", "red barn.jpg")
    assert window.content.line.text().startswith("Closest 5")
    assert not window.content.grid.grid.parting.isValid()
    engine.sure = 0.7
    window.session.go(SearchState("red", sort=Sort.NAME, descending=False))
    qtbot.waitUntil(lambda: shown(window)[0] == "blue bay.png")
    assert not window.content.grid.grid.parting.isValid()


def test_the_scroll_bar_shows_where_certainty_ends(
    qtbot: QtBot, open_window: Open, engine: FakeEngine
) -> None:
    engine.add_many(300)
    engine.sure = 0.75
    window = open_window(engine)
    window.session.go(SearchState(words="red"))
    qtbot.waitUntil(lambda: len(window.content.grid.ids()) == 200)
    results = window.session.results
    assert results is not None
    assert 0 < results.good < 200
    bar = window.content.grid.certainty
    assert bar.mark is not None
    assert 0 < bar.mark < 1
    assert "Good matches end" in bar.accessibleDescription()
    window.session.go(SearchState())
    qtbot.waitUntil(lambda: bar.mark is None)


def test_where_nothing_matches_that_is_said_and_the_nearest_few_are_offered(
    qtbot: QtBot, open_window: Open, engine: FakeEngine
) -> None:
    engine.add_many(40)
    engine.sure = 2.0
    window = open_window(engine)
    window.session.go(SearchState(words="red"))
    nearest = window.content.nearest
    qtbot.waitUntil(nearest.isVisible)
    assert window.content.line.text() == "Nothing here matches “red” · 0.03 s"
    assert nearest.note.text() == "These are the nearest 12; they are probably not it."
    assert len(window.content.grid.ids()) == 12
    assert nearest.all.text() == "Show all 45"
    qtbot.mouseClick(nearest.all, Qt.MouseButton.LeftButton)
    assert len(window.content.grid.ids()) == 45
    assert nearest.isVisible()
    assert not nearest.all.isVisible()
    window.session.go(replace(window.session.state, words=""))
    qtbot.waitUntil(lambda: not nearest.isVisible())
