from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from assetman.core.errors import EnvironmentProblem
from assetman.core.organising import Tag
from assetman.engine.protocol import EngineLost
from assetman.ui.bridge import EngineBridge
from assetman.ui.controller.organiser import AWAY, Organiser, names_of
from assetman.ui.grid import GridView, Inspector, LargeView, TagPanel
from assetman.ui.grid.tag_chips import TagButton
from assetman.ui.grid.tag_field import TagField, matching
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


@pytest.fixture
def panel(
    place: QWidget, bridge: EngineBridge, organiser: Organiser, grid: GridView
) -> Iterator[TagPanel]:
    made = TagPanel(bridge, organiser, place)
    organiser.tags_wanted.connect(lambda ids: made.open_for(ids, grid.rect()))
    yield made
    made.editor.field._popup.hide()


def field_of(panel: TagPanel) -> TagField:
    assert panel.isVisible()
    assert panel.editor.field.hasFocus()
    return panel.editor.field


def tags(engine: FakeEngine, asset_id: int) -> tuple[str, ...]:
    return engine.rows[asset_id].asset.tags


def buttons(part: TagPanel | Inspector) -> list[TagButton]:
    editor = part.editor if isinstance(part, TagPanel) else part.tags
    return [button for button in editor.chips.buttons if button.isVisible()]


def chips(part: TagPanel | Inspector) -> list[str]:
    return [button.accessibleName() for button in buttons(part)]


def chip(part: TagPanel | Inspector, name: str) -> TagButton:
    return next(button for button in buttons(part) if button.name == name)


def test_t_opens_the_field_and_esc_gives_the_keyboard_back(
    qtbot: QtBot, grid: GridView, panel: TagPanel, shown: list[int]
) -> None:
    click(qtbot, grid, 0)
    qtbot.keyClick(grid, Key.Key_T)
    assert panel.title.text() == "Tag 1 file"
    qtbot.keyClick(field_of(panel), Key.Key_Escape)
    assert not panel.isVisible()
    assert grid.hasFocus()
    assert grid.selected_ids() == shown[:1]


def test_enter_adds_several_separated_by_commas_to_everything_selected(
    qtbot: QtBot, grid: GridView, panel: TagPanel, engine: FakeEngine, shown: list[int]
) -> None:
    click(qtbot, grid, 0)
    click(qtbot, grid, 1, Mod.ControlModifier)
    qtbot.keyClick(grid, Key.Key_T)
    field = field_of(panel)
    qtbot.keyClicks(field, "coast,  blue hour ,, Coast")
    qtbot.keyClick(field, Key.Key_Return)
    qtbot.waitUntil(lambda: tags(engine, shown[0]) == ("blue hour", "Coast"))
    assert tags(engine, shown[1]) == ("blue hour", "Coast")
    qtbot.waitUntil(lambda: field.text() == "")
    assert chips(panel) == ["Tag blue hour", "Tag Coast"]
    qtbot.keyClick(field, Key.Key_Return)  # nothing to add: that was all
    assert not panel.isVisible()
    assert grid.hasFocus()


def test_backspace_in_the_empty_field_takes_the_last_tag_off(
    qtbot: QtBot, grid: GridView, panel: TagPanel, engine: FakeEngine, shown: list[int]
) -> None:
    engine.tag(shown[:1], ["a", "b"])
    click(qtbot, grid, 0)
    qtbot.keyClick(grid, Key.Key_T)
    qtbot.waitUntil(lambda: chips(panel) == ["Tag a", "Tag b"])
    qtbot.keyClicks(field_of(panel), "x")
    qtbot.keyClick(field_of(panel), Key.Key_Backspace)
    assert tags(engine, shown[0]) == ("a", "b")
    qtbot.keyClick(field_of(panel), Key.Key_Backspace)
    qtbot.waitUntil(lambda: tags(engine, shown[0]) == ("a",))
    assert chips(panel) == ["Tag a"]


