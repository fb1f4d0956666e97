"""The same question asked again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assetman.core.queries import Example, Query
from kit.pictures import paint

if TYPE_CHECKING:
    from conftest import Searched
else:
    Searched = object


@pytest.fixture
def filled(searched: Searched, photos: Path) -> Searched:
    for seed, colour in enumerate(("red", "green", "blue")):
        paint(photos / f"{colour}.png", colour, seed)
    searched.add(photos)
    searched.index()
    return searched


def test_the_same_question_has_the_same_answer_without_being_asked_again(filled: Searched) -> None:
    first = filled.search.search(Query("green"))
    again = filled.search.search(Query("green"))
    assert again.hits is first.hits
    assert filled.search.search(Query("green", limit=1)).hits is not first.hits


def test_what_the_person_did_in_between_shows(filled: Searched) -> None:
    question = Query("green tag:leaf")
    red, green = (filled.assets()[name].id for name in ("red.png", "green.png"))
    filled.library.tags.tag([red], ["leaf"])
    assert [hit.asset_id for hit in filled.search.search(question).hits] == [red]
    filled.library.tags.tag([green], ["leaf"])
    assert [hit.asset_id for hit in filled.search.search(question).hits] == [green, red]
    listed = Query("rating:>=3")
    assert filled.search.search(listed).listed == ()
    filled.library.tags.rate([green], 4)
    assert filled.search.search(listed).listed == (green,)


def test_new_files_show(filled: Searched, photos: Path) -> None:
    question = Query("green")
    before = filled.search.search(question)
    paint(photos / "leaf.png", "green", 9)
    filled.index()
    assert len(filled.search.search(question).hits) == len(before.hits) + 1


def test_a_file_from_elsewhere_is_read_each_time(filled: Searched, tmp_path: Path) -> None:
    path = paint(tmp_path / "dropped.png", "red", 5)
    question = Query(examples=(Example(path=str(path)),))
    (first, *_) = filled.search.search(question).hits
    paint(path, "blue", 5)
    (second, *_) = filled.search.search(question).hits
    assert first.asset_id != second.asset_id
