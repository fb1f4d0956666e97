"""What is heard in the window: one sound at a time, the next ones ready before they are wanted."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from assetman.core.assets import Asset, AssetState
from assetman.ui.listening.looper import Looper
from assetman.ui.listening.tuning import Tuning
from assetman.ui.listening.voices import Voices, Wish
from assetman.ui.player.deck import SOUND

MOVING_MS = 30  # between two places of the playhead
RELEASE_MS = 5000  # that a file stays open while nothing is heard of it
END = 0.05  # seconds before the end that are no place to play on from
AWAY = {
    AssetState.OFFLINE: "Its drive or folder cannot be reached just now.",
    AssetState.MISSING: SOUND.gone,
}


class Listening(QObject):
    """Plays sounds for every part of the window, and says to all of them what is heard."""

    changed = Signal()  # what is heard, whether it is, marks, loop, loudness or speed
    moved = Signal(int)  # asset id; its playhead
    sounded = Signal()  # something begins to be heard
    failed = Signal(int, str)  # asset id, one sentence

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.asset: Asset | None = None  # what is heard, or was last
        self.on = False  # the person listens: what they go to next is heard at once
        self.troubles: dict[int, str] = {}  # why sounds do not play, by asset
        self.tuning = Tuning(self)
        self.tuning.faster.connect(self._faster)
        self.tuning.ranged.connect(self._ranged)
        self._looper = Looper(self._begin_again, self)
        self.voices = Voices(self.tuning, self)
        self.tuning.louder.connect(self.voices.tune)
        self.tuning.louder.connect(self.changed)
        self.voices.began.connect(lambda: self._looper.arm(self.voices.current, self.tuning.rate))
        self.voices.ended.connect(self._ended)
        self.voices.failed.connect(self._fail)
        self._moving = QTimer(self, interval=MOVING_MS)
        self._moving.timeout.connect(self._tell)
        self._release = QTimer(self, singleShot=True, interval=RELEASE_MS)
        self._release.timeout.connect(self.let_go)

    @property
    def playing(self) -> bool:
        """Tell whether something is heard, or will be as soon as it can."""
        return self.voices.current is not None and self.voices.current.playing

    def is_playing(self, asset_id: int) -> bool:
        """Tell whether a sound is heard."""
        return self.playing and self.asset is not None and self.asset.id == asset_id

    def at(self, asset_id: int) -> float | None:
        """Give the seconds at which a sound is heard, or paused; None: another one is, or none."""
        current = self.voices.current
        if current is not None and self.asset is not None and self.asset.id == asset_id:
            return current.at
        return None

    def place(self, asset_id: int) -> float | None:
        """Give the seconds at which a sound was left, None where it was not listened to."""
        at = self.at(asset_id)
        return at if at is not None else self.tuning.places.get(asset_id)

    def hear(self, asset: Asset, start: float) -> None:
        """Play a sound from a time; what is heard now goes on until it begins."""
        self._release.stop()
        self._remember()
        self.on = True
        self.asset = asset
        if asset.state is not AssetState.PRESENT:
            self.voices.stop()
            self._fail(asset, AWAY.get(asset.state, SOUND.gone))
            return
        self.troubles.pop(asset.id, None)
        self.voices.change_to(asset, start)
        self._moving.start()
        self._ranged()
        self.sounded.emit()
        self.moved.emit(asset.id)

    def prepare(self, wishes: Sequence[Wish]) -> None:
        """Have sounds ready at times, the likeliest first; others are let go of."""
        again = []
        if self._looper.range is not None and self.asset is not None:
            again = [(self.asset, self._looper.range[0])]
        self.voices.prepare([*again, *wishes])

    def toggle(self, asset: Asset, start: float) -> None:
        """Play a sound from where it stands, else from a time; or pause it."""
        if self.is_playing(asset.id):
            self.pause()
            return
        place, current = self.place(asset.id), self.voices.current
        length = asset.duration or 0.0
        if place is None or (length and place >= length - END):
            self.hear(asset, start)
        elif current is not None and self.asset is not None and self.asset.id == asset.id:
            self._release.stop()
            self.on = True
            current.play()
            self._moving.start()
            self._looper.arm(current, self.tuning.rate)
            self.sounded.emit()
            self.changed.emit()
        else:
            self.hear(asset, place)

    def pause(self) -> None:
        """Be silent and stay; what the person goes to next is not heard by itself either."""
        self.on = False
        self.rest()

    def rest(self) -> None:
        """Be silent for as long as there is nothing to hear; what comes next is heard."""
        self.voices.drop_before()
        self._looper.stop()
        if self.voices.current is not None:
            self.voices.current.pause()
        self._halt()

    def silence(self) -> bool:
        """Be silent at once, whatever comes; True if something was heard."""
        heard = self.playing or self.voices.before is not None
        if heard or self.on:
            self.pause()
        return heard

    def go(self, asset: Asset, seconds: float) -> None:
        """Go to a time of a sound; it is heard from there if it is heard at all."""
        self.tuning.set_place(asset.id, max(seconds, 0.0))
        current = self.voices.current
        if self.asset is not None and self.asset.id == asset.id and current is not None:
            current.seek(seconds)
            self._looper.arm(current, self.tuning.rate)
        self.moved.emit(asset.id)

    def let_go(self) -> None:
        """Close every file if nothing is heard; places are remembered."""
        if not self.playing:
            self._remember()
            self.voices.close()
            self._tell()

    # -- inside -------------------------------------------------------------------------

    def _faster(self) -> None:
        if self.voices.current is not None:
            self.voices.current.set_rate(self.tuning.rate)
            self._looper.arm(self.voices.current, self.tuning.rate)
        self.changed.emit()

    def _ranged(self) -> None:
        """Loop what is marked now, or the whole, or nothing."""
        marks = self.tuning.marks(self.asset.id) if self.asset is not None else None
        looping, voice = self.tuning.looping, self.voices.current
        self._looper.range = (marks.start, marks.end) if looping and marks is not None else None
        if voice is not None:
            voice.set_loops(looping and marks is None)
            self._looper.arm(voice, self.tuning.rate)
            if self._looper.range is not None and self.asset is not None:
                self.prepare([wish for wish in self.voices.wishes if wish[0].id != self.asset.id])
        self.changed.emit()

    def _begin_again(self) -> None:
        """Play the range from its beginning: by the voice that stands ready there."""
        if self.asset is not None and self._looper.range is not None and self.playing:
            self.hear(self.asset, self._looper.range[0])

    def _ended(self) -> None:
        if self._looper.range is not None and self.asset is not None:
            self.hear(self.asset, self._looper.range[0])  # it reached to the end of the sound
        else:
            self._halt()

    def _fail(self, asset: Asset, sentence: str) -> None:
        self._moving.stop()
        self._looper.stop()
        self.troubles[asset.id] = sentence
        self.failed.emit(asset.id, sentence)
        self.changed.emit()

    def _halt(self) -> None:
        """Stay where it is."""
        self._remember()
        self._moving.stop()
        self._release.start()
        self.changed.emit()
        self._tell()

    def _remember(self) -> None:
        current = self.voices.current
        if current is not None and current.asset is not None:
            self.tuning.set_place(current.asset.id, current.at)

    def _tell(self) -> None:
        if self.asset is not None:
            self.moved.emit(self.asset.id)
