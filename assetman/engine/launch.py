"""Starts an engine's process and hears its last words if it cannot start."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import assetman
from assetman.core.errors import EnvironmentProblem
from assetman.engine.endpoint import log_path

EXIT_ENVIRONMENT = 3
EXIT_BUG = 70
EXIT_BUSY = 75  # another process holds the library: connect to that one
EXIT_DAMAGED = 76  # it met damage at work: the next engine has the library mended

_MOST_WORDS = 16 << 10  # bytes of the log that are looked at

Command = Callable[[Path], Sequence[str]]


def engine_command(folder: Path) -> list[str]:
    """Give the command line that is a library's engine, frozen programs included."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "engine", "--library", str(folder)]
    # -P: what lies in the current folder must not pass for a module.
    return [sys.executable, "-P", "-m", "assetman", "engine", "--library", str(folder)]


class Launch:
    """An engine that was started and lives on its own, whatever becomes of us."""

    def __init__(self, folder: Path, command: Command = engine_command) -> None:
        self._log = log_path(folder)
        self._heard = self._log.stat().st_size
        environment = dict(os.environ)
        # Else glibc keeps what threads let go of in heaps of each, and an engine only grows.
        environment.setdefault("MALLOC_ARENA_MAX", "2")
        if not getattr(sys, "frozen", False):
            ours = str(Path(assetman.__file__).parent.parent)
            others = environment.get("PYTHONPATH")
            environment["PYTHONPATH"] = os.pathsep.join(filter(None, (ours, others)))
        try:
            with self._log.open("ab") as log:
                self._process = _detached(list(command(folder)), environment, log.fileno())
        except OSError as error:
            raise EnvironmentProblem(f"The engine cannot be started: {error}.") from error
        # Somebody has to wait for a child, or it stays a zombie for as long as we live.
        threading.Thread(target=self._process.wait, name="engine-child", daemon=True).start()

    def status(self) -> int | None:
        """Give the exit status, None while it runs."""
        return self._process.poll()

    def why_it_ended(self) -> EnvironmentProblem:
        """Give the engine's own last words as an error."""
        with self._log.open("rb") as log:
            log.seek(max(self._heard, self._log.stat().st_size - _MOST_WORDS))
            words = log.read().decode("utf-8", "replace").strip().splitlines()
        last = words[-1].strip() if words else "it said nothing"
        if self.status() in (EXIT_ENVIRONMENT, EXIT_DAMAGED):
            return EnvironmentProblem(last.removeprefix("assetman: "))
        return EnvironmentProblem(f"The engine could not start: {last} (see {self._log})")


def _detached(
    command: list[str], environment: dict[str, str], errors: int
) -> subprocess.Popen[bytes]:
    """Start a process that no terminal's Ctrl-C and no closed window reaches."""
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
    return subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=errors,
        start_new_session=True,
        creationflags=flags,
    )
