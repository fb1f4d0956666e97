"""Moving the pointer across a video shows its frames in time order."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from assetman.core.moments import Moment, Picture
from assetman.ui.grid.frames import FilmStore, frame_at
from assetman.ui.theme import reduced_motion

DWELL_MS = 140  # how long the pointer rests on a card before its frames are asked for
AHEAD = 6  # frames at each side of the pointer that are decoded before they are reached


@dataclass(frozen=True, slots=True)
class Skim:
    """The frame that the pointer shows, and how far into the video it is (0..1)."""

    moment: Moment
    share: float


class Skimming(QObject):
    """Follows the pointer over one video at a time; what it left is not waited for."""

    changed = Signal(int)  # asset id: another of its frames is to be shown

    def __init__(self, films: FilmStore, parent: QObject) -> None:
        super().__init__(parent)
        self.on = True  # the person may not want it
        self._films = films
        self._asset: int | None = None
        self._share = 0.0
        self._rested = False
        self._dwell = QTimer(self)
        self._dwell.setSingleShot(True)
        self._dwell.setInterval(DWELL_MS)
        self._dwell.timeout.connect(self._begin)
        films.arrived.connect(self._arrived)

    @property
    def asset(self) -> int | None:
        """The video whose frames are shown under the pointer."""
        return self._asset if self._rested else None

    def move(self, asset_id: int, share: float) -> None:
        """Follow the pointer to a share (0..1) of a video's width."""
        if not self.on or reduced_motion():
            return
        if asset_id != self._asset:
            self.leave()
            self._asset = asset_id
            self._dwell.start()
        self._share = min(max(share, 0.0), 1.0)
        if self._rested:
            self.changed.emit(asset_id)

    def leave(self) -> None:
        """The pointer is on no video, or no longer there to look into it."""
        left, self._asset = self._asset, None
        rested, self._rested = self._rested, False
        self._dwell.stop()
        if left is not None:
            self._films.cancel(left, None)
            if rested:
                self.changed.emit(left)

    def of(self, asset_id: int) -> Skim | None:
        """Give the frame to show of a video, None if the pointer shows none of it."""
        moments = self._moments() if asset_id == self._asset else []
        return Skim(frame_at(moments, self._share), self._share) if moments else None

    def sources(self) -> list[Picture]:
        """List the pictures that are needed now and soon, the nearest to the pointer first."""
        moments = self._moments()
        if not moments:
            return []
        here = moments.index(frame_at(moments, self._share))
        around = sorted(range(len(moments)), key=lambda number: abs(number - here))
        nearest = [moments[number].picture for number in around[: 2 * AHEAD + 1]]
        return [picture for picture in nearest if picture is not None]

    def _moments(self) -> list[Moment]:
        if not self._rested or self._asset is None:
            return []
        found = self._films.any_of(self._asset) or []
        return found if len(found) > 1 else []  # of a single frame there is nothing to be seen

    def _begin(self) -> None:
        if self._asset is None:
            return
        self._rested = True
        if self._films.any_of(self._asset) is None:
            self._films.want(self._asset, None, lasting=False)
        else:
            self.changed.emit(self._asset)

    def _arrived(self, asset_id: int) -> None:
        if asset_id == self.asset:
            self.changed.emit(asset_id)
