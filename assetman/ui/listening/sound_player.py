"""One sound on screen: its waveform, its controls, and what a person can do with it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from assetman.core.assets import Asset, AssetState
from assetman.core.queries import Hit
from assetman.engine.protocol import Card
from assetman.ui.bridge import EngineBridge
from assetman.ui.controls import label
from assetman.ui.listening.keys import verb_of
from assetman.ui.listening.listening import Listening
from assetman.ui.listening.outline import OutlineStore
from assetman.ui.listening.voice import file_of
from assetman.ui.listening.wave_timeline import WaveTimeline
from assetman.ui.player.clip import Clip
from assetman.ui.player.control_bar import ControlBar
from assetman.ui.player.marks import Marks, mark_in, mark_out
from assetman.ui.player.rates import faster
from assetman.ui.player.reel import Light, heard_lights
from assetman.ui.player.reel_source import ReelSource
from assetman.ui.player.timecode import span_code

LIT = 0.5  # of the brightest: a window that counts as a match


class SoundPlayer(QWidget):
    """A view of a sound. What is heard of it, and what is marked, is the window's affair."""

    similar_wanted = Signal(float, object)  # seconds, from there to an end; None: the whole
    export_wanted = Signal(object)  # Clip
    drag_foreseen = Signal(object)  # Clip: its file may be wanted in a moment
    drag_wanted = Signal(object)  # Clip

    def __init__(
        self,
        bridge: EngineBridge,
        listening: Listening,
        host: QWidget,
        parent: QWidget,
        *,
        compact: bool = False,
    ) -> None:
        super().__init__(parent)
        self.listening = listening
        self.asset: Asset | None = None
        self._card: Card | None = None
        self._hit: Hit | None = None
        self.source = ReelSource(bridge, self)
        self._outlines = OutlineStore(self)
        self.wave = WaveTimeline(host, self, compact=compact)
        self.bar = ControlBar(self, compact=compact, heard=True)
        self.sentence = label("", "secondary", self)
        self.sentence.setWordWrap(True)
        self.sentence.hide()
        layout = self._column = QVBoxLayout(self)
        layout.setContentsMargins(0, 8 if compact else 4, 0, 0 if compact else 4)
        layout.setSpacing(2)
        if not compact:
            layout.addStretch(1)  # in the middle of what room there is
        layout.addWidget(self.wave, 1 if compact else 8)
        if not compact:
            layout.addStretch(1)
        layout.addWidget(self.bar)
        layout.addWidget(self.sentence)
        self._connect()

    def sizeHint(self) -> QSize:
        return self._column.sizeHint()

    # -- what is looked at --------------------------------------------------------------

    def show_sound(self, card: Card, hit: Hit | None = None) -> None:
        """Look at a sound, where it was found if it was; plays nothing."""
        other = self.asset is None or file_of(self.asset) != file_of(card.asset)
        self.asset, self._card, self._hit = card.asset, card, hit
        if not self.listening.is_playing(card.asset.id):
            self.listening.tuning.find(card.asset.id, hit.start if hit is not None else None)
        if other:
            self.wave.zoom(0)
            self.wave.scope.take(card.asset.duration or 0.0)
            self.wave.zoom(0)
            self.source.show_asset(card.asset)
        self.bar.set_playable(card.asset.state is AssetState.PRESENT)
        self._show_wave()
        self._renew()

    def leave(self) -> None:
        """Look at nothing."""
        self.asset = self._card = self._hit = None
        self.source.show_asset(None)
        self.wave.bubble.hide()

    @property
    def at(self) -> float:
        """Give the seconds at which it stands: where it is heard, else where it was found."""
        if self.asset is None:
            return 0.0
        place = self.listening.place(self.asset.id)
        return place if place is not None else self.start

    @property
    def start(self) -> float:
        """Give the seconds from which it is played first: the part that matches."""
        if self._hit is None or self._hit.start is None:
            return 0.0
        outline = self._outlines.get(self._card.waveform) if self._card is not None else None
        end = self._hit.start if self._hit.end is None else self._hit.end
        return outline.onset(self._hit.start, end) if outline is not None else self._hit.start

    # -- what a person does -------------------------------------------------------------

    def take_key(self, event: QKeyEvent) -> bool:
        """Do what a key says; False if it says nothing to a sound."""
        verb = verb_of(event, self) if self.asset is not None else None
        if verb is None:
            return False
        verb()
        return True

    def toggle(self) -> None:
        """Play, or pause."""
        if self.asset is not None:
            self.listening.toggle(self.asset, self.start)

    def go(self, seconds: float) -> None:
        """Go to a time."""
        if self.asset is not None:
            length = self.wave.scope.length
            self.listening.go(self.asset, min(max(seconds, 0.0), length or seconds))

    def go_windows(self, steps: int) -> None:
        """Go to the next part that matches, or the one before."""
        found = [each for each in self._lit() if each[2] >= LIT]
        starts = sorted(each[0] for each in found) or [each.start for each in self.source.windows]
        at = self.at
        if steps > 0:
            self.go(next((each for each in starts if each > at + 0.02), at))
        else:
            self.go(next((each for each in reversed(starts) if each < at - 0.5), 0.0))

    def mark(self, end: int) -> None:
        """Mark that it begins here (-1) or ends here (1); 0 clears the marks."""
        if self.asset is None:
            return
        marks, whole = self.wave.marks, self.wave.scope.length
        if end == 0:
            self._set_marks(None)
        elif end < 0:
            self._set_marks(mark_in(marks, self.at, whole))
        else:
            self._set_marks(mark_out(marks, self.at, 0.0))

    def change_rate(self, steps: int) -> None:
        """Play faster, or slower."""
        self.listening.tuning.set_rate(faster(self.listening.tuning.rate, steps))

    def find_similar(self) -> None:
        """Ask for what sounds like the marked seconds, or like the whole."""
        marks = self.wave.marks
        if marks is not None:
            self.similar_wanted.emit(marks.start, marks.end)
        else:
            self.similar_wanted.emit(0.0, None)

    def export(self) -> None:
        """Ask for the marked seconds, or the whole, as a file."""
        clip = self.clip()
        if clip is not None:
            self.export_wanted.emit(clip)

    def clip(self) -> Clip | None:
        """Give the marked seconds, else the whole."""
        if self.asset is None:
            return None
        marks = self.wave.marks
        start, end = (marks.start, marks.end) if marks else (0.0, self.wave.scope.length)
        return Clip(self.asset.id, start, end, self.at)

    def offer(self, menu: QMenu) -> None:
        """Put what can be done with what is marked at the top of a menu."""
        marks, before = self.wave.marks, next(iter(menu.actions()), None)
        entries = [("Export…\tE", self.export)]
        if marks is not None:
            words = span_code(marks.start, marks.end, self.wave.scope.length)
            entries.insert(0, (f"Find similar to {words}\tS", self.find_similar))
        for title, verb in entries:
            action = menu.addAction(title)
            action.triggered.connect(verb)
            if before is not None:
                menu.insertAction(before, action)
        if before is not None:
            menu.insertSeparator(before)

    # -- inside -------------------------------------------------------------------------

    def _connect(self) -> None:
        bar, wave, tuning = self.bar, self.wave, self.listening.tuning
        bar.play.clicked.connect(self.toggle)
        bar.mark_in.clicked.connect(lambda: self.mark(-1))
        bar.mark_out.clicked.connect(lambda: self.mark(1))
        bar.unmark.clicked.connect(lambda: self.mark(0))
        bar.loop.toggled.connect(tuning.set_looping)
        bar.rate_chosen.connect(tuning.set_rate)
        bar.mute.clicked.connect(lambda: tuning.set_volume(None, muted=not tuning.memory.muted))
        bar.volume_chosen.connect(lambda volume: tuning.set_volume(volume, muted=False))
        bar.export.clicked.connect(self.export)
        wave.scrubbed.connect(self.go)
        wave.window_wanted.connect(self.go_windows)
        wave.marks_moved.connect(self._set_marks)
        wave.foreseen.connect(lambda: self.drag_foreseen.emit(self.clip()))
        wave.drag_wanted.connect(lambda: self.drag_wanted.emit(self.clip()))
        self._outlines.arrived.connect(self._show_wave)
        self.source.arrived.connect(self._show_wave)
        self.listening.moved.connect(self._moved)
        self.listening.changed.connect(self._renew)

    def _lit(self) -> tuple[Light, ...]:
        found = heard_lights(self.source.windows)
        if not found and self._hit is not None and self._hit.start is not None:
            end = self._hit.start if self._hit.end is None else self._hit.end
            found = ((self._hit.start, end, 1.0),)  # until the others are known
        return found

    def _show_wave(self) -> None:
        if self._card is None or self.asset is None:
            return
        length = max(self.asset.duration or 0.0, self.source.reel.duration)
        self.wave.show_sound(self._outlines.get(self._card.waveform), length, self._lit())
        self._moved(self.asset.id)

    def _moved(self, asset_id: int) -> None:
        if self.asset is not None and asset_id == self.asset.id:
            self.wave.show_time(self.at, follow=self.listening.is_playing(asset_id))
            self.bar.show_time(self.at, self.wave.scope.length)

    def _renew(self) -> None:
        """Show how it is played now."""
        if self.asset is None:
            return
        tuning = self.listening.tuning
        self.bar.show_playing(self.listening.is_playing(self.asset.id))
        self.bar.show_rate(tuning.rate)
        self.bar.show_sound(tuning.memory.volume, tuning.memory.muted)
        self.bar.loop.setChecked(tuning.looping)
        marks = tuning.marks(self.asset.id)
        self.wave.show_marks(marks)
        self.bar.show_marks(marks, self.wave.scope.length)
        trouble = self.listening.troubles.get(self.asset.id, "")
        self.sentence.setText(trouble)
        self.sentence.setVisible(bool(trouble))
        self._moved(self.asset.id)

    def _set_marks(self, marks: Marks | None) -> None:
        if self.asset is None:
            return
        length = self.wave.scope.length
        if marks is not None and length:
            marks = Marks(min(max(marks.start, 0.0), length), min(marks.end, length))
        self.listening.tuning.set_marks(self.asset.id, marks)
