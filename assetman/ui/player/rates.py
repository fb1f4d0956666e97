"""How fast a video plays, forwards and backwards."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QElapsedTimer, QObject, QTimer

RATES = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 4.0, 8.0)
SHUTTLE = (1.0, 2.0, 4.0, 8.0)
TICK_MS = 30


def rate_text(rate: float) -> str:
    """Write a speed: “1×”, “0.25×”, “−4×” is backwards."""
    return f"{rate:g}×".replace("-", "−")


def faster(rate: float, steps: int) -> float:
    """Give the speed that is some steps faster than another, or slower."""
    nearest = min(range(len(RATES)), key=lambda i: abs(RATES[i] - abs(rate)))
    return RATES[min(max(nearest + steps, 0), len(RATES) - 1)]


def shuttled(rate: float, playing: bool, direction: int) -> float:
    """Give the speed after J (-1) or L (1): once plays, again doubles, the other way turns."""
    if not playing or (rate > 0) != (direction > 0):
        return SHUTTLE[0] * direction
    return direction * next((each for each in SHUTTLE if each > abs(rate)), SHUTTLE[-1])


class Backwards(Protocol):
    """What can be wound back."""

    @property
    def frame(self) -> tuple[float, float]: ...

    @property
    def rate(self) -> float: ...

    @property
    def seeking(self) -> bool: ...

    def seek(self, seconds: float) -> None: ...

    def pause(self) -> None: ...


class Reverse:
    """Plays backwards by showing earlier frames as fast as they can be had, in time."""

    def __init__(self, playback: Backwards) -> None:
        assert isinstance(playback, QObject)
        self._playback = playback
        self._clock = QElapsedTimer()
        self._from = 0.0
        self._rate = -1.0
        self._timer = QTimer(playback, interval=TICK_MS)
        self._timer.timeout.connect(self._tick)

    @property
    def running(self) -> bool:
        return self._timer.isActive()

    def start(self) -> None:
        """Go back from the present frame."""
        self._from = self._playback.frame[0]
        self._rate = self._playback.rate
        self._clock.start()
        self._timer.start()

    def stop(self) -> None:
        """Stay where it is."""
        self._timer.stop()

    def _tick(self) -> None:
        if self._playback.seeking:
            return
        at = self._from + self._rate * self._clock.elapsed() / 1000
        if at <= 0:
            self._playback.pause()
            self._playback.seek(0.0)
        else:
            self._playback.seek(at)
