"""Memory, handles, threads and disk of an engine that follows a folder in steady change.

usage: python benchmarks/soak.py [--minutes N] [--files N] [--changes N] [--every SECONDS]
                                 [--model NAME] [--folder DIR] [--csv FILE]

A folder of small pictures changes `--changes` times a minute: files are written, edited, renamed,
moved and deleted, folders renamed, and now and then a burst of copies comes. A client stays
connected, as a window does, and asks a question every few seconds. Files that are gone are kept
for five minutes instead of thirty days, so that what comes and goes balances. The table holds the
medians of each quarter of the time, and the slope of the last half; what grows by more than a
tenth from the second quarter to the last is called growing, and the exit status is then 1.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
import psutil
from PIL import Image

from assetman.core.errors import AssetmanError
from assetman.core.progress import Phase
from assetman.core.queries import Query
from assetman.engine.client import EngineClient, connect
from assetman.engine.endpoint import endpoints

CHECKOUT = Path(__file__).resolve().parent.parent
COLOURS = {"red": (230, 30, 30), "green": (30, 200, 40), "blue": (30, 50, 230)}
KEPT_DAYS = 5 / 1440  # that a missing file is kept
ASK_SECONDS = 10.0
GROWING = 1.10
SLACK = {"handles": 8, "threads": 4, "processes": 1, "disk MB": 2.0, "PSS MB": 5.0, "RSS MB": 8.0}


@dataclass(frozen=True)
class Sample:
    """The engine and its children at one moment."""

    minute: float
    rss: float  # MB
    pss: float  # MB, memory that is shared counted in shares
    handles: int
    threads: int
    processes: int
    cpu: float  # seconds since the start
    disk: float  # MB, of the library's folder
    journal: int  # rows
    assets: int
    missing: int


class Folder:
    """A folder of small pictures that changes at random."""

    def __init__(self, path: Path, files: int) -> None:
        self._path = path
        self._files = files
        self._random = random.Random(1)
        self._noise = np.random.default_rng(1)
        self._number = 0
        for _ in range(files):
            self.create()

    def change(self) -> None:
        """Make one change, and keep the number of files about the same."""
        there = self._all()
        acts: list[Callable[[], None]] = [
            self.edit, self.edit, self.rename, self.move, self.create, self.delete,
        ]  # fmt: skip
        if len(there) < 0.9 * self._files:
            acts = [self.create]
        elif len(there) > 1.1 * self._files:
            acts = [self.delete]
        elif self._random.random() < 0.01:
            acts = [self.rename_folder, self.burst]
        with suppress(FileNotFoundError, FileExistsError):
            self._random.choice(acts)()

    def create(self) -> None:
        self._number += 1
        folder = self._path / f"folder {self._random.randrange(12)}"
        folder.mkdir(parents=True, exist_ok=True)
        self._paint(folder / f"{self._random.choice(list(COLOURS))} {self._number}.png")

    def edit(self) -> None:
        """Write a file anew as editors do: aside, then renamed over it."""
        target = self._one()
        aside = target.with_name(f".{target.stem}.tmp.png")
        self._paint(aside)
        aside.replace(target)

    def rename(self) -> None:
        self._number += 1
        target = self._one()
        target.rename(target.with_name(f"renamed {self._number}.png"))

    def move(self) -> None:
        folder = self._path / f"folder {self._random.randrange(12)}"
        folder.mkdir(exist_ok=True)
        target = self._one()
        target.rename(folder / target.name)

    def delete(self) -> None:
        self._one().unlink()

    def rename_folder(self) -> None:
        self._number += 1
        folder = self._random.choice([each for each in self._path.iterdir() if each.is_dir()])
        folder.rename(self._path / f"album {self._number}")

    def burst(self) -> None:
        """Copy a tenth of the files at once into a folder of their own."""
        self._number += 1
        folder = self._path / f"copies {self._number}"
        folder.mkdir()
        there = self._all()
        for path in self._random.sample(there, len(there) // 10):
            with suppress(FileNotFoundError):
                shutil.copy(path, folder / path.name)

    def _all(self) -> list[Path]:
        return sorted(self._path.rglob("[!.]*.png"))

    def _one(self) -> Path:
        return self._random.choice(self._all())

    def _paint(self, path: Path) -> None:
        colour = self._random.choice(list(COLOURS.values()))
        pixels = np.full((96, 128, 3), colour, np.uint8)
        pixels[:16, :16] = self._noise.integers(0, 256, (16, 16, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(path)


def publish_model(folder: Path) -> None:
    """Let the engine find the quick model of the tests, as another's package is found."""
    facts = folder / "assetman_colours-1.0.dist-info"
    facts.mkdir(parents=True)
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: assetman-colours\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text(
        "[assetman.encoders]\ncolours = kit.colours:COLOURS_MODEL\n"
    )
    ways = [str(folder), str(CHECKOUT / "tests"), str(CHECKOUT)]
    os.environ["PYTHONPATH"] = os.pathsep.join(ways)


def family(library: Path) -> Iterator[psutil.Process]:
    """Give the engine and its children."""
    engine = psutil.Process(endpoints(library)[0].pid)
    yield engine
    yield from engine.children(recursive=True)


