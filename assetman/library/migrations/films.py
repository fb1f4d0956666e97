"""Frames of shots, durations, passages and their words."""

from __future__ import annotations

from sqlite_utils import Database as UtilsDatabase

from assetman.library.migrations.steps import run

NAME = "0003 frames of shots, durations, passages and their words"

_SQL = """
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


def take(database: UtilsDatabase) -> None:
    """Take the step."""
    run(database, _SQL)
