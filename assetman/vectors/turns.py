"""Turns at a graph: whoever asks goes before whoever builds."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """Lets one at a time at a graph, questions first.

    A plain lock is not fair: a builder that gives it up between two steps mostly has it back
    before a waiting question wakes.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._asking = 0
        self._taken = False

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Hold the graph for a question."""
        with self._changed:
            self._asking += 1
            self._changed.wait_for(lambda: not self._taken)
            self._asking -= 1
            self._taken = True
        try:
            yield
        finally:
            self._give_back()

    @contextmanager
    def building(self) -> Iterator[None]:
        """Hold the graph for one short step of building, when no question waits."""
        with self._changed:
            self._changed.wait_for(lambda: not self._taken and not self._asking)
            self._taken = True
        try:
            yield
        finally:
            self._give_back()

    def _give_back(self) -> None:
        with self._changed:
            self._taken = False
            self._changed.notify_all()
