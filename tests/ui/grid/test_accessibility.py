from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from assetman.ui.bridge import EngineBridge
from assetman.ui.controller.organiser import Organiser
from assetman.ui.grid import GridView, Inspector, LargeView, TagPanel
from assetman.ui.grid.labels import elided
from assetman.ui.grid.wording import card_tip
from tests.ui.fake_engine import FakeEngine
from tests.ui.grid.conftest import answered, listed, named, painted

NAMED = {
    QAccessible.Role.Button,
    QAccessible.Role.CheckBox,
    QAccessible.Role.List,
    QAccessible.Role.ListItem,
    QAccessible.Role.EditableText,
    QAccessible.Role.Slider,
}


@pytest.fixture(autouse=True)
def heard() -> Iterator[None]:
    """Let Qt believe that a screen reader listens."""
    QAccessible.setActive(True)
    yield
    QAccessible.setActive(False)


def walk(interface: QAccessibleInterface) -> Iterator[QAccessibleInterface]:
    yield interface
    for number in range(interface.childCount()):
        child = interface.child(number)
        if child is not None and not child.state().invisible:
            yield from walk(child)


def tree(widget: QWidget) -> list[QAccessibleInterface]:
    return list(walk(QAccessible.queryAccessibleInterface(widget)))


def text(interface: QAccessibleInterface) -> str:
    return interface.text(QAccessible.Text.Name)


def test_every_card_is_named_with_kind_and_score(
    qtbot: QtBot, grid: GridView, engine: FakeEngine
) -> None:
    ids = [named(engine, "red barn.jpg"), named(engine, "blue bay.png")]
    grid.show_results(answered(ids))
    qtbot.waitUntil(lambda: painted(grid))
    cards = [i for i in tree(grid) if i.role() == QAccessible.Role.ListItem]
    names = ["red barn.jpg, picture, score 0.90", "blue bay.png, picture, score 0.89"]
    assert [text(card) for card in cards] == names
    assert cards[1].text(QAccessible.Text.Description).startswith("320 × 480")
    place = cards[1].rect().center()
    assert grid.picture_rect(1).contains(grid.viewport().mapFromGlobal(place))
    grid.go_to(ids[1])
    assert cards[1].state().selected
    assert not cards[0].state().selected


def test_ten_thousand_cards_have_names_before_they_are_seen(
    qtbot: QtBot, grid: GridView, many: list[int]
) -> None:
    grid.show_results(listed(many))
    interface = QAccessible.queryAccessibleInterface(grid)
    assert interface.childCount() == 10_000
    assert text(interface.child(9_999)) == "10000, not loaded yet"


def test_everything_with_a_use_has_a_name_and_is_reached_by_keyboard(
    qtbot: QtBot, grid: GridView, large: LargeView, inspector: Inspector, engine: FakeEngine
) -> None:
    ids = sorted(engine.rows)
    grid.show_results(answered(ids))
    large.show_assets(ids, ids[1])
    inspector.raise_()
    inspector.show_selection([ids[0]], {})
    qtbot.waitUntil(lambda: inspector.strip.isVisible() and painted(inspector.strip))
    for part in (grid, large, inspector):
        interfaces = tree(part)
        assert text(interfaces[0])
        for interface in interfaces:
            if interface.role() in NAMED:
                assert text(interface), interface.object()
    for button in large.findChildren(QAbstractButton):
        assert button.accessibleName()
        assert button.focusPolicy().value & 1, button  # Tab reaches it
    assert text(QAccessible.queryAccessibleInterface(large.canvas)).endswith("picture")


def test_the_tag_field_and_its_chips_have_names_and_keep_the_keyboard(
    qtbot: QtBot,
    place: QWidget,
    bridge: EngineBridge,
    organiser: Organiser,
    inspector: Inspector,
    engine: FakeEngine,
) -> None:
    ids = sorted(engine.rows)
    engine.tag(ids[:2], ["coast", "drone"])
    inspector.show_selection(ids, {})
    panel = TagPanel(bridge, organiser, place)
    panel.open_for(ids, QRect())
    qtbot.waitUntil(lambda: len(panel.editor.chips.buttons) == 2)
    qtbot.waitUntil(lambda: len(inspector.tags.chips.buttons) == 2)
    for part in (panel, inspector):
        found = [interface for interface in tree(part) if interface.role() in NAMED]
        assert all(text(interface) for interface in found)
        assert "Tag coast, 2 of 5" in [text(interface) for interface in found]
    assert "Rating, 0 of 5 stars" in [text(interface) for interface in tree(inspector)]
    reached = []
    for _ in range(3):
        reached.append(QApplication.focusWidget())
        qtbot.keyClick(reached[-1], Qt.Key.Key_Tab)
    assert reached == [panel.editor.field, *panel.editor.chips.buttons]
    assert QApplication.focusWidget() is panel.editor.field
    qtbot.keyClick(panel.editor.chips.buttons[0], Qt.Key.Key_Escape)
    assert not panel.isVisible()


def test_a_tooltip_takes_no_file_name_for_markup(engine: FakeEngine) -> None:
    (card,) = engine.cards([named(engine, "red barn.jpg")])
    row = engine.rows[card.asset.id]
    object.__setattr__(row.asset, "path", "/x/<b>bold<img src=y>.jpg")
    tip = card_tip(card)
    assert tip is not None
    assert "&lt;b&gt;bold" in tip


def test_a_shortened_name_keeps_its_extension(qtbot: QtBot, grid: GridView) -> None:
    metrics = grid.fontMetrics()
    name = "a picture of the sea at the end of a long summer 0017.jpeg"
    short = elided(name, metrics, 160)
    assert short.endswith("017.jpeg")
    assert short.startswith("a pic")
    assert metrics.horizontalAdvance(short) <= 160
    assert elided("short.jpg", metrics, 160) == "short.jpg"
