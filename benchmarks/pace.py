"""What indexing leaves of the machine to the person, at full pace and gently.

usage: python benchmarks/pace.py [--pictures N] [--seconds N] [--model NAME]

As many processes as there are cores count as fast as they can, as a program would that the
person works with: alone, beside indexing at full pace, beside gentle indexing. Everything is
measured in turn in one run; shares are of what they reach alone.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
import time
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

import numpy as np
from PIL import Image

from assetman.core.progress import Pace, Phase
from assetman.core.queries import Query
from assetman.core.settings import cores
from assetman.engine.service import EngineService
from assetman.workspace import Workspace


def spin(counter: Synchronized[int], over: Synchronized[int]) -> None:
    """Count until told to stop."""
    while not over.value:
        for _ in range(20_000):
            pass
        counter.value += 1


class Foreground:
    """A busy program, one process a core."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._over = context.Value("q", 0)
        self._counters = [context.Value("q", 0) for _ in range(cores())]
        self._processes = [
            context.Process(target=spin, args=(counter, self._over)) for counter in self._counters
        ]
        for process in self._processes:
            process.start()
        while not all(counter.value for counter in self._counters):
            time.sleep(0.05)

    def done(self) -> int:
        return sum(counter.value for counter in self._counters)

    def close(self) -> None:
        self._over.value = 1
        for process in self._processes:
            process.join()


def make_pictures(folder: Path, number: int) -> None:
    """Write JPEGs that take some work to decode."""
    chance = np.random.default_rng(0)
    folder.mkdir(parents=True)
    for index in range(number):
        coarse = chance.integers(0, 256, (24, 32, 3), dtype=np.uint8)
        picture = Image.fromarray(coarse).resize((1600, 1200), Image.Resampling.BICUBIC)
        picture.save(folder / f"{index:05}.jpg", quality=90)


def beside(service: EngineService, foreground: Foreground, seconds: float) -> tuple[float, float]:
    """Give what the foreground counts a second beside the run, and the pictures indexed a second."""
    before, files, started = (
        foreground.done(),
        service.progress().counts.embedded,
        time.perf_counter(),
    )
    time.sleep(seconds)
    passed = time.perf_counter() - started
    if service.progress().phase is not Phase.INDEXING:
        raise SystemExit("The pictures were indexed too soon: take more with --pictures.")
    indexed = service.progress().counts.embedded - files
    return (foreground.done() - before) / passed, indexed / passed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, default=1500)
    parser.add_argument("--seconds", type=float, default=15.0, help="for each row")
    parser.add_argument("--model", default="starter")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        place = Path(name).resolve()
        make_pictures(place / "pictures", given.pictures)
        foreground = Foreground()
        service = EngineService(Workspace.open(place / "library"))
        try:
            started, before = time.perf_counter(), foreground.done()
            time.sleep(given.seconds)
            alone = (foreground.done() - before) / (time.perf_counter() - started)
            service.use_model(given.model)
            service.index([service.add_root(str(place / "pictures")).id])
            while service.progress().counts.embedded < 20:
                time.sleep(0.1)
            service.search(Query("a red boat"))
            print("| pace | the other program gets | pictures a second | a question |")
            print("|---|---|---|---|")
            for pace in (Pace.FULL, Pace.GENTLE):
                service.set_pace(pace)
                time.sleep(2)
                counted, files = beside(service, foreground, given.seconds)
                asked = time.perf_counter()
                service.search(Query(f"a boat, {pace.value}"))
                question = time.perf_counter() - asked
                print(f"| {pace.value} | {counted / alone:.0%} | {files:.1f} | {question:.2f} s |")
        finally:
            service.close()
            foreground.close()


if __name__ == "__main__":
    main()
