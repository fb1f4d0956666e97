"""Decoding in processes of its own, so that a bad file costs that file and nothing else."""

from __future__ import annotations

import threading
import time
import weakref
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from assetman.core.assets import Passage
from assetman.core.errors import BadInput
from assetman.core.inputs import Excerpt, Spec
from assetman.media.clip import ClipFacts, SoundPart
from assetman.media.decoding import (
    ClipTask,
    DescribeTask,
    ExtractTask,
    FrameTask,
    PreviewTask,
    SoundTask,
    Task,
)
from assetman.media.handler import Extraction, Limits, Stretch
from assetman.media.worker import Worker, WorkerLost

_IDLE_SECONDS = 60.0  # after which a process that nobody needs gives its memory back
_TASKS = 2000  # of one process: libraries leak
_LEAVE_SECONDS = 30.0  # for a lane to end; one that hangs on a dead drive is left to the system


@dataclass(eq=False, slots=True, weakref_slot=True)
class _Job:
    task: Task
    future: Future[Any]
    worker: Worker | None = None  # while it is being done


class DecodePool:
    """As many decode processes as are useful, started when there is work.

    A file that crashes its decoder, hangs, or eats memory fails with BadInput and a process is
    started anew. What a person waits for (previews, a picture dropped as a question) goes
    before what fills the library, and has a process of its own when all others are busy.
    Futures may be cancelled at any time: a file that is being decoded is dropped at once.
    """

    def __init__(self, workers: int, limits: Limits, thumbnail_side: int) -> None:
        self.workers = max(1, workers)
        self._limits = limits
        self._thumbnail_side = thumbnail_side
        self._queue = _Queue()
        self._lanes: list[_Lane] = []
        self._spare: _Lane | None = None
        # a program may also end without a word
        self._end = weakref.finalize(self, _end_lanes, self._queue, self._lanes)

    def extract(
        self,
        path: str,
        specs: Sequence[Spec],
        thumbnail: Path | None,
        excerpt: Excerpt | Stretch | None = None,
    ) -> Future[Extraction]:
        """Decode a file for every spec, and write its thumbnail if a path is given.

        Without a thumbnail and a `Stretch` it is taken as a question and goes first.
        """
        task = ExtractTask(path, tuple(specs), thumbnail, self._thumbnail_side, excerpt)
        urgent = thumbnail is None and not isinstance(excerpt, Stretch)
        return cast("Future[Extraction]", self._submit(task, urgent))

    def describe(self, path: str) -> Future[tuple[Passage, ...]]:
        """Read what a file, or a sidecar, says in words; nothing is decoded, so it goes first."""
        return cast("Future[tuple[Passage, ...]]", self._submit(DescribeTask(path), urgent=True))

    def preview(self, path: str, side: int | None, target: Path) -> Future[tuple[int, int]]:
        """Write a picture that Qt loads; the future gives its width and height."""
        task = PreviewTask(path, side, target)
        return cast("Future[tuple[int, int]]", self._submit(task, urgent=True))

    def frame(self, path: str, at: float, target: Path) -> Future[tuple[int, int]]:
        """Write the frame of a video shown at a time; the future gives its width and height."""
        return cast("Future[tuple[int, int]]", self._submit(FrameTask(path, at, target), True))

    def clip(self, path: str, start: float) -> Future[ClipFacts]:
        """Read what has to be known of a video before the part from a time is saved."""
        return cast("Future[ClipFacts]", self._submit(ClipTask(path, start), urgent=True))

    def sound(self, path: str, start: float, end: float, target: Path) -> Future[SoundPart]:
        """Write the samples that are heard from a time to another."""
        task = SoundTask(path, start, end, target)
        return cast("Future[SoundPart]", self._submit(task, urgent=True))

    def set_gentle(self, gentle: bool) -> None:
        """Let the processes give way to everything else on this machine, or no longer."""
        with self._queue.changed:
            self._queue.gentle = gentle
            lanes = tuple(self._lanes)
        if gentle:
            for lane in lanes:
                lane.give_way()

    def close(self) -> None:
        """End every process at once; what is not done is cancelled."""
        self._end()

    def _submit(self, task: Task, urgent: bool) -> Future[Any]:
        queue = self._queue
        with queue.changed:
            job = queue.put(task, urgent)
            if queue.short_of_lanes and len(self._lanes) - bool(self._spare) < self.workers:
                self._start_lane(only_urgent=False)
            elif urgent and not queue.idle and self._spare is None:
                self._spare = self._start_lane(only_urgent=True)
        # A future holds on to whom it tells: were it the job, which holds on to the future, what a
        # sound gave, a hundred megabytes, would lie about until garbage is next collected.
        asked = weakref.ref(job)
        job.future.add_done_callback(lambda _: queue.drop(asked()))
        return job.future

    def _start_lane(self, only_urgent: bool) -> _Lane:
        lane = _Lane(self._queue, self._limits, only_urgent)
        self._lanes.append(lane)
        lane.start()
        return lane


