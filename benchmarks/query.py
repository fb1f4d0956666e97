"""Time from text to results, by the size of the library.

usage: python benchmarks/query.py [--sizes 1000,10000,100000] [--queries N] [--model NAME]

Fills a real library with made vectors (clusters, as those of real pictures are), then asks it
sentences no query asked before, so that nothing is answered from memory. The text encoder's
own time is measured in the same run, sentence by sentence, and given apart.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np

from assetman.core.assets import Kind, Probe, SegmentDraft, SegmentKind
from assetman.core.queries import Filters, FolderFilter, Query
from assetman.library.assets import FileStat
from assetman.workspace import Workspace

THINGS = ("frog", "boat", "castle", "apple", "horse", "violin", "mountain", "lantern", "whale")
MANNERS = ("red", "old", "tiny", "wooden", "broken", "golden", "sleeping", "wet", "distant")
PLACES = ("river", "street", "kitchen", "forest", "desert", "harbour", "roof", "meadow", "cave")
FOLDERS = 10


def fill(workspace: Workspace, number: int, folder: Path) -> None:
    """Write `number` assets with one segment and one embedding each."""
    library = workspace.library
    space = library.spaces.active()
    assert space is not None
    folder.mkdir()
    root, _ = library.roots.add(str(folder))
    random = np.random.default_rng(0)
    centres = random.normal(size=(max(8, number // 50), space.space.dimension))
    for first in range(0, number, 2000):
        rows = range(first, min(number, first + 2000))
        near = centres[random.integers(0, len(centres), len(rows))]
        vectors = near + random.normal(scale=0.7, size=near.shape)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        segments: list[int] = []
        with library.writing():
            for row in rows:
                content, _ = library.contents.add(f"{row:032x}", row, True, Kind.IMAGE)
                library.contents.set_probe(content, Probe(Kind.IMAGE, 640, 480))
                path = f"folder {row % FOLDERS}/{row}.jpg"
                library.assets.add(root.id, path, FileStat(row, row, row, 1), content)
                segments += library.segments.replace(content, [SegmentDraft(SegmentKind.IMAGE)])
            library.embeddings.add(space.id, segments, vectors.astype(np.float32))


def sentences(number: int) -> list[str]:
    random = np.random.default_rng(1)
    words = [(a, b, c) for a in MANNERS for b in THINGS for c in PLACES]
    return [
        f"a {manner} {thing} near the {place}"
        for manner, thing, place in (words[i] for i in random.permutation(len(words))[:number])
    ]


def times(workspace: Workspace, texts: list[str], filters: Filters) -> tuple[list[float], int]:
    """Give the seconds of each query, and the hits of the last."""
    taken, hits = [], 0
    for text in texts:
        started = time.perf_counter()
        hits = len(workspace.search.search(Query(text, filters=filters)).hits)
        taken.append(time.perf_counter() - started)
    return taken, hits


def measure(number: int, model: str, queries: int) -> None:
    with tempfile.TemporaryDirectory() as made:
        scratch = Path(made)
        workspace = Workspace.open(scratch / "library", models=scratch / "models")
        try:
            workspace.use_model(model)
            fill(workspace, number, scratch / "root")
            space = workspace.library.spaces.active()
            assert space is not None
            started = time.perf_counter()
            store = workspace.store_of(space)
            store.wait_until_ready()
            ready = time.perf_counter() - started
            texts = sentences(queries * 3 + 5)
            times(workspace, texts[:5], Filters())  # models and caches warm
            alone = []
            for text in texts[5 : 5 + queries]:
                started = time.perf_counter()
                workspace.encoders.texts(model, [text])
                alone.append(time.perf_counter() - started)
            root = workspace.library.roots.all()[0].id
            tenth = Filters(folders=(FolderFilter(root, "folder 3"),))
            plain, hits = times(workspace, texts[5 + queries : 5 + queries * 2], Filters())
            narrow, _ = times(workspace, texts[5 + queries * 2 :], tenth)
            encoder = statistics.median(alone)
            for title, taken in (("everything", plain), ("a folder (1/10)", narrow)):
                whole = statistics.median(taken)
                worst = statistics.quantiles(taken, n=20)[-1]
                print(
                    f"{number:>9,} {title:16} {whole * 1e3:8.1f} {worst * 1e3:8.1f}"
                    f" {encoder * 1e3:9.1f} {(whole - encoder) * 1e3:9.1f}"
                    f" {whole / encoder:8.2f} {hits:6}  {ready:6.1f}"
                )
        finally:
            workspace.close()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--sizes", default="1000,10000,100000")
    arguments.add_argument("--queries", type=int, default=40)
    arguments.add_argument("--model", default="starter")
    given = arguments.parse_args()
    print("milliseconds of a warm text query, 200 hits asked for; index ready after seconds")
    print(
        f"{'segments':>9} {'within':16} {'median':>8} {'p95':>8} {'encoder':>9} {'beyond it':>9}"
        f" {'ratio':>8} {'hits':>6}  {'ready':>6}"
    )
    for size in given.sizes.split(","):
        measure(int(size), given.model, given.queries)


if __name__ == "__main__":
    main()
