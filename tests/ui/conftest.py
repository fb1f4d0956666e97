"""Every window test runs without a screen, and with settings of its own."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # so that tests.ui.fake_engine is found
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_ACCESSIBILITY", "1")

import pytest
from PySide6.QtCore import QSettings

from tests.ui.fake_engine import FakeEngine, paint_pictures


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path) -> None:
    """Keep what a window remembers inside the test."""
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(
        QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "settings")
    )


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Give a folder `Photos` with five pictures, two of them in `Photos/Coast`."""
    folder = tmp_path / "Photos"
    paint_pictures(folder)
    return folder


@pytest.fixture
def engine(tmp_path: Path, pictures: Path) -> Iterator[FakeEngine]:
    """Give an engine that has indexed the pictures."""
    made = FakeEngine(tmp_path / "library")
    made.add_root(str(pictures))
    made.index()
    yield made
    made.close()


@pytest.fixture
def empty_engine(tmp_path: Path) -> Iterator[FakeEngine]:
    """Give an engine whose library is empty."""
    made = FakeEngine(tmp_path / "library")
    yield made
    made.close()
