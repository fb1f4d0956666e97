"""Who wrote down what is said, and in which language."""

from __future__ import annotations

from sqlite_utils import Database as UtilsDatabase

from assetman.library.migrations.steps import run, step

_SQL = """
-- The model that wrote down what is said, and the language it heard.
ALTER TABLE contents ADD COLUMN transcriber TEXT;
ALTER TABLE contents ADD COLUMN language TEXT;
CREATE INDEX contents_with_windows ON contents(id, transcriber) WHERE windows > 0;
"""


@step("0005 transcripts")
def _take(database: UtilsDatabase) -> None:
    run(database, _SQL)
