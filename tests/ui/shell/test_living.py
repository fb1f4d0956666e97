"""A library that lives: undo, folders that come and go, missing files, notices, pace."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from assetman.core.progress import Pace, Phase, Progress
from assetman.core.watching import Watch, WatchMode
from assetman.ui.confirm import Confirm
from assetman.ui.failures_dialog import FailuresDialog
from assetman.ui.folders_dialog import FoldersDialog
from assetman.ui.library_actions import place_of
from assetman.ui.watching import watch_text
from assetman.ui.window import MainWindow
from tests.ui.fake_engine import FakeEngine
from tests.ui.shell.conftest import Open, labels, shown
from tests.ui.shell.test_library_side import called, dialog_of

FIVE = ["red barn.jpg", "green hills.jpg", "blue bay.png", "evening.jpg", "grey stones.webp"]


def remove_photos(qtbot: QtBot, window: MainWindow) -> None:
    window.library.actions.remove(place_of(window.library.folders.roots()[0]))
    qtbot.waitUntil(lambda: window.message_bar.action.isVisible())
    qtbot.waitUntil(lambda: window.content.grid.ids() == [])


def folders_dialog(qtbot: QtBot, window: MainWindow) -> FoldersDialog:
    window.library.show_folders()
    dialog = dialog_of(qtbot, window, FoldersDialog)
    assert isinstance(dialog, FoldersDialog)
    return dialog


def choose(dialog: QFileDialog, folder: Path) -> None:
    dialog.setDirectory(str(folder.parent))
    dialog.selectFile(str(folder))
    dialog.accept()


# -- undo ---------------------------------------------------------------------------------


def test_a_removed_folder_comes_back_with_the_button_beside_the_message(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine, pictures: Path
) -> None:
    remove_photos(qtbot, window)
    bar = window.message_bar
    assert bar.sentence.text() == ("“Photos” is no longer in the library. Its files are untouched.")
    assert bar.action.text() == "Undo"
    assert not engine.root_rows
    assert (pictures / "red barn.jpg").exists()
    qtbot.mouseClick(bar.action, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(shown(window)) == 5)
    assert bar.sentence.text() == "Undone: Remove folder Photos."
    assert bar.action.text() == "Redo"


def test_ctrl_z_takes_back_and_ctrl_shift_z_and_ctrl_y_do_again(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    window.content.grid.go_to(window.content.grid.ids()[0])
    window.content.grid.setFocus()
    asset = window.content.grid.selected_ids()[0]
    qtbot.keyClick(window.content.grid, Qt.Key.Key_4)
    qtbot.waitUntil(lambda: engine.rows[asset].asset.rating == 4)
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(window, Qt.Key.Key_Z, control)
    qtbot.waitUntil(lambda: engine.rows[asset].asset.rating == 0)
    qtbot.waitUntil(lambda: window.message_bar.sentence.text() == "Undone: Rate 1 file 4.")
    qtbot.keyClick(window, Qt.Key.Key_Z, control | shift)
    qtbot.waitUntil(lambda: engine.rows[asset].asset.rating == 4)
    qtbot.waitUntil(lambda: window.message_bar.sentence.text() == "Done again: Rate 1 file 4.")
    qtbot.keyClick(window, Qt.Key.Key_Z, control)
    qtbot.waitUntil(lambda: engine.rows[asset].asset.rating == 0)
    qtbot.waitUntil(lambda: window.message_bar.action.text() == "Redo")
    qtbot.keyClick(window, Qt.Key.Key_Y, control)
    qtbot.waitUntil(lambda: engine.rows[asset].asset.rating == 4)


def test_the_menu_names_what_would_be_taken_back(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    undo, redo = window.living.undo.undo_action, window.living.undo.redo_action
    assert (undo.text(), undo.isEnabled()) == ("Undo\tCtrl+Z", False)
    engine.rate([next(iter(engine.rows))], 3)  # by another window
    qtbot.waitUntil(lambda: undo.text() == "Undo: Rate 1 file 3\tCtrl+Z")
    assert undo in window.menu.actions()
    undo.trigger()
    qtbot.waitUntil(lambda: redo.text() == "Redo: Rate 1 file 3\tCtrl+Shift+Z")
    assert not undo.isEnabled()


def test_words_being_typed_keep_their_own_undo(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    engine.rate([next(iter(engine.rows))], 3)
    words = window.top_bar.search.words
    words.setFocus()
    qtbot.keyClicks(words, "red")
    for key in (Qt.Key.Key_Z, Qt.Key.Key_Y):
        qtbot.keyClick(words, key, Qt.KeyboardModifier.ControlModifier)
        assert words.text() == ("" if key == Qt.Key.Key_Z else "red")
    assert not called(engine, "undo")
    assert not called(engine, "redo")


def test_the_button_goes_when_it_would_take_back_something_else(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    window.organiser.rate(window.content.grid.ids()[:1], 2)
    qtbot.waitUntil(window.message_bar.action.isVisible)
    engine.rate([next(iter(engine.rows))], 5)  # by another window
    qtbot.waitUntil(lambda: not window.message_bar.action.isVisible())
    assert window.message_bar.isVisible()


def test_undo_waits_until_what_was_done_before_it_is_done(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    ids = window.content.grid.ids()
    window.organiser.rate(ids[:1], 2)
    window.organiser.rate(ids[1:2], 3)
    window.living.undo.undo()
    qtbot.waitUntil(lambda: bool(called(engine, "undo")))
    qtbot.waitUntil(lambda: engine.rows[ids[1]].asset.rating == 0)
    assert engine.rows[ids[0]].asset.rating == 2


# -- folders ------------------------------------------------------------------------------


def test_the_folders_are_listed_with_how_they_are_watched(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine, pictures: Path
) -> None:
    root = next(iter(engine.root_rows))
    dialog = folders_dialog(qtbot, window)
    row = dialog.rows[root]
    assert (row.name.text(), row.path.text(), row.count.text()) == (
        "Photos", str(pictures), "5 files",
    )  # fmt: skip
    assert row.watched.text() == "Watched: what changes is met at once."
    reason = "The system watches no more folders, so it is looked through every 30 s."
    engine.watch_rows[root] = Watch(root, WatchMode.POLLING, 30.0, reason)
    window.library.watch.renew()
    qtbot.waitUntil(lambda: row.watched.text() == reason)
    engine.take_away(root)
    qtbot.waitUntil(row.relocate.isVisible)
    assert row.watched.text().endswith("not connected. It stays searchable.")
    assert not row.update_button.isVisible()
    dialog.close()


def test_a_folder_removed_in_the_list_comes_back_there(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    dialog = folders_dialog(qtbot, window)
    row = next(iter(dialog.rows.values()))
    next(a for a in row.menu.actions() if a.text() == "Remove from library").trigger()
    qtbot.waitUntil(dialog.messages.action.isVisible)
    qtbot.waitUntil(dialog.empty.isVisible)
    qtbot.keyClick(dialog, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(dialog.rows) == 1)
    qtbot.waitUntil(lambda: len(shown(window)) == 5)
    dialog.close()


def test_a_drive_that_is_away_says_so_and_can_be_found_elsewhere_in_one_step(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine, pictures: Path
) -> None:
    root = next(iter(engine.root_rows))
    model = window.library.folders
    moved = pictures.with_name("Photos on the new disk")
    shutil.move(pictures, moved)
    engine.take_away(root)
    name = Qt.ItemDataRole.AccessibleTextRole
    qtbot.waitUntil(lambda: model.index(0, 0).data(name) == "Photos, 5 assets, offline")
    tip = model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "It stays searchable." in tip
    window.library.sidebar.relocate_wanted.emit(model.roots()[0])
    dialog = dialog_of(qtbot, window, QFileDialog)
    assert isinstance(dialog, QFileDialog)
    choose(dialog, moved)
    qtbot.waitUntil(lambda: engine.root_rows[root].online)
    qtbot.waitUntil(window.message_bar.action.isVisible)
    assert window.message_bar.sentence.text() == f"“Photos” is found in {moved} now."


def test_a_folder_that_holds_none_of_the_files_is_refused_in_words(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine, tmp_path: Path
) -> None:
    (tmp_path / "Other").mkdir()
    dialog = folders_dialog(qtbot, window)
    place = place_of(window.library.folders.roots()[0])
    window.library.actions.relocate(place, str(tmp_path / "Other"))
    qtbot.waitUntil(dialog.messages.isVisible)
    assert dialog.messages.sentence.text() == ("None of the files of “Photos” is in that folder.")
    dialog.close()


def test_the_folders_entry_of_the_sidebar_s_menu_opens_the_list(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.library.sidebar.folders_wanted.emit()
    dialog_of(qtbot, window, FoldersDialog).close()


def test_a_folder_that_was_removed_elsewhere_is_searched_no_more(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    window.library.sidebar.tree.chosen.emit(window.library.folders.roots()[0])
    assert labels(window) == ["in Photos"]
    engine.remove_root(next(iter(engine.root_rows)))
    qtbot.waitUntil(lambda: labels(window) == [])


def test_how_a_folder_is_watched_reads_as_sentences() -> None:
    assert watch_text(None) == ""
    polled = Watch(1, WatchMode.POLLING, 300.0)
    assert watch_text(polled) == "It is looked through every 5 min."
    assert watch_text(polled, online=False) == (
        "It is not connected just now. It stays searchable."
    )


# -- missing files ------------------------------------------------------------------------


def test_missing_files_are_listed_said_to_be_kept_and_come_back(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    row = window.library.sidebar.missing
    assert not row.isVisible()
    gone = window.content.grid.ids()[:2]
    engine.lose_files(gone)
    qtbot.waitUntil(row.isVisible)
    assert row.accessibleName() == "Missing, 2 assets"
    qtbot.mouseClick(row, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: sorted(window.content.grid.ids()) == sorted(gone))
    assert labels(window) == ["missing"]
    assert window.content.line.text() == (
        "2 missing files kept for 30 days · each comes back whole when its file does"
    )
    window.content.grid.go_to(gone[0])
    qtbot.waitUntil(lambda: "kept until" in window.inspector.trouble.text())
    engine.find_files(gone)
    qtbot.waitUntil(lambda: window.content.empty.sentence.text() == "No file is missing.")
    qtbot.mouseClick(window.content.empty.action, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(shown(window)) == 5)
    qtbot.waitUntil(lambda: not row.isVisible())


def test_missing_files_are_forgotten_only_after_a_question(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    gone = window.content.grid.ids()[:3]
    engine.lose_files(gone)
    window.living.show_missing()
    forget = window.content.line.forget
    qtbot.waitUntil(lambda: forget.text() == "Forget all 3…")
    window.content.grid.go_to(gone[0])
    qtbot.waitUntil(lambda: forget.text() == "Forget 1 selected…")
    qtbot.keyClick(window.content.grid, Qt.Key.Key_Delete)
    box = dialog_of(qtbot, window, Confirm)
    assert isinstance(box, Confirm)
    assert box.question.text() == "Forget 1 missing file?"
    assert "cannot be undone" in box.meaning.text()
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    assert not called(engine, "forget_missing")
    qtbot.mouseClick(forget, Qt.MouseButton.LeftButton)
    box = dialog_of(qtbot, window, Confirm)
    assert isinstance(box, Confirm)
    qtbot.mouseClick(box.do, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: gone[0] not in engine.rows)
    qtbot.waitUntil(lambda: sorted(window.content.grid.ids()) == sorted(gone[1:]))
    assert window.message_bar.sentence.text() == "1 missing file is forgotten."


# -- notices, pace, problems --------------------------------------------------------------


def test_a_notice_stays_until_it_is_read(
    qtbot: QtBot, open_window: Open, engine: FakeEngine
) -> None:
    notice = "The catalogue was damaged and was put back from the copy of 20 November."
    engine.notice_rows.append(notice)
    window = open_window(engine)
    bar = window.message_bar
    qtbot.waitUntil(lambda: bar.isVisible() and bar.sentence.text() == notice)
    bar.say("Copied the path.")
    assert bar.sentence.text() == "Copied the path."
    bar.close_message()
    assert bar.sentence.text() == notice
    qtbot.mouseClick(bar.close_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not engine.notice_rows)
    assert not bar.isVisible()


def test_the_work_goes_gently_and_says_why(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    bar = window.library.status_bar
    running = Progress(2, Phase.INDEXING, "Photos", 10, 90, gentle=True)
    engine.say_progress(running)
    qtbot.waitUntil(bar.gentle.isVisible)
    assert bar.gentle.text() == "gently, on battery"
    gently = next(a for a in window.living.paces.actions() if a.text() == "Gently")
    gently.trigger()
    qtbot.waitUntil(lambda: engine.pace is Pace.GENTLE)
    qtbot.waitUntil(lambda: bar.gentle.text() == "gently")
    assert gently.isChecked()
    engine.say_progress(replace(running, gentle=False))
    qtbot.waitUntil(lambda: not bar.gentle.isVisible())


def test_why_the_last_run_ended_early_stands_below_until_the_next(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    bar = window.library.status_bar
    problem = "The drive of Photos was taken away. It goes on when the drive is back."
    engine.say_progress(Progress(2, Phase.IDLE, problem=problem))
    qtbot.waitUntil(lambda: window.message_bar.sentence.text() == problem)
    assert not bar.doing.isVisible()  # it is not said twice
    window.message_bar.close_message()
    assert bar.doing.text() == problem
    window.library.watch.renew()
    with qtbot.waitSignal(window.library.watch.renewed):
        pass
    QApplication.processEvents()
    assert bar.doing.text() == problem
    engine.say_progress(Progress(3, Phase.INDEXING, "Photos", 1, 5))
    qtbot.waitUntil(lambda: bar.doing.text() == "Indexing Photos")
    engine.say_progress(Progress(3))
    qtbot.waitUntil(lambda: not bar.doing.isVisible())


# -- what could not be read ---------------------------------------------------------------


def test_every_entry_of_the_menu_has_a_verb(window: MainWindow) -> None:
    entries = [action for action in window.menu.actions() if not action.isSeparator()]
    assert all(isinstance(entry, QAction) and entry.text() for entry in entries)
    texts = [entry.text().split("\t")[0] for entry in entries]
    for expected in ("Folders…", "Files that could not be read…", "Pace of the work", "Theme"):
        assert expected in texts


def failures_dialog(qtbot: QtBot, window: MainWindow, rows: int) -> FailuresDialog:
    window.library.show_failures()
    dialog = dialog_of(qtbot, window, FailuresDialog)
    assert isinstance(dialog, FailuresDialog)
    qtbot.waitUntil(lambda: dialog.model.rowCount() == rows)
    return dialog


def test_failures_are_ignored_shown_again_and_heard_of_again(
    qtbot: QtBot, open_window: Open, engine: FakeEngine, pictures: Path
) -> None:
    for name in ("broken.jpg", "worse.jpg", "worst.jpg"):
        engine.add_failure(str(pictures / name), "The file is cut short")
    window = open_window(engine)
    counted = window.library.status_bar.failures
    qtbot.waitUntil(lambda: counted.text() == "3 files could not be read")
    dialog = failures_dialog(qtbot, window, 3)
    dialog.table.selectRow(0)
    assert dialog.reason.text() == f"{pictures / 'broken.jpg'}\nThe file is cut short."
    qtbot.keyClick(dialog.table, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: dialog.model.rowCount() == 2)
    qtbot.waitUntil(lambda: counted.text() == "2 files could not be read")
    assert dialog.ignored.text() == "Show 1 ignored file"
    qtbot.mouseClick(dialog.ignored, Qt.MouseButton.LeftButton)
    assert dialog.model.index(2, 2).data() == "Ignored · The file is cut short"
    dialog.table.selectRow(2)
    assert dialog.ignore.text() == "Hear of it again"
    qtbot.mouseClick(dialog.ignore, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: counted.text() == "3 files could not be read")
    qtbot.waitUntil(lambda: not dialog.ignored.isVisible())
    dialog.close()


def test_the_keys_of_the_failures_copy_and_retry(
    qtbot: QtBot, open_window: Open, engine: FakeEngine, pictures: Path
) -> None:
    for name in ("broken.jpg", "worse.jpg"):
        engine.add_failure(str(pictures / name), "The file is cut short.")
    window = open_window(engine)
    dialog = failures_dialog(qtbot, window, 2)
    dialog.table.selectAll()
    qtbot.keyClick(dialog.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    paths = [str(pictures / name) for name in ("broken.jpg", "worse.jpg")]
    assert QApplication.clipboard().text().split("\n") == paths
    dialog.table.selectRow(1)
    qtbot.keyClick(dialog.table, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: dialog.model.rowCount() == 1)
    dialog.close()


def test_failures_that_are_all_ignored_leave_a_sentence_and_no_count(
    qtbot: QtBot, open_window: Open, engine: FakeEngine, pictures: Path
) -> None:
    engine.add_failure(str(pictures / "broken.jpg"), "The file is cut short.")
    engine.ignore_failures(list(engine.failure_rows))
    window = open_window(engine)
    dialog = failures_dialog(qtbot, window, 0)
    qtbot.waitUntil(
        lambda: dialog.summary.text() == "Every file could be read but the one that you ignore."
    )
    assert not dialog.table.isVisible()
    assert not dialog.retry.isVisible()
    assert not window.library.status_bar.failures.isVisible()
    dialog.close()


def test_a_missing_file_is_shown_as_missing_and_not_as_gone(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    gone = window.content.grid.ids()[:1]
    engine.lose_files(gone)
    qtbot.waitUntil(lambda: len(shown(window)) == 4)
    window.living.show_missing()
    qtbot.waitUntil(lambda: window.content.grid.ids() == gone)
    card = window.content.grid.model().index(0, 0)
    role = Qt.ItemDataRole.AccessibleTextRole
    qtbot.waitUntil(lambda: "missing" in str(card.data(role)))


def test_the_status_bar_says_less_in_a_narrow_window_instead_of_widening_it(
    qtbot: QtBot, open_window: Open, engine: FakeEngine
) -> None:
    window = open_window(engine, 800, 600)
    bar = window.library.status_bar
    for number in range(1300):
        engine.add_failure(f"/media/{number}.jpg", "The file is empty.")
    window.library.watch.renew()
    qtbot.waitUntil(bar.failures.isVisible)
    engine.say_progress(
        Progress(
            2, Phase.INDEXING, "A folder with a name that goes on and on", 1312, 211_800,
            rate=14.2, seconds_left=57_000.0, gentle=True,
        )
    )  # fmt: skip
    qtbot.waitUntil(bar.pause.isVisible)
    QApplication.processEvents()
    assert window.width() == 800
    assert bar.numbers.text() == "1,312 of 211,800"
    assert not bar.gentle.isVisible()
    window.resize(1600, 600)
    qtbot.waitUntil(bar.gentle.isVisible)
    assert bar.numbers.text() == "1,312 of 211,800 · 14 a second · about 15 h 50 min left"


def test_what_changed_nothing_offers_no_undo_of_something_older(
    qtbot: QtBot, open_window: Open, engine: FakeEngine
) -> None:
    engine.rate([next(iter(engine.rows))], 3)  # on another day
    window = open_window(engine)
    undo = window.living.undo.undo_action
    qtbot.waitUntil(lambda: undo.text() == "Undo: Rate 1 file 3\tCtrl+Z")
    window.organiser.acted.emit("Rated 1 file: 3 stars")
    qtbot.waitUntil(window.message_bar.isVisible)
    assert window.message_bar.sentence.text() == "Rated 1 file: 3 stars."
    assert not window.message_bar.action.isVisible()
