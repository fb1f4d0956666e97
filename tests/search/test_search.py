"""Questions asked of a real library, with an encoder that knows colours."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from assetman.core.assets import Box, Kind
from assetman.core.duplicates import Likeness
from assetman.core.errors import BadInput, WrongUse
from assetman.core.mistakes import Mistake
from assetman.core.queries import Example, Filters, FolderFilter, Query, Results, Sort
from kit.pictures import paint

if TYPE_CHECKING:
    from conftest import Searched
else:
    Searched = object


def names(searched: Searched, results: Results) -> list[str]:
    assets = {asset.id: asset.name for asset in searched.library.assets.get(results.ids)}
    return [assets[number] for number in results.ids]


@pytest.fixture
def filled(searched: Searched, photos: Path) -> Searched:
    for seed, colour in enumerate(("red", "green", "blue", "yellow", "white", "black")):
        paint(photos / f"{colour}.png", colour, seed)
    paint(photos / "sub" / "crimson.png", "red", 77)
    searched.add(photos)
    searched.index()
    return searched


def test_words_find_what_they_mean_first(filled: Searched) -> None:
    found = filled.search.search(Query("green"))
    assert names(filled, found)[0] == "green.png"
    assert len(found.hits) == 7
    assert (found.searchable, found.total) == (7, 7)
    assert found.confident
    assert found.good == sum(hit.confident is True for hit in found.hits)
    scores = [hit.score for hit in found.hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_the_reasons_of_a_hit_add_up_to_its_score(filled: Searched) -> None:
    example = Example(path=str(filled.assets()["blue.png"].path))
    found = filled.search.search(Query("red -green", examples=(example,)))
    best = found.hits[0]
    assert set(best.reasons) == {"words", "not “green”", "like the example", "written"}
    assert sum(best.reasons.values()) == pytest.approx(best.score)
    assert sum(each.share for each in best.evidence) == pytest.approx(best.score)


def test_an_unwanted_word_pushes_down(filled: Searched) -> None:
    without = names(filled, filled.search.search(Query("red yellow -red")))
    assert without.index("yellow.png") < without.index("red.png")


def test_a_question_of_unwanted_words_alone_finds_all_the_rest(filled: Searched) -> None:
    found = filled.search.search(Query("-red"))
    assert names(filled, found)[-1] in {"red.png", "crimson.png"}
    assert found.hits[0].score > found.hits[-1].score > 0


def test_a_file_from_outside_is_a_question(filled: Searched, tmp_path: Path) -> None:
    dropped = paint(tmp_path / "dropped.png", "yellow", 9)
    found = filled.search.search(Query(examples=(Example(path=str(dropped)),)))
    assert names(filled, found)[0] == "yellow.png"


def test_more_like_this_leaves_out_what_is_asked_to(filled: Searched) -> None:
    red = filled.assets()["red.png"]
    query = Query(examples=(Example(asset_id=red.id),), leave_out=(red.id,))
    found = names(filled, filled.search.search(query))
    assert found[0] == "crimson.png"
    assert "red.png" not in found
    everything = Query(examples=(Example(asset_id=red.id),))
    assert "red.png" in names(filled, filled.search.search(everything))[:2]


def test_likes_and_unlikes_are_weighed_together(filled: Searched) -> None:
    assets = filled.assets()
    query = Query(
        examples=(
            Example(asset_id=assets["red.png"].id),
            Example(asset_id=assets["yellow.png"].id),
            Example(asset_id=assets["blue.png"].id, weight=-1.0),
        )
    )
    found = names(filled, filled.search.search(query))
    assert set(found[:3]) == {"red.png", "crimson.png", "yellow.png"}
    assert found.index("blue.png") > found.index("green.png")


def test_a_rectangle_of_a_picture_is_a_question(filled: Searched, photos: Path) -> None:
    halves = Image.new("RGB", (100, 50), (230, 30, 30))
    halves.paste((30, 50, 230), (50, 0, 100, 50))
    halves.save(photos / "halves.png")
    filled.index()
    halves_id = filled.assets()["halves.png"].id
    for box, expected in ((Box(0, 0, 0.5, 1), "red.png"), (Box(0.5, 0, 0.5, 1), "blue.png")):
        query = Query(examples=(Example(asset_id=halves_id, box=box),), leave_out=(halves_id,))
        found = names(filled, filled.search.search(query))
        assert expected in found[:2]


def test_filters_narrow_by_kind_and_folder(filled: Searched) -> None:
    root = filled.library.roots.all()[0]
    inside = Filters(folders=(FolderFilter(root.id, "sub"),))
    found = filled.search.search(Query("blue", filters=inside))
    assert names(filled, found) == ["crimson.png"]
    assert (found.searchable, found.total) == (1, 1)
    typed = filled.search.search(Query("blue in:sub"))
    assert names(filled, typed) == ["crimson.png"]
    none = filled.search.search(Query("blue", filters=Filters(kinds=(Kind.VIDEO,))))
    assert none.hits == ()
    assert none.elsewhere == 7


def test_a_folder_nobody_has_is_a_mistake_at_its_place(filled: Searched) -> None:
    found = filled.search.search(Query("red in:Atlantis"))
    assert found.mistakes == (
        Mistake(4, 15, "There is no folder and no collection “Atlantis” in the library."),
    )
    assert found.hits


def test_without_words_the_library_is_listed_in_the_order_asked(filled: Searched) -> None:
    found = filled.search.search(Query(sort=Sort.NAME, descending=False))
    assert found.hits == ()
    assert names(filled, found) == sorted(names(filled, found))
    assert found.total == 7


def test_hits_can_be_sorted_by_name_and_keep_their_scores(filled: Searched) -> None:
    found = filled.search.search(Query("red", sort=Sort.NAME, descending=False, limit=3))
    assert names(filled, found) == sorted(names(filled, found))
    assert {"red.png", "crimson.png"} <= set(names(filled, found))


def test_a_file_that_is_gone_is_not_found(filled: Searched, photos: Path) -> None:
    (photos / "red.png").unlink()
    filled.index()
    found = names(filled, filled.search.search(Query("red")))
    assert "red.png" not in found
    assert found[0] == "crimson.png"


def test_every_copy_is_found(filled: Searched, photos: Path) -> None:
    shutil.copy(photos / "blue.png", photos / "sub" / "azure.png")
    filled.index()
    found = names(filled, filled.search.search(Query("blue", fold=False)))
    assert set(found[:2]) == {"blue.png", "azure.png"}


def test_copies_are_one_hit_that_knows_them_all(filled: Searched, photos: Path) -> None:
    for number in range(12):
        shutil.copy(photos / "blue.png", photos / f"copy {number}.png")
    filled.index()
    hit, other, *_ = filled.search.search(Query("blue", limit=3)).hits
    assert hit.stack is not None
    assert len(hit.stack.asset_ids) == 13
    assert hit.stack.asset_ids[0] == hit.asset_id
    assert hit.stack.likeness is Likeness.EXACT
    assert other.stack is None
    assert len(filled.search.search(Query("blue", limit=3)).hits) == 3, "more is looked for"


def test_a_limit_is_kept(filled: Searched) -> None:
    assert len(filled.search.search(Query("red", limit=2)).hits) == 2


@pytest.mark.parametrize("content", [b"", b"no picture"])
def test_an_example_that_cannot_be_read_says_so(
    filled: Searched, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "bad.png").write_bytes(content)
    with pytest.raises(BadInput, match=r"bad\.png"):
        filled.search.search(Query(examples=(Example(path=str(tmp_path / "bad.png")),)))


def test_an_example_that_is_not_there_says_so(filled: Searched, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="No such file"):
        filled.search.search(Query(examples=(Example(path=str(tmp_path / "none.png")),)))
    with pytest.raises(WrongUse):
        filled.search.search(Query(examples=(Example(asset_id=99999),)))


def test_an_empty_library_has_nothing_and_no_complaint(searched: Searched) -> None:
    assert searched.search.search(Query("red")).hits == ()
    assert searched.search.search(Query()).listed == ()


def asset(searched: Searched, name: str) -> int:
    return searched.assets()[name].id


def test_tags_and_ratings_narrow_a_question_and_a_list(filled: Searched) -> None:
    library = filled.library
    red, blue = asset(filled, "red.png"), asset(filled, "blue.png")
    library.tags.tag([red, blue], ["Bright"])
    library.tags.rate([blue], 4)
    assert set(names(filled, filled.search.search(Query("red tag:bright")))) == {
        "red.png",
        "blue.png",
    }
    assert names(filled, filled.search.search(Query("tag:bright rating:>=3"))) == ["blue.png"]
    assert names(filled, filled.search.search(Query("red tag:bright rating:<2"))) == ["red.png"]
    rest = names(filled, filled.search.search(Query("-tag:BRIGHT")))
    assert len(rest) == 5
    assert not {"red.png", "blue.png"} & set(rest)
    chips = Filters(tags=("bright",), ratings=(0, 3))
    assert names(filled, filled.search.search(Query("red", filters=chips))) == ["red.png"]


def test_what_was_just_tagged_is_found_at_once(filled: Searched) -> None:
    tags, red, blue = filled.library.tags, asset(filled, "red.png"), asset(filled, "blue.png")
    tags.tag([red], ["new"])
    assert names(filled, filled.search.search(Query("blue tag:new"))) == ["red.png"]
    tags.tag([blue], ["new"])
    assert names(filled, filled.search.search(Query("blue tag:new"))) == ["blue.png", "red.png"]
    filled.library.undo.undo()
    assert names(filled, filled.search.search(Query("blue tag:new"))) == ["red.png"]


def test_what_is_missing_does_not_crowd_out_what_is_there(filled: Searched) -> None:
    red = asset(filled, "red.png")
    others = [asset.id for asset in filled.assets().values() if asset.id != red]
    filled.library.assets.mark_missing(others)
    found = filled.search.search(Query("blue", limit=1))
    assert names(filled, found) == ["red.png"]


def test_a_tag_nobody_gave_is_a_mistake_and_the_rest_is_searched(filled: Searched) -> None:
    found = filled.search.search(Query("red tag:holiday"))
    assert found.mistakes == (Mistake(4, 15, "There is no tag “holiday”."),)
    assert names(filled, found)[0] == "red.png"


def test_a_collection_is_found_by_its_name_where_no_folder_has_it(filled: Searched) -> None:
    filled.library.collections.make("Best of all", [asset(filled, "blue.png")])
    found = filled.search.search(Query('in:"best of ALL"'))
    assert names(filled, found) == ["blue.png"]


def test_missing_files_are_listed_and_found_by_what_they_showed(
    filled: Searched, photos: Path
) -> None:
    (photos / "red.png").unlink()
    (photos / "blue.png").unlink()
    filled.index()
    listed = filled.search.search(Query("is:missing"))
    assert set(names(filled, listed)) == {"red.png", "blue.png"}
    assert (listed.total, listed.searchable) == (2, 2)
    found = filled.search.search(Query("red", filters=Filters(missing=True)))
    assert names(filled, found) == ["red.png", "blue.png"]
    assert (found.total, found.searchable) == (2, 2)


def test_a_root_that_was_removed_is_neither_found_nor_listed_as_missing(
    filled: Searched,
) -> None:
    (root,) = filled.library.roots.all()
    filled.library.roots.remove(root.id)
    assert filled.search.search(Query("red")).hits == ()
    assert filled.search.search(Query()).listed == ()
    assert filled.search.search(Query("is:missing")).listed == ()
    filled.library.undo.undo()
    assert names(filled, filled.search.search(Query("red")))[0] == "red.png"
