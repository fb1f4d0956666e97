"""Copies of a catalogue without what can be computed again."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from assetman.library.connections import connect
from assetman.library.problems import from_sqlite, from_system

LEFT_OUT = frozenset({"embeddings", "gaps"})  # their tables are there, empty
RESTORED = "restored"  # the key in `meta` by which a copy that is put back is recognised
_KEPT = 5


def back_up(catalogue: Path, folder: Path, reason: str) -> Path:
    """Write a copy of a catalogue, embeddings left out, into a folder, and give its path.

    Others may go on using the catalogue meanwhile. The oldest of more than five copies go.
    Raises EnvironmentProblem when the disk does not permit it.
    """
    stamp = time.strftime("%Y%m%d-%H%M%S")
    try:
        folder.mkdir(exist_ok=True)
        target = folder / f"{catalogue.stem}-{stamp}-{reason}{catalogue.suffix}"
        aside = target.with_suffix(".part")
        aside.unlink(missing_ok=True)
        try:
            copy_without_embeddings(catalogue, aside)
            with aside.open("rb+") as file:
                os.fsync(file.fileno())
            aside.replace(target)
        except BaseException:
            aside.unlink(missing_ok=True)
            raise
        kept = sorted(folder.glob(f"{catalogue.stem}-*{catalogue.suffix}"))
        for old in kept[:-_KEPT]:
            old.unlink()
    except OSError as error:
        raise from_system(error, folder, "take a backup") from error
    return target


def copy_without_embeddings(catalogue: Path, target: Path) -> None:
    """Copy a catalogue as it is at one moment into a new file."""
    target.touch(exist_ok=False)
    try:
        with closing(connect(catalogue)) as connection:
            connection.execute("PRAGMA foreign_keys=OFF")
            connection.execute("ATTACH ? AS copy", (str(target),))
            _copy(connection)
            connection.execute("DETACH copy")
    except sqlite3.Error as error:
        raise from_sqlite(error, target) or error from error


def _copy(connection: sqlite3.Connection) -> None:
    for pragma in ("application_id", "user_version"):
        number = connection.execute(f"PRAGMA main.{pragma}").fetchone()[0]
        connection.execute(f"PRAGMA copy.{pragma}={number}")
    connection.execute("PRAGMA copy.page_size=8192")
    connection.execute("PRAGMA copy.auto_vacuum=INCREMENTAL")
    connection.execute("BEGIN")
    schema = connection.execute(
        "SELECT type, name, sql FROM main.sqlite_master WHERE sql IS NOT NULL"
    ).fetchall()
    tables = [(name, sql) for kind, name, sql in schema if kind == "table"]
    for name, sql in tables:
        if not name.startswith("sqlite_"):
            connection.execute(_in_copy(sql, "TABLE"))
            if name not in LEFT_OUT:
                connection.execute(f'INSERT INTO copy."{name}" SELECT * FROM main."{name}"')
    connection.execute("DELETE FROM copy.sqlite_sequence")
    connection.execute("INSERT INTO copy.sqlite_sequence SELECT * FROM main.sqlite_sequence")
    for kind, _, sql in schema:
        if kind != "table":
            connection.execute(_in_copy(sql, kind.upper()))
    connection.execute("INSERT OR REPLACE INTO copy.meta VALUES (?, '1')", (RESTORED,))
    connection.execute("COMMIT")


def _in_copy(sql: str, kind: str) -> str:
    # SQLite keeps the text of each definition, with its first words normalised.
    for words in (f"CREATE UNIQUE {kind} ", f"CREATE {kind} "):
        if sql.startswith(words):
            return f"{words}copy.{sql[len(words) :]}"
    raise AssertionError(sql)
