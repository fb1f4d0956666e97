"""The status bar: one line of truth about what is being done."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from assetman.core.assets import display
from assetman.core.progress import Pace, Phase, Progress
from assetman.ui.controls import GlyphButton, button, counted, label
from assetman.ui.glyphs import draw_cross, draw_pause, draw_play
from assetman.ui.theme import appearance, theme

_SHORTEST = 160  # pixels that what is done has, however long the name of its folder


class StatusBar(QWidget):
    """What is done, how far, how fast, how long yet; what failed; which model answers."""

    pause_wanted = Signal()
    resume_wanted = Signal()
    stop_wanted = Signal()
    failures_wanted = Signal()
    models_wanted = Signal()
    pace_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._progress = Progress()
        self._line = ""  # while there is nothing else to say
        self._said_above = ""  # by the message bar, just above this one
        self.doing = label("", "secondary", self)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName("Progress")
        self.numbers = label("", "secondary", self)
        self.pause = GlyphButton(draw_pause, "Pause", self, 9)
        self.stop = GlyphButton(draw_cross, "Stop", self, 8)
        self.gentle = button(gentle_text(Pace.AUTO), "quiet", self)
        self.gentle.setToolTip("Choose how much of the computer the work takes")
        self.failures = button("", "quiet", self)
        self.failures.setProperty("tone", "warning")
        self.model = button("", "quiet", self)
        self.model.setAccessibleName("Models")
        self._layout = QHBoxLayout(self)
        for part in (
            self.doing, self.bar, self.numbers, self.pause, self.stop, self.gentle, self.failures,
        ):  # fmt: skip
            self._layout.addWidget(part)
            part.hide()
        self._layout.addStretch(1)
        self._layout.addWidget(self.model)
        self.model.hide()
        self.pause.clicked.connect(self._pause_or_resume)
        self.stop.clicked.connect(self.stop_wanted)
        self.failures.clicked.connect(self.failures_wanted)
        self.model.clicked.connect(self.models_wanted)
        self.gentle.clicked.connect(self.pace_wanted)
        self.setMinimumWidth(1)  # it says less instead
        appearance().changed.connect(self._restyle)
        self._restyle()

    def add_part(self, part: QWidget) -> None:
        """Stand something of another room beside the models; it shows and hides itself."""
        self._layout.insertWidget(self._layout.indexOf(self.model), part)

    def show_progress(self, progress: Progress) -> None:
        """Say how far the pipeline is."""
        self._progress = progress
        working = progress.phase is not Phase.IDLE
        paused = progress.phase is Phase.PAUSED
        self._say_doing()
        self.numbers.setVisible(working)
        self.pause.setVisible(working)
        self.stop.setVisible(working)
        if progress.total:
            share = (progress.done + progress.begun) / progress.total  # a film is done bit by bit
            self.bar.setValue(round(1000 * share))
            percent = round(100 * share)
            self.bar.setAccessibleDescription(f"{percent} percent")
        self.pause.set_glyph(draw_play if paused else draw_pause)
        self.pause.rename("Resume" if paused else "Pause")
        self._fit()

    def _fit(self) -> None:
        """Say less where there is less room: the bar never asks the window to be wider."""
        for less in range(4):
            self._say_less(less)
            if self._layout.sizeHint().width() <= self.width():
                return

    def _say_less(self, less: int) -> None:
        """Say all (0), not that it is gentle (1), only how far (2), without bar and model (3)."""
        progress = self._progress
        working = progress.phase is not Phase.IDLE
        running = progress.phase not in (Phase.IDLE, Phase.PAUSED)
        self.gentle.setVisible(running and progress.gentle and less < 1)
        self.numbers.setText(numbers_text(progress, brief=less >= 2))
        self._hold_still(working and less < 2)
        self.bar.setVisible(working and progress.total > 0 and less < 3)
        self.model.setVisible(bool(self.model.text()) and less < 3)

    def _hold_still(self, still: bool) -> None:
        """Let the words only grow during a run: Pause and Stop must not move off the pointer."""
        for words in (self.doing, self.numbers):
            if still:
                words.setMinimumWidth(max(words.minimumWidth(), words.sizeHint().width()))
            else:
                words.setMinimumWidth(0)

    def show_line(self, sentence: str) -> None:
        """Say something while the pipeline has nothing to say: not even why it stopped."""
        self._line = sentence
        self._say_doing()

    def leave_out(self, sentence: str) -> None:
        """Know what the message bar says just now: it is not said twice."""
        self._said_above = sentence
        self._say_doing()

    def show_pace(self, pace: Pace) -> None:
        """Know what the person chose, to say why the work is gentle."""
        self.gentle.setText(gentle_text(pace))
        self.gentle.setAccessibleName(f"The work goes on {self.gentle.text()}")
        self._fit()

    def show_failures(self, count: int) -> None:
        """Say how many files could not be read."""
        self.failures.setText(f"{counted(count, 'file', 'files')} could not be read")
        self.failures.setVisible(count > 0)
        self._fit()

    def show_model(self, sentence: str) -> None:
        """Say which model answers and where it runs."""
        self.model.setText(sentence)
        self.model.setAccessibleName(f"Models: {sentence}")
        self.model.setToolTip("Show the models and where they run")
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._say_doing()
            self._fit()

    def _say_doing(self) -> None:
        """Say what is done; between two runs, why the last one ended early."""
        sentence = doing_text(self._progress)
        problem = self._progress.phase is Phase.IDLE and bool(sentence)
        if problem and sentence == self._said_above:
            sentence = ""
        elif not sentence:
            sentence = self._line
        self._say(sentence, problem)

    def _say(self, sentence: str, problem: bool = False) -> None:
        room = max(self.width() // (2 if problem else 4), theme().px(_SHORTEST))
        shown = self.doing.fontMetrics().elidedText(sentence, Qt.TextElideMode.ElideRight, room)
        self.doing.setText(shown)
        self.doing.setAccessibleName(sentence)
        self.doing.setToolTip(sentence if shown != sentence else "")
        self.doing.setProperty("tone", "warning" if problem else "")
        self.doing.style().polish(self.doing)
        self.doing.setVisible(bool(sentence))

    def _pause_or_resume(self) -> None:
        paused = self._progress.phase is Phase.PAUSED
        (self.resume_wanted if paused else self.pause_wanted).emit()

    def _restyle(self) -> None:
        px = theme().px
        self._layout.setContentsMargins(px(8), 0, px(8), 0)
        self.doing.setContentsMargins(px(6), 0, 0, 0)
        self._layout.setSpacing(px(12))
        self.bar.setFixedWidth(px(160))
        self.setFixedHeight(px(30))
        self._fit()


def doing_text(progress: Progress) -> str:
    """Say in a few words what is being done."""
    place = f" {display(progress.label)}" if progress.label else ""
    return {
        Phase.IDLE: progress.problem,
        Phase.SCANNING: f"Looking through{place or ' folders'}",
        Phase.INDEXING: f"Indexing{place}",
        Phase.COMPARING: "Looking for duplicates",
        Phase.READING: f"Reading the text in{place}",
        Phase.LISTENING: f"Writing down what is said in{place}",
        Phase.PAUSED: f"Paused{':' + place if place else ''}",
    }[progress.phase]


def gentle_text(pace: Pace) -> str:
    """Say that the work leaves most of the computer to the person, and why."""
    return "gently, on battery" if pace is Pace.AUTO else "gently"


def numbers_text(progress: Progress, brief: bool = False) -> str:
    """Say how far, how fast and how long yet, as far as it is known."""
    if not progress.total:
        return ""
    parts = [f"{progress.done:,} of {progress.total:,}"]
    if progress.phase is Phase.PAUSED or brief:
        return parts[0]
    if progress.rate:
        parts.append(rate_text(progress.rate))
    if progress.seconds_left is not None:
        parts.append(f"about {duration_text(progress.seconds_left)} left")
    return " · ".join(parts)


def rate_text(rate: float) -> str:
    """Say how many files a second, or of films how many a minute."""
    if rate < 0.2:
        return f"{60 * rate:.1f} a minute"
    return f"{rate:,.0f} a second" if rate >= 10 else f"{rate:.1f} a second"


def duration_text(seconds: float) -> str:
    """Say roughly how long something takes."""
    if seconds < 55:
        return f"{max(5, round(seconds / 5) * 5)} s"
    if seconds < 3570:
        return f"{max(1, round(seconds / 60))} min"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"
