"""Small pictures of moments, read when they are looked at."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from assetman.core.moments import Moment, Picture
from assetman.ui.jobs import Job

KEPT = 96
ReadPicture = Callable[[Picture], QImage]


class Stills(QObject):
    """Keeps the pictures seen last, and reads the newest one wanted."""

    arrived = Signal()

    def __init__(self, read: ReadPicture, parent: QObject) -> None:
        super().__init__(parent)
        self._read = read
        self._kept: OrderedDict[Picture, QImage] = OrderedDict()
        self._wanted: Picture | None = None
        self._reading = False

    def get(self, moment: Moment | None) -> QImage | None:
        """Give the picture of a moment if it is here; else it comes, unless another is wanted."""
        picture = moment.picture if moment is not None else None
        if picture is None:
            return None
        found = self._kept.get(picture)
        if found is not None:
            self._kept.move_to_end(picture)
            return found if not found.isNull() else None
        self._wanted = picture
        self._load()
        return None

    def _load(self) -> None:
        picture = self._wanted
        if self._reading or picture is None or picture in self._kept:
            return
        self._reading = True
        job = Job(self, partial(self._read, picture))
        job.on_done(partial(self._take, picture))
        # It may be being made again just now; then the video has changed and is asked about anew.
        job.on_error(lambda _: self._take(picture, QImage())).start()

    def _take(self, picture: Picture, image: QImage) -> None:
        self._reading = False
        self._kept[picture] = image
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        self.arrived.emit()
        self._load()
