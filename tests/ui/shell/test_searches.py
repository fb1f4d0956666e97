"""Smart searches at the left, and the questions that were asked before."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from assetman.core.assets import Kind
from assetman.core.changes import Changes
from assetman.core.queries import Example, Filters, FolderFilter, Query, Sort
from assetman.ui.controller.restoring import Names, described, state_of
from assetman.ui.controller.state import ExampleChip, SearchState, TagChip
from assetman.ui.controller.text_chip import TextChip
from assetman.ui.name_dialog import NameDialog
from assetman.ui.window import MainWindow
from tests.ui.fake_engine import FakeEngine
from tests.ui.shell.conftest import labels, shown

NAMES = Names(lambda folder: folder.path or "Photos", lambda number: f"collection {number}")


def kept(window: MainWindow) -> list[tuple[str, int | None]]:
    entries = window.library.sidebar.searches.list.rows.entries
    return [(entry.name, entry.count) for entry in entries]


def keep(qtbot: QtBot, window: MainWindow, name: str) -> NameDialog:
    window.top_bar.search.keep.click()
    qtbot.waitUntil(lambda: bool(window.findChildren(NameDialog)))
    (asked,) = window.findChildren(NameDialog)
    asked.field.setText(name)
    asked.do.click()
    return asked


def open_menu(window: MainWindow, key: object) -> QMenu:
    window.searches._open_menu(key, QPoint(10, 10))
    return next(m for m in window.findChildren(QMenu) if m.accessibleName() == "Smart search")


def test_a_search_is_kept_under_a_name_and_asked_again_with_its_chips(
    qtbot: QtBot, window: MainWindow
) -> None:
    bar, group = window.top_bar.search, window.library.sidebar.searches
    assert not bar.keep.isVisible()
    window.session.go(SearchState("red", (TagChip("sea"), TextChip("ext:jpg"))))
    keep(qtbot, window, "Red by the sea")
    qtbot.waitUntil(lambda: kept(window) == [("Red by the sea", 0)])
    assert group.isVisible()
    assert bar.keep.accessibleName() == "This search is kept at the left"
    window.session.go(SearchState())
    assert bar.keep.accessibleName().startswith("Keep this search")
    row = group.list.visualRect(group.list.rows.index(0)).center()
    qtbot.mouseClick(group.list.viewport(), Qt.MouseButton.LeftButton, pos=row)
    qtbot.waitUntil(lambda: labels(window) == ["tagged sea", "JPG"])
    assert bar.words.text() == "red"
    assert group.list.rows.lit


def test_the_count_of_a_smart_search_follows_the_library(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    window.session.go(SearchState(chips=(TagChip("sea"),)))
    keep(qtbot, window, "Sea")
    qtbot.waitUntil(lambda: kept(window) == [("Sea", 0)])
    engine.tag(sorted(engine.rows)[:3], ["sea"])
    engine.emit(Changes(searches=True))
    qtbot.waitUntil(lambda: kept(window) == [("Sea", 3)])


def test_a_name_that_is_taken_is_refused_in_the_dialog(qtbot: QtBot, window: MainWindow) -> None:
    window.session.go(SearchState("red"))
    keep(qtbot, window, "Red")
    qtbot.waitUntil(lambda: kept(window) == [("Red", 5)])
    qtbot.waitUntil(lambda: not window.findChildren(NameDialog))
    window.session.go(SearchState("blue"))
    asked = keep(qtbot, window, "red")
    qtbot.waitUntil(asked.trouble.isVisible)
    assert "already" in asked.trouble.text()
    asked.reject()


def test_a_smart_search_is_changed_deleted_and_brought_back(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    engine.save_search("Reds", Query("red"))
    qtbot.waitUntil(lambda: len(kept(window)) == 1)
    (key,) = engine.search_rows
    window.session.go(SearchState("green"))
    entries = {a.text(): a for a in open_menu(window, key).actions()}
    entries["Keep the present question instead"].trigger()
    qtbot.waitUntil(lambda: engine.search_rows[key].query.text == "green")
    entries["Delete"].trigger()
    qtbot.waitUntil(lambda: not kept(window))
    assert window.message_bar.sentence.text() == "Deleted the search “Reds”."
    window.message_bar.action.click()
    qtbot.waitUntil(lambda: [name for name, _ in kept(window)] == ["Reds"])


def test_what_was_asked_hangs_beneath_the_bar_and_comes_back(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    words, hung = window.top_bar.search.words, window.completing.suggestions
    window.session.add([TextChip("ext:jpg")])
    qtbot.keyClicks(words, "red")
    qtbot.keyClick(words, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(engine.asked) == 1)
    window.session.go(SearchState())
    window.top_bar.search.history.click()
    qtbot.waitUntil(lambda: hung.offering)
    assert hung.labels() == ["red · JPG", "Forget what was asked"]
    qtbot.keyClick(words, Qt.Key.Key_Down)
    qtbot.keyClick(words, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: labels(window) == ["JPG"])
    assert words.text() == "red"
    qtbot.keyClick(words, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: hung.offering)
    qtbot.keyClick(words, Qt.Key.Key_Up)
    qtbot.keyClick(words, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not engine.asked)


def test_a_question_that_stands_for_a_while_is_remembered(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.searches._settled.setInterval(10)
    window.session.go(SearchState("red"))
    qtbot.waitUntil(lambda: [query.text for query in engine.asked] == ["red"])
    window.session.go(SearchState(chips=(TagChip("sea"),)))
    qtbot.waitUntil(lambda: shown(window) == [])
    qtbot.waitUntil(lambda: not window.searches._settled.isActive())
    assert len(engine.asked) == 1  # walking about is no question


def test_a_kept_question_comes_back_as_it_was_asked() -> None:
    chip = ExampleChip(Example(asset_id=3), "a.jpg")
    state = SearchState("barn OR hills", (chip, TagChip("sea"), TextChip("size:>1mb")))
    again = state_of(state.query(), NAMES, [chip])
    assert again == state
    filters = Filters(
        (Kind.IMAGE,), (FolderFilter(1, "a/b"),), (), ("old",), (3, 5), (7,), ("good day",)
    )
    again = state_of(Query("-people", filters=filters), NAMES, ())
    assert again.words == "-people"
    shown_labels = [chip.label for chip in again.chips]
    assert "not tagged old" in shown_labels
    assert described(Query("red", filters=Filters((Kind.IMAGE,))), NAMES) == "red · Pictures"
    assert described(Query(examples=(Example(asset_id=3),)), NAMES) == "like a file"
    assert described(Query("sea", (Example(path="/x/a.jpg"),)), NAMES) == "sea · like a.jpg"
    pasted = Example(path=f"/pasted/{'0a1b' * 6}.png")
    assert described(Query(examples=(pasted,)), NAMES) == "like a pasted picture"
    assert described(Query(examples=(pasted, pasted)), NAMES) == "like 2 files"


def test_what_reads_the_same_is_offered_once_where_it_was_asked_last(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    for query in (Query("sea"), Query("frog"), Query("sea", sort=Sort.NAME)):
        engine.remember(query)
    window.top_bar.search.history.click()
    hung = window.completing.suggestions
    qtbot.waitUntil(lambda: hung.offering)
    assert hung.labels() == ["sea", "frog", "Forget what was asked"]
