"""Events on their way to someone who may be slow."""

from __future__ import annotations

from collections import deque

from assetman.core.changes import Changes
from assetman.core.exports import Export
from assetman.core.progress import Phase, Progress
from assetman.engine.protocol import Event

_MOST_RUNS = 16


class EventBuffer:
    """Keeps what was not yet taken, in little space whatever comes.

    Changes are joined; of a run only the newest progress is kept, but its end always. Not
    thread-safe: whoever owns it holds a lock.
    """

    def __init__(self) -> None:
        self._changes = Changes()
        self._progress: deque[Progress] = deque(maxlen=_MOST_RUNS)
        self._exports: dict[int, Export] = {}  # the newest of each

    def __bool__(self) -> bool:
        return bool(self._changes or self._progress or self._exports)

    def put(self, event: Event) -> None:
        """Add an event to what waits."""
        if isinstance(event, Changes):
            self._changes |= event
            return
        if isinstance(event, Export):
            self._exports[event.number] = event
            return
        last = self._progress[-1] if self._progress else None
        if last is not None and last.run == event.run and last.phase is not Phase.IDLE:
            self._progress.pop()
        self._progress.append(event)

    def take(self) -> list[Event]:
        """Give all that waits, changes first: progress may say that a run has ended."""
        events: list[Event] = [self._changes] if self._changes else []
        events += self._progress
        events += self._exports.values()
        self._changes = Changes()
        self._progress.clear()
        self._exports.clear()
        return events
