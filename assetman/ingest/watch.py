"""Follows what happens in the roots: says which folders to look through again, and when."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from assetman.core.assets import Root
from assetman.core.changes import Changes
from assetman.core.errors import AssetmanError, WrongUse
from assetman.core.watching import Watch, WatchMode
from assetman.ingest.drives import is_emptied
from assetman.ingest.ignore import IgnoreRules
from assetman.ingest.lookout import Lookout, Rhythm, Surroundings, System
from assetman.ingest.places import Place, joined
from assetman.ingest.scan import Found
from assetman.ingest.unrest import File, Patience, Unrest
from assetman.library.assets import FileStat
from assetman.library.library import Library

_log = logging.getLogger(__name__)

_FRESH = 3.0  # seconds since a file was written, in which it may be written to again
_HANGING = 2.0  # seconds that a drive may hold up the end


class _System(System, Protocol):
    def close(self) -> None: ...

    @property
    def alive(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Listeners:
    """Who hears what the watcher finds."""

    dirty: Callable[[Sequence[Place]], object]  # folders that have to be looked through again
    reached: Callable[[int, bool], None]  # a root that is there now, or is not any more
    changed: Callable[[], None]  # how a root is watched


class Watcher:
    """Watches all roots, online or not, until it is closed.

    Each root first gets its watch and is then looked through whole, so that nothing falls
    between. One thread waits for bursts to end, one for each root looks whether it is there, and
    the system's events have theirs. `emptied` tells a root without files from a mount point
    without its drive.
    """

    def __init__(
        self,
        roots: Callable[[], Sequence[Root]],
        listeners: Listeners,
        rules: IgnoreRules,
        emptied: Callable[[Root], bool] = lambda root: False,
        patience: Patience | None = None,
        rhythm: Rhythm | None = None,
    ) -> None:
        self._roots = roots
        self._listeners = listeners
        self._unrest = Unrest(patience)
        self._around = Surroundings(
            unrest=self._unrest,
            system=self._system_in_use,
            rules=rules,
            root=self._root,
            emptied=emptied,
            reached=listeners.reached,
            told=listeners.changed,
            rhythm=rhythm or Rhythm(),
        )
        self._guard = threading.Lock()  # of the system
        self._system: _System | None = None
        self._lookouts: dict[int, Lookout] = {}
        self._glimpsed: dict[File, FileStat] = {}  # files of polled roots, as they were met
        self._asked = True
        self._closed = False
        self._thread = threading.Thread(target=self._live, name="watch", daemon=True)

    def start(self) -> None:
        """Begin to watch, in the background."""
        self._thread.start()

    def close(self) -> None:
        """Watch nothing any more, and end all threads; a drive that hangs is not waited for."""
        self._closed = True
        self._unrest.close()
        if self._thread.is_alive():
            self._thread.join()

    def roots_changed(self) -> None:
        """Hear that roots were added, removed, relocated, or went on- or offline."""
        self._asked = True
        self._unrest.nudge()

    def hear(self, event: object) -> None:
        """Hear what the library tells everyone."""
        if isinstance(event, Changes) and event.roots:
            self.roots_changed()

    def states(self) -> tuple[Watch, ...]:
        """Say how each root is watched."""
        return tuple(lookout.watch for lookout in tuple(self._lookouts.values()))

    def unfinished(self, root_id: int, found: Found) -> bool:
        """Tell whether a file is still being written; then its folder becomes dirty again later.

        Where the system does not tell who writes, a file that is young is looked at twice.
        """
        file = (root_id, found.path)
        if self._unrest.is_writing(file):
            return True
        lookout = self._lookouts.get(root_id)
        if lookout is None or lookout.watch.mode is not WatchMode.POLLING:
            return False
        old = time.time() - found.stat.mtime_ns / 1e9 > _FRESH
        if old or self._glimpsed.get(file) == found.stat:
            self._glimpsed.pop(file, None)
            return False
        self._glimpsed[file] = found.stat
        self._unrest.writing(file, os.path.join(lookout.root.path, *found.path.split("/")))
        return True

    # -- the thread

    def _live(self) -> None:
        try:
            while not self._closed:
                if self._asked:
                    self._asked = False
                    self._follow_roots()
                places = self._unrest.wait()
                if places:
                    self._hand_on(places)
        finally:
            self._end(list(self._lookouts.values()))
            with self._guard:
                if self._system is not None:
                    self._system.close()

    def _hand_on(self, places: list[Place]) -> None:
        try:
            self._listeners.dirty(joined(places))
        except AssetmanError as error:  # the library is being closed
            _log.info("changes are not followed: %s", error)
        except Exception:
            _log.exception("a mistake in following changes")

    def _follow_roots(self) -> None:
        """Watch the roots there are now, and no others."""
        try:
            roots = {root.id: root for root in self._roots()}
        except AssetmanError as error:
            _log.info("the folders are not known: %s", error)
            return
        paths = {root_id: root.path for root_id, root in roots.items()}
        over = [each for id_, each in self._lookouts.items() if paths.get(id_) != each.root.path]
        self._end(over)
        kept = {id_: each for id_, each in self._lookouts.items() if each not in over}
        for lookout in kept.values():
            lookout.look()
        self._lookouts = {
            id_: kept.get(id_) or Lookout(root, self._around) for id_, root in roots.items()
        }
        for lookout in self._lookouts.values():
            lookout.start()

    def _end(self, lookouts: Sequence[Lookout]) -> None:
        for lookout in lookouts:
            lookout.end()
        deadline = time.monotonic() + _HANGING
        for lookout in lookouts:
            lookout.join(max(0.0, deadline - time.monotonic()))
            self._unrest.forget(lookout.root.id)

    def _root(self, root_id: int) -> Root | None:
        return next((root for root in self._roots() if root.id == root_id), None)

    def _system_in_use(self) -> System:
        """Give what tells of changes, made when it is first needed. Raises OSError."""
        with self._guard:
            if self._system is None or not self._system.alive:
                self._system = _system(self._unrest, self._lost)
            return self._system

    def _lost(self, root_id: int, error: OSError | None) -> None:
        lookout = self._lookouts.get(root_id)
        if lookout is not None:
            lookout.lost(error)


def follow(
    library: Library,
    rules: IgnoreRules,
    refresh: Callable[[Sequence[Place]], object],
    publish: Callable[[Changes], None],
) -> Watcher:
    """Make the watcher of a library, not started yet."""

    def reached(root_id: int, online: bool) -> None:
        with suppress(WrongUse):  # removed just now
            publish(library.roots.set_online(root_id, online))

    listeners = Listeners(refresh, reached, lambda: publish(Changes(roots=True)))
    return Watcher(library.roots.all, listeners, rules, partial(is_emptied, library))


def _system(unrest: Unrest, lost: Callable[[int, OSError | None], None]) -> _System:
    # Each can be imported only where it works.
    if sys.platform == "linux":
        from assetman.ingest.inotify import WatchedRoots as SystemRoots
    else:
        from assetman.ingest.observed import ObservedRoots as SystemRoots
    return SystemRoots(unrest, lost)