def test_known_tags_are_offered_and_taken_by_keyboard(
    qtbot: QtBot,
    grid: GridView,
    panel: TagPanel,
    engine: FakeEngine,
    organiser: Organiser,
    shown: list[int],
) -> None:
    engine.tag(shown, ["coast"])
    engine.tag(shown[1:3], ["Costa Rica", "west coast"])
    qtbot.waitUntil(lambda: len(organiser.tags) == 3)
    engine.untag(shown[:1], ["coast"])
    click(qtbot, grid, 0)
    qtbot.keyClick(grid, Key.Key_T)
    field = field_of(panel)
    qtbot.keyClicks(field, "new, cos")
    assert field.offers() == ["Costa Rica"]
    for _ in "os":
        qtbot.keyClick(field, Key.Key_Backspace)
    qtbot.keyClicks(field, "oa")
    assert field.offers() == ["coast", "west coast"]
    assert field.offering
    qtbot.keyClick(field._popup, Key.Key_Down)
    qtbot.keyClick(field._popup, Key.Key_Down)
    qtbot.keyClick(field._popup, Key.Key_Return)
    qtbot.waitUntil(lambda: tags(engine, shown[0]) == ("new", "west coast"))
    qtbot.waitUntil(lambda: field.text() == "")


def test_tab_completes_and_esc_first_closes_what_is_offered(
    qtbot: QtBot, grid: GridView, panel: TagPanel, engine: FakeEngine, organiser: Organiser
) -> None:
    ids = sorted(engine.rows)
    engine.tag(ids[:1], ["harbour"])
    qtbot.waitUntil(lambda: len(organiser.tags) == 1)
    panel.open_for(ids[1:2], grid.rect())
    field = field_of(panel)
    qtbot.keyClicks(field, "har")
    qtbot.keyClick(field, Key.Key_Tab)
    assert field.text() == "harbour, "
    assert field.hasFocus()
    qtbot.keyClicks(field, "h")
    qtbot.keyClick(field, Key.Key_Escape)
    assert panel.isVisible()
    assert field.text() == "harbour, h"
    qtbot.keyClick(field, Key.Key_Escape)
    assert not panel.isVisible()


@pytest.mark.parametrize(
    ("error", "sentence"),
    [(EnvironmentProblem("The disk is full."), "The disk is full."), (EngineLost("gone"), AWAY)],
)
def test_what_was_typed_stays_with_the_sentence_when_it_cannot_be_added(
    qtbot: QtBot,
    grid: GridView,
    panel: TagPanel,
    engine: FakeEngine,
    shown: list[int],
    error: Exception,
    sentence: str,
) -> None:
    engine.fail_with["tag"] = error
    click(qtbot, grid, 0)
    qtbot.keyClick(grid, Key.Key_T)
    field = field_of(panel)
    qtbot.keyClicks(field, "coast, drone")
    qtbot.keyClick(field, Key.Key_Return)
    qtbot.waitUntil(lambda: panel.editor.trouble.text() == sentence)
    assert field.text() == "coast, drone"
    assert panel.editor.trouble.isVisible()
    qtbot.waitUntil(lambda: chips(panel) == [])  # what was hoped for is not shown as if it were
    qtbot.keyClick(field, Key.Key_Return)
    qtbot.waitUntil(lambda: tags(engine, shown[0]) == ("coast", "drone"))
    assert not panel.editor.trouble.isVisible()


def test_what_was_refused_comes_back_before_what_was_typed_meanwhile(
    qtbot: QtBot, grid: GridView, panel: TagPanel, engine: FakeEngine, shown: list[int]
) -> None:
    engine.fail_with["tag"] = EnvironmentProblem("The disk is full.")
    click(qtbot, grid, 0)
    qtbot.keyClick(grid, Key.Key_T)
    field = field_of(panel)
    qtbot.keyClicks(field, "coast")
    qtbot.keyClick(field, Key.Key_Return)
    qtbot.keyClicks(field, "drone")  # before the answer is there
    qtbot.waitUntil(lambda: field.text() == "coast, drone")


