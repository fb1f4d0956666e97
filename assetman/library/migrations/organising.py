"""Removed roots, ratings, tags, collections, ignored failures, steps to undo."""

from __future__ import annotations

from sqlite_utils import Database as UtilsDatabase

from assetman.library.migrations.steps import run

NAME = "0002 removed roots, ratings, tags, collections, ignored failures, steps to undo"

_SQL = """
-- Of several removed folders at one path the last is the one that comes back.
CREATE TABLE roots_new (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    path BLOB NOT NULL,                 -- absolute, as os.fsencode gives it
    display TEXT NOT NULL,
    online INTEGER NOT NULL DEFAULT 1,
    added REAL NOT NULL,
    removed REAL                        -- when the person took it out; it can be put back
) STRICT;
INSERT INTO roots_new (id, path, display, online, added)
    SELECT id, path, display, online, added FROM roots;
INSERT INTO sqlite_sequence (name, seq) SELECT 'roots_new', 0
    WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'roots_new');
UPDATE sqlite_sequence SET seq = (SELECT MAX(seq) FROM sqlite_sequence WHERE name = 'roots')
    WHERE name = 'roots_new' AND EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'roots');
DROP TABLE roots;
ALTER TABLE roots_new RENAME TO roots;
CREATE UNIQUE INDEX roots_by_path ON roots(path) WHERE removed IS NULL;

-- The assets of a removed root are missing since exactly when it was removed.
DROP INDEX assets_missing;
CREATE INDEX assets_missing ON assets(root_id, missing_since) WHERE missing_since IS NOT NULL;
ALTER TABLE assets ADD COLUMN rating INTEGER NOT NULL DEFAULT 0;
CREATE INDEX assets_rated ON assets(rating) WHERE rating > 0;

ALTER TABLE failures ADD COLUMN ignored INTEGER NOT NULL DEFAULT 0;

CREATE TABLE tags (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,                 -- as it was typed first
    key TEXT NOT NULL UNIQUE            -- what tells names apart
) STRICT;
CREATE TABLE asset_tags (
    asset_id INTEGER NOT NULL REFERENCES assets(id) ON DELETE CASCADE,
    tag_id INTEGER NOT NULL REFERENCES tags(id) ON DELETE CASCADE,
    PRIMARY KEY (asset_id, tag_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX asset_tags_by_tag ON asset_tags(tag_id, asset_id);

CREATE TABLE collections (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    key TEXT NOT NULL UNIQUE,
    added REAL NOT NULL
) STRICT;
CREATE TABLE collection_assets (
    asset_id INTEGER NOT NULL REFERENCES assets(id) ON DELETE CASCADE,
    collection_id INTEGER NOT NULL REFERENCES collections(id) ON DELETE CASCADE,
    PRIMARY KEY (asset_id, collection_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX collection_assets_by_collection ON collection_assets(collection_id, asset_id);

-- What the person did, in words, and whether it was undone; the journal says how to undo it.
CREATE TABLE steps (
    "transaction" INTEGER PRIMARY KEY,  -- of the journal
    at REAL NOT NULL,
    sentence TEXT NOT NULL,
    undone INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX journal_of_person ON journal("transaction") WHERE origin = 'person';
"""


def take(database: UtilsDatabase) -> None:
    """Take the step."""
    run(database, _SQL)
