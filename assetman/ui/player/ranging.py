"""What is marked in a video and what is played over and over."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from assetman.ui.player.marks import Marks, mark_in, mark_out
from assetman.ui.player.playback import Playback
from assetman.ui.player.reel_source import ReelSource


class Ranging(QObject):
    """Holds the marks, and keeps the playback in its loop."""

    changed = Signal()

    def __init__(self, playback: Playback, source: ReelSource, parent: QObject) -> None:
        super().__init__(parent)
        self._playback = playback
        self._source = source
        self.marks: Marks | None = None
        self.looping = False

    def shot(self, at: float) -> tuple[float, float]:
        """Give the shot of a time; the whole video where none is known."""
        return self._source.reel.shot_at(at) or (0.0, max(self._source.reel.duration, at))

    def range_at(self, at: float) -> tuple[float, float]:
        """Give what is marked, else the shot of a time."""
        return (self.marks.start, self.marks.end) if self.marks is not None else self.shot(at)

    def mark_in(self, at: float) -> None:
        """Mark that it begins here."""
        self.set_marks(mark_in(self.marks, at, self.shot(at)[1]), at)

    def mark_out(self, at: float) -> None:
        """Mark that it ends here."""
        self.set_marks(mark_out(self.marks, at, self.shot(max(at - 0.02, 0.0))[0]), at)

    def set_marks(self, marks: Marks | None, at: float) -> None:
        """Mark these seconds, or none."""
        if marks is not None and self._source.reel.duration:
            marks = Marks(max(marks.start, 0.0), min(marks.end, self._source.reel.duration))
        self.marks = marks
        self.renew(at)

    def set_looping(self, looping: bool, at: float) -> None:
        """Play what is marked, or the shot of a time, over and over, or go on."""
        self.looping = looping
        self.renew(at)

    def renew(self, at: float) -> None:
        """Loop what a person who went to a time means."""
        self._playback.loop = self.range_at(at) if self.looping else None
        self.changed.emit()

    def forget(self) -> None:
        """Begin with another video."""
        self.marks, self.looping = None, False
        self.renew(0.0)
