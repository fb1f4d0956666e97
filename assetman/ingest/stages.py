"""What happens to one file after it is known: extract, embed, store. Plain functions."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from assetman.core.assets import Kind
from assetman.core.changes import Changes
from assetman.core.errors import WrongUse
from assetman.core.inputs import InputSpec, SoundSpec
from assetman.core.sounds import peak_rate
from assetman.ingest.reading import Portion, Reading, Target
from assetman.library.contents import Derived
from assetman.library.library import Library
from assetman.media.handler import Decoder, Extraction
from assetman.media.thumbnails import ThumbnailCache

__all__ = ["SegmentEncoder", "Stored", "Target", "embed", "extract", "store", "take"]


class SegmentEncoder(Protocol):
    """Turns what is seen and heard into unit vectors; `embedding.pool.EncoderPool` is one."""

    def input_spec(self, name: str) -> InputSpec | None: ...

    def sound_input(self, name: str) -> SoundSpec | None: ...

    def images(self, name: str, pixels: np.ndarray) -> np.ndarray: ...

    def sounds(self, name: str, samples: np.ndarray) -> np.ndarray: ...


@dataclass(frozen=True, slots=True)
class Stored:
    """What was written: changes, and per space the rows its index has to take in."""

    changes: Changes
    vectors: dict[int, tuple[np.ndarray, np.ndarray]]  # space id: ids (n,) int64, (n, d) float32
    sequence: int


def extract(decoder: Decoder, thumbnails: ThumbnailCache, reading: Reading) -> Future[Extraction]:
    """Decode a file, or the next stretch of it, once for every space that lacks it.

    The thumbnail is made with the first stretch if there is none, the sheets of a film and the
    outline of a sound always: they must be of the segments that are stored.
    """
    key, stretch = reading.item.key, reading.stretch
    specs = tuple({target.spec for target in reading.targets})
    made = stretch.number > 0 or thumbnails.has(key)
    if reading.in_stretches:  # which of them is written depends on what it turns out to be
        outline = thumbnails.outline_path(key, stretch.number)
        stretch = replace(
            stretch, sheet=thumbnails.sheet_path(key, reading.sheets), outline=outline
        )
    thumbnail = None if made else thumbnails.path_of(key)
    return decoder.extract(reading.item.path, specs, thumbnail, stretch)


def take(thumbnails: ThumbnailCache, reading: Reading, extraction: Extraction) -> list[Portion]:
    """Keep what a stretch gave, and what was written; give what is to be embedded."""
    key, number = reading.item.key, reading.stretch.number
    portions = reading.take(extraction)
    extraction.inputs = {}  # whoever still knows the extraction holds no samples
    if extraction.probe.kind is Kind.AUDIO:
        known = reading.derived
        rate = known.outline_rate if number else peak_rate(extraction.probe.duration)
        drawn = known.outlines == number and thumbnails.whole_outline(key, number)
        reading.derived = Derived(known.outlines + drawn, rate, thumbnails.has(key))
    return portions


def embed(encoder: SegmentEncoder, batch: Sequence[Portion]) -> None:
    """Embed a batch, space by space, and hand each file its vectors."""
    targets = {target.space_id: target for portion in batch for target in portion.reading.targets}
    for space_id, target in targets.items():
        wanted = [
            portion
            for portion in batch
            if target in portion.reading.targets and target.spec in portion.inputs
        ]
        if not wanted:
            continue
        inputs = np.concatenate([portion.inputs[target.spec] for portion in wanted])
        heard = isinstance(target.spec, SoundSpec)
        rows = (encoder.sounds if heard else encoder.images)(target.model, inputs)
        ends = np.cumsum([portion.count for portion in wanted])[:-1]
        for portion, part in zip(wanted, np.split(rows, ends), strict=True):
            portion.reading.vectors.setdefault(space_id, []).append(part)
    for portion in batch:
        portion.reading.waiting -= portion.count


def store(library: Library, batch: Sequence[Reading]) -> Stored:
    """Write a batch in one transaction: what files say of themselves, segments, embeddings."""
    changes = Changes()
    rows: dict[int, tuple[list[int], list[np.ndarray]]] = {}
    with library.writing():
        for reading in batch:
            content = reading.item.content_id
            assert reading.probe is not None
            try:
                changes |= library.contents.set_probe(content, reading.probe)
            except WrongUse:  # its root was removed meanwhile
                continue
            segments = library.segments.replace(content, reading.segments)
            changes |= library.passages.replace(content, reading.passages)
            if reading.colors is not None:
                library.colors.set([(content, reading.colors)])
            if reading.in_stretches:
                library.contents.set_derived(content, reading.derived)
                library.timelines.set(content, reading.timeline)
            for space, (given, parts) in reading.embedded(segments).items():
                ids, matrices = rows.setdefault(space, ([], []))
                ids.extend(given)
                matrices.extend(parts)
        published = {
            space: (np.asarray(ids, np.int64), np.concatenate(parts))
            for space, (ids, parts) in rows.items()
        }
        for space, (segment_ids, matrix) in published.items():
            changes |= library.embeddings.add(space, segment_ids.tolist(), matrix)
        sequence = library.journal.sequence()
    return Stored(changes, published, sequence)
