"""What one stretch of a sound tells the next, written as one word."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from assetman.media.container_reading import Place
from assetman.media.sound_levels import Levels
from assetman.media.sound_walk import Mark

_HEAD = "heard "


@dataclass(slots=True)
class SoundState:
    """What is known of a sound when a stretch begins."""

    zero: float | None = None  # seconds; where the sound begins, as its stream counts
    mark: Mark | None = None  # where the file is best opened
    peaks: float | None = None  # pairs a second of the outline
    pictures: float | None = None  # seconds of a film, up to which its pictures are read already
    levels: Levels = field(default_factory=Levels)

    @property
    def word(self) -> str:
        """All of it, for `state_in`."""
        mark = self.mark
        said: dict[str, Any] = {
            "zero": self.zero,
            "mark": None if mark is None else [mark.place.head, mark.place.at, mark.sample],
            "peaks": self.peaks,
            "pictures": self.pictures,
            "peak": self.levels.peak,
            "counts": list(self.levels.counts.items()),
        }
        return _HEAD + json.dumps(said, separators=(",", ":"))


def state_in(words: Iterable[str]) -> SoundState:
    """Find what the stretch before said of the sound; without any it is the first."""
    for word in words:
        if word.startswith(_HEAD):
            said = json.loads(word[len(_HEAD) :])
            mark = said["mark"]
            return SoundState(
                said["zero"],
                None if mark is None else Mark(Place(mark[0], mark[1]), mark[2]),
                said["peaks"],
                said["pictures"],
                Levels(dict(said["counts"]), said["peak"]),
            )
    return SoundState()


def without_state(words: Iterable[str]) -> tuple[str, ...]:
    """Give the other words."""
    return tuple(word for word in words if not word.startswith(_HEAD))
