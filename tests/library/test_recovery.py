"""A catalogue that is damaged on disk is mended when it is opened."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from assetman.core.assets import Kind
from assetman.core.conditions import Key, Test
from assetman.core.errors import EnvironmentProblem
from assetman.core.queries import Filters, Sort
from assetman.library.library import Library
from assetman.library.problems import MARK, CatalogueDamaged

from .conftest import Shelf

PAGE = 8192
FILES = 400
Row = tuple[str, int, str, bytes]


def catalogue(folder: Path) -> Path:
    return folder / "library.sqlite"


def contents(library: Library) -> list[Row]:
    """Say what the library holds: path, id, fingerprint, vectors of each file."""
    space = library.spaces.all()[0]
    rows = []
    for asset in library.assets.get(library.assets.ids()):
        segments = [each.id for each in library.segments.of_asset(asset.id)]
        _, vectors = library.embeddings.read(space.id, segments)
        rows.append((asset.path, asset.id, asset.fingerprint, vectors.tobytes()))
    return sorted(rows)


def tags_of(library: Library) -> dict[str, int]:
    return {tag.name: tag.assets for tag in library.tags.all()}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of some size, with a backup that lacks the last tenth of it."""
    folder = tmp_path_factory.mktemp("made") / "library"
    with Library.open(folder) as library:
        shelf = Shelf(library)
        library.spaces.choose(shelf.space)
        with library.writing():
            assets = [shelf.done(f"{i % 9}/{i}.jpg") for i in range(FILES - 40)]
        library.tags.tag(assets[::2], ["even"])
        library.tags.rate(assets[:50], 4)
        library.collections.make("Holidays", assets[:20])
        assert library.back_up_if_due() is not None
        with library.writing():
            for i in range(FILES - 40, FILES):
                shelf.done(f"{i % 9}/{i}.jpg")
    return folder


@pytest.fixture
def filled(made: Path, folder: Path) -> Path:
    shutil.copytree(made, folder)
    return folder


@pytest.fixture
def before(filled: Path) -> list[Row]:
    with Library.open(filled) as library:
        return contents(library)


