"""One client of the engine: its requests, its answers, its events."""

from __future__ import annotations

import logging
import threading
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from assetman.core.errors import AssetmanError, Cancelled, EnvironmentProblem, WrongUse
from assetman.engine.codec import VERBS, Json, Verb, encode, encode_error, encode_event, pack
from assetman.engine.events import EventBuffer
from assetman.engine.protocol import PROTOCOL_VERSION, EngineApi, Event
from assetman.engine.wire import HANDSHAKE_SECONDS, Gone, TooLarge, Wire

_log = logging.getLogger(__name__)

# Slow verbs have threads of their own, so that they keep nothing else waiting.
_LANES = {"search": "search", "preview": "preview", "add_model": "models"}
_OTHERS = "others"
_THREADS = 4  # in a lane
_MOST_UNANSWERED = 256  # a client that asks on without reading has to wait


class Session:
    """Serves one client until it leaves.

    Requests run at the same time, on threads of this client's own. Answers and events leave
    through one writer, so that a client that does not read holds up nobody else.
    """

    def __init__(self, wire: Wire, engine: EngineApi) -> None:
        self._wire = wire
        self._engine = engine
        self._lanes: dict[str, ThreadPoolExecutor] = {}
        self._unanswered = threading.Semaphore(_MOST_UNANSWERED)
        self._waiting = threading.Condition()
        self._replies: deque[bytes] = deque()
        self._events = EventBuffer()
        self._over = False
        self._newest: Future[None] | None = None

    def run(self) -> None:
        """Serve the client on this thread until it leaves or `end` is called."""
        writer = threading.Thread(target=self._write, name="engine-writer", daemon=True)
        try:
            self._greet()
            writer.start()
            while not self._over:
                self._read()
        except Gone as reason:
            _log.debug("a client has left: %s", reason)
        finally:
            self.end()
            if writer.is_alive():
                writer.join()
            for lane in self._lanes.values():
                lane.shutdown(wait=False, cancel_futures=True)
            self._wire.close()

    def end(self) -> None:
        """Hang up on the client. From any thread."""
        with self._waiting:
            self._over = True
            self._waiting.notify_all()
        for _ in range(_MOST_UNANSWERED):  # a reader that waits for room has to wake up
            self._unanswered.release()
        self._wire.hang_up()

    def tell(self, event: Event) -> None:
        """Pass an event on to the client. Never waits for it."""
        with self._waiting:
            self._events.put(event)
            self._waiting.notify_all()

    def _greet(self) -> None:
        self._wire.send({"protocol": PROTOCOL_VERSION})
        hello = self._wire.receive_within(HANDSHAKE_SECONDS)
        if hello.get("protocol") != PROTOCOL_VERSION:
            problem = EnvironmentProblem("the window or command is of another version of Assetman")
            self._wire.send({"id": None, "error": encode_error(problem)})
            raise Gone(str(problem))

    def _read(self) -> None:
        """Take one frame; each gets one answer. Raises Gone."""
        self._unanswered.acquire()  # the writer gives it back when the answer is out
        number = None
        try:
            request = self._wire.receive()
            if request.get("bye"):
                raise Gone("it said goodbye")
            number = request.get("id")
            self._start(number, request)
        except TooLarge as error:  # what follows it cannot be read either
            self._wire.send({"id": None, "error": encode_error(WrongUse(str(error)))})
            raise
        except WrongUse as error:
            _log.info("a request makes no sense: %s", error)
            self._reply({"id": number, "error": encode_error(error)})

    def _start(self, number: Any, request: Json) -> None:
        """Hand a request to its lane. Raises WrongUse if it makes no sense."""
        name = request.get("call")
        verb = VERBS.get(name) if isinstance(name, str) else None
        if verb is None:
            raise WrongUse(f"the engine does not know “{str(name)[:80]}”")
        arguments = verb.decode_arguments(request.get("with", {}))
        lane = self._lane(_LANES.get(verb.name, _OTHERS))
        task = lane.submit(self._answer, number, verb, arguments)
        if request.get("newest"):
            self._supersede(task)
        task.add_done_callback(lambda done: self._refuse(done, number))

    def _supersede(self, task: Future[None]) -> None:
        """Drop the last question of this kind, if it still waits for its turn."""
        if self._newest is not None:
            self._newest.cancel()
        self._newest = task

    def _refuse(self, task: Future[None], number: Any) -> None:
        if task.cancelled():
            error = Cancelled("a newer question took its place")
            self._reply({"id": number, "error": encode_error(error)})

    def _lane(self, name: str) -> ThreadPoolExecutor:
        if name not in self._lanes:
            self._lanes[name] = ThreadPoolExecutor(_THREADS, f"engine-{name}")
        return self._lanes[name]

    def _answer(self, number: Any, verb: Verb, arguments: Json) -> None:
        """Do what was asked and send the answer, or why there is none."""
        try:
            result = getattr(self._engine, verb.name)(**arguments)
            frame = pack({"id": number, "result": encode(result, verb.result)})
        except BaseException as error:  # whatever it is, the client waits for an answer
            if not isinstance(error, AssetmanError):
                _log.exception("a bug in %s", verb.name)
            frame = pack({"id": number, "error": encode_error(error)})
        self._send(frame)

    def _reply(self, message: Json) -> None:
        self._send(pack(message))

    def _send(self, frame: bytes) -> None:
        with self._waiting:
            self._replies.append(frame)
            self._waiting.notify_all()

    def _write(self) -> None:
        try:
            while not self._over:
                replies, events = self._next()
                for frame in replies:
                    self._wire.send_frame(frame)
                    self._unanswered.release()
                for event in events:
                    self._wire.send(encode_event(event))
        except Gone:
            self.end()
        except Exception:
            _log.exception("a bug on the way to a client")
            self.end()

    def _next(self) -> tuple[list[bytes], list[Event]]:
        """Wait for something to send."""
        with self._waiting:
            self._waiting.wait_for(lambda: self._over or self._replies or self._events)
            replies = list(self._replies)
            self._replies.clear()
            return replies, self._events.take()
