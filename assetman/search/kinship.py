"""What belongs to a collection: what is like some of its members, not like the mean of all.

The mean of holidays and pets is like neither. So a part of a question that is a collection is
scored by the few members nearest to each vector. That is no dot product; but with the scores as
further numbers of each vector it is one, and everything else takes it as any other question.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from assetman.library.segments import Owners
from assetman.search.aspects import Asked, Vectors, best_of
from assetman.search.scoring import Question
from assetman.vectors.index import Neighbours

Read = tuple[np.ndarray, np.ndarray]
"""Ids, and the vectors of those ids, (n, d)."""

MEMBERS = 512  # of a collection that are compared with; of a larger one some of everywhere
_NEAREST = 3  # members whose mean similarity counts, of fewer than nine a third
_WAYS = 32  # members whose neighbours are looked at
_CANDIDATES = 4096


@dataclass(frozen=True, slots=True)
class Kin:
    """Vectors of a space, each with its kinship to some groups of others behind it."""

    store: Vectors
    groups: tuple[np.ndarray, ...]  # each (members, d), unit length

    def __len__(self) -> int:
        return len(self.store)

    def search(
        self,
        vectors: np.ndarray,
        count: int,
        allowed: np.ndarray | None = None,
        exact: bool | None = None,
        without: np.ndarray | Sequence[int] = (),
    ) -> Neighbours:
        """Find the best `count` of those near to the question or to some of the members."""
        plain = vectors[0, : -len(self.groups)]
        ways = [group[:: max(1, len(group) // _WAYS)] for group in self.groups]
        if plain.any():
            ways.append(plain[None] / np.linalg.norm(plain))
        wanted = max(2 * count, _CANDIDATES // len(ways))
        near = [self.store.search(way, wanted, allowed, exact, without).ids for way in ways]
        found = np.unique(np.concatenate([ids.ravel() for ids in near]))
        ids, rows = self.vectors_of(found[found >= 0])
        return best_of(ids, rows @ vectors[0], count)

    def vectors_of(self, ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give those of the ids that are here, in the order asked, and their (n, d) vectors."""
        known, rows = self.store.vectors_of(ids)
        return known, self._with_kinship(rows)

    def ids(self) -> np.ndarray:
        """List the ids of all vectors, ascending."""
        return self.store.ids()

    def sample(self, count: int) -> np.ndarray:
        """Give at most `count` of the vectors, (n, d)."""
        return self._with_kinship(self.store.sample(count))

    def _with_kinship(self, rows: np.ndarray) -> np.ndarray:
        kinships = [kinship(rows, group)[:, None] for group in self.groups]
        return np.concatenate([rows, *kinships], axis=1)


def kinship(rows: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Give the mean cosine of each of (n, d) with the nearest of a group: (n,) float32."""
    cosines = rows @ group.T
    few = min(_NEAREST, max(1, len(group) // 3))
    near: np.ndarray = np.partition(cosines, -few, axis=1)[:, -few:].mean(axis=1)
    return near.astype(np.float32)


def means(owners: Owners, read: Callable[[np.ndarray], Read]) -> np.ndarray:
    """Give the means of what assets have, (m, d): a film of a thousand frames counts as one."""
    known, rows = read(np.unique(owners.segment_ids))
    if not len(known):
        return rows
    here = np.isin(owners.segment_ids, known)
    places = np.searchsorted(known, owners.segment_ids[here])
    assets, place = np.unique(owners.asset_ids[here], return_inverse=True)
    sums = np.zeros((len(assets), rows.shape[1]), np.float32)
    np.add.at(sums, place, rows[places])
    units: np.ndarray = sums / np.linalg.norm(sums, axis=1, keepdims=True).clip(1e-12)
    return units


Members = Callable[[int, Callable[[np.ndarray], Read]], np.ndarray]
"""Gives the vectors of a collection's members, (m, d), by what reads them."""


def with_kin(asked: Sequence[Asked], members_of: Members) -> list[Asked]:
    """Let parts that are collections be answered by kinship; the others stay as they are."""
    return [_with_kin(each, members_of) for each in asked]


def _with_kin(asked: Asked, members_of: Members) -> Asked:
    space, store, question = asked
    groups: dict[int, np.ndarray] = {}
    for place, part in enumerate(question.parts):
        if part.example is not None and part.example.collection_id is not None:
            members = members_of(part.example.collection_id, store.vectors_of)
            if len(members):
                groups[place] = members
    if not groups:
        return asked
    vectors = np.pad(question.vectors, ((0, 0), (0, len(groups))))
    for column, place in enumerate(groups):
        vectors[place] = 0.0
        vectors[place, question.vectors.shape[1] + column] = 1.0
    kin = Kin(store, tuple(groups.values()))
    return space, kin, Question(question.parts, vectors, question.across)
