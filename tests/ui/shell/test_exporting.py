"""Saving a moment of a video, as a person does it: a dialog, a line below, a message at the end."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from assetman.core.errors import EnvironmentProblem
from assetman.core.exports import ExportForm
from assetman.ui.export_dialog import ExportDialog
from assetman.ui.player.clip import Clip
from assetman.ui.window import MainWindow
from tests.ui.fake_engine import FakeEngine
from tests.ui.fake_films import FakeShot

QUICK, EXACT, FRAME = ExportForm.QUICK, ExportForm.EXACT, ExportForm.FRAME


@pytest.fixture
def film(engine: FakeEngine, tmp_path: Path) -> int:
    return engine.add_film(str(tmp_path / "Holiday.mov"), [FakeShot("#c0392b", 120.0)])


@pytest.fixture
def place(window: MainWindow, tmp_path: Path) -> Path:
    """The folder that was used last."""
    folder = tmp_path / "saved"
    folder.mkdir()
    window.memory.saved_in = str(folder)
    return folder


def open_dialogs(window: MainWindow) -> list[ExportDialog]:
    return [each for each in window.findChildren(ExportDialog) if each.isVisible()]


def open_dialog(qtbot: QtBot, window: MainWindow, clip: Clip) -> ExportDialog:
    """Open the dialog once the one before has gone: it goes when the engine has answered it."""
    qtbot.waitUntil(lambda: not open_dialogs(window))
    window.content.large.export_wanted.emit(clip)
    qtbot.waitUntil(lambda: bool(open_dialogs(window)))
    (dialog,) = open_dialogs(window)
    return dialog


def called(engine: FakeEngine) -> list[object]:
    return [argument for name, argument in engine.calls if name == "export"]


def test_a_shot_is_saved_with_enter_under_its_times_in_the_folder_used_last(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine, film: int, place: Path
) -> None:
    dialog = open_dialog(qtbot, window, Clip(film, 83.2, 91.4, 85.0))
    assert dialog.form is QUICK
    assert dialog.name.text() == "Holiday 1m23s–1m31s.mov"
    assert "8.2 s" in dialog.choices[QUICK].text()
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    target = place / "Holiday 1m23s–1m31s.mov"
    qtbot.waitUntil(target.exists)
    assert called(engine) == [(film, 83.2, 91.4, str(target), QUICK)]
    bar = window.message_bar
    qtbot.waitUntil(lambda: bar.sentence.text() == f"Saved “{target.name}” in “saved”.")
    assert bar.action.text() == "Show in file manager"
    assert not window.exporting.line.isVisible()


def test_the_name_follows_the_form_until_the_person_gives_one(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine, film: int, place: Path
) -> None:
    dialog = open_dialog(qtbot, window, Clip(film, 83.2, 91.4, 85.04))
    dialog.choices[EXACT].setFocus()
    qtbot.keyClick(dialog.choices[EXACT], Qt.Key.Key_Space)
    assert dialog.name.text() == "Holiday 1m23s–1m31s.mp4"
    qtbot.keyClick(dialog.choices[EXACT], Qt.Key.Key_Down)
    assert dialog.form is FRAME
    assert dialog.name.text() == "Holiday 1m25.04s.png"
    dialog.name.selectAll()
    qtbot.keyClicks(dialog.name, "Still.jpg")
    assert dialog.name.text() == "Still.jpg"
    qtbot.keyClick(dialog.choices[FRAME], Qt.Key.Key_Up)
    assert dialog.form is EXACT
    assert dialog.name.text() == "Still.mp4"
    qtbot.keyClick(dialog.choices[EXACT], Qt.Key.Key_Down)
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil((place / "Still.png").exists)
    assert called(engine) == [(film, 85.04, 91.4, str(place / "Still.png"), FRAME)]
    again = open_dialog(qtbot, window, Clip(film, 1.0, 2.0, 1.5))
    assert again.form is FRAME  # as the last time
    again.reject()


def test_a_taken_name_gets_a_number_and_one_that_is_typed_is_refused(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine, film: int, place: Path
) -> None:
    for name in ("Holiday 1s–2s.mov", "taken.mov"):
        (place / name).write_bytes(b"mine")
    dialog = open_dialog(qtbot, window, Clip(film, 1.0, 2.0, 1.0))
    qtbot.waitUntil(lambda: dialog.name.text() == "Holiday 1s–2s 2.mov")
    dialog.name.selectAll()
    qtbot.keyClicks(dialog.name, "taken")
    qtbot.mouseClick(dialog.do, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(dialog.trouble.isVisible)
    assert "exists already" in dialog.trouble.text()
    assert (place / "taken.mov").read_bytes() == b"mine"
    qtbot.keyClicks(dialog.name, " again")
    assert not dialog.trouble.isVisible()
    for name, sentence in (
        ("a/b", "That is no name for a file."),
        ("", "That is no name"),
        (".mov", "That is no"),
    ):
        dialog.name.setText(name)
        qtbot.mouseClick(dialog.do, Qt.MouseButton.LeftButton)
        assert sentence in dialog.trouble.text()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert sorted(os.listdir(place)) == ["Holiday 1s–2s.mov", "taken.mov"]


def test_without_ffmpeg_the_dialog_says_how_to_get_it_and_a_picture_can_be_saved(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine, film: int, place: Path
) -> None:
    sentence = "Saving clips needs the program ffmpeg: “sudo apt install ffmpeg” installs it."
    engine.fail_with["export"] = EnvironmentProblem(sentence)
    dialog = open_dialog(qtbot, window, Clip(film, 1.0, 2.0, 1.5))
    qtbot.mouseClick(dialog.do, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(dialog.trouble.isVisible)
    assert dialog.trouble.text() == sentence
    assert dialog.isVisible()
    dialog.choices[FRAME].setFocus()
    qtbot.keyClick(dialog.choices[FRAME], Qt.Key.Key_Space)
    assert not dialog.trouble.isVisible()
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil((place / "Holiday 1.50s.png").exists)


def test_what_is_being_saved_stands_below_and_can_be_stopped(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine, film: int, place: Path
) -> None:
    engine.hold_exports = True
    line = window.exporting.line
    for number in (1, 2):
        dialog = open_dialog(qtbot, window, Clip(film, 1.0, 3.0 + number, 1.0))
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda number=number: len(engine.export_rows) == number)
    qtbot.waitUntil(lambda: "and 1 more" in line.words.text())
    assert line.isVisible()
    assert line.bar.value() == 500
    assert "Holiday 1s–5s.mov" in line.words.accessibleName()
    qtbot.mouseClick(line.cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "more" not in line.words.text())
    assert window.message_bar.sentence.text() == "Stopped. Nothing of “Holiday 1s–5s.mov” was kept."
    engine.finish_export(1, start=0.2)
    qtbot.waitUntil(lambda: not line.isVisible())
    said = window.message_bar.sentence.text()
    assert said.endswith("It begins 0.8 s early, at a key frame.")


def test_a_failure_is_told_with_its_reason(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine, film: int, place: Path
) -> None:
    engine.hold_exports = True
    dialog = open_dialog(qtbot, window, Clip(film, 1.0, 4.0, 1.0))
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(window.exporting.line.isVisible)
    engine.fail_export(1, "The disk is full. Nothing was saved.")
    sentence = "“Holiday 1s–4s.mov” was not saved. The disk is full. Nothing was saved."
    qtbot.waitUntil(lambda: window.message_bar.sentence.text() == sentence)
    assert window.message_bar.sentence.property("tone") == "warning"


def test_an_engine_that_died_is_said_to_have_saved_nothing(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine, film: int, place: Path
) -> None:
    engine.hold_exports = True
    dialog = open_dialog(qtbot, window, Clip(film, 1.0, 4.0, 1.0))
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(window.exporting.line.isVisible)
    engine.lose()
    qtbot.waitUntil(lambda: not window.exporting.line.isVisible())
    sentence = "The engine stopped and was started again. “Holiday 1s–4s.mov” was not saved."
    qtbot.waitUntil(lambda: window.message_bar.sentence.text() == sentence)


def test_another_folder_is_chosen_and_remembered(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine, film: int, place: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    dialog = open_dialog(qtbot, window, Clip(film, 1.0, 4.0, 1.0))
    qtbot.mouseClick(dialog.choose, Qt.MouseButton.LeftButton)
    chooser = dialog.findChild(QFileDialog)
    assert isinstance(chooser, QFileDialog)
    chooser.setDirectory(str(tmp_path))
    chooser.selectFile(str(other))
    chooser.accept()
    qtbot.waitUntil(lambda: dialog.folder == str(other))
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil((other / "Holiday 1s–4s.mov").exists)
    qtbot.waitUntil(lambda: window.memory.saved_in == str(other))


def test_a_still_moment_can_only_be_a_picture(
    qtbot: QtBot, window: MainWindow, film: int, place: Path
) -> None:
    dialog = open_dialog(qtbot, window, Clip(film, 2.0, 2.0, 2.0))
    assert dialog.form is FRAME
    assert not dialog.choices[QUICK].isEnabled()
    dialog.reject()
