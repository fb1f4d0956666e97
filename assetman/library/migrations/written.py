"""One index of everything that is written: passages, names, folders, tags."""

from __future__ import annotations

from sqlite_utils import Database as UtilsDatabase

from assetman.library.migrations.steps import run

NAME = "0007 one index of everything that is written"

_SQL = """
DROP TRIGGER passages_added;
DROP TRIGGER passages_removed;
DROP TABLE passage_words;
DROP INDEX passages_described;
ALTER TABLE passages ADD COLUMN box TEXT;   -- of text in a picture, as of a segment

-- Whether what it says of itself in words was read: of pictures and films it was not before.
ALTER TABLE contents ADD COLUMN described INTEGER NOT NULL DEFAULT 0;
UPDATE contents SET described = 1 WHERE kind = 'audio';
CREATE INDEX contents_undescribed ON contents(id) WHERE extracted = 1 AND described = 0;
-- The model that read the text in its pictures.
ALTER TABLE contents ADD COLUMN reader TEXT;
CREATE INDEX contents_by_reader ON contents(id, reader) WHERE kind IN ('image', 'video');

-- Derived: words, spelt by `library.spelling`, which every connection knows. The rowid is four
-- times the id of what they are of, and 0 for a passage, 1 for the name of an asset, 2 for the
-- folders it is in, 3 for a tag. The triggers keep it in step, also where contents go.
CREATE VIRTUAL TABLE written USING fts5(text, tokenize='ascii', prefix='2 3', columnsize=0);

CREATE TRIGGER passages_added AFTER INSERT ON passages BEGIN
    INSERT INTO written (rowid, text) VALUES (new.id * 4, spelt(new.text)); END;
CREATE TRIGGER passages_removed AFTER DELETE ON passages BEGIN
    DELETE FROM written WHERE rowid = old.id * 4; END;

CREATE TRIGGER assets_named AFTER INSERT ON assets BEGIN
    INSERT INTO written (rowid, text) VALUES
        (new.id * 4 + 1, spelt_name(new.name)),
        (new.id * 4 + 2,
         spelt_folders(new.folder, (SELECT path FROM roots WHERE id = new.root_id))); END;
CREATE TRIGGER assets_renamed AFTER UPDATE OF name ON assets WHEN old.name IS NOT new.name BEGIN
    DELETE FROM written WHERE rowid = new.id * 4 + 1;
    INSERT INTO written (rowid, text) VALUES (new.id * 4 + 1, spelt_name(new.name)); END;
CREATE TRIGGER assets_moved AFTER UPDATE OF root_id, folder ON assets
WHEN old.root_id IS NOT new.root_id OR old.folder IS NOT new.folder BEGIN
    DELETE FROM written WHERE rowid = new.id * 4 + 2;
    INSERT INTO written (rowid, text) VALUES (new.id * 4 + 2,
        spelt_folders(new.folder, (SELECT path FROM roots WHERE id = new.root_id))); END;
CREATE TRIGGER assets_unnamed AFTER DELETE ON assets BEGIN
    DELETE FROM written WHERE rowid IN (old.id * 4 + 1, old.id * 4 + 2); END;

CREATE TRIGGER roots_renamed AFTER UPDATE OF path ON roots WHEN old.path IS NOT new.path BEGIN
    DELETE FROM written WHERE rowid IN (SELECT id * 4 + 2 FROM assets WHERE root_id = new.id);
    INSERT INTO written (rowid, text)
        SELECT id * 4 + 2, spelt_folders(folder, new.path) FROM assets WHERE root_id = new.id; END;

CREATE TRIGGER tags_named AFTER INSERT ON tags BEGIN
    INSERT INTO written (rowid, text) VALUES (new.id * 4 + 3, spelt_name(new.name)); END;
CREATE TRIGGER tags_renamed AFTER UPDATE OF name ON tags WHEN old.name IS NOT new.name BEGIN
    DELETE FROM written WHERE rowid = new.id * 4 + 3;
    INSERT INTO written (rowid, text) VALUES (new.id * 4 + 3, spelt_name(new.name)); END;
CREATE TRIGGER tags_unnamed AFTER DELETE ON tags BEGIN
    DELETE FROM written WHERE rowid = old.id * 4 + 3; END;
"""

ALL_WRITTEN = (
    "SELECT id * 4, spelt(text) FROM passages",
    "SELECT id * 4 + 1, spelt_name(name) FROM assets",
    "SELECT a.id * 4 + 2, spelt_folders(a.folder, r.path) FROM assets a "
    "JOIN roots r ON r.id = a.root_id",
    "SELECT id * 4 + 3, spelt_name(name) FROM tags",
)


def take(database: UtilsDatabase) -> None:
    """Take the step."""
    run(database, _SQL)
    for each in ALL_WRITTEN:
        database.execute(f"INSERT INTO written (rowid, text) {each}")
