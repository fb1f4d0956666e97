"""Connections to a catalogue's file, and how it may be used."""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from assetman.library import spelling
from assetman.library.problems import from_sqlite

_BUSY_SECONDS = 15.0
_PRAGMAS = (
    "foreign_keys=ON",
    "synchronous=FULL",
    "fullfsync=ON",  # macOS: to the disk itself, not only to its cache
    "temp_store=MEMORY",
    "cache_size=-32000",
    "trusted_schema=ON",  # the triggers spell what is written
)


@dataclass(frozen=True, slots=True)
class Access:
    """How the file may be used. `read_only` says why nothing is written; empty if it is."""

    path: Path
    mode: str = "mode=rw"
    read_only: str = ""
    copy: TemporaryDirectory[str] | None = None  # `path` lies in it; it goes with the database


def connect(path: Path, mode: str = "mode=rw") -> sqlite3.Connection:
    """Open a connection that leaves transactions to its user and may change threads."""
    try:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?{mode}",
            uri=True,
            timeout=_BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
    except sqlite3.Error as error:
        raise from_sqlite(error, path) or error from error
    try:
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        spelling.install(connection)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        connection.close()
        raise from_sqlite(error, path) or error from error
    return connection


class Readers:
    """The connections that only read: as many as ever read at the same time."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._lock = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._closed = False

    def take(self) -> sqlite3.Connection:
        """Lend an idle connection, or a new one."""
        with self._lock:
            if self._closed:
                raise RuntimeError("the library is closed")
            if self._idle:
                return self._idle.pop()
        reader = connect(self._access.path, self._access.mode)
        try:
            reader.execute("PRAGMA query_only=ON")
            reader.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()
        except (sqlite3.Error, UnicodeDecodeError) as error:
            reader.close()
            raise from_sqlite(error, self._access.path) or error from error
        return reader

    def give_back(self, connection: sqlite3.Connection) -> None:
        """Take a connection back; after `close`, it is closed."""
        with self._lock:
            if not self._closed:
                self._idle.append(connection)
                return
        connection.close()

    def close(self) -> None:
        """Close the idle connections, and each other one when it comes back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()
