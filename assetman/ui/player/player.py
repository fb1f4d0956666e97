"""One video that plays, and everything a person can do with it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMenu, QWidget

from assetman.ui.bridge import EngineBridge
from assetman.ui.player.clip import Clip
from assetman.ui.player.keys import verb_of
from assetman.ui.player.rates import faster, shuttled
from assetman.ui.player.screening import Screening, Surface
from assetman.ui.player.stills import ReadPicture
from assetman.ui.player.timecode import span_code, time_code


class Player(Screening):
    """The timeline and the controls of one video, its keys and its menu."""

    similar_wanted = Signal(float, object)  # seconds: a frame; or from there to an end
    export_wanted = Signal(object)  # Clip

    def __init__(
        self,
        bridge: EngineBridge,
        surface: Surface,
        read: ReadPicture,
        host: QWidget,
        parent: QWidget,
        *,
        compact: bool = False,
    ) -> None:
        super().__init__(bridge, surface, read, host, parent, compact=compact)
        bar, line = self.bar, self.timeline
        bar.play.clicked.connect(self.toggle)
        bar.mark_in.clicked.connect(lambda: self.mark(-1))
        bar.mark_out.clicked.connect(lambda: self.mark(1))
        bar.unmark.clicked.connect(lambda: self.mark(0))
        bar.loop.toggled.connect(lambda on: self.ranging.set_looping(on, self._at))
        bar.rate_chosen.connect(self._set_rate)
        bar.mute.clicked.connect(lambda: self._set_sound(muted=not self._memory.muted))
        bar.volume_chosen.connect(lambda volume: self._set_sound(volume, muted=False))
        bar.export.clicked.connect(self.export)
        line.scrubbed.connect(self.go)
        line.nudged.connect(lambda seconds: self.go(self._at + seconds))
        line.shot_wanted.connect(self.go_shots)
        line.marks_moved.connect(lambda marks: self.ranging.set_marks(marks, self._at))

    def take_key(self, event: QKeyEvent) -> bool:
        """Do what a key says; False if it says nothing to a player."""
        verb = verb_of(event, self) if self.asset is not None else None
        if verb is None:
            return False
        verb()
        return True

    def toggle(self) -> None:
        """Play, or pause."""
        if not self.silence():
            if self.playback.rate < 0:
                self._set_rate(1.0)
            self.play()

    def shuttle(self, direction: int) -> None:
        """Play forwards or backwards; again: faster."""
        self._set_rate(shuttled(self.playback.rate, self.playback.playing, direction))
        if not self.playback.playing and (direction > 0 or not self.playback.deck.ready):
            self.play()
        elif direction < 0:
            self.playback.play_back()

    def change_rate(self, steps: int) -> None:
        """Play faster, or slower."""
        self._set_rate(faster(self.playback.rate, steps))

    def step(self, frames: int) -> None:
        """Show the next frame, or the one before."""
        if self.playback.is_open:
            self.playback.step(frames)
        elif not self._trouble:
            self._reach(play=False)
        else:
            self.go(self._at + frames * 0.5)

    def go_shots(self, shots: int) -> None:
        """Go to where the next shot begins; back: this one, then the one before."""
        slack = 0.5 if shots < 0 and self.playback.playing else 0.02
        self.go(self.source.reel.shot_after(self._at, shots, slack))

    def mark(self, end: int) -> None:
        """Mark that it begins here (-1) or ends with this frame (1); 0 clears the marks."""
        if end < 0:
            self.ranging.mark_in(self._at)
        elif end > 0:
            start, last = self.playback.frame
            self.ranging.mark_out(self._at + last - start)
        else:
            self.ranging.set_marks(None, self._at)

    def find_similar(self) -> None:
        """Ask for what is like the marked seconds, or like the present frame."""
        marks = self.ranging.marks
        if marks is not None:
            self.similar_wanted.emit(marks.start, marks.end)
        else:
            self.similar_wanted.emit(self._at, None)

    def export(self) -> None:
        """Ask for the marked seconds, or the present shot, as a file."""
        if self.asset is not None:
            self.export_wanted.emit(Clip(self.asset.id, *self.ranging.range_at(self._at), self._at))

    def similar_words(self) -> str:
        """Say what `find_similar` asks about."""
        whole, marks = self.source.reel.duration, self.ranging.marks
        if marks is not None:
            return f"Find similar to {span_code(marks.start, marks.end, whole)}"
        return f"Find similar to the frame at {time_code(self.at, whole)}"

    def offer(self, menu: QMenu) -> None:
        """Put what can be done with the present moment at the top of a menu."""
        before = menu.actions()[0] if menu.actions() else None
        for title, verb in (
            (f"{self.similar_words()}\tS", self.find_similar),
            ("Export…\tE", self.export),
        ):
            action = menu.addAction(title)
            action.triggered.connect(verb)
            if before is not None:
                menu.insertAction(before, action)
        if before is not None:
            menu.insertSeparator(before)

    def _set_rate(self, rate: float) -> None:
        self.playback.set_rate(rate)
        self.bar.show_rate(rate)

    def _set_sound(self, volume: float | None = None, *, muted: bool) -> None:
        memory = self._memory
        memory.muted = muted
        if volume is not None:
            memory.volume = volume
        self.playback.deck.set_sound(memory.volume, memory.muted)
        self.bar.show_sound(memory.volume, memory.muted)
