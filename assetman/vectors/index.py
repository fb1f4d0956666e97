"""What every nearest-neighbour index can do, a file beside the catalogue or a database afar."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ids = NDArray[np.int64]
Floats = NDArray[np.float32]
Halves = NDArray[np.float16]

NOBODY = -1  # fills the places of an answer for which there was no neighbour
UNIT_TOLERANCE = 1e-3  # a vector this near to unit length is kept bit for bit


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The nearest embeddings of each of m questions, best first.

    `ids` is (m, k) int64, filled with -1 where fewer were found; `similarities` is (m, k)
    float32, the cosine, -1 where there is no neighbour. k is the count asked for, or less where
    fewer could be found.
    """

    ids: Ids
    similarities: Floats


class VectorIndex(Protocol):
    """Ids and unit vectors in, nearest ids and cosines out.

    Every method may be called from any thread. Vectors are (n, dimension) of any real dtype and
    are brought to unit length; ids are whole numbers from 0. ValueError for anything else: a
    wrong dimension, NaN or infinity, more `allowed` ids than the limit.
    """

    @property
    def dimension(self) -> int: ...

    @property
    def restriction_limit(self) -> int | None:
        """Say how many ids `search` takes in `allowed`; None is any number."""
        ...

    def __len__(self) -> int: ...

    def add(self, ids: ArrayLike, vectors: ArrayLike) -> None:
        """Take vectors in; an id that is already there is replaced, the last of a batch counts."""
        ...

    def remove(self, ids: ArrayLike) -> None:
        """Take ids out; unknown ones are ignored."""
        ...

    def search(
        self, vectors: ArrayLike, count: int, allowed: ArrayLike | None = None
    ) -> Neighbours:
        """Find the nearest `count` to each of (m, dimension) vectors, among `allowed` if given."""
        ...

    def save(self, path: Path, sequence: int) -> None:
        """Write the index as a new folder that says which sequence it holds.

        Raises OSError.
        """
        ...

    @classmethod
    def load(cls, path: Path) -> tuple[Self, int]:
        """Read a saved index and its sequence; raises `folders.DamagedFiles`."""
        ...


def checked_ids(ids: ArrayLike) -> Ids:
    """Give ids as (n,) int64; raises ValueError for anything but whole numbers from 0."""
    given = np.asarray(ids)
    if given.size == 0:
        return np.empty(0, np.int64)
    if given.ndim != 1 or not np.issubdtype(given.dtype, np.integer):
        raise ValueError(f"ids are one row of whole numbers, not {given.dtype} {given.shape}")
    result = np.ascontiguousarray(given, np.int64)
    if result.min() < 0:
        raise ValueError(f"ids count from 0, {result.min()} does not")
    return result


def unit_rows(vectors: ArrayLike, dimension: int) -> Floats:
    """Give vectors as (n, dimension) float32 of unit length; zero vectors stay zero.

    Raises ValueError for another dimension, NaN or infinity.
    """
    given = np.asarray(vectors)
    if given.ndim != 2 or given.shape[1] != dimension or given.dtype.kind not in "fiu":
        raise ValueError(
            f"vectors here are (n, {dimension}) numbers, not {given.dtype} {given.shape}"
        )
    if not np.isfinite(given).all():
        raise ValueError("a vector with NaN or infinity in it cannot be compared with anything")
    if given.dtype == np.float16 or given.dtype == np.float32:
        rows = np.ascontiguousarray(given, np.float32)
        with np.errstate(over="ignore"):
            squares = np.einsum("nd,nd->n", rows, rows)
        if (np.abs(squares - 1) < UNIT_TOLERANCE).all():
            return rows
    wide = given.astype(np.float64)
    largest = np.abs(wide).max(axis=1, initial=0, keepdims=True)
    wide /= np.where(largest > 0, largest, 1)  # squares of very large or small numbers would not do
    lengths = np.sqrt(np.einsum("nd,nd->n", wide, wide))[:, None]
    return np.ascontiguousarray(wide / np.where(lengths > 0, lengths, 1), np.float32)


def checked_pair(ids: ArrayLike, vectors: ArrayLike, dimension: int) -> tuple[Ids, Floats]:
    """Check a batch and keep the last of those with the same id; ids come back ascending."""
    known = checked_ids(ids)
    rows = unit_rows(vectors, dimension)
    if len(known) != len(rows):
        raise ValueError(f"{len(known)} ids for {len(rows)} vectors")
    distinct, first_from_behind = np.unique(known[::-1], return_index=True)
    last = len(known) - 1 - first_from_behind
    if len(distinct) == len(known) and np.array_equal(last, np.arange(len(known))):
        return known, rows
    return distinct, rows[last]


def checked_count(count: int) -> int:
    """Give a count of neighbours; raises ValueError below 0."""
    if count < 0:
        raise ValueError(f"{count} neighbours cannot be found")
    return int(count)


def best_of(similarities: Floats, ids: Ids, count: int) -> Neighbours:
    """Pick the `count` best of (m, n) similarities to n ids; -inf is never picked.

    Equal similarities come in the order of their ids, so that copies never change places.
    """
    questions, width = similarities.shape
    count = min(count, width)
    best_ids = np.full((questions, count), NOBODY, np.int64)
    best = np.full((questions, count), -1, np.float32)
    for row in range(questions if count else 0):
        line = similarities[row]
        picked: NDArray[Any] = np.arange(width)
        if count < width:
            picked = np.argpartition(line, width - count)[width - count :]
        picked = picked[np.lexsort((ids[picked], -line[picked]))]
        picked = picked[line[picked] > -np.inf]
        best_ids[row, : len(picked)] = ids[picked]
        best[row, : len(picked)] = np.clip(line[picked], -1, 1)
    return Neighbours(best_ids, best)
