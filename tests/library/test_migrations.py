"""Libraries of earlier versions, as they were made then, brought up to date."""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from assetman.core.assets import AssetState
from assetman.library.library import Library

LIBRARIES = Path(__file__).resolve().parent.parent / "fixtures" / "libraries"


@pytest.fixture
def first(folder: Path) -> Path:
    """A library of version 0001: two roots, one of them away, a missing file, a failure."""
    folder.mkdir()
    packed = (LIBRARIES / "0001.sqlite.gz").read_bytes()
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


def test_a_library_of_the_first_version_keeps_every_row(first: Path) -> None:
    before = rows(first / "library.sqlite")
    Library.open(first).close()
    after = rows(first / "library.sqlite")
    assert {len(found) for found in before.values()} != {0}
    for table, found in before.items():
        width = len(found[0])
        assert [row[:width] for row in after[table]] == found, table
    with closing(sqlite3.connect(first / "library.sqlite")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_library_of_the_first_version_is_used_like_a_new_one(first: Path) -> None:
    with Library.open(first) as library:
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
    assert list((first / "backups").iterdir())
