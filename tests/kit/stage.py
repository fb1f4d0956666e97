"""A library of made films, sounds and pictures whose vectors are given, not decoded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from assetman.core.assets import Kind, Passage, Probe, SegmentDraft, SegmentKind, SoundFacts
from assetman.core.inputs import Modality
from assetman.indexes import Source
from assetman.library.assets import FileStat
from assetman.library.embeddings import StoredSpace
from assetman.library.library import Library
from assetman.search.questions import Questions
from assetman.search.service import SearchService
from assetman.vectors.store import VectorStore
from kit.bench import InlineDecoder
from kit.tones import SenseEncoder

Part = tuple[float, float, str]  # start and end in seconds, and what is seen or heard


class Stage:
    """One library on which things are put, with search over it."""

    def __init__(self, folder: Path, sounds: str | None = "tones") -> None:
        self.folder = folder
        self.library = Library.open(folder)
        self.encoder = SenseEncoder()
        self.root = self.library.roots.add(str(folder / "Things"))[0].id
        self.seen = self._space("colours", Modality.IMAGE)
        self.heard = self._space(sounds, Modality.SOUND) if sounds else None
        self.stores: dict[int, VectorStore] = {}
        questions = Questions(self.library, self.encoder, InlineDecoder())
        self.search = SearchService(self.library, questions, self.store_of)
        self._count = 0
        self._chance = np.random.default_rng(7)

    def add(
        self,
        name: str,
        kind: Kind,
        shots: Sequence[Part] = (),
        windows: Sequence[Part] = (),
        passages: Sequence[Passage] = (),
        sound: SoundFacts | None = None,
    ) -> int:
        """Add a file; gives its asset."""
        self._count += 1
        number, library = self._count, self.library
        look = SegmentKind.SHOT if kind is Kind.VIDEO else SegmentKind.IMAGE
        drafts = [
            SegmentDraft(look, place, start, end, at=(start + end) / 2)
            if kind is Kind.VIDEO
            else SegmentDraft(look, place)
            for place, (start, end, _) in enumerate(shots)
        ] + [
            SegmentDraft(SegmentKind.WINDOW, place, start, end, at=(start + end) / 2)
            for place, (start, end, _) in enumerate(windows)
        ]
        length = max((end for _, end, _ in (*shots, *windows)), default=0.0)
        with library.writing():
            content, _ = library.contents.add(f"{number:032x}", number, True, kind)
            library.contents.set_probe(content, Probe(kind, 64, 48, duration=length, sound=sound))
            stat = FileStat(number, number, number, 1)
            asset, _ = library.assets.add(self.root, name, stat, content)
            ids = library.segments.replace(content, drafts)
            library.passages.replace(content, passages)
            self._embed(self.seen, ids[: len(shots)], [what for _, _, what in shots])
            self._embed(self.heard, ids[len(shots) :], [what for _, _, what in windows])
        return asset

    def store_of(self, space: StoredSpace) -> VectorStore:
        if space.id not in self.stores:
            folder = self.folder / "vectors" / space.space.key
            source = Source(self.library.embeddings, space.id)
            self.stores[space.id] = VectorStore(folder, space.space.dimension, source)
        self.stores[space.id].catch_up()
        return self.stores[space.id]

    def close(self) -> None:
        for store in self.stores.values():
            store.close()
        self.library.close()

    def _space(self, model: str, modality: Modality) -> StoredSpace:
        space, _ = self.library.spaces.ensure(self.encoder.space(model), modality)
        self.library.spaces.choose(space.id)
        return self.library.spaces.get(space.id)

    def _embed(self, space: StoredSpace | None, ids: Sequence[int], words: Sequence[str]) -> None:
        """Give each segment the vector of its words, a little off."""
        if ids and space:
            rows = self.encoder.texts(space.space.model, words)
            rows = rows + self._chance.normal(scale=0.05, size=rows.shape)
            rows /= np.linalg.norm(rows, axis=1, keepdims=True)
            self.library.embeddings.add(space.id, ids, rows.astype(np.float32))
