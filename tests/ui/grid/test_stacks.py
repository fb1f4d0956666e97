"""Copies and bursts folded into one card, opened in their place by mouse and keys."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QDrag, QMouseEvent
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from assetman.core.changes import Changes
from assetman.core.duplicates import Likeness, Stack
from assetman.core.queries import Hit, Query, Results
from assetman.ui.grid import GridView
from assetman.ui.grid.asset_actions import ASSETS_MIME
from assetman.ui.grid.grid_layout import GridLayout
from assetman.ui.grid.plates import Plate
from assetman.ui.grid.stack_ground import ground_of, grounds
from assetman.ui.theme import theme
from tests.ui.fake_engine import FakeEngine
from tests.ui.grid.conftest import click, middle, painted

Key, Mod, Left = Qt.Key, Qt.KeyboardModifier, Qt.MouseButton.LeftButton


def answer(
    many: Sequence[int], stacks: dict[int, Sequence[int]], likeness: Likeness | None, sure: int = 0
) -> Results:
    """Make an answer whose hits stand at some places for others too."""
    hits = []
    for place, asset in enumerate(many):
        stack = Stack((asset, *stacks[place]), likeness) if place in stacks else None
        confident = place < sure if sure else None
        hits.append(Hit(asset, 0.9 - 0.01 * place, stack=stack, confident=confident))
    return Results(Query(text="waves"), hits=tuple(hits))


@pytest.fixture
def many(engine: FakeEngine) -> list[int]:
    """Give the ids of three hundred and twenty assets."""
    before = set(engine.rows)
    engine.add_many(320)
    return [asset for asset in engine.rows if asset not in before]


@pytest.fixture
def copies(qtbot: QtBot, grid: GridView, many: list[int]) -> list[int]:
    """Show thirty hits of which the second stands for three near copies; give those."""
    others = many[100:102]
    grid.show_results(answer(many[:30], {1: others}, Likeness.NEAR))
    qtbot.waitUntil(lambda: grid.assets.card(1) is not None)
    return [many[1], *others]


def point_at_count(qtbot: QtBot, grid: GridView, row: int) -> QPoint:
    """Move the pointer onto the number of files that a card stands for."""
    whole = grid.visualRect(grid.assets.index(row)) if grid.listing.on else grid.picture_rect(row)
    for y in range(whole.top(), whole.bottom(), 4):
        for x in range(whole.right(), whole.left(), -4):
            point = QPoint(x, y)
            move = QMouseEvent(
                QEvent.Type.MouseMove,
                QPointF(point),
                QPointF(grid.viewport().mapToGlobal(point)),
                Qt.MouseButton.NoButton,
                Qt.MouseButton.NoButton,
                Mod.NoModifier,
            )
            grid.mouseMoveEvent(move)
            if grid.plate_at(point) == (row, Plate.STACK):
                return point
    raise AssertionError(f"nothing says how many files row {row} stands for")


def entries(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions()]


def choose(grid: GridView, ids: Sequence[int], title: str) -> None:
    menu = grid.verbs.menu(ids)
    next(action for action in menu.actions() if action.text().startswith(title)).trigger()
    menu.deleteLater()


def test_a_click_on_the_number_opens_a_stack_right_behind_its_card_and_closes_it(
    qtbot: QtBot, grid: GridView, many: list[int], copies: list[int]
) -> None:
    at = point_at_count(qtbot, grid, 1)
    qtbot.mouseClick(grid.viewport(), Left, pos=at)
    assert grid.ids()[:5] == [many[0], *copies, many[2]]
    assert grid.selected_ids() == [copies[0]]
    qtbot.waitUntil(lambda: painted(grid))
    qtbot.mouseClick(grid.viewport(), Left, pos=point_at_count(qtbot, grid, 1))
    assert grid.ids() == many[:30]


def test_the_number_stays_where_it_is_when_the_pointer_comes(
    qtbot: QtBot, grid: GridView, copies: list[int]
) -> None:
    picture = grid.picture_rect(1)
    at = point_at_count(qtbot, grid, 1)
    assert at.x() > picture.right() - 40  # in its corner, though Similar is offered too
    assert at.y() < picture.top() + 30
    row, plate = grid.plate_at(at - QPoint(44, 0))
    assert (row, plate) == (1, Plate.SIMILAR)


def test_g_opens_a_stack_arrows_walk_through_it_and_g_closes_it_from_any_of_its_cards(
    qtbot: QtBot, grid: GridView, many: list[int], copies: list[int]
) -> None:
    grid.go_to(copies[0])
    qtbot.keyClick(grid, Key.Key_G)
    walked = []
    for _ in range(3):
        qtbot.keyClick(grid, Key.Key_Right)
        walked += grid.selected_ids()
    assert walked == [*copies[1:], many[2]]
    qtbot.keyClick(grid, Key.Key_Left)
    qtbot.keyClick(grid, Key.Key_G)
    assert grid.ids() == many[:30]
    assert grid.selected_ids() == [copies[0]]
    assert grid.currentIndex().row() == 1


def test_esc_closes_the_stack_one_is_in_then_the_one_in_sight_then_is_the_windows(
    qtbot: QtBot, grid: GridView, many: list[int]
) -> None:
    grid.show_results(answer(many[:30], {1: many[100:102], 4: many[110:113]}, Likeness.NEAR))
    for asset in (many[1], many[4]):
        grid.stacks.open(asset)
    grid.go_to(many[101])
    qtbot.keyClick(grid, Key.Key_Escape)
    assert list(grid.assets.opened) == [many[4]]
    qtbot.keyClick(grid, Key.Key_Escape)
    assert grid.ids() == many[:30]
    assert grid.stacks.to_close() is None


def test_the_cards_of_an_open_stack_share_a_ground_that_goes_on_in_the_next_row(
    qtbot: QtBot, grid: GridView, many: list[int]
) -> None:
    columns = grid.grid.columns
    grid.show_results(answer(many[:30], {1: many[100 : 100 + columns]}, None))
    grid.stacks.open(many[1])
    first, second = grounds(grid.grid, range(1, 2 + columns))
    assert (first.begins, first.ends, second.begins, second.ends) == (True, False, False, True)
    assert first.area.right() >= grid.grid.cell(columns - 1).right() + grid.grid.margin
    assert not first.area.contains(grid.grid.cell(0).center())
    seen = grid.viewport().grab().toImage()
    between = grid.grid.cell(1).topRight() + QPoint(grid.grid.gap // 2, 30)
    assert seen.pixelColor(between) == ground_of(theme())
    beside = grid.grid.cell(0).topRight() + QPoint(2, 30)
    assert seen.pixelColor(beside) != ground_of(theme())


def test_what_is_done_to_a_closed_stack_is_done_to_the_one_shown(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, copies: list[int]
) -> None:
    click(qtbot, grid, 1)
    qtbot.keyClick(grid, "3")
    qtbot.waitUntil(lambda: engine.rows[copies[0]].asset.rating == 3)
    assert [engine.rows[each].asset.rating for each in copies[1:]] == [0, 0]
    tip = grid.assets.index(1).data(Qt.ItemDataRole.ToolTipRole)
    assert "Stands for 3 near copies" in tip
    assert "this one alone" in tip
    menu = grid.verbs.menu([copies[0]])
    assert entries(menu)[:4] == [
        "Show the 3 near copies\tG",
        "Select all 3",
        "",
        "For the one shown:",
    ]
    menu.deleteLater()


def test_the_menu_opens_a_stack_and_selects_all_of_it_to_be_rated_at_once(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, copies: list[int]
) -> None:
    choose(grid, [copies[0]], "Show the 3 near copies")
    assert grid.stacks.is_open(copies[2])
    menu = grid.verbs.menu([copies[2]])
    assert entries(menu)[0] == "Hide the 3 near copies\tG"
    assert "For the one shown:" not in entries(menu)
    menu.deleteLater()
    choose(grid, [copies[0]], "Hide the 3")
    choose(grid, [copies[0]], "Select all 3")
    assert grid.selected_ids() == copies
    qtbot.keyClick(grid, "4")
    qtbot.waitUntil(lambda: all(engine.rows[each].asset.rating == 4 for each in copies))


def test_several_closed_stacks_are_selected_whole(
    qtbot: QtBot, grid: GridView, many: list[int]
) -> None:
    grid.show_results(answer(many[:30], {1: many[100:102], 4: many[110:113]}, None))
    click(qtbot, grid, 0)
    click(qtbot, grid, 4, Mod.ShiftModifier)
    title = "Select all 10 that these stand for"
    menu = grid.verbs.menu(grid.selected_ids())
    assert entries(menu)[0] == title
    menu.deleteLater()
    choose(grid, grid.selected_ids(), title)
    ids = [many[0], many[1], *many[100:102], many[2], many[3], many[4], *many[110:113]]
    assert grid.selected_ids() == ids


def test_a_burst_is_called_a_burst(grid: GridView, many: list[int]) -> None:
    grid.show_results(answer(many[:3], {0: many[100:104]}, None))
    menu = grid.verbs.menu([many[0]])
    assert entries(menu)[0] == "Show the 5 of this burst\tG"
    menu.deleteLater()


def test_a_file_of_an_open_stack_is_asked_for_and_opened_like_any_other(
    qtbot: QtBot, grid: GridView, copies: list[int]
) -> None:
    grid.go_to(copies[0])
    qtbot.keyClick(grid, Key.Key_G)
    qtbot.waitUntil(lambda: painted(grid))
    click(qtbot, grid, 3)
    assert grid.selected_ids() == [copies[2]]
    with qtbot.waitSignal(grid.asked) as asked:
        qtbot.keyClick(grid, Key.Key_S)
    assert asked.args[0].examples[0].asset_id == copies[2]
    with qtbot.waitSignal(grid.opened) as opened:
        qtbot.keyClick(grid, Key.Key_Space)
    assert opened.args == [copies[2]]


def test_files_of_an_open_stack_are_dragged_together_and_a_closed_one_goes_alone(
    qtbot: QtBot, grid: GridView, copies: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    carried: list[list[int]] = []

    def drop(drag: QDrag, *_actions: Qt.DropAction) -> Qt.DropAction:
        carried.append(json.loads(bytes(drag.mimeData().data(ASSETS_MIME).data())))
        return Qt.DropAction.CopyAction

    def pull(row: int) -> None:
        """Press on a card and move until the drag begins."""
        before, start = len(carried), middle(grid, row)
        qtbot.mousePress(grid.viewport(), Left, pos=start)
        for step in range(1, 6):
            if len(carried) == before:
                qtbot.mouseMove(grid.viewport(), start + QPoint(8 * step, 4 * step))

    monkeypatch.setattr(QDrag, "exec", drop)
    click(qtbot, grid, 1)
    pull(1)
    qtbot.keyClick(grid, Key.Key_G)
    qtbot.waitUntil(lambda: grid.assets.card(3) is not None)
    click(qtbot, grid, 2)
    click(qtbot, grid, 3, Mod.ShiftModifier)
    pull(2)
    assert carried == [[copies[0]], copies[1:]]


def test_home_and_end_and_the_place_on_screen_hold_while_a_stack_opens_and_closes(
    qtbot: QtBot, grid: GridView, many: list[int]
) -> None:
    grid.show_results(answer(many[:200], {120: many[300:307]}, Likeness.EXACT))
    grid.go_to(many[120])
    at = grid.picture_rect(120).top()
    qtbot.keyClick(grid, Key.Key_G)
    assert grid.picture_rect(120).top() <= at
    assert grid.viewport().rect().contains(grid.picture_rect(127))
    qtbot.keyClick(grid, Key.Key_End)
    assert grid.selected_ids() == [many[199]]
    assert grid.currentIndex().row() == 206
    qtbot.keyClick(grid, Key.Key_Home)
    assert grid.currentIndex().row() == 0
    assert grid.verticalScrollBar().value() == 0
    grid.go_to(many[306])
    at = grid.picture_rect(120).top()
    qtbot.keyClick(grid, Key.Key_Escape)
    assert grid.picture_rect(120).top() == at
    assert grid.viewport().rect().contains(grid.picture_rect(120))


def test_a_stack_stays_open_in_another_layout_on_the_way_back_and_in_a_changed_answer(
    qtbot: QtBot, grid: GridView, many: list[int], copies: list[int]
) -> None:
    grid.stacks.open(copies[0])
    grid.set_card_size(260)
    grid.listing.switch(True)
    assert grid.ids()[1:4] == copies
    grid.listing.switch(False)
    place = grid.place()
    grid.show_results(answer(many[200:230], {}, None))
    assert grid.assets.opened == {}
    changed = answer([many[9], many[101]], {1: [many[100], many[1]]}, Likeness.NEAR)
    grid.show_results(changed)
    grid.restore(place)  # another of the three is the best now
    assert grid.ids() == [many[9], many[101], many[100], many[1]]


def test_where_the_one_shown_is_gone_the_next_stands_for_the_stack(
    qtbot: QtBot, grid: GridView, many: list[int], copies: list[int]
) -> None:
    grid.apply(Changes(assets_removed=frozenset([copies[0]])))
    grid.viewportEvent(QEvent(QEvent.Type.Leave))
    assert grid.ids()[:3] == [many[0], copies[1], many[2]]
    grid.stacks.open(copies[1])
    assert grid.ids()[:4] == [many[0], *copies[1:], many[2]]
    grid.apply(Changes(assets_removed=frozenset([copies[1]])))
    grid.viewportEvent(QEvent(QEvent.Type.Leave))
    assert grid.ids()[:3] == [many[0], copies[2], many[2]]
    assert grid.stacks.of(copies[2]) is None


def test_the_line_of_certainty_keeps_a_stack_whole(
    qtbot: QtBot, grid: GridView, many: list[int]
) -> None:
    grid.show_results(answer(many[:30], {2: many[100:103], 5: many[110:112]}, None, sure=4))
    assert grid.grid.sure == 4
    grid.stacks.open(many[2])
    grid.stacks.open(many[5])
    assert grid.grid.sure == 7
    qtbot.waitUntil(lambda: grid.assets.card(5) is not None)
    dimmed = [grid._look_of(row, -1, 0.0).uncertain for row in range(12)]
    assert dimmed == [False] * 7 + [True] * 5


def test_a_stack_is_said_aloud_closed_and_open(
    qtbot: QtBot, grid: GridView, copies: list[int]
) -> None:
    QAccessible.setActive(True)  # as where somebody listens

    def said() -> list[str]:
        interface = QAccessible.queryAccessibleInterface(grid)
        return [interface.child(row).text(QAccessible.Text.Name) for row in (1, 2, 3)]

    assert "score 0.89, 3 near copies" in said()[0]
    grid.stacks.open(copies[0])
    qtbot.waitUntil(lambda: grid.assets.card(3) is not None)
    assert "near copy 1 of 3, shown" in said()[0]
    assert "near copy 2 of 3" in said()[1]
    assert "near copy 3 of 3" in said()[2]


def test_in_the_list_the_number_and_the_arrows_open_a_stack(
    qtbot: QtBot, grid: GridView, many: list[int], copies: list[int]
) -> None:
    grid.listing.switch(True)
    qtbot.mouseClick(grid.viewport(), Left, pos=point_at_count(qtbot, grid, 1))
    assert grid.ids()[1:4] == copies
    (ground, *_) = grounds(grid.grid, range(1, 4))
    assert ground.area.left() == grid.grid.cell(1).left()
    grid.go_to(copies[2])
    qtbot.keyClick(grid, Key.Key_Left)
    assert grid.ids() == many[:30]
    qtbot.keyClick(grid, Key.Key_Right)
    assert grid.ids()[1:4] == copies


def test_a_film_in_an_open_stack_shows_its_shots_beneath_its_row(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, many: list[int]
) -> None:
    from tests.ui.fake_films import FakeShot

    films = [engine.add_film(f"/media/f{n}.mp4", [FakeShot("#c0392b", 4.0)] * 3) for n in (1, 2)]
    shown = answer([many[0], films[0], *many[1:20]], {1: [films[1]]}, Likeness.NEAR)
    grid.show_results(replace(shown, query=Query(text="red")))
    grid.stacks.open(films[0])
    qtbot.waitUntil(lambda: grid.assets.card(2) is not None)
    grid.go_to(films[1])
    qtbot.keyClick(grid, Key.Key_M)
    qtbot.waitUntil(lambda: grid.grid.opened == 2 and grid.grid.room > 0)
    grid.stacks.close(films[0])
    assert grid.shots.asset is None  # the card it lay beneath is folded away
    assert grid.grid.room == 0


def test_the_middle_of_a_card_is_no_number(grid: GridView, copies: list[int]) -> None:
    assert grid.plate_at(middle(grid, 1))[1] is None


@given(
    width=st.integers(120, 2600),
    count=st.integers(1, 60),
    mirrored=st.booleans(),
    line=st.sampled_from([0, 36]),
    data=st.data(),
)
def test_the_ground_lies_beneath_all_of_a_stack_and_nothing_else(
    width: int, count: int, mirrored: bool, line: int, data: st.DataObject
) -> None:
    sure = data.draw(st.integers(0, count))
    layout = GridLayout(
        width, count, 150, 24, mirrored=mirrored, line=line, gap=0 if line else 10,
        sure=sure, part=30 if sure else 0,
    )  # fmt: skip
    first = data.draw(st.integers(0, count - 1))
    cards = range(first, data.draw(st.integers(first + 1, count)))
    areas = [ground.area for ground in grounds(layout, cards)]
    for card in range(count):
        cell = layout.cell(card)
        if card in cards:
            assert any(area.contains(cell) for area in areas)
        else:
            assert not any(area.intersects(cell) for area in areas)
