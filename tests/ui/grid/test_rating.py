from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from assetman.core.assets import AssetState
from assetman.core.errors import EnvironmentProblem
from assetman.engine.protocol import EngineLost
from assetman.ui.controller.organiser import AWAY, Organiser
from assetman.ui.grid import GridView, Inspector, LargeView
from assetman.ui.grid.stars import STEP
from assetman.ui.grid.wording import card_name, card_tip
from tests.ui.fake_engine import FakeEngine
from tests.ui.grid.conftest import click, listed, named, painted

Key, Mod = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def shown(qtbot: QtBot, grid: GridView, engine: FakeEngine) -> list[int]:
    """Give the five pictures, in the order in which they are shown."""
    ids = sorted(engine.rows)
    grid.show_results(listed(ids))
    qtbot.waitUntil(lambda: painted(grid))
    return ids


def ratings(engine: FakeEngine, ids: list[int]) -> list[int]:
    return [engine.rows[asset_id].asset.rating for asset_id in ids]


def on_card(grid: GridView, row: int) -> int:
    card = grid.assets.card(row)
    assert card is not None
    return card.asset.rating


def test_a_digit_rates_the_selection_and_0_takes_the_rating_off(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, shown: list[int]
) -> None:
    click(qtbot, grid, 1)
    click(qtbot, grid, 3, Mod.ControlModifier)
    qtbot.keyClick(grid, Key.Key_4)
    qtbot.waitUntil(lambda: ratings(engine, shown) == [0, 4, 0, 4, 0])
    qtbot.keyClick(grid, Key.Key_0)
    qtbot.waitUntil(lambda: ratings(engine, shown) == [0] * 5)


def test_the_card_shows_a_rating_before_the_engine_has_it(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, shown: list[int]
) -> None:
    before = grid.grab().toImage()
    click(qtbot, grid, 0)
    engine._lock.acquire()
    try:
        qtbot.keyClick(grid, Key.Key_5)
        assert on_card(grid, 0) == 5
        assert grid.grab().toImage() != before
    finally:
        engine._lock.release()


def test_keys_pressed_in_a_hurry_are_done_in_their_order(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, shown: list[int]
) -> None:
    click(qtbot, grid, 0)
    for digit in "1234532145":
        qtbot.keyClick(grid, digit)
    qtbot.waitUntil(lambda: [v for v, _ in engine.calls].count("rate") == 10)
    given = [argument[1] for verb, argument in engine.calls if verb == "rate"]  # type: ignore[index]
    assert given == [int(digit) for digit in "1234532145"]
    qtbot.waitUntil(lambda: ratings(engine, shown)[0] == 5)


def test_a_refusal_is_said_and_the_card_shows_what_is_true(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, organiser: Organiser, shown: list[int]
) -> None:
    said: list[str] = []
    organiser.went_wrong.connect(said.append)
    engine.fail_with["rate"] = EnvironmentProblem("The disk is full: free some space.")
    click(qtbot, grid, 0)
    qtbot.keyClick(grid, Key.Key_5)
    qtbot.waitUntil(lambda: said == ["The disk is full: free some space."])
    qtbot.waitUntil(lambda: on_card(grid, 0) == 0)
    engine.fail_with["rate"] = EngineLost("gone")
    qtbot.keyClick(grid, Key.Key_5)
    qtbot.waitUntil(lambda: said[1:] == [AWAY])


def test_ten_thousand_are_rated_at_once(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, organiser: Organiser, many: list[int]
) -> None:
    acted: list[str] = []
    organiser.acted.connect(acted.append)
    grid.show_results(listed(many))
    qtbot.waitUntil(lambda: painted(grid))
    qtbot.keyClick(grid, Key.Key_A, Mod.ControlModifier)
    qtbot.keyClick(grid, Key.Key_3)
    assert on_card(grid, 0) == 3
    qtbot.waitUntil(lambda: acted == ["Rated 10,000 files: 3 stars"])
    assert set(ratings(engine, many)) == {3}
    assert [verb for verb, _ in engine.calls].count("rate") == 1


def test_nothing_selected_is_told_rather_than_ignored(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, organiser: Organiser, shown: list[int]
) -> None:
    said: list[str] = []
    organiser.went_wrong.connect(said.append)
    grid.clearSelection()
    qtbot.keyClick(grid, Key.Key_3)
    assert said == ["Select files first, then press 0 to 5 to rate them."]
    assert "rate" not in [verb for verb, _ in engine.calls]


def test_the_large_view_rates_what_it_shows(
    qtbot: QtBot, large: LargeView, engine: FakeEngine
) -> None:
    ids = sorted(engine.rows)
    large.show_assets(ids, ids[2])
    qtbot.waitUntil(lambda: large.bar.title.text() != "")
    previews = [verb for verb, _ in engine.calls].count("preview")
    qtbot.keyClick(large.canvas, Key.Key_2)
    qtbot.waitUntil(lambda: large.bar.rating.text() == "★★")
    assert large.bar.rating.accessibleName() == "Rated 2"
    qtbot.waitUntil(lambda: ratings(engine, ids) == [0, 0, 2, 0, 0])
    qtbot.keyClick(large.canvas, Key.Key_0)
    qtbot.waitUntil(lambda: not large.bar.rating.isVisible())
    previews_after = {a for verb, a in engine.calls if verb == "preview"}
    assert len(previews_after) == [verb for verb, _ in engine.calls].count("preview")
    assert previews <= len(previews_after)  # none was loaded a second time for a rating


