from __future__ import annotations

import math

import pytest

from assetman.core.errors import WrongUse

from .conftest import Shelf, stat


def test_every_write_is_in_the_journal_with_its_transaction(shelf: Shelf) -> None:
    journal = shelf.library.journal
    start = journal.sequence()
    with shelf.library.writing():
        asset = shelf.file("a.jpg")
        shelf.embed(shelf.extract(asset))
    shelf.library.assets.mark_missing([asset])
    entries = list(journal.since(start))
    assert [entry.what for entry in entries] == [
        "contents.add",
        "assets.add",
        "contents.set_probe",
        "segments.replace",
        "embeddings.add",
        "assets.mark_missing",
    ]
    assert [entry.transaction for entry in entries] == [start + 1] * 5 + [start + 6]
    assert [entry.sequence for entry in entries] == list(range(start + 1, start + 7))
    assert journal.sequence() == start + 6
    assert entries[-1].after == {"ids": [asset]}


def test_an_entry_says_what_was_before(shelf: Shelf) -> None:
    asset = shelf.file("a.jpg")
    content = shelf.library.contents.of_asset(asset).id
    shelf.library.assets.move(asset, shelf.root, "b\udcff.jpg", stat())
    entry = list(shelf.library.journal.since(0))[-1]
    assert entry.before == {
        "id": asset,
        "root": shelf.root,
        "path": "a.jpg",
        "content": content,
        "mtime_ns": 1000 * 10**9,
        "missing": False,
    }
    assert entry.after == {"id": asset, "root": shelf.root, "path": "b\udcff.jpg"}


def test_what_the_person_did_is_told_from_what_the_engine_did(shelf: Shelf) -> None:
    library = shelf.library
    shelf.file("a.jpg")
    library.spaces.choose(shelf.space)
    with library.writing("import"):
        shelf.file("b.jpg")
    library.roots.remove(shelf.root)
    library.roots.purge(math.inf)
    origins = {entry.what: entry.origin for entry in library.journal.since(0)}
    assert origins["roots.add"] == origins["roots.remove"] == "person"
    assert origins["spaces.choose"] == "person"
    assert origins["contents.collect"] == "engine"
    assert origins["assets.add"] == "import"


def test_what_was_undone_is_not_in_the_journal(shelf: Shelf) -> None:
    library = shelf.library
    sequence = library.journal.sequence()
    with pytest.raises(WrongUse), library.writing():  # noqa: PT012
        shelf.file("a.jpg")
        library.roots.get(99)
    assert library.journal.sequence() == sequence
    shelf.file("b.jpg")
    entries = list(library.journal.since(sequence))
    assert [entry.transaction for entry in entries] == [sequence + 1] * 2


def test_a_long_journal_is_read_to_its_end(shelf: Shelf) -> None:
    with shelf.library.writing():
        for i in range(1500):
            shelf.file(f"{i}.jpg")
    sequences = [entry.sequence for entry in shelf.library.journal.since(5)]
    assert sequences == list(range(6, shelf.library.journal.sequence() + 1))
