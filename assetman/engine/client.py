"""Talks to a library's engine in its own process, and starts one where none is running."""

from __future__ import annotations

import functools
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from assetman.core.errors import AssetmanError, EnvironmentProblem, LibraryBusy
from assetman.engine.codec import VERBS, Verb
from assetman.engine.endpoint import endpoints
from assetman.engine.events import EventBuffer
from assetman.engine.launch import EXIT_BUSY, EXIT_DAMAGED, Command, Launch, engine_command
from assetman.engine.link import LOST, Link
from assetman.engine.protocol import PROTOCOL_VERSION, EngineApi, EngineLost, Event, Listener
from assetman.engine.wire import HANDSHAKE_SECONDS, Gone, Wire, dial

_log = logging.getLogger(__name__)

PATIENCE_SECONDS = 60.0  # for an engine to start
_LOOK_SECONDS = 0.03
_MOST_RESTARTS = 5  # by itself, within the time below; then a person has to want it
_RESTART_SECONDS = 120.0
_END_SECONDS = 2.0

Reach = Callable[[threading.Event], Wire]
"""Gives a wire to the engine, starting one if need be; gives up when the event is set."""


def connect(
    folder: Path,
    *,
    again: bool = False,
    newest_search: bool = False,
    patience: float = PATIENCE_SECONDS,
    command: Command = engine_command,
) -> EngineClient:
    """Connect to the engine of a library; start it where none is running.

    With `again` the client starts an engine that died anew by itself. With `newest_search` a
    search that still waits for its turn is Cancelled when this client asks a newer one.
    Raises EnvironmentProblem, in the engine's own words where it could not start.
    """

    def reach(stop: threading.Event) -> Wire:
        return _reach(folder, patience, command, stop)

    return EngineClient.over(reach, again, newest_search)


def running(folder: Path) -> EngineClient | None:
    """Connect to the engine of a library if one is running.

    Raises EnvironmentProblem if it is of another version.
    """

    def reach(_: threading.Event) -> Wire:
        wire = _answering(folder)
        if wire is None:
            raise EngineLost("The engine has ended.")
        return wire

    try:
        return EngineClient.over(reach)
    except EngineLost:
        return None


def _reach(folder: Path, patience: float, command: Command, stop: threading.Event) -> Wire:
    """Find the engine or start it, and wait until it answers."""
    deadline = time.monotonic() + patience
    launch: Launch | None = None
    mended = False
    while True:
        wire = _answering(folder)
        if wire is not None:
            return wire
        status = launch.status() if launch else None
        if launch is not None and status not in (None, EXIT_BUSY):
            if status != EXIT_DAMAGED or mended:
                raise launch.why_it_ended()
            launch, mended = None, True
        if time.monotonic() > deadline:
            if status == EXIT_BUSY:
                raise LibraryBusy(f"Another process is using the library in {folder}.")
            raise EnvironmentProblem(f"The engine of the library in {folder} does not answer.")
        if launch is None or status == EXIT_BUSY:
            launch = Launch(folder, command)
        if stop.wait(_LOOK_SECONDS):
            raise EngineLost("The connection was closed.")


def _answering(folder: Path) -> Wire | None:
    """Connect to an engine that runs; None where there is none."""
    for endpoint in endpoints(folder):
        wire = dial(endpoint)
        if wire is None:
            continue
        try:
            theirs = wire.receive_within(HANDSHAKE_SECONDS).get("protocol")
            wire.send({"protocol": PROTOCOL_VERSION})
        except (Gone, AssetmanError):
            wire.close()
            continue
        if theirs == PROTOCOL_VERSION:
            return wire
        wire.close()
        raise EnvironmentProblem(
            f"Assetman {endpoint.version} is already running for this library, and this is"
            " another version: close its windows and try again."
        )
    return None


def _forwarding(verb: Verb) -> Callable[..., Any]:
    @functools.wraps(getattr(EngineApi, verb.name))
    def ask(self: EngineClient, *args: Any, **kwargs: Any) -> Any:
        return self.ask(verb, args, kwargs)

    return ask


def _forwarded(client: type[EngineClient]) -> type[EngineClient]:
    """Give the class every verb of the engine: each is sent there."""
    for verb in VERBS.values():
        setattr(client, verb.name, _forwarding(verb))
    return client


