"""Videos: opened by their content, read a stretch at a time, a few frames standing for each shot."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from assetman.core.assets import Kind, Passage, Probe, SegmentDraft, SegmentKind
from assetman.core.inputs import Excerpt, InputSpec, Spec, heard, seen
from assetman.core.sheets import CELL_SIDE, SHEET_CELLS, cell_size
from assetman.core.timelines import Timeline
from assetman.media import colour, formats
from assetman.media.files import opened, write_whole
from assetman.media.fitting import cut_out, fit, needed_share, within
from assetman.media.frame_print import densely, frame_print
from assetman.media.handler import Extraction, Limits, Stretch
from assetman.media.keyframes import Frame
from assetman.media.shots import read_shots
from assetman.media.sound_state import SoundState, state_in, without_state
from assetman.media.sound_track import Soundtrack, hear_excerpt, hear_stretch
from assetman.media.video_correcting import corrected
from assetman.media.video_facts import read_probe
from assetman.media.video_film import OpenFilm, opened_film
from assetman.media.video_passages import read_chapters, read_subtitles
from assetman.media.video_places import place_in, without_place, word_of
from assetman.media.video_sheets import cell_of, look_of, poster_worth, write_poster, write_sheet
from assetman.media.video_words import film_words

_OVERSAMPLING = 2.0  # as of pictures, so that both are resized alike
_QUESTION_FRAMES = 8  # of a range that is asked about, at most
_LONGER = 1.0  # seconds by which sound outlasts the pictures before it makes a film longer
_POSTERS = 12  # frames among which the poster is chosen


class VideoHandler:
    """Reads videos."""

    kind = Kind.VIDEO
    extensions = formats.VIDEOS

    def probe(self, path: str, limits: Limits) -> Probe:
        """Read what the file says of itself; one frame is decoded."""
        with opened(path) as file, opened_film(file, limits) as film:
            return read_probe(film)

    def extract(
        self,
        path: str,
        specs: Sequence[Spec],
        thumbnail: Path | None,
        thumbnail_side: int,
        limits: Limits,
        excerpt: Excerpt | Stretch | None = None,
    ) -> Extraction:
        """Read a stretch of the film, or what is seen and heard in an excerpt."""
        stretch = excerpt if isinstance(excerpt, Stretch) else Stretch()
        part = excerpt if isinstance(excerpt, Excerpt) else Excerpt()
        state = state_in(stretch.seen)
        pictured = state.pictures is None or stretch.start >= state.pictures
        place = place_in(stretch.seen) if pictured else None
        with opened(path) as file, opened_film(file, limits, place) as film:
            film.share = _share(film, specs, part, thumbnail_side)
            if part.start is not None:
                return _asked(film, specs, part)
            if pictured:
                extraction = _pictured(film, specs, part, stretch, (thumbnail, thumbnail_side))
            else:
                extraction = _still(specs, stretch, state)
            if isinstance(excerpt, Excerpt) and not heard(specs):
                return extraction
            track = hear_stretch(film, specs, stretch, state, extraction.rest)
            return _with_sound(film, extraction, track, state)

    def describe(self, path: str, limits: Limits) -> tuple[Passage, ...]:
        """Read what the file says of the whole film in words."""
        with opened(path) as file, opened_film(file, limits) as film:
            return film_words(film)

    def preview(self, path: str, side: int | None, target: Path, limits: Limits) -> tuple[int, int]:
        """Write the poster as JPEG."""
        with opened(path) as file, opened_film(file, limits) as film:
            poster = _Poster()
            film.share = 1.0 if side is None else _share_of(film, side)
            for shot in read_shots(film, 0.0, SHEET_CELLS, ()):
                for frame in shot.frames:
                    poster.offer(frame, None)
                if poster.offered >= _POSTERS:
                    break
            at = 0.0 if poster.frame is None else poster.frame.time
            picture = film.shown_at(at).picture()
        return _save(picture if side is None else within(picture, side), target)

    def frame(self, path: str, at: float, target: Path, limits: Limits) -> tuple[int, int]:
        """Write the whole frame shown at a time, as PNG, or as JPEG by the target's ending."""
        with opened(path) as file, opened_film(file, limits) as film:
            picture = film.shown_at(at).picture()
        if target.suffix.lower() in (".jpg", ".jpeg"):
            return _save(picture, target)
        write_whole(target, lambda file: picture.save(file, "PNG", compress_level=4))
        return picture.size


