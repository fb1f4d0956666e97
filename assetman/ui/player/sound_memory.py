"""How loud the person likes it, kept for the next video and the next start."""

from __future__ import annotations

from PySide6.QtCore import QSettings


class SoundMemory:
    """Volume, 0..1, and whether it is off; the same for every player of the window."""

    def __init__(self) -> None:
        self._settings = QSettings(
            QSettings.Format.IniFormat, QSettings.Scope.UserScope, "Assetman", "player"
        )

    @property
    def volume(self) -> float:
        """How loud, 0..1 as a person hears it."""
        try:
            return min(max(float(str(self._settings.value("volume", 0.8))), 0.0), 1.0)
        except ValueError:
            return 0.8  # someone wrote nonsense into the file

    @volume.setter
    def volume(self, volume: float) -> None:
        self._settings.setValue("volume", round(volume, 3))

    @property
    def muted(self) -> bool:
        """Whether nothing is to be heard."""
        return str(self._settings.value("muted", 0)) == "1"

    @muted.setter
    def muted(self, muted: bool) -> None:
        self._settings.setValue("muted", int(muted))
