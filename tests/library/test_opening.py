from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database as UtilsDatabase
from sqlite_utils import Migrations

from assetman.core.errors import EnvironmentProblem
from assetman.core.spaces import Space
from assetman.library import opening
from assetman.library.library import Library
from assetman.library.migrations import APPLICATION_ID, steps

from .conftest import DIMENSION, Shelf


def catalogue(folder: Path) -> Path:
    return folder / "library.sqlite"


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def filled(folder: Path) -> Path:
    with Library.open(folder) as library:
        shelf = Shelf(library)
        library.spaces.choose(shelf.space)
        for i in range(3):
            shelf.done(f"{i}.jpg")
    return folder


Step = Callable[[UtilsDatabase], None]


@pytest.fixture
def append_step() -> Iterator[Callable[[Step], None]]:
    """Lend a way to append a migration, as a newer Assetman would have it."""
    known = list(steps.migrations._migrations)

    def append(step: Step) -> None:
        steps.step(f"9999 {step.__name__}")(step)

    yield append
    steps.migrations._migrations[:] = known


def notes(database: UtilsDatabase) -> None:
    database.execute("CREATE TABLE notes (asset_id INTEGER, text TEXT)")
    database.execute("INSERT INTO notes SELECT id, 'was ' || name FROM assets")


def failing(database: UtilsDatabase) -> None:
    database.execute("DROP TABLE journal")
    database.execute("CREATE TABLE roots (id INTEGER)")


def test_a_library_opens_again_as_it_was(filled: Path) -> None:
    with Library.open(filled) as library:
        assert library.assets.count() == 3
        assert not library.read_only
        active = library.spaces.active()
        assert active is not None
        assert active.space == Space("first", "1", 1, DIMENSION)


def test_the_file_is_set_up_for_safety(folder: Path) -> None:
    with Library.open(folder), closing(sqlite3.connect(catalogue(folder))) as connection:
        ask = lambda pragma: connection.execute(f"PRAGMA {pragma}").fetchone()[0]  # noqa: E731
        assert ask("journal_mode") == "wal"
        assert ask("auto_vacuum") == 2
        assert ask("application_id") == APPLICATION_ID


def test_an_sqlite_without_full_text_is_said_to_be_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "_FULL_TEXT", "CREATE VIRTUAL TABLE words USING fts99(text)")
    with pytest.raises(EnvironmentProblem, match="no full-text search"):
        Library.open(folder)
    assert not folder.exists()


def test_folders_on_the_way_are_made(tmp_path: Path) -> None:
    with Library.open(tmp_path / "a" / "ü b" / "library") as library:
        assert library.roots.all() == []


@pytest.mark.skipif("sys.platform == 'win32'")
def test_a_library_may_lie_under_any_name(tmp_path: Path) -> None:
    import os

    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/a?b#c%20 \xff\n"))
    with Library.open(folder) as library:
        Shelf(library).done("a.jpg")
    with Library.open(folder) as library:
        assert library.assets.count() == 1


def test_a_copied_library_opens_elsewhere(filled: Path, tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere"
    shutil.copytree(filled, copy)
    shutil.rmtree(filled)
    with Library.open(copy) as library:
        assert library.assets.count() == 3
        assert library.check() == []


def test_a_copy_taken_while_it_is_open_opens_too(folder: Path, tmp_path: Path) -> None:
    with Library.open(folder) as library:
        Shelf(library).done("a.jpg")
        shutil.copytree(folder, tmp_path / "copy")
    with Library.open(tmp_path / "copy") as library:
        assert library.assets.count() == 1


@pytest.mark.parametrize("log", [False, True], ids=["closed", "with a log"])
def test_a_newer_library_is_refused_and_not_altered_by_a_byte(
    filled: Path, append_step: Callable[[Step], None], log: bool
) -> None:
    append_step(notes)
    Library.open(filled).close()
    steps.migrations._migrations.pop()
    wal = filled / "library.sqlite-wal"
    if log:  # as a newer one leaves it that was killed
        with closing(sqlite3.connect(catalogue(filled))) as connection:
            connection.execute("UPDATE notes SET text = 'new'")
            connection.commit()
            shutil.copytree(filled, filled.with_name("killed"))
        filled = filled.with_name("killed")
        wal = filled / "library.sqlite-wal"
        assert wal.stat().st_size
    before = digest(catalogue(filled)), log and digest(wal)
    with pytest.raises(EnvironmentProblem, match="newer Assetman"):
        Library.open(filled)
    assert (digest(catalogue(filled)), log and digest(wal)) == before
    if not log:
        assert not wal.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"not a database at all, " * 99, "not a catalogue"), (b"", "empty"), (b"SQLite", "not a")],
)
def test_a_file_that_is_no_database_is_refused_and_left_alone(
    folder: Path, content: bytes, said: str
) -> None:
    folder.mkdir()
    catalogue(folder).write_bytes(content)
    with pytest.raises(EnvironmentProblem, match=said):
        Library.open(folder)
    assert catalogue(folder).read_bytes() == content


