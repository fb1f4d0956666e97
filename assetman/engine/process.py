"""The engine's process: opens the library, serves it, ends when nobody needs it."""

from __future__ import annotations

import faulthandler
import logging
import os
import queue
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from assetman.core.errors import AssetmanError, LibraryBusy
from assetman.core.progress import Phase
from assetman.engine.endpoint import endpoints, log_path
from assetman.engine.launch import EXIT_BUG, EXIT_BUSY, EXIT_DAMAGED, EXIT_ENVIRONMENT
from assetman.engine.protocol import EngineApi
from assetman.engine.server import Server
from assetman.engine.wire import dial

_log = logging.getLogger(__name__)

GRACE_SECONDS = 5.0  # without clients and work, before the engine ends
_FIRST_GRACE_SECONDS = 20.0  # until the first client comes
_BUSY_SECONDS = 5.0  # for another engine that is just closing
_LOOK_SECONDS = 0.2  # between looks at whether work is left, when nobody is connected
_LOG_SECONDS = 30.0  # between looks at the log's length
_LONGEST_LOG = 2 << 20  # bytes
_END_SECONDS = 60.0


class Served(EngineApi, Protocol):
    """An engine that a process of its own is for."""

    def watch(self) -> None:
        """Follow what happens in the library's folders from now on."""
        ...

    def on_damage(self, tell: Callable[[str], None]) -> None:
        """Call `tell`, from any thread, when the library turns out to be damaged."""
        ...

    def exporting(self) -> bool:
        """Whether something is being saved for the person."""
        ...


def main(folder: Path, open_engine: Callable[[Path], Served], grace: float = GRACE_SECONDS) -> int:
    """Be the engine of a library until nobody needs it any more; give the exit status.

    Watching alone does not keep it: when the last window has gone it ends with the work at hand,
    and what changes then is found by the run that the next window begins with. A library that
    turns out to be damaged ends it too: whoever starts it again has the library recovered.
    """
    faulthandler.enable()
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    wake: queue.SimpleQueue[str] = queue.SimpleQueue()
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C is not meant for us
        signal.signal(signal.SIGTERM, lambda *_: wake.put("stop"))
    try:
        engine = _open(folder, open_engine)
    except LibraryBusy as error:
        print(f"assetman: {error}", file=sys.stderr)
        return EXIT_BUSY
    except AssetmanError as error:
        print(f"assetman: {error}", file=sys.stderr)
        return EXIT_ENVIRONMENT
    except Exception:
        _log.exception("the engine could not start")
        return EXIT_BUG
    damage: list[str] = []

    def damaged(sentence: str) -> None:
        damage.append(sentence)
        wake.put("stop")

    try:
        engine.on_damage(damaged)
        with Server(engine, folder, on_leave=lambda: wake.put("left")) as server:
            _log.info("engine %d serves %s", os.getpid(), ascii(str(folder)))
            engine.watch()
            _wait_until_unneeded(server, engine, folder, wake, grace)
    except AssetmanError as error:
        print(f"assetman: {error}", file=sys.stderr)
        return EXIT_DAMAGED if damage else EXIT_ENVIRONMENT
    finally:
        _end_in_time()
        engine.close()
        _log.info("engine %d has ended", os.getpid())
    for sentence in damage:
        print(f"assetman: {sentence}", file=sys.stderr)
    return EXIT_DAMAGED if damage else 0


def _open(folder: Path, open_engine: Callable[[Path], Served]) -> Served:
    """Open the library, waiting a while for an engine that is just closing it."""
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            return open_engine(folder)
        except LibraryBusy:
            if time.monotonic() > deadline or _somebody_answers(folder):
                raise
        time.sleep(0.1)


def _somebody_answers(folder: Path) -> bool:
    for endpoint in endpoints(folder):
        wire = dial(endpoint)
        if wire is not None:
            wire.hang_up()
            wire.close()
            return True
    return False


def _wait_until_unneeded(
    server: Server,
    engine: Served,
    folder: Path,
    wake: queue.SimpleQueue[str],
    grace: float,
) -> None:
    """Return when the last client has gone and nothing is left to do, or when told to stop."""
    ends = time.monotonic() + max(grace, _FIRST_GRACE_SECONDS)
    while True:
        busy = server.clients > 0
        try:
            if wake.get(timeout=_LOG_SECONDS if busy else min(_LOOK_SECONDS, grace)) == "stop":
                return
            ends = time.monotonic() + grace  # somebody was here and has left
        except queue.Empty:
            _keep_log_short(folder)
        # Paused with nobody there to resume is as good as done: the next run goes on.
        at_rest = engine.progress().phase in (Phase.IDLE, Phase.PAUSED)
        at_rest = at_rest and not engine.exporting()
        if server.clients or not at_rest:
            ends = max(ends, time.monotonic() + grace)
        elif time.monotonic() >= ends:
            return


def _keep_log_short(folder: Path) -> None:
    """Move a long log aside. It is cut, not renamed: children of ours write to it as well."""
    try:
        written = os.fstat(sys.stderr.fileno())
        log = log_path(folder)
        if written.st_size > _LONGEST_LOG and os.path.samestat(log.stat(), written):
            shutil.copyfile(log, f"{log}.1")
            os.ftruncate(sys.stderr.fileno(), 0)
    except (OSError, ValueError, AttributeError, AssetmanError):
        return  # run by hand: standard error is a terminal, closed, or somebody else's file


def _end_in_time() -> None:
    """See to it that a thread that hangs cannot keep the process from ending."""

    def give_up() -> None:
        time.sleep(_END_SECONDS)
        _log.error("the engine did not end in time")
        os._exit(EXIT_BUG)

    threading.Thread(target=give_up, name="engine-last-resort", daemon=True).start()
