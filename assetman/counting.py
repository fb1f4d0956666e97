"""Keeps the counts of smart searches up to date, on a thread of its own."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable

from assetman.core.changes import Changes
from assetman.core.days import today
from assetman.core.errors import AssetmanError
from assetman.core.queries import Query

_log = logging.getLogger(__name__)

_LOOK = 60.0  # seconds between two looks whether it is another day by now
_REST = 1.0  # seconds between two counts at least
_SHARE = 10.0  # times as long as a count took is rested: a library that is filled changes always


class Counting:
    """Counts what answers each of some questions, whenever that may have changed.

    `count` gives a number, or None where it cannot be told; `publish` hears of numbers that are
    others than before. Nothing is counted until somebody asks.
    """

    def __init__(
        self, count: Callable[[Query], int | None], publish: Callable[[Changes], None]
    ) -> None:
        self._count = count
        self._publish = publish
        self._changed = threading.Condition()
        self._wanted: tuple[Query, ...] = ()
        self._counts: dict[Query, int | None] = {}
        self._stale = False
        self._day = today()  # that was counted on
        self._thread: threading.Thread | None = None
        self._closed = threading.Event()

    def counts(self, queries: Iterable[Query]) -> dict[Query, int | None]:
        """Give the counts known by now, and see to it that those of all of these will be."""
        with self._changed:
            self._wanted = tuple(dict.fromkeys(queries))
            known = {each: self._counts[each] for each in self._wanted if each in self._counts}
            if len(known) < len(self._wanted) and not self._closed.is_set():
                self._start()
            return known

    def counted(self, queries: Iterable[Query]) -> dict[Query, int | None]:
        """Count now, and give the counts."""
        fresh = {query: self._counted(query) for query in dict.fromkeys(queries)}
        with self._changed:
            self._counts |= fresh
        return fresh

    def hear(self, changes: Changes) -> None:
        """Count again if that may give other numbers."""
        others = Changes(
            failures=changes.failures, history=changes.history, searches=changes.searches
        )
        if changes != others:
            with self._changed:
                self._stale = True
                self._changed.notify_all()

    def close(self) -> None:
        """End the thread."""
        self._closed.set()
        with self._changed:
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._live, name="counting", daemon=True)
            self._thread.start()
        self._changed.notify_all()

    def _live(self) -> None:
        while not self._closed.is_set():
            began = time.monotonic()
            if self._count_all():
                self._publish(Changes(searches=True))
            self._closed.wait(max(_REST, _SHARE * (time.monotonic() - began)))
            with self._changed:
                while not (self._closed.is_set() or self._stale or self._unknown()):
                    self._changed.wait(_LOOK)
                    self._stale |= today() != self._day  # some dates are counted from it

    def _count_all(self) -> bool:
        """Count what is stale or not known; tell whether any number is another."""
        with self._changed:
            queries = self._wanted if self._stale else self._unknown()
            self._stale, self._day = False, today()
        fresh: dict[Query, int | None] = {}
        for query in queries:
            if self._closed.is_set():
                return False
            fresh[query] = self._counted(query)
        with self._changed:
            known = {each: self._counts[each] for each in self._wanted if each in self._counts}
            self._counts = known | fresh
            return self._counts != known

    def _unknown(self) -> tuple[Query, ...]:
        return tuple(query for query in self._wanted if query not in self._counts)

    def _counted(self, query: Query) -> int | None:
        try:
            return self._count(query)
        except AssetmanError:  # an example that is away, a model that is no longer there
            return None
        except Exception:
            _log.exception("a mistake in counting")
            return None
