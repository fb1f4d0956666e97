"""One connection to one engine, for as long as that engine lives."""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from typing import Any

from assetman.core.errors import WrongUse
from assetman.engine.codec import Json, Verb, decode, decode_error, decode_event
from assetman.engine.protocol import EngineLost, Event
from assetman.engine.wire import Gone, Wire

_log = logging.getLogger(__name__)

LOST = "The engine has stopped unexpectedly."
_FAREWELL_SECONDS = 2.0
_WAIT_SECONDS = 1.0  # Windows hears a Ctrl-C only between waits


class Link:
    """Carries the calls of any number of threads over one wire.

    A thread of its own reads what comes; events go to `on_event`. When the wire ends, every
    call that waits raises EngineLost, then `on_end` is called, once.
    """

    def __init__(
        self, wire: Wire, on_event: Callable[[Event], None], on_end: Callable[[Link], None]
    ) -> None:
        self._wire = wire
        self._on_event = on_event
        self._on_end = on_end
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._pending: dict[int, Future[Json]] = {}
        self._over = False
        self._reader = threading.Thread(target=self._read, name="engine-reader", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._reader.start()

    def ask(
        self, verb: Verb, args: Sequence[Any], kwargs: Mapping[str, Any], newest: bool = False
    ) -> Any:
        """Call the engine and wait for its answer. Raises what the engine raises, EngineLost."""
        request: Json = {"call": verb.name, "with": verb.encode_arguments(args, kwargs)}
        if newest:
            request["newest"] = True
        answer: Future[Json] = Future()
        number = next(self._numbers)
        with self._lock:
            if self._over:
                raise EngineLost(LOST)
            self._pending[number] = answer
        try:
            self._wire.send({"id": number, **request})
            message = self._await(answer)
        except Gone as error:
            raise EngineLost(LOST) from error
        finally:
            with self._lock:
                self._pending.pop(number, None)
        if "error" in message:
            raise decode_error(message["error"])
        return decode(message.get("result"), verb.result)

    def close(self) -> None:
        """Take leave of the engine. Waits for the reader, unless called on it."""
        try:
            self._wire.send({"bye": True})
        except Gone:
            pass
        else:
            self._join()
        self._wire.hang_up()
        self._join()

    def _join(self) -> None:
        if threading.current_thread() is not self._reader:
            self._reader.join(_FAREWELL_SECONDS)

    @staticmethod
    def _await(answer: Future[Json]) -> Json:
        while True:
            try:
                return answer.result(_WAIT_SECONDS)
            except NotYet:
                if answer.done():
                    raise

    def _read(self) -> None:
        try:
            while True:
                self._take(self._wire.receive())
        except (Gone, WrongUse) as reason:
            _log.debug("the connection to the engine has ended: %s", reason)
        except Exception:
            _log.exception("a message of the engine cannot be understood")
        finally:
            self._end()

    def _take(self, message: Json) -> None:
        if "event" in message:
            self._on_event(decode_event(message))
            return
        with self._lock:
            answer = self._pending.get(message.get("id", 0))
        if answer is not None:
            answer.set_result(message)
        elif message.get("id") is None:
            _log.warning("the engine complains: %s", message.get("error"))

    def _end(self) -> None:
        with self._lock:
            self._over = True
            waiting = list(self._pending.values())
        self._wire.close()
        for answer in waiting:
            if not answer.done():
                answer.set_exception(EngineLost(LOST))
        self._on_end(self)
