"""The schema, as the steps that made it. Steps are only ever appended, never edited."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import cast

from sqlite_utils import Database as UtilsDatabase
from sqlite_utils import Migrations

APPLICATION_ID = 0x4173_6D6E  # "Asmn", in the header of every catalogue
WORDS = "passage_words"  # the index of full text; its own tables are named after it

migrations = Migrations("assetman")
_Step = Callable[[UtilsDatabase], None]


def step(name: str) -> Callable[[_Step], _Step]:
    """Append a named step to the migrations of the catalogue."""
    return cast(Callable[[_Step], _Step], migrations(name=name))


_FIRST = """
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

_SECOND = """
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

_THIRD = """
-- Of the frame that stands for a shot: its time, its perceptual hash, its small picture.
ALTER TABLE segments ADD COLUMN at REAL;
ALTER TABLE segments ADD COLUMN look TEXT;
ALTER TABLE segments ADD COLUMN sheet INTEGER;
ALTER TABLE segments ADD COLUMN cell INTEGER;

-- How many sheets and passages there are beside it is known here too: less may be found.
ALTER TABLE contents ADD COLUMN duration REAL;
ALTER TABLE contents ADD COLUMN sheets INTEGER NOT NULL DEFAULT 0;
ALTER TABLE contents ADD COLUMN passages INTEGER NOT NULL DEFAULT 0;
CREATE INDEX contents_with_sheets ON contents(sheets) WHERE sheets > 0;

CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    content_id INTEGER NOT NULL REFERENCES contents(id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    start REAL NOT NULL,
    "end" REAL NOT NULL,
    language TEXT
) STRICT;
CREATE INDEX passages_by_content ON passages(content_id, start);

-- Derived: the words of the passages. The triggers keep it in step, also where contents go.
CREATE VIRTUAL TABLE passage_words USING fts5(
    text, content='passages', content_rowid='id',
    tokenize="unicode61 remove_diacritics 2", prefix='2 3'
);
CREATE TRIGGER passages_added AFTER INSERT ON passages BEGIN
    INSERT INTO passage_words (rowid, text) VALUES (new.id, new.text); END;
CREATE TRIGGER passages_removed AFTER DELETE ON passages BEGIN
    INSERT INTO passage_words (passage_words, rowid, text)
    VALUES ('delete', old.id, old.text); END;
"""

_FOURTH = """
-- Of each thing that is embedded, what is seen and what is heard, one space answers.
ALTER TABLE spaces ADD COLUMN modality TEXT NOT NULL DEFAULT 'image';
DROP INDEX spaces_one_active;
DROP INDEX spaces_one_filling;
CREATE UNIQUE INDEX spaces_one_active ON spaces(modality) WHERE role = 'active';
CREATE UNIQUE INDEX spaces_one_filling ON spaces(modality) WHERE role = 'filling';

-- What is seen and what is heard of a content are counted apart.
DROP INDEX segments_by_content;
CREATE INDEX segments_by_content ON segments(content_id, kind);

-- Samples a second, LUFS, dBFS; as the file says where it is not measured.
ALTER TABLE contents ADD COLUMN rate INTEGER;
ALTER TABLE contents ADD COLUMN channels INTEGER;
ALTER TABLE contents ADD COLUMN loudness REAL;
ALTER TABLE contents ADD COLUMN peak REAL;
ALTER TABLE contents ADD COLUMN bpm REAL;
ALTER TABLE contents ADD COLUMN tonality TEXT;
-- Whether it was listened to: films that were read before were only looked at.
ALTER TABLE contents ADD COLUMN heard INTEGER NOT NULL DEFAULT 0;
-- How many windows there are, and files of its outline, is known here too: less may be found.
-- So is how many pairs a second the outline has, and whether there is a thumbnail.
ALTER TABLE contents ADD COLUMN windows INTEGER NOT NULL DEFAULT 0;
ALTER TABLE contents ADD COLUMN outlines INTEGER NOT NULL DEFAULT 0;
ALTER TABLE contents ADD COLUMN outline_rate REAL;
ALTER TABLE contents ADD COLUMN pictured INTEGER NOT NULL DEFAULT 1;
CREATE INDEX contents_with_outlines ON contents(outlines) WHERE outlines > 0;

CREATE INDEX passages_described ON passages(content_id) WHERE kind = 'description';

-- Of the content, repeated for the indexes. Most files have none of these: they are not in them.
ALTER TABLE assets ADD COLUMN duration REAL;
ALTER TABLE assets ADD COLUMN rate INTEGER;
ALTER TABLE assets ADD COLUMN loudness REAL;
ALTER TABLE assets ADD COLUMN bpm REAL;
ALTER TABLE assets ADD COLUMN tonality TEXT;
UPDATE assets SET duration = (SELECT duration FROM contents c WHERE c.id = content_id);
CREATE INDEX assets_by_duration ON assets(duration, id, kind, root_id, missing_since)
    WHERE missing_since IS NULL AND duration IS NOT NULL;
CREATE INDEX assets_by_rate ON assets(rate, id, kind, root_id, missing_since)
    WHERE missing_since IS NULL AND rate IS NOT NULL;
CREATE INDEX assets_by_loudness ON assets(loudness, id, kind, root_id, missing_since)
    WHERE missing_since IS NULL AND loudness IS NOT NULL;
CREATE INDEX assets_by_bpm ON assets(bpm, id, kind, root_id, missing_since)
    WHERE missing_since IS NULL AND bpm IS NOT NULL;
CREATE INDEX assets_by_tonality ON assets(tonality, id, kind, root_id, missing_since)
    WHERE missing_since IS NULL AND tonality IS NOT NULL;

-- What was refused as a film without pictures is read as a sound now.
UPDATE gaps SET due = 1 WHERE space_id = 0 AND asset_id IN (
    SELECT a.id FROM failures f JOIN assets a ON a.root_id = f.root_id AND a.path = f.path
    WHERE f.message LIKE 'There are no moving pictures in this file%');
DELETE FROM failures WHERE message LIKE 'There are no moving pictures in this file%';
"""

_FIFTH = """
-- The model that wrote down what is said, and the language it heard.
ALTER TABLE contents ADD COLUMN transcriber TEXT;
ALTER TABLE contents ADD COLUMN language TEXT;
CREATE INDEX contents_with_windows ON contents(id, transcriber) WHERE windows > 0;
"""


@step("0001 roots, contents, assets, segments, spaces, embeddings, gaps, failures, journal")
def _first(database: UtilsDatabase) -> None:
    _run(database, _FIRST)
    database.table("meta").insert({"key": "library", "value": uuid.uuid4().hex})


@step("0002 removed roots, ratings, tags, collections, ignored failures, steps to undo")
def _second(database: UtilsDatabase) -> None:
    _run(database, _SECOND)


@step("0003 frames of shots, durations, passages and their words")
def _third(database: UtilsDatabase) -> None:
    _run(database, _THIRD)


@step("0004 spaces of what is heard, facts and outlines of sounds")
def _fourth(database: UtilsDatabase) -> None:
    _run(database, _FOURTH)


@step("0005 transcripts")
def _fifth(database: UtilsDatabase) -> None:
    _run(database, _FIFTH)


def _run(database: UtilsDatabase, script: str) -> None:
    # Statement by statement: `executescript` would end the transaction a step runs in.
    for statement in script.split(";\n"):
        if statement.strip():
            database.execute(statement)
