"""One decode process, as its parent sees it."""

from __future__ import annotations

import os
import sys
import threading
import time
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection

import numpy as np
import psutil

from assetman.core.errors import BadInput, EnvironmentProblem
from assetman.core.inputs import InputSpec, Spec
from assetman.media.blocks import Block
from assetman.media.decoding import (
    Answer,
    Decoded,
    Failed,
    Message,
    Ready,
    Room,
    Task,
    serve,
    understood,
)
from assetman.media.files import write_together
from assetman.media.handler import Extraction, Limits
from assetman.media.lending import LENDS, lend, opened_within

_START_SECONDS = 60.0
_WATCH_SECONDS = 0.1  # between two looks at the memory of a process that cannot limit itself
_GENTLE_NICENESS = 19

_LONGEST_MESSAGE = 16 << 20  # bytes; pixels are handed over elsewhere

CRASHED = "The decoder crashed on this file"
NOT_STARTED = "A process for decoding pictures cannot be started"


class WorkerLost(Exception):
    """The process did not live to answer; the message says why, in words for the person."""


class Worker:
    """A process that decodes one file at a time. Its memory for pixels is the parent's.

    Used by the thread that made it, which must outlive it: on Linux a child may ask to end
    with the thread that started it. Only `kill` and `give_way` may be called by others.
    """

    def __init__(self, limits: Limits) -> None:
        """Start the process, without waiting for it; raises EnvironmentProblem."""
        self.served = 0  # tasks
        self.gentle = False  # it gives way to everything else on this machine
        self._limits = limits
        self._guard = threading.Lock()
        self._block: Block | None = None
        self._ended = False
        self._killed = False
        self._ready = False
        self._watched = False  # until it has said that it cannot limit its memory
        context = get_context("spawn")
        self._connection: Connection
        self._connection, theirs = context.Pipe()
        self._process = context.Process(
            target=serve,
            args=(theirs, os.getpid(), limits),
            name="assetman decoder",
            daemon=True,
        )
        try:
            self._process.start()
        except OSError as error:
            self.end()
            raise EnvironmentProblem(NOT_STARTED) from error
        finally:
            theirs.close()

    def ask(self, task: Task) -> Answer:
        """Have a task done. Raises BadInput, EnvironmentProblem, or WorkerLost.

        After WorkerLost, and after a task that took too long, the process is not `alive`.
        """
        if not LENDS:
            return self._ask(task, ())
        with opened_within(task.path, self._limits.seconds, lambda: self._killed) as source:
            if source is None:
                raise BadInput(too_slow(self._limits))
            opened = os.fstat(source)
            answers: list[Answer] = []
            write_together(
                task.targets,
                lambda files: answers.append(
                    self._ask(task, (source, *(file.fileno() for file in files)))
                ),
            )
            answer = answers[-1]
            if isinstance(answer, Extraction):
                answer.opened = opened.st_size, opened.st_mtime_ns, opened.st_ino
            return answer

    def _ask(self, task: Task, lent: tuple[int, ...]) -> Answer:
        if not self._ready:
            self.wait_until_ready()
        deadline = time.monotonic() + self._limits.seconds
        try:
            self._connection.send(task)
            lend(self._connection, lent, self._process.pid or 0)
            while True:
                match self._receive(deadline):
                    case Room(size) if not 0 < size <= self._limits.memory:
                        self.end()
                        raise WorkerLost(too_big(self._limits))
                    case Room(size):
                        self._block_of(size).lend(self._connection, self._process.pid or 0)
                    case Decoded(answer, shapes):
                        self.served += 1
                        if isinstance(answer, Extraction):
                            answer.inputs = self._take(shapes)
                        return answer
                    case Failed(kind, message):
                        self.served += 1
                        self._fail(kind, message)
        except OSError as error:
            raise self._lost() from error

    def wait_until_ready(self) -> tuple[str, ...]:
        """Wait for the process to start; gives what it may not do, in words for the person.

        Raises EnvironmentProblem if it does not start.
        """
        try:
            ready = self._receive(time.monotonic() + _START_SECONDS)
        except (WorkerLost, BadInput) as error:
            raise EnvironmentProblem(NOT_STARTED) from error
        assert isinstance(ready, Ready)
        self._ready = True
        self._watched = not ready.limited
        return ready.rights

    def give_way(self) -> None:
        """Run only when nothing else wants the processor. For good: most systems allow no return."""
        with self._guard, suppress(psutil.Error, OSError, ValueError):
            if self._ended:
                return
            self.gentle = True
            process = psutil.Process(self._process.pid)
            if sys.platform == "win32":
                process.nice(psutil.IDLE_PRIORITY_CLASS)
            else:
                process.nice(_GENTLE_NICENESS)

    @property
    def pid(self) -> int | None:
        """The process's number."""
        return None if self._ended else self._process.pid

    def kill(self) -> None:
        """End the process at once, in the middle of whatever it does."""
        with self._guard:
            self._killed = True
            if not self._ended:
                self._process.kill()

    def end(self) -> None:
        """End the process and free what is held for it."""
        with self._guard:
            if self._ended:
                return
            self._ended = True
        if self._process.pid is not None:
            self._process.kill()
            # one that hangs in the kernel (a dead network drive) is left to the system
            self._process.join(2)
            if self._process.exitcode is not None:
                self._process.close()
        self._connection.close()
        self._free_block()

    @property
    def alive(self) -> bool:
        """Whether it can be asked again."""
        return not (self._ended or self._killed)

    def _lost(self) -> WorkerLost:
        """Clear up after a process that ended by itself, and say why it did."""
        self._process.join(2)
        code = self._process.exitcode
        self.end()
        if code == -24:  # SIGXCPU: numbers, because Windows does not name them
            return WorkerLost(too_slow(self._limits))
        if code == -9:  # SIGKILL
            return WorkerLost("The system stopped the decoder: too little memory is free")
        return WorkerLost(CRASHED)

    def _receive(self, deadline: float) -> Message:
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                self.end()
                raise BadInput(too_slow(self._limits))
            if self._connection.poll(min(left, _WATCH_SECONDS) if self._watched else left):
                try:
                    return understood(self._connection.recv_bytes(_LONGEST_MESSAGE))
                except (EOFError, OSError) as error:
                    raise self._lost() from error
                except ValueError as error:  # something else speaks in its place
                    self.end()
                    raise WorkerLost(CRASHED) from error
            if self._watched and self._memory() > self._limits.memory:
                self.end()
                raise WorkerLost(too_big(self._limits))

    def _fail(self, kind: str, message: str) -> None:
        match kind:
            case "bad input":
                raise BadInput(message)
            case "environment":
                raise EnvironmentProblem(message)
            case "memory":
                self.end()  # what it could not get it may have in pieces
                raise WorkerLost(too_big(self._limits))
        raise RuntimeError(f"a decoder failed:\n{message}")

    def _memory(self) -> int:
        try:
            return int(psutil.Process(self._process.pid).memory_info().rss)
        except psutil.Error:
            return 0

    def _block_of(self, size: int) -> Block:
        if self._block is None or self._block.size < size:
            self._free_block()
            try:
                self._block = Block(size)
            except OSError as error:
                self.end()
                raise EnvironmentProblem("There is no memory to hand pictures over in") from error
        return self._block

    def _take(self, shapes: tuple[tuple[Spec, tuple[int, ...]], ...]) -> dict[Spec, np.ndarray]:
        inputs: dict[Spec, np.ndarray] = {}
        at = 0
        for spec, shape in shapes:
            kind = np.uint8 if isinstance(spec, InputSpec) else np.float32
            if 0 in shape:  # what is silent needs no block, and there may be none
                inputs[spec] = np.empty(shape, kind)
                continue
            assert self._block is not None
            there: np.ndarray = np.ndarray(shape, kind, buffer=self._block.buffer, offset=at)
            inputs[spec] = there.copy()
            at += there.nbytes
        return inputs

    def _free_block(self) -> None:
        if self._block is not None:
            self._block.free()
            self._block = None


def too_slow(limits: Limits) -> str:
    """Say that a file took too long."""
    return f"Reading the file took longer than the {limits.seconds:g} seconds allowed"


def too_big(limits: Limits) -> str:
    """Say that a file took too much memory."""
    most = limits.memory / (1 << 30)
    size = f"{most:.3g} GB" if most >= 1 else f"{limits.memory >> 20} MB"
    return f"Reading the file takes more than the {size} of memory allowed"
