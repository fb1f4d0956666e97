"""Spaces of what is heard, facts and outlines of sounds."""

from __future__ import annotations

from sqlite_utils import Database as UtilsDatabase

from assetman.library.migrations.steps import run

NAME = "0004 spaces of what is heard, facts and outlines of sounds"

_SQL = """
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


def take(database: UtilsDatabase) -> None:
    """Take the step."""
    run(database, _SQL)
