"""From a folder to an open catalogue, or to a sentence that says why not."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from assetman.core.assets import display
from assetman.core.errors import EnvironmentProblem
from assetman.library.backup import BACKUPS as BACKUPS
from assetman.library.backup import BEFORE_MIGRATION, back_up
from assetman.library.connections import Access, connect
from assetman.library.database import Database
from assetman.library.disk import full, make_folder, refuse_network_share, why_read_only
from assetman.library.making import (
    beside,
    migrate,
    remove,
    sentences,
    set_up,
    steps_known,
    steps_taken,
)
from assetman.library.migrations import APPLICATION_ID
from assetman.library.pages import MAGIC
from assetman.library.problems import CatalogueDamaged, DiskFull, from_system
from assetman.library.recovery import is_due, recover

CATALOGUE = "library.sqlite"
_FULL_TEXT = "CREATE VIRTUAL TABLE words USING fts5(text)"
_OLDEST_SQLITE = (3, 37)  # the first with STRICT tables


def open_database(folder: Path) -> Database:
    """Open the catalogue of a library folder, making or migrating it where needed.

    Raises EnvironmentProblem where the folder, its disk or the catalogue does not allow it.
    """
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        raise EnvironmentProblem(
            f"This Python brings SQLite {sqlite3.sqlite_version}; Assetman needs 3.37 or newer."
        )
    _require_full_text()
    refuse_network_share(folder)
    catalogue = folder / CATALOGUE
    if not catalogue.exists():
        make_folder(folder)
    read_only = why_read_only(folder, catalogue)
    if not read_only and is_due(catalogue):
        recover(catalogue)
    if not catalogue.exists():
        if read_only:
            raise EnvironmentProblem(f"There is no library in {display(str(folder))}. {read_only}")
        _create(catalogue)
    if read_only:
        return _open_to_read(_reading(catalogue, read_only))
    try:
        try:
            return _open_to_write(catalogue)
        except CatalogueDamaged as problem:
            recover(catalogue, problem)
            return _open_to_write(catalogue)
    except DiskFull:
        if not catalogue.exists():
            raise
        # Even to read beside others takes files of SQLite's; alone, it can be searched.
        return _open_to_read(_reading(catalogue, full(folder), shared=False))


def _require_full_text() -> None:
    """Raise EnvironmentProblem where SQLite cannot look for words, as some builds cannot."""
    with closing(sqlite3.connect(":memory:")) as connection:
        try:
            connection.execute(_FULL_TEXT)
        except sqlite3.OperationalError as error:
            raise EnvironmentProblem(
                f"This Python's SQLite has no full-text search ({error}); Assetman needs FTS5."
            ) from error


def _open_to_write(catalogue: Path) -> Database:
    if _examine(_reading(catalogue, "")):
        back_up(catalogue, catalogue.parent / BACKUPS, BEFORE_MIGRATION)
        migrate(catalogue)
    return Database(Access(catalogue))


def _open_to_read(access: Access) -> Database:
    try:
        if _examine(access):
            raise EnvironmentProblem(
                "This library was made by an older Assetman and has to be brought up to date "
                f"first. {access.read_only}"
            )
        return Database(access)
    except BaseException:
        if access.copy is not None:
            access.copy.cleanup()
        raise


def _create(catalogue: Path) -> None:
    """Make an empty catalogue aside and put it in place whole."""
    aside = catalogue.with_suffix(".new")
    try:
        # A log left behind by a catalogue that was deleted would be played into this one.
        remove(aside, *beside(aside), *beside(catalogue))
        try:
            aside.touch()
            set_up(aside)
            migrate(aside)
            aside.replace(catalogue)
        except BaseException:
            remove(aside, *beside(aside))
            raise
    except OSError as error:
        raise from_system(error, catalogue, "be created") from error


def _reading(catalogue: Path, read_only: str, shared: bool = True) -> Access:
    """Choose how to read a catalogue without changing a byte of it.

    `shared` is False where the file that connections share cannot be used.
    """
    log, memory, _ = beside(catalogue)
    if not log.exists() or not log.stat().st_size:
        return Access(catalogue, "mode=ro&immutable=1", read_only)
    if not read_only or (shared and memory.exists()):
        return Access(catalogue, "mode=ro", read_only)
    # The log holds what was written last, and reading it takes a file beside it.
    copy = TemporaryDirectory(prefix="assetman-")
    try:
        for path in (catalogue, log):
            shutil.copyfile(path, Path(copy.name, path.name))
    except OSError as error:
        copy.cleanup()
        raise from_system(error, Path(copy.name), "take a copy of the catalogue") from error
    return Access(Path(copy.name, catalogue.name), "mode=rw", read_only, copy)


def _examine(access: Access) -> bool:
    """Check, changing nothing, that the file is a catalogue; True if it needs migrating."""
    place = display(str(access.path))
    try:
        with access.path.open("rb") as file:
            magic = file.read(len(MAGIC))
    except OSError as error:
        raise from_system(error, access.path, "be read") from error
    if magic != MAGIC:
        raise CatalogueDamaged(
            f"The file {place} is {'empty' if not magic else 'not a catalogue of Assetman'}. "
            "Put back a copy from “backups”, or move it away to begin a new library."
        )
    with sentences(access.path), closing(connect(access.path, access.mode)) as connection:
        if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            # `recover` knows one of ours by its tables.
            raise CatalogueDamaged(f"The file {place} is not a catalogue of Assetman.")
        applied, ours = steps_taken(connection), set(steps_known())
        if applied - ours:
            raise EnvironmentProblem(
                f"The library {place} was made by a newer Assetman; please update this one. "
                "Nothing in it was changed."
            )
        return bool(ours - applied)