def test_a_database_of_another_program_is_refused(folder: Path) -> None:
    folder.mkdir()
    with closing(sqlite3.connect(catalogue(folder))) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    before = digest(catalogue(folder))
    with pytest.raises(EnvironmentProblem, match="not a catalogue of Assetman"):
        Library.open(folder)
    assert digest(catalogue(folder)) == before


def test_damage_further_in_is_found_by_a_check(filled: Path) -> None:
    content = bytearray(catalogue(filled).read_bytes())
    with closing(sqlite3.connect(catalogue(filled))) as connection:
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'embeddings'"
        ).fetchone()
    content[(page - 1) * 8192 : page * 8192] = b"\x55" * 8192
    catalogue(filled).write_bytes(content)
    with Library.open(filled) as library:
        assert "damaged" in library.check()[0]


def test_a_folder_that_is_a_file_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "library").write_text("hello")
    with pytest.raises(EnvironmentProblem, match="is a file"):
        Library.open(tmp_path / "library")
    with pytest.raises(EnvironmentProblem, match="cannot be created"):
        Library.open(tmp_path / "library" / "below")


def test_what_a_deleted_catalogue_left_behind_does_not_reach_the_new_one(
    folder: Path, tmp_path: Path
) -> None:
    with Library.open(folder) as library:
        Shelf(library).done("a.jpg")
        shutil.copytree(folder, tmp_path / "copy")
    catalogue(tmp_path / "copy").unlink()
    assert (tmp_path / "copy" / "library.sqlite-wal").exists()
    with Library.open(tmp_path / "copy") as library:
        assert library.roots.all() == []
        assert library.check() == []


def test_an_older_library_is_backed_up_and_brought_up_to_date(
    filled: Path, append_step: Callable[[Step], None]
) -> None:
    append_step(notes)
    with Library.open(filled) as library:
        assert library.assets.count() == 3
        with closing(sqlite3.connect(catalogue(filled))) as connection:
            assert connection.execute("SELECT count(*) FROM notes").fetchone() == (3,)
    (backup,) = (filled / "backups").iterdir()
    assert "before-migration" in backup.name
    with closing(sqlite3.connect(backup)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        assert "notes" not in tables
        assert connection.execute("SELECT count(*) FROM assets").fetchone() == (3,)
        assert connection.execute("SELECT count(*) FROM embeddings").fetchone() == (0,)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_step_that_fails_leaves_the_library_as_it_was(
    filled: Path, append_step: Callable[[Step], None]
) -> None:
    append_step(failing)
    with pytest.raises(sqlite3.OperationalError, match="already exists"):
        Library.open(filled)
    steps.migrations._migrations.pop()
    with Library.open(filled) as library:
        assert library.journal.sequence() > 0
        assert library.check() == []


def test_a_backup_put_back_lacks_only_embeddings_and_says_so(filled: Path, tmp_path: Path) -> None:
    with Library.open(filled) as library:
        known = library.assets.known(library.roots.all()[0].id)
        backup = library.back_up()
        Shelf(library).done("later.jpg")
    restored = tmp_path / "restored"
    restored.mkdir()
    shutil.copy(backup, catalogue(restored))
    with Library.open(restored) as library:
        shelf = Shelf(library)
        assert library.assets.known(shelf.root) == known
        assert sorted(shelf.pending()) == sorted(one.asset_id for one in known.values())
        segments = [library.segments.of_asset(asset)[0].id for asset in shelf.pending()]
        shelf.embed(segments)
        assert shelf.pending() == []
        assert shelf.file("new.jpg") > max(one.asset_id for one in known.values())
    with Library.open(restored) as library:
        assert len(Shelf(library).pending()) == 1, "and only what is new the next time"


def test_only_the_last_backups_are_kept(filled: Path) -> None:
    folder = filled / "backups"
    folder.mkdir()
    for year in range(2001, 2011):
        (folder / f"library-{year}0101-000000-on-demand.sqlite").touch()
    with Library.open(filled) as library:
        newest = library.back_up()
    names = sorted(path.name for path in folder.iterdir())
    assert len(names) == 5
    assert names[-1] == newest.name
    assert names[0].startswith("library-2007")


def test_migrations_keep_their_names_and_their_order() -> None:
    names = [migration.name for migration in steps.migrations._migrations]
    assert isinstance(steps.migrations, Migrations)
    assert names[:1] == [
        "0001 roots, contents, assets, segments, spaces, embeddings, gaps, failures, journal"
    ]
    assert names == sorted(names)
