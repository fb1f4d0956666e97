"""What comes from other programs: drags, drops, the clipboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import (
    QBuffer,
    QByteArray,
    QIODevice,
    QMimeData,
    QObject,
    QPoint,
    QPointF,
    Qt,
    QUrl,
)
from PySide6.QtGui import QColor, QDragEnterEvent, QGuiApplication, QImage, QImageWriter
from pytestqt.qtbot import QtBot

from assetman.core.errors import BadInput, EnvironmentProblem
from assetman.ui.drop_targets import DropTargets, Target
from assetman.ui.pasting import forget_old_pictures, keep_picture
from assetman.ui.window import MainWindow
from tests.ui.fake_engine import FakeEngine, paint, paint_pictures
from tests.ui.shell.conftest import Open, drag_over, drop, labels, shown

RED = "#c0392b"


def files(*paths: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def encoded(colour: str) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert QImageWriter(buffer, QByteArray(b"png")).write(paint(QColor(colour), 60, 40))
    return bytes(buffer.data().data())


def targets(window: MainWindow) -> list[Target]:
    return [target for target, _ in window.intake.targets.offer.targets]


def drag_and_wait(qtbot: QtBot, window: MainWindow, mime: QMimeData) -> DropTargets:
    enter, _ = drag_over(window, mime)
    assert enter.isAccepted()
    overlay = window.intake.targets
    assert overlay.isVisible()
    qtbot.waitUntil(lambda: overlay._known)
    drag_over(overlay, mime)  # as Qt does once they lie under the pointer
    return overlay


@pytest.fixture
def stranger(tmp_path: Path) -> Path:
    """Give a picture that is in no library."""
    folder = tmp_path / "elsewhere"
    paint_pictures(folder, {"stranger.jpg": (RED, 90, 60)})
    return folder / "stranger.jpg"


def test_a_picture_dropped_on_the_window_finds_what_is_like_it(
    qtbot: QtBot, window: MainWindow, stranger: Path
) -> None:
    overlay = drag_and_wait(qtbot, window, files(stranger))
    assert targets(window) == [Target.SIMILAR]
    event = drop(overlay, files(stranger))
    assert event.isAccepted()
    assert not overlay.isVisible()
    qtbot.waitUntil(lambda: labels(window) == ["stranger.jpg"])
    qtbot.waitUntil(lambda: shown(window)[0] == "red barn.jpg")


def test_a_drop_before_the_targets_cover_the_window_counts_as_well(
    qtbot: QtBot, window: MainWindow, stranger: Path
) -> None:
    drag_over(window, files(stranger))
    drop(window, files(stranger))
    qtbot.waitUntil(lambda: labels(window) == ["stranger.jpg"])


def test_a_folder_dropped_on_the_window_is_added(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine, stranger: Path
) -> None:
    overlay = drag_and_wait(qtbot, window, files(stranger.parent))
    assert targets(window) == [Target.ADD]
    drop(overlay, files(stranger.parent))
    qtbot.waitUntil(lambda: "stranger.jpg" in shown(window))
    assert [root.path for root in engine.root_rows.values()][-1] == str(stranger.parent)
    qtbot.waitUntil(lambda: window.library.folders.rowCount() == 2)


def test_folders_and_pictures_together_offer_both_targets_and_the_place_decides(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine, stranger: Path
) -> None:
    mime = files(stranger.parent, stranger)
    overlay = drag_and_wait(qtbot, window, mime)
    assert targets(window) == [Target.SIMILAR, Target.ADD]
    drop(overlay, mime, QPointF(overlay.width() - 10, 10))
    qtbot.waitUntil(lambda: len(engine.root_rows) == 2)
    assert labels(window) == []


def test_files_that_are_no_pictures_are_refused_with_a_sentence(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    note = tmp_path / "note.txt"
    note.write_text("hello")
    overlay = drag_and_wait(qtbot, window, files(note))
    assert "not pictures" in overlay.offer.refusal
    event = drop(overlay, files(note))
    assert event.dropAction() is not Qt.DropAction.MoveAction
    qtbot.wait(50)
    assert labels(window) == []


def test_a_video_is_a_question_as_a_picture_is(
    qtbot: QtBot, window: MainWindow, stranger: Path, tmp_path: Path
) -> None:
    clip = tmp_path / "surf.mkv"
    clip.write_bytes(b"shown by nobody here")
    overlay = drag_and_wait(qtbot, window, files(stranger, clip))
    assert overlay.offer.targets == ((Target.SIMILAR, "1 picture and 1 video"),)
    drop(overlay, files(stranger, clip))
    qtbot.waitUntil(lambda: labels(window) == [stranger.name, "surf.mkv"])
    chips = [button.chip for button in window.top_bar.search.chips.buttons]
    assert [getattr(chip, "thumbnail", "") for chip in chips] == [str(stranger), None]


def test_picture_data_from_a_browser_is_searched_and_its_address_never_fetched(
    qtbot: QtBot, window: MainWindow
) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/green.png")])
    mime.setData("image/png", QByteArray(encoded("#3f9b4b")))
    overlay = drag_and_wait(qtbot, window, mime)
    drop(overlay, mime)
    qtbot.waitUntil(lambda: labels(window) == ["Dropped picture"])
    qtbot.waitUntil(lambda: shown(window)[0] == "green hills.jpg")


def test_a_link_without_its_picture_is_refused(qtbot: QtBot, window: MainWindow) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/green.png")])
    overlay = drag_and_wait(qtbot, window, mime)
    assert "only a link" in overlay.offer.refusal
    drop(overlay, mime)
    assert labels(window) == []


def test_picture_data_of_another_program_is_searched(qtbot: QtBot, window: MainWindow) -> None:
    mime = QMimeData()
    mime.setImageData(paint(QColor("#2f6fc4"), 60, 40))
    overlay = drag_and_wait(qtbot, window, mime)
    drop(overlay, mime)
    qtbot.waitUntil(lambda: shown(window)[0] == "blue bay.png")


def test_text_dropped_becomes_the_words(qtbot: QtBot, window: MainWindow) -> None:
    mime = QMimeData()
    mime.setText("green\n hills")
    overlay = drag_and_wait(qtbot, window, mime)
    drop(overlay, mime)
    assert window.top_bar.search.words.text() == "green hills"


class OwnDrag(QDragEnterEvent):
    """A drag that began in this program, as Qt makes it for one that has a source."""

    def source(self) -> QObject:
        return QGuiApplication.instance()


def test_cards_dragged_within_the_window_never_search(window: MainWindow, stranger: Path) -> None:
    mime = files(stranger)  # an event does not keep it alive
    event = OwnDrag(
        QPoint(10, 10),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.dragEnterEvent(event)
    assert not event.isAccepted()
    assert not window.intake.targets.isVisible()


def test_leaving_with_the_drag_takes_the_targets_away(
    qtbot: QtBot, window: MainWindow, stranger: Path
) -> None:
    drag_over(window, files(stranger))
    window.intake.left()
    qtbot.waitUntil(lambda: not window.intake.targets.isVisible())


def test_the_targets_stay_while_the_drag_rests_over_them(
    qtbot: QtBot, window: MainWindow, stranger: Path
) -> None:
    mime = files(stranger)
    enter, _ = drag_over(window, mime)
    assert enter.isAccepted()
    overlay = window.intake.targets
    window.intake.left()  # as Qt says once the targets cover the window
    drag_over(overlay, mime)
    qtbot.waitUntil(lambda: overlay._known)
    assert not window.intake._fade.isActive()
    assert overlay.isVisible()
    assert overlay._under is Target.SIMILAR


def test_a_read_only_library_says_why_a_folder_cannot_be_added(
    qtbot: QtBot, open_window: Open, engine: FakeEngine, stranger: Path
) -> None:
    engine.read_only = True
    window = open_window(engine)
    overlay = drag_and_wait(qtbot, window, files(stranger.parent))
    assert "read-only" in overlay.offer.refusal
    assert not window.library.sidebar.add.isEnabled()
    assert "read-only" in window.library.sidebar.add.toolTip()


def test_pasting_a_picture_searches_by_it(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    QGuiApplication.clipboard().setImage(paint(QColor(RED), 60, 40))
    qtbot.keyClick(window.top_bar.search.words, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: labels(window) == ["Pasted picture"])
    qtbot.waitUntil(lambda: shown(window)[0] == "red barn.jpg")
    assert len(list((tmp_path / "pasted").glob("*.png"))) == 1


def test_a_pasted_picture_takes_the_place_of_selected_words(
    qtbot: QtBot, window: MainWindow
) -> None:
    words = window.top_bar.search.words
    words.setFocus()
    qtbot.keyClicks(words, "grey stones")
    qtbot.keyClick(words, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QGuiApplication.clipboard().setImage(paint(QColor(RED), 60, 40))
    qtbot.keyClick(words, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: labels(window) == ["Pasted picture"])
    assert words.text() == window.session.state.words == ""


def test_pasting_a_file_searches_by_it_from_the_grid_too(
    qtbot: QtBot, window: MainWindow, stranger: Path
) -> None:
    QGuiApplication.clipboard().setMimeData(files(stranger))
    window.content.grid.setFocus()
    qtbot.keyClick(window.content.grid, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: labels(window) == ["stranger.jpg"])


def test_pasting_words_types_them(qtbot: QtBot, window: MainWindow) -> None:
    QGuiApplication.clipboard().setText("grey stones")
    words = window.top_bar.search.words
    qtbot.keyClick(words, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert words.text() == "grey stones"
    qtbot.waitUntil(lambda: shown(window)[0] == "grey stones.webp")


def test_the_same_picture_pasted_twice_is_kept_once(tmp_path: Path) -> None:
    first = keep_picture(encoded(RED), tmp_path)
    second = keep_picture(paint(QColor(RED), 60, 40), tmp_path)
    assert first == second
    assert QImage(first).size() == paint(QColor(RED), 60, 40).size()


def test_what_is_no_picture_is_not_kept(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        keep_picture(b"words", tmp_path)


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(EnvironmentProblem):
        keep_picture(encoded(RED), blocked / "pasted")


def test_pictures_pasted_long_ago_are_forgotten(tmp_path: Path) -> None:
    path = Path(keep_picture(encoded(RED), tmp_path))
    forget_old_pictures(tmp_path)
    assert path.exists()
    forget_old_pictures(tmp_path, now=path.stat().st_mtime + 40 * 86400)
    assert not path.exists()
