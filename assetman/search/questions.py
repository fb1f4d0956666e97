"""Turns the parts of a question into vectors of the space that answers."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from assetman.core.assets import display
from assetman.core.errors import BadInput, WrongUse
from assetman.core.inputs import Excerpt, InputSpec
from assetman.core.queries import Example
from assetman.library.embeddings import StoredSpace
from assetman.library.library import Library
from assetman.media.handler import Decoder
from assetman.media.registry import handler_for
from assetman.search.planner import Part

_REMEMBERED = 64  # vectors of example files


class Encoders(Protocol):
    """Embeds words and pixels; `embedding.pool.EncoderPool` is one."""

    def input_spec(self, name: str) -> InputSpec | None: ...

    def images(self, name: str, pixels: np.ndarray) -> np.ndarray: ...

    def texts(self, name: str, texts: Sequence[str]) -> np.ndarray: ...


class Questions:
    """Embeds what was asked; remembers the vectors of files asked with lately."""

    def __init__(self, library: Library, encoders: Encoders, decoder: Decoder) -> None:
        self._library = library
        self._encoders = encoders
        self._decoder = decoder
        self._lock = threading.Lock()
        self._recent: OrderedDict[tuple[object, ...], np.ndarray] = OrderedDict()

    def vectors(self, parts: Sequence[Part], space: StoredSpace) -> np.ndarray:
        """Embed each part: (parts, d) float32, unit length.

        Raises BadInput for an example that cannot be read, WrongUse for one that is not there.
        """
        return np.stack([self._vector(part, space) for part in parts])

    def _vector(self, part: Part, space: StoredSpace) -> np.ndarray:
        if part.example is None:
            return _row(self._encoders.texts(space.space.model, [part.words]))
        if part.example.asset_id is not None:
            return self._of_asset(part.example, part.example.asset_id, space)
        assert part.example.path is not None  # an example is one or the other
        return self._of_file(part.example.path, _excerpt(part.example), space)

    def _of_asset(self, example: Example, asset_id: int, space: StoredSpace) -> np.ndarray:
        assets = self._library.assets.get([asset_id])
        if not assets:
            raise WrongUse("The file asked about is no longer in the library.")
        if _excerpt(example) is None:
            segments = [segment.id for segment in self._library.segments.of_asset(asset_id)]
            found, stored = self._library.embeddings.read(space.id, segments)
            if len(found):
                return _mean(stored)
        return self._of_file(assets[0].path, _excerpt(example), space)

    def _of_file(self, path: str, excerpt: Excerpt | None, space: StoredSpace) -> np.ndarray:
        spec = self._encoders.input_spec(space.space.model)
        if spec is None:
            raise WrongUse(f"The model “{space.space.model}” does not take pictures.")
        if handler_for(path) is None:
            raise BadInput(f"{display(path)} is not a kind of file Assetman can read.")
        try:
            found = os.stat(path)
        except OSError as error:
            why = error.strerror or str(error)
            raise BadInput(f"{display(path)} cannot be read: {why}.") from error
        key = (path, found.st_mtime_ns, found.st_size, excerpt, space.id)
        with self._lock:
            if key in self._recent:
                self._recent.move_to_end(key)
                return self._recent[key]
        try:
            extraction = self._decoder.extract(path, (spec,), None, excerpt).result()
        except BadInput as error:
            raise BadInput(f"{display(os.path.basename(path))}: {error}") from error
        vector = _mean(self._encoders.images(space.space.model, extraction.pixels[spec]))
        with self._lock:
            self._recent[key] = vector
            if len(self._recent) > _REMEMBERED:
                self._recent.popitem(last=False)
        return vector


def _excerpt(example: Example) -> Excerpt | None:
    excerpt = Excerpt(example.box, example.start, example.end)
    return None if excerpt == Excerpt() else excerpt


def _row(vectors: np.ndarray) -> np.ndarray:
    first: np.ndarray = vectors[0]
    return first


def _mean(vectors: np.ndarray) -> np.ndarray:
    """Average (n, d) unit vectors to one (d,) unit vector."""
    mean: np.ndarray = vectors.astype(np.float32).mean(axis=0)
    return mean / max(float(np.linalg.norm(mean)), 1e-12)
