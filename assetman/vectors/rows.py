"""The vectors of one space as rows: an immutable snapshot that is searched exactly.

Most rows lie in a memory-mapped file, those that came since in memory. A write makes another
snapshot that shares all it can, so that a search never waits for a writer nor sees half a write.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from assetman.vectors.coarse import Coarse
from assetman.vectors.index import Floats, Halves, Ids

Digests = NDArray[np.uint64]
Mask = NDArray[np.bool_]

SCAN_BLOCK = 16_384  # rows: some milliseconds between two looks at the interpreter's lock
GATHER_BLOCK = 2_048  # rows copied together before they are compared
TABLE_SHARE = 64  # ids for one in so many rows are looked up through a table of all ids,
TABLE_ROOM = 16  # if that takes no more than so many bytes for a row
FIRST_CAPACITY = 1_024
_LOTS = np.uint64(0x9E3779B97F4A7C15)  # ids times this are scattered


def digests_of(vectors: Halves) -> Digests:
    """Give (n,) uint64 that differ, but for 1 in 2^64, where float16 vectors differ in any bit."""
    rows, width = vectors.shape
    words = -(-width // 4)
    factors = np.random.default_rng(0x5EED).integers(0, 1 << 63, words, np.uint64) * 2 + 1
    result = np.empty(rows, np.uint64)
    for start in range(0, rows, SCAN_BLOCK):
        block = vectors[start : start + SCAN_BLOCK]
        padded = np.zeros((len(block), words * 4), np.float16)
        padded[:, :width] = block
        mixed = padded.view(np.uint64)
        mixed ^= mixed >> np.uint64(29)  # or the high bits of a word would count for less
        result[start : start + SCAN_BLOCK] = np.einsum("nw,w->n", mixed, factors)
    return result


@dataclass(frozen=True, slots=True)
class _Buffers:
    """Room for rows to come; what lies beyond a snapshot's length is not its business."""

    ids: Ids
    digests: Digests
    linked: Mask
    tail: Halves


