from __future__ import annotations

import pytest

from assetman.core.assets import Asset
from assetman.core.errors import WrongUse
from assetman.core.organising import Tag
from assetman.core.queries import Filters

from .conftest import ROOT, Shelf, stat


def asset(shelf: Shelf, asset_id: int) -> Asset:
    return shelf.library.assets.get([asset_id])[0]


def test_a_rating_is_kept_and_shown(shelf: Shelf) -> None:
    one, other = shelf.file("a.jpg"), shelf.file("b.jpg")
    changes = shelf.library.tags.rate([one, 99], 4)
    assert changes.assets_changed == {one}
    assert changes.history
    assert [asset(shelf, each).rating for each in (one, other)] == [4, 0]
    assert not shelf.library.tags.rate([one], 4), "nothing is left to change"


@pytest.mark.parametrize("rating", [-1, 6])
def test_there_are_no_other_ratings(shelf: Shelf, rating: int) -> None:
    with pytest.raises(WrongUse, match="0 to 5"):
        shelf.library.tags.rate([shelf.file("a.jpg")], rating)


def test_tags_are_shown_as_they_were_typed_first_and_sorted_as_people_sort(shelf: Shelf) -> None:
    one, other = shelf.file("a.jpg"), shelf.file("b.jpg")
    tags = shelf.library.tags
    changes = tags.tag([one], ["Trip 10", "trip 2", " Élan "])
    assert changes.assets_changed == {one}
    assert changes.organised
    tags.tag([one, other], ["TRIP 2", "E\u0301LAN"])
    assert asset(shelf, one).tags == ("trip 2", "Trip 10", "Élan")
    assert asset(shelf, other).tags == ("trip 2", "Élan")
    assert tags.all() == [Tag("trip 2", 2), Tag("Trip 10", 1), Tag("Élan", 2)]
    assert tags.named("ÉLAN") == "Élan"
    assert not tags.tag([one], ["trip 2"]), "it bears the tag already"


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "a\u2028b", "a\x00b", "x" * 201])
def test_a_name_is_one_line_that_says_something(shelf: Shelf, name: str) -> None:
    one = shelf.file("a.jpg")
    with pytest.raises(WrongUse):
        shelf.library.tags.tag([one], ["fine", name])
    assert asset(shelf, one).tags == ()
    assert shelf.library.tags.all() == []


def test_a_tag_that_nothing_bears_any_more_is_gone(shelf: Shelf) -> None:
    one, other = shelf.file("a.jpg"), shelf.file("b.jpg")
    tags = shelf.library.tags
    tags.tag([one, other], ["sea", "sky"])
    tags.untag([one, other], ["SEA", "no such tag"])
    shelf.library.assets.forget([one])
    assert tags.all() == [Tag("sky", 1)]
    shelf.library.assets.forget([other])
    assert tags.all() == []
    assert not tags.untag([99], ["sky"])


def test_a_tag_of_missing_files_alone_is_kept_and_counts_none(shelf: Shelf) -> None:
    one = shelf.file("a.jpg")
    shelf.library.tags.tag([one], ["sea"])
    shelf.library.assets.mark_missing([one])
    assert shelf.library.tags.all() == [Tag("sea", 0)]
    shelf.library.assets.touch(one, stat(5))
    assert shelf.library.tags.all() == [Tag("sea", 1)]


def test_a_renamed_tag_stays_on_its_assets(shelf: Shelf) -> None:
    one, other = shelf.file("a.jpg"), shelf.file("b.jpg")
    tags = shelf.library.tags
    tags.tag([one, other], ["sea"])
    assert tags.rename("SEA", "Ocean").assets_changed == {one, other}
    assert tags.all() == [Tag("Ocean", 2)]
    tags.rename("ocean", "OCEAN")
    assert asset(shelf, one).tags == ("OCEAN",)
    assert not tags.rename("ocean", "OCEAN")
    with pytest.raises(WrongUse, match="no tag “sea”"):
        tags.rename("sea", "lake")


def test_a_tag_renamed_to_another_becomes_one_with_it(shelf: Shelf) -> None:
    one, both, other = (shelf.file(f"{i}.jpg") for i in range(3))
    tags = shelf.library.tags
    tags.tag([one, both], ["sea"])
    tags.tag([both, other], ["Ocean"])
    tags.rename("sea", "ocean")
    assert tags.all() == [Tag("Ocean", 3)]


def test_what_the_person_said_stays_when_a_file_is_edited_moved_or_lost_for_a_while(
    shelf: Shelf,
) -> None:
    library = shelf.library
    one = shelf.file("a.jpg")
    box, _ = library.collections.make("Best", [one])
    library.tags.tag([one], ["sea"])
    library.tags.rate([one], 5)
    with library.writing():
        library.assets.change(one, stat(2), shelf.content())
    library.assets.mark_missing([one])
    missing = asset(shelf, one)
    assert missing.missing_since is not None
    assert (missing.rating, missing.tags) == (5, ("sea",))
    root, _ = library.roots.add(ROOT + "2")
    library.assets.move(one, root.id, "b.jpg", stat(3))
    found = asset(shelf, one)
    assert (found.rating, found.tags, found.missing_since) == (5, ("sea",), None)
    assert library.assets.ids(Filters(collections=(box.id,))) == [one]


def test_thousands_are_tagged_and_rated_at_once_and_taken_back_at_once(shelf: Shelf) -> None:
    library = shelf.library
    with library.writing():
        content = shelf.content()
        ids = [shelf.file(f"{i}.jpg", content=content) for i in range(3000)]
    assert len(library.tags.tag(ids, ["a", "b"]).assets_changed) == 3000
    assert len(library.tags.rate(ids, 2).assets_changed) == 3000
    assert library.undo.history().undo is not None
    assert library.undo.undo()[1].assets_changed == set(ids)
    step, changes = library.undo.undo()
    assert step is not None
    assert step.sentence == "Tag 3,000 files “a”, “b”"
    assert changes.assets_changed == set(ids)
    assert library.tags.all() == []
    assert library.assets.count(Filters(ratings=(1, 5))) == 0
