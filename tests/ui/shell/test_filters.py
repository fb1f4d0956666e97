"""The Filter button and the chips: choices become chips, chips are text of the query language."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from assetman.core.assets import Kind
from assetman.core.queries import Aspect, Example
from assetman.search.parser import parse
from assetman.ui.colour_choice import ColourChoice
from assetman.ui.controller.state import ExampleChip, SearchState, TagChip
from assetman.ui.controller.text_chip import TextChip, named, taken_apart
from assetman.ui.filter_choices import choices
from assetman.ui.window import MainWindow
from tests.ui.fake_engine import FakeEngine
from tests.ui.shell.conftest import labels, shown


def submenu(window: MainWindow, name: str) -> QMenu:
    filters = window.top_bar.filters
    filters.aboutToShow.emit()
    found = next(a.menu() for a in filters.actions() if a.text() == name)
    assert isinstance(found, QMenu)
    return found


def choose(menu: QMenu, name: str) -> None:
    next(a for a in menu.actions() if a.text().partition("\t")[0] == name).trigger()


def test_every_choice_becomes_a_chip_and_the_same_text(qtbot: QtBot, window: MainWindow) -> None:
    choose(submenu(window, "Size"), "Over 1 MB")
    choose(submenu(window, "Shape"), "Landscape")
    choose(submenu(window, "Has"), "A place (GPS)")
    assert labels(window) == ["over 1 MB", "landscape", "with a place"]
    window.session.say("red")
    text = "size:>1mb orientation:landscape has:gps red"
    assert window.session.state.query().text == text
    choose(submenu(window, "Size"), "Under 100 KB")  # two sizes at once make no sense
    choose(submenu(window, "Has"), "A place (GPS)")  # chosen again: taken away
    assert labels(window) == ["landscape", "under 100 KB"]


def test_the_last_days_stay_the_last_days(window: MainWindow) -> None:
    choose(submenu(window, "Date"), "Last 7 days")
    assert labels(window) == ["last 7 days"]
    assert window.session.state.query().text == "date:7d"
    for name, text in choices({Kind.IMAGE: 1}, date(2024, 3, 5))[0].entries:
        assert parse(text).mistakes == (), name


def test_what_is_chosen_narrows_the_search(qtbot: QtBot, window: MainWindow) -> None:
    choose(submenu(window, "Shape"), "Portrait")
    qtbot.waitUntil(lambda: shown(window) == ["blue bay.png"])
    assert window.content.line.text() == "1 asset"


def test_the_menu_offers_what_the_library_holds(qtbot: QtBot, window: MainWindow) -> None:
    window.top_bar.filters.aboutToShow.emit()
    menus = {a.text(): a.menu() for a in window.top_bar.filters.actions() if a.menu()}
    kinds = menus["File type"]
    assert isinstance(kinds, QMenu)
    qtbot.waitUntil(lambda: kinds.actions()[0].text() == "jpg\t3")
    kinds.actions()[0].trigger()
    assert labels(window) == ["JPG"]
    qtbot.waitUntil(lambda: len(shown(window)) == 3)


def test_a_colour_is_chosen_by_its_looks(qtbot: QtBot, window: MainWindow) -> None:
    menu = submenu(window, "Colour")
    board = menu.findChild(ColourChoice)
    assert isinstance(board, ColourChoice)
    board.swatches["teal"].click()
    assert labels(window) == ["teal"]
    assert window.session.state.query().text == "color:teal"
    chip = window.top_bar.search.chips.buttons[0]
    assert chip.grab().toImage().pixelColor(chip.height() // 2 + 3, chip.height() // 2).green() > 90
    again = submenu(window, "Colour").findChild(ColourChoice)
    assert isinstance(again, ColourChoice)
    assert again.swatches["teal"].isChecked()


def test_something_else_is_typed_on(qtbot: QtBot, window: MainWindow) -> None:
    window.session.say("red")
    window.top_bar.search.show_state(window.session.state)
    choose(submenu(window, "Date"), "Something else…")
    assert window.top_bar.search.words.text() == "red date:"
    assert window.session.state.words == "red date:"
    assert window.focusWidget() is window.top_bar.search.words


def test_alternatives_that_are_typed_all_fulfil_the_chips(window: MainWindow) -> None:
    state = SearchState("barn OR hills", (TextChip("size:>1mb"),))
    assert state.text == "size:>1mb (barn OR hills)"
    assert state.text[state.words_at :].startswith("barn")
    plain = SearchState('"unclosed', (TextChip("ext:jpg"),))
    assert plain.text[plain.words_at :] == '"unclosed'


def test_a_chip_becomes_words_on_a_double_click(qtbot: QtBot, window: MainWindow) -> None:
    window.session.say("red")
    window.session.add([TextChip("ext:jpg")])
    button = window.top_bar.search.chips.buttons[0]
    QTest.mouseDClick(button, Qt.MouseButton.LeftButton, pos=QPoint(6, button.height() // 2))
    assert labels(window) == []
    assert window.top_bar.search.words.text() == "ext:jpg red"


def test_a_chip_is_turned_into_its_opposite(qtbot: QtBot, window: MainWindow) -> None:
    window.session.add([TagChip("draft")])
    menu = QMenu(window)
    window.narrowing._fill(menu, TagChip("draft"))
    choose(menu, "Leave it out instead")
    assert labels(window) == ["not tagged draft"]
    assert window.session.state.query().text == "-tag:draft"


def test_an_example_is_compared_in_another_way(qtbot: QtBot, window: MainWindow) -> None:
    asset = window.content.grid.ids()[0]
    chip = ExampleChip(Example(asset_id=asset), "a.jpg")
    window.session.add([chip])
    menu = QMenu(window)
    window.narrowing._fill(menu, chip)
    choose(menu, "By colours and composition")
    assert labels(window) == ["a.jpg by colours"]
    assert window.session.state.query().examples[0].by is Aspect.LOOK


def test_the_question_is_copied_as_text_and_its_filters_taken_away(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    window.session.say("red")
    window.session.add([TagChip("sea"), TextChip("ext:jpg")])
    filters = window.top_bar.filters
    filters.aboutToShow.emit()
    choose(filters, "Copy as text")
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().text() == "tag:sea ext:jpg red")
    choose(filters, "Take all filters away")
    assert labels(window) == []
    assert window.session.state.words == "red"


def test_conditions_are_called_by_what_they_mean() -> None:
    names = {
        "size:>10mb": "over 10 MB",
        "duration:1m..5m": "1 min to 5 min",
        "date:2024-05..2024-08": "May 2024 to Aug 2024",
        "date:..2020": "until 2020",
        "date:last-month": "last month",
        "date:1w..": "since last 1 week",
        "date:last-year..yesterday": "last year to yesterday",
        '-camera:"Canon EOS"': "not Canon EOS",
        "width:>=1920": "at least 1920 px wide",
        "has:gps": "with a place",
        "name:*.psd": "name: *.psd",
        "date:2024-99": "2024-99",
    }
    assert {text: named(text) for text in names} == names


def test_conditions_at_the_beginning_become_chips_again() -> None:
    chips, words = taken_apart('size:>1mb camera:"A ""B""" red -people type:image')
    assert [chip.text for chip in chips] == ["size:>1mb", 'camera:"A ""B"""']
    assert chips[1].value == 'A "B"'
    assert words == "red -people type:image"
    assert taken_apart("ext:jpg OR ext:png") == ((), "ext:jpg OR ext:png")
    assert taken_apart("http://x") == ((), "http://x")
