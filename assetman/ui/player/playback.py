"""Playing one file: frames come as pictures, times in seconds, errors as one sentence.

Seeks are exact: Qt shows the frame that starts before a millisecond and lasts to it or beyond,
so a frame is reached by asking for its middle. Frames become pictures on a thread of their own;
where they come faster than they can be converted, the newest counts.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Qt, QThreadPool, QTimer, QUrl, Signal
from PySide6.QtGui import QImage

from assetman.core.errors import AssetmanError
from assetman.ui.jobs import Job
from assetman.ui.player.multimedia import Machine, OpenFile, make_machine
from assetman.ui.player.rates import Reverse

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QMediaPlayer, QVideoFrame

PATIENCE_MS = 700  # how long a seek may show nothing before the next one is tried
FIRST_FRAME = 12  # times as long for the first frame of a file
CLOSE = 0.0015  # seconds: Qt counts milliseconds
GONE = "The file is no longer where it was: only its moments are here."
SHUT = "The file may not be read: allow it in your file manager, then look again."
ASLEEP = "The file cannot be read just now ({}): only its moments are here."
UNKNOWN = "This video cannot be played here, but its moments can be looked at."


class Playback(QObject):
    """One file at a time, open only while somebody watches it."""

    frame_shown = Signal(QImage)
    moved = Signal(float)  # seconds, where the present frame starts
    playing_changed = Signal(bool)
    opened = Signal(float)  # its length, seconds
    failed = Signal(str)  # one sentence

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._machine: Machine | None = None
        self._file: OpenFile | None = None
        self._opening_or_open = False
        self._opening = 0  # numbers the wishes to open: the newest counts
        self._ready = False
        self._seen = False  # a frame of this file
        self._begin = (0.0, False)  # where, and whether playing
        self._frame = (0.0, 0.0)  # start and end of the present one
        self._target: float | None = None  # a seek on its way
        self._next: float | None = None  # the seek after it
        self._playing = False
        self._rate, self._volume, self._muted = 1.0, 1.0, False
        self.loop: tuple[float, float] | None = None  # seconds
        self.room = QSize()  # the size that pictures are shown at while playing, pixels
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._converting = False
        self._waiting: QVideoFrame | None = None
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._waited = 0
        self._patience.timeout.connect(self._give_up_seek)
        self._reverse = Reverse(self)

    # -- what is known ------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        """Tell whether a file is open, or on its way to be."""
        return self._opening_or_open

    @property
    def playing(self) -> bool:
        return self._playing

    @property
    def rate(self) -> float:
        """Give how fast it plays; negative is backwards."""
        return self._rate

    @property
    def frame(self) -> tuple[float, float]:
        """Give the seconds at which the present frame starts and ends."""
        return self._frame

    # -- what can be done ---------------------------------------------------------------

    def open(self, path: str, start: float, *, play: bool) -> None:
        """Open a file at a time; the answer is a frame, or `failed`."""
        self.close()
        self._opening_or_open = True
        self._opening += 1
        self._begin = (start, play)
        self._set_playing(play)
        job = Job(self, partial(OpenFile, path))
        number = self._opening
        job.on_done(partial(self._start, number))
        job.on_error(partial(self._no_file, number)).start()

    def close(self) -> None:
        """Stop at once and let go of the file."""
        self._opening += 1
        self._opening_or_open = False
        self._set_playing(False)
        self._reverse.stop()
        self._patience.stop()
        self._target = self._next = self._waiting = None
        self._ready = self._seen = False
        self._waited = 0
        self.loop = None
        file, self._file = self._file, None  # first: what Qt tells while it closes counts no more
        if file is not None:
            if self._machine is not None:
                self._machine.player.setSource(QUrl())
            file.close()

    def play(self) -> None:
        """Play on; from the beginning where it has ended."""
        self._reverse.stop()
        if not self._ready:
            self._begin = (self._begin[0], True)
            self._set_playing(self._opening_or_open)
            return
        player = self._player()
        if player.mediaStatus() is player.MediaStatus.EndOfMedia:
            player.setPosition(_milliseconds(self.loop[0] if self.loop else 0.0))
        self._target = self._next = None
        player.setPlaybackRate(max(self._rate, 0.1))
        self._set_playing(True)
        player.play()

    def play_back(self) -> None:
        """Play backwards, without sound, as fast as `rate` says."""
        if self._ready:
            self._player().pause()
            self._set_playing(True)
            self._reverse.start()

    def pause(self) -> None:
        """Stay where it is."""
        self._reverse.stop()
        self._begin = (self._begin[0], False)
        if self._ready and self._playing:
            self._player().pause()
        self._set_playing(False)

    def set_rate(self, rate: float) -> None:
        """Play this fast from now on: 0.25 to 8, or -8 to -1."""
        backwards = rate < 0
        self._rate = rate
        if not self._playing:
            return
        if backwards:
            self.play_back()
        elif self._reverse.running:
            self.play()
        elif self._ready:
            self._player().setPlaybackRate(rate)

    def set_sound(self, volume: float, muted: bool) -> None:
        """Be as loud as this: 0..1 as a person hears it."""
        self._volume, self._muted = volume, muted
        if self._machine is not None:
            self._machine.sound.setVolume(volume * volume)  # ears judge by the square, about
            self._machine.sound.setMuted(muted)

    def seek(self, seconds: float) -> None:
        """Show the frame of a time; of many in a row only those there is time for."""
        if not self._ready:
            self._begin = (max(seconds, 0.0), self._begin[1])
            return
        if self._playing and not self._reverse.running:
            self._player().setPosition(_milliseconds(seconds))
        elif self._target is not None:
            self._next = seconds
        else:
            self._go(seconds)

    def step(self, frames: int) -> None:
        """Show the next frame, or the one before."""
        if self._playing:
            self.pause()
        start, end = self._frame
        half = min(max((end - start) / 2, 0.001), 0.05)
        self.seek(end + half if frames > 0 else max(start - half, 0.0))

    @property
    def seeking(self) -> bool:
        """Tell whether a seek is on its way."""
        return self._target is not None

    # -- what Qt tells ------------------------------------------------------------------

    def _start(self, number: int, file: OpenFile) -> None:
        if number != self._opening:
            file.close()
            return
        if file.names_others:
            file.close()
            self._fail(UNKNOWN)
            return
        try:
            machine = self._made()
        except AssetmanError as error:
            file.close()
            self._fail(str(error))
            return
        self._file = file
        self.set_sound(self._volume, self._muted)
        machine.player.setSourceDevice(file.device(), QUrl("video"))

    def _made(self) -> Machine:
        if self._machine is None:
            machine = make_machine(self)
            queued = Qt.ConnectionType.QueuedConnection  # frames come on a thread of Qt's
            machine.sink.videoFrameChanged.connect(self._frame_came, queued)
            machine.player.mediaStatusChanged.connect(self._status_changed)
            machine.player.errorOccurred.connect(self._erred)
            self._machine = machine
        return self._machine

    def _player(self) -> QMediaPlayer:
        assert self._machine is not None, "nothing is open"
        return self._machine.player

    def _status_changed(self, status: QMediaPlayer.MediaStatus) -> None:
        if self._file is None:
            return
        player = self._player()
        if status is player.MediaStatus.LoadedMedia and not self._ready:
            self._load(player)
        elif status is player.MediaStatus.EndOfMedia and self._ready:
            if not self._seen:
                self._fail(UNKNOWN)  # a codec that Qt cannot decode ends without one frame
            elif self._playing and self.loop is not None:
                self.play()
            elif self._playing:
                self._set_playing(False)
            self._end_seek()

    def _load(self, player: QMediaPlayer) -> None:
        if not player.hasVideo():
            self._fail(UNKNOWN)
            return
        self._ready = True
        length = player.duration() / 1000
        self.opened.emit(length)
        start, play = self._begin
        if length:
            start = min(start, max(0.0, length - 0.04))
        if start > 0:
            player.setPosition(_milliseconds(start))
        self._patience.start()
        if play:
            self.play()
        else:
            self._target = start
            player.pause()

    def _erred(self, error: object, text: str) -> None:
        if self._file is not None and text:
            self._fail(UNKNOWN)

    def _no_file(self, number: int, error: BaseException) -> None:
        if number == self._opening:
            self._fail(_why(error))

    def _fail(self, sentence: str) -> None:
        self.close()
        self.failed.emit(sentence)

    # -- frames -------------------------------------------------------------------------

    def _frame_came(self, frame: QVideoFrame) -> None:
        if self._file is None or not frame.isValid():
            return
        start = frame.startTime() / 1e6
        end = max(frame.endTime() / 1e6, start)
        going_on = self._playing and not self._reverse.running
        if going_on and self.loop is not None and start >= self.loop[1] - CLOSE:
            self._player().setPosition(_milliseconds(self.loop[0]))
            return
        self._seen = True
        self._frame = (start, end)
        self._waiting = frame
        self._convert()
        self.moved.emit(start)
        self._end_seek()

    def _convert(self) -> None:
        if self._converting or self._waiting is None:
            return
        frame, self._waiting = self._waiting, None
        room = self.room if self._playing else QSize()
        self._converting = True
        job = Job(self, partial(_picture, frame, room), self._pool)
        job.on_done(partial(self._converted, self._opening))
        job.on_error(lambda _: self._converted(-1, QImage())).start()

    def _converted(self, number: int, image: QImage) -> None:
        self._converting = False
        if number == self._opening and not image.isNull():
            self.frame_shown.emit(image)
        self._convert()

    def _go(self, seconds: float) -> None:
        self._target = max(seconds, 0.0)
        self._patience.start()
        player = self._player()
        if player.playbackState() is not player.PlaybackState.PausedState:
            player.pause()  # an ended file shows nothing until it is told to
        player.setPosition(_milliseconds(self._target))

    def _end_seek(self) -> None:
        self._patience.stop()
        self._target = None
        following, self._next = self._next, None
        if following is not None and self._ready:
            self._go(following)

    def _give_up_seek(self) -> None:
        self._waited += 1
        if self._seen:
            self._end_seek()
        elif self._waited < FIRST_FRAME:
            self._patience.start()
        else:
            self._fail(UNKNOWN)

    def _set_playing(self, playing: bool) -> None:
        if playing != self._playing:
            self._playing = playing
            self.playing_changed.emit(playing)


def _why(error: BaseException) -> str:
    """Say why a file cannot be opened."""
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return GONE
    if isinstance(error, PermissionError):
        return SHUT
    return ASLEEP.format(getattr(error, "strerror", None) or error)


def _milliseconds(seconds: float) -> int:
    return int(max(seconds, 0.0) * 1000) + 1  # the frame that starts then, not the one before it


def _picture(frame: QVideoFrame, room: QSize) -> QImage:
    """Make a picture of a frame, no larger than it is shown."""
    image = frame.toImage()
    if not room.isEmpty() and image.width() > room.width() * 1.2:
        return image.scaled(
            room, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
    return image
