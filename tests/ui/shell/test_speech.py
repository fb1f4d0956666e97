"""Writing down what is said, switched on and off in its dialog."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from assetman.core.models import ModelState
from assetman.ui.speech_dialog import SpeechDialog, SpeechRow
from assetman.ui.window import MainWindow
from tests.ui.fake_engine import FakeEngine
from tests.ui.shell.test_library_side import dialog_of


@pytest.fixture
def dialog(qtbot: QtBot, window: MainWindow, engine: FakeEngine) -> SpeechDialog:
    away = replace(engine.speech_rows[0], name="small", title="Small", state=ModelState.AVAILABLE)
    engine.speech_rows = (*engine.speech_rows, away)
    window.library.show_speech()
    dialog = dialog_of(qtbot, window, SpeechDialog)
    assert isinstance(dialog, SpeechDialog)
    qtbot.waitUntil(lambda: len(dialog.rows) == 2)
    return dialog


def press(qtbot: QtBot, row: SpeechRow) -> None:
    (way,) = row.findChildren(QPushButton)
    qtbot.mouseClick(way, Qt.MouseButton.LeftButton)


def test_a_model_is_switched_on_and_off(
    qtbot: QtBot, dialog: SpeechDialog, engine: FakeEngine
) -> None:
    assert not dialog.switch_off.isEnabled()
    press(qtbot, dialog.rows[0])
    qtbot.waitUntil(lambda: engine.speech == "tiny" and dialog.switch_off.isEnabled())
    assert dialog.rows[0].findChildren(QPushButton) == []  # it says that it is on
    qtbot.mouseClick(dialog.switch_off, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: engine.speech is None and not dialog.switch_off.isEnabled())


def test_text_in_pictures_is_switched_on_and_off_there_too(
    qtbot: QtBot, dialog: SpeechDialog, engine: FakeEngine
) -> None:
    row = dialog.text
    qtbot.waitUntil(lambda: row.state.text() == "Off, found in 12 files")
    qtbot.mouseClick(row.switch, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: row.state.text() == "On, 3 to go, found in 12 files")
    assert engine.text_on
    assert row.switch.text() == "Switch off"
    qtbot.mouseClick(row.switch, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not engine.text_on and row.state.text().startswith("Off"))


def test_one_that_is_not_here_is_fetched_and_what_goes_wrong_is_said(
    qtbot: QtBot, dialog: SpeechDialog, engine: FakeEngine
) -> None:
    press(qtbot, dialog.rows[1])
    qtbot.waitUntil(lambda: ("add_speech_model", ("small", None)) in engine.calls)
    qtbot.waitUntil(lambda: "holds no model" in dialog.message.text())
