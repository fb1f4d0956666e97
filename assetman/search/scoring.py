"""How well segments answer a question: their cosines with its parts, and one number of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assetman.search.planner import Part


@dataclass(frozen=True, slots=True)
class Question:
    """The parts of a question with their vectors, (parts, d) float32, in one space."""

    parts: tuple[Part, ...]
    vectors: np.ndarray

    @property
    def weights(self) -> np.ndarray:
        """Give the weight of each part: (parts,) float32."""
        return np.array([part.weight for part in self.parts], np.float32)

    @property
    def direction(self) -> np.ndarray:
        """Give what the nearest are looked for with: (d,) float32, unit length or zero."""
        joined: np.ndarray = self.weights @ self.vectors
        length = float(np.linalg.norm(joined))
        return joined / length if length > 1e-6 else joined

    @property
    def base(self) -> dict[str, float]:
        """Give the reasons of a segment that has nothing to do with any part.

        Where nothing is wanted, only something not wanted, everything begins as a match.
        """
        return {} if any(part.weight > 0 for part in self.parts) else {"anything": 1.0}

    def shares(self, rows: np.ndarray) -> np.ndarray:
        """Give what each part adds to the score of vectors (n, d): (n, parts) float64."""
        # Not `@`: threads of BLAS cost more here than they do, and most while a folder is indexed.
        shares: np.ndarray = np.einsum("nd,pd->np", rows, self.vectors) * self.weights
        return shares.astype(np.float64)

    def reasons(self, share: np.ndarray) -> dict[str, float]:
        """Name what adds up to a score; `share` is (parts,)."""
        reasons = self.base
        for part, value in zip(self.parts, share.tolist(), strict=True):
            reasons[part.name] = reasons.get(part.name, 0.0) + value
        return reasons

    def scores(self, shares: np.ndarray) -> np.ndarray:
        """Join shares, (n, parts), to scores, (n,) 0..1.

        A cosine below 0 says no more than 0 does, so a score is cut off there.
        """
        scores: np.ndarray = np.clip(shares.sum(axis=1) + sum(self.base.values()), 0.0, 1.0)
        return scores
