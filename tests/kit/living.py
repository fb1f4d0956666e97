"""A library whose roots are watched while a test changes them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from assetman.core.assets import Root
from assetman.core.watching import Watch, WatchMode
from assetman.ingest.drives import is_emptied
from assetman.ingest.ignore import IgnoreRules
from assetman.ingest.lookout import Rhythm
from assetman.ingest.pipeline import Pipeline
from assetman.ingest.places import Place
from assetman.ingest.unrest import Patience
from assetman.ingest.watch import Listeners, Watcher
from kit.bench import Bench

PATIENCE = 30.0  # seconds; far more than anything here takes
QUICK = Patience(quiet=0.15, longest=1.0, writing=0.6, again=0.2)
OFTEN = Rhythm(presence=0.1, polling=0.2, share=1.0, retry=0.3, renewal=0.1)


class Living:
    """A library whose roots are watched, with its pipeline in the background."""

    def __init__(self, bench: Bench, rules: IgnoreRules | None = None) -> None:
        self.bench = bench
        self.surveys: list[list[Place]] = []  # what was looked through again
        self.told = 0
        rules = rules or IgnoreRules()
        plan = replace(bench.plan, rules=rules, unfinished=self._unfinished)
        self.pipeline = Pipeline(bench.tools, plan)
        listeners = Listeners(self._refresh, self._reached, self._told)
        self.watcher = Watcher(
            bench.library.roots.all,
            listeners,
            rules,
            partial(is_emptied, bench.library),
            QUICK,
            OFTEN,
        )

    def start(self) -> None:
        """Watch, and wait until every root is watched and has been looked through."""
        self.watcher.start()
        roots = {root.id for root in self.bench.library.roots.all() if os.path.isdir(root.path)}
        self.until(lambda: {place.root_id for place in self._places() if place.whole} >= roots)
        self.rest()

    def rest(self) -> None:
        """Wait until nothing is going on: neither a burst nor a run."""
        self.until(lambda: self.pipeline.progress().phase == "idle" and self._is_quiet())

    def until(self, true: Callable[[], object]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < deadline, "waited in vain"
            time.sleep(0.01)

    def paths(self) -> set[str]:
        """Name what is there, relative to the folder of all roots."""
        home = self.bench.folder.parent
        return {
            os.path.relpath(path, home)
            for root in self.bench.library.roots.all()
            for row in self.bench.library.known.of_root(root.id).values()
            if not row.missing
            for path in [os.path.join(root.path, row.path)]
        }

    def until_paths(self, *expected: str) -> None:
        self.until(lambda: self.paths() == set(expected))
        self.rest()

    def state(self, root: Root | None = None) -> Watch:
        """Say how a root, or the only one, is watched."""
        (state,) = [
            each for each in self.watcher.states() if root is None or each.root_id == root.id
        ]
        return state

    def until_mode(self, mode: WatchMode, root: Root | None = None) -> None:
        self.until(lambda: self.state(root).mode is mode)

    def close(self) -> None:
        self.watcher.close()
        self.pipeline.close()

    def _places(self) -> list[Place]:
        return [place for places in list(self.surveys) for place in places]

    def _is_quiet(self) -> bool:
        unrest = self.watcher._unrest
        with unrest._news:
            return not unrest._places and not unrest._files

    def _refresh(self, places: Sequence[Place]) -> None:
        self.surveys.append(list(places))
        self.pipeline.refresh(places)

    def _reached(self, root_id: int, online: bool) -> None:
        if self.bench.library.roots.set_online(root_id, online):
            self.watcher.roots_changed()

    def _told(self) -> None:
        self.told += 1

    def _unfinished(self, *file: object) -> bool:
        return self.watcher.unfinished(*file)  # type: ignore[arg-type]