@dataclass(frozen=True)
class Rows:
    """Ids and float16 unit vectors; the first `len(base)` are sorted by id, the rest follow.

    A replaced or removed row stays where it is, with `alive` false. `linked` says which rows a
    graph has taken in; it is the one thing written in place (under the owner's lock).
    """

    dimension: int
    base: Halves  # (b, d), memory-mapped or not
    alive: Mask  # (n,)
    buffers: _Buffers
    highest: int  # no id was ever above it
    coarse: Coarse | None = None  # of the base, where it is large

    @classmethod
    def of(
        cls,
        ids: Ids,
        vectors: Halves,
        digests: Digests | None = None,
        coarse: Coarse | None = None,
    ) -> Rows:
        """Make rows of ids in ascending order and their float16 vectors."""
        digests = digests_of(vectors) if digests is None else digests
        dimension = vectors.shape[1]
        none = np.empty((0, dimension), np.float16)
        buffers = _Buffers(ids, digests, np.zeros(len(ids), np.bool_), none)
        highest = int(ids[-1]) if len(ids) else -1
        return cls(dimension, vectors, np.ones(len(ids), np.bool_), buffers, highest, coarse)

    @classmethod
    def none(cls, dimension: int) -> Rows:
        """Make rows that hold nothing."""
        return cls.of(np.empty(0, np.int64), np.empty((0, dimension), np.float16))

    def __len__(self) -> int:
        return self.live

    @cached_property
    def live(self) -> int:
        """Count the rows that are neither replaced nor removed."""
        return int(np.count_nonzero(self.alive))

    @property
    def ids(self) -> Ids:
        return self.buffers.ids[: len(self.alive)]

    @property
    def digests(self) -> Digests:
        return self.buffers.digests[: len(self.alive)]

    @property
    def linked(self) -> Mask:
        return self.buffers.linked[: len(self.alive)]

    @property
    def tail(self) -> Halves:
        return self.buffers.tail[: len(self.alive) - len(self.base)]

    @cached_property
    def live_places(self) -> NDArray[np.intp]:
        """Give the places of the live rows, ascending."""
        return np.flatnonzero(self.alive)

    @cached_property
    def order(self) -> NDArray[np.intp]:
        """Give the places of the live rows in the order of their ids."""
        places = self.live_places
        return places[np.argsort(self.ids[places], kind="stable")]

    @cached_property
    def live_ids(self) -> Ids:
        """Give the ids of the live rows, ascending."""
        return self.ids[self.order]

    @cached_property
    def _tail_order(self) -> tuple[Ids, NDArray[np.intp]]:
        start = len(self.base)
        places = np.flatnonzero(self.alive[start:]) + start
        places = places[np.argsort(self.ids[places], kind="stable")]
        return self.ids[places], places

    def places(self, ids: Ids) -> NDArray[np.intp]:
        """Find the live row of each id, -1 where there is none."""
        found = np.full(len(ids), -1, np.intp)
        for known, places in (
            (self.ids[: len(self.base)], None),
            self._tail_order,
        ):
            if not len(known):
                continue
            at = np.minimum(np.searchsorted(known, ids), len(known) - 1)
            row = at if places is None else places[at]
            found = np.where((known[at] == ids) & self.alive[row], row, found)
        return found

    def places_among(self, ids: Ids) -> NDArray[np.intp]:
        """Find the live rows of those of the ids that are here, each once, ascending."""
        ids = ids[ids <= self.highest]
        if len(ids) * TABLE_SHARE > len(self.alive) and self.highest < TABLE_ROOM * len(self.alive):
            wanted = np.zeros(self.highest + 1, np.bool_)  # far faster than to look each one up
            wanted[ids] = True
            return np.flatnonzero(wanted[self.ids] & self.alive)
        places = self.places(np.unique(ids))
        return np.sort(places[places >= 0])

    def with_added(self, ids: Ids, vectors: Floats) -> Rows:
        """Give rows with distinct ids added or replaced; what is there already is left alone.

        Only one writer at a time, and always on the newest rows: it writes into their buffers.
        """
        halves = vectors.astype(np.float16)
        digests = digests_of(halves)
        if not len(ids):
            return self
        # Ids mostly ascend; then there is nothing to look for.
        at = self.places(ids) if ids.min() <= self.highest else np.full(len(ids), -1, np.intp)
        new = (at < 0) | (self.digests[at] != digests if len(self.alive) else True)
        if not new.any():
            return self
        start, count = len(self.alive), int(np.count_nonzero(new))
        buffers = self._with_room(start + count)
        buffers.ids[start : start + count] = ids[new]
        buffers.digests[start : start + count] = digests[new]
        buffers.linked[start : start + count] = False
        behind = start - len(self.base)
        buffers.tail[behind : behind + count] = halves[new]
        alive = np.concatenate([self.alive, np.ones(count, np.bool_)])
        alive[at[new & (at >= 0)]] = False
        highest = max(self.highest, int(ids.max()))
        return replace(self, alive=alive, buffers=buffers, highest=highest)

    def without(self, ids: Ids) -> Rows:
        """Give rows with ids removed; unknown ones are ignored."""
        at = self.places(ids)
        at = at[at >= 0]
        if not len(at):
            return self
        alive = self.alive.copy()
        alive[at] = False
        return replace(self, alive=alive)

    def read(self, places: NDArray[np.intp]) -> Halves:
        """Copy the vectors at some places."""
        vectors = np.empty((len(places), self.dimension), np.float16)
        old = places < len(self.base)
        vectors[old] = self.base[places[old]]
        vectors[~old] = self.tail[places[~old] - len(self.base)]
        return vectors

    def less(self, places: NDArray[np.intp] | None, out: NDArray[np.intp]) -> NDArray[np.intp]:
        """Give some or all (None) places of live rows, ascending, less others."""
        left = self.alive.copy()
        if places is not None:
            left[:] = False
            left[places] = True
        left[out] = False
        return np.flatnonzero(left)

    def sample(self, count: int) -> Floats:
        """Give at most `count` of the vectors, (n, d): by chance, and the same ones every time.

        As vectors come and go, few of those in the sample change.
        """
        places = self.live_places
        if len(places) > count:
            lots = self.ids[places].astype(np.uint64) * _LOTS
            lots ^= lots >> np.uint64(29)
            places = np.sort(places[np.argpartition(lots * _LOTS, count)[:count]])
        return self.read(places).astype(np.float32)

    def blocks(self) -> Iterator[Halves]:
        """Yield the vectors of all live rows in the order of their ids, some at a time."""
        for start in range(0, len(self.order), GATHER_BLOCK):
            yield self.read(self.order[start : start + GATHER_BLOCK])

    def _with_room(self, rows: int) -> _Buffers:
        """Give buffers with room for so many rows, the present ones kept."""
        behind = rows - len(self.base)
        if rows <= len(self.buffers.ids) and behind <= len(self.buffers.tail):
            return self.buffers
        # Doubled, counted from the tail: what is mapped from the file never moves.
        room = max(FIRST_CAPACITY, 2 * behind)
        present, total = len(self.alive), len(self.base) + room
        buffers = _Buffers(
            np.empty(total, np.int64),
            np.empty(total, np.uint64),
            np.zeros(total, np.bool_),
            np.empty((room, self.dimension), np.float16),
        )
        buffers.ids[:present] = self.ids
        buffers.digests[:present] = self.digests
        buffers.linked[:present] = self.linked
        buffers.tail[: present - len(self.base)] = self.tail
        return buffers
