"""Work that must not run on the thread that paints.

`Job(owner, work).on_done(show).on_error(tell).start()` runs `work` on a pool of threads and
brings its result back to the thread of the window. A job whose owner is gone by then is dropped;
an exception always reaches `on_error`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar, runtime_checkable

import shiboken6
from PySide6.QtCore import QCoreApplication, QObject, QThreadPool, Signal, Slot

from assetman.core.errors import Cancelled

T = TypeVar("T")

THREADS = 8


@runtime_checkable
class MessageLine(Protocol):
    """Whoever can show a person one sentence about something that went wrong."""

    def say_problem(self, error: BaseException) -> None: ...


class Job(Generic[T]):
    """One piece of work off the thread that paints, told once how it ended."""

    def __init__(
        self, owner: QObject, work: Callable[[], T], pool: QThreadPool | None = None
    ) -> None:
        self._owner = owner
        self._work = work
        self._pool = pool
        self._done: Callable[[T], object] | None = None
        self._error: Callable[[BaseException], object] | None = None
        self._cancelled = False
        self._value: T
        self._failure: BaseException | None = None

    def on_done(self, function: Callable[[T], object]) -> Job[T]:
        """Call `function` with the result, on the thread of the window."""
        self._done = function
        return self

    def on_error(self, function: Callable[[BaseException], object]) -> Job[T]:
        """Call `function` with the exception; without this the message line shows it."""
        self._error = function
        return self

    def start(self) -> Job[T]:
        """Hand the work to the pool."""
        _relay()
        (self._pool or pool()).start(self._run)
        return self

    def cancel(self) -> None:
        """Drop the result; work that has not begun is never done."""
        self._cancelled = True

    @property
    def cancelled(self) -> bool:
        return self._cancelled or not shiboken6.isValid(self._owner)

    def fail(self, error: BaseException) -> None:
        """Tell the failure instead of doing the work."""
        self._failure = error
        self.deliver()

    def _run(self) -> None:
        if self._cancelled:
            return
        try:
            self._value = self._work()
        except BaseException as error:  # whatever it was, the person hears of it
            self._failure = error
        try:
            _relay().ended.emit(self)
        except RuntimeError:
            return  # the application is gone, and so is everyone who asked

    def deliver(self) -> None:
        """Tell the owner, unless it is gone. Runs on the thread of the window."""
        if self.cancelled:
            return
        if self._failure is None:
            if self._done is not None:
                self._done(self._value)
        elif self._error is not None:
            self._error(self._failure)
        elif not isinstance(self._failure, Cancelled):
            report(self._owner, self._failure)


def report(owner: QObject, error: BaseException) -> None:
    """Show an error in the message line of the window that `owner` belongs to."""
    place: QObject | None = owner
    while place is not None:
        if isinstance(place, MessageLine):
            place.say_problem(error)
            return
        place = place.parent()
    sys.excepthook(type(error), error, error.__traceback__)


class _Relay(QObject):
    """Carries ended jobs from the pool to the thread of the window."""

    ended = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.ended.connect(self._deliver)
        application = QCoreApplication.instance()
        if application is not None:
            self.moveToThread(application.thread())

    @Slot(object)
    def _deliver(self, job: Job[object]) -> None:
        job.deliver()


_state: dict[str, QObject] = {}


def _relay() -> _Relay:
    relay = _state.get("relay")
    if not isinstance(relay, _Relay):
        relay = _state["relay"] = _Relay()
    return relay


def pool() -> QThreadPool:
    """Give the pool that jobs run on when they name no other."""
    found = _state.get("pool")
    if not isinstance(found, QThreadPool):
        found = _state["pool"] = QThreadPool()
        found.setMaxThreadCount(THREADS)
    return found


def finish(milliseconds: int) -> bool:
    """Drop what has not begun and wait for the rest; True if nothing is left running."""
    waiting = pool()
    waiting.clear()
    return waiting.waitForDone(milliseconds)
