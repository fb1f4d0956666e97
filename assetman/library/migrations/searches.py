"""Questions that are kept: smart searches by name, and what was asked lately."""

from __future__ import annotations

from sqlite_utils import Database as UtilsDatabase

from assetman.library.migrations.steps import run

NAME = "0010 smart searches, questions asked lately"

_SQL = """
CREATE TABLE smart_searches (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    key TEXT NOT NULL UNIQUE,           -- what tells names apart
    query TEXT NOT NULL,                -- JSON
    added REAL NOT NULL
) STRICT;

-- Not in the journal: what is forgotten here is known nowhere.
CREATE TABLE asked (
    id INTEGER PRIMARY KEY AUTOINCREMENT,  -- the last asked is the highest
    query TEXT NOT NULL UNIQUE,
    at REAL NOT NULL
) STRICT;
"""


def take(database: UtilsDatabase) -> None:
    """Take the step."""
    run(database, _SQL)
