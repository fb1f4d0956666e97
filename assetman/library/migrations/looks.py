"""How pictures look, which contents show the same, and which assets the person says do not."""

from __future__ import annotations

from sqlite_utils import Database as UtilsDatabase

from assetman.library.migrations.steps import run

NAME = "0008 looks, likenesses, parted assets"

_SQL = """
-- Derived: what pictures are compared by, and whether each was compared with those before it.
CREATE TABLE looks (
    content_id INTEGER PRIMARY KEY REFERENCES contents(id) ON DELETE CASCADE,
    version INTEGER NOT NULL DEFAULT 0, -- of the way in which it was made
    marks BLOB,                         -- NULL where there is nothing to compare
    compared INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX looks_to_compare ON looks(content_id) WHERE compared = 0;
CREATE TRIGGER pictures_read AFTER UPDATE OF extracted ON contents
WHEN new.extracted AND new.kind = 'image' BEGIN
    INSERT OR IGNORE INTO looks (content_id) VALUES (new.id); END;
INSERT INTO looks (content_id) SELECT id FROM contents WHERE kind = 'image' AND extracted;

-- Derived: pairs of contents that show the same thing; `one` is less than `other`.
CREATE TABLE likenesses (
    one INTEGER NOT NULL REFERENCES contents(id) ON DELETE CASCADE,
    other INTEGER NOT NULL REFERENCES contents(id) ON DELETE CASCADE,
    strength REAL NOT NULL,
    how TEXT NOT NULL,                  -- JSON: what sets them apart
    PRIMARY KEY (one, other)
) STRICT, WITHOUT ROWID;
CREATE INDEX likenesses_by_other ON likenesses(other, one);

-- Pairs of assets that are no duplicates, whatever they look like; `one` is less than `other`.
CREATE TABLE parted (
    one INTEGER NOT NULL REFERENCES assets(id) ON DELETE CASCADE,
    other INTEGER NOT NULL REFERENCES assets(id) ON DELETE CASCADE,
    PRIMARY KEY (one, other)
) STRICT, WITHOUT ROWID;
CREATE INDEX parted_by_other ON parted(other, one);
"""


def take(database: UtilsDatabase) -> None:
    """Take the step."""
    run(database, _SQL)
