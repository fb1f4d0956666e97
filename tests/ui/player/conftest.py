"""Small films that really play, and the parts of the window that play them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from PySide6.QtGui import QColor, QImage

from tests.kit.films import Scene, make_film
from tests.ui.fake_engine import FakeEngine
from tests.ui.fake_films import FakeShot
from tests.ui.grid.conftest import bridge, inspector, large, organiser, place  # noqa: F401

RATE = 25
SHOT = 1.2  # seconds
COLOURS = ("#c0392b", "#3f9b4b", "#2f6fc4")  # red, green, blue
LENGTH = SHOT * len(COLOURS)


@pytest.fixture(scope="session")
def made_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a film with sound: red, green and blue for 1.2 seconds each."""
    path = tmp_path_factory.mktemp("films") / "three.mp4"
    scenes = [Scene(QColor(colour).getRgb()[:3], SHOT) for colour in COLOURS]
    make_film(path, scenes, size=(160, 90), sound=440.0, gop=15)
    return path


@pytest.fixture
def film(tmp_path: Path, made_film: Path) -> Path:
    """Give a copy of the film of one's own."""
    path = tmp_path / "Footage" / "three.mp4"
    path.parent.mkdir()
    shutil.copyfile(made_film, path)
    return path


@pytest.fixture
def video(engine: FakeEngine, film: Path) -> int:
    """Give the asset of the film; its shots are known."""
    shots = [FakeShot(colour, SHOT) for colour in COLOURS]
    return engine.add_film(str(film), shots, size=(160, 90))


def colour_of(image: QImage) -> str:
    """Name the colour of a frame: red, green or blue, whichever is strongest."""
    middle = image.pixelColor(image.width() // 2, image.height() // 3)
    parts = {"red": middle.red(), "green": middle.green(), "blue": middle.blue()}
    return max(parts, key=lambda name: parts[name])


def is_held(path: Path) -> bool:
    """Tell whether this process has a file open."""
    return any(Path(each.path) == path for each in psutil.Process().open_files())


class Heard:
    """Keeps what a signal said."""

    def __init__(self, signal: object) -> None:
        self.said: list[tuple[object, ...]] = []
        connect: Callable[[object], object] = signal.connect  # type: ignore[attr-defined]  # a signal
        connect(self._hear)

    def _hear(self, *values: object) -> None:
        self.said.append(values)

    def __len__(self) -> int:
        return len(self.said)
