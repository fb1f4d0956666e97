"""The language asked of a real library, with an encoder that knows colours."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetman.core.assets import Box, Kind
from assetman.core.conditions import Any, InCollection, InFolder, Key, Test, needed
from assetman.core.queries import Aspect, Example, Filters, FolderFilter, Query
from assetman.search.planner import MOST_ALTERNATIVES, plan
from assetman.search.wording import as_text
from kit.pictures import paint

if TYPE_CHECKING:
    from conftest import Searched
else:
    Searched = object

HOLIDAY = "Sea, 2026"


@pytest.fixture(scope="module")
def filled(shared: Searched, tmp_path_factory: pytest.TempPathFactory) -> Searched:
    root = tmp_path_factory.mktemp("Paintings")
    for seed, colour in enumerate(("red", "green", "blue", "yellow", "white", "black")):
        paint(root / f"{colour}.png", colour, seed)
    paint(root / "sub" / "crimson.png", "red", 77)
    paint(root / "other" / "navy.png", "blue", 78)
    shared.add(root)
    shared.index()
    ids = {name: asset.id for name, asset in shared.assets().items()}
    shared.library.tags.tag([ids["red.png"], ids["blue.png"]], ["Sea"])
    shared.library.tags.rate([ids["blue.png"]], 4)
    shared.library.collections.make(HOLIDAY, [ids["green.png"], ids["navy.png"]])
    return shared


def found(filled: Searched, text: str) -> list[str]:
    """List the names of what a text finds, best first."""
    results = filled.search.search(Query(text))
    assert results.mistakes == ()
    names = {asset.id: asset.name for asset in filled.library.assets.get(results.ids)}
    return [names[each].removesuffix(".png") for each in results.ids]


def test_conditions_alone_list_what_passes(filled: Searched) -> None:
    assert set(found(filled, "tag:sea OR in:other")) == {"red", "blue", "navy"}
    assert found(filled, "tag:sea -rating:4") == ["red"]
    assert set(found(filled, "-(tag:sea OR in:sub OR in:other)")) == {
        *("green", "yellow", "white", "black")
    }
    assert set(found(filled, "name:*E* width:>0")) == {"red", "green", "blue", "yellow", "white"}
    assert len(found(filled, "date:2000..")) == 8


def test_a_question_of_the_last_days_is_another_one_tomorrow(
    filled: Searched, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = filled.search.search(Query("tag:sea")).ids
    painted = date.fromtimestamp(Path(filled.library.assets.get(ids)[0].path).stat().st_mtime)

    def on(days: int, text: str) -> int:
        for place in ("core.conditions", "search.service"):
            monkeypatch.setattr(f"assetman.{place}.today", lambda: painted + timedelta(days))
        return len(found(filled, text))

    lately = "date:7d in:other"
    assert [on(day, lately) for day in (-1, 0, 6, 7)] == [0, 1, 1, 0], "nothing was written between"
    assert on(1, "date:yesterday") == 8
    assert on(8, "before:7d -name:red") == 7
    assert on(0, "date:today..") == on(0, "date:..today") == 8


def test_words_in_quotation_marks_have_to_be_written_somewhere(filled: Searched) -> None:
    assert set(found(filled, '"sea"')) == {"red", "blue"}
    assert found(filled, 'green "sea" -"red"') == ["blue"]


def test_alternatives_come_in_one_list_by_how_well_they_answer(filled: Searched) -> None:
    assert set(found(filled, "green OR yellow")[:2]) == {"green", "yellow"}
    assert set(found(filled, "(green OR yellow) in:sub")) == {"crimson"}
    either = found(filled, "green tag:sea OR white in:other")
    assert set(either) == {"red", "blue", "navy"}


def test_an_alternative_without_meaning_finds_all_that_passes(filled: Searched) -> None:
    results = filled.search.search(Query("green OR tag:sea"))
    best = {hit.asset_id: hit for hit in results.hits[:3]}
    ids = {filled.assets()[f"{name}.png"].id for name in ("red", "blue", "green")}
    assert set(best) == ids
    assert len(results.hits) == len(set(results.ids)) == 8


def test_kinds_and_places_side_by_side_are_a_choice(filled: Searched) -> None:
    assert set(found(filled, "in:sub in:other type:image type:video")) == {"crimson", "navy"}
    assert set(found(filled, "in:sub in:other -tag:sea")) == {"crimson", "navy"}
    assert found(filled, f'in:other in:"{HOLIDAY}"') == ["navy"]
    assert found(filled, "-in:sub -in:other tag:sea rating:4") == ["blue"]
    given = Filters(kinds=(Kind.VIDEO,))
    assert plan(Query("type:image", filters=given), filled.library).condition == Any(
        (Test(Key.TYPE, "video"), Test(Key.TYPE, "image"))
    )


def test_weights_move_what_is_meant_most_to_the_top(filled: Searched) -> None:
    assert found(filled, "red^5 blue^0.5")[0] in ("red", "crimson")
    assert found(filled, "red^0.5 blue^5")[0] in ("blue", "navy")


def test_words_stand_together_wherever_they_are_typed(filled: Searched) -> None:
    (only,) = plan(Query("dark in:sub red tag:sea -blue^2"), filled.library).alternatives
    assert [(part.name, part.words, part.weight) for part in only.parts] == [
        ("words", "dark red", 1.0),
        ("not “blue”", "blue", -0.5),
    ]
    assert only.words == "dark red"


def test_a_file_in_brackets_is_found_by_its_path_its_name_or_the_end_of_its_path(
    filled: Searched, tmp_path: Path
) -> None:
    assert set(found(filled, "+[sub/crimson.png]")[:2]) == {"crimson", "red"}
    assert set(found(filled, "+[NAVY.png]")[:2]) == {"navy", "blue"}
    outside = paint(tmp_path / "gold] x.png", "yellow", 9)
    assert found(filled, f"+[{str(outside).replace(']', ']]')}]")[0] == "yellow"
    (only,) = plan(Query(f"-[{HOLIDAY}]^3"), filled.library).alternatives
    (collection,) = filled.library.collections.all()
    assert only.parts[0].example == Example(collection_id=collection.id, weight=-3)


def test_what_is_not_there_is_a_mistake_at_its_place_and_the_rest_is_searched(
    filled: Searched,
) -> None:
    text = "blue in:Atlantis -tag:none (+[gone.png] OR tag:sea)"
    results = filled.search.search(Query(text))
    assert [text[each.start : each.end] for each in results.mistakes] == [
        *("in:Atlantis", "-tag:none", "+[gone.png]")
    ]
    names = {filled.assets()[f"{name}.png"].id for name in ("red", "blue")}
    assert {hit.asset_id for hit in results.hits} == names


def test_a_list_that_nothing_passes_says_how_many_there_are_without_its_filters(
    filled: Searched,
) -> None:
    results = filled.search.search(Query("rating:5 tag:sea"))
    assert (results.listed, results.total, results.elsewhere) == ((), 0, 8)


def test_members_of_a_collection_that_is_asked_with_are_left_out(filled: Searched) -> None:
    assert set(found(filled, f"+[{HOLIDAY}]")) & {"green", "navy"} == set()


def test_of_very_many_alternatives_the_first_are_searched(filled: Searched) -> None:
    query = Query(" ".join(f"(a{number} OR b{number})" for number in range(40)))
    todo = plan(query, filled.library)
    assert len(todo.alternatives) == MOST_ALTERNATIVES
    assert len(todo.notes) == 1


_SIGNS = [*'()+-"“[]^:.,<>=*? 3\0\\', "\ud800", "é", "a", " OR ", "^2", "#", "..", "$", "\n"]
_PAIRS = [f" {key}:" for key in (*Key, "after", "before", "about")]


@given(st.lists(st.sampled_from([*_SIGNS, *_PAIRS, " sub", " tag:sea", "2024", "10mb"])))
def test_whatever_is_typed_is_a_question_that_the_catalogue_can_answer(
    filled: Searched, typed: list[str]
) -> None:
    text = "".join(typed)
    todo = plan(Query(text), filled.library)
    assert 0 <= filled.library.assets.count(todo.condition) <= 8
    assert all(0 <= each.start < each.end <= len(text) for each in todo.mistakes)
    as_text(Query(text, filters=Filters(missing=True)), filled.library)


def test_a_query_is_written_as_text_that_asks_the_same(filled: Searched) -> None:
    (root,) = filled.library.roots.all()
    (collection,) = filled.library.collections.all()
    asset = filled.assets()["crimson.png"]
    query = Query(
        "red OR blue",
        (
            Example(asset_id=asset.id, box=Box(0.25, 0, 0.5, 1), weight=-2),
            Example(path="/tmp/a.mp4", start=1.5, end=3, by=Aspect.SHAPE),
        ),
        Filters(
            (Kind.IMAGE, Kind.VIDEO),
            (FolderFilter(root.id, "sub"),),
            not_tags=("new york",),
            ratings=(3, 5),
            collections=(collection.id,),
        ),
    )
    assert as_text(query, filled.library) == (
        f"(red OR blue) (type:image OR type:video) in:{root.path}/sub "
        f'in:"{HOLIDAY}" -tag:"new york" rating:>=3 '
        f"-[{asset.path}#xywh=percent:25,0,50,100]^2 +[/tmp/a.mp4#t=1.5,3&by=shape]"
    )
    assert as_text(Query(" -(red "), filled.library) == "-(red"


def test_a_query_and_its_text_are_planned_alike(filled: Searched) -> None:
    (root,) = filled.library.roots.all()
    (collection,) = filled.library.collections.all()
    asset = filled.assets()["crimson.png"]
    query = Query(
        "red",
        (Example(asset_id=asset.id, start=0.5, weight=0.25),),
        Filters(folders=(FolderFilter(root.id, "sub"),), collections=(collection.id,)),
    )
    planned = plan(query, filled.library)
    again = plan(Query(as_text(query, filled.library)), filled.library)
    assert again.mistakes == ()
    assert again.alternatives[0].parts == planned.alternatives[0].parts
    assert again.condition == planned.condition
    assert set(needed(planned.condition)) == {InFolder(root.id, "sub"), InCollection(collection.id)}
