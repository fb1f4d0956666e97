"""Frames of a playing video, made into pictures without keeping the window waiting."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage

from assetman.ui.jobs import Job

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QVideoFrame

LARGER = 1.2  # than it is shown: such a frame is made smaller where it is converted


class FramePictures(QObject):
    """Converts one frame at a time off the painting thread; of those that wait the newest counts."""

    made = Signal(QImage)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._busy = False
        self._waiting: tuple[QVideoFrame, QSize] | None = None
        self._age = 0

    def take(self, frame: QVideoFrame, room: QSize) -> None:
        """Make a picture of a frame, no larger than a room unless that is empty."""
        self._waiting = (frame, room)
        self._convert()

    def forget(self) -> None:
        """Show nothing of what came so far."""
        self._age += 1
        self._waiting = None

    def _convert(self) -> None:
        if self._busy or self._waiting is None:
            return
        (frame, room), self._waiting = self._waiting, None
        self._busy = True
        job = Job(self, partial(_picture, frame, room))
        job.on_done(partial(self._converted, self._age))
        job.on_error(lambda _: self._converted(-1, QImage())).start()

    def _converted(self, age: int, image: QImage) -> None:
        self._busy = False
        if age == self._age and not image.isNull():
            self.made.emit(image)
        self._convert()


def _picture(frame: QVideoFrame, room: QSize) -> QImage:
    image = frame.toImage()
    if not room.isEmpty() and image.width() > room.width() * LARGER:
        return image.scaled(
            room, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
    return image
