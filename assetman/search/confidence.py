"""How likely it is that something answers a question: log-odds, the same for every model.

A file is compared with the question and with its rivals, what else might have been asked: with
the vocabulary of `concepts.py` in place of words, with other files of the library in place of
examples. Four numbers are made of that, none of which depends on what cosines are usual in a
space:

- *fit*: by how many spreads the question fits the file better than its rivals do;
- *kinship*: how near to the question those rivals are that fit the file best. A file that is
  most like a wheel is more of a match for “ferris wheel” than one that is most like a hat;
- *breadth*: how far all rivals fit the file as they are near to the question. What fits only
  because it is of the same kind is less of a match;
- *standing*: by how many spreads the file stands out of the library.

Against them stands how many files there are, any of which might be it: the logarithm of that.
One file as a question has no rivals: the odds that something shows the same are told by how much
nearer it is than neighbours in that space usually are.

How all that adds up was learned once, of pictures and of sounds (`benchmarks/fit_confidence.py`), and is
the same for all models and libraries. They say how often the likeliest file is right; from
`core.queries.MATCH` on it is called a match.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

MEASURES = ("fit", "kinship", "breadth", "standing")
_WEIGHTS = np.array([0.415, 0.111, -1.375, 0.133])
_COUNT, _EVEN = -0.293, -1.689
_STANDING, _STANDING_COUNT, _STANDING_EVEN = 0.700, -0.572, -1.026
SAME = 0.98  # cosine from which on it is what was shown, whatever else there is
_NEAR, _NEAR_EVEN = 2.01, -1.51
_FIT = float(_WEIGHTS[0] + _WEIGHTS[3])  # of what comes about by chance
_SHARPNESS = 2.0  # of which rivals fit best
_RIVAL_ITSELF = 0.999  # cosine; a rival that is the question itself is none
_FEW = 6  # vectors that a space without any counts for, in what is usual there
_SOME = 64  # vectors that tell what cosines are usual
_USUAL_SPREAD = 0.1  # of cosines, where there are too few vectors to tell
_LEARNED = 600  # files of the largest sets that were learned of
_LEAST = 1e-6
_RIVALS = 16  # that differ; fewer tell nothing
ALL_OF_IT = 2.5  # the odds of what has every word of the question, or is what was shown
_AT_ONCE = 4096  # vectors
_TELLING = 1.5  # spreads from which on something says anything; less of a few
_NORMAL = NormalDist()


def chance(count: int) -> float:
    """Give how many standard deviations the best of so many random numbers lies above the mean.

    After Blom (1958), for numbers that are normally distributed. A handful counts for a few more:
    that there is only one file makes it no match.
    """
    several = max(count, _FEW)
    return _NORMAL.inv_cdf((several - 0.375) / (several + 0.25))


def crowd(count: int) -> float:
    """Give the logarithm of how many there are, as far as was learned of so many."""
    return math.log(min(max(count, _FEW), _LEARNED))


def probability(odds: np.ndarray) -> np.ndarray:
    """Turn log-odds (n,) into probabilities (n,), as they are shown."""
    probabilities: np.ndarray = 1 / (1 + np.exp(-np.clip(odds, -50.0, 50.0)))
    return probabilities


def neutral(count: int) -> float:
    """Give the odds of what says nothing for or against it, among so many."""
    return _FIT * _saying(count) + _burden(_FIT, _COUNT, count) + _EVEN


def _burden(weight: float, learned: float, count: int) -> float:
    """Give what speaks against any of so many; beyond what was learned of, what chance adds."""
    more = max(0.0, chance(count) - chance(_LEARNED))
    return learned * crowd(count) - weight * more


def _saying(count: int) -> float:
    """Give the spreads from which on something says anything."""
    return min(_TELLING, chance(count) / 2)


@dataclass(frozen=True, slots=True)
class Rivalry:
    """A question among its rivals; tells the odds of vectors by how it fits beside them."""

    question: np.ndarray  # (d,) float32, centred, unit length
    rivals: np.ndarray  # (r, d) float32, centred, unit length
    kinship: np.ndarray  # (r,) float32: how near to the question each rival is, in spreads
    middle: np.ndarray  # (d,) float32: of the vectors of the space
    usual: tuple[float, float]  # mean and spread of the question's cosines with them
    count: int

    @classmethod
    def of(
        cls, question: np.ndarray, rivals: np.ndarray, sample: np.ndarray, count: int
    ) -> Rivalry:
        """Put a question (d,) among rivals (r, d); `sample` (n, d) is of `count` vectors."""
        centre = rivals.mean(axis=0)
        same = _units(rivals) @ _units(question) > _RIVAL_ITSELF
        asked, others = _units(question - centre), _units((rivals - centre)[~same])
        if not len(others):
            asked, others = _units(question), _units(rivals)
        near = others @ asked
        kinship = (near - near.mean()) / max(_LEAST, float(near.std()))
        middle = sample.sum(axis=0) / (len(sample) + _FEW)
        usual = _usual(_units(sample - middle), asked, others)
        return cls(asked, others, kinship, middle, usual, count)

    @property
    def neutral(self) -> float:
        """Give the odds of what says nothing for or against it."""
        return neutral(self.count)

    def odds(self, rows: np.ndarray) -> np.ndarray:
        """Give the log-odds that vectors (n, d) answer the question: (n,) float64."""
        parts = [self._odds(rows[i : i + _AT_ONCE]) for i in range(0, len(rows), _AT_ONCE)]
        return np.concatenate(parts) if parts else np.empty(0)

    def _odds(self, rows: np.ndarray) -> np.ndarray:
        odds = self.measured(rows) @ _WEIGHTS + _burden(_FIT, _COUNT, self.count) + _EVEN
        return np.asarray(odds, np.float64)

    def measured(self, rows: np.ndarray) -> np.ndarray:
        """Give the `MEASURES` of vectors (n, d): (n, 4)."""
        units = _units(rows - self.middle)
        fits = units @ self.rivals.T
        mean, spread = fits.mean(axis=1), np.maximum(fits.std(axis=1), _LEAST)
        cosines = units @ self.question
        breadth = fits @ self.kinship / (spread * len(self.kinship))
        fits = _SHARPNESS * (fits - fits.max(axis=1, keepdims=True)) / spread[:, None]
        best = np.exp(fits, out=fits)
        kinship = best @ self.kinship / best.sum(axis=1)
        standing = (cosines - self.usual[0]) / self.usual[1]
        return np.stack([(cosines - mean) / spread, kinship, breadth, standing], axis=1)


def _usual(units: np.ndarray, asked: np.ndarray, others: np.ndarray) -> tuple[float, float]:
    """Give mean and spread of a question's cosines with vectors (n, d) of a space.

    Where these are few, it is more what they are with whatever is asked.
    """
    if not len(units):
        return 0.0, _USUAL_SPREAD
    any_asked = units[:: -(-len(units) // _SOME)] @ others.T
    cosines = units @ asked
    count = len(cosines)
    mean = (float(cosines.sum()) + _FEW * float(any_asked.mean())) / (count + _FEW)
    squares = float(((cosines - mean) ** 2).sum()) + _FEW * float(any_asked.var())
    return mean, max(_LEAST, (squares / (count + _FEW)) ** 0.5)


@dataclass(frozen=True, slots=True)
class Standing:
    """A question without rivals; tells the odds of vectors by how far they stand out."""

    question: np.ndarray  # (d,) float32; its dot product with a vector is a value
    mean: float  # of the values of a sample
    spread: float
    count: int

    @classmethod
    def of(cls, question: np.ndarray, sample: np.ndarray, count: int) -> Standing:
        """Measure what is usual in a sample (n, d) of `count` vectors."""
        values = sample @ question
        mean = float(values.mean()) if len(values) else 0.0
        length = float(np.linalg.norm(question))
        squares = len(values) * float(values.var() if len(values) else 0.0)
        squares += _FEW * (_USUAL_SPREAD * length) ** 2
        return cls(question, mean, (squares / (len(values) + _FEW)) ** 0.5, count)

    @property
    def neutral(self) -> float:
        """Give the odds of what says nothing for or against it."""
        return _STANDING * _saying(self.count) + self._before

    @property
    def _before(self) -> float:
        return _burden(_STANDING, _STANDING_COUNT, self.count) + _STANDING_EVEN

    def odds(self, rows: np.ndarray) -> np.ndarray:
        """Give the log-odds that vectors (n, d) answer the question: (n,) float64."""
        return np.asarray(_STANDING * self.measured(rows) + self._before, np.float64)

    def measured(self, rows: np.ndarray) -> np.ndarray:
        """Give by how many spreads vectors (n, d) stand out: (n,)."""
        stands: np.ndarray = (rows @ self.question - self.mean) / self.spread
        return stands


@dataclass(frozen=True, slots=True)
class Nearness:
    """One file as a question; tells the odds of vectors by how near neighbours here usually are."""

    question: np.ndarray  # (d,) float32, unit length
    usual: tuple[float, float]  # mean and spread of the cosines of vectors and their nearest
    count: int

    @property
    def neutral(self) -> float:
        """Give the odds of what is as near as the nearest usually is."""
        return _NEAR_EVEN

    def odds(self, rows: np.ndarray) -> np.ndarray:
        """Give the log-odds that vectors (n, d) show the same as the question: (n,) float64."""
        return np.asarray(_NEAR * self.measured(rows) + _NEAR_EVEN, np.float64)

    def measured(self, rows: np.ndarray) -> np.ndarray:
        """Give by how many spreads vectors (n, d) are nearer than the nearest usually are: (n,)."""
        nearer: np.ndarray = (rows @ self.question - self.usual[0]) / self.usual[1]
        return nearer


def nearest_usually(sample: np.ndarray) -> tuple[float, float] | None:
    """Give mean and spread of the cosines of vectors (n, d) and their nearest; None of a few.

    What is a copy is no neighbour: a library in which everything lies twice is told as any other.
    """
    if len(sample) < _RIVALS:
        return None
    cosines = sample @ sample.T
    nearest = np.where(cosines < SAME, cosines, -1.0).max(axis=1)
    return float(nearest.mean()), max(_LEAST, float(nearest.std()))


Likelihood = Rivalry | Standing | Nearness


def likelihood(
    question: np.ndarray, rivals: np.ndarray, sample: np.ndarray, count: int
) -> Likelihood:
    """Tell how likely vectors answer a question (d,), as well as it can be told here."""
    if len(np.unique(rivals[:, :16].round(4), axis=0)) < _RIVALS:
        return Standing.of(question, sample, count)
    return Rivalry.of(question, rivals, sample, count)


def told(strength: float, count: int) -> float:
    """Give what is added to the odds of one of so many, of which words of a question are written.

    `strength` is 0..1. What has all of them is likelier a match than not, however it looks;
    what has half of them is often about something else.
    """
    return (ALL_OF_IT - neutral(count)) * strength**2


def _units(rows: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    units: np.ndarray = rows / np.maximum(lengths, _LEAST)
    return units
