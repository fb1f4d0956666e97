"""Counts a run's work truthfully: done, failed, bytes, rate, time left."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import replace

from assetman.core.assets import display
from assetman.core.progress import Phase, Progress
from assetman.ingest.identify import Identified

_WINDOW = 10.0  # seconds the rate looks back
_TRUSTED = 1.5  # seconds of work before a rate means something
_TOLD_BY = (
    20  # parts of all the work; one is enough of it, or one file, for a rate to mean something
)


class Tally:
    """The account of one run, written by its threads and read by anyone."""

    def __init__(self, run: int) -> None:
        self._lock = threading.Lock()
        self._started = time.monotonic()
        self._marks: deque[tuple[float, float]] = deque([(self._started, 0.0)])
        self._begun: dict[int, float] = {}  # shares of long files that are read, by content
        self._waiting = 0
        self._left: list[str] = []  # roots whose drives were pulled out
        self._progress = Progress(run=run, phase=Phase.SCANNING)

    @property
    def over(self) -> bool:
        """Tell whether the account is closed."""
        with self._lock:
            return self._progress.phase is Phase.IDLE

    @property
    def waiting(self) -> int:
        """How many files are known to need work and have not had it."""
        with self._lock:
            return self._waiting

    def left(self, root: str) -> None:
        """Note that a root went away in the middle of the work on it."""
        with self._lock:
            if root not in self._left:
                self._left.append(root)

    def joined(self, run: int) -> None:
        """Take a later request into this account."""
        with self._lock:
            self._progress = replace(self._progress, run=run)

    def scanning(self, label: str, met: int) -> None:
        """Say how many files a walk has met so far."""
        with self._lock:
            if label in self._left:  # it is back
                self._left.remove(label)
            if self._progress.phase is Phase.SCANNING:
                self._progress = replace(self._progress, label=label, done=met)

    def walked(self, missing: int, unchanged: int) -> None:
        """Add what a whole walk showed."""
        with self._lock:
            counts = self._progress.counts
            self._count(missing=counts.missing + missing, unchanged=counts.unchanged + unchanged)

    def identified(self, result: Identified) -> None:
        """Add what a batch turned out to be."""
        with self._lock:
            counts = self._progress.counts
            self._count(
                added=counts.added + result.added,
                changed=counts.changed + result.changed,
                moved=counts.moved + result.moved,
                unchanged=counts.unchanged + result.unchanged,
                failed=counts.failed + result.failed,
            )
            self._progress = replace(self._progress, failed=self._progress.failed + result.failed)

    def failed(self, files: int) -> None:
        """Add files and folders that could not even be looked at."""
        with self._lock:
            self._count(failed=self._progress.counts.failed + files)
            self._progress = replace(self._progress, failed=self._progress.failed + files)

    def indexing(self, label: str, waiting: int) -> None:
        """Say how many files are known to need work and have not had it."""
        self._work(Phase.INDEXING, label, waiting)

    def comparing(self, waiting: int) -> None:
        """Say how many pictures are still to be compared with all others."""
        self._work(Phase.COMPARING, "", waiting)

    def reading(self, label: str, waiting: int) -> None:
        """Say how many pictures and films are still to be read."""
        self._work(Phase.READING, display(label), waiting)

    def listening(self, label: str, waiting: int) -> None:
        """Say how many files are still to be listened to for what is said."""
        self._work(Phase.LISTENING, display(label), waiting)

    def _work(self, phase: Phase, label: str, waiting: int) -> None:
        with self._lock:
            self._waiting = waiting
            if self._progress.phase is not phase:
                self._progress = replace(self._progress, phase=phase, done=0)
                self._marks = deque([(time.monotonic(), self._reached())])
            self._progress = replace(
                self._progress, label=label, total=self._progress.done + waiting
            )

    def reached(self, content_id: int, share: float | None) -> None:
        """Say how much of a long file is read, 0..1; None when it is done or given up."""
        with self._lock:
            if share is not None:
                self._begun[content_id] = share
                self._marks.append((time.monotonic(), self._reached()))
            else:
                self._begun.pop(content_id, None)

    def finished(self, files: int, size: int, embedded: int = 0, failed: int = 0) -> None:
        """Add files whose work is over, failed ones among them; `size` in bytes."""
        with self._lock:
            done = self._progress.done + files
            self._waiting = max(0, self._waiting - files)
            counts = self._progress.counts
            self._count(embedded=counts.embedded + embedded, failed=counts.failed + failed)
            self._progress = replace(
                self._progress,
                done=done,
                total=done + self._waiting,
                failed=self._progress.failed + failed,
                bytes=self._progress.bytes + size,
            )
            self._marks.append((time.monotonic(), self._reached()))

    def ended(self, problem: str = "") -> None:
        """Close the account; where a root went away, that is the problem if there is no other."""
        with self._lock:
            if self._left and not problem:
                names = " and ".join(filter(None, (", ".join(self._left[:-1]), self._left[-1])))
                verb = "is" if len(self._left) == 1 else "are"
                problem = f"{display(names)} {verb} not connected any more."
            self._progress = replace(
                self._progress,
                phase=Phase.IDLE,
                label="",
                problem=problem,
                seconds=time.monotonic() - self._started,
            )

    def report(self, paused: bool = False) -> Progress:
        """Give the account as it stands."""
        with self._lock:
            progress = self._progress
            if progress.phase is Phase.IDLE:
                return progress
            now = time.monotonic()
            begun = sum(self._begun.values())
            progress = replace(progress, seconds=now - self._started, begun=begun)
            if paused:
                self._marks = deque([(now, self._reached())])
                return replace(progress, phase=Phase.PAUSED)
            rate = None if progress.phase is Phase.SCANNING else self._rate(now)
            left = max(0.0, self._waiting - begun) / rate if rate else None
            return replace(progress, rate=rate, seconds_left=left)

    def _rate(self, now: float) -> float | None:
        while len(self._marks) > 1 and now - self._marks[1][0] > _WINDOW:
            self._marks.popleft()
        since, before = self._marks[0]
        reached = self._reached()
        few = reached < min(1.0, self._progress.total / _TOLD_BY)
        if few or now - since < _TRUSTED or reached <= before:
            return None
        return (reached - before) / (now - since)

    def _reached(self) -> float:
        return self._progress.done + sum(self._begun.values())

    def _count(self, **values: int) -> None:
        self._progress = replace(self._progress, counts=replace(self._progress.counts, **values))