def _pictured(
    film: OpenFilm,
    specs: Sequence[Spec],
    part: Excerpt,
    stretch: Stretch,
    thumbnail: tuple[Path | None, int],
) -> Extraction:
    """Read the shots of a stretch, and what is written in it."""
    kept = _Kept(film, specs, part)
    poster = _Poster()
    words = without_state(without_place(stretch.seen))
    reading = read_shots(film, stretch.start, SHEET_CELLS, words)
    for shot in reading:
        for frame in shot.frames:
            picture = frame.picture()
            kept.add(frame, picture, shot.start, shot.end, stretch)
            poster.offer(frame, picture)
    if not kept.drafts and stretch.number == 0 and reading.rest is None:
        # nothing but black or blank: still a video, and it has to be found by its name
        frame = film.shown_at(0.0)
        picture = frame.picture()
        kept.add(frame, picture, 0.0, film.reached or film.step, stretch)
        poster.offer(frame, picture)
    target, side = thumbnail
    if target is not None:
        write_poster(poster.best or film.shown_at(0.0).picture(), side, target)
    if stretch.sheet is not None and kept.cells:
        write_sheet(kept.cells, kept.cell, stretch.sheet)
    probe = corrected(film, read_probe(film), stretch, reading.rest)
    extraction = Extraction(probe, tuple(kept.drafts), kept.inputs())
    extraction.passages = tuple(_passages(film, stretch, reading.rest))
    extraction.rest = reading.rest
    looks = reading.looks
    if stretch.dense:
        looks = densely(film, looks, stretch.start, reading.rest)
    extraction.timeline = frame_print(looks)
    extraction.seen = reading.cards
    onward = None if reading.rest is None else film.place_for(reading.rest)
    if onward is not None:
        extraction.seen = (*reading.cards, word_of(onward))
    return extraction


def _still(specs: Sequence[Spec], stretch: Stretch, state: SoundState) -> Extraction:
    """Give a stretch whose pictures were read with an earlier one."""
    extraction = Extraction(Probe(Kind.VIDEO), ())
    for spec in seen(specs):
        extraction.inputs[spec] = np.empty((0, spec.size, spec.size, 3), np.uint8)
    ended = state.pictures is None or state.pictures == math.inf
    extraction.rest = None if ended else state.pictures
    extraction.seen = without_state(stretch.seen)
    return extraction


def _with_sound(
    film: OpenFilm, extraction: Extraction, track: Soundtrack, state: SoundState
) -> Extraction:
    """Put what is heard in a stretch beside what is seen."""
    extraction.probe = replace(extraction.probe, sound=track.facts)
    extraction.segments += tuple(track.drafts)
    extraction.inputs.update(track.inputs)
    extraction.timeline += Timeline(heard=track.levels)
    pictures = math.inf if extraction.rest is None else extraction.rest
    extraction.rest = track.rest
    length = extraction.probe.duration or film.duration
    if track.rest is None and track.end is not None and track.end > length + _LONGER:
        extraction.probe = replace(extraction.probe, duration=track.end)
    if track.rest is not None:
        state.pictures = pictures if track.rest < pictures else None
        extraction.seen = (*extraction.seen, state.word)
    return extraction


