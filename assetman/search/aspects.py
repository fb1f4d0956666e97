"""Questions about looks and shapes: spaces without a model, beside those of models.

A space of looks or shapes takes the examples that ask for it and nothing else. Where a question
asks for meaning too, the two are joined: what is asked of both is answered by both at once.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from assetman.core.inputs import Fit, InputSpec, Interpolation, Modality, SoundSpec, Spec
from assetman.core.queries import Aspect
from assetman.core.spaces import Space
from assetman.embedding.look import LOOK_DIMENSION, LOOK_SIDE, LOOK_VERSION, looks
from assetman.embedding.shape import SHAPE_DIMENSION, SHAPE_RATE, SHAPE_VERSION, outline, shape
from assetman.library.embeddings import StoredSpace
from assetman.library.spaces import SpaceRole
from assetman.media.colour import LIGHT_GROUND
from assetman.search.planner import Part
from assetman.search.scoring import SAMPLE, Question
from assetman.vectors.derived import DerivedVectors
from assetman.vectors.index import Neighbours

LOOK = StoredSpace(
    -1, Space("look", "1", LOOK_VERSION, LOOK_DIMENSION), SpaceRole.ACTIVE, Modality.IMAGE
)
SHAPE = StoredSpace(
    -2, Space("shape", "1", SHAPE_VERSION, SHAPE_DIMENSION), SpaceRole.ACTIVE, Modality.SOUND
)
_ASPECTS = {LOOK.id: Aspect.LOOK, SHAPE.id: Aspect.SHAPE}
_JOINED = {Modality.IMAGE: -3, Modality.SOUND: -4}  # ids, as of a space
_HEARD_RATE = 16_000  # samples a second that a sound of the person's is drawn from
_CANDIDATES = 4096  # of each of two spaces that are joined
_LEAST_SPREAD = 1e-3


class Vectors(Protocol):
    """The vectors of a space, or of two that are joined."""

    def __len__(self) -> int: ...

    def search(
        self,
        vectors: np.ndarray,
        count: int,
        allowed: np.ndarray | None = None,
        exact: bool | None = None,
        without: np.ndarray | Sequence[int] = (),
    ) -> Neighbours: ...

    def vectors_of(self, ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]: ...

    def ids(self) -> np.ndarray: ...

    def sample(self, count: int) -> np.ndarray: ...


class Likenesses(Protocol):
    """Knows the looks and shapes; `assetman.likenesses` has them."""

    def of(self, aspect: Aspect) -> DerivedVectors: ...

    def read(self, aspect: Aspect, segment_ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]: ...

    def filled(self, aspect: Aspect) -> tuple[DerivedVectors, int]: ...


def aspect_of(space: StoredSpace) -> Aspect:
    """Tell what a space is about."""
    return _ASPECTS.get(space.id, Aspect.MEANING)


def aspect_asked(part: Part) -> Aspect:
    """Tell what a part of a question is about."""
    return Aspect.MEANING if part.example is None else part.example.by


def spaces_for(parts: Sequence[Part]) -> list[StoredSpace]:
    """List the spaces without a model that a question asks for."""
    asked = {aspect_asked(part) for part in parts}
    return [space for space in (LOOK, SHAPE) if aspect_of(space) in asked]


class Plain:
    """Embeds for a space without a model, as an encoder does for one with."""

    def __init__(self, space: StoredSpace) -> None:
        self._modality = space.modality

    @property
    def spec(self) -> Spec:
        """The form in which it takes a file."""
        if self._modality is Modality.IMAGE:
            return InputSpec(LOOK_SIDE, Fit.SQUASH, Interpolation.BILINEAR, LIGHT_GROUND)
        return SoundSpec(_HEARD_RATE)

    def encoded(self, rows: np.ndarray) -> np.ndarray:
        """Embed pixels or samples: (n, d) float32; what is silent is left out."""
        if self._modality is Modality.IMAGE:
            return looks(rows)
        shapes = [shape(outline(row, _HEARD_RATE), SHAPE_RATE) for row in rows]
        return np.array([row for row in shapes if row is not None], np.float32)


def best_of(ids: np.ndarray, values: np.ndarray, count: int) -> Neighbours:
    """Answer with the best `count` of some ids, by their values."""
    best = np.lexsort((ids, -values))[:count]
    return Neighbours(ids[best][None], values[best][None].astype(np.float32))


@dataclass(frozen=True, slots=True)
class Joined:
    """The vectors of segments in two spaces, one behind the other.

    The second are less what they all have in common: pictures are alike in much that nobody asks
    about, and what is unlike an example would be unlike everything.
    """

    meant: Vectors
    plain: Vectors
    width: int  # of the first
    common: np.ndarray  # (d,) of the second

    def __len__(self) -> int:
        return min(len(self.meant), len(self.plain))

    def search(
        self,
        vectors: np.ndarray,
        count: int,
        allowed: np.ndarray | None = None,
        exact: bool | None = None,
        without: np.ndarray | Sequence[int] = (),
    ) -> Neighbours:
        """Find the best `count` of those that are near in one space or the other."""
        wanted = max(2 * count, _CANDIDATES)
        found = []
        for store, part in zip((self.meant, self.plain), self._parted(vectors), strict=True):
            length = float(np.linalg.norm(part))
            if length > 0:
                near = store.search(part / length, wanted, allowed, exact, without)
                found.append(near.ids[0][near.ids[0] >= 0])
        ids, rows = self.vectors_of(np.unique(np.concatenate(found)))
        return best_of(ids, rows @ vectors[0], count)

    def vectors_of(self, ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give those of the ids that both have, in the order asked, and their (n, d) vectors."""
        known, plain = self.plain.vectors_of(ids)
        both, meant = self.meant.vectors_of(known)
        own = plain[np.isin(known, both)] - self.common
        return both, np.concatenate([meant, own], axis=1)

    def ids(self) -> np.ndarray:
        """List the ids of all vectors, ascending."""
        return np.intersect1d(self.meant.ids(), self.plain.ids(), assume_unique=True)

    def sample(self, count: int) -> np.ndarray:
        """Give at most `count` of the vectors, (n, d)."""
        ids = self.ids()
        return self.vectors_of(ids[:: max(1, -(-len(ids) // count))])[1]

    def _parted(self, vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return vectors[:, : self.width], vectors[:, self.width :]


Asked = tuple[StoredSpace, Vectors, Question]


def joined(asked: Sequence[Asked]) -> list[Asked]:
    """Join what is asked of two spaces of one sense, where one of them has no model.

    A part about looks counts as much as one about meaning: both are brought to the spread that
    the cosines of meaning have.
    """
    result = []
    for sense in dict.fromkeys(space.modality for space, _, _ in asked):
        mine = [each for each in asked if each[0].modality is sense]
        meant = [each for each in mine if aspect_of(each[0]) is Aspect.MEANING]
        plain = [each for each in mine if aspect_of(each[0]) is not Aspect.MEANING]
        result += [_pair(meant[0], plain[0])] if meant and plain else mine
    return result


def _pair(meant: Asked, plain: Asked) -> Asked:
    space, store, question = meant
    _, plain_store, plain_question = plain
    width = question.vectors.shape[1]
    factor = _spread(store, question) / _spread(plain_store, plain_question)
    rows = [
        np.pad(question.vectors, ((0, 0), (0, plain_question.vectors.shape[1]))),
        np.pad(plain_question.vectors * np.float32(factor), ((0, 0), (width, 0))),
    ]
    parts = (*question.parts, *plain_question.parts)
    both = Question(parts, np.concatenate(rows), question.across or plain_question.across)
    dimension = both.vectors.shape[1]
    whole = replace(
        space, id=_JOINED[space.modality], space=replace(space.space, dimension=dimension)
    )
    common = plain_store.sample(SAMPLE).mean(axis=0)
    return whole, Joined(store, plain_store, width, common), both


def _spread(store: Vectors, question: Question) -> float:
    """Give how far the cosines of some vectors with the parts of a question lie apart."""
    cosines = store.sample(SAMPLE) @ question.vectors.T
    return max(_LEAST_SPREAD, float(cosines.std(axis=0).mean())) if len(cosines) else 1.0


def real(spaces: Collection[StoredSpace]) -> list[StoredSpace]:
    """Leave those of the spaces that the catalogue knows."""
    return [space for space in spaces if space.id > 0]
