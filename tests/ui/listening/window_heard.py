"""The whole window over the small engine, telling on standard output what a person would notice.

`python window_heard.py FOLDER`: a line of JSON whenever something has changed. Beside the window
stands another one, which takes files that are dropped on it and says which.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from PySide6.QtCore import QPoint, QPointF, QSettings, QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget

from assetman.core.exports import Export, ExportForm
from assetman.ui.bridge import EngineBridge
from assetman.ui.jobs import finish
from assetman.ui.window import MainWindow
from tests.ui.fake_engine import FakeEngine
from tests.ui.fake_sounds import FakePart

LOOK_MS = 30
PARTS = {
    "1 first.wav": [FakePart("#c0392b", 5.0, 0.5), FakePart("#3f9b4b", 10.0, 0.9)],
    "2 second.wav": [FakePart("#2f6fc4", 9.0, 0.9)],
    "3 third.wav": [FakePart("#7a4fb0", 9.0, 0.9)],
}


class WritingEngine(FakeEngine):
    """Really writes what is exported: enough of a WAV to be told from another."""

    def export(
        self, asset_id: int, start: float, end: float, target: str, form: ExportForm
    ) -> Export:
        self.said = (asset_id, round(start, 2), round(end, 2), str(form))
        return super().export(asset_id, start, end, target, form)


class Shelf(QWidget):
    """Another program that files can be dropped on."""

    def __init__(self) -> None:
        super().__init__()
        self.dropped: list[str] = []
        self.setAcceptDrops(True)
        self.setWindowTitle("Shelf")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802  # Qt's name
        event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802  # Qt's name
        self.dropped += [url.toLocalFile() for url in event.mimeData().urls()]
        event.acceptProposedAction()


class Telling:
    """Looks at the window now and then, and says what is new."""

    def __init__(self, window: MainWindow, shelf: Shelf) -> None:
        self._window, self._shelf = window, shelf
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
        content, listening = self._window.content, self._window.listening
        grid, wave = content.grid, content.large.sound.player.wave
        asset = listening.asset
        voices = listening.voices
        state: dict[str, object] = {
            "active": self._window.isActiveWindow(),
            "cards": [place(grid.viewport(), grid.picture_rect(n).center()) for n in range(3)]
            if len(grid.ids()) >= 3
            else [],
            "found": bool(grid.assets.hits),
            "playing": asset.name if asset is not None and listening.playing else "",
            "at": round(listening.at(asset.id) or 0.0, 1) if asset is not None else 0.0,
            "ready": sum(
                any(v.holds(*wish) and v.deck.ready for v in voices._every)
                for wish in voices.wishes
            ),
            "selected": len(grid.selected_ids()),
            "large": content.large.isVisible(),
            "examples": len(self._window.session.state.examples),
            "dropped": self._shelf.dropped,
            "shelf": place(self._shelf, self._shelf.rect().center()),
        }
        if content.large.isVisible() and wave.isVisible():
            state["wave"] = [
                place(wave, QPointF(wave.place_of(at), wave.height() / 2).toPoint())
                for at in (2.0, 4.0, 7.0)
            ]
            marks = wave.marks
            state["marks"] = [round(marks.start, 1), round(marks.end, 1)] if marks else []
        return state


def place(widget: QWidget, point: QPoint) -> tuple[int, int]:
    """Give where a point of a widget lies on the screen."""
    there = widget.mapToGlobal(point)
    return there.x(), there.y()


def main(folder: Path) -> int:
    application = QApplication(sys.argv[:1])
    QSettings.setPath(
        QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(folder / "settings")
    )
    (folder / "Sounds").mkdir()
    engine = WritingEngine(folder / "library")
    for name, parts in PARTS.items():
        engine.add_sound(str(folder / "Sounds" / name), parts)
    window = MainWindow(EngineBridge(), folder / "library" / "pasted")
    window.resize(1000, 700)
    window.move(10, 10)
    shelf = Shelf()
    shelf.resize(200, 300)
    shelf.move(1060, 100)
    shelf.show()
    window.show()
    window.activateWindow()
    window.bridge.attach(engine)
    telling = Telling(window, shelf)
    status = application.exec()
    del telling
    window.bridge.close()
    return status if finish(5000) else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