def test_what_was_typed_is_there_again_after_esc(
    qtbot: QtBot, grid: GridView, panel: TagPanel, shown: list[int]
) -> None:
    click(qtbot, grid, 0)
    qtbot.keyClick(grid, Key.Key_T)
    qtbot.keyClicks(field_of(panel), "half a wo")
    qtbot.keyClick(field_of(panel), Key.Key_Escape)
    qtbot.keyClick(grid, Key.Key_T)
    assert field_of(panel).text() == "half a wo"


def test_ten_thousand_are_tagged_at_once(
    qtbot: QtBot, grid: GridView, panel: TagPanel, engine: FakeEngine, many: list[int]
) -> None:
    engine.tag(many[:7], ["few"])
    grid.show_results(listed(many))
    qtbot.waitUntil(lambda: painted(grid))
    qtbot.keyClick(grid, Key.Key_A, Mod.ControlModifier)
    qtbot.keyClick(grid, Key.Key_T)
    assert panel.title.text() == "Tag 10,000 files"
    qtbot.waitUntil(lambda: chips(panel) == ["Tag few, 7 of 10,000"])
    qtbot.keyClicks(field_of(panel), "all")
    qtbot.keyClick(field_of(panel), Key.Key_Return)
    assert chips(panel) == ["Tag all", "Tag few, 7 of 10,000"]  # before the engine has done it
    qtbot.waitUntil(lambda: tags(engine, many[-1]) == ("all",))
    assert tags(engine, many[0]) == ("all", "few")
    assert [verb for verb, _ in engine.calls].count("tag") == 2


def test_t_works_over_the_large_view_and_leads_back_to_it(
    qtbot: QtBot, large: LargeView, grid: GridView, panel: TagPanel, engine: FakeEngine
) -> None:
    ids = sorted(engine.rows)
    large.show_assets(ids, ids[3])
    qtbot.keyClick(large.canvas, Key.Key_T)
    qtbot.keyClicks(field_of(panel), "large")
    qtbot.keyClick(field_of(panel), Key.Key_Return)
    qtbot.waitUntil(lambda: tags(engine, ids[3]) == ("large",))
    qtbot.keyClick(field_of(panel), Key.Key_Escape)
    assert large.isVisible()
    assert large.canvas.hasFocus()


def test_the_panel_goes_when_the_keyboard_goes_elsewhere(
    qtbot: QtBot, grid: GridView, panel: TagPanel, shown: list[int]
) -> None:
    click(qtbot, grid, 0)
    qtbot.keyClick(grid, Key.Key_T)
    qtbot.mouseClick(panel, Qt.MouseButton.LeftButton)
    assert panel.isVisible()
    grid.setFocus(Qt.FocusReason.MouseFocusReason)
    assert not panel.isVisible()
    QApplication.processEvents()
    assert grid.hasFocus()


def test_a_chip_of_the_panel_asks_for_everything_with_its_tag(
    qtbot: QtBot, grid: GridView, panel: TagPanel, engine: FakeEngine, shown: list[int]
) -> None:
    engine.tag(shown, ["coast"])
    asked: list[str] = []
    panel.tag_chosen.connect(asked.append)
    click(qtbot, grid, 0)
    qtbot.keyClick(grid, Key.Key_T)
    qtbot.waitUntil(lambda: chips(panel) == ["Tag coast"])
    chip(panel, "coast").setFocus()
    qtbot.keyClick(chip(panel, "coast"), Key.Key_Return)
    assert asked == ["coast"]
    assert not panel.isVisible()
    assert grid.hasFocus()


