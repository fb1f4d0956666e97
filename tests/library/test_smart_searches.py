from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetman.core.assets import Box, Kind
from assetman.core.errors import WrongUse
from assetman.core.queries import Aspect, Example, Filters, FolderFilter, Query, Sort
from assetman.library.kept_queries import read, written
from assetman.library.library import Library

from .conftest import Shelf

SEA = Query("sea -boat", filters=Filters(kinds=(Kind.IMAGE,), ratings=(3, 5)))
paths = st.binary(max_size=20).map(os.fsdecode)
reals = st.floats(-4, 4)
examples = st.one_of(
    st.builds(Example, asset_id=st.integers(1), weight=reals, by=st.sampled_from(Aspect)),
    st.builds(Example, path=paths, box=st.just(Box(0.1, 0.2, 0.3, 0.4))),
    st.builds(Example, collection_id=st.integers(1), weight=reals),
)
queries = st.builds(
    Query,
    text=st.text() | paths,
    examples=st.lists(examples, max_size=3).map(tuple),
    filters=st.builds(
        Filters,
        kinds=st.lists(st.sampled_from(Kind)).map(tuple),
        folders=st.lists(st.builds(FolderFilter, st.integers(1), paths)).map(tuple),
        ratings=st.none() | st.tuples(st.integers(0, 5), st.integers(0, 5)),
    ),
    leave_out=st.lists(st.integers(1)).map(tuple),
    sort=st.sampled_from(Sort),
    descending=st.booleans(),
)


@given(queries)
@settings(max_examples=200, deadline=None)
def test_any_question_is_read_as_it_was_kept(query: Query) -> None:
    kept = written(query)
    assert kept.isascii()
    assert read(kept) == replace(query, text=query.text.strip())
    assert read(written(replace(query, limit=7))) == read(kept)


def test_a_question_of_another_version_is_read_as_far_as_it_is_known() -> None:
    assert read('{"text": "sea", "mood": "calm"}') == Query("sea")
    assert read('{"sort": "mood"}') is None


def test_a_smart_search_is_kept_under_its_name(shelf: Shelf) -> None:
    searches = shelf.library.searches
    sea, changes = searches.save("  Sea 10 ", replace(SEA, limit=3))
    assert (sea.name, sea.query, sea.count) == ("Sea 10", SEA, None)
    assert changes.searches
    assert changes.history
    first, _ = searches.save("sea 2", Query("waves"))
    assert searches.all() == [first, sea], "as people sort names"
    searches.rename(sea.id, "Coast")
    searches.change(sea.id, Query("coast"))
    assert not searches.change(sea.id, Query("coast "))
    assert not searches.rename(sea.id, "Coast")
    assert searches.get(sea.id) == replace(sea, name="Coast", query=Query("coast"))
    searches.delete(sea.id)
    assert searches.all() == [first]
    sentences = []
    while (step := shelf.library.undo.undo()[0]) and "smart search" in step.sentence:
        sentences.append(step.sentence)
    assert sentences == [
        "Delete the smart search “Coast”",
        "Change the smart search “Coast”",
        "Rename the smart search “Sea 10” to “Coast”",
        "Save the smart search “sea 2”",
        "Save the smart search “Sea 10”",
    ]


def test_what_was_deleted_comes_back_with_its_question(shelf: Shelf) -> None:
    library = shelf.library
    sea, _ = library.searches.save("Sea", SEA)
    library.searches.delete(sea.id)
    _, changes = library.undo.undo()
    assert changes.searches
    assert library.searches.all() == [sea]
    library.undo.redo()
    assert library.searches.all() == []


def test_a_smart_search_without_a_question_or_a_free_name_is_refused(shelf: Shelf) -> None:
    searches = shelf.library.searches
    sea, _ = searches.save("Sea", SEA)
    other, _ = searches.save("Other", SEA)
    for name in ("", "SEA ", "a\nb"):
        with pytest.raises(WrongUse):
            searches.save(name, SEA)
        with pytest.raises(WrongUse):
            searches.rename(other.id, name)
    with pytest.raises(WrongUse, match="needs words"):
        searches.save("All", Query("  ", sort=Sort.NAME))
    with pytest.raises(WrongUse, match="needs words"):
        searches.change(sea.id, Query())
    for act in (searches.get, searches.delete):
        with pytest.raises(WrongUse):
            act(99)


def test_what_was_asked_is_remembered_once_the_last_first(shelf: Shelf) -> None:
    asked, sequence = shelf.library.asked, shelf.library.journal.sequence()
    for text in ("sea", "sky", " sea ", " "):
        asked.remember(Query(text, limit=len(text)))
    assert asked.lately(9) == [Query("sea"), Query("sky")]
    assert asked.lately(1) == [Query("sea")]
    assert shelf.library.journal.sequence() == sequence, "it makes no index and no cache older"
    for number in range(600):
        asked.remember(Query(f"question {number}"))
    assert [query.text for query in asked.lately(1000)] == [
        f"question {number}" for number in range(599, 99, -1)
    ]
    asked.forget()
    assert asked.lately(9) == []


def test_backups_keep_smart_searches_and_not_what_was_asked(shelf: Shelf, tmp_path: Path) -> None:
    shelf.library.searches.save("Sea", SEA)
    shelf.library.asked.remember(SEA)
    backup = shelf.library.back_up()
    (tmp_path / "again").mkdir()
    backup.rename(tmp_path / "again" / "library.sqlite")
    with Library.open(tmp_path / "again") as library:
        assert [each.query for each in library.searches.all()] == [SEA]
        assert library.asked.lately(9) == []
