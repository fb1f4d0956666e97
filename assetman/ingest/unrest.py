"""What is not quiet yet: folders that changed just now, files that are being written."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass

from assetman.ingest.places import Place, parent

File = tuple[int, str]  # root and path in it
_Stat = tuple[int, int]  # size, mtime_ns


@dataclass(frozen=True, slots=True)
class Patience:
    """How long things are left alone, in seconds."""

    quiet: float = 0.7  # a folder since it last changed
    longest: float = 5.0  # a folder that never stops changing
    writing: float = 2.0  # a file since it was last written to, if nobody closed it
    again: float = 1.0  # between two looks at such a file, which have to agree


@dataclass(slots=True)
class _Writing:
    where: str  # absolute
    since: float  # when it was last heard of
    seen: _Stat | None = None


class Unrest:
    """Gathers what happens in all roots, until a burst of it is over.

    What comes together leaves together, so that a move between two roots is seen as one. Any
    thread may call any method.
    """

    def __init__(self, patience: Patience | None = None) -> None:
        self.patience = patience or Patience()
        self._news = threading.Condition()
        self._places: dict[Place, None] = {}
        self._first = self._last = 0.0
        self._files: dict[File, _Writing] = {}
        self._nudged = self._closed = False

    def changed(self, place: Place, settled: bool = False) -> None:
        """Note that something in a folder changed; `settled`: there is nothing to wait for."""
        with self._news:
            now = time.monotonic()
            if settled:
                now -= self.patience.quiet
            if not self._places:
                self._first = self._last = now
                self._news.notify_all()
            elif not settled:
                self._last = now
            self._places[place] = None

    def writing(self, file: File, where: str) -> None:
        """Note that somebody writes to a file; `where` is its absolute path."""
        with self._news:
            known = self._files.get(file)
            if known is not None:
                known.since, known.seen = time.monotonic(), None
                return
            self._files[file] = _Writing(where, time.monotonic())
            if len(self._files) == 1:
                self._news.notify_all()

    def written(self, file: File) -> None:
        """Note that a file was closed, moved or deleted; its folder changed with that."""
        with self._news:
            self._files.pop(file, None)
        self.changed(Place(file[0], parent(file[1]), deep=False))

    def is_writing(self, file: File) -> bool:
        """Tell whether a file is to be left alone still."""
        with self._news:
            return file in self._files

    def forget(self, root_id: int) -> None:
        """Let go of a root that is no longer watched."""
        with self._news:
            self._places = {each: None for each in self._places if each.root_id != root_id}
            self._files = {file: each for file, each in self._files.items() if file[0] != root_id}

    def wait(self) -> list[Place]:
        """Wait for places that are quiet by now, and give them; none after a nudge."""
        while True:
            self._look_at_files()
            with self._news:
                if self._nudged or self._closed:
                    self._nudged = False
                    return []
                left = self._left()
                if left is None or left > 0:
                    self._news.wait(left)
                    continue
                now = time.monotonic()
                if self._places and now >= self._due():
                    places, self._places = list(self._places), {}
                    return places

    def nudge(self) -> None:
        """Let whoever waits look up."""
        with self._news:
            self._nudged = True
            self._news.notify_all()

    def close(self) -> None:
        """Let whoever waits go, for good."""
        with self._news:
            self._closed = True
            self._news.notify_all()

    def _due(self) -> float:
        return min(self._last + self.patience.quiet, self._first + self.patience.longest)

    def _left(self) -> float | None:
        """Give the seconds until something is due; None if nothing is."""
        times = [self._due()] if self._places else []
        times += [self._end(each) for each in self._files.values()]
        return min(times) - time.monotonic() if times else None

    def _end(self, file: _Writing) -> float:
        pause = self.patience.writing if file.seen is None else self.patience.again
        return file.since + pause

    def _look_at_files(self) -> None:
        """Look at those files again that nobody has written to for a while."""
        with self._news:
            now = time.monotonic()
            due = [(key, each) for key, each in self._files.items() if self._end(each) <= now]
        for key, file in due:
            found = _stat(file.where)
            with self._news:
                if self._files.get(key) is not file or self._end(file) > time.monotonic():
                    continue  # heard of meanwhile
                if found is not None and found != file.seen:
                    file.since, file.seen = time.monotonic(), found
                    continue
                del self._files[key]
            self.changed(Place(key[0], parent(key[1]), deep=False), settled=True)


def _stat(path: str) -> _Stat | None:
    try:
        found = os.lstat(path)
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns
