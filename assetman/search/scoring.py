"""How well segments answer a question: their cosines with its parts, and one number of them.

The cosines of one space say nothing beside those of another: in one everything lies at 0.8, in
another the best at 0.3. What can be compared is how far something stands out in its own space.
So the scores of one space are kept as they are, and those of the others are moved and stretched:
what chance alone would find scores the same in all. docs/decisions/sound-search.md tells more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np

from assetman.search.planner import Part

SAMPLE = 1024  # vectors of a space that a question is compared with, to know what is usual
_USUAL_SPREAD = 0.1  # of cosines; counts for as much as so many vectors of the sample
_USUAL_COUNT = 4
_KNEE = 0.8  # up to here sums are shown as they are
_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Question:
    """The parts of a question with their vectors, (parts, d) float32, in one space."""

    parts: tuple[Part, ...]
    vectors: np.ndarray
    across: bool = False  # it is a picture that asks for sounds, or a sound that asks for pictures

    @property
    def weights(self) -> np.ndarray:
        """Give the weight of each part: (parts,) float32."""
        return np.array([part.weight for part in self.parts], np.float32)

    @property
    def joined(self) -> np.ndarray:
        """Give the weighted sum of the parts: (d,) float32; its dot product is a score."""
        joined: np.ndarray = self.weights @ self.vectors
        return joined

    @property
    def direction(self) -> np.ndarray:
        """Give what the nearest are looked for with: (d,) float32, unit length or zero."""
        return self.joined / self.length if self.length > 1e-6 else self.joined

    @property
    def length(self) -> float:
        """Give by how much a cosine with the direction is to be multiplied to be a score."""
        return float(np.linalg.norm(self.joined))

    @property
    def base(self) -> float:
        """Give the score of a segment that has nothing to do with any part.

        Where nothing is wanted, only something not wanted, everything begins as a match.
        """
        return 0.0 if any(part.weight > 0 for part in self.parts) else 1.0

    def shares(self, rows: np.ndarray) -> np.ndarray:
        """Give what each part adds to the score of vectors (n, d): (n, parts) float64."""
        # Not `@`: threads of BLAS cost more here than they do, and most while a folder is indexed.
        shares: np.ndarray = np.einsum("nd,pd->np", rows, self.vectors) * self.weights
        return shares.astype(np.float64)

    def values(self, rows: np.ndarray) -> np.ndarray:
        """Score vectors (n, d) as this space sees them: (n,) float64, not cut off anywhere."""
        values: np.ndarray = self.shares(rows).sum(axis=1) + self.base
        return values


@dataclass(frozen=True, slots=True)
class Usual:
    """How the vectors of a space score for a question as a rule."""

    mean: float
    spread: float  # their standard deviation
    best: float  # spreads above the mean that the best of all lies by chance

    @classmethod
    def of(cls, values: np.ndarray, count: int) -> Usual:
        """Tell from the scores of a sample, (n,) with n at least 1, of `count` vectors.

        A handful of vectors says little of the spread: then a usual one is mixed in.
        """
        given = len(values) * float(values.var()) + _USUAL_COUNT * _USUAL_SPREAD**2
        spread = (given / (len(values) + _USUAL_COUNT)) ** 0.5
        return cls(float(values.mean()), spread, expected_best(count))

    def blurred(self, times: float) -> Usual:
        """Give the same with so many times the spread, for what is less to be believed."""
        return replace(self, spread=self.spread * times)

    @property
    def noise(self) -> float:
        """Give the score that the best would have if nothing here answered the question."""
        return self.mean + self.best * self.spread


@dataclass(frozen=True, slots=True)
class Scale:
    """Turns the scores of one space into those that are shown: `factor` * score + `offset`."""

    factor: float = 1.0
    offset: float = 0.0

    @classmethod
    def onto(cls, shown: Usual, own: Usual) -> Scale:
        """Put what stands out as far from chance, in its own spread, at the same score."""
        factor = shown.spread / own.spread
        return cls(factor, shown.noise - factor * own.noise)

    def of(self, values: np.ndarray) -> np.ndarray:
        """Turn scores (n,)."""
        return values * self.factor + self.offset


def shown(scores: np.ndarray, several: bool) -> np.ndarray:
    """Bring scores (n,) to 0..1, as they are shown.

    A cosine below 0 says no more than 0 does. Where `several` spaces answer, their sums may go
    beyond 1: these come near to it, in their order.
    """
    if several:
        over = np.maximum(scores - _KNEE, 0.0) / (1 - _KNEE)
        scores = np.where(over > 0, 1 - (1 - _KNEE) * np.exp(-over), scores)
    within: np.ndarray = np.clip(scores, 0.0, 1.0)
    return within


def expected_best(count: int) -> float:
    """Give how many standard deviations the best of so many random numbers lies above the mean.

    After Blom (1958), for numbers that are normally distributed.
    """
    return _NORMAL.inv_cdf((count - 0.375) / (count + 0.25)) if count > 1 else 0.0
