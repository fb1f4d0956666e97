"""From a folder to an open catalogue, or to a sentence that says why not."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlite_utils import Database as UtilsDatabase

from assetman.core.assets import display
from assetman.core.errors import EnvironmentProblem
from assetman.library.backup import back_up
from assetman.library.connections import Access, connect
from assetman.library.database import Database
from assetman.library.disk import full, make_folder, refuse_network_share, why_read_only
from assetman.library.migrations import APPLICATION_ID, migrations
from assetman.library.problems import DiskFull, from_sqlite, from_system

CATALOGUE = "library.sqlite"
BACKUPS = "backups"
_MAGIC = b"SQLite format 3\x00"
_OLDEST_SQLITE = (3, 37)  # the first with STRICT tables


def open_database(folder: Path) -> Database:
    """Open the catalogue of a library folder, making or migrating it where needed.

    Raises EnvironmentProblem where the folder, its disk or the catalogue does not allow it.
    """
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        raise EnvironmentProblem(
            f"This Python brings SQLite {sqlite3.sqlite_version}; Assetman needs 3.37 or newer."
        )
    refuse_network_share(folder)
    catalogue = folder / CATALOGUE
    if not catalogue.exists():
        make_folder(folder)
    read_only = why_read_only(folder, catalogue)
    if not catalogue.exists():
        if read_only:
            raise EnvironmentProblem(f"There is no library in {display(str(folder))}. {read_only}")
        _create(catalogue)
    if read_only:
        return _open_to_read(_reading(catalogue, read_only))
    try:
        return _open_to_write(catalogue)
    except DiskFull:
        # Even to read beside others takes files of SQLite's; alone, it can be searched.
        return _open_to_read(_reading(catalogue, full(folder), shared=False))


def _open_to_write(catalogue: Path) -> Database:
    if _examine(_reading(catalogue, "")):
        back_up(catalogue, catalogue.parent / BACKUPS, "before-migration")
        _migrate(catalogue)
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
        _remove(aside, *_beside(aside), *_beside(catalogue))
        try:
            aside.touch()
            _set_up(aside)
            _migrate(aside)
            aside.replace(catalogue)
        except BaseException:
            _remove(aside, *_beside(aside))
            raise
    except OSError as error:
        raise from_system(error, catalogue, "be created") from error


def _set_up(catalogue: Path) -> None:
    with _sentences(catalogue), closing(connect(catalogue)) as connection:
        connection.execute("PRAGMA page_size=8192")  # wastes less around vectors of 1 kB
        connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        connection.execute("PRAGMA journal_mode=WAL")


def _migrate(catalogue: Path) -> None:
    with _sentences(catalogue), closing(connect(catalogue)) as connection:
        # A step may rebuild a table that others refer to.
        connection.execute("PRAGMA foreign_keys=OFF")
        database = UtilsDatabase(connection, execute_plugins=False, recursive_triggers=False)
        migrations.apply(database)
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
        assert not broken, f"a migration left rows that refer to nothing: {broken[:5]}"
        # Now, and not at closing, where a full disk would go unsaid and leave a log behind.
        busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        assert not busy, "another connection keeps the log from being emptied"


def _beside(catalogue: Path) -> list[Path]:
    """Name the files that SQLite keeps beside a catalogue."""
    return [catalogue.with_name(catalogue.name + end) for end in ("-wal", "-shm", "-journal")]


def _remove(*paths: Path) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _reading(catalogue: Path, read_only: str, shared: bool = True) -> Access:
    """Choose how to read a catalogue without changing a byte of it.

    `shared` is False where the file that connections share cannot be used.
    """
    log, memory, _ = _beside(catalogue)
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
            magic = file.read(len(_MAGIC))
    except OSError as error:
        raise from_system(error, access.path, "be read") from error
    if magic != _MAGIC:
        raise EnvironmentProblem(
            f"The file {place} is {'empty' if not magic else 'not a catalogue of Assetman'}. "
            "Put back a copy from “backups”, or move it away to begin a new library."
        )
    with _sentences(access.path), closing(connect(access.path, access.mode)) as connection:
        if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise EnvironmentProblem(f"The file {place} is not a catalogue of Assetman.")
        database = UtilsDatabase(connection, execute_plugins=False, recursive_triggers=False)
        applied = {migration.name for migration in migrations.applied(database)}
        ours = {migration.name for migration in migrations._migrations}
        if applied - ours:
            raise EnvironmentProblem(
                f"The library {place} was made by a newer Assetman; please update this one. "
                "Nothing in it was changed."
            )
        return bool(ours - applied)


@contextmanager
def _sentences(catalogue: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise from_sqlite(error, catalogue) or error from error
