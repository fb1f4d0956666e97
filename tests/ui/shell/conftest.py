"""A real window over the small engine, as a person meets it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from assetman.ui.bridge import EngineBridge
from assetman.ui.jobs import finish
from assetman.ui.window import MainWindow
from tests.ui.fake_engine import FakeEngine

Open = Callable[..., MainWindow]


@pytest.fixture
def open_window(qtbot: QtBot, tmp_path: Path) -> Iterator[Open]:
    """Give a function that opens a window over an engine."""
    opened: list[MainWindow] = []

    def open_one(engine: FakeEngine | None, width: int = 1200, height: int = 800) -> MainWindow:
        window = MainWindow(EngineBridge(), tmp_path / "pasted")
        opened.append(window)
        window.resize(width, height)
        window.show()
        qtbot.waitExposed(window)
        if engine is not None:
            window.bridge.attach(engine)
            qtbot.waitUntil(lambda: window.session.results is not None)
            qtbot.waitUntil(lambda: window.library.watch.status is not None)
            qtbot.waitUntil(lambda: bool(engine._listeners))
        return window

    yield open_one
    for window in opened:
        window.close()
        window.bridge.close()
        window.deleteLater()
    assert finish(5000)
    QApplication.processEvents()


@pytest.fixture
def window(open_window: Open, engine: FakeEngine) -> MainWindow:
    """Give a window over five pictures."""
    return open_window(engine)


def shown(window: MainWindow) -> list[str]:
    """Name the assets in the grid, in order."""
    api = window.bridge.api
    assert isinstance(api, FakeEngine)
    return [api.rows[asset_id].asset.name for asset_id in window.content.grid.ids()]


def labels(window: MainWindow) -> list[str]:
    """Give the texts of the chips."""
    return [button.chip.label for button in window.top_bar.search.chips.buttons]


def drag_over(
    widget: QWidget, mime: QMimeData, place: QPointF | None = None
) -> tuple[QDragEnterEvent, QDragMoveEvent]:
    """Drag something from another program over a widget."""
    at = place or QPointF(widget.rect().center())
    both = (Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(at.toPoint(), Qt.DropAction.CopyAction, mime, *both)
    QApplication.sendEvent(widget, enter)
    move = QDragMoveEvent(at.toPoint(), Qt.DropAction.CopyAction, mime, *both)
    QApplication.sendEvent(widget, move)
    return enter, move


def drop(widget: QWidget, mime: QMimeData, place: QPointF | None = None) -> QDropEvent:
    """Let go of it."""
    at = place or QPointF(widget.rect().center())
    event = QDropEvent(
        at,
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(widget, event)
    return event
