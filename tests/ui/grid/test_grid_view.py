from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from assetman.core.changes import Changes
from assetman.engine.protocol import Card
from assetman.ui.grid import GridPlace, GridView
from tests.ui.fake_engine import FakeEngine
from tests.ui.grid.conftest import (
    answered,
    click,
    fetched,
    listed,
    middle,
    on_screen,
    painted,
)

Key, Mod = Qt.Key, Qt.KeyboardModifier


def test_only_cards_on_screen_are_fetched(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, many: list[int]
) -> None:
    grid.show_results(listed(many))
    qtbot.waitUntil(lambda: painted(grid))
    assert fetched(engine) == set(on_screen(grid))


def test_what_is_scrolled_past_is_never_fetched(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, many: list[int]
) -> None:
    grid.show_results(listed(many))
    qtbot.waitUntil(lambda: painted(grid))
    first = set(on_screen(grid))
    qtbot.keyClick(grid, Key.Key_Home)
    qtbot.keyClick(grid, Key.Key_End)
    qtbot.waitUntil(lambda: painted(grid))
    last = set(on_screen(grid))
    assert many[-1] in last
    assert fetched(engine) == first | last


def test_only_thumbnails_on_screen_are_decoded(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, many: list[int]
) -> None:
    grid.show_results(listed(many))
    qtbot.waitUntil(lambda: painted(grid))
    shown = {engine.rows[asset].thumbnail for asset in on_screen(grid)}
    assert grid.sight.thumbnails.decoded == len(shown)


def test_the_wheel_walks_through_ten_thousand(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, many: list[int]
) -> None:
    grid.show_results(listed(many))
    at = QPointF(200, 200)
    for _ in range(30):
        down = QPoint(0, -120)
        event = QWheelEvent(
            at,
            QPointF(grid.mapToGlobal(at.toPoint())),
            QPoint(),
            down,
            Qt.MouseButton.NoButton,
            Mod.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(grid.viewport(), event)
    assert grid.verticalScrollBar().value() > 1000
    qtbot.waitUntil(lambda: painted(grid))
    assert len(fetched(engine)) < 300


def test_nothing_is_asked_on_the_thread_that_paints(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: set[threading.Thread] = set()
    real = engine.cards

    def cards(asset_ids: Sequence[int]) -> list[Card]:
        threads.add(threading.current_thread())
        return real(asset_ids)

    monkeypatch.setattr(engine, "cards", cards)
    grid.show_results(listed(list(engine.rows)))
    qtbot.waitUntil(lambda: painted(grid))
    assert threads
    assert threading.main_thread() not in threads


def test_arrows_walk_and_shift_selects_a_run(qtbot: QtBot, grid: GridView, many: list[int]) -> None:
    grid.show_results(listed(many))
    qtbot.waitUntil(lambda: painted(grid))
    columns = grid.grid.columns
    click(qtbot, grid, 0)
    qtbot.keyClick(grid, Key.Key_Right)
    qtbot.keyClick(grid, Key.Key_Down)
    assert grid.selected_ids() == [many[columns + 1]]
    qtbot.keyClick(grid, Key.Key_Down, Mod.ShiftModifier)
    assert grid.selected_ids() == many[columns + 1 : 2 * columns + 2]
    qtbot.keyClick(grid, Key.Key_Home)
    assert grid.selected_ids() == [many[0]]
    qtbot.keyClick(grid, Key.Key_PageDown)
    assert grid.currentIndex().row() % columns == 0
    assert grid.currentIndex().row() > columns
    qtbot.keyClick(grid, Key.Key_A, Mod.ControlModifier)
    assert len(grid.selected_ids()) == len(many)


def test_the_last_row_is_reached_from_any_column(
    qtbot: QtBot, grid: GridView, many: list[int]
) -> None:
    columns = grid.grid.columns
    grid.show_results(listed(many[: columns + 1]))
    qtbot.waitUntil(lambda: painted(grid))
    click(qtbot, grid, columns - 1)
    qtbot.keyClick(grid, Key.Key_Down)
    assert grid.currentIndex().row() == columns
    qtbot.keyClick(grid, Key.Key_Down)
    assert grid.currentIndex().row() == columns


def test_from_right_to_left_the_left_arrow_goes_on(
    qtbot: QtBot, grid: GridView, many: list[int]
) -> None:
    grid.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    grid.show_results(listed(many))
    qtbot.waitUntil(lambda: painted(grid))
    assert grid.picture_rect(0).left() > grid.picture_rect(1).left()
    click(qtbot, grid, 0)
    qtbot.keyClick(grid, Key.Key_Left)
    assert grid.selected_ids() == [many[1]]


def test_ctrl_toggles_and_shift_extends(qtbot: QtBot, grid: GridView, many: list[int]) -> None:
    grid.show_results(listed(many))
    qtbot.waitUntil(lambda: painted(grid))
    click(qtbot, grid, 1)
    click(qtbot, grid, 4, Mod.ShiftModifier)
    assert grid.selected_ids() == many[1:5]
    click(qtbot, grid, 2, Mod.ControlModifier)
    assert grid.selected_ids() == [many[1], many[3], many[4]]


def test_a_rubber_band_selects_what_it_touches(
    qtbot: QtBot, grid: GridView, many: list[int]
) -> None:
    grid.show_results(listed(many))
    qtbot.waitUntil(lambda: painted(grid))
    columns, view = grid.grid.columns, grid.viewport()
    start = QPoint(4, 4)
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(view, middle(grid, 1))
    qtbot.mouseMove(view, middle(grid, columns + 1))
    wanted = [many[0], many[1], many[columns], many[columns + 1]]
    assert grid.selected_ids() == wanted
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=middle(grid, columns + 1))
    assert grid.selected_ids() == wanted
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, Mod.ControlModifier, start)
    qtbot.mouseMove(view, middle(grid, 0))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, Mod.ControlModifier, middle(grid, 0))
    assert grid.selected_ids() == wanted[1:]
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=start)
    assert grid.selected_ids() == []


