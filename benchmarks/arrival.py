"""From a file's arrival in a watched folder to its being found by a search.

usage: python benchmarks/arrival.py [--sizes 1000,100000] [--arrivals N] [--model NAME]

Fills real libraries whose files are there, empty, and known; watches them; copies pictures into
folders of theirs, one after the other, and waits until a search for what is like it, among
everything, finds each. The floor is what decoding and embedding that one picture takes by itself,
measured in turn with it. Watching waits 0.7 s for a folder to be quiet: that is given apart.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
from PIL import Image

from assetman.core.assets import Kind, Probe, SegmentDraft, SegmentKind
from assetman.core.changes import Changes
from assetman.core.exports import Export
from assetman.core.progress import Phase, Progress
from assetman.core.queries import Example, Query
from assetman.ingest.unrest import Patience
from assetman.library.assets import FileStat
from assetman.workspace import Workspace

FOLDERS = 100
PATIENCE = 120.0
EMPTY_THUMBNAIL = b"RIFF\x04\x00\x00\x00WEBP"


def make_pictures(folder: Path, number: int) -> list[Path]:
    """Write JPEGs of 3 megapixels with some grain."""
    random = np.random.default_rng(0)
    folder.mkdir()
    for index in range(number):
        coarse = Image.fromarray(random.integers(0, 256, (24, 32, 3), dtype=np.uint8))
        smooth = np.asarray(coarse.resize((2048, 1536), Image.Resampling.BICUBIC))
        grain = random.integers(0, 12, (1536, 2048, 1), dtype=np.uint8)
        Image.fromarray(smooth // 2 + grain).save(folder / f"{index:03}.jpg", quality=90)
    return sorted(folder.iterdir())


def fill(workspace: Workspace, number: int, folder: Path) -> int:
    """Write `number` files, and what the catalogue would know of them; give the root's id."""
    library = workspace.library
    space = library.spaces.active()
    assert space is not None
    root, _ = library.roots.add(str(folder))
    random = np.random.default_rng(0)
    for first in range(0, number, 2000):
        rows = range(first, min(number, first + 2000))
        vectors = random.normal(size=(len(rows), space.space.dimension))
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        segments: list[int] = []
        with library.writing():
            for row in rows:
                path = f"folder {row % FOLDERS}/{row}.jpg"
                file = folder / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.touch()
                found = file.stat()
                stat = FileStat(found.st_size, found.st_mtime_ns, found.st_ino, found.st_dev)
                content, _ = library.contents.add(f"{row:032x}", row, True, Kind.IMAGE)
                library.contents.set_probe(content, Probe(Kind.IMAGE, 640, 480))
                library.assets.add(root.id, path, stat, content)
                segments += library.segments.replace(content, [SegmentDraft(SegmentKind.IMAGE)])
                thumbnail = workspace.thumbnails.path_of(f"{row:032x}")
                thumbnail.parent.mkdir(parents=True, exist_ok=True)
                thumbnail.write_bytes(EMPTY_THUMBNAIL)
            library.embeddings.add(space.id, segments, vectors.astype(np.float32))
    return root.id


class News:
    """Wakes when something was embedded, or a run ended."""

    def __init__(self, workspace: Workspace) -> None:
        self._happened = threading.Condition()
        self._count = 0
        self.workspace = workspace
        workspace.subscribe(self._hear)

    def _hear(self, event: Changes | Progress | Export) -> None:
        if isinstance(event, Changes) and event.embedded:
            with self._happened:
                self._count += 1
                self._happened.notify_all()

    def until_embedded(self, before: int) -> None:
        with self._happened:
            assert self._happened.wait_for(lambda: self._count > before, PATIENCE)

    @property
    def count(self) -> int:
        return self._count

    def rest(self) -> None:
        """Wait until the run, if there is one, has ended, and a breath longer."""
        while self.workspace.pipeline.progress().phase is not Phase.IDLE:
            time.sleep(0.02)
        time.sleep(0.2)


def arrive(news: News, picture: bytes, target: Path, root_id: int) -> float:
    """Copy a picture into the root; give the seconds until a question finds it."""
    workspace, before = news.workspace, news.count
    relative = target.relative_to(workspace.library.roots.get(root_id).path).as_posix()
    target.write_bytes(picture)
    started = time.perf_counter()
    news.until_embedded(before)
    while True:
        asset = workspace.library.assets.at(root_id, relative)
        if asset is not None:  # among everything, nothing is more like it than itself
            found = workspace.search.search(Query(examples=(Example(asset_id=asset),)))
            if asset in found.ids[:3]:
                return time.perf_counter() - started
        time.sleep(0.005)


def floor(workspace: Workspace, model: str, picture: Path, thumbnail: Path) -> float:
    """Decode and embed one picture with nothing else to do."""
    spec = workspace.encoders.input_spec(model)
    assert spec is not None
    started = time.perf_counter()
    extraction = workspace.decoders.extract(str(picture), (spec,), thumbnail).result()
    workspace.encoders.images(model, extraction.inputs[spec])
    return time.perf_counter() - started


def measure(number: int, model: str, pictures: list[Path], scratch: Path) -> None:
    workspace = Workspace.open(scratch / "library", models=scratch / "models")
    try:
        workspace.use_model(model)
        root = Path(os.path.realpath(scratch)) / "root"
        root.mkdir()
        root_id = fill(workspace, number, root)
        news = News(workspace)
        workspace.watch()
        while workspace.pipeline.progress().run == 0:
            time.sleep(0.05)
        news.rest()
        taken, alone = [], []
        for index, picture in enumerate(pictures):
            alone.append(floor(workspace, model, picture, scratch / f"{index}.webp"))
            target = root / f"folder {index % FOLDERS}" / f"arrived {index}.jpg"
            taken.append(arrive(news, picture.read_bytes(), target, root_id))
            news.rest()
        taken, alone = taken[2:], alone[2:]  # models and processes warm
        least, typical = statistics.median(alone), statistics.median(taken)
        quiet = Patience().quiet
        print(
            f"{number:>9,} {typical:8.2f} {max(taken):8.2f} {least:8.2f} {max(alone):8.2f}"
            f" {typical / least:8.1f} {(typical - quiet) / least:8.1f}"
        )
    finally:
        workspace.close()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--sizes", default="1000,100000")
    arguments.add_argument("--arrivals", type=int, default=20)
    arguments.add_argument("--model", default="starter")
    given = arguments.parse_args()
    print("seconds from a picture of 3 megapixels being there to its being found by a question")
    print(
        f"{'assets':>9} {'median':>8} {'worst':>8} {'floor':>8} {'worst':>8} {'/ floor':>8}"
        f" {'less the quiet 0.7':>8}"
    )
    for size in given.sizes.split(","):
        with tempfile.TemporaryDirectory() as made:
            scratch = Path(made)
            pictures = make_pictures(scratch / "new", given.arrivals + 2)
            measure(int(size), given.model, pictures, scratch)


if __name__ == "__main__":
    main()
