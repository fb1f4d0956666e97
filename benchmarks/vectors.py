"""How fast neighbours are found and how many of the right ones, by index, size and filter.

usage: python benchmarks/vectors.py [--sizes N,N,…] [--dimension N] [--questions N]

Vectors lie as embeddings of pictures do: in clusters of about a hundred, in few directions, off
centre. Half of the questions are drawn like them, half are moved away as texts are from pictures
("across"): a graph finds those harder. What compares everything in float32 is right by
definition and the unit of the ratios; all is measured in one run.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assetman.vectors.exact import ExactIndex
from assetman.vectors.graph import Bounds
from assetman.vectors.hnsw import GraphIndex, HnswlibIndex, UsearchIndex, graph_class
from assetman.vectors.index import Floats, Halves, Ids, VectorIndex
from assetman.vectors.store import VectorStore

SHARES = (0.00001, 0.0001, 0.001, 0.01, 0.05, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0)
COUNTS = (50, 400)  # 400 is what the search asks for to fill a grid of 200
RECALLED = 50


@dataclass(frozen=True)
class Drawn:
    """Vectors, questions of both kinds (near first), and the cluster of each vector."""

    vectors: Floats
    questions: Floats
    clusters: Ids


class Paper:
    """A catalogue's embeddings in memory."""

    def __init__(self, vectors: Floats) -> None:
        self._vectors = vectors.astype(np.float16)

    def since(self, sequence: int) -> Iterator[tuple[Ids, Halves, int]]:
        for start in range(sequence, len(self._vectors), 4096):
            rows = self._vectors[start : start + 4096]
            yield np.arange(start, start + len(rows)), rows, start + len(rows)

    def ids(self) -> Ids:
        return np.arange(len(self._vectors))

    def last_sequence(self) -> int:
        return len(self._vectors)


