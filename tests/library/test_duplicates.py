"""What is kept of duplicates, and the groups that are made of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from assetman.core.duplicates import Likeness, Relation
from assetman.core.errors import WrongUse
from assetman.library.backup import BACKUPS
from assetman.library.duplicates import DUPLICATES
from assetman.library.library import Library
from assetman.search.duplicates import duplicate_groups

from .conftest import Shelf
from .test_migrations import put


def contents(library: Library, *assets: int) -> list[int]:
    return [library.contents.of_asset(asset).id for asset in assets]


def relate(library: Library, one: int, other: int, strength: float = 0.9, **how: object) -> None:
    a, b = contents(library, one, other)
    library.duplicates.relate([Relation(a, b, strength, **how)])  # type: ignore[arg-type]


def near(library: Library) -> list[set[int]]:
    groups = duplicate_groups(library, Likeness.NEAR)
    return [{copy.asset_id for copy in group.copies} for group in groups]


def asked(library: Library) -> set[int]:
    return {asset for (asset,) in library._database.rows(DUPLICATES)}


def test_what_is_like_one_copy_is_in_the_group_of_all(shelf: Shelf) -> None:
    a, b, c, alone = (shelf.done(f"{name}.jpg") for name in "abcd")
    relate(shelf.library, a, b)
    relate(shelf.library, c, b)
    assert near(shelf.library) == [{a, b, c}]
    assert asked(shelf.library) == {a, b, c}
    assert alone not in asked(shelf.library)


def test_one_that_was_taken_out_does_not_come_back_by_way_of_another(shelf: Shelf) -> None:
    a, b, c = (shelf.done(f"{name}.jpg") for name in "abc")
    relate(shelf.library, a, b, 0.9)
    relate(shelf.library, b, c, 0.8)
    shelf.library.duplicates.part([a, c])
    assert near(shelf.library) == [{a, b}], "the surer pair stays"


def test_one_is_taken_out_of_a_group_in_one_step_and_the_rest_stays_together(shelf: Shelf) -> None:
    a, b, c, d = (shelf.done(f"{name}.jpg") for name in "abcd")
    for one, other in ((a, b), (b, c), (c, d)):
        relate(shelf.library, one, other)
    relate(shelf.library, a, c)
    shelf.library.duplicates.part([b], [a, c, d])
    assert near(shelf.library) == [{a, c, d}]
    undo = shelf.library.undo.history().undo
    assert undo is not None
    assert undo.sentence == "Say that 1 file is no duplicate of 3 files"
    shelf.library.undo.undo()
    assert near(shelf.library) == [{a, b, c, d}]


def test_a_pair_is_told_from_both_sides(shelf: Shelf) -> None:
    whole, part = shelf.done("z.jpg"), shelf.done("a.jpg")
    relate(
        shelf.library, part, whole, of_one=("cropped by 12%",), seconds=((0.0, 5.0), (20.0, 25.0))
    )
    (group,) = duplicate_groups(shelf.library, Likeness.NEAR)
    best, other = group.copies
    assert (best.asset_id, other.asset_id) == (whole, part), "the whole one is proposed"
    assert best.why[0] == "whole"
    assert other.why == ("cropped by 12%",)
    assert (other.start, other.end) == (20.0, 25.0), "seconds of the first that it shows"


def test_the_copy_that_is_cared_for_is_proposed(shelf: Shelf) -> None:
    content = shelf.content()
    plain = shelf.file("beach.jpg", content=content)
    loved = shelf.file("beach copy.jpg", content=content)
    assert duplicate_groups(shelf.library)[0].copies[0].asset_id == plain
    shelf.library.tags.tag([loved], ["sea"])
    (group,) = duplicate_groups(shelf.library, Likeness.EXACT)
    assert group.copies[0].asset_id == loved
    assert "1 tag" in group.copies[0].why


def test_missing_files_are_no_duplicates(shelf: Shelf) -> None:
    content = shelf.content()
    one, other = (shelf.file(f"{name}.jpg", content=content) for name in "ab")
    near_one = shelf.done("c.jpg")
    relate(shelf.library, one, near_one)
    shelf.library.assets.mark_missing([other, near_one])
    assert duplicate_groups(shelf.library) == []
    assert asked(shelf.library) == set()


def test_pairs_of_contents_that_are_gone_are_passed_over(shelf: Shelf) -> None:
    one, other = shelf.done("a.jpg"), shelf.done("b.jpg")
    a, b = contents(shelf.library, one, other)
    shelf.library.duplicates.relate([Relation(a, 999_999, 1.0), Relation(a, a, 1.0)])
    relate(shelf.library, one, other)
    assert [each.other for each in shelf.library.duplicates.relations()] == [max(a, b)]
    shelf.library.assets.forget([other])
    assert shelf.library.duplicates.relations() == []
    shelf.library.duplicates.part([one, other])
    assert shelf.library.duplicates.parted() == set()
    with pytest.raises(WrongUse):
        shelf.library.contents.get(b)


def test_pictures_of_an_older_library_are_compared_without_being_asked_for(folder: Path) -> None:
    put(folder, "0003")
    with Library.open(folder) as library:
        pictures = library._database.value(
            "SELECT COUNT(*) FROM contents WHERE kind = 'image' AND extracted"
        )
        assert library._database.value("SELECT COUNT(*) FROM looks") == pictures > 0
        assert library.looks.count_due() > 0


def test_a_backup_that_is_put_back_has_its_pictures_compared_anew(
    folder: Path, shelf: Shelf
) -> None:
    one, other = shelf.done("a.jpg"), shelf.done("b.jpg")
    relate(shelf.library, one, other)
    shelf.library.duplicates.part([one, other])
    for content in contents(shelf.library, one, other):
        shelf.library.looks.keep(content, 1, b"marks")
    assert shelf.library.looks.count_due() == 0
    backup = shelf.library.back_up()
    assert backup.parent.name == BACKUPS
    again = folder.parent / "again"
    again.mkdir()
    (again / "library.sqlite").write_bytes(backup.read_bytes())
    with Library.open(again) as library:
        assert library.duplicates.parted() == {(one, other)}
        assert library.duplicates.relations() == []
        assert library.looks.count_due() == 2


def test_marks_of_an_older_kind_are_made_anew(shelf: Shelf) -> None:
    asset = shelf.done("a.jpg")
    (content,) = contents(shelf.library, asset)
    shelf.library.looks.keep(content, 1, b"marks")
    assert list(shelf.library.looks.compared(1)) == [(content, b"marks")]
    shelf.library.looks.renew(2)
    assert [item.content_id for item in shelf.library.looks.due(10)] == [content]
    assert list(shelf.library.looks.compared(2)) == []
