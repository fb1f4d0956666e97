"""Time from text to results, by the size of the library and what a filter leaves of it.

usage: python -m benchmarks.query [--sizes 1000,10000,100000] [--queries N] [--model NAME] [--keep FOLDER]

Fills a real library with made vectors (clusters, as those of real pictures are), then asks it
sentences no query asked before, so that nothing is answered from memory. The text encoder's own
time is measured in the same run, a sentence of its own beside each question, and taken off.
Filters are typed with the words. `first` is the first question within a filter, when it is not
known yet what it leaves; median and p95 are of the questions after it, on the clock and in time of
the processor: on a machine that is busy with other things the second says more.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from assetman.core.queries import Query
from assetman.workspace import Workspace
from benchmarks.many import fill

THINGS = ("frog", "boat", "castle", "apple", "horse", "violin", "mountain", "lantern", "whale")
MANNERS = ("red", "old", "tiny", "wooden", "broken", "golden", "sleeping", "wet", "distant")
PLACES = ("river", "street", "kitchen", "forest", "desert", "harbour", "roof", "meadow", "cave")
SHARES = (0.00001, 0.0001, 0.001, 0.01, 0.1, 0.5)
OTHERS = (
    ('in:"folder 3"', 0.1),
    ("tag:tenth", 0.1),
    ("color:#c01818", 0.1),
    ("camera:a", 1 / 3),
    ("-tag:tenth", 0.9),
)


def sentences(number: int) -> list[str]:
    random = np.random.default_rng(1)
    words = [(a, b, c) for a in MANNERS for b in THINGS for c in PLACES]
    return [
        f"a {manner} {thing} near the {place}"
        for manner, thing, place in (words[i] for i in random.permutation(len(words))[:number])
    ]


def filters(number: int) -> Iterator[tuple[str, float]]:
    """Give what is typed beside the words, and the share of the library that it leaves."""
    yield "", 1.0
    for share in SHARES:
        if share * number >= 1:
            yield f"width:<={round(share * number)}", share
    yield from OTHERS


class Stopwatch:
    """Times questions, less what the encoder takes for a sentence."""

    def __init__(self, workspace: Workspace, model: str, texts: list[str]) -> None:
        self._workspace = workspace
        self._model = model
        self._texts = iter(texts)
        self.encoder: list[np.ndarray] = []

    def ask(self, filtered: str) -> np.ndarray:
        """Give the seconds (2,) that a question took beyond the encoder: clock, processor."""
        started = _now()
        self._workspace.encoders.texts(self._model, [next(self._texts)])
        encoded = _now()
        self._workspace.search.search(Query(f"{filtered} {next(self._texts)}"))
        encoder = encoded - started
        self.encoder.append(encoder)
        taken: np.ndarray = _now() - encoded - encoder
        return taken


def _now() -> np.ndarray:
    return np.array([time.perf_counter(), time.process_time()])


def cells(seconds: np.ndarray) -> str:
    """Write the median and p95 of times (n,) in milliseconds."""
    return f"{np.median(seconds) * 1e3:8.1f} {np.quantile(seconds, 0.95) * 1e3:8.1f}"


def measure(number: int, model: str, queries: int, kept: Path | None) -> None:
    with tempfile.TemporaryDirectory() as made:
        scratch = kept / str(number) if kept else Path(made)
        workspace = Workspace.open(scratch / "library", models=scratch / "models")
        try:
            workspace.use_model(model)
            space = workspace.library.spaces.active()
            assert space is not None
            if not workspace.library.segments.count():
                fill(workspace.library, space.id, space.space, number, scratch / "root")
            started = time.perf_counter()
            workspace.store_of(space).wait_until_ready()
            ready = time.perf_counter() - started
            kinds = list(filters(number))
            watch = Stopwatch(workspace, model, sentences(2 * (queries + 1) * len(kinds) + 10))
            for _ in range(5):  # models and caches warm
                watch.ask("")
            print(f"{number:,} segments, index ready after {ready:.1f} s")
            for typed, share in kinds:
                first = watch.ask(typed)
                taken = np.array([watch.ask(typed) for _ in range(queries)])
                print(
                    f"{share:9.3%} {typed or 'everything':16} {first[0] * 1e3:8.1f}"
                    f" {cells(taken[:, 0])} {first[1] * 1e3:10.1f} {cells(taken[:, 1])}",
                    flush=True,
                )
            encoder = np.array(watch.encoder)
            print(f"the encoder alone: {cells(encoder[:, 0])}, {cells(encoder[:, 1])}")
        finally:
            workspace.close()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--sizes", default="1000,10000,100000")
    arguments.add_argument("--queries", type=int, default=20)
    arguments.add_argument("--model", default="starter")
    arguments.add_argument("--keep", type=Path, help="fill libraries in this folder once")
    given = arguments.parse_args()
    print("milliseconds of a text question beyond the encoder, 200 hits asked for")
    columns = f"{'first':>8} {'median':>8} {'p95':>8}"
    print(f"{'left':>9} {'within':16} {columns}   {columns}  (clock, then processor)")
    for size in given.sizes.split(","):
        measure(int(size), given.model, given.queries, given.keep)


if __name__ == "__main__":
    main()
