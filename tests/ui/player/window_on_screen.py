"""The whole window over the small engine, telling on standard output what a person would see.

`python window_on_screen.py FILM FOLDER`: a line of JSON whenever something has changed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from PySide6.QtCore import QPoint, QSettings, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from assetman.ui.bridge import EngineBridge
from assetman.ui.jobs import finish
from assetman.ui.window import MainWindow
from tests.ui.fake_engine import FakeEngine, paint_pictures
from tests.ui.fake_films import FakeShot
from tests.ui.player.conftest import COLOURS, SHOT, colour_of

LOOK_MS = 40


def place(widget: QWidget, point: QPoint) -> tuple[int, int]:
    """Give where a point of a widget lies on the screen."""
    there = widget.mapToGlobal(point)
    return there.x(), there.y()


class Telling:
    """Looks at the window now and then, and says what is new."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._said = ""
        self._timer = QTimer(window, interval=LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        line = json.dumps(self._state())
        if line != self._said:
            self._said = line
            print(line, flush=True)

    def _state(self) -> dict[str, object]:
        content, session = self._window.content, self._window.session
        large, grid = content.large, content.grid
        player = large.video.player
        state: dict[str, object] = {
            "active": self._window.isActiveWindow(),
            "found": len(session.results.ids) if session.results is not None else 0,
            "asked": session.results.query.text if session.results is not None else "",
            "examples": len(session.results.query.examples) if session.results is not None else 0,
            "large": large.isVisible(),
            "playing": player.playback.playing,
            "at": round(player.at, 3),
            "open": player.playback.is_open,
        }
        if grid.ids():
            state["card"] = place(grid.viewport(), grid.picture_rect(0).center())
        if large.isVisible() and player.isVisible():
            line = player.timeline
            state["timeline"] = {
                at: place(line, QPoint(round(line._x(at)), 18)) for at in (0.4, 1.8, 3.2)
            }
            screen = self._window.screen().grabWindow(0).toImage()
            there = large.canvas.mapToGlobal(large.canvas.rect().center())
            state["colour"] = colour_of(screen.copy(there.x() - 20, there.y() - 20, 40, 40))
        return state


def main(film: str, folder: Path) -> int:
    application = QApplication(sys.argv[:1])
    QSettings.setPath(
        QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(folder / "settings")
    )
    paint_pictures(folder / "Photos")
    engine = FakeEngine(folder / "library")
    engine.add_root(str(folder / "Photos"))
    engine.index()
    engine.add_film(film, [FakeShot(colour, SHOT) for colour in COLOURS], size=(160, 90))
    window = MainWindow(EngineBridge(), folder / "pasted")
    window.resize(1200, 760)
    window.move(20, 20)
    window.show()
    window.bridge.attach(engine)
    telling = Telling(window)
    status = application.exec()
    del telling
    window.bridge.close()
    return status if finish(5000) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
