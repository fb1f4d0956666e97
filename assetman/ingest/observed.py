"""macOS and Windows: roots watched whole, as the system offers it there, through watchdog."""

from __future__ import annotations

import os
from collections.abc import Callable

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirModifiedEvent,
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
from watchdog.observers.api import ObservedWatch

from assetman.core.progress import CancelToken
from assetman.ingest.ignore import IGNORE_FILE, IgnoreRules
from assetman.ingest.places import Place
from assetman.ingest.unrest import Unrest
from assetman.media.formats import is_sidecar
from assetman.media.registry import kind_of

# Without those of opening and reading: what we read must not wake us.
_EVENTS: list[type[FileSystemEvent]] = [
    DirCreatedEvent, DirDeletedEvent, DirMovedEvent,
    FileClosedEvent, FileCreatedEvent, FileDeletedEvent, FileModifiedEvent, FileMovedEvent,
]  # fmt: skip


class ObservedRoots:
    """Any number of roots under one observer of watchdog's."""

    def __init__(self, unrest: Unrest, lost: Callable[[int, OSError | None], None]) -> None:
        self._unrest = unrest
        self._lost = lost
        self._watches: dict[int, ObservedWatch] = {}
        self._observer = Observer(timeout=1)
        self._observer.start()

    def watch(self, root_id: int, root: str, rules: IgnoreRules, cancel: CancelToken) -> None:
        """Watch a root. Raises OSError where the system refuses."""
        cancel.check()
        handler = _Handler((root_id, root), rules, self._unrest, self._lost)
        self._watches[root_id] = self._observer.schedule(
            handler, root, recursive=True, event_filter=_EVENTS
        )

    def leave(self, root_id: int) -> None:
        """Watch a root no more."""
        watch = self._watches.pop(root_id, None)
        if watch is not None:
            self._observer.unschedule(watch)

    @property
    def alive(self) -> bool:
        """Whether the thread that hears of changes runs."""
        return self._observer.is_alive()

    def is_watching(self, root_id: int) -> bool:
        """Tell whether events of a root still come; they end with a folder that is replaced."""
        watch = self._watches.get(root_id)
        alive = [each for each in self._observer.emitters if each.is_alive()]
        return self._observer.is_alive() and any(each.watch == watch for each in alive)

    def close(self) -> None:
        """End the threads."""
        self._observer.stop()
        self._observer.join()


class _Handler(FileSystemEventHandler):
    """Says of what happens in one root what it means."""

    def __init__(
        self,
        root: tuple[int, str],
        rules: IgnoreRules,
        unrest: Unrest,
        lost: Callable[[int, OSError | None], None],
    ) -> None:
        self._root_id, self._root = root
        self._rules = rules
        self._unrest = unrest
        self._lost = lost

    def dispatch(self, event: FileSystemEvent) -> None:
        if isinstance(event, DirModifiedEvent):  # what happened in it comes by itself
            return
        ended = not isinstance(event, FileCreatedEvent | FileModifiedEvent)
        self._take(os.fsdecode(event.src_path), event.is_directory, ended)
        if event.dest_path:
            self._take(os.fsdecode(event.dest_path), event.is_directory, ended)

    def _take(self, path: str, is_folder: bool, ended: bool) -> None:
        inside = self._relative(path)
        if not inside:
            if inside == "" and ended:  # the root itself is gone
                self._lost(self._root_id, None)
        elif is_folder:
            self._take_folder(inside)
        else:
            self._take_file(inside, ended)

    def _take_folder(self, path: str) -> None:
        # One that is gone is looked for in the folder that held it.
        if not self._skips(path, folder=True):
            self._unrest.changed(Place(self._root_id, path))

    def _take_file(self, path: str, ended: bool) -> None:
        if path == IGNORE_FILE:
            self._lost(self._root_id, None)
        elif kind_of(path) is None and not is_sidecar(path.rpartition("/")[2]):
            return
        elif not self._skips(path, folder=False):
            if ended:
                self._unrest.written((self._root_id, path))
            else:
                self._unrest.writing((self._root_id, path), self._absolute(path))

    def _skips(self, path: str, folder: bool) -> bool:
        """Say whether a path, or a folder above it, is passed over."""
        names = path.split("/")
        for depth, name in enumerate(names if folder else names[:-1], 1):
            inner = "/".join(names[:depth])
            if self._rules.skips_folder(name, inner, self._absolute(inner)):
                return True
        return not folder and self._rules.skips_file(names[-1], path)

    def _relative(self, path: str) -> str | None:
        """Give a path relative to the root, with "/"; None if it is not in it."""
        if path == self._root:
            return ""
        start = self._root.rstrip(os.sep) + os.sep
        return path.removeprefix(start).replace(os.sep, "/") if path.startswith(start) else None

    def _absolute(self, path: str) -> str:
        return os.path.join(self._root, *path.split("/"))
