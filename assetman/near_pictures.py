"""The pictures that a model takes for the nearest: what hashes and points may not propose."""

from __future__ import annotations

from collections.abc import Callable

from assetman.core.assets import SegmentKind
from assetman.library.embeddings import StoredSpace
from assetman.library.library import Library
from assetman.search.proposing import beyond_chance
from assetman.vectors.store import VectorStore


class NearPictures:
    """Asks the space that answers at present; there may be none, or no vector yet."""

    def __init__(self, library: Library, store_of: Callable[[StoredSpace], VectorStore]) -> None:
        self._library = library
        self._store_of = store_of

    def of(self, content_id: int) -> list[int]:
        """Name the contents, pictures as well, whose vectors are near to that of a picture."""
        space = self._library.spaces.active()
        segments = self._library.segments
        own = [s.id for s in segments.of_content(content_id) if s.kind is SegmentKind.IMAGE]
        if space is None or not own:
            return []
        store = self._store_of(space)
        ids, vectors = store.vectors_of(own[:1])
        if not len(ids):
            return []
        near = segments.get(beyond_chance(store, vectors[0], ids))
        return [each.content_id for each in near.values() if each.kind is SegmentKind.IMAGE]
