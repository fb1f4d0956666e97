"""What is said, line by line; a click on a line plays it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from assetman.core.assets import Passage, PassageKind
from assetman.core.changes import Changes
from assetman.ui.grid import Inspector, LargeView
from assetman.ui.listening.passages import PassageList
from assetman.ui.window import MainWindow
from tests.ui.fake_engine import FakeEngine

WORDS = [
    Passage(PassageKind.DESCRIPTION, "A talk about rain", 0.0, 20.0),
    Passage(PassageKind.SPEECH, "Good evening.", 1.0, 3.0, "en"),
    Passage(
        PassageKind.SPEECH, "It rained upon all the roofs of the town.\nFor days.", 6.0, 11.0, "en"
    ),
    Passage(PassageKind.SPEECH, "Good night.", 15.0, 17.0, "en"),
]


@pytest.fixture
def spoken(engine: FakeEngine, sounds: list[int]) -> int:
    engine.spoken[sounds[0]] = WORDS
    return sounds[0]


def lines(words: PassageList) -> list[str]:
    return [words.item(row).text() for row in range(words.count())]


def click(qtbot: QtBot, words: PassageList, row: int) -> None:
    place = words.visualItemRect(words.item(row)).center()
    qtbot.mouseClick(words.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_a_click_on_what_is_said_plays_it_and_the_line_is_marked(
    qtbot: QtBot, inspector: Inspector, engine: FakeEngine, spoken: int
) -> None:
    inspector.show_selection([spoken], {})
    words = inspector.words.list
    qtbot.waitUntil(lambda: words.count() == 3)  # a description has no time to be played at
    assert inspector.words.isVisible()
    click(qtbot, words, 1)
    assert inspector.listening.is_playing(spoken)
    qtbot.waitUntil(lambda: 6.0 < (inspector.listening.at(spoken) or 0.0) < 10.0)
    qtbot.waitUntil(lambda: words.heard == 1)
    words.grab()
    inspector.listening.go(engine.rows[spoken].asset, 16.0)
    qtbot.waitUntil(lambda: words.heard == 2)
    inspector.listening.go(engine.rows[spoken].asset, 13.0)
    qtbot.waitUntil(lambda: words.heard == -1)  # nothing is said just then
    inspector.listening.silence()
    inspector.listening.let_go()


def test_keys_walk_the_lines_and_play_them(qtbot: QtBot, inspector: Inspector, spoken: int) -> None:
    inspector.show_selection([spoken], {})
    words = inspector.words.list
    qtbot.waitUntil(lambda: words.count() == 3)
    words.setFocus()
    words.setCurrentRow(0)
    qtbot.keyClick(words, Qt.Key.Key_Down)
    qtbot.keyClick(words, Qt.Key.Key_Down)
    qtbot.keyClick(words, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: (inspector.listening.at(spoken) or 0.0) > 15.0)
    inspector.listening.silence()
    inspector.listening.let_go()


def test_where_nothing_is_said_there_is_no_list(
    qtbot: QtBot, inspector: Inspector, engine: FakeEngine, sounds: list[int], spoken: int
) -> None:
    inspector.show_selection([sounds[1]], {})
    qtbot.waitUntil(lambda: inspector.sound.here)
    assert inspector.words.isHidden()
    engine.spoken[sounds[1]] = WORDS[:2]  # a model has listened to it meanwhile
    engine.emit(Changes(assets_changed=frozenset({sounds[1]})))
    qtbot.waitUntil(lambda: lines(inspector.words.list) == ["Good evening."])
    assert inspector.words.isVisible()


def test_large_the_words_stand_beside_the_waveform(
    qtbot: QtBot, large: LargeView, spoken: int
) -> None:
    large.show_assets([spoken], spoken)
    words = large.sound.words
    qtbot.waitUntil(lambda: words.count() == 3)
    assert words.isVisible()
    assert "all the roofs of the town. For days." in lines(words)[1]
    click(qtbot, words, 2)
    qtbot.waitUntil(lambda: (large.listening.at(spoken) or 0.0) > 15.0)
    large.listening.silence()
    large.listening.let_go()


def test_what_is_said_in_a_video_plays_the_video(
    qtbot: QtBot, hearing: MainWindow, engine: FakeEngine, video: int
) -> None:
    engine.spoken[video] = [Passage(PassageKind.SUBTITLE, "Green!", 1.3, 2.0)]
    inspector = hearing.inspector
    inspector.show_selection([video], {})
    words = inspector.words.list
    qtbot.waitUntil(lambda: words.count() == 1)
    click(qtbot, words, 0)
    player = inspector.video.player
    qtbot.waitUntil(lambda: player.playback.playing and player.at > 1.3)
    inspector.silence()
