"""Turns the parts of a question into vectors of the space that answers."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol

import numpy as np

from assetman.core.assets import Asset, display
from assetman.core.errors import BadInput, WrongUse
from assetman.core.inputs import Excerpt, InputSpec
from assetman.core.queries import Example
from assetman.library.embeddings import StoredSpace
from assetman.library.library import Library
from assetman.library.segments import Segment
from assetman.media.handler import Decoder
from assetman.media.registry import handler_for
from assetman.search.planner import Part

_REMEMBERED = 64  # vectors of words and of example files


class Encoders(Protocol):
    """Embeds words and pixels; `embedding.pool.EncoderPool` is one."""

    def input_spec(self, name: str) -> InputSpec | None: ...

    def images(self, name: str, pixels: np.ndarray) -> np.ndarray: ...

    def texts(self, name: str, texts: Sequence[str]) -> np.ndarray: ...


class Questions:
    """Embeds what was asked; remembers the vectors of words and files asked with lately."""

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
            return self._of_words(part.words, space)
        excerpt = _excerpt(part.example)
        if part.example.asset_id is None:
            assert part.example.path is not None  # an example is one or the other
            asset = self._at(part.example.path)
            if asset is None:
                return self._of_file(part.example.path, excerpt, space)
            return self._of_asset(asset, excerpt, space)
        assets = self._library.assets.get([part.example.asset_id])
        if not assets:
            raise WrongUse("The file asked about is no longer in the library.")
        return self._of_asset(assets[0], excerpt, space)

    def _of_words(self, words: str, space: StoredSpace) -> np.ndarray:
        # Whoever looks at the moments of what was found asks the same again, file by file.
        key = ("words", words, space.id)
        vector = self._recalled(key)
        if vector is None:
            vector = _row(self._encoders.texts(space.space.model, [words]))
        return self._remember(key, vector)

    def _of_asset(self, asset: Asset, excerpt: Excerpt, space: StoredSpace) -> np.ndarray:
        """Embed (part of) an asset, from what is stored of it where that is the part asked for."""
        stored = self._stored(asset, excerpt, space)
        if stored is not None:
            return stored
        try:
            return self._of_file(asset.path, excerpt, space)
        except BadInput:
            # Its drive may be away: what was seen about then is better than nothing.
            segments = [] if excerpt.box else self._library.segments.of_asset(asset.id)
            stored = self._mean_of(nearest(segments, excerpt.start), space)
            if stored is None:
                raise
            return stored

    def _stored(self, asset: Asset, excerpt: Excerpt, space: StoredSpace) -> np.ndarray | None:
        """Give the mean of what is stored of (part of) an asset; None where nothing is."""
        if excerpt.box or (excerpt.start is not None and excerpt.end is None):
            return None
        key = ("asset", asset.fingerprint, excerpt, space.id)
        mean = self._recalled(key)
        if mean is None:
            segments = self._library.segments.of_asset(asset.id)
            mean = self._mean_of(within(segments, excerpt.start, excerpt.end), space)
            if mean is not None:
                self._remember(key, mean)
        return mean

    def _mean_of(self, segment_ids: Sequence[int], space: StoredSpace) -> np.ndarray | None:
        found, vectors = self._library.embeddings.read(space.id, segment_ids)
        return _mean(vectors) if len(found) else None

    def _at(self, path: str) -> Asset | None:
        """Find the asset that a file is, if the library knows it as it is now."""
        real = os.path.realpath(path)
        asset_id = self._library.assets.at_path(real)
        with suppress(OSError):
            for asset in self._library.assets.get([asset_id] if asset_id else []):
                found = os.stat(real)
                if (found.st_size, found.st_mtime_ns / 1e9) == (asset.size, asset.modified):
                    return asset
        return None

    def _of_file(self, path: str, excerpt: Excerpt, space: StoredSpace) -> np.ndarray:
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
        vector = self._recalled(key)
        if vector is None:
            pixels = self._pixels(path, excerpt, spec)
            vector = _mean(self._encoders.images(space.space.model, pixels))
        return self._remember(key, vector)

    def _pixels(self, path: str, excerpt: Excerpt, spec: InputSpec) -> np.ndarray:
        """Decode (part of) a file: (n, size, size, 3) uint8, n at least 1."""
        part = None if excerpt == Excerpt() else excerpt
        try:
            pixels = self._decoder.extract(path, (spec,), None, part).result().inputs[spec]
            if not len(pixels):
                raise BadInput("there is no picture in it that could be compared.")
        except BadInput as error:
            raise BadInput(f"{display(os.path.basename(path))}: {error}") from error
        return pixels

    def _recalled(self, key: tuple[object, ...]) -> np.ndarray | None:
        with self._lock:
            vector = self._recent.get(key)
            if vector is not None:
                self._recent.move_to_end(key)
        return vector

    def _remember(self, key: tuple[object, ...], vector: np.ndarray) -> np.ndarray:
        with self._lock:
            self._recent[key] = vector
            if len(self._recent) > _REMEMBERED:
                self._recent.popitem(last=False)
        return vector


def _excerpt(example: Example) -> Excerpt:
    """Give the part of a file that an example is; a range begins where it begins."""
    start, end = example.start, example.end
    if end is not None:
        start, end = sorted((start or 0.0, end))
    return Excerpt(example.box, start, end)


def within(segments: Sequence[Segment], start: float | None, end: float | None) -> list[int]:
    """Give the segments whose frames are shown in some seconds; all where none are named.

    What is shown at the end is not among them: there the next shot begins.
    """
    if start is None or end is None:
        return [each.id for each in segments]
    return [each.id for each in segments if each.at is not None and start <= each.at < end]


def nearest(segments: Sequence[Segment], time: float | None) -> list[int]:
    """Give the frame that tells most of a time: of the shot shown then, else the nearest one.

    None where no time is asked about, or there is no frame.
    """
    frames = [(each.id, each.start or 0.0, each.end or 0.0, each.at) for each in segments]
    ranked = [
        (not start <= time < end, abs(at - time), segment_id)
        for segment_id, start, end, at in frames
        if at is not None and time is not None
    ]
    return [min(ranked)[2]] if ranked else []


def _row(vectors: np.ndarray) -> np.ndarray:
    first: np.ndarray = vectors[0]
    return first


def _mean(vectors: np.ndarray) -> np.ndarray:
    """Average (n, d) unit vectors to one (d,) unit vector."""
    mean: np.ndarray = vectors.astype(np.float32).mean(axis=0)
    return mean / max(float(np.linalg.norm(mean)), 1e-12)
