"""Key frames as shots: what stands in for finding them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assetman.media.keyframes import Film, Frame


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """Some seconds of a film and the frames that stand for them."""

    start: float
    end: float
    frames: tuple[Frame, ...]


class Reading:
    """The shots of one stretch, one after another."""

    def __init__(self, film: Film, start: float, most: int) -> None:
        self.rest: float | None = None
        self.cards: tuple[str, ...] = ()
        self._film, self._start, self._most = film, start, most

    def __iter__(self) -> Iterator[Shot]:
        count = 0
        for group in self._film.groups(self._start, 2.0):
            if group.key.time < self._start - 1e-3:
                continue
            if count == self._most:
                self.rest = group.key.time
                return
            count += 1
            yield Shot(group.key.time, group.end, (group.key,))


def read_shots(film: Film, start: float, most: int, seen: tuple[str, ...] = ()) -> Reading:
    """Give the shots of a stretch."""
    return Reading(film, start, most)
