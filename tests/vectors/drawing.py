"""Vectors that lie as embeddings do, the right answers, and how many of them were found."""

from __future__ import annotations

import numpy as np

from assetman.vectors.index import Floats, Ids


def drawn(count: int, dimension: int = 32, seed: int = 0, clusters: int = 20) -> Floats:
    """Draw (count, dimension) float32 unit vectors; every seed draws from the same clusters."""
    spread = np.random.default_rng(7)
    centres = spread.standard_normal((clusters, dimension)) + spread.standard_normal(dimension)
    draw = np.random.default_rng(seed)
    vectors = centres[draw.integers(0, clusters, count)]
    vectors = vectors + 0.6 * draw.standard_normal((count, dimension))
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / lengths, np.float32)


def nearest(queries: Floats, ids: Ids, vectors: Floats, count: int) -> Ids:
    """Find the nearest ids by comparing everything, in float64 and without any of our code."""
    similarities = queries.astype(np.float64) @ vectors.astype(np.float64).T
    return np.asarray(ids[np.argsort(-similarities, axis=1, kind="stable")[:, :count]])


def recall(found: Ids, right: Ids) -> float:
    """Give the share of the right ids that were found, over all questions; -1 is nobody."""
    hits = [len(np.intersect1d(f[f >= 0], r[r >= 0])) for f, r in zip(found, right, strict=True)]
    wanted = int((right >= 0).sum())
    return sum(hits) / wanted if wanted else 1.0
