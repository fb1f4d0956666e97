"""One file in the player of Qt: opened to be read, and let go of."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QUrl, Signal

from assetman.core.errors import AssetmanError
from assetman.ui.jobs import Job
from assetman.ui.player.multimedia import Machine, OpenFile, make_machine

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QMediaPlayer, QVideoFrame

GONE = "The file is no longer where it was: only its moments are here."
SHUT = "The file may not be read: allow it in your file manager, then look again."
ASLEEP = "The file cannot be read just now ({}): only its moments are here."
UNKNOWN = "This video cannot be played here, but its moments can be looked at."


class Deck(QObject):
    """Holds a file while it is watched; says when it can be played, and why it cannot."""

    loaded = Signal(float)  # seconds, its length; from now on the player can be used
    framed = Signal(object)  # QVideoFrame
    ended = Signal()
    failed = Signal(str)  # one sentence; the file is closed

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._machine: Machine | None = None
        self._file: OpenFile | None = None
        self._opening = 0  # numbers the wishes to open: the newest counts
        self._sound = (1.0, False)
        self.is_open = False  # or on its way to be
        self.ready = False  # the player can be used

    @property
    def number(self) -> int:
        """Tell one opening from another."""
        return self._opening

    @property
    def player(self) -> QMediaPlayer:
        """Give Qt's player; there is one once a file is ready."""
        assert self._machine is not None, "nothing is open"
        return self._machine.player

    def open(self, path: str) -> None:
        """Open a file; the answer is `loaded` or `failed`."""
        self.close()
        self.is_open = True
        number = self._opening
        job = Job(self, partial(OpenFile, path))
        job.on_done(partial(self._start, number))
        job.on_error(partial(self._no_file, number)).start()

    def close(self) -> None:
        """Stop at once and let go of the file."""
        self._opening += 1
        self.is_open = self.ready = False
        file, self._file = self._file, None  # first: what Qt tells while it closes counts no more
        if file is not None:
            self.player.setSource(QUrl())
            file.close()

    def fail(self, sentence: str) -> None:
        """Close, and say why."""
        self.close()
        self.failed.emit(sentence)

    def set_sound(self, volume: float, muted: bool) -> None:
        """Be as loud as this: 0..1 as a person hears it."""
        self._sound = (volume, muted)
        if self._machine is not None:
            self._machine.sound.setVolume(volume * volume)  # ears judge by the square, about
            self._machine.sound.setMuted(muted)

    def _start(self, number: int, file: OpenFile) -> None:
        if number != self._opening:
            file.close()
            return
        try:
            machine = self._machine = self._machine or self._made()
        except AssetmanError as error:
            file.close()
            self.fail(str(error))
            return
        if file.names_others:
            file.close()
            self.fail(UNKNOWN)
            return
        self._file = file
        self.set_sound(*self._sound)
        machine.player.setSourceDevice(file.device(), QUrl("video"))

    def _made(self) -> Machine:
        machine = make_machine(self)
        # Frames come on a thread of Qt's; and what follows may close the file, which must not
        # happen while Qt is still speaking of it.
        queued = Qt.ConnectionType.QueuedConnection
        machine.sink.videoFrameChanged.connect(self._frame_came, queued)
        machine.player.mediaStatusChanged.connect(self._status_changed, queued)
        machine.player.errorOccurred.connect(self._erred, queued)
        return machine

    def _frame_came(self, frame: QVideoFrame) -> None:
        if self.ready and frame.isValid():
            self.framed.emit(frame)

    def _status_changed(self, status: QMediaPlayer.MediaStatus) -> None:
        if self._file is None or status is not self.player.mediaStatus():
            return  # of a file before this one, or past already
        if status is self.player.MediaStatus.EndOfMedia and self.ready:
            self.ended.emit()
        elif status is self.player.MediaStatus.LoadedMedia and not self.ready:
            if self.player.hasVideo():
                self.ready = True
                self.loaded.emit(self.player.duration() / 1000)
            else:
                self.fail(UNKNOWN)

    def _erred(self, _error: object, text: str) -> None:
        if self._file is not None and text and self.player.error() is not self.player.Error.NoError:
            self.fail(UNKNOWN)

    def _no_file(self, number: int, error: BaseException) -> None:
        if number == self._opening:
            self.fail(_why(error))


def _why(error: BaseException) -> str:
    """Say why a file cannot be opened."""
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return GONE
    if isinstance(error, PermissionError):
        return SHUT
    return ASLEEP.format(getattr(error, "strerror", None) or error)
