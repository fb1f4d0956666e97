"""The vector indexes of a library, one for each space, opened when first asked for."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assetman.ingest.stages import Stored
from assetman.library.embeddings import Embeddings, StoredSpace
from assetman.library.library import Library
from assetman.vectors.store import VectorStore


@dataclass(frozen=True, slots=True)
class Source:
    """One space of the catalogue, as its index reads it."""

    embeddings: Embeddings
    space_id: int

    def since(self, sequence: int) -> Iterator[tuple[np.ndarray, np.ndarray, int]]:
        return self.embeddings.since(self.space_id, sequence)

    def ids(self) -> np.ndarray:
        return self.embeddings.ids(self.space_id)

    def last_sequence(self) -> int:
        return self.embeddings.last_sequence(self.space_id)


class Indexes:
    """Keeps the indexes in `folder` up to date with the catalogue."""

    def __init__(self, folder: Path, library: Library) -> None:
        self._folder = folder
        self._library = library
        self._opening = threading.Lock()
        self._stores: dict[int, VectorStore] = {}

    def of(self, space: StoredSpace) -> VectorStore:
        """Give a space's index, opened and brought up to date when first asked for."""
        with self._opening:
            store = self._stores.get(space.id)
            if store is None:
                source = Source(self._library.embeddings, space.id)
                folder, dimension = self._folder / space.space.key, space.space.dimension
                # Files that another library has made are not taken for this one's.
                token = self._library.recall("library") or ""
                store = VectorStore(folder, dimension, source, token)
                store.catch_up()
                self._stores[space.id] = store
            return store

    def publish(self, stored: Stored) -> None:
        """Take in what the catalogue has just stored."""
        for space in self._library.spaces.all():
            if space.id in stored.vectors:
                ids, vectors = stored.vectors[space.id]
                self.of(space).publish(ids, vectors, stored.sequence)

    def catch_up(self) -> None:
        """Follow whatever came into the catalogue or left it, and save what is worth it."""
        with self._opening:
            stores = tuple(self._stores.values())
        for store in stores:
            store.catch_up()
            if not self._library.read_only:
                store.save()

    def close(self) -> None:
        """Let go of the files. Nothing is lost: the catalogue has it all."""
        with self._opening:
            stores, self._stores = tuple(self._stores.values()), {}
        for store in stores:
            store.close()
