"""The vectors that are known already, of spaces with a model and of those without."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from assetman.core.errors import WrongUse
from assetman.core.queries import Aspect, Filters
from assetman.library.embeddings import StoredSpace
from assetman.library.library import Library
from assetman.search.aspects import Likenesses, aspect_of, spaces_for
from assetman.search.kinship import MEMBERS, Read, means
from assetman.search.planner import Part
from assetman.vectors.derived import DerivedVectors


class KnownVectors:
    """Reads the vectors of segments, of whole assets and of collections."""

    def __init__(self, library: Library, likenesses: Likenesses | None) -> None:
        self._library = library
        self.likenesses = likenesses

    def plain(self, parts: Sequence[Part], notes: list[str]) -> dict[StoredSpace, DerivedVectors]:
        """Give the spaces without a model that a question asks for, with their vectors.

        A sentence in `notes` says where some are not known yet.
        """
        found = {}
        for space in spaces_for(parts) if self.likenesses is not None else ():
            assert self.likenesses is not None
            found[space], left = self.likenesses.filled(aspect_of(space))
            if left:
                look = aspect_of(space) is Aspect.LOOK
                what = "colours of {:,} pictures" if look else "shapes of {:,} sounds"
                notes.append(f"The {what.format(left)} are not known yet.")
        return found

    def read(self, space: StoredSpace, segment_ids: np.ndarray) -> Read:
        """Give those of the segments that have a vector in a space, and these, (n, d) float32."""
        if aspect_of(space) is Aspect.MEANING:
            return self._library.embeddings.read(space.id, segment_ids)
        assert self.likenesses is not None  # where such a space comes from
        return self.likenesses.read(aspect_of(space), segment_ids)

    def mean(self, space: StoredSpace, segment_ids: Sequence[int]) -> np.ndarray | None:
        """Give the mean of what is known of segments, (d,) unit length; None of nothing."""
        found, vectors = self.read(space, np.asarray(segment_ids, np.int64))
        return mean_of(vectors) if len(found) else None

    def of_collection(
        self, collection_id: int, spaces: Sequence[StoredSpace]
    ) -> dict[int, np.ndarray]:
        """Give the mean of a collection's members in each of the spaces that has any.

        Raises WrongUse where none has.
        """
        found = {}
        for space in spaces:
            members = self.members(collection_id, partial(self.read, space))
            if len(members):
                found[space.id] = mean_of(members)
        if not found:
            name = self._library.collections.get(collection_id).name
            raise WrongUse(f"There is nothing in “{name}” that could be compared.")
        return found

    def members(self, collection_id: int, read: Callable[[np.ndarray], Read]) -> np.ndarray:
        """Give what `read` has of a collection's members, (m, d): of each the mean, unit length."""
        ids = self._library.assets.ids(Filters(collections=(collection_id,)))
        some = ids[:: max(1, -(-len(ids) // MEMBERS))]
        return means(self._library.segments.of_assets(some), read)


def mean_of(vectors: np.ndarray) -> np.ndarray:
    """Average (n, d) unit vectors to one (d,) unit vector."""
    mean: np.ndarray = vectors.astype(np.float32).mean(axis=0)
    return mean / max(float(np.linalg.norm(mean)), 1e-12)
