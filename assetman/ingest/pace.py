"""How much of the machine the work in the background takes: what the person chose, and power."""

from __future__ import annotations

import threading
from collections.abc import Callable

import psutil

from assetman.core.progress import Pace


def on_battery() -> bool:
    """Tell whether this machine runs on its battery just now; one without any does not."""
    try:
        battery = psutil.sensors_battery()
    except (AttributeError, OSError, ValueError, RuntimeError):  # not to be had on this system
        return False
    return battery is not None and battery.power_plugged is False


class PaceKeeper:
    """Keeps the chosen pace; AUTO is gentle on battery. `look` is called now and then."""

    def __init__(
        self,
        chosen: Pace,
        apply: Callable[[bool], None],
        on_battery: Callable[[], bool] = on_battery,
    ) -> None:
        self._apply = apply
        self._on_battery = on_battery
        self._lock = threading.Lock()
        self._chosen = chosen
        self._gentle = False
        self.look()

    @property
    def chosen(self) -> Pace:
        return self._chosen

    @property
    def gentle(self) -> bool:
        """Whether work is to leave most of the machine to the person just now."""
        return self._gentle

    def choose(self, pace: Pace) -> None:
        """Take what the person chose, at once."""
        self._chosen = pace
        self.look()

    def look(self) -> None:
        """See whether the pace has to be another by now."""
        with self._lock:
            chosen = self._chosen
            gentle = chosen is Pace.GENTLE or (chosen is Pace.AUTO and self._on_battery())
            if gentle != self._gentle:
                self._gentle = gentle
                self._apply(gentle)
