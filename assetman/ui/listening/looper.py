"""Playing some seconds over and over: a second voice stands ready where they begin."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer

from assetman.ui.listening.voice import Voice

EARLY = 0.012  # seconds that a voice takes from being told to being heard, about
SHORTEST = 0.1  # seconds; what is shorter is played no more often


class Looper(QObject):
    """Tells when the end of the range is reached, and keeps the next turn ready."""

    def __init__(self, begin_again: Callable[[], None], parent: QObject) -> None:
        """Call `begin_again` whenever the end of the range is reached."""
        super().__init__(parent)
        self.range: tuple[float, float] | None = None
        self._due = QTimer(self, singleShot=True)
        self._due.setTimerType(Qt.TimerType.PreciseTimer)
        self._due.timeout.connect(begin_again)

    @property
    def length(self) -> float:
        """Say how long one turn is, seconds."""
        return max(self.range[1] - self.range[0], SHORTEST) if self.range else 0.0

    def arm(self, voice: Voice | None, rate: float) -> None:
        """Wait for the end of the range, counted from where a voice is now."""
        self._due.stop()
        if self.range is None or voice is None or not voice.playing:
            return
        left = (self.range[0] + self.length - voice.at) / max(rate, 0.1) - EARLY
        if left > -1.0:  # a person who has gone beyond the range hears what comes there
            self._due.start(max(0, round(left * 1000)))

    def stop(self) -> None:
        """Wait for nothing."""
        self._due.stop()
