"""Roots, contents, assets, segments, spaces, embeddings, gaps, failures, journal."""

from __future__ import annotations

import uuid

from sqlite_utils import Database as UtilsDatabase

from assetman.library.migrations.steps import run

NAME = "0001 roots, contents, assets, segments, spaces, embeddings, gaps, failures, journal"

_SQL = """
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE roots (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    path BLOB NOT NULL UNIQUE,          -- absolute, as os.fsencode gives it
    display TEXT NOT NULL,
    online INTEGER NOT NULL DEFAULT 1,
    added REAL NOT NULL
) STRICT;

CREATE TABLE contents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,           -- the digest, or digest~2 where two contents share one
    digest TEXT NOT NULL,
    size INTEGER NOT NULL,
    whole INTEGER NOT NULL,             -- whether the digest covers every byte
    kind TEXT NOT NULL,
    extracted INTEGER NOT NULL DEFAULT 0,
    width INTEGER,
    height INTEGER,
    taken REAL,
    facts TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE INDEX contents_by_digest ON contents(digest);

CREATE TABLE assets (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    root_id INTEGER NOT NULL REFERENCES roots(id) ON DELETE CASCADE,
    path BLOB NOT NULL,                 -- relative to the root, with "/"
    folder BLOB NOT NULL,               -- the path up to its last "/", that included
    name TEXT NOT NULL,                 -- the last part, as it is shown
    name_key TEXT NOT NULL,             -- what names are sorted by
    content_id INTEGER NOT NULL REFERENCES contents(id),
    kind TEXT NOT NULL,                 -- of the content, repeated for the indexes below
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    moment REAL NOT NULL,               -- the content's taken, else mtime: what dates sort by
    inode TEXT NOT NULL,                -- text: some systems count beyond 64 bits
    device TEXT NOT NULL,
    missing_since REAL,                 -- NULL while the file is there or its root is away
    added REAL NOT NULL,
    UNIQUE (root_id, path)
) STRICT;
-- The last columns hold what the lists filter by: an index answers them alone.
CREATE INDEX assets_by_content ON assets(content_id);
CREATE INDEX assets_by_folder ON assets(root_id, folder, kind, moment, missing_since)
    WHERE missing_since IS NULL;
CREATE INDEX assets_by_moment ON assets(moment, id, kind, root_id, missing_since)
    WHERE missing_since IS NULL;
CREATE INDEX assets_by_name ON assets(name_key, id, kind, root_id, missing_since)
    WHERE missing_since IS NULL;
CREATE INDEX assets_by_size ON assets(size, id, kind, root_id, missing_since)
    WHERE missing_since IS NULL;
CREATE INDEX assets_missing ON assets(missing_since) WHERE missing_since IS NOT NULL;

CREATE TABLE segments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    content_id INTEGER NOT NULL REFERENCES contents(id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    start REAL,
    "end" REAL,
    page INTEGER,
    box TEXT                            -- JSON [left, top, width, height], shares of 1
) STRICT;
CREATE INDEX segments_by_content ON segments(content_id);

CREATE TABLE spaces (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    model TEXT NOT NULL,
    revision TEXT NOT NULL,
    preprocessing INTEGER NOT NULL,
    dimension INTEGER NOT NULL,
    role TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX spaces_one_active ON spaces(role) WHERE role = 'active';
CREATE UNIQUE INDEX spaces_one_filling ON spaces(role) WHERE role = 'filling';

CREATE TABLE embeddings (
    space_id INTEGER NOT NULL REFERENCES spaces(id) ON DELETE CASCADE,
    segment_id INTEGER NOT NULL REFERENCES segments(id) ON DELETE CASCADE,
    sequence INTEGER NOT NULL,          -- of the journal's entry that wrote it
    vector BLOB NOT NULL,               -- float16, little-endian
    PRIMARY KEY (segment_id, space_id)
) STRICT;
CREATE INDEX embeddings_by_space ON embeddings(space_id, sequence, segment_id);

-- Derived: the assets, not missing, whose content lacks its segments (space 0) or embeddings of
-- a space. Kept in the transaction of every write, so that work to do is found without looking
-- at what is done.
CREATE TABLE gaps (
    asset_id INTEGER NOT NULL REFERENCES assets(id) ON DELETE CASCADE,
    space_id INTEGER NOT NULL,
    content_id INTEGER NOT NULL,
    root_id INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    due INTEGER NOT NULL,               -- there is work, and no failure forbids it
    bare INTEGER NOT NULL,              -- no segment has an embedding
    PRIMARY KEY (asset_id, space_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX gaps_due ON gaps(space_id, root_id, mtime_ns, content_id, asset_id, due)
    WHERE due = 1;
CREATE INDEX gaps_bare ON gaps(space_id) WHERE bare = 1;

CREATE TABLE failures (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    root_id INTEGER NOT NULL REFERENCES roots(id) ON DELETE CASCADE,
    path BLOB NOT NULL,
    stage TEXT NOT NULL,
    kind TEXT NOT NULL,
    message TEXT NOT NULL,
    size INTEGER NOT NULL,              -- of the file that failed: another one is tried again
    mtime_ns INTEGER NOT NULL,
    at REAL NOT NULL,
    UNIQUE (root_id, path)
) STRICT;

CREATE TABLE journal (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    "transaction" INTEGER NOT NULL,     -- the sequence of the transaction's first entry
    at REAL NOT NULL,
    origin TEXT NOT NULL,
    what TEXT NOT NULL,
    before TEXT,                        -- JSON
    after TEXT
) STRICT;
"""


def take(database: UtilsDatabase) -> None:
    """Take the step."""
    run(database, _SQL)
    database.table("meta").insert({"key": "library", "value": uuid.uuid4().hex})
