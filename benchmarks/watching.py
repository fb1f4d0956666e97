"""What it costs to watch at rest: processor, handles, threads, memory, and the time to set it up.

usage: python benchmarks/watching.py [--folders N] [--files N] [--seconds N]

Makes a tree of empty files and has it watched in turn, each time by a process of its own: by
Assetman through the system's watcher, by Assetman looking through it (as it does on a network
drive), and by watchdog's own recursive watch, which is what the first is held against. Set-up
is held against one walk of the same tree in the same run.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import psutil
from watchdog.events import (
    DirCreatedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer

from assetman.core.assets import Root
from assetman.ingest import lookout
from assetman.ingest.ignore import IgnoreRules
from assetman.ingest.places import Place
from assetman.ingest.watch import Listeners, Watcher

Cost = dict[str, float]
WAYS = ("watched", "looked through", "watchdog alone")


def make_tree(folder: Path, folders: int, files: int) -> None:
    """Make folders in folders in folders, with the files spread over the innermost."""
    each = max(1, files // folders)
    made = 0
    for number in range(folders):
        inner = folder / f"{number % 20}" / f"{number // 20 % 30}" / f"{number}"
        inner.mkdir(parents=True)
        for name in range(each if made + each <= files else 0):
            (inner / f"{name}.jpg").touch()
            made += 1


def walk_seconds(folder: Path) -> float:
    started = time.perf_counter()
    for _ in os.walk(folder):
        pass
    return time.perf_counter() - started


def memory() -> float:
    """Give the resident memory of this process in MB."""
    return float(psutil.Process().memory_info().rss / 1e6)


def watch(folder: Path, way: str, seconds: float) -> Cost:
    """Watch a folder at rest for a while; give what it cost."""
    process = psutil.Process()
    before, handles, threads = memory(), process.num_fds(), process.num_threads()
    started = time.perf_counter()
    close, interval = begin(folder, way)
    took = time.perf_counter() - started
    time.sleep(1.0)
    used, since = sum(process.cpu_times()[:2]), time.perf_counter()
    time.sleep(seconds)
    share = (sum(process.cpu_times()[:2]) - used) / (time.perf_counter() - since)
    cost = {
        "set-up": took,
        "share": share,
        "memory": memory() - before,
        "handles": process.num_fds() - handles,
        "threads": process.num_threads() - threads,
        "interval": interval,
    }
    close()
    return cost


def begin(folder: Path, way: str) -> tuple[Callable[[], None], float]:
    """Start to watch and wait until that stands; give what ends it, and how often it looks."""
    if way == "watchdog alone":
        observer = Observer()
        observer.start()
        events: list[type[FileSystemEvent]] = [FileCreatedEvent, FileModifiedEvent, FileMovedEvent]
        events += [FileDeletedEvent, FileClosedEvent, DirCreatedEvent, DirMovedEvent]
        observer.schedule(
            FileSystemEventHandler(), str(folder), recursive=True, event_filter=events
        )
        return observer.stop, 0.0
    dirty: list[Place] = []
    roots = [Root(1, str(folder), True, 1)]
    listeners = Listeners(dirty.extend, lambda root, online: None, lambda: None)
    watcher = Watcher(lambda: roots, listeners, IgnoreRules())
    silent = "It is looked through" if way == "looked through" else ""
    with mock.patch.object(lookout, "why_silent", return_value=silent):
        watcher.start()
        while not dirty:
            time.sleep(0.005)
    (state,) = watcher.states()
    return watcher.close, state.interval or 0.0


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--folders", type=int, default=20_000)
    arguments.add_argument("--files", type=int, default=100_000)
    arguments.add_argument("--seconds", type=float, default=35.0)
    arguments.add_argument("--way", help=argparse.SUPPRESS)
    arguments.add_argument("--tree", help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.way:
        print(json.dumps(watch(Path(given.tree), given.way, given.seconds)))
        return
    with tempfile.TemporaryDirectory() as made:
        tree = Path(os.path.realpath(made)) / "tree"
        make_tree(tree, given.folders, given.files)
        walk_seconds(tree)
        print(f"{given.folders:,} folders, {given.files:,} files, {given.seconds:.0f} s at rest")
        print(
            f"{'':16} {'set-up':>8} {'/ walk':>7} {'CPU':>8} {'memory':>9} {'/ dog':>6}"
            f" {'handles':>8} {'threads':>8}  looks every"
        )
        costs: dict[str, Cost] = {}
        for way in reversed(WAYS):
            walk = walk_seconds(tree)
            here = [sys.executable, __file__, "--way", way, "--tree", str(tree)]
            done = subprocess.run(
                [*here, "--seconds", str(given.seconds)], capture_output=True, text=True, check=True
            )
            costs[way] = {**json.loads(done.stdout), "walk": walk}
        alone = costs["watchdog alone"]
        for way in WAYS:
            cost = costs[way]
            print(
                f"{way:16} {cost['set-up']:6.2f} s {cost['set-up'] / cost['walk']:7.1f}"
                f" {cost['share']:7.2%} {cost['memory']:6.1f} MB"
                f" {cost['memory'] / max(alone['memory'], 0.1):6.2f}"
                f" {cost['handles']:8.0f} {cost['threads']:8.0f}"
                + (f"  {cost['interval']:.0f} s" if cost["interval"] else "")
            )


if __name__ == "__main__":
    main()
