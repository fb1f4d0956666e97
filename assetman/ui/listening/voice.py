"""One sound ready to be heard: its file open, at a time, silent until it is wanted."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from assetman.core.assets import Asset
from assetman.ui.player.deck import SOUND, Deck

FADE_STEPS, FADE_MS = 4, 6  # a sound that is cut off short would click
LATEST = 0.2  # seconds that a time is told on after the player has last said one
DIFFERENT = 0.0015  # seconds: Qt counts milliseconds


class Voice(QObject):
    """Holds one file in one player of Qt. It begins within milliseconds once it is ready."""

    ready = Signal()
    sounding = Signal()  # it moves: from now on it is heard
    ended = Signal()
    failed = Signal(str)  # one sentence; the file is closed

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.asset: Asset | None = None
        self.deck = Deck(self, SOUND)
        self.deck.loaded.connect(self._loaded)
        self.deck.ended.connect(self._ended)
        self.deck.lost_place.connect(self._begin_anew)
        self.deck.failed.connect(self._failed)
        self.length = 0.0  # seconds, as the file turned out
        self.start = 0.0  # seconds, where it begins
        self.playing = False
        self._heard = False  # it has moved since it was told to play
        self._fresh = False  # nothing of this file was heard yet
        self._followed = False  # the player tells where it is
        self._level = (1.0, False, 1.0)
        self._rate = 1.0
        self._loops = False
        self._told = 0.0  # seconds, the last time it said
        self._since = QElapsedTimer()
        self._fade = QTimer(self, interval=FADE_MS)
        self._fade.timeout.connect(self._fade_on)
        self._left = 0

    @property
    def at(self) -> float:
        """Give the seconds at which it is, told on between what the player says."""
        if not self.playing or not self._heard:
            return self._told
        return self._told + min(self._since.elapsed() / 1000, LATEST) * self._rate

    @property
    def fading(self) -> bool:
        return self._fade.isActive()

    @property
    def idle(self) -> bool:
        """Tell whether it holds no file."""
        return not self.deck.is_open

    def holds(self, asset: Asset, start: float) -> bool:
        """Tell whether it is the voice of an asset at a time, and not yet heard."""
        same = self.asset is not None and file_of(self.asset) == file_of(asset)
        fresh = self._fresh and not self.fading
        return same and fresh and self.deck.is_open and abs(self.start - start) < DIFFERENT

    def prepare(self, asset: Asset, start: float) -> None:
        """Open a file and go to a time; nothing is heard yet."""
        self.close()
        self.asset, self.start, self._told = asset, max(start, 0.0), max(start, 0.0)
        self._fresh = True
        self.deck.open(asset.path)

    def play(self) -> None:
        """Be heard, as soon as it can be."""
        self._stop_fading()
        self.playing, self._heard, self._fresh = True, False, False
        if self.deck.ready:
            self.deck.player.play()

    def pause(self) -> None:
        """Be silent, and stay."""
        if self.playing:
            self._told = self.at
            self.playing = False
            if self.deck.ready:
                self.deck.player.pause()

    def seek(self, seconds: float) -> None:
        """Go to a time, playing on if it plays."""
        self.start = self._told = max(seconds, 0.0)
        self._since.start()
        if self.deck.ready:
            player = self.deck.player
            if player.mediaStatus() is player.MediaStatus.EndOfMedia:
                player.pause()  # an ended file goes nowhere
            player.setPosition(round(self._told * 1000))
            if self.playing:
                player.play()

    def set_level(self, volume: float, muted: bool, gain: float) -> None:
        """Be as loud as this: 0..1 as a person hears it, times a gain."""
        self._level = (volume, muted, gain)
        if not self.fading:
            self.deck.set_sound(volume, muted, gain)

    def set_rate(self, rate: float) -> None:
        """Play this fast."""
        self._told, self._rate = self.at, rate
        self._since.start()
        if self.deck.ready:
            self.deck.player.setPlaybackRate(rate)

    def set_loops(self, loops: bool) -> None:
        """Begin again at the end, without a gap."""
        self._loops = loops
        if self.deck.ready:
            player = self.deck.player
            player.setLoops(player.Loops.Infinite if loops else player.Loops.Once)

    def fade_out(self) -> None:
        """Fall silent without a click, and let go of the file."""
        if not self.playing or not self.deck.ready:
            self.close()
            return
        self._told = self.at
        self._left = FADE_STEPS
        self._fade.start()

    def close(self) -> None:
        """Be silent at once and let go of the file."""
        self._stop_fading()
        self.playing = self._heard = False
        self.asset = None
        self.deck.close()
        self._loops, self._rate, self.length = False, 1.0, 0.0

    def _loaded(self, length: float) -> None:
        self.length = length
        player = self.deck.player
        if not self._followed:
            self._followed = True
            player.positionChanged.connect(self._moved)
        if length:
            self.start = min(self.start, max(0.0, length - 0.01))
            self._told = self.start
        self.deck.set_sound(*self._level)
        self.set_rate(self._rate)
        self.set_loops(self._loops)
        if self.start > 0:
            player.setPosition(round(self.start * 1000))
        player.pause()  # decodes what comes first, and holds it
        self.ready.emit()
        if self.playing:
            player.play()

    def _moved(self, milliseconds: int) -> None:
        seconds = milliseconds / 1000
        if not self.playing:
            return
        if self._heard or abs(seconds - self._told) >= DIFFERENT:
            self._told = seconds
            self._since.start()
            if not self._heard:
                self._heard = True
                self.sounding.emit()

    def _ended(self) -> None:
        if self.playing:
            self._told = self.length or self._told
            self.playing = self._heard = False
            self.ended.emit()

    def _begin_anew(self) -> None:
        """Begin at the beginning, where the file's middle cannot be gone to."""
        asset, playing, loops = self.asset, self.playing, self._loops
        if asset is not None:
            self.prepare(asset, 0.0)
            self.set_loops(loops)
            if playing:
                self.play()

    def _failed(self, sentence: str) -> None:
        self.playing = self._heard = False
        self.failed.emit(sentence)

    def _fade_on(self) -> None:
        self._left -= 1
        if self._left <= 0:
            self.close()
        else:
            volume, muted, gain = self._level
            self.deck.set_sound(volume, muted, gain * self._left / FADE_STEPS)

    def _stop_fading(self) -> None:
        self._fade.stop()


def file_of(asset: Asset) -> tuple[int, str, int, float, str]:
    """Tell one file from another: another asset, other bytes, or its drive is back."""
    return asset.id, asset.fingerprint, asset.size, asset.modified, str(asset.state)
