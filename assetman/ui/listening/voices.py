"""The voices of the window: one is heard, one may still be, the others wait or are idle."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from assetman.core.assets import Asset, AssetState
from assetman.ui.listening.level import gain_of
from assetman.ui.listening.tuning import Tuning
from assetman.ui.listening.voice import Voice

READY = 4  # voices that wait for their turn: those the four arrows lead to
OVERLAP_MS = 30  # that both are heard: a player tells of a sound a little before it is heard
PATIENCE_MS = 300  # that the sound before is heard while the next one does not begin

Wish = tuple[Asset, float]  # and the seconds it is to begin at


class Voices(QObject):
    """Hands over from one voice to the next: that one begins before this one falls silent."""

    began = Signal()  # the current one is heard
    ended = Signal()  # the current one has come to its end
    failed = Signal(object, str)  # Asset of the current one, one sentence

    def __init__(self, tuning: Tuning, parent: QObject) -> None:
        super().__init__(parent)
        self._tuning = tuning
        self._every: list[Voice] = []
        self.current: Voice | None = None
        self.before: Voice | None = None  # heard until the current one is
        self.wishes: list[Wish] = []
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self.drop_before)
        self._overlap = QTimer(self, singleShot=True, interval=OVERLAP_MS)
        self._overlap.timeout.connect(self.drop_before)

    def change_to(self, asset: Asset, start: float) -> Voice:
        """Let a sound be heard from a time, and fall silent what is heard now once it is."""
        old, voice = self.current, self._ready(asset, start)
        if old is not None and old is not voice:
            self.drop_before()
            if old.playing:
                self.before = old
            else:
                old.close()
        self.current = voice
        self.tune(voice)
        voice.set_rate(self._tuning.rate)
        voice.play()
        self._patience.start()
        return voice

    def prepare(self, wishes: Sequence[Wish]) -> None:
        """Have sounds ready at times, the likeliest first; others are let go of."""
        here = [wish for wish in wishes if wish[0].state is AssetState.PRESENT]
        self.wishes = here[:READY]
        for voice in self._every:
            if self._waits(voice) and not any(voice.holds(*wish) for wish in self.wishes):
                voice.close()
        for wish in self.wishes:
            if not any(voice.holds(*wish) for voice in self._every):
                self._idle().prepare(*wish)

    def drop_before(self) -> None:
        """Let the sound before fall silent."""
        self._patience.stop()
        self._overlap.stop()
        before, self.before = self.before, None
        if before is not None:
            before.fade_out()

    def stop(self) -> None:
        """Let all fall silent."""
        self.drop_before()
        current, self.current = self.current, None
        if current is not None:
            current.fade_out()

    def close(self) -> None:
        """Let go of every file at once."""
        self._patience.stop()
        self._overlap.stop()
        self.current = self.before = None
        for voice in self._every:
            voice.close()

    def tune(self, voice: Voice | None = None) -> None:
        """Be as loud as the person likes it now: one, or all."""
        tuning = self._tuning
        for each in self._every if voice is None else [voice]:
            if each.asset is not None:
                gain = gain_of(each.asset, tuning.settings.matched)
                each.set_level(tuning.memory.volume, tuning.memory.muted, gain)

    def _ready(self, asset: Asset, start: float) -> Voice:
        """Give the voice that is ready for this, else one that begins to be."""
        for voice in self._every:
            if voice.holds(asset, start):
                return voice
        voice = self._idle()
        voice.prepare(asset, start)
        return voice

    def _idle(self) -> Voice:
        """Give a voice that nobody needs."""
        for voice in self._every:
            if voice.idle and voice is not self.current and voice is not self.before:
                return voice
        made = Voice(self)
        made.sounding.connect(partial(self._began, made))
        made.ended.connect(partial(self._ended, made))
        made.failed.connect(partial(self._failed, made))
        self._every.append(made)
        return made

    def _waits(self, voice: Voice) -> bool:
        taken = voice is self.current or voice is self.before
        return not taken and not voice.idle and not voice.fading

    def _began(self, voice: Voice) -> None:
        if voice is self.current:
            self._overlap.start()
            self.began.emit()

    def _ended(self, voice: Voice) -> None:
        if voice is self.current:
            self.drop_before()
            self.ended.emit()

    def _failed(self, voice: Voice, sentence: str) -> None:
        asset, voice.asset = voice.asset, None
        if voice is self.current:
            self.current = None
            self.drop_before()
            self.failed.emit(asset, sentence)
