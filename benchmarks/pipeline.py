"""Pictures indexed per second, end to end, against what decoders and encoder could do alone.

usage: python benchmarks/pipeline.py [--pictures N] [--rounds N] [--model NAME] [--folder DIR]

Without --folder it makes its own pictures: photos of 12 megapixels and small ones. Everything
is measured in one run, in turn, so that a slow machine slows all of it. Where encoder and
decoders share the cores the bound is the sum of what each costs alone on all of them; where
the encoder has its own device, the slower of the two.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from concurrent.futures import wait
from pathlib import Path

import numpy as np
from PIL import Image

from assetman.core.inputs import InputSpec
from assetman.core.progress import Phase
from assetman.media.handler import Limits
from assetman.media.registry import kind_of
from assetman.media.workers import DecodePool
from assetman.workspace import Workspace

BEFORE_SEARCH = (Phase.SCANNING, Phase.INDEXING)
LIMITS = Limits(pixels=500_000_000, seconds=60, memory=4 << 30)


def make_photos(folder: Path, number: int, size: tuple[int, int]) -> None:
    """Write JPEGs with the grain and the size on disk of photographs."""
    random = np.random.default_rng(0)
    folder.mkdir(parents=True)
    for index in range(number):
        coarse = random.integers(0, 256, (24, 32, 3), dtype=np.uint8)
        picture = np.asarray(Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC))
        grain = random.normal(0, 6, (size[1], size[0], 1)).astype(np.int16)
        noisy = np.clip(picture.astype(np.int16) + grain, 0, 255).astype(np.uint8)
        Image.fromarray(noisy).save(folder / f"{index:04}.jpg", quality=90)


def decode_seconds(files: list[str], spec: InputSpec, workers: int, thumbnails: Path) -> float:
    """Decode every file with all cores and nothing else to do, thumbnails included."""
    pool = DecodePool(workers, LIMITS, 512)
    try:
        warm = [pool.extract(files[0], (spec,), None) for _ in range(workers * 2)]
        wait(warm)
        started = time.perf_counter()
        futures = [
            pool.extract(path, (spec,), thumbnails / f"{number}.webp")
            for number, path in enumerate(files)
        ]
        for future in futures:
            future.result()
        return time.perf_counter() - started
    finally:
        pool.close()


def encode_seconds(workspace: Workspace, model: str, pixels: np.ndarray) -> float:
    """Encode every picture with all cores and nothing else to do."""
    workspace.encoders.images(model, pixels[:8])
    started = time.perf_counter()
    for first in range(0, len(pixels), 32):
        workspace.encoders.images(model, pixels[first : first + 32])
    return time.perf_counter() - started


def pipeline_seconds(workspace: Workspace, folder: Path) -> float:
    """Index a folder that is new to the library, until all of it is searchable."""
    root, _ = workspace.library.roots.add(str(folder))
    started = time.perf_counter()
    run = workspace.pipeline.start([root.id])
    while (now := workspace.pipeline.progress()).run < run or now.phase in BEFORE_SEARCH:
        time.sleep(0.01)
    seconds = time.perf_counter() - started
    workspace.pipeline.stop()  # what would be compared now, for duplicates, is searchable already
    workspace.pipeline.wait(run)
    problem = workspace.pipeline.progress().problem
    if problem:
        raise SystemExit(problem)
    return seconds


def measure(folder: Path, model: str, scratch: Path) -> dict[str, float]:
    """Measure one folder once."""
    files = [
        os.path.join(where, name)
        for where, _, names in os.walk(folder)
        for name in names
        if kind_of(name)
    ]
    workspace = Workspace.open(scratch / "library", models=scratch / "models")
    try:
        workspace.use_model(model)
        spec = workspace.encoders.input_spec(model)
        assert spec is not None
        pixels = np.random.default_rng(0).integers(
            0, 256, (len(files), spec.size, spec.size, 3), dtype=np.uint8
        )
        workers = workspace.decoders.workers
        encode = encode_seconds(workspace, model, pixels)
        decode = decode_seconds(files, spec, workers, scratch / "thumbnails")
        whole = pipeline_seconds(workspace, folder)
        shared = workspace.encoders.device().device == "cpu"
        bound = encode + decode if shared else max(encode, decode)
        number = len(files)
        return {
            "decoders alone": number / decode,
            "encoder alone": number / encode,
            "bound": number / bound,
            "pipeline": number / whole,
            "pipeline / bound": bound / whole,
            "pipeline / encoder alone": encode / whole,
        }
    finally:
        workspace.close()


def report(title: str, folder: Path, model: str, rounds: int) -> None:
    rows = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as scratch:
            rows.append(measure(folder, model, Path(scratch)))
    print(f"\n{title}, model {model}, {rounds} rounds (median, least to most)")
    for name in rows[0]:
        values = [row[name] for row in rows]
        unit = "" if "/" in name else "pictures/s"
        middle = statistics.median(values)
        print(f"  {name:26} {middle:8.2f} {unit:10}  {min(values):.2f} to {max(values):.2f}")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--pictures", type=int, default=120)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--model", default="starter")
    arguments.add_argument("--folder", type=Path)
    given = arguments.parse_args()
    if given.folder:
        report(str(given.folder), given.folder, given.model, given.rounds)
        return
    with tempfile.TemporaryDirectory() as made:
        large, small = Path(made) / "large", Path(made) / "small"
        make_photos(large, given.pictures, (4000, 3000))
        make_photos(small, given.pictures * 4, (640, 480))
        report("photos of 12 megapixels", large, given.model, given.rounds)
        report("pictures of 640 × 480", small, given.model, given.rounds)


if __name__ == "__main__":
    main()
