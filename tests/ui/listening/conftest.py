"""Sounds that really play, and the parts of the window that play them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from assetman.core.assets import Asset
from assetman.ui.listening.listening import Listening
from assetman.ui.window import MainWindow
from tests.ui.fake_engine import FakeEngine
from tests.ui.fake_sounds import FakePart
from tests.ui.grid.conftest import bridge, inspector, large, organiser, place  # noqa: F401
from tests.ui.player.conftest import film, made_film, video  # noqa: F401
from tests.ui.shell.conftest import Open, open_window  # noqa: F401

RED, GREEN, BLUE = "#c0392b", "#3f9b4b", "#2f6fc4"
LENGTH = 20.0  # seconds of the long one


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give the folder that the sounds lie in."""
    made = tmp_path / "Sounds"
    made.mkdir()
    return made


@pytest.fixture
def sounds(engine: FakeEngine, folder: Path) -> list[int]:
    """Give three sounds: 20 s that are green in the middle, 2 s of red, 3 s of blue."""
    long = [FakePart(RED, 8.0, 0.3), FakePart(GREEN, 7.0, 0.9), FakePart(BLUE, 5.0, 0.4)]
    return [
        engine.add_sound(str(folder / "long.wav"), long),
        engine.add_sound(str(folder / "red.wav"), [FakePart(RED, 2.0)]),
        engine.add_sound(str(folder / "blue.wav"), [FakePart(BLUE, 3.0)]),
    ]


@pytest.fixture
def listening(qtbot: QtBot) -> Iterator[Listening]:
    """Give what plays sounds, without a window."""
    made = Listening()
    yield made
    made.silence()
    made.let_go()
    QApplication.processEvents()


@pytest.fixture
def hearing(
    qtbot: QtBot,
    engine: FakeEngine,
    sounds: list[int],
    open_window: Open,  # noqa: F811
) -> MainWindow:
    """Give a window whose grid shows the sounds, the first one selected."""
    window = open_window(engine)
    grid = window.content.grid
    grid.show_assets([*sounds, *sorted(set(engine.rows) - set(sounds))])
    qtbot.waitUntil(lambda: grid.assets.store.get(sounds[0]) is not None)
    grid.setFocus()
    grid.go_to(sounds[0])
    qtbot.waitUntil(lambda: window.inspector.sound.here)
    return window


def asset_of(engine: FakeEngine, asset_id: int) -> Asset:
    return engine.rows[asset_id].asset


def matched(engine: FakeEngine, asset_id: int, loudness: float) -> Asset:
    """Give an asset that is as loud as this."""
    asset = asset_of(engine, asset_id)
    assert asset.sound is not None
    return replace(asset, sound=replace(asset.sound, loudness=loudness))