def test_the_inspector_shows_tags_and_takes_more(
    qtbot: QtBot, inspector: Inspector, engine: FakeEngine
) -> None:
    barn = named(engine, "red barn.jpg")
    engine.tag([barn], ["farm"])
    inspector.show_selection([barn], {})
    qtbot.waitUntil(lambda: chips(inspector) == ["Tag farm"])
    qtbot.keyClicks(inspector.tags.field, "autumn")
    qtbot.keyClick(inspector.tags.field, Key.Key_Return)
    qtbot.waitUntil(lambda: tags(engine, barn) == ("autumn", "farm"))
    assert chips(inspector) == ["Tag autumn", "Tag farm"]


def test_a_chip_is_taken_off_by_its_cross_or_by_delete_and_asks_when_clicked(
    qtbot: QtBot, inspector: Inspector, engine: FakeEngine
) -> None:
    barn = named(engine, "red barn.jpg")
    engine.tag([barn], ["a", "b", "c"])
    inspector.show_selection([barn], {})
    qtbot.waitUntil(lambda: len(chips(inspector)) == 3)
    asked: list[str] = []
    inspector.tag_chosen.connect(asked.append)
    qtbot.mouseClick(chip(inspector, "a"), Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    qtbot.keyClick(chip(inspector, "b"), Key.Key_Return)
    assert asked == ["a", "b"]
    cross = chip(inspector, "a")._cross().center().toPoint()
    qtbot.mouseClick(chip(inspector, "a"), Qt.MouseButton.LeftButton, pos=cross)
    qtbot.waitUntil(lambda: tags(engine, barn) == ("b", "c"))
    chip(inspector, "b").setFocus()
    qtbot.keyClick(chip(inspector, "b"), Key.Key_Delete)
    qtbot.waitUntil(lambda: tags(engine, barn) == ("c",))
    assert chip(inspector, "c").hasFocus()


def test_tags_of_some_say_of_how_many_and_can_be_given_to_all(
    qtbot: QtBot, inspector: Inspector, engine: FakeEngine, organiser: Organiser
) -> None:
    ids = sorted(engine.rows)
    engine.tag(ids, ["all"])
    engine.tag(ids[:3], ["some"])
    inspector.show_selection(ids, {})
    qtbot.waitUntil(lambda: chips(inspector) == ["Tag all", "Tag some, 3 of 5"])
    organiser.tag(ids, ["SOME"])
    assert chips(inspector) == ["Tag all", "Tag some"]
    qtbot.waitUntil(lambda: tags(engine, ids[4]) == ("all", "some"))


def test_many_tags_are_shown_on_demand(
    qtbot: QtBot, inspector: Inspector, engine: FakeEngine
) -> None:
    barn = named(engine, "red barn.jpg")
    engine.tag([barn], [f"tag {n:02}" for n in range(40)])
    inspector.show_selection([barn], {})
    qtbot.waitUntil(lambda: len(chips(inspector)) == 12)
    assert inspector.tags.more.text() == "28 more"
    qtbot.mouseClick(inspector.tags.more, Qt.MouseButton.LeftButton)
    assert len(chips(inspector)) == 40
    for button in buttons(inspector):
        assert button.geometry().right() < inspector.tags.chips.width()


def test_a_tag_of_200_characters_stays_inside(
    qtbot: QtBot, inspector: Inspector, engine: FakeEngine
) -> None:
    barn = named(engine, "red barn.jpg")
    engine.tag([barn], ["x" * 200, "short"])
    inspector.show_selection([barn], {})
    qtbot.waitUntil(lambda: len(chips(inspector)) == 2)
    assert chip(inspector, "x" * 200).width() <= inspector.tags.chips.width()


def test_names_are_taken_apart_at_commas() -> None:
    assert names_of(" a, b  c ,,\ta ") == ["a", "b c"]
    assert names_of(" , ") == []


def test_what_begins_so_is_offered_before_what_holds_it() -> None:
    known = [Tag("seaside", 1), Tag("north sea", 9), Tag("overseas", 20), Tag("Sea", 3)]
    found = [tag.name for tag in matching(known, " SEA", ["overseas"])]
    assert found == ["Sea", "seaside", "north sea"]
