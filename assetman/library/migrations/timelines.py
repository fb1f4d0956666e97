"""What is seen and heard along films and sounds, by which their copies are told."""

from __future__ import annotations

from sqlite_utils import Database as UtilsDatabase

from assetman.library.migrations.steps import run

NAME = "0009 timelines of films and sounds"

_SQL = """
-- Derived: of each film and sound that was read, as `core.timelines` says, packed. The marks by
-- which likely copies are found are made of it when it is compared; they stand before the rest,
-- so that they are read without it.
CREATE TABLE timelines (
    content_id INTEGER PRIMARY KEY REFERENCES contents(id) ON DELETE CASCADE,
    method INTEGER NOT NULL,
    compared INTEGER NOT NULL DEFAULT 0,
    dense INTEGER NOT NULL,
    seen_marks BLOB,
    heard_marks BLOB,
    step REAL NOT NULL,
    bars REAL,
    seen BLOB NOT NULL,
    heard BLOB NOT NULL
) STRICT;
CREATE INDEX timelines_to_compare ON timelines(content_id) WHERE NOT compared;
"""


def take(database: UtilsDatabase) -> None:
    """Take the step."""
    run(database, _SQL)