def test_the_selection_is_told_once(qtbot: QtBot, grid: GridView, many: list[int]) -> None:
    grid.show_results(listed(many))
    qtbot.waitUntil(lambda: painted(grid))
    told: list[list[int]] = []
    grid.selection_changed.connect(told.append)
    click(qtbot, grid, 3)
    qtbot.waitUntil(lambda: told == [[many[3]]])
    grid.show_results(listed(many[:5]))
    qtbot.waitUntil(lambda: told == [[many[3]], []])


def test_letters_are_left_to_the_window(qtbot: QtBot, place: QWidget, grid: GridView) -> None:
    heard: list[str] = []
    place.keyPressEvent = lambda event: heard.append(event.text())  # type: ignore[method-assign]
    grid.show_results(listed([1, 2]))
    for letter in ("f", "/", "x"):
        event = QKeyEvent(QKeyEvent.Type.KeyPress, Key.Key_unknown, Mod.NoModifier, letter)
        QApplication.sendEvent(grid, event)
    assert heard == ["f", "/", "x"]


def test_space_enter_and_double_click_open_large(
    qtbot: QtBot, grid: GridView, many: list[int]
) -> None:
    grid.show_results(listed(many))
    qtbot.waitUntil(lambda: painted(grid))
    opened: list[int] = []
    grid.opened.connect(opened.append)
    click(qtbot, grid, 2)
    qtbot.keyClick(grid, Key.Key_Space)
    qtbot.keyClick(grid, Key.Key_Return)
    qtbot.mouseDClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=middle(grid, 5))
    assert opened == [many[2], many[2], many[5]]


def test_back_brings_scroll_and_selection_again(
    qtbot: QtBot, grid: GridView, many: list[int]
) -> None:
    grid.show_results(listed(many))
    qtbot.waitUntil(lambda: painted(grid))
    grid.verticalScrollBar().setValue(4321)
    row = grid.on_screen().start + grid.grid.columns
    click(qtbot, grid, row)
    click(qtbot, grid, row + 2, Mod.ControlModifier)
    place = grid.place()
    grid.show_results(listed(many[::-1]))
    assert grid.verticalScrollBar().value() == 0
    grid.show_results(listed(many))
    grid.restore(place)
    assert grid.verticalScrollBar().value() == 4321
    assert grid.selected_ids() == [many[row], many[row + 2]]
    assert grid.currentIndex().row() == row + 2


def test_a_place_whose_anchor_is_gone_is_still_near(
    qtbot: QtBot, grid: GridView, many: list[int]
) -> None:
    grid.show_results(listed(many))
    grid.restore(GridPlace(scroll=1000, anchor=-1, selected=(-5, many[3]), current=-5))
    assert grid.verticalScrollBar().value() == 1000
    assert grid.selected_ids() == [many[3]]


def test_other_measures_keep_what_is_at_the_top(
    qtbot: QtBot, place: QWidget, grid: GridView, many: list[int]
) -> None:
    grid.show_results(listed(many))
    qtbot.waitUntil(lambda: painted(grid))
    grid.verticalScrollBar().setValue(50_000)
    top = on_screen(grid)[0]
    grid.set_card_size(300)
    assert top in on_screen(grid)[: grid.grid.columns]
    grid.resize(520, 500)
    assert top in on_screen(grid)[: grid.grid.columns]


def test_what_is_removed_keeps_its_place_under_the_pointer(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, many: list[int]
) -> None:
    grid.show_results(listed(many[:40]))
    qtbot.waitUntil(lambda: painted(grid))
    qtbot.mouseMove(grid.viewport(), middle(grid, 5))
    assert grid.viewport().underMouse()
    grid.apply(Changes(assets_removed=frozenset([many[1]])))
    assert grid.ids() == many[:40]
    assert grid.assets.store.gone(many[1])
    QApplication.sendEvent(grid.viewport(), QEvent(QEvent.Type.Leave))
    assert grid.ids() == [many[0], *many[2:40]]


def test_what_has_changed_is_fetched_again_if_it_is_seen(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, many: list[int]
) -> None:
    grid.show_results(listed(many))
    qtbot.waitUntil(lambda: painted(grid))
    engine.calls.clear()
    grid.apply(Changes(assets_changed=frozenset([many[2], many[9000]])))
    qtbot.waitUntil(lambda: fetched(engine) == {many[2]})


def test_what_is_seen_is_told_when_it_has_come_to_rest(
    qtbot: QtBot, grid: GridView, many: list[int]
) -> None:
    seen: list[list[int]] = []
    grid.visible_changed.connect(seen.append)
    grid.show_results(listed(many))
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [on_screen(grid)]


def test_the_quick_action_asks(qtbot: QtBot, grid: GridView, many: list[int]) -> None:
    grid.show_results(answered(many[:20]))
    qtbot.waitUntil(lambda: painted(grid))
    asked: list[object] = []
    grid.asked.connect(asked.append)
    picture = grid.picture_rect(3)
    corner = picture.topRight() + QPoint(-20, 14)
    qtbot.mouseMove(grid.viewport(), picture.center())
    qtbot.mouseMove(grid.viewport(), corner)
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=corner)
    assert [question.examples[0].asset_id for question in asked] == [many[3]]  # type: ignore[attr-defined]
    assert grid.selected_ids() == []
