"""Libraries of earlier versions, as they were made then, brought up to date."""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assetman.core.assets import (
    AssetState,
    Kind,
    Passage,
    PassageKind,
    Probe,
    SegmentDraft,
    SegmentKind,
    SoundFacts,
)
from assetman.core.conditions import Key, Span, Test
from assetman.core.inputs import Modality
from assetman.core.queries import Filters, Sort
from assetman.core.spaces import Space
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


@pytest.mark.parametrize("version", ["0001", "0002", "0003"])
def test_a_library_of_an_earlier_version_keeps_every_row(folder: Path, version: str) -> None:
    catalogue = put(folder, version) / "library.sqlite"
    before = rows(catalogue)
    Library.open(folder).close()
    after = rows(catalogue)
    assert {len(found) for found in before.values()} != {0}
    for table, found in before.items():
        if not found or table in ("failures", "gaps") or table.startswith("passage_words"):
            continue
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


def test_films_of_the_third_version_are_listened_to_and_keep_what_they_had(folder: Path) -> None:
    put(folder, "0003")
    with Library.open(folder) as library:
        active, filling = library.spaces.active(), library.spaces.filling()
        assert active is not None
        assert filling is not None
        assert (active.space.model, filling.space.model) == ("first", "second")
        assert library.spaces.active(Modality.SOUND) is None
        assert library.failures.count() == 0, "a film without pictures is a sound now"
        assert names(library, []) == ["new.mp4", "song.mp4"], "and as long as it is not listened to"
        heard, _ = library.spaces.ensure(Space("heard", "1", 1, 4), Modality.SOUND)
        library.spaces.choose(heard.id)
        now = library.spaces.active(Modality.SOUND)
        assert now is not None
        assert now.id == heard.id, "one answers for each"
        films = ["new.mp4", "one.mp4", "song.mp4", "two.mp4"]
        assert names(library, [heard.id, active.id]) == films
        film = library.assets.at(1, "films/one.mp4")
        assert film is not None
        assert library.embeddings.count(active.id) == 6
        (asset,) = library.assets.get([film])
        assert (asset.duration, asset.sound, asset.rating, asset.tags) == (
            3.0,
            None,
            5,
            ("holiday",),
        )
        content = library.contents.of_asset(film)
        window = SegmentDraft(SegmentKind.WINDOW, 0, 0.0, 3.0, at=1.0)
        with library.writing():
            shots = [segment.draft for segment in library.segments.of_content(content.id)]
            facts = SoundFacts(48_000, 2, loudness=-20.0)
            assert content.probe is not None
            library.contents.set_probe(content.id, replace(content.probe, sound=facts))
            *kept, new = library.segments.replace(content.id, [*shots, window])
            library.embeddings.add(heard.id, [new], np.ones((1, 4), np.float32))
        assert library.embeddings.read(active.id, kept)[0].tolist() == kept
        assert names(library, [heard.id, active.id]) == ["new.mp4", "song.mp4", "two.mp4"]
        assert library.assets.get([film])[0].sound == facts
        assert library.assets.ids(sort=Sort.LOUDNESS)[0] == film
        assert library.check() == []


def names(library: Library, spaces: list[int]) -> list[str]:
    """Name the files that lack something, sorted."""
    return sorted(item.relative.rpartition("/")[2] for item in library.contents.pending(spaces, 99))


def test_what_filters_ask_for_is_known_of_a_library_of_before_without_reading_it(
    folder: Path,
) -> None:
    put(folder, "0003")
    with Library.open(folder) as library:
        boxed = library.assets.ids(Test(Key.CAMERA, "box"), Sort.NAME, False)
        names = [asset.name for asset in library.assets.get(boxed)]
        assert names == ["1.jpg", "2.jpg"]
        assert library.offers.values(Key.CAMERA) == [("Box", 2)]
        assert library.assets.ids(Test(Key.WIDTH, Span(30, 30)), Sort.NAME, False) == boxed
        assert library.assets.ids(Test(Key.EXT, "jpg"), Sort.NAME, False) == boxed
        assert library.assets.ids(Test(Key.ORIENTATION, "landscape"))
        assert library.colors.unknown(10)


@pytest.mark.parametrize("version", ["0001", "0002", "0003"])
def test_files_of_an_earlier_version_are_found_by_what_is_written(
    folder: Path, version: str
) -> None:
    with Library.open(put(folder, version)) as library:
        assets = library.assets.get(library.assets.ids())
        assert assets
        for asset in assets:
            assert asset.id in library.fulltext.of_words(asset.name)
            assert library.fulltext.texts_of([asset.id])[asset.id]
