"""What happens to one file after it is known: extract, embed, store. Plain functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from assetman.core.changes import Changes
from assetman.core.errors import WrongUse
from assetman.core.inputs import InputSpec
from assetman.library.contents import Pending
from assetman.library.library import Library
from assetman.media.handler import Decoder, Extraction
from assetman.media.thumbnails import ThumbnailCache


class ImageEncoder(Protocol):
    """Turns pixels into unit vectors of a model's space; `embedding.pool.EncoderPool` is one."""

    def input_spec(self, name: str) -> InputSpec | None: ...

    def images(self, name: str, pixels: np.ndarray) -> np.ndarray: ...


@dataclass(frozen=True, slots=True)
class Target:
    """A space being filled: its row in the catalogue, its model, the pixels the model takes."""

    space_id: int
    model: str
    spec: InputSpec


@dataclass(frozen=True, slots=True)
class Extracted:
    """One file's work on its way from the decoder to the catalogue."""

    item: Pending
    extraction: Extraction


@dataclass(frozen=True, slots=True)
class Stored:
    """What was written: changes, and per space the rows its index has to take in."""

    changes: Changes
    vectors: dict[int, tuple[np.ndarray, np.ndarray]]  # space id: ids (n,) int64, (n, d) float32
    sequence: int


def extract(
    decoder: Decoder, thumbnails: ThumbnailCache, item: Pending, targets: Sequence[Target]
) -> Future[Extraction]:
    """Decode one file once for every space that lacks it, and its thumbnail if there is none."""
    specs = tuple({target.spec for target in targets if target.space_id in item.spaces})
    thumbnail = None if thumbnails.has(item.key) else thumbnails.path_of(item.key)
    return decoder.extract(item.path, specs, thumbnail)


def embed(
    encoder: ImageEncoder, batch: Sequence[Extracted], targets: Sequence[Target]
) -> dict[int, dict[int, np.ndarray]]:
    """Embed a batch, space by space: {space id: {content id: (segments, d) float32}}."""
    vectors: dict[int, dict[int, np.ndarray]] = {}
    for target in targets:
        wanted = [work for work in batch if target.space_id in work.item.spaces]
        wanted = [work for work in wanted if len(work.extraction.pixels.get(target.spec, ()))]
        if not wanted:
            continue
        pixels = np.concatenate([work.extraction.pixels[target.spec] for work in wanted])
        rows = encoder.images(target.model, pixels)
        ends = np.cumsum([len(work.extraction.segments) for work in wanted])[:-1]
        vectors[target.space_id] = {
            work.item.content_id: part
            for work, part in zip(wanted, np.split(rows, ends), strict=True)
        }
    return vectors


def store(
    library: Library,
    batch: Sequence[Extracted],
    vectors: Mapping[int, Mapping[int, np.ndarray]],
) -> Stored:
    """Write a batch in one transaction: what files say of themselves, segments, embeddings."""
    changes = Changes()
    rows: dict[int, tuple[list[int], list[np.ndarray]]] = {}
    with library.writing():
        for work in batch:
            content = work.item.content_id
            try:
                changes |= library.contents.set_probe(content, work.extraction.probe)
            except WrongUse:  # its root was removed meanwhile
                continue
            segments = library.segments.replace(content, work.extraction.segments)
            for space, of_content in vectors.items():
                if content in of_content:
                    ids, parts = rows.setdefault(space, ([], []))
                    ids.extend(segments)
                    parts.append(of_content[content])
        published = {
            space: (np.asarray(ids, np.int64), np.concatenate(parts))
            for space, (ids, parts) in rows.items()
        }
        for space, (segment_ids, matrix) in published.items():
            changes |= library.embeddings.add(space, segment_ids.tolist(), matrix)
        sequence = library.journal.sequence()
    return Stored(changes, published, sequence)
