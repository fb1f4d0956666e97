"""What is heard in a film: the windows of its soundtrack, beside the shots of the same stretch."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assetman.core.assets import SegmentDraft, SoundFacts
from assetman.core.errors import BadInput
from assetman.core.inputs import Excerpt, Spec, heard
from assetman.media.handler import Stretch
from assetman.media.sound_opening import choose_sound, damage_told
from assetman.media.sound_reading import OpenSound
from assetman.media.sound_state import SoundState
from assetman.media.sound_windows import Heard, asked, hear
from assetman.media.video_film import OpenFilm

_SLACK = 60.0  # seconds by which sound may be longer than a film says that it is


@dataclass(slots=True)
class Soundtrack:
    """What a stretch of a film gave to hear."""

    drafts: list[SegmentDraft] = field(default_factory=list)
    inputs: dict[Spec, NDArray[Any]] = field(default_factory=dict)
    facts: SoundFacts | None = None
    rest: float | None = None  # seconds; where the next stretch begins, None: all is heard
    end: float | None = None  # seconds; where the sound is over, once it is
    levels: bytes = b""  # as a timeline keeps what is heard


def hear_stretch(
    film: OpenFilm, specs: Sequence[Spec], stretch: Stretch, state: SoundState, rest: float | None
) -> Soundtrack:
    """Hear what begins in a stretch whose pictures reach up to `rest` (seconds; None: the end).

    `state` is brought up to date. The track's own `rest` comes earlier where there is more to be
    heard than is heard at once, and later where sound goes on behind the last picture.
    """
    until = math.inf if rest is None else rest
    track = Soundtrack(rest=rest)
    try:
        with _opened(film, state) as sound:
            found = hear(sound, stretch.start, until, specs, stretch.window)
            last = found.over and rest is None
            found.add_to(state.levels, stretch.start, last)
            state.mark = sound.mark()
            if found.over:
                track.end = found.end
            else:
                track.rest = found.end
            track.drafts, track.inputs = found.drafts, dict(found.inputs)
            track.levels = found.levels
            loudness = state.levels.loudness if last else None
            peak = state.levels.peak_level if last else None
            track.facts = SoundFacts(sound.rate, sound.channels, loudness, peak)
    except BadInput:  # there is none, or none that can be read: the pictures are there all the same
        track.inputs = _nothing(specs)
    return track


def hear_excerpt(film: OpenFilm, specs: Sequence[Spec], part: Excerpt) -> Soundtrack:
    """Hear what a question names of a film."""
    try:
        with _opened(film, SoundState()) as sound:
            found: Heard = asked(sound, part, specs)
            return Soundtrack(found.drafts, dict(found.inputs))
    except BadInput:
        return Soundtrack(inputs=_nothing(specs))


@contextmanager
def _opened(film: OpenFilm, state: SoundState) -> Iterator[OpenSound]:
    mark = state.mark
    with film.reopened(mark.place if mark else None) as (container, reader):
        sound = OpenSound(container, reader, choose_sound(container), film.zero, mark)
        if film.duration > 0:
            sound.believed = film.duration + _SLACK
        with damage_told():
            yield sound


def _nothing(specs: Sequence[Spec]) -> dict[Spec, NDArray[Any]]:
    return {spec: np.empty((0, spec.length), np.float32) for spec in heard(specs)}
