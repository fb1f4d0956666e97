"""What filters ask for: names folded, endings, sizes, cameras, lenses, places, colours."""

from __future__ import annotations

import unicodedata

from sqlite_utils import Database as UtilsDatabase

from assetman.library.migrations.steps import run

NAME = "0006 what filters ask for"

_SQL = """
-- Cameras and lenses by their names.
CREATE TABLE gear (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    key TEXT NOT NULL UNIQUE            -- folded: what is looked for
) STRICT;
INSERT OR IGNORE INTO gear (name, key) SELECT name, folded(name) FROM (
    SELECT json_extract(facts, '$.camera') AS name FROM contents
    UNION SELECT json_extract(facts, '$.lens') FROM contents)
    WHERE typeof(name) = 'text';

-- Of the facts a file tells of itself, repeated for the indexes; ids of `gear`.
ALTER TABLE contents ADD COLUMN camera INTEGER;
ALTER TABLE contents ADD COLUMN lens INTEGER;
ALTER TABLE contents ADD COLUMN placed INTEGER NOT NULL DEFAULT 0;
-- Whether its colours are known: they are taken from the thumbnail, of old files later.
ALTER TABLE contents ADD COLUMN colored INTEGER NOT NULL DEFAULT 0;
UPDATE contents SET
    camera = (SELECT id FROM gear WHERE key = folded(json_extract(facts, '$.camera'))),
    lens = (SELECT id FROM gear WHERE key = folded(json_extract(facts, '$.lens'))),
    placed = json_extract(facts, '$.latitude') IS NOT NULL
    WHERE facts <> '{}';
CREATE INDEX contents_uncolored ON contents(id) WHERE colored = 0 AND extracted AND pictured;

-- The main colours of a picture, each with its place in CIE L*a*b* and a box of that space.
CREATE TABLE colors (
    content_id INTEGER NOT NULL REFERENCES contents(id) ON DELETE CASCADE,
    color TEXT NOT NULL,                -- #rrggbb
    share REAL NOT NULL,                -- of the picture, 0..1
    box INTEGER NOT NULL,
    lightness REAL NOT NULL,
    a REAL NOT NULL,
    b REAL NOT NULL,
    chroma REAL NOT NULL,               -- how far from grey
    PRIMARY KEY (content_id, color)
) STRICT, WITHOUT ROWID;
CREATE INDEX colors_by_box ON colors(box, lightness, a, b, chroma, content_id);

-- The name as it is compared, what it ends with, and of the content what filters ask for.
ALTER TABLE assets ADD COLUMN folded TEXT NOT NULL DEFAULT '';
ALTER TABLE assets ADD COLUMN ext TEXT NOT NULL DEFAULT '';
ALTER TABLE assets ADD COLUMN width INTEGER;
ALTER TABLE assets ADD COLUMN height INTEGER;
ALTER TABLE assets ADD COLUMN camera INTEGER;
ALTER TABLE assets ADD COLUMN lens INTEGER;
ALTER TABLE assets ADD COLUMN placed INTEGER NOT NULL DEFAULT 0;
UPDATE assets SET folded = folded(name), ext = ext_of(name), width = c.width, height = c.height,
    camera = c.camera, lens = c.lens, placed = c.placed
    FROM contents c WHERE c.id = assets.content_id;
-- All that filters compare in one narrow place: it is read through in a tenth of the time.
CREATE INDEX assets_by_facts ON assets(kind, root_id, content_id, moment, size, rating, width,
    height, duration, rate, camera, lens, placed, ext, folded, missing_since)
    WHERE missing_since IS NULL;
CREATE INDEX passages_by_kind ON passages(kind, content_id);
CREATE INDEX assets_by_ext ON assets(ext) WHERE missing_since IS NULL;
CREATE INDEX assets_by_camera ON assets(camera)
    WHERE missing_since IS NULL AND camera IS NOT NULL;
CREATE INDEX assets_by_lens ON assets(lens) WHERE missing_since IS NULL AND lens IS NOT NULL;
"""


def _folded(text: str | None) -> str | None:
    if text is None:
        return None
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", str(text)).casefold())


def _ext_of(name: str) -> str:
    stem, _, ext = name.rpartition(".")
    return _folded(ext) or "" if stem else ""


def take(database: UtilsDatabase) -> None:
    """Take the step."""
    database.register_function(_folded, name="folded", deterministic=True)
    database.register_function(_ext_of, name="ext_of", deterministic=True)
    run(database, _SQL)