@_forwarded
class EngineClient(EngineApi):
    """The engine of a library as it looks from another process; a context manager.

    While the engine is away every call raises EngineLost, those that wait for an answer
    included. Subscriptions outlive it. Listeners are called on threads of the client's own
    and may call the engine.
    """

    def __init__(self, reach: Reach, again: bool, newest_search: bool) -> None:
        self._reach = reach
        self._again = again
        self._newest_search = newest_search
        self._lock = threading.Lock()
        self._mending = threading.Lock()
        self._closed = threading.Event()
        self._news = _News()
        self._lost_listeners = _Listeners()
        self._back_listeners = _Listeners()
        self._restarts: deque[float] = deque()
        self._mender: threading.Thread | None = None
        self._lost: EngineLost | None = None
        self._link = self._new_link()
        self._link.start()

    @classmethod
    def over(cls, reach: Reach, again: bool = False, newest_search: bool = False) -> Self:
        """Make a client that finds its engine through `reach`. Raises what that raises."""
        # Through cls: the verbs come from the decorator, and a type checker misses them here.
        return cls(reach, again, newest_search)

    @property
    def lost(self) -> EngineLost | None:
        """Why the engine is away; None while it is there."""
        return self._lost

    def ask(self, verb: Verb, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Call a verb of the engine. Raises what the engine raises, EngineLost."""
        with self._lock:
            if self._lost is not None:
                raise EngineLost(str(self._lost))
            link = self._link
        return link.ask(verb, args, kwargs, self._newest_search and verb.name == "search")

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        return self._news.subscribe(listener)

    def on_lost(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` when the engine has died; `lost` says why. Returns unsubscribe."""
        return self._lost_listeners.add(listener)

    def on_back(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` when an engine that had died is there again. Returns unsubscribe."""
        return self._back_listeners.add(listener)

    def reconnect(self) -> None:
        """Start the engine again if it is away. Raises EnvironmentProblem if that fails."""
        with self._mending:
            if self._lost is None or self._closed.is_set():
                return
            link = self._new_link()
            with self._lock:
                self._link, self._lost = link, None
            link.start()  # only now: it may end at once, and say so
            if self._closed.is_set():
                link.close()
                return
        self._back_listeners.tell()

    def close(self) -> None:
        """Leave the engine; it ends if nobody else needs it."""
        self._closed.set()
        with self._lock:
            link = self._link
            self._lost = self._lost or EngineLost("The connection was closed.")
        link.close()
        self._news.close()
        mender = self._mender
        if mender is not None and mender is not threading.current_thread():
            mender.join(_END_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _new_link(self) -> Link:
        return Link(self._reach(self._closed), self._news.put, self._ended)

    def _ended(self, link: Link) -> None:
        """Hear, on the reader's thread, that a connection has ended."""
        if self._closed.is_set():
            return
        with self._lock:
            self._lost = EngineLost(LOST)
        if self._again:
            self._mender = threading.Thread(target=self._mend, name="engine-mender", daemon=True)
            self._mender.start()
        self._lost_listeners.tell()

    def _mend(self) -> None:
        """Start the engine again, with growing pauses, and give up if it keeps dying."""
        pause = 0.0
        while not self._closed.wait(pause):
            now = time.monotonic()
            while self._restarts and self._restarts[0] < now - _RESTART_SECONDS:
                self._restarts.popleft()
            if len(self._restarts) >= _MOST_RESTARTS:
                _log.error("the engine was started %d times in vain", _MOST_RESTARTS)
                self._lost_listeners.tell()
                return
            self._restarts.append(now)
            try:
                self.reconnect()
            except AssetmanError as error:
                _log.warning("the engine cannot be started again: %s", error)
                with self._lock:
                    self._lost = EngineLost(str(error))
                pause = min(10.0, 2 * pause or 0.5)
            else:
                return


class _Listeners:
    """Who wants to hear of one thing."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[], None]] = []

    def add(self, listener: Callable[[], None]) -> Callable[[], None]:
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    def tell(self) -> None:
        for listener in list(self._listeners):
            try:
                listener()
            except Exception:
                _log.exception("a listener failed")


class _News:
    """Hands events to subscribers on a thread of its own, so that they may call the engine."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._listeners: list[Listener] = []
        self._buffer = EventBuffer()
        self._closed = False
        self._thread: threading.Thread | None = None

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        with self._changed:
            self._listeners.append(listener)
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._run, name="engine-news", daemon=True)
                self._thread.start()

        def unsubscribe() -> None:
            with self._changed:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return unsubscribe

    def put(self, event: Event) -> None:
        with self._changed:
            if self._listeners:
                self._buffer.put(event)
                self._changed.notify_all()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(_END_SECONDS)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._buffer)
                if self._closed:
                    return
                events, listeners = self._buffer.take(), list(self._listeners)
            for event in events:
                for listener in listeners:
                    try:
                        listener(event)
                    except Exception:
                        _log.exception("a listener failed")
