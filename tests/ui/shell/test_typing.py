"""Typing the query language: completion, and mistakes at their place."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QImage, QPaintEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from assetman.ui.controller.text_chip import TextChip
from assetman.ui.theme import theme
from assetman.ui.window import MainWindow
from tests.ui.fake_engine import FakeEngine
from tests.ui.shell.conftest import labels, shown


def type_words(qtbot: QtBot, window: MainWindow, words: str) -> None:
    qtbot.keyClicks(window.top_bar.search.words, words)


def test_keys_and_values_are_offered_while_one_types(qtbot: QtBot, window: MainWindow) -> None:
    words, offered = window.top_bar.search.words, window.completing.suggestions
    type_words(qtbot, window, "barn or")
    qtbot.waitUntil(lambda: offered.offering)
    assert offered.labels() == ["orientation:"]
    qtbot.keyClick(words, Qt.Key.Key_Tab)
    assert words.text() == "barn orientation:"
    qtbot.waitUntil(lambda: len(offered.labels()) == 3 and offered.offering)
    qtbot.keyClick(words, Qt.Key.Key_Down)
    qtbot.keyClick(words, Qt.Key.Key_Return)
    assert words.text() == "barn orientation:landscape "
    assert window.focusWidget() is words
    qtbot.waitUntil(lambda: shown(window) == ["red barn.jpg"])


def test_enter_searches_and_escape_closes_while_nothing_offered_is_lit(
    qtbot: QtBot, window: MainWindow
) -> None:
    words, offered = window.top_bar.search.words, window.completing.suggestions
    window.session.add([TextChip("ext:jpg")])
    type_words(qtbot, window, "ta")
    qtbot.waitUntil(lambda: offered.offering)
    qtbot.keyClick(words, Qt.Key.Key_Escape)
    assert not offered.isVisible()
    assert labels(window) == ["JPG"]  # Esc took one step: the list, not the chip
    assert words.text() == "ta"
    type_words(qtbot, window, "g")
    qtbot.waitUntil(lambda: offered.offering)
    qtbot.keyClick(words, Qt.Key.Key_Return)
    assert words.text() == "tag"
    qtbot.keyClick(words, Qt.Key.Key_Down)
    qtbot.keyClick(words, Qt.Key.Key_Up)
    qtbot.keyClick(words, Qt.Key.Key_Up)
    assert words.text() == "tag"


def test_one_letter_of_a_plain_word_offers_nothing(qtbot: QtBot, window: MainWindow) -> None:
    engine = window.bridge.api
    assert isinstance(engine, FakeEngine)
    type_words(qtbot, window, "t")
    qtbot.waitUntil(lambda: ("complete", ("t", 1)) in engine.calls)
    qtbot.waitUntil(lambda: shown(window) == ["grey stones.webp"])
    assert not window.completing.suggestions.isVisible()


def test_a_mistake_is_underlined_and_said_at_its_place_and_the_rest_is_searched(
    qtbot: QtBot, window: MainWindow
) -> None:
    words, hung = window.top_bar.search.words, window.completing.suggestions
    window.session.add([TextChip("ext:jpg")])
    type_words(qtbot, window, "red size:much")
    qtbot.waitUntil(lambda: bool(words.mistakes))
    (mistake,) = words.mistakes
    assert words.text()[mistake.start : mistake.end] == "size:much"
    assert shown(window)[0] == "red barn.jpg"
    assert window.content.line.mistake.text() == "Part of it was not understood"
    qtbot.waitUntil(hung.isVisible)
    assert hung.message.text() == mistake.message
    left = hung.mapTo(window, hung.rect().topLeft()).x()
    begins = words.mapTo(window, words.place_of(mistake.start)).x()
    assert abs(left + 12 - begins) <= 2
    assert has_colour(words.grab().toImage(), theme().warning)


def test_what_is_wrong_is_forgotten_with_the_words(qtbot: QtBot, window: MainWindow) -> None:
    words = window.top_bar.search.words
    type_words(qtbot, window, "size:much")
    qtbot.waitUntil(lambda: bool(words.mistakes))
    words.selectAll()
    type_words(qtbot, window, "red")
    assert not words.mistakes
    qtbot.waitUntil(lambda: not window.content.line.mistake.isVisible())
    assert not window.completing.suggestions.isVisible()


def test_the_line_of_results_leads_to_the_mistake(qtbot: QtBot, window: MainWindow) -> None:
    words = window.top_bar.search.words
    type_words(qtbot, window, "size:much red")
    qtbot.waitUntil(window.content.line.mistake.isVisible)
    window.content.grid.setFocus()
    window.content.line.mistake.click()
    assert words.selectedText() == "size:much"
    assert window.completing.suggestions.message.isVisible()


def has_colour(image: QImage, wanted: QColor) -> bool:
    near = 60
    for y in range(image.height()):
        for x in range(image.width()):
            c = image.pixelColor(x, y)
            apart = abs(c.red() - wanted.red()) + abs(c.green() - wanted.green())
            if apart + abs(c.blue() - wanted.blue()) < near:
                return True
    return False


def test_signs_that_qt_counts_twice_move_no_place(qtbot: QtBot, window: MainWindow) -> None:
    words, offered = window.top_bar.search.words, window.completing.suggestions
    words.setText("🌅🌅 size:much ori")
    words.textEdited.emit(words.text())
    qtbot.waitUntil(lambda: offered.offering)
    assert offered.labels() == ["orientation:"]
    qtbot.keyClick(words, Qt.Key.Key_Tab)
    assert words.text() == "🌅🌅 size:much orientation:"
    assert words.cursorPosition() == len(words.text()) + 2
    qtbot.waitUntil(lambda: bool(words.mistakes))
    offered.hide()
    window.content.line.mistake.click()
    assert words.selectedText() == "size:much"


class PaintedPlaces(QObject):
    """Notes how far to the right a widget paints itself anew."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.right = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if isinstance(event, QPaintEvent):
            self.right = max(self.right, event.region().boundingRect().right())
        return False


def test_nothing_is_left_of_the_hint_where_the_bookmark_comes(
    qtbot: QtBot, window: MainWindow
) -> None:
    bar = window.top_bar.search
    qtbot.waitUntil(lambda: bar.keep.isHidden() and bar._has_hint())
    window.setFocus()
    QApplication.processEvents()  # what else is to be painted is painted
    painted = PaintedPlaces(bar)
    bar.installEventFilter(painted)
    window.session.add([TextChip("ext:jpg")])
    qtbot.waitUntil(bar.keep.isVisible)
    qtbot.waitUntil(lambda: painted.right >= bar.width() - 1)
