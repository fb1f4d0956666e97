"""What a step of the schema is: SQL that is run once, in a transaction of its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import cast

from sqlite_utils import Database as UtilsDatabase
from sqlite_utils import Migrations

migrations = Migrations("assetman")
_Step = Callable[[UtilsDatabase], None]


def step(name: str) -> Callable[[_Step], _Step]:
    """Append a named step to the migrations of the catalogue."""
    return cast(Callable[[_Step], _Step], migrations(name=name))


def run(database: UtilsDatabase, script: str) -> None:
    """Run statements, triggers among them, each of which ends with a line."""
    # Statement by statement: `executescript` would end the transaction a step runs in.
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            database.execute(statement)
            statement = ""
