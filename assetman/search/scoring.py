"""What is asked of one space: the parts of a question with their vectors, and their rivals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assetman.search.planner import Part

SAMPLE = 1024  # vectors of a space that tell what is usual in it
_FEW = 32  # vectors of a library that say too little of what else could be asked


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
    def wants(self) -> bool:
        """Tell whether anything is wanted; where nothing is, all answers but what is not wanted."""
        return any(part.weight > 0 for part in self.parts)

    @property
    def has_words(self) -> bool:
        """Tell whether any of its parts is words."""
        return any(part.words for part in self.parts)

    @property
    def is_one_example(self) -> bool:
        """Tell whether one thing is wanted that is of the kind that answers, and nothing else."""
        return len(self.parts) == 1 and self.wants and not self.has_words and not self.across

    @property
    def joined(self) -> np.ndarray:
        """Give the weighted sum of the parts: (d,) float32."""
        joined: np.ndarray = self.weights @ self.vectors
        return joined

    @property
    def direction(self) -> np.ndarray:
        """Give what the nearest are looked for with: (d,) float32, unit length or zero."""
        length = float(np.linalg.norm(self.joined))
        return self.joined / length if length > 1e-6 else self.joined

    def shares(self, rows: np.ndarray) -> np.ndarray:
        """Give what each part adds to the dot product of vectors (n, d): (n, parts) float64."""
        # Not `@`: threads of BLAS cost more here than they do, and most while a folder is indexed.
        shares: np.ndarray = np.einsum("nd,pd->np", rows, self.vectors) * self.weights
        return shares.astype(np.float64)

    def rivals(self, concepts: np.ndarray | None, sample: np.ndarray) -> np.ndarray:
        """Give what else might have been asked: (r, d) float32, as this question is made.

        Other words stand in place of its words, `concepts` (c, d); other vectors of the library,
        `sample` (n, d), in place of its examples. What is not wanted stays: that is no match for
        either. None are given where there is nothing to put in its place.
        """
        varied = [
            place for place, part in enumerate(self.parts) if part.weight > 0 or not self.wants
        ]
        kept = [place for place in range(len(self.parts)) if place not in varied]
        pools = [self._pool(place, concepts, sample) for place in varied]
        count = max(len(pool) for pool in pools)
        rows = np.zeros((count, self.vectors.shape[1]), np.float32)
        if min(len(pool) for pool in pools) == 0:
            return rows[:0]
        for place, pool in zip(varied, pools, strict=True):
            rows += self.weights[place] * pool[np.arange(count) % len(pool)]
        rows += self.weights[kept] @ self.vectors[kept]
        return rows

    def _pool(self, place: int, concepts: np.ndarray | None, sample: np.ndarray) -> np.ndarray:
        """Give what could stand in place of a part."""
        spoken = bool(self.parts[place].words) or self.across or len(sample) < _FEW
        if concepts is None or not spoken:
            return sample[:0] if self.parts[place].words else sample
        return np.pad(concepts, ((0, 0), (0, self.vectors.shape[1] - concepts.shape[1])))