def sample(library: Path, client: EngineClient, started: float) -> Sample:
    """Look at everything once."""
    rss = pss = cpu = 0.0
    handles = threads = processes = 0
    for process in family(library):
        with suppress(psutil.Error):
            memory = process.memory_full_info()
            rss += memory.rss / 1e6
            pss += getattr(memory, "pss", memory.rss) / 1e6
            if sys.platform == "win32":
                handles += process.num_handles()
            else:
                handles += process.num_fds()
            threads += process.num_threads()
            times = process.cpu_times()
            cpu += times.user + times.system
            processes += 1
    disk = 0
    for path in library.rglob("*"):
        with suppress(OSError):
            disk += path.stat().st_size
    uri = f"{(library / 'library.sqlite').as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True)) as catalogue:
        journal = catalogue.execute("SELECT COUNT(*) FROM journal").fetchone()[0]
    status = client.status()
    return Sample(
        round((time.monotonic() - started) / 60, 2), rss, pss, handles, threads, processes,
        cpu, disk / 1e6, journal, sum(status.assets.values()), status.missing,
    )  # fmt: skip


def watch(given: argparse.Namespace, place: Path, client: EngineClient) -> list[Sample]:
    """Change the folder for the time given; look at the engine all the while."""
    folder = Folder(place / "pictures", given.files)
    client.use_model(given.model)
    client.add_root(str(place / "pictures"))
    run = client.index()
    while client.progress().run < run or client.progress().phase is not Phase.IDLE:
        time.sleep(0.2)
    chance = random.Random(2)
    started = now = time.monotonic()
    looked = asked = 0.0
    samples: list[Sample] = []
    while now - started < 60 * given.minutes:
        folder.change()
        if now - asked > ASK_SECONDS:
            asked = now
            with suppress(AssetmanError):
                client.cards(client.search(Query(chance.choice(list(COLOURS)))).ids)
        if now - looked > given.every:
            looked = now
            samples.append(sample(place / "library", client, started))
            one = samples[-1]
            print(f"{one.minute:7.1f} min  PSS {one.pss:6.0f} MB  {one.handles} handles  "
                  f"{one.threads} threads  {one.disk:.1f} MB  {one.journal} journal rows  "
                  f"{one.assets} assets", file=sys.stderr, flush=True)  # fmt: skip
        time.sleep(chance.expovariate(given.changes / 60))
        now = time.monotonic()
    return samples


def table(samples: list[Sample]) -> list[str]:
    """Print what each quarter of the time was like; give what is growing."""
    rows = {
        "PSS MB": [each.pss for each in samples],
        "RSS MB": [each.rss for each in samples],
        "handles": [float(each.handles) for each in samples],
        "threads": [float(each.threads) for each in samples],
        "processes": [float(each.processes) for each in samples],
        "disk MB": [each.disk for each in samples],
        "journal rows": [float(each.journal) for each in samples],
        "assets": [float(each.assets) for each in samples],
        "missing": [float(each.missing) for each in samples],
    }
    minutes = np.array([each.minute for each in samples])
    quarter, half = len(samples) // 4, len(samples) // 2
    print("| | 1st quarter | 2nd | 3rd | 4th | slope of the last half, an hour | |")
    print("|---|---|---|---|---|---|---|")
    growing = []
    for name, values in rows.items():
        parts = [values[n * quarter : (n + 1) * quarter or None] for n in range(4)]
        medians = [statistics.median(part) for part in parts]
        slope = 60 * np.polyfit(minutes[half:], values[half:], 1)[0]
        grows = medians[3] > GROWING * medians[1] + SLACK.get(name, 0.0)
        verdict = ""
        if name in SLACK:
            verdict = "growing" if grows else "flat"
        if verdict == "growing":
            growing.append(name)
        cells = " | ".join(f"{median:,.4g}" for median in medians)
        print(f"| {name} | {cells} | {slope:+.3g} | {verdict} |")
    spent = samples[-1].cpu - samples[0].cpu
    share = spent / (60 * (samples[-1].minute - samples[0].minute))
    print(f"\nProcessor: {share:.1%} of one core, the changes it was busy with included.")
    return growing


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=120.0)
    parser.add_argument("--files", type=int, default=300, help="about so many at any time")
    parser.add_argument("--changes", type=float, default=60.0, help="a minute")
    parser.add_argument("--every", type=float, default=15.0, help="seconds between two looks")
    parser.add_argument("--model", default="colours", help="“starter” is the built-in one")
    parser.add_argument("--folder", type=Path, help="where to work; default: a temporary one")
    parser.add_argument("--csv", type=Path, help="write every sample there")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-", dir=given.folder) as name:
        place = Path(name).resolve()
        publish_model(place / "site")
        (place / "library").mkdir()
        settings = f"keep_missing_days = {KEPT_DAYS}\n"
        (place / "library" / "settings.toml").write_text(settings)
        with connect(place / "library") as client:
            engine = psutil.Process(endpoints(place / "library")[0].pid)
            samples = watch(given, place, client)
        engine.wait(60)
    if given.csv:
        with given.csv.open("w", newline="") as file:
            writer = csv.DictWriter(file, [field.name for field in fields(Sample)])
            writer.writeheader()
            writer.writerows(asdict(each) for each in samples)
    print(
        f"{given.minutes:g} minutes, about {given.files} files, {given.changes:g} changes a minute"
    )
    print()
    growing = table(samples)
    print(f"Growing: {', '.join(growing)}." if growing else "Nothing grows.")
    return 1 if growing else 0


if __name__ == "__main__":
    sys.exit(main())
