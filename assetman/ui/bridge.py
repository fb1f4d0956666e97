"""Between the window and the engine: calls go out as jobs, events come in as signals."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from assetman.core.changes import Changes
from assetman.core.exports import Export
from assetman.core.progress import Progress
from assetman.engine.protocol import EngineApi, Event
from assetman.ui.jobs import Job

T = TypeVar("T")

GATHER_MS = 80  # changes that come closer together are told as one


class EngineBridge(QObject):
    """The window's only way to the engine.

    It may be made before the engine is there: calls wait until `attach`. Signals always come on
    the thread of the window.
    """

    changed = Signal(object)  # Changes
    progressed = Signal(object)  # Progress
    exported = Signal(object)  # Export
    lost = Signal()
    back = Signal()
    attached = Signal()
    _heard = Signal()
    _lost_there = Signal()
    _back_there = Signal()

    def __init__(self, api: EngineApi | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._api: EngineApi | None = None
        self._waiting: list[_Call[object]] = []
        self._lock = threading.Lock()
        self._changes = Changes()
        self._progress: Progress | None = None
        self._exports: dict[int, Export] = {}  # the newest of each
        self._unsubscribe: Callable[[], None] | None = None
        self._gather = QTimer(self)
        self._gather.setSingleShot(True)
        self._gather.setInterval(GATHER_MS)
        self._gather.timeout.connect(self._tell)
        self._heard.connect(self._gather_more, Qt.ConnectionType.QueuedConnection)
        self._lost_there.connect(self.lost, Qt.ConnectionType.QueuedConnection)
        self._back_there.connect(self.back, Qt.ConnectionType.QueuedConnection)
        if api is not None:
            self.attach(api)

    @property
    def api(self) -> EngineApi | None:
        """The engine, None until it is attached. Blocking: call it in jobs only."""
        return self._api

    def attach(self, api: EngineApi) -> None:
        """Take the engine that has been connected and send it the calls that waited."""
        self._api = api
        for name, signal in (("on_lost", self._lost_there), ("on_back", self._back_there)):
            listen = getattr(api, name, None)
            if callable(listen):
                listen(signal.emit)
        Job(self, lambda: api.subscribe(self._hear)).on_done(self._subscribed).start()
        waiting, self._waiting = self._waiting, []
        for call in waiting:
            call.start()
        self.attached.emit()

    def call(self, owner: QObject, work: Callable[[EngineApi], T]) -> Job[T]:
        """Make a job that asks the engine; start it with `.start()`."""
        return _Call(self, owner, work)

    def enqueue(self, call: _Call[T]) -> None:
        """Keep a call until there is an engine to ask."""
        self._waiting.append(call)  # type: ignore[arg-type]  # T is the caller's affair

    def close(self) -> None:
        """Stop listening and let go of the engine; blocks for as long as the engine takes."""
        api, self._api = self._api, None
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        if api is not None:
            api.close()

    def _subscribed(self, unsubscribe: Callable[[], None]) -> None:
        self._unsubscribe = unsubscribe

    def _hear(self, event: Event) -> None:
        """Keep an event until the window has time; called on a thread of the engine's."""
        with self._lock:
            if isinstance(event, Changes):
                self._changes |= event
            elif isinstance(event, Export):
                self._exports[event.number] = event
            else:
                self._progress = event
        try:
            self._heard.emit()
        except RuntimeError:
            return  # the window has gone

    @Slot()
    def _gather_more(self) -> None:
        if not self._gather.isActive():
            self._gather.start()

    @Slot()
    def _tell(self) -> None:
        with self._lock:
            changes, self._changes = self._changes, Changes()
            progress, self._progress = self._progress, None
            exports, self._exports = self._exports, {}
        if changes:
            self.changed.emit(changes)
        if progress is not None:
            self.progressed.emit(progress)
        for export in exports.values():
            self.exported.emit(export)


class _Call(Job[T]):
    """A job that asks the engine, and waits for there being one."""

    def __init__(
        self, bridge: EngineBridge, owner: QObject, work: Callable[[EngineApi], T]
    ) -> None:
        super().__init__(owner, self._ask)
        self._bridge = bridge
        self._question = work

    def start(self) -> Job[T]:
        if self._bridge.api is None:
            self._bridge.enqueue(self)
            return self
        return super().start()

    def _ask(self) -> T:
        api = self._bridge.api
        if api is None:
            raise RuntimeError("the engine was closed before it was asked")
        return self._question(api)