class _Kept:
    """What is taken of the frames of a stretch: pixels for encoders, cells, and their drafts."""

    def __init__(self, film: OpenFilm, specs: Sequence[Spec], part: Excerpt) -> None:
        self.drafts: list[SegmentDraft] = []
        self.cells: list[Image.Image] = []
        self.cell = cell_size(film.shape.width, film.shape.height)
        self._part = part
        self._pixels: dict[InputSpec, list[NDArray[np.uint8]]] = {spec: [] for spec in seen(specs)}

    def add(
        self, frame: Frame, picture: Image.Image, start: float, end: float, stretch: Stretch
    ) -> None:
        number = len(self.drafts)
        shown = picture if self._part.box is None else cut_out(picture, self._part.box)
        for spec, taken in self._pixels.items():
            taken.append(fit(colour.flattened(shown, spec.fill), spec))
        in_sheet = stretch.sheet is not None
        if in_sheet:
            self.cells.append(cell_of(picture, self.cell))
        self.drafts.append(
            SegmentDraft(
                SegmentKind.SHOT,
                stretch.ordinal + number,
                min(start, frame.time),
                max(end, frame.time),
                box=self._part.box,
                at=frame.time,
                look=look_of(frame.small),
                sheet=stretch.number if in_sheet else None,
                cell=number if in_sheet else None,
            )
        )

    def inputs(self) -> dict[Spec, NDArray[np.uint8]]:
        return {
            spec: np.stack(taken) if taken else np.empty((0, spec.size, spec.size, 3), np.uint8)
            for spec, taken in self._pixels.items()
        }


@dataclass(slots=True)
class _Poster:
    """Chooses the best among the first frames."""

    best: Image.Image | None = None
    frame: Frame | None = None
    worth: float = float("-inf")
    offered: int = 0

    def offer(self, frame: Frame, picture: Image.Image | None) -> None:
        if self.offered >= _POSTERS:
            return
        worth = poster_worth(frame.small, self.offered)
        self.offered += 1
        if worth > self.worth:
            self.worth, self.best, self.frame = worth, picture, frame


def _asked(film: OpenFilm, specs: Sequence[Spec], part: Excerpt) -> Extraction:
    """Take the frame shown at a time, or some frames spread over a range, and what is heard then."""
    kept = _Kept(film, specs, part)
    for time in _moments(film, part) if seen(specs) or not specs else ():
        frame = film.shown_at(time)
        kept.add(frame, frame.picture(), frame.time, frame.time + film.step, Stretch())
    extraction = Extraction(read_probe(film), tuple(kept.drafts), kept.inputs())
    if heard(specs):
        track = hear_excerpt(film, specs, part)
        extraction.segments += tuple(track.drafts)
        extraction.inputs.update(track.inputs)
    return extraction


def _moments(film: OpenFilm, part: Excerpt) -> Iterable[float]:
    start = max(0.0, part.start or 0.0)
    if part.end is None or part.end <= start:
        return [start]
    seconds = part.end - start
    count = max(1, min(_QUESTION_FRAMES, round(seconds / max(film.step, 0.25))))
    return [start + seconds * (number + 0.5) / count for number in range(count)]


def _share(film: OpenFilm, specs: Sequence[Spec], part: Excerpt, thumbnail_side: int) -> float:
    """Say at what share of its size a frame serves all that is asked for."""
    width, height = film.shape.width, film.shape.height
    shares = [_OVERSAMPLING * needed_share(width, height, spec, part.box) for spec in seen(specs)]
    return min(1.0, max([*shares, _share_of(film, thumbnail_side), _share_of(film, CELL_SIDE)]))


def _share_of(film: OpenFilm, side: int) -> float:
    return min(1.0, side / max(film.shape.width, film.shape.height))


def _passages(film: OpenFilm, stretch: Stretch, rest: float | None) -> Iterator[Passage]:
    if stretch.number == 0:
        yield from film_words(film)
        yield from read_chapters(film)
    yield from read_subtitles(film, stretch.start, rest)


def _save(picture: Image.Image, target: Path) -> tuple[int, int]:
    flat = colour.flattened(picture, colour.LIGHT_GROUND)
    write_whole(target, lambda file: flat.save(file, "JPEG", quality=95, subsampling=0))
    return flat.size
