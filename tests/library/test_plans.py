"""How SQLite answers what is asked often: by an index, and never row by row through a table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from assetman.core.assets import Kind
from assetman.core.queries import Filters, FolderFilter, Sort
from assetman.library.contents import Derived
from assetman.library.library import Library

from .conftest import Shelf, stat

TAGGED = Filters(tags=("sea", "sky"), not_tags=("old",))
RATED = Filters(ratings=(3, 5))
COLLECTED = Filters(collections=(1, 2))
MISSING = Filters(missing=True)
SAID = Filters(said=("one", "two"), not_said=("three",))
FEW = (
    TAGGED,
    RATED,
    COLLECTED,
    SAID,
    Filters((Kind.IMAGE,), (FolderFilter(1),), ("sea",)),
)
FOLDER = Filters(folders=(FolderFilter(1, "a"),))
BOTH = Filters((Kind.IMAGE,), (FolderFilter(1, "a"), FolderFilter(1, "b")))
KINDS = Filters((Kind.IMAGE, Kind.VIDEO))


def plan(library: Library, ask: Callable[[], object]) -> list[str]:
    """Give the steps by which SQLite carries out what a call asks of it."""
    asked: list[str] = []
    with library.writing(), library._database.reading() as connection:
        connection.set_trace_callback(asked.append)
        try:
            ask()
        finally:
            connection.set_trace_callback(None)
        return [
            step[3]
            for sql in asked
            if re.match(r"\s*(SELECT|UPDATE|DELETE|INSERT)", sql)
            for step in connection.execute(f"EXPLAIN QUERY PLAN {sql}")
        ]


@pytest.fixture
def filled(folder: Path) -> Iterator[Shelf]:
    """A library that was opened before, when it had few files."""
    with Library.open(folder) as library:
        shelf = Shelf(library)
        for i in range(8):
            library.tags.tag([shelf.done(f"{'ab'[i % 2]}/{i}.jpg")], ["sea"])
        library.collections.make("Best", [1, 2])
        shelf.film("film.mp4", [(0, 1), (1, 2)], [("one and two", 0, 1)])
    with Library.open(folder) as library:
        yield Shelf(library)


def test_a_sorted_list_reads_one_index_and_sorts_nothing(filled: Shelf) -> None:
    assets = filled.library.assets
    for filters in (Filters(), KINDS, Filters(folders=(FolderFilter(1),))):
        for sort in Sort:
            for descending in (True, False):
                steps = plan(
                    filled.library, lambda f=filters, s=sort, d=descending: assets.ids(f, s, d)
                )
                assert not [step for step in steps if "TEMP B-TREE" in step], (filters, sort)
                assert any("SCAN a USING COVERING INDEX" in step for step in steps), steps


def test_a_list_of_folders_reads_those_folders(filled: Shelf) -> None:
    assets, segments = filled.library.assets, filled.library.segments
    within = "assets_by_folder (root_id=? AND folder>? AND folder<?)"
    for filters, index in ((FOLDER, within), (BOTH, "assets_by_folder (root_id=?)")):
        for ask in (
            lambda f=filters: assets.ids(f, Sort.DATE, True),
            lambda f=filters: assets.count(f),
            lambda f=filters: segments.matching(f),
        ):
            steps = plan(filled.library, ask)
            assert any(index in step for step in steps), steps
            assert not [step for step in steps if step.startswith("SCAN a")], steps


def test_what_the_person_organised_leads_to_its_assets(filled: Shelf) -> None:
    assets, segments = filled.library.assets, filled.library.segments
    for filters in FEW:
        for ask in (
            lambda f=filters: assets.ids(f, Sort.DATE, True),
            lambda f=filters: assets.count(f),
            lambda f=filters: segments.matching(f),
        ):
            steps = plan(filled.library, ask)
            assert any("SEARCH a USING INTEGER PRIMARY KEY (rowid=?)" in step for step in steps)
            assert not [step for step in steps if step.startswith("SCAN a")], steps


def test_what_lacks_a_tag_or_a_rating_is_listed_from_one_index(filled: Shelf) -> None:
    for filters in (Filters(not_tags=("sea",)), Filters(ratings=(0, 2))):
        for sort in Sort:
            steps = plan(
                filled.library, lambda f=filters, s=sort: filled.library.assets.ids(f, s, True)
            )
            assert not [step for step in steps if "TEMP B-TREE" in step], steps
            assert any("SCAN a USING COVERING INDEX" in step for step in steps), steps


def test_missing_files_are_read_from_their_index(filled: Shelf) -> None:
    assets, segments = filled.library.assets, filled.library.segments
    for ask in (
        lambda: assets.ids(MISSING, Sort.DATE, True),
        lambda: assets.count(MISSING),
        lambda: assets.count_searchable(MISSING, 1),
        lambda: segments.matching(MISSING),
        assets.counts,
    ):
        steps = plan(filled.library, ask)
        index = "assets_missing (root_id=? AND missing_since>?)"
        assert any(index in step for step in steps), steps
        assert not [step for step in steps if step.startswith("SCAN a")], steps


def quoted(shelf: Shelf, words: str) -> object:
    told = shelf.library.fulltext.of_words(words)
    return shelf.library.fulltext.quotations(words, told)


NO_SCAN: dict[str, Callable[[Shelf], object]] = {
    "get": lambda shelf: shelf.library.assets.get([1, 2]),
    "at": lambda shelf: shelf.library.assets.at(1, "a/0.jpg"),
    "known": lambda shelf: shelf.library.assets.known(1),
    "of_content": lambda shelf: shelf.library.assets.of_content(1),
    "counts": lambda shelf: shelf.library.assets.counts(),
    "missing_with_content": lambda shelf: shelf.library.assets.missing_with_content(1),
    "pending": lambda shelf: shelf.library.contents.pending([1], 10, first=[1, 2]),
    "count_pending": lambda shelf: shelf.library.contents.count_pending([1]),
    "with_digest": lambda shelf: shelf.library.contents.with_digest("0"),
    "owners": lambda shelf: shelf.library.segments.owners(np.arange(1, 9), KINDS),
    "owners in a folder": lambda shelf: shelf.library.segments.owners(np.arange(1, 9), FOLDER),
    "segments": lambda shelf: shelf.library.segments.get([1, 2]),
    "of_asset": lambda shelf: shelf.library.segments.of_asset(1),
    "read": lambda shelf: shelf.library.embeddings.read(1, [1, 2]),
    "since": lambda shelf: list(shelf.library.embeddings.since(1, 5)),
    "last_sequence": lambda shelf: shelf.library.embeddings.last_sequence(1),
    "count": lambda shelf: shelf.library.embeddings.count(1),
    "of_assets": lambda shelf: shelf.library.failures.of_assets([1, 2]),
    "folders": lambda shelf: shelf.library.roots.folders(1),
    "roots": lambda shelf: shelf.library.roots.all(),
    "touch": lambda shelf: shelf.library.assets.touch(1, stat(5)),
    "store": lambda shelf: shelf.embed(shelf.extract(2, segments=2)),
    "forget": lambda shelf: shelf.library.assets.forget([1, 2]),
    "mark_missing": lambda shelf: shelf.library.assets.mark_missing([3]),
    "rate": lambda shelf: shelf.library.tags.rate([1, 2], 3),
    "tag": lambda shelf: shelf.library.tags.tag([1, 2], ["new", "sea"]),
    "untag": lambda shelf: shelf.library.tags.untag([1, 2], ["sea"]),
    "rename_tag": lambda shelf: shelf.library.tags.rename("sea", "sky"),
    "tags": lambda shelf: shelf.library.tags.all(),
    "collections": lambda shelf: shelf.library.collections.all(),
    "make": lambda shelf: shelf.library.collections.make("New", [1, 2]),
    "put": lambda shelf: shelf.library.collections.put(1, [3]),
    "take_out": lambda shelf: shelf.library.collections.take_out(1, [1]),
    "delete": lambda shelf: shelf.library.collections.delete(1),
    "history": lambda shelf: shelf.library.undo.history(),
    "undo": lambda shelf: shelf.library.undo.undo(),
    "owners with a tag": lambda shelf: shelf.library.segments.owners(np.arange(1, 9), TAGGED),
    "missing owners": lambda shelf: shelf.library.segments.owners(np.arange(1, 9), MISSING),
    "count_hidden": lambda shelf: shelf.library.assets.count_hidden(),
    "missing_since": lambda shelf: shelf.library.assets.missing_since(1e12),
    "owners of what is said": lambda shelf: shelf.library.segments.owners(np.arange(1, 9), SAID),
    "sheets": lambda shelf: shelf.library.segments.sheets(),
    "sheets of some": lambda shelf: shelf.library.segments.sheets([1, 2]),
    "outlined": lambda shelf: shelf.library.contents.outlined(),
    "outlined of some": lambda shelf: shelf.library.contents.outlined([1, 2]),
    "outlines of assets": lambda shelf: shelf.library.contents.outlines_of([1, 2]),
    "set_derived": lambda shelf: shelf.library.contents.set_derived(1, Derived(2, 10.0)),
    "searchable": lambda shelf: shelf.library.assets.count_searchable(FOLDER, [1]),
    "say": lambda shelf: shelf.say(1, [("other words", 0, 1)]),
    "passages": lambda shelf: shelf.library.passages.of_content(1),
    "any passage": lambda shelf: shelf.library.passages.any(),
    "holding": lambda shelf: shelf.library.sayings.holding(["one"]),
    "sayings of assets": lambda shelf: shelf.library.sayings.of_assets(["one"], [1, 2]),
    "sayings of segments": lambda shelf: shelf.library.sayings.of_segments(["one"], [1, 2]),
    "frames": lambda shelf: shelf.library.frames.get([1, 2]),
    "frames of an asset": lambda shelf: shelf.library.frames.of_asset(1),
    "full text": lambda shelf: quoted(shelf, "one two holiday sea"),
    "texts": lambda shelf: shelf.library.fulltext.texts_of([1, 2]),
    "undescribed": lambda shelf: shelf.library.lettering.undescribed(5),
    "describe": lambda shelf: shelf.library.lettering.describe(1, ()),
    "count_lettered": lambda shelf: shelf.library.lettering.count_lettered(),
    "letter": lambda shelf: shelf.library.lettering.set(1, "a", ()),
    "move": lambda shelf: shelf.library.assets.move(1, 1, "else/where.jpg", stat(5)),
    "seen and heard": lambda shelf: shelf.library.together.of_assets([1, 2], 99),
    "segments of assets": lambda shelf: shelf.library.segments.of_assets([1, 2]),
    "remove": lambda shelf: shelf.library.roots.remove(1),
}
SMALL = re.compile(
    r"SCAN (json_each|j|r|p|roots|spaces|tags|collections|steps|sqlite_sequence|CONSTANT|"
    r"\(subquery|\d|.* assets_missing$|main.written_config|gear|w VIRTUAL TABLE INDEX 0:[M=]|"
    r"contents USING INDEX contents_undescribed)"
)


@pytest.mark.parametrize("name", NO_SCAN)
def test_no_table_that_grows_is_read_through(filled: Shelf, name: str) -> None:
    steps = plan(filled.library, lambda: NO_SCAN[name](filled))
    assert steps
    scans = [step for step in steps if step.startswith("SCAN") and not SMALL.match(step)]
    assert not scans


def test_the_newest_pending_are_read_in_order_and_not_sorted(filled: Shelf) -> None:
    steps = plan(filled.library, lambda: filled.library.contents.pending([1], 10))
    assert any("gaps_due (space_id=? AND root_id=?)" in step for step in steps), steps
    newest = [step for step in steps if "gaps_due" in step]
    assert all("COVERING" in step for step in newest)


def test_owners_are_found_from_their_segments(filled: Shelf) -> None:
    for filters in (Filters(), KINDS, FOLDER, BOTH, *FEW, MISSING):
        steps = plan(
            filled.library, lambda f=filters: filled.library.segments.owners(np.arange(1, 9), f)
        )
        assert any(step.endswith("assets_by_content (content_id=?)") for step in steps), steps


def test_vectors_are_read_in_the_order_they_were_written_and_not_sorted(filled: Shelf) -> None:
    steps = plan(filled.library, lambda: list(filled.library.embeddings.since(1, 5)))
    order = "embeddings_by_space (space_id=? AND (sequence,segment_id)>(?,?))"
    assert any(order in step for step in steps), steps
    assert not [step for step in steps if "TEMP B-TREE" in step]
    (step, *_) = [
        step
        for step in plan(filled.library, lambda: filled.library.embeddings.ids(1))
        if "embeddings" in step
    ]
    assert "COVERING INDEX" in step
