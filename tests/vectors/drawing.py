"""Vectors that lie as embeddings do: in clusters, around a common direction."""

from __future__ import annotations

import numpy as np

from assetman.vectors.index import Floats


def drawn(count: int, dimension: int = 32, seed: int = 0, clusters: int = 20) -> Floats:
    """Draw (count, dimension) float32 unit vectors; the same seed gives the same clusters."""
    spread = np.random.default_rng(7)
    centres = spread.standard_normal((clusters, dimension)) + spread.standard_normal(dimension)
    draw = np.random.default_rng(seed)
    vectors = centres[draw.integers(0, clusters, count)]
    vectors = vectors + 0.6 * draw.standard_normal((count, dimension))
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / lengths, np.float32)


def recall(found: np.ndarray, right: np.ndarray) -> float:
    """Give the share of the right ids that were found, over all questions."""
    hits = [len(np.intersect1d(f[f >= 0], r[r >= 0])) for f, r in zip(found, right, strict=True)]
    wanted = int((right >= 0).sum())
    return sum(hits) / wanted if wanted else 1.0
