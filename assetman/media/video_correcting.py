"""How long a video really is, once as much of it has been read as is needed to tell."""

from __future__ import annotations

from dataclasses import replace

from av.stream import Discard

from assetman.core.assets import Probe
from assetman.core.moments import clock
from assetman.media.handler import Stretch
from assetman.media.video_film import OpenFilm

_MEASURED = 1 << 30  # bytes read to find how long a film is
_ROUGHLY = 1.0  # seconds by which a file may be wrong about its length and nobody minds


def corrected(film: OpenFilm, probe: Probe, stretch: Stretch, rest: float | None) -> Probe:
    """Correct what a file says of its length by what a stretch has found."""
    if rest is not None or film.reached is None:
        if film.duration <= 0 and stretch.number == 0:
            return replace(probe, duration=_measured(film) or None)
        return probe
    said, found = film.duration, film.reached
    near = max(_ROUGHLY, 0.02 * found)
    if abs(said - found) <= near:
        return probe
    found = max(found, _end_of_sound(film, found))
    if said > found + near:
        stated = f"{clock(found)} of the {clock(said)} that the file claims"
        probe.facts["read until"] = stated
    return replace(probe, duration=found)


def _measured(film: OpenFilm) -> float:
    """Find how long a film is by reading on; beyond a gigabyte it is reckoned from that."""
    latest = 0.0
    with film.another_walk() as walk:
        walk.stream.discard = Discard.nonkey
        for packet in walk.packets():
            latest = max(latest, (film.time_of(packet) or 0.0) + film.step)
            if walk.consumed > _MEASURED:
                return latest * film.size / walk.consumed
    return latest


def _end_of_sound(film: OpenFilm, after: float) -> float:
    """Find how long sound goes on after the pictures have ended."""
    latest = after
    with film.another_walk() as walk:
        walk.take({stream.index for stream in film.container.streams.audio})
        walk.seek(after, film.zero)
        for packet in walk.packets():
            latest = max(latest, film.time_of(packet) or 0.0)
            if walk.consumed > _MEASURED:
                break
    return latest
