"""The library at the left and below: folders, progress, failures, models."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMenu
from pytestqt.qtbot import QtBot

from assetman.core.errors import EnvironmentProblem
from assetman.core.progress import Phase, Progress
from assetman.ui.add_model import AddModel
from assetman.ui.failures_dialog import TRYING, FailuresDialog
from assetman.ui.library_actions import place_of
from assetman.ui.models_dialog import ModelsDialog
from assetman.ui.status_bar import duration_text, numbers_text
from assetman.ui.window import MainWindow
from tests.ui.fake_engine import FakeEngine, paint_pictures
from tests.ui.shell.conftest import Open, labels, shown


def dialog_of(qtbot: QtBot, window: MainWindow, kind: type[QDialog]) -> QDialog:
    qtbot.waitUntil(lambda: any(d.isVisible() for d in window.findChildren(kind)))
    return next(d for d in window.findChildren(kind) if d.isVisible())


def called(engine: FakeEngine, verb: str) -> list[object]:
    return [argument for name, argument in engine.calls if name == verb]


def test_the_first_start_says_what_to_do_and_which_model_is_used(
    qtbot: QtBot, open_window: Open, empty_engine: FakeEngine, pictures: Path
) -> None:
    window = open_window(empty_engine)
    empty = window.content.empty
    qtbot.waitUntil(empty.action.isVisible)
    assert (
        empty.sentence.text()
        == "Add a folder of pictures, videos or sounds, and find them by what they show or sound like."
    )
    assert empty.note.text() == "The built-in models are used; better ones can be chosen."
    qtbot.mouseClick(empty.action, Qt.MouseButton.LeftButton)
    dialog = dialog_of(qtbot, window, QFileDialog)
    assert isinstance(dialog, QFileDialog)
    dialog.setDirectory(str(pictures.parent))
    dialog.selectFile(str(pictures))
    dialog.accept()
    qtbot.waitUntil(lambda: len(shown(window)) == 5)
    assert "add_root" in [verb for verb, _ in empty_engine.calls]


def test_the_note_leads_to_the_models(
    qtbot: QtBot, open_window: Open, empty_engine: FakeEngine
) -> None:
    window = open_window(empty_engine)
    qtbot.waitUntil(window.content.empty.link.isVisible)
    qtbot.mouseClick(window.content.empty.link, Qt.MouseButton.LeftButton)
    dialog_of(qtbot, window, ModelsDialog).close()


def test_roots_show_their_counts_and_open_to_their_folders(
    qtbot: QtBot, window: MainWindow
) -> None:
    model, tree = window.library.folders, window.library.sidebar.tree
    root = model.index(0, 0)
    assert model.data(root, Qt.ItemDataRole.AccessibleTextRole) == "Photos, 5 assets"
    tree.setFocus()
    tree.setCurrentIndex(root)
    qtbot.keyClick(tree, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: model.rowCount(root) == 1)
    assert tree.isExpanded(root)
    qtbot.keyClick(tree, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: labels(window) == ["in Coast"])


def test_folders_that_come_later_appear_where_the_tree_is_open(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine, pictures: Path
) -> None:
    model, tree = window.library.folders, window.library.sidebar.tree
    root = model.index(0, 0)
    tree.expand(root)
    qtbot.waitUntil(lambda: model.rowCount(root) == 1)
    paint_pictures(pictures, {"Alps/peak.jpg": ("#8a9096", 60, 40)})
    engine.index()
    qtbot.waitUntil(lambda: model.rowCount(model.index(0, 0)) == 2)
    assert model.index(0, 0, model.index(0, 0)).data() == "Alps"


def test_an_offline_root_says_so(qtbot: QtBot, open_window: Open, engine: FakeEngine) -> None:
    root_id, root = next(iter(engine.root_rows.items()))
    engine.root_rows[root_id] = replace(root, online=False)
    window = open_window(engine)
    index = window.library.folders.index(0, 0)
    said = window.library.folders.data(index, Qt.ItemDataRole.AccessibleTextRole)
    assert said == "Photos, 5 assets, offline"


def context_menu(qtbot: QtBot, window: MainWindow) -> dict[str, object]:
    tree = window.library.sidebar.tree
    tree.setFocus()
    tree.setCurrentIndex(window.library.folders.index(0, 0))
    node = window.library.folders.roots()[0]
    tree.menu_wanted.emit(node, tree.mapToGlobal(tree.rect().center()))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    actions = {action.text(): action for action in menu.actions()}
    menu.close()
    return dict(actions)


def test_a_root_offers_what_can_be_done_with_it(qtbot: QtBot, window: MainWindow) -> None:
    assert list(context_menu(qtbot, window)) == [
        "Update now",
        "Show in file manager",
        "Copy path",
        "",
        "It lies elsewhere now…",
        "Remove from library",
        "All folders…",
    ]


def test_adding_a_folder_inside_another_says_that_it_is_there_already(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine, pictures: Path
) -> None:
    root = next(iter(engine.root_rows.values()))
    window.library.actions._added([(str(pictures / "Coast"), root, True)])
    assert window.message_bar.sentence.text() == (
        "“Coast” is already in the library, inside “Photos”."
    )


def test_adding_a_folder_again_says_that_it_is_there_already(
    qtbot: QtBot, window: MainWindow, pictures: Path
) -> None:
    window.library.actions.add([str(pictures)])
    qtbot.waitUntil(window.message_bar.isVisible)
    said = "“Photos” is already in the library. It is being updated."
    assert window.message_bar.sentence.text() == said


def test_another_root_leaves_open_what_is_open(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine, tmp_path: Path
) -> None:
    model, tree = window.library.folders, window.library.sidebar.tree
    tree.expand(model.index(0, 0))
    qtbot.waitUntil(lambda: model.rowCount(model.index(0, 0)) == 1)
    paint_pictures(tmp_path / "Alps", {"peak.jpg": ("#8a9096", 60, 40)})
    window.library.actions.add([str(tmp_path / "Alps")])
    qtbot.waitUntil(lambda: model.rowCount() == 2)
    photos = next(node for node in model.roots() if node.name == "Photos")
    assert tree.isExpanded(model.index_of(photos))
    alps = next(node for node in model.roots() if node.name == "Alps")
    window.library.actions.remove(place_of(alps))
    qtbot.waitUntil(lambda: model.rowCount() == 1)
    assert tree.isExpanded(model.index(0, 0))


def test_removing_a_root_leaves_a_question_with_its_true_count(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine, tmp_path: Path
) -> None:
    paint_pictures(tmp_path / "Alps", {"peak.jpg": ("#8a9096", 60, 40)})
    window.library.actions.add([str(tmp_path / "Alps")])
    qtbot.waitUntil(lambda: window.library.folders.rowCount() == 2)
    window.session.say("red")
    qtbot.waitUntil(lambda: window.content.line.text().startswith("Closest 6"))
    alps = next(node for node in window.library.folders.roots() if node.name == "Alps")
    window.library.actions.remove(place_of(alps))
    qtbot.waitUntil(lambda: window.content.line.text().startswith("Closest 5"))
    assert not window.content.line.news.isVisible()


def test_pause_stays_under_the_pointer_when_it_is_pressed(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    bar = window.library.status_bar
    running = Progress(phase=Phase.INDEXING, done=10, total=90, rate=4.0, seconds_left=20.0)
    engine.say_progress(running)
    qtbot.waitUntil(bar.pause.isVisible)
    qtbot.waitUntil(lambda: bar.pause.x() > bar.bar.x())
    QApplication.processEvents()
    before = bar.pause.x()
    engine.say_progress(replace(running, phase=Phase.PAUSED))
    qtbot.waitUntil(lambda: bar.pause.accessibleName() == "Resume")
    QApplication.processEvents()
    assert bar.pause.x() >= before
    assert bar.pause.geometry().contains(before + 2, bar.pause.geometry().center().y())


def test_an_error_of_the_engine_is_one_sentence_in_the_window(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    window.library.actions.add(["/no/such/folder"])
    qtbot.waitUntil(window.message_bar.isVisible)
    assert window.message_bar.sentence.text() == "There is no folder /no/such/folder."


def test_progress_is_told_truly_and_can_be_paused_resumed_and_stopped(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    bar = window.library.status_bar
    engine.say_progress(
        Progress(2, Phase.INDEXING, "Photos", 1312, 2118, rate=14.2, seconds_left=57.0)
    )
    qtbot.waitUntil(lambda: bar.doing.text() == "Indexing Photos")
    assert bar.numbers.text() == "1,312 of 2,118 · 14 a second · about 1 min left"
    assert bar.bar.value() == 619
    bar.show_progress(Progress(phase=Phase.INDEXING, total=4, done=1, begun=0.5))
    assert bar.bar.value() == 375  # half a film is seen to be done
    qtbot.mouseClick(bar.pause, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bar.doing.text() == "Paused: Photos")
    assert bar.pause.accessibleName() == "Resume"
    qtbot.mouseClick(bar.pause, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bar.doing.text() == "Indexing Photos")
    qtbot.mouseClick(bar.stop, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not bar.bar.isVisible())
    assert called(engine, "stop")


def test_what_is_on_screen_is_told_to_the_engine_while_it_works(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    engine.say_progress(Progress(2, Phase.INDEXING, "Photos", 1, 5))
    window.content.grid.visible_changed.emit(window.content.grid.ids())
    qtbot.waitUntil(lambda: bool(called(engine, "look_at")))
    assert called(engine, "look_at")[-1] == tuple(window.content.grid.ids())


def test_why_a_run_ended_early_is_said(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    engine.say_progress(Progress(2, Phase.IDLE, problem="The disk is full: free some space."))
    qtbot.waitUntil(window.message_bar.isVisible)
    assert window.message_bar.sentence.text() == "The disk is full: free some space."


def test_numbers_say_only_what_is_known() -> None:
    assert numbers_text(Progress()) == ""
    assert numbers_text(Progress(total=5, done=1)) == "1 of 5"
    slow = Progress(total=5, done=1, rate=0.025, seconds_left=160)
    assert numbers_text(slow) == "1 of 5 · 1.5 a minute · about 3 min left"
    assert [duration_text(s) for s in (2, 40, 90, 3600, 5400)] == [
        "5 s", "40 s", "2 min", "1 h", "1 h 30 min",
    ]  # fmt: skip


def test_failures_are_listed_with_their_reasons_and_tried_again(
    qtbot: QtBot, open_window: Open, engine: FakeEngine, pictures: Path
) -> None:
    engine.add_failure(str(pictures / "broken.jpg"), "The file is cut short.")
    engine.add_failure(str(pictures / "worse.jpg"), "The file is empty.")
    window = open_window(engine)
    shown_failures = window.library.status_bar.failures
    qtbot.waitUntil(lambda: shown_failures.text() == "2 files could not be read")
    qtbot.mouseClick(shown_failures, Qt.MouseButton.LeftButton)
    dialog = dialog_of(qtbot, window, FailuresDialog)
    assert isinstance(dialog, FailuresDialog)
    qtbot.waitUntil(lambda: dialog.model.rowCount() == 2)
    cells = [dialog.model.index(0, column).data() for column in range(3)]
    assert cells == ["broken.jpg", str(pictures), "The file is cut short."]
    dialog.table.selectRow(0)
    qtbot.mouseClick(dialog.retry, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.model.rowCount() == 1)
    engine.say_progress(Progress(1, Phase.INDEXING, "Photos", 0, 1))
    qtbot.mouseClick(dialog.retry_all, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.model.rowCount() == 0)
    assert dialog.summary.text() == TRYING
    engine.say_progress(Progress())
    qtbot.waitUntil(lambda: dialog.summary.text() == "Every file could be read.")
    qtbot.waitUntil(lambda: not shown_failures.isVisible())


def test_the_model_s_name_opens_the_list_of_models_and_one_can_be_chosen(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine, tmp_path: Path
) -> None:
    assert window.library.status_bar.model.text() == "Starter · CPU"
    qtbot.mouseClick(window.library.status_bar.model, Qt.MouseButton.LeftButton)
    dialog = dialog_of(qtbot, window, ModelsDialog)
    assert isinstance(dialog, ModelsDialog)
    qtbot.waitUntil(lambda: len(dialog.rows) == 2)
    assert dialog.device.text() == "Runs on CPU, 2 cores. No supported GPU was found."
    weights = tmp_path / "weights.safetensors"
    weights.write_bytes(b"")
    qtbot.mouseClick(dialog.add_file, Qt.MouseButton.LeftButton)
    form = dialog.findChild(AddModel)
    assert isinstance(form, AddModel)
    assert not form.add.isEnabled()
    qtbot.keyClicks(form.architecture, "ViT-B-32")
    qtbot.keyClicks(form.source, str(tmp_path / "absent.pt"))
    qtbot.mouseClick(form.add, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "There is no file" in form.message.text())
    form.source.setText(str(weights))
    qtbot.mouseClick(form.add, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: [row.info.title for row in dialog.rows][1:2] == ["ViT-B-32"])
    dialog.rows[1].use_wanted.emit("vit-b-32")
    qtbot.waitUntil(lambda: engine.filling == "vit-b-32")
    text = window.library.status_bar.model.text
    qtbot.waitUntil(lambda: text() == "Starter, ViT-B-32 being prepared · CPU")
    dialog.close()


def test_a_model_that_cannot_be_fetched_says_so_in_the_list(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    window.library.show_models()
    dialog = dialog_of(qtbot, window, ModelsDialog)
    assert isinstance(dialog, ModelsDialog)
    qtbot.waitUntil(lambda: len(dialog.rows) == 2)
    engine.fail_with["add_model"] = EnvironmentProblem("The model hub cannot be reached.")
    dialog.rows[1].download_wanted.emit("siglip2-base")
    qtbot.waitUntil(lambda: dialog.message.text() == "The model hub cannot be reached.")
    dialog.close()
