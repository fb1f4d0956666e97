"""The sidecars that lie beside each file, so that a change of one is noticed."""

from __future__ import annotations

from sqlite_utils import Database as UtilsDatabase

from assetman.library.migrations.steps import run

NAME = "0011 sidecars"

_SQL = """
-- The names, sizes and times of the sidecars of a file, as `library.sidecars` writes them.
ALTER TABLE assets ADD COLUMN sidecars BLOB;

-- What a file and its sidecars say in words is read anew when one of them is another, when the
-- file has other bytes or goes, and when the person wants failures tried again.
CREATE TRIGGER sidecars_changed AFTER UPDATE OF sidecars, content_id, missing_since ON assets
WHEN old.sidecars IS NOT new.sidecars OR (new.sidecars IS NOT NULL AND
    (old.content_id IS NOT new.content_id OR old.missing_since IS NOT new.missing_since)) BEGIN
    UPDATE contents SET described = 0 WHERE id IN (old.content_id, new.content_id); END;
CREATE TRIGGER sidecars_gone AFTER DELETE ON assets WHEN old.sidecars IS NOT NULL BEGIN
    UPDATE contents SET described = 0 WHERE id = old.content_id; END;
CREATE TRIGGER sidecars_tried_again AFTER DELETE ON failures WHEN old.stage = 'sidecar' BEGIN
    UPDATE contents SET described = 0 WHERE id IN (
        SELECT content_id FROM assets INDEXED BY assets_by_folder
        WHERE root_id = old.root_id AND missing_since IS NULL AND sidecars IS NOT NULL
        AND folder = CAST(  -- all up to the last "/"
            rtrim(CAST(old.path AS TEXT), replace(CAST(old.path AS TEXT), '/', '')) AS BLOB)
    ); END;
"""


def take(database: UtilsDatabase) -> None:
    """Take the step."""
    run(database, _SQL)
