"""How likely it is that something answers a question: log-odds, the same for every model.

A file is compared with the question and with its rivals, what else might have been asked: with
the vocabulary of `concepts.py` in place of words, with other files of the library in place of
examples. Three numbers are made of that, none of which depends on what cosines are usual in a
space:

- *fit*: by how many spreads the question fits the file better than its rivals do;
- *kinship*: how near to the question those rivals are that fit the file best. A file that is
  most like a wheel is more of a match for “ferris wheel” than one that is most like a hat;
- *chance*: the spreads that the best of as many vectors reaches when nothing answers.

How they add up was learned once, of two sets of pictures (`benchmarks/fit_confidence.py`), and is
the same for all models and libraries. Odds of 0 are even: from there on it is called a match.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

_DOUBT = 0.75  # taken from all odds: what is there is often named too, what is not there is never
_FIT, _KINSHIP, _CHANCE, _EVEN = 0.83, 0.26, -1.50, -0.05 - _DOUBT
_STANDING, _STANDING_CHANCE, _STANDING_EVEN = 1.03, -1.85, 0.74 - _DOUBT
_SHARPNESS = 2.0  # of which rivals fit best
_SAME = 0.999  # cosine; a rival that is the question itself is none
_FEW = 6  # vectors that a space without any counts for, in what is usual there
_USUAL_SPREAD = 0.1  # of cosines, where there are too few vectors to tell
_LEARNED = 600  # files of the largest sets that were learned of
_LEAST = 1e-6
_RIVALS = 16  # that differ; fewer tell nothing
_WRITTEN = 2.5  # the odds of what has every word of the question, and else says nothing
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


def probability(odds: np.ndarray) -> np.ndarray:
    """Turn log-odds (n,) into probabilities (n,), as they are shown."""
    probabilities: np.ndarray = 1 / (1 + np.exp(-np.clip(odds, -50.0, 50.0)))
    return probabilities


def neutral(count: int) -> float:
    """Give the odds of what says nothing for or against it, among so many."""
    return _FIT * _saying(count) + _burden(_FIT, _CHANCE, count) + _EVEN


def _burden(weight: float, learned: float, count: int) -> float:
    """Give what speaks against any of so many; beyond what was learned of, what chance adds."""
    known = min(chance(count), chance(_LEARNED))
    return learned * known - weight * (chance(count) - known)


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
    count: int

    @classmethod
    def of(
        cls, question: np.ndarray, rivals: np.ndarray, sample: np.ndarray, count: int
    ) -> Rivalry:
        """Put a question (d,) among rivals (r, d); `sample` (n, d) is of `count` vectors."""
        usual = rivals.mean(axis=0)
        same = _units(rivals) @ _units(question) > _SAME
        asked, others = _units(question - usual), _units((rivals - usual)[~same])
        if not len(others):
            asked, others = _units(question), _units(rivals)
        near = others @ asked
        kinship = (near - near.mean()) / max(_LEAST, float(near.std()))
        return cls(asked, others, kinship, sample.sum(axis=0) / (len(sample) + _FEW), count)

    @property
    def neutral(self) -> float:
        """Give the odds of what says nothing for or against it."""
        return neutral(self.count)

    def odds(self, rows: np.ndarray) -> np.ndarray:
        """Give the log-odds that vectors (n, d) answer the question: (n,) float64."""
        parts = [self._odds(rows[i : i + _AT_ONCE]) for i in range(0, len(rows), _AT_ONCE)]
        return np.concatenate(parts) if parts else np.empty(0)

    def _odds(self, rows: np.ndarray) -> np.ndarray:
        fit, kinship = self.measured(rows)
        odds = _FIT * fit + _KINSHIP * kinship + _burden(_FIT, _CHANCE, self.count) + _EVEN
        return odds.astype(np.float64)

    def measured(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give the fit and the kinship of vectors (n, d): (n,) each."""
        units = _units(rows - self.middle)
        fits = units @ self.rivals.T
        mean, spread = fits.mean(axis=1), np.maximum(fits.std(axis=1), _LEAST)
        fit = (units @ self.question - mean) / spread
        fits = _SHARPNESS * (fits - fits.max(axis=1, keepdims=True)) / spread[:, None]
        best = np.exp(fits, out=fits)
        return fit, best @ self.kinship / best.sum(axis=1)


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
        return _burden(_STANDING, _STANDING_CHANCE, self.count) + _STANDING_EVEN

    def odds(self, rows: np.ndarray) -> np.ndarray:
        """Give the log-odds that vectors (n, d) answer the question: (n,) float64."""
        return np.asarray(_STANDING * self.measured(rows) + self._before, np.float64)

    def measured(self, rows: np.ndarray) -> np.ndarray:
        """Give by how many spreads vectors (n, d) stand out: (n,)."""
        stands: np.ndarray = (rows @ self.question - self.mean) / self.spread
        return stands


Likelihood = Rivalry | Standing


def likelihood(
    question: np.ndarray, rivals: np.ndarray, sample: np.ndarray, count: int
) -> Likelihood:
    """Tell how likely vectors answer a question (d,), as well as it can be told here."""
    if len(np.unique(rivals[:, :16].round(4), axis=0)) < _RIVALS:
        return Standing.of(question, sample, count)
    return Rivalry.of(question, rivals, sample, count)


def told(strength: float, count: int) -> float:
    """Give what is added to the odds of one of so many, of which words of a question are written.

    `strength` is 0..1. What has all of them is likelier a match than not, however it looks.
    """
    return (_WRITTEN - neutral(count)) * strength


def _units(rows: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    units: np.ndarray = rows / np.maximum(lengths, _LEAST)
    return units
