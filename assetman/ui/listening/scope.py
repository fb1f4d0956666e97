"""Which seconds of a sound are in sight, and where on a line of pixels they lie."""

from __future__ import annotations

NARROWEST = 0.02  # seconds that can fill the line
_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)


class Scope:
    """The seconds from `left` to `right` of a sound, over some pixels."""

    def __init__(self) -> None:
        self.length = 0.0  # seconds, of the whole sound
        self.left = 0.0
        self.right = 0.0

    @property
    def span(self) -> float:
        """Say how many seconds are in sight."""
        return self.right - self.left

    @property
    def whole(self) -> bool:
        """Tell whether all of it is in sight."""
        return self.span >= self.length - 1e-9

    def take(self, length: float) -> None:
        """Begin with a sound of a length, all of it in sight; or learn a length that is better."""
        was_whole = self.whole
        self.length = length
        if was_whole or self.right > length:
            self.left, self.right = 0.0, length

    def show_all(self) -> None:
        """Have all of it in sight."""
        self.left, self.right = 0.0, self.length

    def zoom(self, times: float, at: float) -> None:
        """Show a time so many times larger, and leave it where it is."""
        if not self.length:
            return
        span = min(max(self.span / times, min(NARROWEST, self.length)), self.length)
        share = (at - self.left) / self.span if self.span else 0.5
        self._put(at - share * span, span)

    def move(self, seconds: float) -> None:
        """Look further, or back."""
        self._put(self.left + seconds, self.span)

    def follow(self, at: float) -> bool:
        """Turn the page where a time has left what is in sight; True if it was turned."""
        if self.whole or self.left <= at <= self.right:
            return False
        self._put(at - 0.05 * self.span, self.span)
        return True

    def x(self, seconds: float, width: float) -> float:
        """Give the pixel of a time; beyond the line where it is out of sight."""
        return (seconds - self.left) / self.span * width if self.span else 0.0

    def time(self, x: float, width: float) -> float:
        """Give the time at a pixel, inside the sound."""
        if width <= 0:
            return self.left
        return min(max(self.left + x / width * self.span, 0.0), self.length)

    def ticks(self, width: float, apart: float) -> list[float]:
        """List round times in sight, at least so many pixels apart."""
        if not self.span or width <= 0:
            return []
        least = apart * self.span / width
        step = next((each for each in _STEPS if each >= least), _STEPS[-1])
        first = int(self.left / step)
        every = [number * step for number in range(first, int(self.right / step) + 1)]
        return [each for each in every if self.left <= each <= self.right]

    def _put(self, left: float, span: float) -> None:
        self.left = min(max(left, 0.0), max(self.length - span, 0.0))
        self.right = min(self.left + span, self.length)