def pages_of(folder: Path, table: str) -> list[int]:
    """List the pages of a table, its root first; by the map of pages that SQLite keeps."""
    with closing(sqlite3.connect(catalogue(folder))) as connection:
        (root,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)
        ).fetchone()
    data = catalogue(folder).read_bytes()
    return [
        root,
        *(
            page
            for page in range(3, len(data) // PAGE + 1)
            if data[PAGE + 5 * (page - 3)] == 5
            and int.from_bytes(data[PAGE + 5 * (page - 3) + 1 : PAGE + 5 * (page - 2)]) == root
        ),
    ]


def overwrite(folder: Path, page: int, data: bytes = b"\x55" * PAGE) -> None:
    with catalogue(folder).open("rb+") as file:
        file.seek((page - 1) * PAGE)
        file.write(data)


def test_a_lost_header_costs_nothing(filled: Path, before: list[Row]) -> None:
    overwrite(filled, 1, bytes(PAGE))
    damaged = catalogue(filled).read_bytes()
    with Library.open(filled) as library:
        assert contents(library) == before
        assert tags_of(library) == {"even": (FILES - 40 + 1) // 2}
        assert library.check() == []
        (notice,) = library.notices()
        assert "damaged on disk and has been mended" in notice
        assert f"All {FILES} files" in notice
        assert "No tag, rating or collection was lost" in notice
    (kept,) = filled.glob("library.damaged-*.sqlite")
    assert kept.name in notice
    assert kept.read_bytes() == damaged
    with Library.open(filled) as library:
        assert len(library.notices()) == 1, "and it is not mended again"
    assert not (filled / MARK).exists()


def test_what_a_lost_page_held_comes_from_the_backup(filled: Path, before: list[Row]) -> None:
    overwrite(filled, pages_of(filled, "assets")[1])
    (filled / MARK).touch()
    with Library.open(filled) as library:
        now = contents(library)
        assert now == before
        assert library.check() == []
        (notice,) = library.notices()
        assert " come from the backup of " in notice
        assert "may be lost in part" in notice
        assert tags_of(library) == {"even": (FILES - 40 + 1) // 2}


def test_a_lost_root_of_a_tree_costs_no_row(filled: Path, before: list[Row]) -> None:
    for table in ("assets", "contents", "journal"):
        root, *below = pages_of(filled, table)
        assert below
        overwrite(filled, root)
    shutil.rmtree(filled / "backups")
    (filled / MARK).touch()
    with Library.open(filled) as library:
        assert contents(library) == before
        assert library.check() == []


def add_films(folder: Path) -> list[int]:
    """Add films in which enough is said to fill some pages; give their contents."""
    with Library.open(folder) as library:
        shelf = Shelf(library)
        shots = [(float(i), i + 1.0) for i in range(40)]
        for film in range(30):
            said = [(f"film {film} line {line} of a story", line, line + 1) for line in range(30)]
            shelf.film(f"films/{film}.mp4", shots, said)
        ids = library.assets.ids(Filters(kinds=(Kind.VIDEO,)), Sort.NAME, False)
        return [library.contents.of_asset(asset).id for asset in ids]


def films(library: Library) -> list[object]:
    """Say what the library knows of its films."""
    ids = library.assets.ids(Filters(said=("story",)), Sort.NAME, False)
    contents = [library.contents.of_asset(asset).id for asset in ids]
    return [
        (library.segments.of_content(content), library.passages.of_content(content))
        for content in contents
    ]


def test_frames_and_passages_are_saved_and_what_is_said_is_found_again(filled: Path) -> None:
    contents = add_films(filled)
    with Library.open(filled) as library:
        before = films(library)
        assert len(before) == len(contents)
    overwrite(filled, 1, bytes(PAGE))
    with Library.open(filled) as library:
        assert films(library) == before
        assert library.segments.sheets() == dict.fromkeys(contents, 2)
        assert library.assets.count(Filters(said=("film 7 line 3",))) == 1
        assert library.check() == []


def test_a_damaged_index_of_words_is_made_anew(filled: Path) -> None:
    add_films(filled)
    with Library.open(filled) as library:
        before = films(library)
    for page in pages_of(filled, "written_data"):
        overwrite(filled, page)
    with Library.open(filled) as library, pytest.raises(CatalogueDamaged):
        films(library)
    with Library.open(filled) as library:
        assert films(library) == before
        assert library.check() == []


def test_files_of_which_passages_are_lost_are_read_again(filled: Path) -> None:
    contents = add_films(filled)
    overwrite(filled, pages_of(filled, "passages")[1])
    (filled / MARK).touch()
    with Library.open(filled) as library:
        again = [each for each in contents if not library.contents.get(each).extracted]
        lines = {each: len(library.passages.of_content(each)) for each in contents}
        assert again == [each for each in contents if lines[each] < 30]
        assert again
        assert library.check() == []


def test_colours_that_are_lost_are_looked_for_again(filled: Path) -> None:
    with Library.open(filled) as library:
        known = [content for content, _ in library.colors.unknown(FILES)]
        with library.writing():
            library.colors.set([(each, [("#aa3322", 0.5)]) for each in known])
        assert library.colors.unknown(1) == []
        red = library.assets.count(Test(Key.COLOR, "#aa3322"))
        assert red
    overwrite(filled, pages_of(filled, "colors")[0])
    (filled / MARK).touch()
    with Library.open(filled) as library:
        assert {content for content, _ in library.colors.unknown(FILES)} == set(known)
        assert library.check() == []


def add_sounds(folder: Path) -> list[int]:
    """Add sounds, silent ones among them; give their contents."""
    with Library.open(folder) as library:
        shelf = Shelf(library)
        with library.writing():
            made = [shelf.sound(f"sounds/{i}.wav", 0 if i % 5 == 0 else 60)[0] for i in range(40)]
        return [library.contents.of_asset(asset).id for asset in made]


def sounds(library: Library, contents: list[int]) -> list[object]:
    """Say what the library knows of its sounds."""
    outlined = library.contents.outlined()
    return [
        (library.contents.get(each), library.segments.of_content(each), outlined[each])
        for each in contents
    ]


def test_what_is_known_of_sounds_is_saved(filled: Path) -> None:
    contents = add_sounds(filled)
    with Library.open(filled) as library:
        before, loudest = sounds(library, contents), library.assets.ids(sort=Sort.LOUDNESS)
    overwrite(filled, 1, bytes(PAGE))
    with Library.open(filled) as library:
        assert sounds(library, contents) == before
        assert library.assets.ids(sort=Sort.LOUDNESS) == loudest
        assert library.check() == []


def test_sounds_of_which_windows_are_lost_are_listened_to_again(filled: Path) -> None:
    contents = add_sounds(filled)
    with Library.open(filled) as library:
        windows = {each: len(library.segments.of_content(each)) for each in contents}
    overwrite(filled, pages_of(filled, "segments")[-1])
    (filled / MARK).touch()
    with Library.open(filled) as library:
        again = [each for each in contents if not library.contents.get(each).extracted]
        left = {each: len(library.segments.of_content(each)) for each in contents}
        assert again == [each for each in contents if left[each] < windows[each]]
        assert 0 < len(again) < 32, "a silent one lacks nothing"
        assert library.check() == []


def test_what_was_deleted_does_not_come_back(filled: Path) -> None:
    with Library.open(filled) as library:
        library.assets.forget(library.assets.ids()[:100])
        library.tags.untag(library.assets.ids(), ["even"])
        now = contents(library)
    overwrite(filled, 1, bytes(PAGE))
    with Library.open(filled) as library:
        assert contents(library) == now
        assert tags_of(library) == {}


def test_lost_contents_are_read_again_and_their_files_keep_their_tags(filled: Path) -> None:
    shutil.rmtree(filled / "backups")
    page = pages_of(filled, "contents")[1]
    overwrite(filled, page)
    (filled / MARK).touch()
    with Library.open(filled) as library:
        assert library.assets.count() == FILES
        assert tags_of(library) == {"even": (FILES - 40 + 1) // 2}
        assert library.check() == []
        shelf = Shelf(library)
        assert 0 < len(shelf.pending()) < FILES


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(random.Random(1).randbytes(300_000)),
        lambda path: path.write_bytes(b"PK\x03\x04 no database"),
    ],
    ids=["absent", "empty", "random", "short"],
)
def test_a_catalogue_of_which_nothing_is_left_comes_from_the_backup(
    filled: Path, before: list[Row], damage: Callable[[Path], object]
) -> None:
    damage(catalogue(filled))
    with Library.open(filled) as library:
        known = [row[:3] for row in contents(library)]
        assert set(known) <= {row[:3] for row in before}
        assert len(known) == FILES - 40
        assert tags_of(library) == {"even": (FILES - 40 + 1) // 2}
        (notice,) = library.notices()
        assert f"Its {FILES - 40} files come from the backup of " in notice
        assert len(Shelf(library).pending()) == FILES - 40, "only embeddings are to be made"


def test_a_truncated_catalogue_keeps_what_is_left(filled: Path, before: list[Row]) -> None:
    whole = catalogue(filled).read_bytes()
    catalogue(filled).write_bytes(whole[: len(whole) * 2 // 3])
    with Library.open(filled) as library:
        known = {row[:3] for row in contents(library)}
        assert len(known & {row[:3] for row in before}) >= FILES - 40
        assert library.check() == []
        library.assets.forget(library.assets.ids()[:1])
        assert Shelf(library).file("new.jpg") > max(row[1] for row in before)


def test_what_only_the_log_holds_is_saved_from_it(folder: Path, tmp_path: Path) -> None:
    with Library.open(folder) as library:
        shelf = Shelf(library)
        with library.writing():
            for i in range(200):
                shelf.done(f"{i}.jpg")
        expected = contents(library)
        shutil.copytree(folder, tmp_path / "killed")
    killed = tmp_path / "killed"
    assert (killed / "library.sqlite-wal").stat().st_size
    overwrite(killed, 1, bytes(100))
    with Library.open(killed) as library:
        assert contents(library) == expected
        assert library.check() == []


def test_damage_met_at_work_is_told_and_mended_at_the_next_opening(
    filled: Path, before: list[Row]
) -> None:
    overwrite(filled, pages_of(filled, "contents")[2])
    told: list[str] = []
    with Library.open(filled) as library:
        library.on_damage(told.append)
        for _ in range(2):
            with pytest.raises(CatalogueDamaged, match="damaged"):
                contents(library)
    assert len(told) == 1
    assert "mended at the next opening" in told[0]
    assert (filled / MARK).exists()
    with Library.open(filled) as library:
        assert contents(library) == before
        assert len(library.notices()) == 1


def test_damage_found_by_a_check_is_mended_at_the_next_opening(
    filled: Path, before: list[Row]
) -> None:
    overwrite(filled, pages_of(filled, "assets_by_name")[1])
    with Library.open(filled) as library:
        assert "damaged" in library.check()[0]
    with Library.open(filled) as library:
        assert library.check() == []
        assert contents(library) == before


def test_a_mark_on_a_sound_catalogue_changes_nothing(filled: Path, before: list[Row]) -> None:
    (filled / MARK).touch()
    with Library.open(filled) as library:
        assert contents(library) == before
        assert library.notices() == ()
    assert not list(filled.glob("library.damaged*"))


class Cut(Exception):
    """Stands for a kill in the middle of a recovery."""


@pytest.mark.parametrize("moment", ["set_up", "_fill", "_limit"])
def test_a_recovery_that_is_cut_short_is_taken_up_again(
    filled: Path, before: list[Row], moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    overwrite(filled, 1, bytes(PAGE))

    def cut(*_: object) -> None:
        raise Cut

    with monkeypatch.context() as patch:
        patch.setattr(f"assetman.library.recovery.{moment}", cut)
        with pytest.raises(Cut):
            Library.open(filled)
    with Library.open(filled) as library:
        assert contents(library) == before
        assert len(library.notices()) == 1
    assert len(list(filled.glob("library.damaged-*.sqlite"))) == 1


def test_no_more_than_three_damaged_files_are_kept(filled: Path) -> None:
    for year in range(2001, 2006):
        (filled / f"library.damaged-{year}0101-000000.sqlite").touch()
    overwrite(filled, 1, bytes(PAGE))
    Library.open(filled).close()
    kept = sorted(path.name for path in filled.glob("library.damaged-*"))
    assert kept[:2] == [f"library.damaged-{year}0101-000000.sqlite" for year in (2004, 2005)]
    assert len(kept) == 3


def test_a_file_of_another_program_is_refused_although_there_are_backups(filled: Path) -> None:
    catalogue(filled).unlink()
    with closing(sqlite3.connect(catalogue(filled))) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    there = catalogue(filled).read_bytes()
    with pytest.raises(EnvironmentProblem, match="not a catalogue of Assetman"):
        Library.open(filled)
    assert catalogue(filled).read_bytes() == there


def test_a_damaged_newer_catalogue_is_refused_and_not_altered(filled: Path) -> None:
    with closing(sqlite3.connect(catalogue(filled))) as connection, connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) "
            "VALUES ('assetman', '9999 of the future', '2099-01-01')"
        )
    overwrite(filled, pages_of(filled, "assets")[0])
    there = catalogue(filled).read_bytes()
    (filled / MARK).touch()
    with pytest.raises(EnvironmentProblem, match="newer Assetman"):
        Library.open(filled)
    assert catalogue(filled).read_bytes() == there
