"""What every command works with: the library's folder, the console, the engine."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assetman.cli.console import Console
from assetman.core.errors import EnvironmentProblem, LibraryBusy
from assetman.engine.endpoint import endpoints

if TYPE_CHECKING:
    from assetman.engine.client import EngineClient
    from assetman.engine.protocol import EngineApi

_log = logging.getLogger(__name__)

_BUSY_SECONDS = 20.0  # for an engine that is just starting or ending
_LOOK_SECONDS = 0.1


def open_service(folder: Path) -> EngineApi:
    """Open the library in this process."""
    from assetman.engine.service import EngineService

    return EngineService.open(folder)


def default_library() -> Path:
    """Name the folder of the library that is meant when none is named."""
    named = os.environ.get("ASSETMAN_LIBRARY")
    if named:
        return Path(named).absolute()
    from platformdirs import user_data_path

    return user_data_path("assetman", appauthor=False) / "library"


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a command finds all it needs."""

    folder: Path
    console: Console
    open_here: Callable[[Path], EngineApi] = open_service

    @contextmanager
    def engine(self, long: bool = False) -> Iterator[EngineApi]:
        """Give the running engine, or hold the library in this process for the time.

        In a `long` command the engine is served to others meanwhile, so that a window opened
        beside it finds the library. Raises EnvironmentProblem.
        """
        deadline = time.monotonic() + _BUSY_SECONDS
        while True:
            client = self._running()
            if client is not None:
                with client:
                    self._tell_notices(client)
                    yield client
                return
            try:
                engine = self.open_here(self.folder)
                break
            except LibraryBusy:
                if time.monotonic() > deadline:
                    raise
            time.sleep(_LOOK_SECONDS)
        try:
            self._tell_notices(engine)
            with _served(engine, self.folder) if long else nullcontext():
                yield engine
        finally:
            engine.close()

    def _tell_notices(self, engine: EngineApi) -> None:
        """Say what was done to the library, until the person has taken note of it."""
        notices = engine.status().notices
        for notice in notices:
            self.console.tell(notice)
        if notices:
            self.console.tell("“assetman status --dismiss” takes note of this.")

    def _running(self) -> EngineClient | None:
        if not endpoints(self.folder):  # saves loading the client
            return None
        from assetman.engine.client import running

        return running(self.folder)


@contextmanager
def _served(engine: EngineApi, folder: Path) -> Iterator[None]:
    """Let others use the engine meanwhile; where that cannot be, they have to wait."""
    from assetman.engine.server import Server

    try:
        server = Server(engine, folder)
    except (EnvironmentProblem, OSError) as error:
        _log.warning("the library cannot be served to others: %s", error)
        yield
        return
    with server:
        yield


def existing_folder(path: str) -> str:
    """Give a folder's absolute path. Raises EnvironmentProblem if there is none."""
    absolute = os.path.abspath(path)
    if not os.path.isdir(absolute):
        what = _what_is_wrong(absolute, "is not a folder")
        raise EnvironmentProblem(f"The folder {path} {what}.")
    return absolute


def existing_file(path: str) -> str:
    """Give a file's absolute path. Raises EnvironmentProblem if there is none."""
    absolute = os.path.abspath(path)
    if not os.path.isfile(absolute):
        what = _what_is_wrong(absolute, "is not a file")
        raise EnvironmentProblem(f"The file {path} {what}.")
    return absolute


def _what_is_wrong(absolute: str, other: str) -> str:
    try:
        os.stat(absolute)
    except (FileNotFoundError, NotADirectoryError):
        return "does not exist"
    except OSError as error:  # no permission, a name too long, a circle of links, a broken disk
        return f"cannot be reached: {os.strerror(error.errno or 0)}"
    except ValueError:  # no name may hold a zero
        return "does not exist"
    return other
