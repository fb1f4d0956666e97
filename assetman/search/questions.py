"""Turns the parts of a question into vectors of the spaces that answer."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Protocol

import numpy as np

from assetman.core.assets import Asset, Kind, display
from assetman.core.errors import AssetmanError, BadInput, WrongUse
from assetman.core.inputs import Excerpt, InputSpec, Modality, SoundSpec, Spec, heard
from assetman.core.queries import Aspect, Example
from assetman.library.embeddings import StoredSpace
from assetman.library.library import Library
from assetman.media.handler import Decoder
from assetman.media.registry import handler_for
from assetman.search.aspects import Likenesses, Plain, aspect_asked, aspect_of
from assetman.search.concepts import Concepts
from assetman.search.example_parts import excerpt_of, nearest, of_sense, within
from assetman.search.known_vectors import KnownVectors, mean_of
from assetman.search.planner import Part
from assetman.search.scoring import Question

_REMEMBERED = 64  # vectors of words and of example files
_HELD = {  # what there is to compare in files of a kind
    Kind.IMAGE: {Modality.IMAGE},
    Kind.VIDEO: {Modality.IMAGE, Modality.SOUND},
    Kind.AUDIO: {Modality.SOUND},
    Kind.DOCUMENT: {Modality.IMAGE},
}
_LONG = 30.0  # seconds; what is heard in so many is asked with as it is stored
Vectors = dict[int, np.ndarray]  # (d,) float32, unit length, by space


class Encoders(Protocol):
    """Embeds words, pixels and samples; `embedding.pool.EncoderPool` is one."""

    def input_spec(self, name: str) -> InputSpec | None: ...

    def sound_input(self, name: str) -> SoundSpec | None: ...

    def modalities(self, name: str) -> frozenset[Modality]: ...

    def images(self, name: str, pixels: np.ndarray) -> np.ndarray: ...

    def sounds(self, name: str, samples: np.ndarray) -> np.ndarray: ...

    def texts(self, name: str, texts: Sequence[str]) -> np.ndarray: ...


class Questions:
    """Embeds what was asked; remembers the vectors of words and files asked with lately."""

    def __init__(
        self,
        library: Library,
        encoders: Encoders,
        decoder: Decoder,
        likenesses: Likenesses | None = None,
        concepts: Concepts | None = None,
    ) -> None:
        self._library = library
        self.concepts = concepts or Concepts(encoders)
        self.known = KnownVectors(library, likenesses)
        self._encoders = encoders
        self._decoder = decoder
        self._lock = threading.Lock()
        self._recent: OrderedDict[tuple[object, ...], np.ndarray] = OrderedDict()

    def asked(
        self, parts: Sequence[Part], spaces: Sequence[StoredSpace], notes: list[str]
    ) -> dict[int, Question]:
        """Put a question to those of the spaces that can take it; gives it as each takes it.

        Spaces of one sense that take all that is wanted answer; where none do, those that take
        some of it do. One whose model cannot be used gets a sentence in `notes`. Raises BadInput
        for an example that cannot be read or that no space takes, WrongUse for one that is not
        there and for words that no space takes, and what is wrong with the models if none can be
        used.
        """
        spaces = self._usable(spaces, notes)
        vectors = [self._of_part(part, spaces) for part in parts]
        wanted = [row for part, row in zip(parts, vectors, strict=True) if part.weight > 0]
        wanted = wanted or vectors
        taking = [{each.modality for each in spaces if each.id in row} for row in wanted]
        full = set(Modality).intersection(*taking)
        answering = full or set[Modality]().union(*taking)
        asked = {}
        for space in spaces:
            taken = [
                (part, row[space.id])
                for part, row in zip(parts, vectors, strict=True)
                if space.id in row
            ]
            if not taken or space.modality not in answering:
                continue
            asked[space.id] = Question(
                tuple(part for part, _ in taken),
                np.stack([vector for _, vector in taken]),
                any(self._across(part, space) for part, _ in taken),
            )
        return asked

    def _across(self, part: Part, space: StoredSpace) -> bool:
        """Tell whether a picture asks for sounds, or a sound for pictures."""
        if part.example is None or part.weight < 0:
            return False
        path = part.example.path
        if path is None:
            assets = self._library.assets.get([part.example.asset_id or 0])
            path = assets[0].path if assets else ""
        handler = handler_for(path)
        return handler is not None and space.modality not in _HELD[handler.kind]

    def _usable(self, spaces: Sequence[StoredSpace], notes: list[str]) -> list[StoredSpace]:
        usable = []
        problems: list[AssetmanError] = []
        for space in spaces:
            try:
                self._asked_with(space)
                usable.append(space)
            except AssetmanError as problem:  # no longer installed, for example
                problems.append(problem)
                what = "heard" if space.modality is Modality.SOUND else "seen"
                notes.append(f"What is {what} was not searched: {problem}")
        if problems and not usable:
            raise problems[0]
        return usable

    def _of_part(self, part: Part, spaces: Sequence[StoredSpace]) -> Vectors:
        spaces = [space for space in spaces if aspect_of(space) is aspect_asked(part)]
        if part.example is not None:
            return self._of_example(part.example, spaces)
        taking = [each for each in spaces if Modality.TEXT in self._asked_with(each)]
        if not taking:
            raise WrongUse("No model that is in use here takes words.")
        return {each.id: self._of_words(part.words, each) for each in taking}

    def _of_words(self, words: str, space: StoredSpace) -> np.ndarray:
        # Whoever looks at the moments of what was found asks the same again, file by file.
        key = ("words", words, space.id)
        vector = self._recalled(key)
        if vector is None:
            vector = _row(self._encoders.texts(space.space.model, [words]))
        return self._remember(key, vector)

    def _of_example(self, example: Example, spaces: Sequence[StoredSpace]) -> Vectors:
        if example.collection_id is not None:
            return self.known.of_collection(example.collection_id, spaces)
        excerpt = excerpt_of(example)
        if example.asset_id is None:
            assert example.path is not None  # an example is one or the other
            asset = self._at(example.path)
            if asset is None:
                return self._of_file(example.path, excerpt, spaces)
            return self._of_asset(asset, excerpt, spaces)
        assets = self._library.assets.get([example.asset_id])
        if not assets:
            raise WrongUse("The file asked about is no longer in the library.")
        return self._of_asset(assets[0], excerpt, spaces)

    def _of_asset(self, asset: Asset, excerpt: Excerpt, spaces: Sequence[StoredSpace]) -> Vectors:
        """Embed (part of) an asset, from what is stored of it where that is the part asked for."""
        found = {
            space.id: stored
            for space in spaces
            if (stored := self._stored(asset, excerpt, space)) is not None
        }
        left = [space for space in spaces if space.id not in found]
        if found and asset.kind is Kind.VIDEO and excerpt == Excerpt():
            return found  # what it has nothing of is not looked for again
        try:
            return found | (self._of_file(asset.path, excerpt, left) if left else {})
        except BadInput:
            # Its drive may be away: what was seen or heard about then is better than nothing.
            found |= self._about(asset, excerpt, left)
            if not found:
                raise
            return found

    def _about(self, asset: Asset, excerpt: Excerpt, spaces: Sequence[StoredSpace]) -> Vectors:
        """Give what is stored nearest to a time of an asset; nothing for a rectangle."""
        if excerpt.box or excerpt.start is None:
            return {}
        segments = self._library.segments.of_asset(asset.id)
        means = {
            space.id: self.known.mean(space, nearest(of_sense(segments, space), excerpt.start))
            for space in spaces
        }
        return {space: mean for space, mean in means.items() if mean is not None}

    def _stored(self, asset: Asset, excerpt: Excerpt, space: StoredSpace) -> np.ndarray | None:
        """Give the mean of what is stored of (part of) an asset; None where nothing is."""
        start, end = excerpt.start, excerpt.end
        if excerpt.box or (start is not None and end is None):
            return None
        hears = space.modality is Modality.SOUND
        if hears and start is not None and end is not None and end - start < _LONG:
            return None  # windows are too coarse for it
        key = ("asset", asset.fingerprint, excerpt, space.id)
        mean = self._recalled(key)
        if mean is None:
            segments = of_sense(self._library.segments.of_asset(asset.id), space)
            mean = self.known.mean(space, within(segments, start, end))
            if mean is not None:
                self._remember(key, mean)
        return mean

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

    def _of_file(self, path: str, excerpt: Excerpt, spaces: Sequence[StoredSpace]) -> Vectors:
        """Embed (part of) a file for those of the spaces that can be asked with it."""
        handler = handler_for(path)
        if handler is None:
            raise BadInput(f"{display(path)} is not a kind of file Assetman can read.")
        try:
            found = os.stat(path)
        except OSError as error:
            why = error.strerror or str(error)
            raise BadInput(f"{display(path)} cannot be read: {why}.") from error

        specs = {space.id: self._specs(space, handler.kind, excerpt) for space in spaces}
        taking = [space for space in spaces if specs[space.id]]
        name = display(os.path.basename(path))
        if not taking:
            raise BadInput(f"{name}: no model that is in use here can be asked with such a file.")
        keys = {
            space.id: (path, found.st_mtime_ns, found.st_size, excerpt, space.id)
            for space in taking
        }
        known = {space: self._recalled(key) for space, key in keys.items()}
        left = [space for space in taking if known[space.id] is None]
        decoded = self._decoded(path, excerpt, left, specs) if left else {}
        for space, vector in decoded.items():
            known[space] = self._remember(keys[space], vector)
        vectors = {each: row for each, row in known.items() if row is not None and len(row)}
        if not vectors:
            wanted = [spec for those in specs.values() for spec in those]
            things = "sound" if len(heard(wanted)) == len(wanted) else "picture"
            raise BadInput(f"{name}: there is no {things} in it that could be compared.")
        return vectors

    def _decoded(
        self,
        path: str,
        excerpt: Excerpt,
        spaces: Sequence[StoredSpace],
        specs: Mapping[int, Sequence[Spec]],
    ) -> Vectors:
        """Decode once for several spaces; those that it has nothing for get an empty vector."""
        wanted = tuple(dict.fromkeys(spec for space in spaces for spec in specs[space.id]))
        part = None if excerpt == Excerpt() else excerpt
        try:
            extraction = self._decoder.extract(path, wanted, None, part).result()
        except BadInput as error:
            raise BadInput(f"{display(os.path.basename(path))}: {error}") from error
        vectors = {}
        for space in spaces:
            vectors[space.id] = np.empty(0, np.float32)
            for spec in specs[space.id]:
                rows = extraction.inputs.get(spec)
                if rows is not None and len(rows):
                    vectors[space.id] = mean_of(self._encoded(space, spec, rows))
                    break
        return vectors

    def _encoded(self, space: StoredSpace, spec: Spec, rows: np.ndarray) -> np.ndarray:
        if aspect_of(space) is not Aspect.MEANING:
            return Plain(space).encoded(rows)
        model = space.space.model
        encode = self._encoders.sounds if isinstance(spec, SoundSpec) else self._encoders.images
        return encode(model, rows)

    def _specs(self, space: StoredSpace, kind: Kind, excerpt: Excerpt) -> list[Spec]:
        """Name what of a file a space can be asked with.

        A picture may ask for sounds and a sound for pictures; a video asks with what is seen in
        it for what is seen, and with what is heard in it for what is heard.
        """
        model = space.space.model
        holds = _HELD[kind] - ({Modality.SOUND} if excerpt.box else set())
        held = holds & self._asked_with(space)
        if space.modality in holds or kind is Kind.VIDEO:
            held &= {space.modality}
        specs: list[Spec | None] = []
        if held and aspect_of(space) is not Aspect.MEANING:
            return [Plain(space).spec]
        if Modality.IMAGE in held:
            specs.append(self._encoders.input_spec(model))
        if Modality.SOUND in held:
            specs.append(self._encoders.sound_input(model))
        return [spec for spec in specs if spec is not None]

    def _asked_with(self, space: StoredSpace) -> frozenset[Modality]:
        if aspect_of(space) is not Aspect.MEANING:
            return frozenset({space.modality})
        return self._encoders.modalities(space.space.model)

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


def _row(vectors: np.ndarray) -> np.ndarray:
    first: np.ndarray = vectors[0]
    return first
