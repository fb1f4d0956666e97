"""Catalogues as they are made: set up, brought to a step of the schema, closed whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlite_utils import Database as UtilsDatabase

from assetman.library.connections import connect
from assetman.library.migrations import APPLICATION_ID, migrations
from assetman.library.pages import PAGE_SIZE
from assetman.library.problems import from_sqlite

SET = migrations.name  # what the steps are called together
STEPS = "_sqlite_migrations"  # the table that holds which steps were taken


def set_up(catalogue: Path) -> None:
    """Give an empty file the properties that every catalogue has."""
    with sentences(catalogue), closing(connect(catalogue)) as connection:
        # Larger than usual: that wastes less around vectors of 1 kB.
        connection.execute(f"PRAGMA page_size={PAGE_SIZE}")
        connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        connection.execute("PRAGMA journal_mode=WAL")


def migrate(catalogue: Path, stop_before: str | None = None) -> None:
    """Take the steps that a catalogue has not taken yet, all or those before a name."""
    with sentences(catalogue), closing(connect(catalogue)) as connection:
        # A step may rebuild a table that others refer to.
        connection.execute("PRAGMA foreign_keys=OFF")
        migrations.apply(of_utils(connection), stop_before=stop_before)
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
        assert not broken, f"a migration left rows that refer to nothing: {broken[:5]}"
        # Now, and not at closing, where a full disk would go unsaid and leave a log behind.
        busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        assert not busy, "another connection keeps the log from being emptied"


def steps_taken(connection: sqlite3.Connection) -> set[str]:
    """Name the steps that a catalogue has taken."""
    return {step.name for step in migrations.applied(of_utils(connection))}


def steps_known() -> list[str]:
    """Name the steps that this Assetman knows, in their order."""
    return [step.name for step in migrations._migrations]


def of_utils(connection: sqlite3.Connection) -> UtilsDatabase:
    """Give a connection as sqlite-utils has it."""
    return UtilsDatabase(connection, execute_plugins=False, recursive_triggers=False)


def beside(catalogue: Path) -> list[Path]:
    """Name the files that SQLite keeps beside a catalogue: log, shared memory, old journal."""
    return [catalogue.with_name(catalogue.name + end) for end in ("-wal", "-shm", "-journal")]


def remove(*paths: Path) -> None:
    """Delete those of the files that are there."""
    for path in paths:
        path.unlink(missing_ok=True)


def trees(connection: sqlite3.Connection) -> dict[str, int]:
    """Say at which page each table and index of a catalogue begins."""
    made = "SELECT name, rootpage FROM sqlite_master WHERE rootpage > 0"
    return dict(connection.execute(made).fetchall())


@contextmanager
def sentences(catalogue: Path) -> Iterator[None]:
    """Turn what SQLite raises into problems that say which catalogue has them."""
    try:
        yield
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise from_sqlite(error, catalogue) or error from error
