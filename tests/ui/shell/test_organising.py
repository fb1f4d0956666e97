"""Tags, ratings and collections in the whole window: at the left, as chips, in the menus."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from assetman.core.errors import WrongUse
from assetman.ui.controller.state import CollectionChip, MissingChip, RatingChip, TagChip
from assetman.ui.grid.asset_actions import ASSETS_MIME, HOME_MIME, mime_of
from assetman.ui.name_dialog import NameDialog
from assetman.ui.side_list import SideList
from assetman.ui.window import MainWindow
from tests.ui.fake_engine import FakeEngine
from tests.ui.shell.conftest import Open, drag_over, drop, labels, shown

Key, Mod = Qt.Key, Qt.KeyboardModifier


def ids_of(engine: FakeEngine, *names: str) -> list[int]:
    return [i for name in names for i, row in engine.rows.items() if row.asset.name == name]


def rows(side: SideList) -> list[str]:
    model = side.rows
    role = Qt.ItemDataRole.AccessibleTextRole
    return [model.data(model.index(row), role) for row in range(model.rowCount())]


def click_row(qtbot: QtBot, side: SideList, row: int, keys: Qt.KeyboardModifier = Mod.NoModifier):  # type: ignore[no-untyped-def]
    at = side.visualRect(side.rows.index(row)).center()
    qtbot.mouseClick(side.viewport(), Qt.MouseButton.LeftButton, keys, at)


def know(qtbot: QtBot, window: MainWindow, tags: int, collections: int = 0) -> None:
    organiser = window.organiser
    qtbot.waitUntil(
        lambda: (len(organiser.tags), len(organiser.collections)) == (tags, collections)
    )


def menu_of(side: SideList, row: int) -> QMenu:
    at = side.visualRect(side.rows.index(row)).center()
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, at, side.viewport().mapToGlobal(at), Mod.NoModifier
    )
    QApplication.sendEvent(side.viewport(), event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def choose(menu: QMenu, start: str) -> None:
    next(action for action in menu.actions() if action.text().startswith(start)).trigger()
    menu.close()


def dialog(qtbot: QtBot, window: MainWindow) -> NameDialog:
    qtbot.waitUntil(lambda: any(d.isVisible() for d in window.findChildren(NameDialog)))
    return next(d for d in window.findChildren(NameDialog) if d.isVisible())


def test_nothing_is_shown_of_tags_and_collections_until_there_are_any(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    side = window.library.sidebar
    assert not side.tags.isVisible()
    assert not side.collections.isVisible()
    engine.tag(sorted(engine.rows)[:2], ["coast"])
    qtbot.waitUntil(side.tags.isVisible)
    assert rows(side.tags.list) == ["coast, 2 assets"]
    engine.undo()
    qtbot.waitUntil(lambda: not side.tags.isVisible())


def test_a_tag_chosen_at_the_left_is_a_chip_and_its_cross_widens(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    engine.tag(ids_of(engine, "red barn.jpg", "blue bay.png"), ["best"])
    engine.tag(ids_of(engine, "blue bay.png"), ["sea"])
    know(qtbot, window, 2)
    side = window.library.sidebar.tags.list
    click_row(qtbot, side, 0)
    qtbot.waitUntil(lambda: sorted(shown(window)) == ["blue bay.png", "red barn.jpg"])
    assert labels(window) == ["tagged best"]
    assert rows(side)[0] == "best, 2 assets, chosen"
    assert not window.library.sidebar.everything.isChecked()
    click_row(qtbot, side, 1, Mod.ControlModifier)
    qtbot.waitUntil(lambda: shown(window) == ["blue bay.png"])
    assert labels(window) == ["tagged best", "tagged sea"]
    click_row(qtbot, side, 1)
    qtbot.waitUntil(lambda: labels(window) == ["tagged sea"])
    window.top_bar.search.chips.buttons[0].click()
    qtbot.waitUntil(lambda: len(shown(window)) == 5)
    assert window.library.sidebar.everything.isChecked()


def test_all_assets_leaves_every_place_and_keeps_the_rest(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    engine.tag(sorted(engine.rows), ["best"])
    know(qtbot, window, 1)
    window.session.add([TagChip("best"), RatingChip(3)])
    window.library.sidebar.everything.click()
    assert window.session.state.chips == (RatingChip(3),)


def test_tags_are_chosen_by_keyboard_and_letters_find_them(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    engine.tag(sorted(engine.rows), ["alps", "bay", "coast"])
    know(qtbot, window, 3)
    side = window.library.sidebar.tags.list
    side.setFocus(Qt.FocusReason.TabFocusReason)
    assert side.shows_focus()
    qtbot.keyClick(side, Key.Key_Down)
    qtbot.keyClick(side, Key.Key_Return)
    assert labels(window) == ["tagged bay"]
    qtbot.keyClicks(side, "co")
    assert side.currentIndex().row() == 2
    qtbot.keyClick(side, Key.Key_Space, Mod.ControlModifier)
    assert labels(window) == ["tagged bay", "tagged coast"]


def test_of_many_tags_the_most_used_are_shown_and_all_on_demand(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    ids = sorted(engine.rows)
    engine.tag(ids[:1], [f"once {n:02}" for n in range(30)])
    engine.tag(ids, ["zebra"])
    know(qtbot, window, 31)
    group = window.library.sidebar.tags
    assert len(rows(group.list)) == 12
    assert rows(group.list)[-1] == "zebra, 5 assets"
    assert group.more.text() == "Show all 31"
    window.session.add([TagChip("once 29")])
    qtbot.waitUntil(lambda: "once 29, 1 asset, chosen" in rows(group.list))
    qtbot.mouseClick(group.more, Qt.MouseButton.LeftButton)
    assert len(rows(group.list)) == 31
    assert group.list.height() == 31 * group.list.sizeHintForRow(0)
    side = window.library.sidebar
    group.list.setFocus()
    qtbot.keyClick(group.list, Key.Key_End)
    bar = side._scroll.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.value() > 0 or bar.maximum() == 0)  # the column scrolls to it


def test_what_was_typed_as_a_rating_and_what_was_chosen_narrow_the_same(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    engine.rate(ids_of(engine, "red barn.jpg"), 4)
    window.session.add([RatingChip(3)])
    qtbot.waitUntil(lambda: shown(window) == ["red barn.jpg"])
    assert labels(window) == ["★★★ and up"]
    spoken = window.top_bar.search.chips.buttons[0].accessibleName()
    assert spoken == "rated 3 and up, remove"
    window.session.choose(RatingChip(3))  # chosen again: taken away
    window.session.say("rating:4")
    qtbot.waitUntil(lambda: shown(window) == ["red barn.jpg"])


def test_the_filter_menu_offers_ratings_tags_and_collections(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    ids = sorted(engine.rows)
    filters = window.top_bar.filters
    filters.aboutToShow.emit()
    assert "Tag" not in [action.text() for action in filters.actions()]
    engine.tag(ids[:2], ["R&D"])
    engine.make_collection("Film", ids[:1])
    know(qtbot, window, 1, 1)
    filters.aboutToShow.emit()
    menus = {a.text(): a.menu() for a in filters.actions() if a.menu() is not None}
    names = [action.text() for action in menus["Rating"].actions()]  # type: ignore[attr-defined]
    assert names[0] == "★★★★★"
    assert names[-1] == "Not rated"
    for name in ("Rating", "Tag", "Collection"):
        menus[name].actions()[0].trigger()  # type: ignore[attr-defined]
    assert labels(window) == ["★★★★★", "tagged R&D", "in Film"]
    filters.aboutToShow.emit()
    menus = {a.text(): a.menu() for a in filters.actions() if a.menu() is not None}
    assert all(menus[n].actions()[0].isChecked() for n in ("Rating", "Tag", "Collection"))  # type: ignore[attr-defined]


def test_a_collection_is_made_of_what_is_selected_and_taken_out_of_again(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    grid, ids = window.content.grid, ids_of(engine, "red barn.jpg", "blue bay.png")
    menu = grid.verbs.menu(ids)
    into = next(a.menu() for a in menu.actions() if a.text() == "Add to collection")
    assert isinstance(into, QMenu)
    choose(into, "New collection…")
    asked = dialog(qtbot, window)
    assert asked.title.text() == "New collection of 2 files"
    assert not asked.do.isEnabled()
    qtbot.keyClicks(asked.field, "Coast film")
    qtbot.keyClick(asked.field, Key.Key_Return)
    know(qtbot, window, 0, 1)
    side = window.library.sidebar.collections.list
    assert rows(side) == ["Coast film, 2 assets"]
    click_row(qtbot, side, 0)
    qtbot.waitUntil(lambda: sorted(shown(window)) == ["blue bay.png", "red barn.jpg"])
    assert window.content.line.text() == "2 assets in Coast film"
    grid.go_to(ids[0])
    choose(grid.verbs.menu(grid.selected_ids()), "Remove from “Coast film”")
    qtbot.waitUntil(lambda: shown(window) == ["blue bay.png"])


def test_a_name_that_is_taken_stays_in_the_field_with_the_sentence(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    engine.make_collection("Film")
    know(qtbot, window, 0, 1)
    window.library.sidebar.collections.add.click()  # type: ignore[union-attr]  # it has one
    asked = dialog(qtbot, window)
    qtbot.keyClicks(asked.field, "film")
    qtbot.keyClick(asked.field, Key.Key_Return)
    qtbot.waitUntil(asked.trouble.isVisible)
    assert asked.trouble.text() == "There is a collection “Film” already."
    assert asked.field.text() == "film"
    assert asked.isVisible()
    qtbot.keyClicks(asked.field, "s")
    assert not asked.trouble.isVisible()
    qtbot.keyClick(asked.field, Key.Key_Return)
    know(qtbot, window, 0, 2)


def test_a_collection_is_renamed_and_deleted_and_the_search_follows(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    made = engine.make_collection("Film", sorted(engine.rows)[:2])
    know(qtbot, window, 0, 1)
    side = window.library.sidebar.collections.list
    click_row(qtbot, side, 0)
    side.setFocus()
    qtbot.keyClick(side, Key.Key_F2)
    asked = dialog(qtbot, window)
    assert asked.field.selectedText() == "Film"
    qtbot.keyClicks(asked.field, "Cinema")
    qtbot.keyClick(asked.field, Key.Key_Return)
    qtbot.waitUntil(lambda: labels(window) == ["in Cinema"])
    assert window.session.state.collections == (made.id,)
    choose(menu_of(side, 0), "Delete")
    qtbot.waitUntil(lambda: len(shown(window)) == 5)
    assert labels(window) == []
    qtbot.waitUntil(lambda: not window.library.sidebar.collections.isVisible())


def test_a_tag_is_renamed_and_the_search_follows(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    ids = ids_of(engine, "red barn.jpg")
    engine.tag(ids, ["barn"])
    know(qtbot, window, 1)
    side = window.library.sidebar.tags.list
    click_row(qtbot, side, 0)
    choose(menu_of(side, 0), "Rename")
    asked = dialog(qtbot, window)
    qtbot.keyClicks(asked.field, "farm")
    qtbot.keyClick(asked.field, Key.Key_Return)
    qtbot.waitUntil(lambda: labels(window) == ["tagged farm"])
    qtbot.waitUntil(lambda: shown(window) == ["red barn.jpg"])
    assert engine.rows[ids[0]].asset.tags == ("farm",)


def test_a_tag_is_taken_off_all_files(qtbot: QtBot, window: MainWindow, engine: FakeEngine) -> None:
    engine.tag(sorted(engine.rows), ["barn"])
    know(qtbot, window, 1)
    choose(menu_of(window.library.sidebar.tags.list, 0), "Take off all files")
    qtbot.waitUntil(lambda: not any(row.asset.tags for row in engine.rows.values()))


def carried(engine: FakeEngine, ids: list[int]) -> QMimeData:
    return mime_of(engine.cards(ids))


def row_at(side: SideList, row: int) -> QPointF:
    return QPointF(side.visualRect(side.rows.index(row)).center())


def test_cards_dropped_on_a_tag_or_a_collection_are_added_and_ask_nothing(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    ids = sorted(engine.rows)
    engine.tag(ids[:1], ["coast", "drone"])
    made = engine.make_collection("Film")
    know(qtbot, window, 2, 1)
    tags = window.library.sidebar.tags.list
    collections = window.library.sidebar.collections.list
    mime = carried(engine, ids[2:4])
    _, move = drag_over(tags.viewport(), mime, row_at(tags, 1))
    assert move.isAccepted()
    assert tags.target == 1
    assert drop(tags.viewport(), mime, row_at(tags, 1)).isAccepted()
    assert tags.target == -1
    qtbot.waitUntil(lambda: engine.rows[ids[3]].asset.tags == ("drone",))
    drag_over(collections.viewport(), mime, row_at(collections, 0))
    drop(collections.viewport(), mime, row_at(collections, 0))
    qtbot.waitUntil(lambda: engine.collection_rows[made.id].inside == set(ids[2:4]))
    assert window.session.state.chips == ()
    assert not window.intake.targets.isVisible()


def test_files_of_other_programs_and_cards_of_another_window_are_no_cards_of_ours(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    ids = sorted(engine.rows)
    engine.tag(ids[:1], ["coast"])
    know(qtbot, window, 1)
    tags = window.library.sidebar.tags.list
    other = carried(engine, ids[2:4])
    other.setData(HOME_MIME, b"another")
    assert other.hasFormat(ASSETS_MIME)
    _, move = drag_over(tags.viewport(), other, row_at(tags, 0))
    assert not move.isAccepted()
    drop(tags.viewport(), other, row_at(tags, 0))
    window.intake.targets.hide()
    assert engine.rows[ids[2]].asset.tags == ()


def test_what_no_longer_passes_stays_until_the_person_wants_it_gone(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    ids = ids_of(engine, "red barn.jpg", "blue bay.png")
    engine.rate(ids, 5)
    window.session.add([RatingChip(5)])
    qtbot.waitUntil(lambda: len(shown(window)) == 2)
    grid = window.content.grid
    grid.go_to(ids[0])
    grid.setFocus()
    qtbot.keyClick(grid, Key.Key_1)
    qtbot.waitUntil(window.content.line.news.isVisible)
    assert len(shown(window)) == 2  # nothing moves under the pointer
    window.content.line.news.click()
    qtbot.waitUntil(lambda: shown(window) == ["blue bay.png"])


def test_what_was_done_is_said(qtbot: QtBot, window: MainWindow, engine: FakeEngine) -> None:
    grid = window.content.grid
    grid.setFocus()
    grid.selectAll()
    qtbot.keyClick(grid, Key.Key_5)
    bar = window.message_bar
    qtbot.waitUntil(lambda: bar.sentence.text() == "Rated 5 files: 5 stars.")
    engine.fail_with["rate"] = WrongUse("That cannot be.")
    qtbot.keyClick(grid, Key.Key_4)
    qtbot.waitUntil(lambda: bar.sentence.text() == "That cannot be.")


def test_a_digit_in_the_search_bar_is_text(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    window.content.grid.selectAll()
    words = window.top_bar.search.words
    words.setFocus()
    qtbot.keyClicks(words, "5 t")
    assert words.text() == "5 t"
    assert "rate" not in [verb for verb, _ in engine.calls]
    assert not window.content.tagging.isVisible()


def test_a_tag_in_the_details_shows_everything_with_it_and_back_leads_back(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    engine.tag(ids_of(engine, "red barn.jpg"), ["farm"])
    grid = window.content.grid
    grid.go_to(ids_of(engine, "red barn.jpg")[0])
    buttons: Callable[[], list[object]] = lambda: list(window.inspector.tags.chips.buttons)  # noqa: E731
    qtbot.waitUntil(lambda: len(buttons()) == 1)
    qtbot.mouseClick(
        window.inspector.tags.chips.buttons[0], Qt.MouseButton.LeftButton, pos=QPoint(8, 8)
    )
    qtbot.waitUntil(lambda: shown(window) == ["red barn.jpg"])
    window.walk.back()
    qtbot.waitUntil(lambda: len(shown(window)) == 5)


def test_the_sidebar_has_names_and_is_reached_by_tab(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    engine.tag(sorted(engine.rows), ["farm"])
    engine.make_collection("Film")
    know(qtbot, window, 1, 1)
    side = window.library.sidebar
    for part, name in ((side.tags.list, "Tags"), (side.collections.list, "Collections")):
        interface = QAccessible.queryAccessibleInterface(part)
        assert interface.text(QAccessible.Text.Name) == name
        assert interface.child(0).text(QAccessible.Text.Name).startswith(("farm", "Film"))
    reached = set()
    side.everything.setFocus()
    for _ in range(12):
        widget = QApplication.focusWidget()
        assert widget is not None
        reached.add(widget)
        qtbot.keyClick(widget, Key.Key_Tab)
    assert {side.tree, side.tags.list, side.collections.list, side.collections.add} <= reached


def test_the_folders_are_as_high_as_their_rows(
    qtbot: QtBot, open_window: Open, engine: FakeEngine
) -> None:
    engine.add_many(50)
    window = open_window(engine, height=400)
    tree, model = window.library.sidebar.tree, window.library.folders
    row = tree.sizeHintForRow(0)
    qtbot.waitUntil(lambda: tree.height() == 2 * row)
    tree.expand(model.index(1, 0))
    qtbot.waitUntil(lambda: tree.height() > 5 * row)
    assert tree.height() == (2 + model.rowCount(model.index(1, 0))) * row
    bar = window.library.sidebar._scroll.verticalScrollBar()
    tree.setFocus()
    qtbot.keyClick(tree, Key.Key_End)
    qtbot.waitUntil(lambda: bar.maximum() == 0 or bar.value() > 0)


def test_missing_files_have_a_row_only_while_there_are_any(
    qtbot: QtBot, window: MainWindow
) -> None:
    side = window.library.sidebar
    side.show_missing(2)
    assert side.missing.isVisible()
    window.session.add([MissingChip(), CollectionChip(7, "Film")])
    assert side.missing.isChecked()
    assert window.session.state.query().filters.missing
    window.session.remove(MissingChip())
    side.show_missing(0)
    assert not side.missing.isVisible()


def test_what_belongs_into_a_collection_too_is_found_by_all_that_is_in_it(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    inside = ids_of(engine, "red barn.jpg", "evening.jpg")
    engine.make_collection("Warm", inside)
    know(qtbot, window, 0, 1)
    side = window.library.sidebar.collections.list
    choose(menu_of(side, 0), "What belongs here too?")
    qtbot.waitUntil(lambda: labels(window) == ["what is in Warm"])
    qtbot.waitUntil(lambda: len(shown(window)) == 3)
    assert not set(inside) & set(window.content.grid.ids())
    window.session.say("grey")
    choose(menu_of(side, 0), "Less like these")
    qtbot.waitUntil(lambda: labels(window) == ["less like what is in Warm"])
