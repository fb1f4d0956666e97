"""What SQLite says, as sentences for the person."""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from assetman.core.assets import display
from assetman.core.errors import EnvironmentProblem

MARK = "library.damaged"  # the file that lies beside a catalogue which is to be recovered
_NO_TEXT = "Could not decode to UTF-8"  # what Python's own layer says


class DiskFull(EnvironmentProblem):
    """There is no room left for what was to be written."""


class CatalogueDamaged(EnvironmentProblem):
    """The catalogue's file is not as it was written; opening it again recovers it."""


_SENTENCES = {
    sqlite3.SQLITE_FULL: "The disk that holds the library {place} is full; free some space on it.",
    sqlite3.SQLITE_READONLY: "The library {place} cannot be written to: its disk is read-only.",
    sqlite3.SQLITE_CORRUPT: "The catalogue {place} is damaged; it is mended at the next opening.",
    sqlite3.SQLITE_NOTADB: "The file {place} is not a catalogue of Assetman, or is damaged.",
    sqlite3.SQLITE_IOERR: "The disk that holds the library {place} gave an error ({error}).",
    sqlite3.SQLITE_BUSY: "Another program keeps the library {place} busy.",
    sqlite3.SQLITE_LOCKED: "Another program keeps the library {place} busy.",
    sqlite3.SQLITE_CANTOPEN: "The catalogue {place} cannot be opened.",
    sqlite3.SQLITE_PERM: "The catalogue {place} may not be opened by you.",
    sqlite3.SQLITE_NOMEM: "There is not enough memory for the library {place}.",
}


def from_sqlite(error: sqlite3.Error | UnicodeDecodeError, path: Path) -> EnvironmentProblem | None:
    """Give the problem behind an error of SQLite, or None where the error is a bug."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    if isinstance(error, UnicodeDecodeError) or str(error).startswith(_NO_TEXT):
        code = sqlite3.SQLITE_CORRUPT  # all text that is written can be read
    if code == sqlite3.SQLITE_IOERR_SHMSIZE:  # no room to grow what connections share
        code = sqlite3.SQLITE_FULL
    sentence = _SENTENCES.get(code & 0xFF)
    if sentence is None:
        return None
    sentence = sentence.format(place=display(str(path)), error=error)
    if code & 0xFF == sqlite3.SQLITE_FULL:
        return DiskFull(sentence)
    if code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return CatalogueDamaged(sentence)
    return EnvironmentProblem(sentence)


def mark(catalogue: Path, recovering: str = "") -> None:
    """Note beside a catalogue that it is damaged, or as what it is kept while it is recovered.

    A disk that does not even take this is no reason to fail: what is damaged is met again.
    """
    with suppress(OSError), (catalogue.parent / MARK).open("w", encoding="utf-8") as file:
        file.write(recovering)
        file.flush()
        os.fsync(file.fileno())


def from_system(error: OSError, path: Path, action: str) -> EnvironmentProblem:
    """Give the problem behind an error of the system; `action` as in “be created”."""
    place = display(str(path))
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(f"{place} cannot {action}: the disk is full.")
    if error.errno == errno.EROFS:
        return EnvironmentProblem(f"{place} cannot {action}: the disk is read-only.")
    if error.errno in (errno.EACCES, errno.EPERM):
        return EnvironmentProblem(f"{place} cannot {action}: you have no permission.")
    return EnvironmentProblem(f"{place} cannot {action}: {error.strerror or error}.")
