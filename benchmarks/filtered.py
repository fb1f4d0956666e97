"""How many of the 50 nearest are found within a filter, by how much the filter leaves.

usage: python -m benchmarks.filtered [--size N] [--dimension N] [--questions N] [--graph]

Vectors and questions are those of `benchmarks.vectors`. A filter leaves files by chance, or whole
clusters of them, or just those that lie farthest from what is asked: a folder of something else.
Right is what comparing all that passes finds, each vector as the catalogue holds it. With
`--graph` a graph is built and asked too, as the store does from a million vectors on; that takes
long. Times are of the same run: the median of a filtered search, and how many times faster it is
than comparing all that passes as it lies in the file.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from assetman.vectors.graph import Bounds
from assetman.vectors.index import Floats, Ids
from assetman.vectors.store import VectorStore
from benchmarks.vectors import Drawn, Paper, draw

SHARES = (0.00001, 0.0001, 0.001, 0.01, 0.05, 0.1, 0.3, 0.5, 0.9, 1.0)
RECALLED = 50
ASKED = 400  # for a grid of 200


def left_by(drawn: Drawn, share: float, question: Floats) -> Iterator[tuple[str, Ids]]:
    """Give the rows that filters of each kind leave, ascending."""
    count = len(drawn.vectors)
    some = max(1, round(share * count))
    random = np.random.default_rng(some)
    yield "by chance", np.sort(random.choice(count, some, replace=False))
    order = random.permutation(int(drawn.clusters.max()) + 1)
    yield "clusters", np.sort(np.argsort(order[drawn.clusters], kind="stable")[:some])
    yield "farthest", np.sort(np.argsort(drawn.vectors @ question, kind="stable")[:some])


def timed(store: VectorStore, question: Floats, allowed: Ids, exact: bool) -> tuple[Ids, float]:
    started = time.perf_counter()
    found = store.search(question[None], ASKED, allowed, exact=exact).ids[0]
    return found[:RECALLED], time.perf_counter() - started


def measure(drawn: Drawn, store: VectorStore) -> None:
    lowest = 1.0
    for share in SHARES:
        found: dict[str, list[tuple[float, float, float]]] = {}
        for question in drawn.questions:
            for kind, allowed in left_by(drawn, share, question):
                timed(store, question, allowed, exact=False)  # its rows are at hand from now on
                ids, taken = timed(store, question, allowed, exact=False)
                right, whole = timed(store, question, allowed, exact=True)
                right = right[right >= 0]
                recall = len(np.intersect1d(ids, right)) / len(right)
                found.setdefault(kind, []).append((recall, taken, whole))
        for kind, rows in found.items():
            table = np.array(rows)
            recalls, (_, taken, whole) = table[:, 0], np.median(table, axis=0).tolist()
            lowest = min(lowest, float(recalls.mean()))
            print(
                f"{share:9.3%} {kind:10} {recalls.mean():9.4f} {recalls.min():8.2f}"
                f" {taken * 1e3:8.1f} {whole / taken:8.1f}",
                flush=True,
            )
    print(f"lowest mean recall@{RECALLED}: {lowest:.4f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=200_000)
    parser.add_argument("--dimension", type=int, default=384)
    parser.add_argument("--questions", type=int, default=10)
    parser.add_argument("--graph", action="store_true")
    given = parser.parse_args()
    drawn = draw(given.size, given.dimension, given.questions)
    bounds = Bounds(graph_from=given.size // 2 if given.graph else 1 << 40)
    with tempfile.TemporaryDirectory() as folder:
        store = VectorStore(Path(folder), given.dimension, Paper(drawn.vectors), bounds=bounds)
        store.catch_up()
        store.wait_until_ready()
        print(f"{given.size:,} x {given.dimension}, {len(drawn.questions)} questions")
        print(f"{'left':>9} {'filter':10} {'recall@50':>9} {'worst':>8} {'ms':>8} {'faster':>8}")
        measure(drawn, store)
        store.close()


if __name__ == "__main__":
    main()
