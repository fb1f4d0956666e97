from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QObject, QPoint, Qt, QUrl, Slot
from PySide6.QtGui import QContextMenuEvent, QDesktopServices, QDrag, QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from assetman.core.queries import Aspect, Example
from assetman.ui.grid import ASSETS_MIME, GridView, Question
from assetman.ui.grid.asset_actions import mime_of
from assetman.ui.grid.file_manager import reveal
from assetman.ui.grid.pictures import file_url
from tests.ui.fake_engine import FakeEngine
from tests.ui.grid.conftest import click, listed, middle, named, painted

Key, Mod = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def shown(qtbot: QtBot, grid: GridView, engine: FakeEngine) -> list[int]:
    """Give the five pictures, in the order in which they are shown."""
    ids = sorted(engine.rows)
    grid.show_results(listed(ids))
    qtbot.waitUntil(lambda: painted(grid))
    return ids


def menu_of(grid: GridView) -> QMenu:
    menus = [menu for menu in grid.findChildren(QMenu) if menu.isVisible()]
    assert len(menus) == 1
    return menus[0]


def entry(menu: QMenu, start: str) -> None:
    action = next(action for action in menu.actions() if action.text().startswith(start))
    assert action.isEnabled()
    action.trigger()
    menu.close()


@pytest.mark.parametrize("key", [(Key.Key_Menu, Mod.NoModifier), (Key.Key_F10, Mod.ShiftModifier)])
def test_the_menu_is_reached_by_keyboard(
    qtbot: QtBot, grid: GridView, shown: list[int], key: tuple[Qt.Key, Qt.KeyboardModifier]
) -> None:
    asked: list[Question] = []
    grid.asked.connect(asked.append)
    click(qtbot, grid, 1)
    qtbot.keyClick(grid, *key)
    entry(menu_of(grid), "Find similar")
    assert asked == [Question((Example(asset_id=shown[1]),), True, (shown[1],))]


def test_several_are_asked_about_together(qtbot: QtBot, grid: GridView, shown: list[int]) -> None:
    asked: list[Question] = []
    grid.asked.connect(asked.append)
    click(qtbot, grid, 0)
    click(qtbot, grid, 2, Mod.ControlModifier)
    qtbot.keyClick(grid, Key.Key_Menu)
    menu = menu_of(grid)
    entry(menu, "Less like these")
    likes = tuple(Example(asset_id=shown[row], weight=-1.0) for row in (0, 2))
    assert asked == [Question(likes, False)]
    here = next(a for a in menu.actions() if a.text().startswith("Show in folder here"))
    assert not here.isEnabled()


def test_the_right_button_chooses_and_shows_the_menu(
    qtbot: QtBot, grid: GridView, shown: list[int]
) -> None:
    folders: list[int] = []
    grid.folder_asked.connect(folders.append)
    at = middle(grid, 3)
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.RightButton, pos=at)
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, at, grid.viewport().mapToGlobal(at), Mod.NoModifier
    )
    QApplication.sendEvent(grid.viewport(), event)
    assert grid.selected_ids() == [shown[3]]
    entry(menu_of(grid), "Show in folder here")
    assert folders == [shown[3]]


def test_one_picture_is_copied_as_file_and_as_picture(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, shown: list[int]
) -> None:
    said: list[str] = []
    grid.said.connect(said.append)
    barn = named(engine, "red barn.jpg")
    grid.go_to(barn)
    qtbot.keyClick(grid, Key.Key_C, Mod.ControlModifier)
    qtbot.waitUntil(lambda: said == ["Copied red barn.jpg."])
    copied = QGuiApplication.clipboard().mimeData()
    assert [url.toLocalFile() for url in copied.urls()] == [engine.rows[barn].asset.path]
    image = QGuiApplication.clipboard().image()
    assert (image.width(), image.height()) == (480, 320)


def test_several_are_copied_as_files(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, shown: list[int]
) -> None:
    said: list[str] = []
    grid.said.connect(said.append)
    grid.setFocus()
    qtbot.keyClick(grid, Key.Key_A, Mod.ControlModifier)
    qtbot.keyClick(grid, Key.Key_C, Mod.ControlModifier)
    qtbot.waitUntil(lambda: said == ["Copied 5 files."])
    copied = QGuiApplication.clipboard().mimeData()
    paths = [url.toLocalFile() for url in copied.urls()]
    assert paths == [engine.rows[i].asset.path for i in shown]
    assert not copied.hasImage()


def test_a_file_that_cannot_be_shown_is_still_copied(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, shown: list[int]
) -> None:
    said: list[str] = []
    grid.said.connect(said.append)
    barn = named(engine, "red barn.jpg")
    Path(engine.rows[barn].asset.path).write_bytes(b"no picture any more")
    grid.go_to(barn)
    qtbot.keyClick(grid, Key.Key_C, Mod.ControlModifier)
    qtbot.waitUntil(lambda: said == ["Copied red barn.jpg."])
    assert QGuiApplication.clipboard().mimeData().hasUrls()


def test_paths_are_copied_as_lines(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, shown: list[int]
) -> None:
    click(qtbot, grid, 0)
    click(qtbot, grid, 1, Mod.ShiftModifier)
    both = Mod.ControlModifier | Mod.ShiftModifier
    qtbot.keyClick(grid, Key.Key_C, both)
    wanted = "\n".join(engine.rows[i].asset.path for i in shown[:2])
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().text() == wanted)


