"""What is in sight: its cards and thumbnails are fetched, everything else waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from assetman.ui.grid.grid_model import AssetGridModel
from assetman.ui.grid.pictures import CellSpec
from assetman.ui.grid.thumbnails import Thumbnail, ThumbnailLoader

LOOK_MS = 16  # how soon after a scroll the cards in sight are asked for
SETTLED_MS = 150  # how long the same cards are in sight before the engine hears of it
FRAME_MS = 16


class Window(Protocol):
    """Whoever shows rows of the model."""

    def on_screen(self) -> range: ...

    def spec(self) -> CellSpec: ...

    def isVisible(self) -> bool: ...


class Sight(QObject):
    """Asks for what a view shows, and tells the view which rows to paint again."""

    renewed = Signal(list)  # rows
    settled = Signal(list)  # asset ids that have been on screen for a moment

    def __init__(self, window: Window, model: AssetGridModel, parent: QObject) -> None:
        super().__init__(parent)
        self._window = window
        self._model = model
        self._rows_of: dict[str, list[int]] = {}  # by path of the thumbnail
        self._seen: tuple[int, ...] = ()
        self.thumbnails = ThumbnailLoader(self)
        self.thumbnails.arrived.connect(self._fade)
        self._looking = self._timer(LOOK_MS, self._look)
        self._settling = self._timer(SETTLED_MS, self._tell)
        self._frames = self._timer(FRAME_MS, self._fade)
        model.dataChanged.connect(self.look_soon)
        model.modelReset.connect(self.look_soon)

    def look_soon(self) -> None:
        """Ask for what is on screen, as soon as the screen has had its turn."""
        if not self._looking.isActive():
            self._looking.start()

    def thumbnail(self, row: int) -> Thumbnail | None:
        """Give what there is to paint for a row."""
        card = self._model.card(row)
        return self.thumbnails.get(card.thumbnail) if card and card.thumbnail else None

    def _look(self) -> None:
        if not self._window.isVisible():
            return
        rows = self._window.on_screen()
        self._model.want(rows)
        self._rows_of = {}
        for row in rows:
            card = self._model.card(row)
            if card is not None and card.thumbnail is not None:
                self._rows_of.setdefault(card.thumbnail, []).append(row)
        self.thumbnails.want(list(self._rows_of), self._window.spec())
        seen = tuple(self._model.ids[rows.start : rows.stop])
        if seen != self._seen:
            self._seen = seen
            self._settling.start()

    def _tell(self) -> None:
        self.settled.emit(list(self._seen))

    def _fade(self, arrived: str = "") -> None:
        fading = self.thumbnails.fading()
        self.renewed.emit([r for path in {arrived, *fading} for r in self._rows_of.get(path, ())])
        if fading:
            self._frames.start()

    def _timer(self, milliseconds: int, work: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(work)
        return timer