class _Queue:
    """What is to be done, and what is being done."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.closed = False
        self.gentle = False  # processes give way to everything else on this machine
        self.idle = 0  # lanes that wait for any job
        self._urgent: deque[_Job] = deque()
        self._waiting: deque[_Job] = deque()
        self._at_work: set[_Job] = set()

    @property
    def short_of_lanes(self) -> bool:
        return len(self._urgent) + len(self._waiting) > self.idle

    def put(self, task: Task, urgent: bool) -> _Job:
        with self.changed:
            if self.closed:
                raise RuntimeError("the decode pool is closed")
            job = _Job(task, Future())
            (self._urgent if urgent else self._waiting).append(job)
            self.changed.notify_all()
            return job

    def take(self, only_urgent: bool, seconds: float | None) -> _Job | None:
        """Wait for a job; None when closed, or after `seconds`."""
        deadline = None if seconds is None else time.monotonic() + seconds
        with self.changed:
            while not self.closed:
                jobs = self._urgent or (() if only_urgent else self._waiting)
                if jobs:
                    job = jobs.popleft()
                    if job.future.cancelled():
                        job.future.set_running_or_notify_cancel()
                        continue
                    self._at_work.add(job)
                    return job
                left = None if deadline is None else deadline - time.monotonic()
                if left is not None and left <= 0:
                    return None
                self.idle += not only_urgent
                self.changed.wait(left)
                self.idle -= not only_urgent
            return None

    def begin(self, job: _Job, worker: Worker) -> bool:
        """Note who does a job; False if it has been called off."""
        with self.changed:
            job.worker = worker
            return not job.future.cancelled()

    def settle(self, job: _Job, answer: object, failure: Exception | None) -> None:
        """Give a job's future its end."""
        with self.changed:
            job.worker = None
            self._at_work.discard(job)
        # a future stays pending while it is worked on, so that it can be cancelled
        if not job.future.set_running_or_notify_cancel():
            return
        if failure is None:
            job.future.set_result(answer)
        else:
            job.future.set_exception(failure)

    def drop(self, job: _Job | None) -> None:
        """Stop the work on a job that was called off; None: nobody knows of it any more."""
        with self.changed:
            if job is not None and job.worker is not None and job.future.cancelled():
                job.worker.kill()

    def close(self) -> None:
        with self.changed:
            self.closed = True
            waiting = [*self._urgent, *self._waiting]
            at_work = list(self._at_work)
            self._urgent.clear()
            self._waiting.clear()
            self.changed.notify_all()
        for job in waiting:
            job.future.cancel()
            job.future.set_running_or_notify_cancel()
        for job in at_work:
            job.future.cancel()


def _end_lanes(queue: _Queue, lanes: list[_Lane]) -> None:
    queue.close()
    for lane in lanes:
        if lane is not threading.current_thread():
            lane.join(_LEAVE_SECONDS)


class _Lane(threading.Thread):
    """A thread with one decode process at a time. It outlives its process, as that needs."""

    def __init__(self, queue: _Queue, limits: Limits, only_urgent: bool) -> None:
        super().__init__(name="decode first" if only_urgent else "decode", daemon=True)
        self._queue = queue
        self._limits = limits
        self._only_urgent = only_urgent
        self._worker: Worker | None = None

    def give_way(self) -> None:
        """Let the process at hand give way to all others. From any thread."""
        worker = self._worker
        if worker is not None:
            worker.give_way()

    def run(self) -> None:
        while not self._queue.closed:
            job = self._queue.take(self._only_urgent, _IDLE_SECONDS if self._worker else None)
            if job is None:
                self._end_worker()
            else:
                self._do(job)
            del job  # or what it gave would lie here while nothing is to be done
        self._end_worker()

    def _do(self, job: _Job) -> None:
        answer: object = None
        failure: Exception | None = None
        try:
            answer = self._ask(job)
        except WorkerLost as lost:
            failure = BadInput(str(lost))
        except Exception as error:
            failure = error
        if self._worker and (not self._worker.alive or self._worker.served >= _TASKS):
            self._end_worker()
        self._queue.settle(job, answer, failure)

    def _ask(self, job: _Job) -> object:
        """Ask the process at hand, and a fresh one if it died: only that can blame the file."""
        while True:
            if self._worker is not None and not self._worker.alive:
                self._end_worker()  # killed for the job before, when that was as good as done
            if self._worker is not None and self._worker.gentle and not self._queue.gentle:
                self._end_worker()  # it cannot be made quick again
            if self._worker is None:
                self._worker = Worker(self._limits)
            worker = self._worker
            if self._queue.gentle and not worker.gentle:
                worker.give_way()
            fresh = worker.served == 0
            if not self._queue.begin(job, worker):
                return None
            try:
                return worker.ask(job.task)
            except WorkerLost:
                self._worker = None
                if fresh or job.future.cancelled():
                    raise

    def _end_worker(self) -> None:
        if self._worker is not None:
            self._worker.end()
            self._worker = None


def rights(limits: Limits | None = None) -> list[str]:
    """Start a decode process for a moment; say what the system keeps it from, as sentences.

    Raises EnvironmentProblem if none can be started.
    """
    worker = Worker(limits or Limits())
    try:
        return list(worker.wait_until_ready())
    finally:
        worker.end()
