"""The row of controls under a timeline."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QSlider, QWidget

from assetman.ui.controls import GlyphButton, button, label
from assetman.ui.glyphs import draw_cross, draw_dots, draw_pause, draw_play
from assetman.ui.player.marks import Marks
from assetman.ui.player.rates import RATES, rate_text
from assetman.ui.player.signs import draw_silence, draw_sound
from assetman.ui.player.timecode import span_code, time_code
from assetman.ui.theme import Text, appearance, theme
from assetman.ui.times import length_text


class ControlBar(QWidget):
    """Play, time, marks, loop, speed, sound, and what can be done with what is marked."""

    rate_chosen = Signal(float)
    volume_chosen = Signal(float)

    def __init__(self, parent: QWidget, *, compact: bool, heard: bool = False) -> None:
        """Serve a video, or a sound (`heard`)."""
        super().__init__(parent)
        whole = "the whole" if heard else "the shot"
        self._compact = compact
        self._playable = True
        self.play = GlyphButton(draw_play, "Play (Space)", self)
        self.time = label("", "", self)
        self.mark_in = _word("In", "Mark where it begins (I)", self)
        self.mark_out = _word("Out", "Mark where it ends (O)", self)
        self.marked = label("", "secondary", self)
        self.unmark = GlyphButton(draw_cross, "Clear the marks (X)", self, 8)
        self.loop = _word("Loop", f"Play the marked seconds, or {whole}, over and over (R)", self)
        self.loop.setCheckable(True)
        self.loop.toggled.connect(self._tint_loop)
        self.rate = _word("1×", "Speed (< and >)", self)
        self.rate.clicked.connect(self._open_rates)
        self.mute = GlyphButton(draw_sound, "Sound off (M)", self, 13)
        self.volume = QSlider(Qt.Orientation.Horizontal, self)
        self.volume.setRange(0, 100)
        self.volume.setFixedWidth(64)
        self.volume.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.volume.setAccessibleName("Volume")
        self.volume.setToolTip("Volume")
        self.volume.valueChanged.connect(lambda value: self.volume_chosen.emit(value / 100))
        saved = "the marked seconds" if heard else "the marked seconds, the shot or the frame"
        self.export = _word("Export…", f"Save {saved} (E)", self)
        self.keys = _word("Keys", "What the keys do (?)", self)
        self.more = GlyphButton(draw_dots, "More", self, 12)
        self._rates: QMenu | None = None
        self._lay_out()
        self.show_marks(None, 0.0)
        appearance().changed.connect(self._restyle)
        self._restyle()

    def buttons(self) -> list[QWidget]:
        """List what the keyboard can reach, in its order."""
        every: list[QWidget] = [self.play, self.mark_in, self.mark_out, self.unmark, self.loop]
        every += [self.rate, self.mute, self.volume, self.export, self.keys, self.more]
        return [each for each in every if each.isVisibleTo(self) and each.isEnabled()]

    def show_playing(self, playing: bool) -> None:
        """Say what the first button does."""
        self.play.set_glyph(draw_pause if playing else draw_play)
        self.play.rename("Pause (Space)" if playing else "Play (Space)")

    def show_time(self, seconds: float, whole: float) -> None:
        """Say where the video is, and how long it is."""
        words = f"{time_code(seconds, whole)} / {time_code(whole)}"
        if words != self.time.text():
            self.time.setText(words)

    def show_marks(self, marks: Marks | None, whole: float) -> None:
        """Say what is marked."""
        self._marks_known = marks is not None
        if marks is not None:
            span = span_code(marks.start, marks.end, whole)
            self.marked.setText(f"{span} · {length_text(marks.length)}")
        self._fit()

    def show_rate(self, rate: float) -> None:
        """Say how fast it plays."""
        self.rate.setText(rate_text(rate))
        self.rate.setAccessibleName(f"Speed {rate_text(rate)}")

    def show_sound(self, volume: float, muted: bool) -> None:
        """Say how loud it is."""
        self.volume.blockSignals(True)
        self.volume.setValue(round(volume * 100))
        self.volume.blockSignals(False)
        self.mute.set_glyph(draw_silence if muted else draw_sound)
        self.mute.rename("Sound on (M)" if muted else "Sound off (M)")

    def set_playable(self, playable: bool) -> None:
        """Offer nothing that needs the file where there is none."""
        self._playable = playable
        for each in (self.play, self.loop, self.rate, self.mute):
            each.setVisible(playable)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _lay_out(self) -> None:
        line = self._line = QHBoxLayout(self)
        side = 0 if self._compact else 12
        line.setContentsMargins(side, 0, side, 0)
        line.setSpacing(4)
        line.addWidget(self.play)
        line.addSpacing(2)
        line.addWidget(self.time)
        line.addSpacing(8)
        marking: list[QWidget] = [self.mark_in, self.mark_out, self.marked, self.unmark]
        last: list[QWidget] = [self.volume, self.export, self.keys]
        for each in marking:
            line.addWidget(each)
        line.addStretch(1)
        for each in (self.loop, self.rate, self.mute, *last):
            line.addWidget(each)
        line.addWidget(self.more)
        for each in [*marking, *last] if self._compact else [self.more]:
            each.hide()

    def _fit(self) -> None:
        """Say less where there is little room: what the keys do too goes first."""
        if self._compact:
            return
        self.unmark.setVisible(self._marks_known)
        for shown in range(4, -1, -1):
            self.marked.setVisible(self._marks_known and shown > 2)
            self.volume.setVisible(shown > 3 and self._playable)
            self.keys.setVisible(shown > 1)
            self.mark_in.setVisible(shown > 0)
            self.mark_out.setVisible(shown > 0)
            if self._line.minimumSize().width() <= self.width():
                break

    def _open_rates(self) -> None:
        menu = QMenu(self)
        for rate in RATES:
            entry = menu.addAction(rate_text(rate))
            entry.setCheckable(True)
            entry.setChecked(rate_text(rate) == self.rate.text())
            entry.triggered.connect(partial(self._choose_rate, rate))
        menu.aboutToHide.connect(menu.deleteLater)
        self._rates = menu
        above = self.rate.mapToGlobal(self.rate.rect().topLeft())
        above.setY(above.y() - menu.sizeHint().height() - 2)
        menu.popup(above)

    def _choose_rate(self, rate: float, *_checked: bool) -> None:
        self.rate_chosen.emit(rate)

    def _tint_loop(self, checked: bool) -> None:
        self.loop.setProperty("tone", "accent" if checked else "")
        self.loop.style().polish(self.loop)

    def _restyle(self) -> None:
        self.time.setFont(theme().font(Text.SECONDARY))
        self.marked.setFont(theme().font(Text.SECONDARY))
        self._fit()


def _word(text: str, tip: str, parent: QWidget) -> QPushButton:
    made = button(text, "quiet", parent)
    made.setToolTip(tip)
    made.setAccessibleName(tip.partition(" (")[0])
    return made
