"""Libraries of earlier versions, as they were made then, brought up to date."""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from assetman.core.assets import AssetState, Kind, Passage, PassageKind, Probe
from assetman.core.queries import Filters
from assetman.library.library import Library

LIBRARIES = Path(__file__).resolve().parent.parent / "fixtures" / "libraries"


def put(folder: Path, version: str) -> Path:
    """Put a library of an earlier version into a folder."""
    folder.mkdir()
    packed = (LIBRARIES / f"{version}.sqlite.gz").read_bytes()
    (folder / "library.sqlite").write_bytes(gzip.decompress(packed))
    return folder


def rows(catalogue: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(catalogue)) as connection:
        names = [
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' "
                "AND name NOT LIKE '\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
            )
        ]
        return {name: sorted(connection.execute(f"SELECT * FROM {name}")) for name in names}


@pytest.mark.parametrize("version", ["0001", "0002"])
def test_a_library_of_an_earlier_version_keeps_every_row(folder: Path, version: str) -> None:
    catalogue = put(folder, version) / "library.sqlite"
    before = rows(catalogue)
    Library.open(folder).close()
    after = rows(catalogue)
    assert {len(found) for found in before.values()} != {0}
    for table, found in before.items():
        width = len(found[0])
        assert [row[:width] for row in after[table]] == found, table
    with closing(sqlite3.connect(catalogue)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_library_of_the_first_version_is_used_like_a_new_one(folder: Path) -> None:
    put(folder, "0001")
    with Library.open(folder) as library:
        photos, drive = library.roots.all()
        assert (photos.online, drive.online) == (True, False)
        assert (photos.assets, drive.assets) == (5, 1)
        (away,) = library.assets.get(
            [known.asset_id for known in library.assets.known(drive.id).values()]
        )
        assert away.state == AssetState.OFFLINE
        assert away.rating == 0
        assert away.tags == ()
        assert library.failures.count() == 1
        assert library.contents.count_pending([1])[0] == 2
        another, _ = library.roots.add("/another")
        assert another.id == 4, "the number of a root that was removed before is not used again"
        assert library.check() == []
    assert list((folder / "backups").iterdir())


def test_a_library_of_the_second_version_is_used_like_a_new_one(folder: Path) -> None:
    put(folder, "0002")
    with Library.open(folder) as library:
        assert library.assets.count() == 6
        assert library.assets.count(Filters(tags=("holiday",), ratings=(4, 4))) == 2
        assert [box.assets for box in library.collections.all()] == [2]
        step, _ = library.undo.undo()
        assert step is not None
        assert step.sentence == "Remove the folder old"
        (film,) = library.assets.get(library.assets.ids(Filters(kinds=(Kind.VIDEO,))))
        assert film.duration is None
        assert [each.at for each in library.segments.of_asset(film.id)] == [None] * 3
        content = library.contents.of_asset(film.id)
        library.passages.replace(
            content.id, [Passage(PassageKind.SUBTITLE, "Buon giorno", 0.5, 1.5)]
        )
        library.contents.set_probe(content.id, Probe(Kind.VIDEO, 640, 360, duration=3.0))
        assert library.assets.ids(Filters(said=("buon",))) == [film.id]
        assert library.assets.get([film.id])[0].duration == 3.0
        assert library.check() == []
