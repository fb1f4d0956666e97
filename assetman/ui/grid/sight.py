"""What is in sight: its cards and thumbnails are fetched, everything else waits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from assetman.core.assets import Kind
from assetman.ui.grid.frames import FrameStore
from assetman.ui.grid.grid_model import AssetGridModel
from assetman.ui.grid.outlines import inks_of, outline_of
from assetman.ui.grid.pictures import CellSpec, Source
from assetman.ui.grid.thumbnails import Thumbnail, ThumbnailLoader
from assetman.ui.theme import theme

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

    def __init__(
        self, window: Window, model: AssetGridModel, frames: FrameStore, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._model = model
        self._frames = frames
        self._rows_of: dict[Source, list[int]] = {}
        self._first: tuple[int, Sequence[Source]] = (-1, ())
        self._seen: tuple[int, ...] = ()
        self.inks = inks_of(theme())
        self.thumbnails = ThumbnailLoader(self)
        self.thumbnails.arrived.connect(self._fade)
        self.thumbnails.spoiled.connect(self.look_soon)  # something else may be shown instead
        self._looking = self._timer(LOOK_MS, self._look)
        self._settling = self._timer(SETTLED_MS, self._tell)
        self._fading = self._timer(FRAME_MS, self._fade)
        frames.arrived.connect(self._frames_arrived)
        model.dataChanged.connect(self.look_soon)
        model.modelReset.connect(self.look_soon)

    def look_soon(self) -> None:
        """Ask for what is on screen, as soon as the screen has had its turn."""
        if not self._looking.isActive():
            self._looking.start()

    def show_first(self, row: int, sources: Sequence[Source]) -> None:
        """Decode these for a row before everything else: the pointer is there."""
        self._first = (row, sources)
        self.look_soon()

    def thumbnail(self, row: int) -> Thumbnail | None:
        """Give what there is to paint for a row."""
        source = self.source(row)
        return self.thumbnails.get(source) if source is not None else None

    def source(self, row: int) -> Source | None:
        """Give the picture of a row: of a sound its outline, with the part that matches lit; of a
        video that was found, the frame that matches best.

        None where it is not known yet, or there is none.
        """
        card, segment = self._model.card(row), self._segment(row)
        if card is None:
            return None
        outline = outline_of(card, self._model.hit(row), self.inks)
        if outline is not None and not self.thumbnails.failed(outline):
            return outline
        if segment is None or card.asset.kind is not Kind.VIDEO:
            return card.thumbnail
        if not self._frames.known(segment):
            return None  # the poster would only flash up before it
        moment = self._frames.get(segment)
        if moment is None or moment.picture is None or self.thumbnails.failed(moment.picture):
            return card.thumbnail
        return moment.picture

    def _segment(self, row: int) -> int | None:
        """Give the segment that matched best, if it is some seconds of something."""
        hit = self._model.hit(row)
        return hit.segment_id if hit is not None and hit.start is not None else None

    def _is_sound(self, row: int) -> bool:
        card = self._model.card(row)
        return card is not None and card.asset.kind is Kind.AUDIO

    def _look(self) -> None:
        if not self._window.isVisible():
            return
        rows = self._window.on_screen()
        self._model.want(rows)
        segments = (self._segment(row) for row in rows if not self._is_sound(row))
        self._frames.want([segment for segment in segments if segment is not None])
        self._rows_of = {}
        pointed, first = self._first
        for picture in first:
            self._rows_of[picture] = [pointed]
        for row in rows:
            source = self.source(row)
            if source is not None:
                self._rows_of.setdefault(source, []).append(row)
        self.thumbnails.want(list(self._rows_of), self._window.spec())
        seen = tuple(self._model.ids[rows.start : rows.stop])
        if seen != self._seen:
            self._seen = seen
            self._settling.start()

    def _tell(self) -> None:
        self.settled.emit(list(self._seen))

    def _frames_arrived(self) -> None:
        self.renewed.emit([row for row in self._window.on_screen() if self._segment(row)])
        self.look_soon()

    def _fade(self, arrived: Source = "") -> None:
        fading = self.thumbnails.fading()
        shown = {arrived, *fading}
        self.renewed.emit([row for source in shown for row in self._rows_of.get(source, ())])
        if fading:
            self._fading.start()

    def _timer(self, milliseconds: int, work: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(work)
        return timer
