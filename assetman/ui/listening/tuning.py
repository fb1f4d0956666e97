"""How sounds are played: how loud, how fast, what of them is marked, and whether over and over."""

from __future__ import annotations

from collections import OrderedDict
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from assetman.ui.listening.level import ListeningMemory
from assetman.ui.player.marks import Marks
from assetman.ui.player.sound_memory import SoundMemory

REMEMBERED = 200  # assets whose marks and places are kept

T = TypeVar("T")


class Tuning(QObject):
    """Is the same for every part of the window."""

    louder = Signal()  # or less loud
    faster = Signal()  # or slower
    ranged = Signal()  # other marks, or another loop

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.memory = SoundMemory()
        self.settings = ListeningMemory()
        self.rate = 1.0
        self.looping = False
        self.places: OrderedDict[int, float] = OrderedDict()  # seconds, by asset
        self._found: OrderedDict[int, float | None] = OrderedDict()  # the same, where found last
        self._marks: OrderedDict[int, Marks] = OrderedDict()

    def marks(self, asset_id: int) -> Marks | None:
        """Give what is marked of a sound."""
        return self._marks.get(asset_id)

    def set_marks(self, asset_id: int, marks: Marks | None) -> None:
        """Mark some seconds of a sound, or none."""
        if marks is None:
            self._marks.pop(asset_id, None)
        else:
            _keep(self._marks, asset_id, marks)
        self.ranged.emit()

    def set_place(self, asset_id: int, seconds: float) -> None:
        """Remember where in a sound the person is."""
        _keep(self.places, asset_id, seconds)

    def find(self, asset_id: int, start: float | None) -> None:
        """Forget the place in a sound that has been found elsewhere in it since."""
        if self._found.get(asset_id) != start:
            self.places.pop(asset_id, None)
        _keep(self._found, asset_id, start)

    def set_looping(self, looping: bool) -> None:
        """Play what is marked, or the whole, over and over."""
        self.looping = looping
        self.ranged.emit()

    def set_volume(self, volume: float | None, *, muted: bool) -> None:
        """Be as loud as this: 0..1; None: as before."""
        self.memory.muted = muted
        if volume is not None:
            self.memory.volume = volume
        self.louder.emit()

    def set_matched(self, matched: bool) -> None:
        """Play all equally loud, or each as it is."""
        self.settings.matched = matched
        self.louder.emit()

    def set_rate(self, rate: float) -> None:
        """Play this fast."""
        self.rate = rate
        self.faster.emit()


def _keep(kept: OrderedDict[int, T], key: int, value: T) -> None:
    """Keep the newest."""
    kept.pop(key, None)
    kept[key] = value
    while len(kept) > REMEMBERED:
        kept.popitem(last=False)
