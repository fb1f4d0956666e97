"""Comparing questions with rows: all of them, some of them, or those that may be near."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assetman.vectors.coarse import Coarse, Places, may_be_best
from assetman.vectors.index import Floats, Halves, Neighbours, best_of
from assetman.vectors.rows import GATHER_BLOCK, SCAN_BLOCK, Rows

COARSE_SHARE = 0.02  # of all rows; fewer are compared exactly, one by one
GATHER_SHARE = 0.1  # of all rows; picking more costs more than comparing all (measured)


def dots(queries: Halves, rows: Halves) -> Floats:
    """Give the dot products (m, n) float32 of (m, d) with (n, d) float16.

    numkong computes on float16 as it lies in the file: 100,000 x 512 take 5 ms on one core where
    numpy takes 20 ms on float32 and 120 ms to make float32 of float16.
    """
    if not len(rows) or not len(queries):
        return np.empty((len(queries), len(rows)), np.float32)
    from numkong import cdist

    return np.asarray(cdist(queries, rows, "dot")).astype(np.float32)


def nearest(rows: Rows, queries: Floats, count: int, places: Places | None = None) -> Neighbours:
    """Find the `count` nearest to (m, d) unit vectors, exactly, of all or of some rows."""
    halves = queries.astype(np.float16)
    if places is not None and len(places) <= GATHER_SHARE * len(rows.alive):
        similarities = np.empty((len(queries), len(places)), np.float32)
        for start in range(0, len(places), GATHER_BLOCK):
            some = places[start : start + GATHER_BLOCK]
            similarities[:, start : start + len(some)] = dots(halves, rows.read(some))
        return best_of(similarities, rows.ids[places], count)
    similarities = _scan(rows, halves)
    if places is None and rows.live < len(rows.alive):
        places = rows.live_places
    if places is None:
        return best_of(similarities, rows.ids, count)
    return best_of(np.take(similarities, places, axis=1), rows.ids[places], count)


def nearly_nearest(
    rows: Rows, queries: Floats, count: int, places: Places | None = None
) -> Neighbours | None:
    """Find the nearest by comparing coarsely, and what may be near exactly.

    None where that would not be the faster way.
    """
    available = rows.live if places is None else len(places)
    most = GATHER_SHARE * len(rows.alive)
    if rows.coarse is None or not COARSE_SHARE * len(rows.alive) < available or count > most:
        return None
    found = []
    for query in queries:
        chosen = _propose(rows, rows.coarse, query, count, places)
        if len(chosen) > most:
            return None
        found.append(nearest(rows, query[None], count, chosen))
    return Neighbours(
        np.concatenate([one.ids for one in found]),
        np.concatenate([one.similarities for one in found]),
    )


def _propose(
    rows: Rows, coarse: Coarse, query: Floats, count: int, places: Places | None
) -> Places:
    """Give the places of rows, some or all, that may be among the nearest."""
    if places is None and rows.live < len(rows.alive):
        places = rows.live_places
    coded = None if places is None else places[: np.searchsorted(places, len(rows.base))]
    products, off = coarse.products(query, coded)
    if len(rows.tail):
        known = dots(query[None].astype(np.float16), rows.tail)[0]
        if places is not None and coded is not None:
            known = known[places[len(coded) :] - len(rows.base)]
        products = np.concatenate([products, known])
        off = np.concatenate([off, np.zeros(len(known), np.float32)])
    chosen = may_be_best(products, off, count)
    return chosen if places is None else places[chosen]


def _scan(rows: Rows, halves: Halves) -> Floats:
    similarities = np.empty((len(halves), len(rows.alive)), np.float32)
    start = 0
    for part in (rows.base, rows.tail):
        for row in range(0, len(part), SCAN_BLOCK):
            block = part[row : row + SCAN_BLOCK]
            similarities[:, start : start + len(block)] = dots(halves, block)
            start += len(block)
    return similarities


class Narrowed:
    """The rows of the arrays of ids that were searched within last: most are asked with again."""

    _MOST = 4

    def __init__(self) -> None:
        self._known: tuple[tuple[NDArray[np.int64], Rows, Places], ...] = ()

    def places(self, rows: Rows, allowed: NDArray[np.int64]) -> Places:
        """Find the rows of checked ids."""
        for ids, of, places in self._known:
            if ids is allowed and of is rows:
                return places
        places = rows.places_among(allowed)
        self._known = ((allowed, rows, places), *self._known[: self._MOST - 1])
        return places

    def clear(self) -> None:
        """Let go of them."""
        self._known = ()
