"""What a step of the schema is: SQL that is run once, in a transaction of its own."""

from __future__ import annotations

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
    """Run statements, each ended by a semicolon at the end of its line."""
    # Statement by statement: `executescript` would end the transaction a step runs in.
    for statement in script.split(";\n"):
        if statement.strip():
            database.execute(statement)
