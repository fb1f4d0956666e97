"""A grid, a large view and an inspector of their own over the small engine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from assetman.core.queries import Hit, Query, Results
from assetman.ui.bridge import EngineBridge
from assetman.ui.controller.organiser import Organiser
from assetman.ui.grid import GridView, Inspector, LargeView
from assetman.ui.jobs import finish
from tests.ui.fake_engine import FakeEngine

NO_KEYS = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def bridge(qtbot: QtBot, engine: FakeEngine) -> Iterator[EngineBridge]:
    made = EngineBridge(engine)
    qtbot.waitUntil(lambda: bool(engine._listeners))
    yield made
    assert finish(5000)
    made.close()
    QApplication.processEvents()


@pytest.fixture
def organiser(bridge: EngineBridge) -> Iterator[Organiser]:
    made = Organiser(bridge)
    made.renew()
    yield made
    assert finish(5000)
    shiboken6.delete(made)  # here, or the thread of some job might come to do it


@pytest.fixture
def place(qtbot: QtBot, bridge: EngineBridge) -> QWidget:
    """Give a window to put things into."""
    window = QWidget()
    window.resize(800, 600)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    return window


@pytest.fixture
def grid(place: QWidget, bridge: EngineBridge, organiser: Organiser) -> GridView:
    made = GridView(bridge, organiser, place)
    made.setGeometry(place.rect())
    made.show()
    made.setFocus()
    return made


@pytest.fixture
def large(place: QWidget, bridge: EngineBridge, organiser: Organiser) -> LargeView:
    return LargeView(bridge, organiser, place)


@pytest.fixture
def inspector(place: QWidget, bridge: EngineBridge, organiser: Organiser) -> Inspector:
    made = Inspector(bridge, organiser, place)
    made.setGeometry(0, 0, 316, 600)
    made.show()
    return made


@pytest.fixture
def many(engine: FakeEngine) -> list[int]:
    """Give the ids of ten thousand assets."""
    before = set(engine.rows)
    engine.add_many(10_000)
    return [asset for asset in engine.rows if asset not in before]


def named(engine: FakeEngine, name: str) -> int:
    """Find an asset by the name of its file."""
    return next(i for i, row in engine.rows.items() if row.asset.name == name)


def listed(ids: list[int]) -> Results:
    return Results(Query(), listed=tuple(ids))


def answered(ids: list[int]) -> Results:
    """Make an answer to a question, its scores falling."""
    hits = [Hit(asset, 0.9 - 0.01 * n, reasons={"words": 0.5}) for n, asset in enumerate(ids)]
    return Results(Query(text="waves"), hits=tuple(hits))


def fetched(engine: FakeEngine) -> set[int]:
    """Give every asset whose card the engine was asked for."""
    asked: set[int] = set()
    for verb, argument in engine.calls:
        if verb == "cards":
            asked |= set(argument)  # type: ignore[call-overload]  # the cards asked for
    return asked


def on_screen(grid: GridView) -> list[int]:
    rows = grid.on_screen()
    return grid.ids()[rows.start : rows.stop]


def painted(grid: GridView) -> bool:
    """Say whether every card on screen has its thumbnail, in full."""
    rows = grid.on_screen()
    return bool(rows) and all(grid.sight.thumbnail(row) is not None for row in rows)


def middle(grid: GridView, row: int) -> QPoint:
    return grid.picture_rect(row).center()


def click(qtbot: QtBot, grid: GridView, row: int, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, keys, middle(grid, row))
