"""Playing one file: frames come as pictures, times in seconds, errors as one sentence.

Seeks are exact: Qt shows the frame that starts before a millisecond and lasts to it or beyond,
so a frame is reached by asking for a time well inside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, QTimer, Signal
from PySide6.QtGui import QImage

from assetman.ui.player.deck import UNKNOWN, Deck
from assetman.ui.player.frame_pictures import FramePictures
from assetman.ui.player.rates import Reverse

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QVideoFrame

PATIENCE_MS = 700  # how long a seek may show nothing before the next one is tried
FIRST_FRAME = 12  # times as long for the first frame of a file
EARLY = 0.3  # of a frame's length: some files round a time to the nearest frame
FURTHEST = 2.0  # seconds that a step may reach
CLOSE = 0.0015  # seconds: Qt counts milliseconds


class Playback(QObject):
    """One file at a time, open only while somebody watches it."""

    frame_shown = Signal(QImage)
    moved = Signal(float)  # seconds, where the present frame starts
    playing_changed = Signal(bool)
    opened = Signal(float)  # its length, seconds
    failed = Signal(str)  # one sentence

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.deck = Deck(self)
        self._pictures = FramePictures(self)
        self._pictures.made.connect(self.frame_shown)
        self._seen = False  # a frame of this file
        self._begin = (0.0, False)  # where, and whether playing
        self._frame = (0.0, 0.0)  # start and end of the present one
        self._target: float | None = None  # a seek on its way
        self._next: float | None = None  # the seek after it
        self._stepping: tuple[int, float, float] | None = None  # frames, from where, how far
        self._playing = False
        self.rate = 1.0  # how fast it plays; negative is backwards
        self._waited = 0
        self.loop: tuple[float, float] | None = None  # seconds
        self.room = QSize()  # the size that pictures are shown at while playing, pixels
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._lose_patience)
        self._reverse = Reverse(self)
        self.deck.loaded.connect(self._loaded)
        self.deck.framed.connect(self._framed)
        self.deck.ended.connect(self._ended)
        self.deck.failed.connect(lambda _: self.close())
        self.deck.failed.connect(self.failed)

    @property
    def is_open(self) -> bool:
        """Tell whether a file is open, or on its way to be."""
        return self.deck.is_open

    @property
    def playing(self) -> bool:
        return self._playing

    @property
    def frame(self) -> tuple[float, float]:
        """Give the seconds at which the present frame starts and ends."""
        return self._frame

    @property
    def seeking(self) -> bool:
        """Tell whether a seek is on its way."""
        return self._target is not None

    def open(self, path: str, start: float, *, play: bool) -> None:
        """Open a file at a time; the answer is a frame, or `failed`."""
        self.close()
        self._begin = (start, play)
        self.deck.open(path)
        self._set_playing(play)

    def close(self) -> None:
        """Stop at once and let go of the file."""
        self.deck.close()
        self._set_playing(False)
        self._reverse.stop()
        self._patience.stop()
        self._pictures.forget()
        self._target = self._next = self._stepping = None
        self._seen, self._waited = False, 0
        self.loop = None

    def play(self) -> None:
        """Play on; from the beginning where it has ended."""
        self._reverse.stop()
        if not self.deck.ready:
            self._begin = (self._begin[0], True)
            self._set_playing(self.deck.is_open)
            return
        player = self.deck.player
        if player.mediaStatus() is player.MediaStatus.EndOfMedia:
            player.setPosition(_milliseconds(self.loop[0] if self.loop else 0.0))
        self._target = self._next = None
        player.setPlaybackRate(max(self.rate, 0.1))
        self._set_playing(True)
        player.play()

    def play_back(self) -> None:
        """Play backwards, without sound, as fast as `rate` says."""
        if self.deck.ready:
            self.deck.player.pause()
            self._set_playing(True)
            self._reverse.start()

    def pause(self) -> None:
        """Stay where it is."""
        self._reverse.stop()
        self._begin = (self._begin[0], False)
        if self.deck.ready and self._playing:
            self.deck.player.pause()
        self._set_playing(False)

    def set_rate(self, rate: float) -> None:
        """Play this fast from now on: 0.25 to 8, or -8 to -1."""
        self.rate = rate
        if not self._playing:
            return
        if rate < 0:
            self.play_back()
        elif self._reverse.running:
            self.play()
        elif self.deck.ready:
            self.deck.player.setPlaybackRate(rate)

    def seek(self, seconds: float) -> None:
        """Show the frame of a time; of many in a row only those there is time for."""
        self._stepping = None
        if not self.deck.ready:
            self._begin = (max(seconds, 0.0), self._begin[1])
        elif self._playing and not self._reverse.running:
            self.deck.player.setPosition(_milliseconds(seconds))
        elif self._target is not None:
            self._next = seconds
        else:
            self._go(seconds)

    def step(self, frames: int) -> None:
        """Show the next frame, or the one before."""
        if self._playing:
            self.pause()
        start, end = self._frame
        length = min(max(end - start, 0.002), 0.1)
        self.seek(end + EARLY * length if frames > 0 else start - (1 - EARLY) * length)
        self._stepping = (frames, start, length)

    def _loaded(self, length: float) -> None:
        self.opened.emit(length)
        start, play = self._begin
        if length:
            start = min(start, max(0.0, length - 0.04))
        if start > 0:
            self.deck.player.setPosition(_milliseconds(start))
        self._frame = (start, start)
        self._patience.start()
        if not play:
            self._target = start
            self.deck.player.pause()
        elif self.rate < 0:
            self.deck.player.pause()
            self.play_back()
        else:
            self.play()

    def _framed(self, frame: QVideoFrame) -> None:
        start = frame.startTime() / 1e6
        going_on = self._playing and not self._reverse.running
        if going_on and self.loop is not None and start >= self.loop[1] - CLOSE:
            self.deck.player.setPosition(_milliseconds(self.loop[0]))
            return
        self._seen = True
        self._frame = (start, max(frame.endTime() / 1e6, start))
        self._pictures.take(frame, self.room if self._playing else QSize())
        self.moved.emit(start)
        self._step_further(start)
        self._end_seek()

    def _step_further(self, start: float) -> None:
        """Reach further where a step led nowhere: frames are not always equally long."""
        if self._stepping is None:
            return
        steps, origin, reach = self._stepping
        self._stepping = None
        stuck = abs(start - origin) < CLOSE and (steps > 0 or start > 0)
        if stuck and reach < FURTHEST and not self._playing:
            self._stepping = (steps, origin, 2 * reach)
            self._next = max(origin + steps * 2 * reach, 0.0)

    def _ended(self) -> None:
        if not self._seen:
            self.deck.fail(UNKNOWN)  # a codec that Qt cannot decode ends without one frame
            return
        if self._playing and self.loop is not None:
            self.play()
        else:
            self._set_playing(False)
        self._end_seek()

    def _go(self, seconds: float) -> None:
        self._target = max(seconds, 0.0)
        self._patience.start()
        player = self.deck.player
        if player.playbackState() is not player.PlaybackState.PausedState:
            player.pause()  # an ended file shows nothing until it is told to
        player.setPosition(_milliseconds(self._target))

    def _end_seek(self) -> None:
        self._patience.stop()
        self._target = None
        following, self._next = self._next, None
        if following is not None and self.deck.ready:
            self._go(following)

    def _lose_patience(self) -> None:
        self._waited += 1
        if self._seen:
            self._end_seek()
        elif self._waited < FIRST_FRAME:
            self._patience.start()
        else:
            self.deck.fail(UNKNOWN)

    def _set_playing(self, playing: bool) -> None:
        if playing != self._playing:
            self._playing = playing
            self.playing_changed.emit(playing)


def _milliseconds(seconds: float) -> int:
    return int(max(seconds, 0.0) * 1000) + 1  # the frame that starts then, not the one before it
