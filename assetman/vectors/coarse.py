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

LEAST = 50_000  # rows; comparing fewer exactly takes some milliseconds
# Rounding moves a number by up to half a scale, by chance, and so a product with a unit vector by
# scale / sqrt(12) as a rule; four times that hardly ever.
SLACK = 4 / 12**0.5
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

    def bounds(self, query: Floats) -> tuple[Floats, Floats]:
        """Give what the dot products (n,) of the rows with a vector (d,) hardly leave: least, most."""
        from numkong import cdist

        code, scale = coded(query[None].astype(np.float16))
        middle = np.empty(len(self.codes), np.float32)
        for start in range(0, len(middle), _BLOCK):
            block = self.codes[start : start + _BLOCK]
            middle[start : start + len(block)] = np.asarray(cdist(code, block, "dot"))[0]
        middle *= self.scales * scale
        slack = SLACK * (self.scales + scale)
        return middle - slack, middle + slack


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


def may_be_best(least: Floats, most: Floats, count: int) -> NDArray[np.intp]:
    """Find which of (n,) may be among the `count` greatest, by what each is at least and at most."""
    if count >= len(least):
        return np.arange(len(least))
    sample = least[::_SAMPLED]  # to guess where the best begin: to sort all takes far longer
    rank = min(len(sample) - 1, 2 * count // _SAMPLED + 8)
    best = least[least >= -np.partition(-sample, rank)[rank]]
    if len(best) < count:
        best = least
    return np.flatnonzero(most >= np.partition(best, len(best) - count)[len(best) - count])