def test_the_menu_rates(qtbot: QtBot, grid: GridView, engine: FakeEngine, shown: list[int]) -> None:
    menu = grid.verbs.menu(shown[:2])
    rate = next(action.menu() for action in menu.actions() if action.text() == "Rate")
    assert isinstance(rate, QMenu)
    assert [action.text() for action in rate.actions()][::5] == ["★★★★★\t5", "No rating\t0"]
    assert [action.isChecked() for action in rate.actions()] == [False] * 5 + [True]
    rate.actions()[2].trigger()
    qtbot.waitUntil(lambda: ratings(engine, shown) == [3, 3, 0, 0, 0])
    menu = grid.verbs.menu(shown[:3])  # of different ratings: none is ticked
    rate = next(action.menu() for action in menu.actions() if action.text() == "Rate")
    assert not any(action.isChecked() for action in rate.actions())


def test_stars_are_clicked_and_the_last_one_clicked_again_takes_the_rating_off(
    qtbot: QtBot, inspector: Inspector, engine: FakeEngine
) -> None:
    barn = named(engine, "red barn.jpg")
    inspector.show_selection([barn], {})
    qtbot.waitUntil(inspector.stars.isVisible)
    at = QPoint(3 * STEP + 5, 8)
    qtbot.mouseClick(inspector.stars, Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(lambda: ratings(engine, [barn]) == [4])
    assert inspector.stars.accessibleName() == "Rating, 4 of 5 stars"
    qtbot.mouseClick(inspector.stars, Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(lambda: ratings(engine, [barn]) == [0])


@pytest.mark.parametrize(
    ("key", "rating"), [(Key.Key_Right, 3), (Key.Key_Left, 1), (Key.Key_End, 5), (Key.Key_5, 5)]
)
def test_stars_are_chosen_by_keyboard(
    qtbot: QtBot, inspector: Inspector, engine: FakeEngine, key: Qt.Key, rating: int
) -> None:
    barn = named(engine, "red barn.jpg")
    engine.rate([barn], 2)
    inspector.show_selection([barn], {})
    qtbot.waitUntil(lambda: inspector.stars.value() == 2)
    assert inspector.stars.focusPolicy() is Qt.FocusPolicy.TabFocus
    qtbot.keyClick(inspector.stars, key)
    qtbot.waitUntil(lambda: ratings(engine, [barn]) == [rating])


def test_several_of_different_ratings_say_so_and_take_one(
    qtbot: QtBot, inspector: Inspector, engine: FakeEngine
) -> None:
    ids = sorted(engine.rows)
    engine.rate(ids[:2], 4)
    inspector.show_selection(ids, {})
    qtbot.waitUntil(lambda: inspector.mixed.text() == "mixed, 0 to 4")
    assert inspector.stars.accessibleName() == "Rating, mixed, 0 to 4"
    qtbot.keyClick(inspector.stars, Key.Key_1)
    qtbot.waitUntil(lambda: ratings(engine, ids) == [1] * 5)
    assert inspector.mixed.text() == ""
    assert inspector.stars.value() == 1


def test_a_wheel_over_the_stars_rates_nothing(
    qtbot: QtBot, inspector: Inspector, engine: FakeEngine
) -> None:
    barn = named(engine, "red barn.jpg")
    inspector.show_selection([barn], {})
    qtbot.waitUntil(inspector.stars.isVisible)
    middle = QPointF(inspector.stars.rect().center())
    event = QWheelEvent(
        middle,
        QPointF(inspector.stars.mapToGlobal(middle)),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Mod.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(inspector.stars, event)
    assert "rate" not in [verb for verb, _ in engine.calls]


def test_rating_and_tags_are_said_aloud_and_in_the_tip(engine: FakeEngine) -> None:
    barn = named(engine, "red barn.jpg")
    (plain,) = engine.cards([barn])
    assert card_name(plain, None, 1) == "red barn.jpg, picture"
    engine.rate([barn], 3)
    engine.tag([barn], ["farm", "Autumn"])
    (card,) = engine.cards([barn])
    assert card_name(card, None, 1) == "red barn.jpg, picture, rated 3, tagged Autumn, farm"
    assert "Tagged Autumn, farm" in (card_tip(card) or "")


def test_a_missing_file_says_so_on_its_card_as_an_offline_one_does(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, shown: list[int]
) -> None:
    def painted_as(state: AssetState) -> QImage:
        row = engine.rows[shown[0]]
        row.asset = replace(row.asset, state=state)
        grid.assets.store.mark_stale([shown[0]])
        grid.sight.look_soon()

        def there() -> bool:
            card = grid.assets.card(0)
            return card is not None and card.asset.state is state

        qtbot.waitUntil(there)
        return grid.grab(grid.picture_rect(0)).toImage()

    present = painted_as(AssetState.PRESENT)
    offline, missing = painted_as(AssetState.OFFLINE), painted_as(AssetState.MISSING)
    assert present != missing
    assert offline != missing
