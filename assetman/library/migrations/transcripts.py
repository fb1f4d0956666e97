"""Who wrote down what is said, and in which language."""

from __future__ import annotations

from sqlite_utils import Database as UtilsDatabase

from assetman.library.migrations.steps import run

NAME = "0005 transcripts"

_SQL = """
-- The model that wrote down what is said, and the language it heard.
ALTER TABLE contents ADD COLUMN transcriber TEXT;
ALTER TABLE contents ADD COLUMN language TEXT;
CREATE INDEX contents_with_windows ON contents(id, transcriber) WHERE windows > 0;
"""


def take(database: UtilsDatabase) -> None:
    """Take the step."""
    run(database, _SQL)
