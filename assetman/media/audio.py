"""Sounds: opened by their content, read a stretch at a time, in windows as encoders take them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image

from assetman.core.assets import Kind, Passage, PassageKind, Probe, SoundFacts
from assetman.core.errors import BadInput
from assetman.core.inputs import Excerpt, Spec, seen
from assetman.core.moments import clock
from assetman.core.sounds import peak_rate
from assetman.core.timelines import Timeline
from assetman.media import colour, formats
from assetman.media.audio_tags import Tags, cover, descriptions, read_tags, write_cover
from assetman.media.files import opened, write_whole
from assetman.media.fitting import within
from assetman.media.handler import Extraction, Limits, Stretch
from assetman.media.sound_facts import form_of
from assetman.media.sound_levels import Levels
from assetman.media.sound_opening import choose_sound, opened_sound
from assetman.media.sound_outline import write_outline
from assetman.media.sound_reading import OpenSound
from assetman.media.sound_state import SoundState, state_in
from assetman.media.sound_windows import Heard, asked, hear

_LONGEST = 48 * 3600.0  # seconds that are read of one file
_ROUGHLY = 1.0  # seconds by which a file may be wrong about its length and nobody minds
_SLACK = 60.0  # seconds by which a file may be wrong about its length, holes and all
NO_COVER = "This sound has no picture"


class AudioHandler:
    """Reads sounds."""

    kind = Kind.AUDIO
    extensions = formats.SOUNDS

    def probe(self, path: str, limits: Limits) -> Probe:
        """Read what the file says of itself; nothing is decoded."""
        with _opened(path, SoundState()) as (file, sound):
            return _probe(sound, _tags(file, sound))

    def extract(
        self,
        path: str,
        specs: Sequence[Spec],
        thumbnail: Path | None,
        thumbnail_side: int,
        limits: Limits,
        excerpt: Excerpt | Stretch | None = None,
    ) -> Extraction:
        """Read a stretch of the sound, or the windows of an excerpt."""
        stretch = excerpt if isinstance(excerpt, Stretch) else Stretch()
        state = state_in(stretch.seen)
        with _opened(path, state) as (file, sound):
            tags = _tags(file, sound)
            if isinstance(excerpt, Excerpt) and excerpt.start is not None:
                return _extraction(_probe(sound, tags), asked(sound, excerpt, specs), specs)
            if thumbnail is not None:
                write_cover(sound.container, thumbnail_side, thumbnail, limits)
            heard = hear(sound, stretch.start, _LONGEST, specs, stretch.window)
            whole = heard.over or heard.end >= _LONGEST
            probe = _probe(sound, tags)
            state.zero = sound.zero
            heard.add_to(state.levels, stretch.start, whole)
            if whole:
                probe = _complete(probe, state.levels, heard.end)
            state.peaks = state.peaks or peak_rate(probe.duration)
            if stretch.outline is not None:
                pairs = heard.outline.pairs(stretch.start, heard.end, state.peaks)
                write_outline(pairs, stretch.outline)
            extraction = _extraction(probe, heard, specs)
            extraction.timeline = Timeline(heard=heard.levels)
            if stretch.number == 0:
                extraction.passages = descriptions(tags, probe.duration)
            if not whole:
                state.mark = sound.mark()
                extraction.rest, extraction.seen = heard.end, (state.word,)
            return extraction

    def describe(self, path: str, limits: Limits) -> tuple[Passage, ...]:
        """Read what is written about the whole sound."""
        with _opened(path, SoundState()) as (file, sound):
            tags = _tags(file, sound)
            passages = descriptions(tags, _probe(sound, tags).duration)
        return tuple(each for each in passages if each.kind is PassageKind.DESCRIPTION)

    def preview(self, path: str, side: int | None, target: Path, limits: Limits) -> tuple[int, int]:
        """Write the cover as JPEG; raises BadInput if there is none."""
        with _opened(path, SoundState()) as (_, sound):
            picture = cover(sound.container, side, limits)
        if picture is None:
            raise BadInput(NO_COVER)
        return _save(picture if side is None else within(picture, side), target)


@contextmanager
def _opened(path: str, state: SoundState) -> Iterator[tuple[BinaryIO, OpenSound]]:
    mark = state.mark
    with (
        opened(path) as file,
        opened_sound(file, path, mark.place if mark else None) as (container, reader),
    ):
        sound = OpenSound(container, reader, choose_sound(container), state.zero, mark)
        if sound.duration:
            sound.believed = sound.duration + _SLACK
        yield file, sound


def _tags(file: BinaryIO, sound: OpenSound) -> Tags:
    return read_tags(sound.container, sound.stream, file)


def _probe(sound: OpenSound, tags: Tags) -> Probe:
    return Probe(
        Kind.AUDIO,
        taken=tags.taken,
        facts={**form_of(sound.container, sound.stream), **tags.facts},
        duration=sound.duration,
        sound=SoundFacts(sound.rate, sound.channels, bpm=tags.bpm, key=tags.key),
    )


def _complete(probe: Probe, levels: Levels, end: float) -> Probe:
    """Say what is known when the sound is over."""
    assert probe.sound is not None
    sound = replace(probe.sound, loudness=levels.loudness, peak=levels.peak_level)
    claimed = probe.duration or end
    facts = dict(probe.facts)
    if claimed > end + max(_ROUGHLY, 0.02 * end):
        facts["read until"] = f"{clock(end)} of the {clock(claimed)} that the file claims"
    return replace(probe, duration=end, sound=sound, facts=facts)


def _extraction(probe: Probe, heard: Heard, specs: Sequence[Spec]) -> Extraction:
    extraction = Extraction(probe, tuple(heard.drafts))
    extraction.inputs.update(heard.inputs)
    for spec in seen(specs):
        extraction.inputs[spec] = np.empty((0, spec.size, spec.size, 3), np.uint8)
    return extraction


def _save(picture: Image.Image, target: Path) -> tuple[int, int]:
    flat = colour.flattened(picture, colour.LIGHT_GROUND)
    write_whole(target, lambda file: flat.save(file, "JPEG", quality=92))
    return flat.size
