"""Serves one engine to any number of clients over a private socket or pipe."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from types import TracebackType
from typing import Self

from assetman.engine.endpoint import Endpoint, new_endpoint, publish, withdraw
from assetman.engine.protocol import EngineApi, Event
from assetman.engine.session import Session
from assetman.engine.wire import LARGEST_REQUEST, Gone, Wire

_log = logging.getLogger(__name__)

_BACKLOG = 64
_END_SECONDS = 5.0


def _nobody_cares() -> None:
    """Do nothing when a client leaves."""


class Server:
    """Lets clients in, each a session on a thread of its own; a context manager.

    The engine stays the caller's: it must hold the library's lock before the server is made
    and keep it until the server is closed. `on_leave` is called whenever a client has gone.
    """

    def __init__(
        self, engine: EngineApi, folder: Path, on_leave: Callable[[], None] = _nobody_cares
    ) -> None:
        self._engine = engine
        self._on_leave = on_leave
        self._lock = threading.Lock()
        self._sessions: dict[Session, threading.Thread] = {}
        self._closing = threading.Event()
        self._endpoint = new_endpoint(folder)
        self._listener = Listener(self._endpoint.address, self._endpoint.family, _BACKLOG)
        try:
            self._published = publish(folder, self._endpoint)
        except BaseException:
            self._listener.close()
            raise
        self._unsubscribe = engine.subscribe(self._tell)
        self._door = threading.Thread(target=self._let_in, name="engine-door", daemon=True)
        self._door.start()

    @property
    def endpoint(self) -> Endpoint:
        return self._endpoint

    @property
    def clients(self) -> int:
        """Count those that are connected or just coming in."""
        with self._lock:
            return len(self._sessions)

    def close(self) -> None:
        """Let nobody in any more and hang up on all clients. May be called again."""
        if self._closing.is_set():
            return
        self._closing.set()
        withdraw(self._published, self._endpoint)
        self._unsubscribe()
        # Accepting cannot be interrupted: one last caller wakes the door.
        with suppress(OSError, EOFError):
            Client(self._endpoint.address, self._endpoint.family).close()
        self._door.join(_END_SECONDS)
        self._listener.close()
        with self._lock:
            left = dict(self._sessions)
        for session in left:
            session.end()
        for thread in left.values():
            thread.join(_END_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _tell(self, event: Event) -> None:
        """Pass an event to all clients; none of them can hold the engine up."""
        with self._lock:
            sessions = list(self._sessions)
        for session in sessions:
            session.tell(event)

    def _let_in(self) -> None:
        while not self._closing.is_set():
            try:
                connection = self._listener.accept()
            except OSError as error:
                if not self._closing.is_set():
                    _log.warning("a client could not be let in: %s", error)
                    self._closing.wait(0.2)  # out of descriptors: do not spin
                continue
            if self._closing.is_set():
                connection.close()
                return
            self._begin(connection)

    def _begin(self, connection: Connection[bytes, bytes]) -> None:
        wire = Wire(connection, LARGEST_REQUEST)
        session = Session(wire, self._engine)
        thread = threading.Thread(
            target=self._serve, args=(wire, session), name="engine-client", daemon=True
        )
        with self._lock:
            self._sessions[session] = thread
        thread.start()

    def _serve(self, wire: Wire, session: Session) -> None:
        try:
            wire.admit(self._endpoint.secret)
            session.run()
        except Gone as reason:
            _log.info("a client was not let in: %s", reason)
            wire.close()
        except Exception:
            _log.exception("a bug in serving a client")
            wire.close()
        finally:
            with self._lock:
                self._sessions.pop(session, None)
            self._on_leave()