class Opener(QObject):
    """Takes the place of the programs that open files."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(url.toLocalFile())


def test_ctrl_enter_opens_the_file_in_its_own_program(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, shown: list[int]
) -> None:
    opener = Opener()
    QDesktopServices.setUrlHandler("file", opener, "open")
    click(qtbot, grid, 2)
    qtbot.keyClick(grid, Key.Key_Return, Mod.ControlModifier)
    qtbot.waitUntil(lambda: opener.opened == [engine.rows[shown[2]].asset.path])
    QDesktopServices.unsetUrlHandler("file")


def test_a_file_that_is_away_is_not_opened_and_the_person_hears_why(
    qtbot: QtBot, place: QWidget, grid: GridView, engine: FakeEngine, shown: list[int]
) -> None:
    said: list[str] = []
    place.say_problem = lambda error: said.append(str(error))  # type: ignore[attr-defined]
    barn = named(engine, "red barn.jpg")
    Path(engine.rows[barn].asset.path).unlink()
    grid.go_to(barn)
    qtbot.keyClick(grid, Key.Key_Return, Mod.ControlModifier)
    qtbot.waitUntil(lambda: bool(said))
    assert said[0].startswith("red barn.jpg is no longer in ")


Carried = list[tuple[list[str], list[int], bool]]


@pytest.fixture
def carried(monkeypatch: pytest.MonkeyPatch) -> Carried:
    """Take what drags carry: paths, marked ids, and whether they carry no picture."""
    taken: Carried = []

    def drop(drag: QDrag, *_actions: Qt.DropAction) -> Qt.DropAction:
        mime: QMimeData = drag.mimeData()
        marked = json.loads(bytes(mime.data(ASSETS_MIME).data()))
        paths = [url.toLocalFile() for url in mime.urls()]
        taken.append((paths, marked, drag.pixmap().isNull()))
        return Qt.DropAction.CopyAction

    monkeypatch.setattr(QDrag, "exec", drop)
    return taken


def pull(qtbot: QtBot, grid: GridView, row: int, carried: Carried) -> None:
    """Press on a card and move until the drag begins; a real one takes the release along."""
    view, start = grid.viewport(), middle(grid, row)
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 6):
        if not carried:
            qtbot.mouseMove(view, start + QPoint(8 * step, 4 * step))


def test_a_drag_carries_the_files_and_the_windows_own_mark(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, shown: list[int], carried: Carried
) -> None:
    click(qtbot, grid, 0)
    click(qtbot, grid, 1, Mod.ShiftModifier)
    pull(qtbot, grid, 1, carried)
    paths = [engine.rows[i].asset.path for i in shown[:2]]
    assert carried == [(paths, shown[:2], False)]
    assert grid.selected_ids() == shown[:2]


def test_a_drag_takes_along_what_was_never_on_screen(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, many: list[int], carried: Carried
) -> None:
    grid.show_results(listed(many[:300]))
    qtbot.waitUntil(lambda: painted(grid))
    qtbot.keyClick(grid, Key.Key_A, Mod.ControlModifier)
    pull(qtbot, grid, 1, carried)
    qtbot.waitUntil(lambda: len(carried) == 1)
    assert carried[0][1] == many[:300]
    assert grid.selected_ids() == many[:300]


def test_a_name_that_is_not_text_still_makes_a_url(engine: FakeEngine) -> None:
    path = os.fsdecode(b"/tmp/caf\xe9 #1.jpg")
    assert bytes(file_url(path).toEncoded().data()) == b"file:///tmp/caf%E9%20%231.jpg"
    assert mime_of([]).hasFormat(ASSETS_MIME)


@pytest.mark.skipif(sys.platform != "linux", reason="the bus is Linux's")
def test_files_are_marked_in_the_file_manager(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "dbus-send"
    said = tmp_path / "said"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {said}\n', "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    picture = tmp_path / "one, two.jpg"
    picture.write_bytes(b"")
    reveal([str(picture)])
    assert f"array:string:{picture.as_uri().replace(',', '%2C')}" in said.read_text("utf-8")


def test_more_like_this_offers_in_what_it_is_to_be_alike(
    grid: GridView, engine: FakeEngine, qtbot: QtBot
) -> None:
    barn, hills = named(engine, "red barn.jpg"), named(engine, "green hills.jpg")
    grid.show_assets([barn, hills])
    qtbot.waitUntil(lambda: grid.assets.store.get(hills) is not None)
    asked: list[Question] = []
    grid.asked.connect(asked.append)
    titles = {a.text(): a.menu() for a in grid.verbs.menu([barn, hills]).actions()}
    more = titles["More like these"]
    assert isinstance(more, QMenu)
    names = [action.text() for action in more.actions()]
    assert names == ["By meaning\tS", "By colours and composition"]  # pictures have no sound
    more.actions()[1].trigger()
    examples = asked[0].examples
    assert [example.asset_id for example in examples] == [barn, hills]
    assert {example.by for example in examples} == {Aspect.LOOK}
    assert asked[0].leave_out == (barn, hills)
