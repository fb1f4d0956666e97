"""Asking: words, chips, order, and the way back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from assetman.core.changes import Changes
from assetman.core.progress import Phase, Progress
from assetman.core.queries import Example, Results
from assetman.ui.controller.state import ExampleChip
from assetman.ui.window import MainWindow
from tests.ui.fake_engine import FakeEngine, paint_pictures
from tests.ui.shell.conftest import Open, labels, shown


def type_words(qtbot: QtBot, window: MainWindow, words: str) -> None:
    qtbot.keyClicks(window.top_bar.search.words, words)


def say(qtbot: QtBot, window: MainWindow, words: str, first: str) -> None:
    type_words(qtbot, window, words)
    qtbot.waitUntil(lambda: shown(window)[:1] == [first])


def choose_folder(qtbot: QtBot, window: MainWindow, *rows: int) -> None:
    tree, model = window.library.sidebar.tree, window.library.folders
    index = model.index(rows[0], 0)
    for row in rows[1:]:
        tree.expand(index)
        qtbot.waitUntil(lambda above=index: model.rowCount(above) > 0)
        index = model.index(row, 0, index)
    centre = tree.visualRect(index).center()
    qtbot.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=centre)


def test_the_window_opens_with_everything_and_the_caret_in_the_search_bar(
    window: MainWindow,
) -> None:
    assert len(shown(window)) == 5
    assert window.focusWidget() is window.top_bar.search.words
    assert window.content.line.text() == "5 assets"


def test_typing_finds_as_it_goes(qtbot: QtBot, window: MainWindow) -> None:
    say(qtbot, window, "red", "red barn.jpg")
    assert window.content.line.text() == "Closest 5 · 0.03 s"


def test_only_the_newest_question_is_answered(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    answers: list[Results] = []
    window.session.answered.connect(answers.append)
    engine.hold.clear()
    before = len(engine.calls)
    type_words(qtbot, window, "red")
    qtbot.waitUntil(lambda: any(verb == "search" for verb, _ in engine.calls[before:]))
    window.top_bar.search.words.selectAll()
    type_words(qtbot, window, "green")
    engine.hold.set()
    qtbot.waitUntil(lambda: bool(answers))
    qtbot.wait(50)
    assert [results.query.text for results in answers] == ["green"]


def test_keys_bring_the_caret_back_to_the_search_bar(qtbot: QtBot, window: MainWindow) -> None:
    for key, modifier in (
        (Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier),
        (Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier),
        (Qt.Key.Key_Slash, Qt.KeyboardModifier.NoModifier),
    ):
        window.content.grid.setFocus()
        assert window.focusWidget() is window.content.grid
        qtbot.keyClick(window.content.grid, key, modifier)
        assert window.focusWidget() is window.top_bar.search.words
    qtbot.keyClicks(window.top_bar.search.words, "a/b")
    assert window.top_bar.search.words.text() == "a/b"


def test_a_folder_chosen_at_the_left_becomes_a_chip_and_its_cross_widens(
    qtbot: QtBot, window: MainWindow
) -> None:
    choose_folder(qtbot, window, 0, 0)
    qtbot.waitUntil(lambda: sorted(shown(window)) == ["blue bay.png", "evening.jpg"])
    assert labels(window) == ["in Coast"]
    assert window.content.line.text() == "2 assets in Coast"
    assert not window.library.sidebar.everything.isChecked()
    chip = window.top_bar.search.chips.buttons[0]
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton, pos=chip._cross().center().toPoint())
    qtbot.waitUntil(lambda: len(shown(window)) == 5)
    assert labels(window) == []
    assert window.library.sidebar.everything.isChecked()


def test_a_click_beside_the_cross_leaves_the_chip(qtbot: QtBot, window: MainWindow) -> None:
    choose_folder(qtbot, window, 0)
    chip = window.top_bar.search.chips.buttons[0]
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton, pos=chip.rect().topLeft())
    assert labels(window) == ["in Photos"]


def test_escape_takes_the_last_chip_and_never_the_words(qtbot: QtBot, window: MainWindow) -> None:
    choose_folder(qtbot, window, 0)
    window.top_bar.search.words.setFocus()
    say(qtbot, window, "blue", "blue bay.png")
    qtbot.keyClick(window.top_bar.search.words, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: labels(window) == [])
    qtbot.keyClick(window.top_bar.search.words, Qt.Key.Key_Escape)
    assert window.top_bar.search.words.text() == "blue"


def test_chips_are_reached_and_removed_by_keyboard(qtbot: QtBot, window: MainWindow) -> None:
    choose_folder(qtbot, window, 0)
    words = window.top_bar.search.words
    words.setFocus()
    qtbot.keyClick(words, Qt.Key.Key_Left)
    chip = window.focusWidget()
    assert chip is window.top_bar.search.chips.buttons[0]
    qtbot.keyClick(chip, Qt.Key.Key_Delete)
    assert labels(window) == []
    assert window.focusWidget() is words


def test_matches_that_a_folder_hides_are_told_and_one_button_shows_them(
    qtbot: QtBot, window: MainWindow
) -> None:
    choose_folder(qtbot, window, 0, 0)
    qtbot.waitUntil(lambda: len(shown(window)) == 2)
    window.top_bar.search.words.setFocus()
    type_words(qtbot, window, "barn")
    line = window.content.line
    qtbot.waitUntil(lambda: line.text() == "0 in Coast, 1 elsewhere")
    qtbot.mouseClick(line.everywhere, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown(window) == ["red barn.jpg"])
    assert window.top_bar.search.words.text() == "barn"


def test_what_is_not_yet_searchable_is_said(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    engine.searchable = 3
    engine.say_progress(Progress(phase=Phase.INDEXING, done=3, total=5))
    type_words(qtbot, window, "red")
    qtbot.waitUntil(lambda: "3 of 5 searchable so far" in window.content.line.text())
    engine.say_progress(Progress())
    qtbot.waitUntil(lambda: "so far" not in window.content.line.text())


def test_results_can_be_ordered_both_ways(qtbot: QtBot, window: MainWindow) -> None:
    menu = window.top_bar.order.menu()
    by_name = {action.text(): action for action in menu.actions()}
    by_name["Name"].trigger()
    qtbot.waitUntil(lambda: shown(window)[0] == "blue bay.png")
    assert window.top_bar.order.text().startswith("Name")
    {action.text(): action for action in menu.actions()}["Z to A"].trigger()
    qtbot.waitUntil(lambda: shown(window)[0] == "red barn.jpg")


def test_back_and_forward_bring_words_chips_scroll_and_selection_back(
    qtbot: QtBot, open_window: Open, engine: FakeEngine
) -> None:
    engine.add_many(2000)
    window = open_window(engine)
    grid = window.content.grid
    choose_folder(qtbot, window, 1)
    qtbot.waitUntil(lambda: len(grid.ids()) == 2000)
    chosen = grid.ids()[300]
    grid.go_to(chosen)
    scrolled = grid.verticalScrollBar().value()
    assert scrolled > 0
    window.top_bar.search.words.setFocus()
    type_words(qtbot, window, "grey")
    qtbot.waitUntil(lambda: window.content.line.text().startswith("Closest 200"))
    qtbot.keyClick(window, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: len(grid.ids()) == 2000)
    assert window.top_bar.search.words.text() == ""
    assert labels(window) == ["in archive"]
    qtbot.waitUntil(lambda: grid.selected_ids() == [chosen])
    assert grid.verticalScrollBar().value() == scrolled
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.ForwardButton)
    qtbot.waitUntil(lambda: window.content.line.text().startswith("Closest 200"))
    assert window.top_bar.search.words.text() == "grey"
    QTest.mouseClick(window.library.sidebar.tree.viewport(), Qt.MouseButton.BackButton)
    qtbot.waitUntil(lambda: window.top_bar.search.words.text() == "")
    qtbot.keyClick(window, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: labels(window) == [])


def test_typing_on_is_one_step_back(qtbot: QtBot, window: MainWindow) -> None:
    for words in ("r", "re", "red"):
        window.top_bar.search.words.setText(words)
        window.session.say(words)
    qtbot.waitUntil(lambda: shown(window)[:1] == ["red barn.jpg"])
    qtbot.keyClick(window, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: window.content.line.text() == "5 assets")
    assert not window.walk.can_go_back


def test_new_matches_are_a_button_and_nothing_moves_until_it_is_pressed(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine, pictures: Path
) -> None:
    say(qtbot, window, "red", "red barn.jpg")
    before = shown(window)
    paint_pictures(pictures, {"red a.jpg": ("#c0392b", 64, 48)})
    engine.index()
    news = window.content.line.news
    qtbot.waitUntil(news.isVisible)
    assert news.text().startswith("1 new match")
    assert shown(window) == before
    qtbot.mouseClick(news, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "red a.jpg" in shown(window))
    assert not news.isVisible()


def test_an_empty_list_fills_by_itself(
    qtbot: QtBot, open_window: Open, empty_engine: FakeEngine, pictures: Path
) -> None:
    window = open_window(empty_engine)
    assert window.content.stack.currentWidget() is window.content.empty
    empty_engine.add_root(str(pictures))
    empty_engine.index()
    qtbot.waitUntil(lambda: len(shown(window)) == 5)
    assert window.content.stack.currentWidget() is window.content.grid


def test_removed_assets_leave_a_question_without_news_of_matches(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    say(qtbot, window, "red", "red barn.jpg")
    gone = window.content.grid.ids()[-1]
    del engine.rows[gone]
    engine.emit(Changes(assets_removed=frozenset({gone})))
    qtbot.waitUntil(lambda: gone not in window.content.grid.ids())
    assert not window.content.line.news.isVisible()


def test_finding_similar_replaces_the_question_and_less_like_adds_to_it(
    qtbot: QtBot, window: MainWindow
) -> None:
    grid = window.content.grid
    first = shown(window).index("red barn.jpg")
    grid.go_to(grid.ids()[first])
    grid.setFocus()
    qtbot.keyClick(grid, Qt.Key.Key_S)
    qtbot.waitUntil(lambda: labels(window) == ["red barn.jpg"])
    qtbot.waitUntil(lambda: len(shown(window)) == 4)
    second = grid.ids()[0]
    grid.go_to(second)
    name = shown(window)[0]
    qtbot.keyClick(grid, Qt.Key.Key_S, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: labels(window) == ["red barn.jpg", f"less like {name}"])


def test_the_large_view_opens_over_the_grid_and_escape_returns_to_the_same_place(
    qtbot: QtBot, window: MainWindow
) -> None:
    grid, large = window.content.grid, window.content.large
    grid.go_to(grid.ids()[1])
    grid.setFocus()
    qtbot.keyClick(grid, Qt.Key.Key_Space)
    qtbot.waitUntil(large.isVisible)
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Right)
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not large.isVisible())
    assert window.focusWidget() is grid
    qtbot.waitUntil(lambda: grid.selected_ids() == [grid.ids()[2]])


def test_showing_an_asset_s_folder_here_goes_there_and_back(
    qtbot: QtBot, window: MainWindow
) -> None:
    asset = window.content.grid.ids()[shown(window).index("evening.jpg")]
    window.content.grid.folder_asked.emit(asset)
    qtbot.waitUntil(lambda: labels(window) == ["in Coast"])
    qtbot.waitUntil(lambda: window.content.grid.selected_ids() == [asset])
    qtbot.keyClick(window, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: len(shown(window)) == 5)


def test_an_example_that_cannot_be_read_is_said_where_the_results_would_be(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"nothing")
    window.session.add([ExampleChip(Example(path=str(broken)), "broken.jpg")])
    empty = window.content.empty
    qtbot.waitUntil(lambda: empty.sentence.text() == "broken.jpg is not a picture.")
    assert window.content.stack.currentWidget() is empty


def test_opposite_examples_give_way_to_each_other(window: MainWindow) -> None:
    like = ExampleChip(Example(asset_id=7), "a.jpg")
    unlike = replace(like, example=Example(asset_id=7, weight=-1.0))
    state = window.session.state.with_chip(like).with_chip(unlike)
    assert state.chips == (unlike,)
