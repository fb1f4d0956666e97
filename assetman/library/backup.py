"""Copies of a catalogue without what can be made again."""

from __future__ import annotations

import os
import re
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path

from assetman.core.errors import EnvironmentProblem
from assetman.library.connections import connect
from assetman.library.making import remove, steps_known, steps_taken
from assetman.library.migrations import APPLICATION_ID, WORDS
from assetman.library.problems import CatalogueDamaged, from_sqlite, from_system

BACKUPS = "backups"  # the folder, beside the catalogue
LEFT_OUT = frozenset(  # their tables are there, empty
    {"asked", "embeddings", "gaps", "likenesses", "looks", "timelines", *WORDS}
)
RESTORED = "restored"  # the key in `meta` by which a copy that is put back is recognised
DAILY, WEEKLY, BEFORE_MIGRATION, ON_DEMAND = "daily", "weekly", "before-migration", "on-demand"
# How many of a kind are kept: none of one kind goes because of another.
_KEPT = {DAILY: 5, WEEKLY: 3, BEFORE_MIGRATION: 3, ON_DEMAND: 5}
_DAY = 86_400.0  # seconds
_NAME = re.compile(r"-(\d{8}-\d{6})-([a-z-]+)\.sqlite$")
_STAMP = "%Y%m%d-%H%M%S"


def back_up(catalogue: Path, folder: Path, reason: str) -> Path:
    """Write a copy of a catalogue, embeddings left out, into a folder, and give its path.

    Others may go on using the catalogue meanwhile. Older copies of the same kind go when the
    new one was read back and found sound. Raises EnvironmentProblem when the disk does not
    permit it, CatalogueDamaged when the catalogue cannot be read.
    """
    stamp = time.strftime(_STAMP, time.localtime(time.time()))
    target = folder / f"{catalogue.stem}-{stamp}-{reason}{catalogue.suffix}"
    aside = target.with_suffix(".part")
    try:
        folder.mkdir(exist_ok=True)
        remove(*folder.glob("*.part"), *folder.glob("*.part-journal"))  # of one that was killed
        try:
            copy_without_embeddings(catalogue, aside)
            with aside.open("rb+") as file:
                os.fsync(file.fileno())
            if not is_sound(aside):
                raise EnvironmentProblem(
                    f"The backup {target} could not be read back; the disk may be failing."
                )
            aside.replace(target)
        except BaseException:
            with suppress(OSError):
                remove(aside, aside.with_name(f"{aside.name}-journal"))
            raise
        of_kind = [path for path in newest_first(folder) if _kind(path) == reason]
        remove(*of_kind[_KEPT.get(reason, 5) :])
    except OSError as error:
        raise from_system(error, folder, "take a backup") from error
    return target


def due(catalogue: Path, folder: Path, now: float) -> str:
    """Say which of the regular backups is to be taken now; empty if none is."""
    regular = [path for path in newest_first(folder) if _kind(path) in (DAILY, WEEKLY)]
    ages = [abs(now - (taken_at(path) or 0)) for path in regular]
    # A clock that was wrong may have dated one in the future: it counts no longer than a day.
    if any(age < _DAY for age in ages) or (regular and _same(catalogue, regular[0])):
        return ""
    weekly = [age for path, age in zip(regular, ages, strict=True) if _kind(path) == WEEKLY]
    return DAILY if any(age < 7 * _DAY for age in weekly) else WEEKLY


def newest_first(folder: Path) -> Sequence[Path]:
    """List the backups in a folder by the time they were taken at."""
    try:
        found = [path for path in folder.iterdir() if _NAME.search(path.name)]
    except OSError:
        return []
    return sorted(found, key=lambda path: (taken_at(path) or 0.0, path.name), reverse=True)


def taken_at(backup: Path) -> float | None:
    """Read from its name when a backup was taken, in seconds since the epoch."""
    match = _NAME.search(backup.name)
    try:
        return time.mktime(time.strptime(match[1], _STAMP)) if match else None
    except (ValueError, OverflowError):
        return None


def is_sound(backup: Path) -> bool:
    """Tell whether a backup is a whole catalogue that this Assetman understands."""
    try:
        with closing(connect(backup, "mode=ro&immutable=1")) as connection:
            ask = connection.execute
            return (
                ask("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
                and ask("PRAGMA integrity_check(1)").fetchone()[0] == "ok"
                and set() < steps_taken(connection) <= set(steps_known())
            )
    except (sqlite3.Error, UnicodeDecodeError, EnvironmentProblem):
        return False


def copy_without_embeddings(catalogue: Path, target: Path) -> None:
    """Copy a catalogue as it is at one moment into a new file."""
    target.touch(exist_ok=False)
    try:
        with closing(connect(catalogue)) as connection:
            connection.execute("PRAGMA foreign_keys=OFF")
            connection.execute("ATTACH ? AS copy", (str(target),))
            _copy(connection)
            connection.execute("DETACH copy")
    except (sqlite3.Error, UnicodeDecodeError) as error:
        problem = from_sqlite(error, target)
        if isinstance(problem, CatalogueDamaged):  # what was read is, not what was written
            problem = from_sqlite(error, catalogue)
        raise problem or error from error


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
        if not name.startswith(("sqlite_", *(f"{words}_" for words in WORDS))):
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
    for words in (f"CREATE UNIQUE {kind} ", f"CREATE VIRTUAL {kind} ", f"CREATE {kind} "):
        if sql.startswith(words):
            return f"{words}copy.{sql[len(words) :]}"
    raise AssertionError(sql)


def _same(catalogue: Path, backup: Path) -> bool:
    """Tell whether nothing was written since a backup was taken."""
    last = "SELECT seq FROM sqlite_sequence WHERE name = 'journal'"
    try:
        with (
            closing(connect(catalogue)) as one,
            closing(connect(backup, "mode=ro&immutable=1")) as other,
        ):
            return bool(one.execute(last).fetchone() == other.execute(last).fetchone())
    except (sqlite3.Error, UnicodeDecodeError, EnvironmentProblem):
        return False


def _kind(backup: Path) -> str:
    match = _NAME.search(backup.name)
    return match[2] if match else ""
