"""The marked part of a sound, carried out of the window as a WAV file of its own."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Qt, QUrl, Signal
from PySide6.QtGui import QColor, QDrag, QGuiApplication, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from assetman.core.assets import display
from assetman.core.errors import AssetmanError
from assetman.core.exports import Export, ExportForm, ExportState, proposed_name
from assetman.engine.protocol import EngineApi
from assetman.ui.bridge import EngineBridge
from assetman.ui.jobs import Job, report
from assetman.ui.player.clip import Clip
from assetman.ui.theme import Text, theme

KEPT_DAYS = 30.0  # other programs may go on using what was dragged into them
LONGEST_KEPT = KEPT_DAYS * 86_400


class DraggingOut(QObject):
    """Has the file written when the part is taken hold of, and begins the drag when it is there."""

    said = Signal(str)

    def __init__(self, bridge: EngineBridge, folder: Path, window: QWidget) -> None:
        """Keep the files in a folder of the window's own; old ones go."""
        super().__init__(window)
        self._bridge = bridge
        self._folder = folder
        self._window = window
        self._made: dict[Clip, str] = {}  # files that are whole
        self._making: dict[int, tuple[Clip, str]] = {}  # by the number of the export
        self._heard: dict[int, Export] = {}  # the newest of each: it may come before the answer
        self._asked: set[Clip] = set()
        self._wanted: tuple[Clip, QWidget] | None = None
        self.drag: Callable[[QWidget, str, str], None] = _drag
        bridge.exported.connect(self._hear)
        bridge.lost.connect(self._forget)
        Job(self, partial(_clean, folder)).start()

    def foresee(self, clip: Clip | None) -> None:
        """Begin to write the file that may be dragged in a moment."""
        if clip is None:
            return
        clip = _plain(clip)
        made = self._made.get(clip)
        if clip in self._asked or (made is not None and os.path.exists(made)):
            return
        self._asked.add(clip)
        job = self._bridge.call(self, partial(_begin, self._folder, clip))
        job.on_done(partial(self._begun, clip)).on_error(partial(self._fail, clip)).start()

    def begin(self, clip: Clip | None, source: QWidget) -> None:
        """Carry the part away, as soon as its file is there and while the button is held."""
        if clip is None:
            return
        clip = _plain(clip)
        self._wanted = clip, source
        made = self._made.get(clip)
        if made is not None and os.path.exists(made):
            self._carry(made)
            return
        self._made.pop(clip, None)
        source.setCursor(Qt.CursorShape.BusyCursor)
        self.foresee(clip)

    def _begun(self, clip: Clip, export: Export) -> None:
        self._making[export.number] = clip, export.target
        self._hear(self._heard.get(export.number, export))

    def _hear(self, export: Export) -> None:
        self._heard[export.number] = export
        if export.number not in self._making or export.state is ExportState.RUNNING:
            return
        clip, target = self._making.pop(export.number)
        self._asked.discard(clip)
        if export.state is ExportState.DONE:
            self._made[clip] = target
            if self._wanted is not None and self._wanted[0] == clip:
                self._carry(target)
        elif self._wanted is not None and self._wanted[0] == clip:
            self._end_wish()
            self.said.emit(f"It cannot be dragged out. {export.message}")

    def _fail(self, clip: Clip, error: BaseException) -> None:
        self._asked.discard(clip)
        wanted = self._wanted is not None and self._wanted[0] == clip
        self._end_wish()
        if not isinstance(error, AssetmanError):
            report(self, error)
        elif wanted:
            self.said.emit(str(error))

    def _carry(self, path: str) -> None:
        wanted = self._end_wish()
        held = QGuiApplication.mouseButtons() & Qt.MouseButton.LeftButton
        if wanted is None or not held:
            return  # it was let go of before the file was there
        self.drag(wanted[1], path, display(os.path.basename(path)))

    def _end_wish(self) -> tuple[Clip, QWidget] | None:
        wanted, self._wanted = self._wanted, None
        if wanted is not None:
            wanted[1].unsetCursor()
        return wanted

    def _forget(self) -> None:
        self._making.clear()
        self._heard.clear()  # the next engine counts from one again
        self._asked.clear()
        self._end_wish()


def mime_of_file(path: str) -> QMimeData:
    """Make what is dragged: one file."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(path)])
    return mime


def _drag(source: QWidget, path: str, name: str) -> None:
    drag = QDrag(source)
    drag.setMimeData(mime_of_file(path))
    drag.setPixmap(_picture(name, source.devicePixelRatioF()))
    drag.exec(Qt.DropAction.CopyAction)


def _picture(name: str, ratio: float) -> QPixmap:
    """Draw what hangs on the pointer: the name of the file."""
    look = theme()
    width, height = look.px(240), look.px(28)
    pixmap = QPixmap(round(width * ratio), round(height * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(QColor(0, 0, 0, 0))
    with QPainter(pixmap) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.accent)
        painter.drawRoundedRect(0, 0, width, height, 6, 6)
        painter.setFont(look.font(Text.SECONDARY))
        painter.setPen(look.on_accent)
        words = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, width - 20)
        painter.drawText(10, 0, width - 20, height, int(Qt.AlignmentFlag.AlignVCenter), words)
    return pixmap


def _plain(clip: Clip) -> Clip:
    """Leave out where one listens: it makes no other file."""
    return Clip(clip.asset_id, clip.start, clip.end, clip.start)


def _begin(folder: Path, clip: Clip, api: EngineApi) -> Export:
    """Ask the engine for the file, under a name that is free."""
    cards = api.cards([clip.asset_id])
    if not cards:
        raise AssetmanError("The file is no longer in the library.")
    name = proposed_name(cards[0].asset.path, clip.start, clip.end, ExportForm.SOUND)
    # A folder for each: the name alone is what other programs show.
    place = folder / f"{time.time_ns():x}"
    place.mkdir(parents=True, exist_ok=True)
    return api.export(clip.asset_id, clip.start, clip.end, str(place / name), ExportForm.SOUND)


def _clean(folder: Path) -> None:
    """Delete what was dragged out long ago."""
    try:
        old = [
            each for each in folder.iterdir() if time.time() - each.stat().st_mtime > LONGEST_KEPT
        ]
    except OSError:
        return
    for place in old:
        try:
            for file in place.iterdir():
                file.unlink()
            place.rmdir()
        except OSError:
            continue
