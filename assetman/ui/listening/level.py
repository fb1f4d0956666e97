"""How loud a sound is played: as the person likes it, and beside the others if that is wished."""

from __future__ import annotations

from PySide6.QtCore import QSettings

from assetman.core.assets import Asset

TARGET = -18.0  # LUFS that all are heard at where they are matched
LOUDEST = 4.0  # times that a quiet one is raised at most: beyond, its noise would be heard


class ListeningMemory:
    """What the person chose about listening, kept for the next start."""

    def __init__(self) -> None:
        self._settings = QSettings(
            QSettings.Format.IniFormat, QSettings.Scope.UserScope, "Assetman", "player"
        )

    @property
    def matched(self) -> bool:
        """Whether all sounds are to be equally loud."""
        return str(self._settings.value("matched", 0)) == "1"

    @matched.setter
    def matched(self, matched: bool) -> None:
        self._settings.setValue("matched", int(matched))

    @property
    def hover(self) -> bool:
        """Whether a sound is played while the pointer rests on it."""
        return str(self._settings.value("hover", 0)) == "1"

    @hover.setter
    def hover(self, hover: bool) -> None:
        self._settings.setValue("hover", int(hover))


def gain_of(asset: Asset, matched: bool) -> float:
    """Give how much louder an asset is played than it is, so that it is as loud as others."""
    loudness = asset.sound.loudness if asset.sound is not None else None
    if not matched or loudness is None:
        return 1.0
    return float(min(10 ** ((TARGET - loudness) / 20), LOUDEST))
