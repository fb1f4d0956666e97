"""What happens to one file after it is known: extract, embed, store. Plain functions."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from assetman.core.changes import Changes
from assetman.core.errors import WrongUse
from assetman.core.inputs import InputSpec
from assetman.ingest.reading import Frames, Reading, Target
from assetman.library.library import Library
from assetman.media.handler import Decoder, Extraction
from assetman.media.thumbnails import ThumbnailCache

__all__ = ["ImageEncoder", "Stored", "Target", "embed", "extract", "store"]


class ImageEncoder(Protocol):
    """Turns pixels into unit vectors of a model's space; `embedding.pool.EncoderPool` is one."""

    def input_spec(self, name: str) -> InputSpec | None: ...

    def images(self, name: str, pixels: np.ndarray) -> np.ndarray: ...


@dataclass(frozen=True, slots=True)
class Stored:
    """What was written: changes, and per space the rows its index has to take in."""

    changes: Changes
    vectors: dict[int, tuple[np.ndarray, np.ndarray]]  # space id: ids (n,) int64, (n, d) float32
    sequence: int


def extract(decoder: Decoder, thumbnails: ThumbnailCache, reading: Reading) -> Future[Extraction]:
    """Decode a file, or the next stretch of it, once for every space that lacks it.

    The thumbnail is made with the first stretch if there is none, the sheets of a film always:
    they must be of the frames that its segments are of.
    """
    key, stretch = reading.item.key, reading.stretch
    specs = tuple({target.spec for target in reading.targets})
    made = stretch.number > 0 or thumbnails.has(key)
    if reading.is_film:
        stretch = replace(stretch, sheet=thumbnails.sheet_path(key, stretch.number))
    thumbnail = None if made else thumbnails.path_of(key)
    return decoder.extract(reading.item.path, specs, thumbnail, stretch)


def embed(encoder: ImageEncoder, batch: Sequence[Frames]) -> None:
    """Embed a batch, space by space, and hand each file its vectors."""
    targets = {target.space_id: target for frames in batch for target in frames.reading.targets}
    for space_id, target in targets.items():
        wanted = [frames for frames in batch if target in frames.reading.targets]
        pixels = np.concatenate([frames.inputs[target.spec] for frames in wanted])
        rows = encoder.images(target.model, pixels)
        ends = np.cumsum([frames.count for frames in wanted])[:-1]
        for frames, part in zip(wanted, np.split(rows, ends), strict=True):
            frames.reading.vectors.setdefault(space_id, []).append(part)
    for frames in batch:
        frames.reading.waiting -= frames.count


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
            if reading.is_film:
                changes |= library.passages.replace(content, reading.passages)
            for space, parts in reading.vectors.items():
                ids, matrices = rows.setdefault(space, ([], []))
                ids.extend(segments)
                matrices.extend(parts)
        published = {
            space: (np.asarray(ids, np.int64), np.concatenate(parts))
            for space, (ids, parts) in rows.items()
        }
        for space, (segment_ids, matrix) in published.items():
            changes |= library.embeddings.add(space, segment_ids.tolist(), matrix)
        sequence = library.journal.sequence()
    return Stored(changes, published, sequence)
