"""Stacks in the whole window: opened, walked through, left for another search and met again."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from assetman.core.assets import Kind
from assetman.core.duplicates import Likeness, Stack
from assetman.ui.controller.state import KindChip, SearchState
from assetman.ui.grid import GridView
from assetman.ui.window import MainWindow
from tests.ui.fake_engine import FakeEngine
from tests.ui.shell.conftest import shown

Key = Qt.Key
RED = SearchState(words="red", chips=(KindChip(Kind.IMAGE),))


@pytest.fixture
def grid(qtbot: QtBot, window: MainWindow, engine: FakeEngine) -> GridView:
    """Ask for red: three of the five pictures are copies of each other."""
    names = {row.asset.name: asset for asset, row in engine.rows.items()}
    three = tuple(names[name] for name in ("red barn.jpg", "evening.jpg", "green hills.jpg"))
    engine.stacks = [Stack(three, Likeness.NEAR)]
    window.session.go(RED)
    qtbot.waitUntil(lambda: len(shown(window)) == 3)
    grid = window.content.grid
    grid.go_to(three[0])
    grid.setFocus()
    return grid


def test_a_stack_is_opened_seen_large_and_left_with_esc_before_any_chip_goes(
    qtbot: QtBot, window: MainWindow, grid: GridView
) -> None:
    qtbot.keyClick(grid, Key.Key_G)
    assert len(shown(window)) == 5
    qtbot.keyClick(grid, Key.Key_Right)
    second = grid.selected_ids()
    qtbot.waitUntil(lambda: window.inspector.title.text() == shown(window)[1])
    qtbot.keyClick(grid, Key.Key_Space)
    large = window.content.large
    qtbot.waitUntil(large.isVisible)
    qtbot.keyClick(large, Key.Key_Right)
    qtbot.keyClick(large, Key.Key_Escape)
    assert grid.selected_ids() == [grid.ids()[2]] != second
    qtbot.keyClick(grid, Key.Key_Escape)
    assert len(shown(window)) == 3
    assert grid.selected_ids() == [grid.ids()[0]]
    assert window.session.state == RED
    qtbot.keyClick(grid, Key.Key_Escape)
    qtbot.waitUntil(lambda: window.session.state == SearchState(words="red"))


def test_a_file_of_an_open_stack_says_how_well_it_matches_by_itself(
    qtbot: QtBot, window: MainWindow, grid: GridView
) -> None:
    assert window.session.results is not None
    whole = {hit.asset_id: hit for hit in window.session.results.hits}
    qtbot.keyClick(grid, Key.Key_G)
    qtbot.keyClick(grid, Key.Key_Right)
    (second,) = grid.selected_ids()
    assert second not in whole
    qtbot.waitUntil(lambda: second in grid.assets.hits)
    score = grid.assets.hits[second].score
    assert 0 < score < whole[grid.ids()[0]].score
    qtbot.waitUntil(lambda: window.inspector.total.text() == f"{score:.2f}")


def test_back_leads_into_the_open_stack(qtbot: QtBot, window: MainWindow, grid: GridView) -> None:
    qtbot.keyClick(grid, Key.Key_G)
    qtbot.keyClick(grid, Key.Key_Right)
    before = grid.selected_ids()
    window.session.go(SearchState(words="blue"))
    qtbot.waitUntil(lambda: not grid.assets.opened and shown(window)[0] == "blue bay.png")
    window.walk.back()
    qtbot.waitUntil(lambda: len(shown(window)) == 5 and bool(grid.assets.opened))
    assert grid.selected_ids() == before


def test_an_answer_that_is_renewed_leaves_a_stack_open(
    qtbot: QtBot, window: MainWindow, grid: GridView
) -> None:
    qtbot.keyClick(grid, Key.Key_G)
    with qtbot.waitSignal(window.session.answered):
        window.session.ask()
    assert len(shown(window)) == 5
    assert grid.stacks.is_open(grid.ids()[2])
