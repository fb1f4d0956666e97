from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assetman.indexes import Source
from assetman.library.embeddings import StoredSpace
from assetman.search.questions import Questions
from assetman.search.service import SearchService
from assetman.vectors.store import VectorStore
from kit.bench import Bench, InlineDecoder


class Searched(Bench):
    """A bench with search over it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.stores: dict[int, VectorStore] = {}
        questions = Questions(self.library, self.encoder, InlineDecoder())
        self.search = SearchService(self.library, questions, self.store_of)

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
        super().close()


@pytest.fixture
def searched(tmp_path: Path) -> Iterator[Searched]:
    made = Searched(tmp_path / "library")
    yield made
    made.close()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searched]:
    """One for all tests of a module, which leave it as they found it."""
    made = Searched(tmp_path_factory.mktemp("shared") / "library")
    yield made
    made.close()


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "Photos"
    folder.mkdir()
    return folder
