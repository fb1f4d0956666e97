"""How long a question takes where a few films hold thousands of the vectors, all of them near.

usage: python benchmarks/crowded.py [--vectors N] [--films N] [--frames N] [--questions N]

Fills a real library with pictures and with films of many frames that lie together, then asks
what lies among those frames: the nearest thousands are a handful of assets, and 200 are wanted.
The unit of the ratios is one comparison of the question with all vectors, in the same run. Also
times the moments of one film with their scores.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path

import numpy as np

from assetman.core.assets import Kind, Probe, SegmentDraft, SegmentKind
from assetman.core.inputs import Excerpt, InputSpec, Modality, SoundSpec, Spec
from assetman.core.queries import Query
from assetman.core.spaces import Space
from assetman.indexes import Source
from assetman.library.assets import FileStat
from assetman.library.library import Library
from assetman.media.handler import Extraction, Stretch
from assetman.search.questions import Questions
from assetman.search.service import SearchService
from assetman.vectors.store import VectorStore

DIMENSION = 512


class Told:
    """An encoder that is told the vectors of words."""

    def __init__(self) -> None:
        self.vectors: dict[str, np.ndarray] = {}

    def input_spec(self, name: str) -> InputSpec | None:
        return None

    def sound_input(self, name: str) -> SoundSpec | None:
        return None

    def modalities(self, name: str) -> frozenset[Modality]:
        return frozenset({Modality.TEXT})

    def sounds(self, name: str, samples: np.ndarray) -> np.ndarray:
        raise NotImplementedError

    def images(self, name: str, pixels: np.ndarray) -> np.ndarray:
        raise NotImplementedError

    def texts(self, name: str, texts: Sequence[str]) -> np.ndarray:
        return np.stack([self.vectors[text] for text in texts])

    def extract(
        self,
        path: str,
        specs: Sequence[Spec],
        thumbnail: Path | None,
        excerpt: Excerpt | Stretch | None = None,
    ) -> Future[Extraction]:
        raise NotImplementedError


def unit(rows: np.ndarray) -> np.ndarray:
    units: np.ndarray = rows / np.linalg.norm(rows, axis=-1, keepdims=True)
    return units.astype(np.float32)


def fill(
    library: Library, space: int, heard: int, given: argparse.Namespace, theme: np.ndarray
) -> list[int]:
    """Write films near a theme, seen and heard, and pictures anywhere; give the ids of the films."""
    random = np.random.default_rng(0)
    root = library.roots.add("/crowded")[0].id
    films = []

    def add(number: int, kind: Kind, rows: np.ndarray) -> int:
        content, _ = library.contents.add(f"{number:032x}", number, True, kind)
        library.contents.set_probe(content, Probe(kind, 640, 480))
        asset, _ = library.assets.add(
            root, f"{number}", FileStat(number, number, number, 1), content
        )
        drafts = [SegmentDraft(SegmentKind.IMAGE)]
        if kind is Kind.VIDEO:
            drafts = [
                SegmentDraft(SegmentKind.SHOT, i, i * 3.0, i * 3 + 3.0, at=i * 3 + 1.0)
                for i in range(len(rows))
            ]
        shots = len(drafts)
        if kind is Kind.VIDEO and given.heard:
            drafts += [
                SegmentDraft(SegmentKind.WINDOW, i, i * 5.0, i * 5.0 + 10, at=i * 5.0 + 5)
                for i in range(len(rows) * 3 // 5)
            ]
        ids = library.segments.replace(content, drafts)
        library.embeddings.add(space, ids[:shots], unit(rows))
        if len(ids) > shots:
            library.embeddings.add(heard, ids[shots:], unit(rows[: len(ids) - shots]))
        return asset

    for number in range(given.films):
        with library.writing():
            rows = theme + random.normal(scale=0.03, size=(given.frames, DIMENSION))
            films.append(add(number, Kind.VIDEO, rows))
    pictures = given.vectors - given.films * given.frames
    centres = random.normal(size=(max(8, pictures // 50), DIMENSION))
    for first in range(0, pictures, 2000):
        with library.writing():
            for number in range(first, min(pictures, first + 2000)):
                near = centres[number % len(centres)]
                rows = near + random.normal(scale=0.7, size=(1, DIMENSION))
                add(given.films + number, Kind.IMAGE, rows)
    return films


def median(ask: Callable[[], object], times: int) -> float:
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        ask()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--vectors", type=int, default=100_000)
    arguments.add_argument("--films", type=int, default=10)
    arguments.add_argument("--frames", type=int, default=5_000)
    arguments.add_argument("--heard", action="store_true", help="films have sound too")
    arguments.add_argument("--questions", type=int, default=9)
    given = arguments.parse_args()
    theme = unit(np.random.default_rng(5).normal(size=DIMENSION))
    with tempfile.TemporaryDirectory() as made, Library.open(Path(made) / "library") as library:
        stored, _ = library.spaces.ensure(Space("told", "1", 1, DIMENSION))
        library.spaces.choose(stored.id)
        heard, _ = library.spaces.ensure(Space("heard", "1", 1, DIMENSION), Modality.SOUND)
        library.spaces.choose(heard.id)
        films = fill(library, stored.id, heard.id, given, theme)
        stores = {}
        for space in (stored.id, heard.id):
            source = Source(library.embeddings, space)
            stores[space] = VectorStore(Path(made) / f"v{space}", DIMENSION, source)
            stores[space].catch_up()
            stores[space].wait_until_ready()
        store = stores[stored.id]
        told = Told()
        service = SearchService(
            library, Questions(library, told, told), lambda space: stores[space.id]
        )
        away = unit(np.random.default_rng(6).normal(size=DIMENSION))
        told.vectors = {"among the films": theme, "elsewhere": away}
        service.search(Query("elsewhere"))  # warm
        once = median(lambda: store.search(theme[None, :], 400, exact=True), given.questions)
        print(f"{given.vectors:,} vectors, {given.films} films of {given.frames:,} frames")
        print(f"{'comparing all once':32} {once * 1e3:8.1f} ms")
        for words in told.vectors:
            hits = service.search(Query(words)).hits
            taken = median(partial(service.search, Query(words)), given.questions)
            seen = len({hit.asset_id for hit in hits} & set(films))
            print(
                f"{words:32} {taken * 1e3:8.1f} ms {taken / once:7.1f} x   "
                f"{len(hits)} hits, {seen} of them films"
            )
        frames = [frame.segment_id for frame in library.frames.of_asset(films[0])]
        scored = median(
            lambda: service.scores(Query("elsewhere"), films[0], frames), given.questions
        )
        read = median(lambda: library.frames.of_asset(films[0]), given.questions)
        print(f"{'reading the frames of a film':32} {read * 1e3:8.1f} ms {read / once:7.1f} x")
        print(f"{'scoring them':32} {scored * 1e3:8.1f} ms {scored / once:7.1f} x")
        for each in stores.values():
            each.close()


if __name__ == "__main__":
    main()
