"""One file in the player of Qt: opened to be read, and let go of."""

from __future__ import annotations

from dataclasses import dataclass
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
NO_SEEK = "Failed to seek"  # as Qt says it


@dataclass(frozen=True, slots=True)
class Sentences:
    """Why a file does not play, in words for the person."""

    gone: str
    shut: str
    asleep: str  # with a place for what the system says
    unknown: str


FILM = Sentences(GONE, SHUT, ASLEEP, UNKNOWN)
SOUND = Sentences(
    "The file is no longer where it was: only its outline is here.",
    SHUT,
    "The file cannot be read just now ({}): only its outline is here.",
    "This sound cannot be played here.",
)


class Deck(QObject):
    """Holds a file while it is watched; says when it can be played, and why it cannot."""

    loaded = Signal(float)  # seconds, its length; from now on the player can be used
    framed = Signal(object)  # QVideoFrame
    ended = Signal()
    lost_place = Signal()  # a sound so short that Qt cannot go to a time of it
    failed = Signal(str)  # one sentence; the file is closed

    def __init__(self, parent: QObject, sentences: Sentences = FILM) -> None:
        """Play what is seen and heard, or with the sentences for sounds what is heard alone."""
        super().__init__(parent)
        self._sentences = sentences
        self._seen = sentences is not SOUND
        self._machine: Machine | None = None
        self._file: OpenFile | None = None
        self._opening = 0  # numbers the wishes to open: the newest counts
        self._sound = (1.0, False)
        self._gain = 1.0
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

    def set_sound(self, volume: float, muted: bool, gain: float = 1.0) -> None:
        """Be as loud as this: 0..1 as a person hears it, times a `gain` as the samples are."""
        self._sound, self._gain = (volume, muted), gain
        if self._machine is not None:
            heard = volume * volume * gain  # ears judge by the square, about
            self._machine.sound.setVolume(min(heard, 1.0))
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
            self.fail(self._sentences.unknown)
            return
        self._file = file
        self.set_sound(*self._sound, self._gain)
        machine.player.setSourceDevice(file.device(), QUrl("video" if self._seen else "sound"))

    def _made(self) -> Machine:
        machine = make_machine(self, seen=self._seen)
        # Frames come on a thread of Qt's; and what follows may close the file, which must not
        # happen while Qt is still speaking of it.
        queued = Qt.ConnectionType.QueuedConnection
        if machine.sink is not None:
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
            if self.player.hasVideo() if self._seen else self.player.hasAudio():
                self.ready = True
                self.loaded.emit(self.player.duration() / 1000)
            else:
                self.fail(self._sentences.unknown)

    def _erred(self, _error: object, text: str) -> None:
        if not self._seen and text.startswith(NO_SEEK):
            self.lost_place.emit()
            return
        if self._file is not None and text and self.player.error() is not self.player.Error.NoError:
            self.fail(self._sentences.unknown)

    def _no_file(self, number: int, error: BaseException) -> None:
        if number == self._opening:
            self.fail(_why(error, self._sentences))


def _why(error: BaseException, sentences: Sentences) -> str:
    """Say why a file cannot be opened."""
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return sentences.gone
    if isinstance(error, PermissionError):
        return sentences.shut
    return sentences.asleep.format(getattr(error, "strerror", None) or error)
