"""Vectors in a byte a number: they say nearly which rows are the nearest, in a third of the time.

What they propose is compared exactly afterwards: all that may be among the best, as far off as the
rounding of its numbers can put it. Each row has a scale of its own: of many models a few numbers
are far greater than the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assetman.vectors.index import Floats, Halves

Codes = NDArray[np.int8]
Places = NDArray[np.intp]

LEAST = 50_000  # rows; comparing fewer exactly takes some milliseconds
# Rounding moves a number by up to half a scale, by chance, and so a product with a unit vector by
# scale / sqrt(12) as a rule; four times that hardly ever.
SLACK = 4 / 12**0.5
PICKED = 0.25  # of the rows; where more are asked for it is faster to compare all
_GREATEST = 127
_BLOCK = 65_536  # rows compared at once
_SAMPLED = 64  # one similarity in so many is looked at to guess where the best begin


@dataclass(frozen=True, slots=True)
class Coarse:
    """Rows as codes (n, d) int8, each with its scale (n,) float32."""

    codes: Codes
    scales: Floats

    @classmethod
    def of(cls, blocks: Iterable[Halves], dimension: int) -> Coarse:
        """Make the codes of vectors that come some at a time."""
        made = [coded(block) for block in blocks]
        codes = np.concatenate([np.empty((0, dimension), np.int8), *(codes for codes, _ in made)])
        scales = np.concatenate([np.empty(0, np.float32), *(scales for _, scales in made)])
        return cls(codes, scales)

    def products(self, query: Floats, places: Places | None = None) -> tuple[Floats, Floats]:
        """Give the products of a vector (d,) with all rows or some, and how far off each may be."""
        from numkong import cdist

        code, scale = coded(query[None].astype(np.float16))
        picked = places if places is not None and len(places) <= PICKED * len(self.codes) else None
        products = np.empty(len(self.codes) if picked is None else len(picked), np.float32)
        for start in range(0, len(products), _BLOCK):
            these = slice(start, start + _BLOCK)
            block = self.codes[these if picked is None else picked[these]]
            products[these] = np.asarray(cdist(code, block, "dot"))[0]
        scales = self.scales
        if places is not None:
            scales = scales[places]
            products = products if picked is not None else products[places]
        products *= scales * scale
        return products, SLACK * (scales + scale)


def coded(vectors: Halves) -> tuple[Codes, Floats]:
    """Give vectors (n, d) as codes and scales."""
    rows = vectors.astype(np.float32)
    scales = np.abs(rows).max(axis=1, initial=0) / _GREATEST
    rows /= np.where(scales > 0, scales, 1)[:, None]
    return np.rint(rows).astype(np.int8), scales.astype(np.float32)


def scales_of(blocks: Iterable[Halves]) -> Iterator[Floats]:
    """Give the scales alone, some at a time."""
    return (coded(block)[1] for block in blocks)


def codes_of(blocks: Iterable[Halves]) -> Iterator[Codes]:
    """Give the codes alone, some at a time."""
    return (coded(block)[0] for block in blocks)


def may_be_best(products: Floats, off: Floats, count: int) -> Places:
    """Find which of (n,) may be among the `count` greatest, by products and how far off each is."""
    if count >= len(products):
        return np.arange(len(products))
    sample = products[::_SAMPLED] - off[::_SAMPLED]  # to sort all takes far longer
    rank = min(len(sample) - 1, 2 * count // _SAMPLED + 8)
    guess = -np.partition(-sample, rank)[rank]  # hardly ever are fewer than wanted above it
    near = np.flatnonzero(products >= guess - off.max())
    least = products[near] - off[near]
    if np.count_nonzero(least >= guess) < count:
        near, least = np.arange(len(products)), products - off
    worst = np.partition(least, len(least) - count)[len(least) - count]
    chosen: Places = near[products[near] + off[near] >= worst]
    return chosen