def draw(count: int, dimension: int, questions: int) -> Drawn:
    random = np.random.default_rng(0)
    directions = random.standard_normal((64, dimension), np.float32) / 8
    common = random.standard_normal(dimension, np.float32)
    gap = random.standard_normal(dimension, np.float32) - common
    centres = random.standard_normal((max(8, count // 100), 64), np.float32) @ directions

    def some(number: int) -> tuple[Floats, Ids]:
        clusters = random.integers(0, len(centres), number)
        spread = random.standard_normal((number, 64), np.float32) @ directions
        noise = random.standard_normal((number, dimension), np.float32)
        rows: Floats = common + centres[clusters] + 0.7 * spread + 0.3 * noise
        return rows, clusters

    def unit(rows: Floats) -> Floats:
        units: Floats = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return units

    vectors, clusters = some(count)
    near, across = some(questions)[0], some(questions)[0] + gap
    return Drawn(unit(vectors), np.concatenate([unit(near), unit(across)]), clusters)


def milliseconds(ask: Callable[[Floats], object], questions: Floats) -> float:
    """Give the median time of one question at a time."""
    times = []
    for question in questions:
        started = time.perf_counter()
        ask(question[None])
        times.append(time.perf_counter() - started)
    return statistics.median(times) * 1000


def recall(found: Ids, right: Ids) -> float:
    hits = [len(np.intersect1d(f[f >= 0], r)) for f, r in zip(found, right, strict=True)]
    return sum(hits) / right.size if right.size else 1.0


def right_answers(drawn: Drawn, count: int) -> Ids:
    similarities = drawn.questions @ drawn.vectors.T
    return np.argsort(-similarities, axis=1)[:, :count]


def compare_everything(drawn: Drawn, count: int) -> Callable[[Floats], object]:
    """Compare as plain numpy does, in float32."""

    def ask(question: Floats) -> Ids:
        similarities = drawn.vectors @ question[0]
        best = np.argpartition(-similarities, min(count, len(similarities) - 1))[:count]
        return best[np.argsort(-similarities[best])]

    return ask


def asking(index: VectorIndex | VectorStore, count: int) -> Callable[[Floats], object]:
    return lambda question: index.search(question, count)


def among(store: VectorStore, allowed: Ids, exact: bool) -> Callable[[Floats], object]:
    return lambda question: store.search(question, RECALLED, allowed, exact=exact)


def row(
    name: str,
    build: float | None,
    index: VectorIndex | VectorStore,
    drawn: Drawn,
    right: Ids,
    units: list[float],
) -> None:
    """Print recall and times of one index, the times also in units of numpy's."""
    half = len(drawn.questions) // 2
    found = index.search(drawn.questions, RECALLED).ids
    cells = [f"{recall(found[:half], right[:half]):7.4f} {recall(found[half:], right[half:]):7.4f}"]
    for count, unit in zip(COUNTS, units, strict=True):
        taken = milliseconds(asking(index, count), drawn.questions)
        cells.append(f"{taken:8.2f} ms {taken / unit:5.2f}")
    built = "        " if build is None else f"{build:7.1f}s"
    print(f"{len(drawn.vectors):>8,} {name:<22} {built} {'  '.join(cells)}", flush=True)


def indexes(drawn: Drawn, folder: Path) -> None:
    """Print a row for each index, and keep the graphs for `filters`."""
    size, dimension = drawn.vectors.shape
    right = right_answers(drawn, RECALLED)
    units = [milliseconds(compare_everything(drawn, count), drawn.questions) for count in COUNTS]
    plain = "  ".join(f"{unit:8.2f} ms  1.00" for unit in units)
    print(f"{size:>8,} {'numpy, float32':<22} {'':8}  1.0000  1.0000 {plain}")
    kinds: list[type[ExactIndex] | type[GraphIndex]] = [ExactIndex, UsearchIndex]
    if graph_class() is HnswlibIndex:
        kinds.insert(1, HnswlibIndex)
    for kind in kinds:
        index = kind(dimension)
        started = time.perf_counter()
        index.add(np.arange(size), drawn.vectors)
        row(kind.__name__, time.perf_counter() - started, index, drawn, right, units)
        if kind is graph_class():
            index.save(folder / "graph-00000001", size)
    store = VectorStore(folder, dimension, Paper(drawn.vectors))
    store.wait_until_ready()
    chosen = "graph" if store.graph_answers(drawn.questions[:1], COUNTS[0]) else "exact"
    row(f"the store: {chosen}", None, store, drawn, right, units)
    store.close()


def filters(drawn: Drawn, folder: Path) -> None:
    """Print recall and time by the share of vectors that a filter leaves, with a graph in use."""
    size, dimension = drawn.vectors.shape
    random = np.random.default_rng(1)
    store = VectorStore(
        folder, dimension, Paper(drawn.vectors), bounds=Bounds(graph_from=1, gather=size // 5)
    )
    store.wait_until_ready()
    print(f"\nfilters over {size:,}, recall@{RECALLED} and time, with a graph and comparing all")
    print("    left    vectors   at random                          whole clusters")
    for share in SHARES:
        left = max(1, round(size * share))
        by_cluster = np.argsort(random.permutation(drawn.clusters.max() + 1)[drawn.clusters])
        cells = []
        for allowed in (random.choice(size, left, replace=False), by_cluster[:left]):
            allowed = np.sort(allowed)
            right = store.search(drawn.questions, RECALLED, allowed, exact=True).ids
            found = store.search(drawn.questions, RECALLED, allowed).ids
            times = [
                milliseconds(among(store, allowed, exact), drawn.questions[::4])
                for exact in (False, True)
            ]
            cells.append(f"{recall(found, right):.4f} {times[0]:7.2f} ms ({times[1]:7.2f} ms)")
        print(f"{share:8.3%} {left:>10,}   {'   '.join(cells)}", flush=True)
    store.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--dimension", type=int, default=512)
    parser.add_argument("--questions", type=int, default=60, help="of each of the two kinds")
    arguments = parser.parse_args()
    sizes = [int(size) for size in arguments.sizes.split(",")]
    heading = "  ".join(f"best {count:>3}  ratio" for count in COUNTS)
    print(f"{'vectors':>8} {'index':<22} {'build':>8}  recall  across   {heading}")
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            drawn = draw(size, arguments.dimension, arguments.questions)
            indexes(drawn, Path(folder) / str(size))
        filters(drawn, Path(folder) / str(size))


if __name__ == "__main__":
    main()
