"""Backups and trimming: what keeps a catalogue safe and small while it lives."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from assetman.core.errors import EnvironmentProblem
from assetman.library import upkeep
from assetman.library.library import Library
from assetman.library.problems import MARK

from .conftest import Shelf

DAY = 86_400.0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Time as the library sees it, in a list of one."""
    now = [time.mktime((2030, 5, 1, 12, 0, 0, 0, 0, -1))]
    monkeypatch.setattr(time, "time", lambda: now[0])
    return now


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "backups").iterdir())


def test_a_backup_is_taken_once_a_day_and_only_if_something_was_written(
    library: Library, shelf: Shelf, clock: list[float]
) -> None:
    shelf.done("1.jpg")
    assert library.back_up_if_due() is not None
    shelf.done("2.jpg")
    assert library.back_up_if_due() is None, "one a day"
    clock[0] += DAY
    second = library.back_up_if_due()
    assert second is not None
    clock[0] += DAY
    assert library.back_up_if_due() is None, "nothing was written"
    with closing(sqlite3.connect(second)) as connection:
        ask = lambda sql: connection.execute(sql).fetchone()[0]  # noqa: E731
        assert ask("SELECT COUNT(*) FROM assets") == 2
        assert ask("SELECT COUNT(*) FROM embeddings") == 0
        assert ask("PRAGMA integrity_check") == "ok"


def test_none_of_one_kind_goes_because_of_another(
    library: Library, shelf: Shelf, clock: list[float]
) -> None:
    for day in range(40):
        shelf.file(f"{day}.jpg")
        library.back_up_if_due()
        library.back_up()
        clock[0] += DAY
    kept = names(library.folder)
    count = {kind: sum(kind in name for name in kept) for kind in ("daily", "weekly", "on-demand")}
    assert count == {"daily": 5, "weekly": 3, "on-demand": 5}
    assert kept[0].startswith("library-20300522"), "more than two weeks are covered"


def test_a_clock_that_was_ahead_keeps_no_backup_from_being_taken(
    library: Library, shelf: Shelf, clock: list[float]
) -> None:
    shelf.done("1.jpg")
    clock[0] += 900 * DAY
    assert library.back_up_if_due() is not None
    clock[0] -= 900 * DAY
    shelf.done("2.jpg")
    assert library.back_up_if_due() is not None


def test_a_damaged_catalogue_pushes_no_backup_out(
    library: Library, shelf: Shelf, clock: list[float]
) -> None:
    with library.writing():
        for number in range(200):
            shelf.done(f"{number}.jpg")
    library.back_up_if_due()
    before = names(library.folder)
    library.close()
    catalogue = library.folder / "library.sqlite"
    with closing(sqlite3.connect(catalogue)) as connection:
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'segments'"
        ).fetchone()
    with catalogue.open("rb+") as file:
        file.seek((page - 1) * 8192)
        file.write(b"\x55" * 8192)
    clock[0] += 8 * DAY
    with Library.open(library.folder) as again:
        again.remember("pace", "full")
        assert again.back_up_if_due() is None
    assert names(library.folder) == before
    assert (library.folder / MARK).exists()


def test_what_a_killed_backup_left_is_swept(library: Library, shelf: Shelf) -> None:
    (library.folder / "backups").mkdir()
    (library.folder / "backups" / "library-20200101-000000-daily.part").write_bytes(b"half")
    library.back_up()
    assert [name.rpartition(".")[2] for name in names(library.folder)] == ["sqlite"]


def test_the_journal_is_trimmed_and_numbers_go_on(
    library: Library, shelf: Shelf, clock: list[float]
) -> None:
    asset = shelf.done("1.jpg")
    library.tags.tag([asset], ["early"])
    clock[0] += 60 * DAY
    library.tags.rate([asset], 3)
    last = library.journal.sequence()
    clock[0] += 20 * DAY
    library.trim()
    left = list(library.journal.since(0))
    assert {entry.origin for entry in left} == {"person"}
    undone, _ = library.undo.undo()
    assert undone is not None, "what the person did is kept longer"
    clock[0] += 20 * DAY
    library.trim()
    assert library.tags.all(), "only the way back is forgotten"
    clock[0] += 400 * DAY
    library.trim()
    assert list(library.journal.since(0)) == []
    assert library.undo.history().undo is None
    assert library.journal.sequence() > last
    segments = shelf.extract(shelf.file("2.jpg"))
    shelf.embed(segments)
    assert library.journal.sequence() > last + 2
    found = [ids for ids, _, _ in library.embeddings.since(shelf.space, last)]
    assert np.concatenate(found).tolist() == segments


def test_a_long_journal_is_trimmed_in_steps_and_its_room_given_back(
    folder: Path, monkeypatch: pytest.MonkeyPatch, clock: list[float]
) -> None:
    monkeypatch.setattr(upkeep, "_STEP", 500)
    monkeypatch.setattr(upkeep, "_STEPS", 4)
    with Library.open(folder) as library:
        with library.writing():
            for number in range(20_000):
                library.journal.append("test.grow", after={"what": "x" * 700, "n": number})
        clock[0] += 30 * DAY
        sizes = []
        for _ in range(14):
            library.trim()
            sizes.append(sum(1 for _ in library.journal.since(0)))
        assert 17_000 < sizes[0] < 19_000, "no more than a step at a time"
        assert sizes[-1] == 0
        assert sizes == sorted(sizes, reverse=True)
    assert (folder / "library.sqlite").stat().st_size < 10 << 20


def test_a_full_disk_keeps_the_old_backups(
    library: Library, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        shelf.file(f"{_}.jpg")
        library.back_up()
    before = names(library.folder)

    def no_room(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", no_room)
    with pytest.raises(EnvironmentProblem, match="disk is full"):
        library.back_up()
    assert names(library.folder) == before
