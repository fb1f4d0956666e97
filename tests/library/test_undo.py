"""What the person does can be taken back, and done again."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from assetman.core.assets import Asset
from assetman.core.changes import Changes
from assetman.core.errors import WrongUse
from assetman.core.organising import Tag
from assetman.core.queries import Filters
from assetman.library.journal import PERSON
from assetman.library.library import Library

from .conftest import ROOT, SECOND, Shelf, stat


def asset(library: Library, asset_id: int) -> Asset:
    return library.assets.get([asset_id])[0]


def sentence(library: Library) -> str:
    step = library.undo.history().undo
    return step.sentence if step else ""


def fail(shelf: Shelf, path: str) -> int:
    shelf.library.failures.add(shelf.root, path, "extract", "bad input", "no", 10, 1000 * SECOND)
    return shelf.library.failures.all()[0].id


def test_there_is_nothing_to_undo_in_a_new_library(library: Library) -> None:
    assert library.undo.history().undo is None
    assert library.undo.undo() == (None, Changes())
    assert library.undo.redo() == (None, Changes())


def test_a_step_says_what_was_done(shelf: Shelf) -> None:
    library = shelf.library
    ids = [shelf.file(f"{i}.jpg") for i in range(3)]
    assert sentence(library) == "Add the folder photos"
    acts: list[tuple[Callable[[], object], str]] = [
        (lambda: library.tags.rate(ids, 3), "Rate 3 files 3"),
        (lambda: library.tags.rate(ids[:1], 0), "Take the rating off 1 file"),
        (lambda: library.tags.tag(ids, ["holiday"]), "Tag 3 files “holiday”"),
        (lambda: library.tags.untag(ids[:2], ["HOLIDAY"]), "Take the tag “holiday” off 2 files"),
        (lambda: library.tags.tag(ids[:1], ["sea"]), "Tag 1 file “sea”"),
        (
            lambda: library.tags.rename("holiday", "Trip"),
            "Rename the tag “holiday” to “Trip”",
        ),
        (lambda: library.tags.rename("sea", "trip"), "Join the tag “sea” with “Trip”"),
        (lambda: library.collections.make("Best", ids[:1]), "Make the collection “Best”"),
        (lambda: library.collections.put(1, ids), "Put 2 files into “Best”"),
        (lambda: library.collections.take_out(1, ids[:1]), "Take 1 file out of “Best”"),
        (
            lambda: library.collections.rename(1, "Top"),
            "Rename the collection “Best” to “Top”",
        ),
        (lambda: library.collections.delete(1), "Delete the collection “Top”"),
        (lambda: library.failures.ignore([fail(shelf, "0.jpg")]), "Ignore 1 failure"),
        (
            lambda: library.roots.relocate(shelf.root, ROOT + "2"),
            f"Look for the folder photos in {ROOT}2",
        ),
        (lambda: library.roots.remove(shelf.root), "Remove the folder photos2"),
    ]
    for act, said in acts:
        act()
        assert sentence(library) == said
    done = len(acts) + 1
    for _ in range(done):
        step, changes = library.undo.undo()
        assert step is not None
        assert changes.history
    assert library.undo.history().undo is None
    for said in ["Add the folder photos", *(said for _, said in acts)]:
        step, _ = library.undo.redo()
        assert step is not None
        assert step.sentence == said
    assert library.undo.history().redo is None


def test_each_kind_of_act_is_taken_back_and_done_again(shelf: Shelf) -> None:
    library = shelf.library
    one, two = shelf.file("a.jpg"), shelf.file("b.jpg")
    library.tags.rate([one], 1)
    library.tags.rate([one, two], 5)
    library.undo.undo()
    assert [asset(library, each).rating for each in (one, two)] == [1, 0]
    library.undo.redo()
    assert [asset(library, each).rating for each in (one, two)] == [5, 5]

    library.tags.tag([one], ["sea"])
    library.tags.tag([one, two], ["Sky"])
    library.tags.rename("sky", "SEA")
    assert library.tags.all() == [Tag("sea", 2)]
    library.undo.undo()
    assert library.tags.all() == [Tag("sea", 1), Tag("Sky", 2)]
    library.tags.untag([one], ["Sky", "sea"])
    _, changes = library.undo.undo()
    assert changes.organised
    assert asset(library, one).tags == ("sea", "Sky")

    box, _ = library.collections.make("Best", [one])
    library.collections.put(box.id, [two])
    library.collections.delete(box.id)
    library.undo.undo()
    assert library.collections.get(box.id).assets == 2
    library.undo.undo()
    library.undo.undo()
    assert library.collections.all() == []
    library.undo.redo()
    assert library.assets.ids(Filters(collections=(box.id,))) == [one]

    failure = fail(shelf, "a.jpg")
    assert library.failures.ignore([failure]).failures
    assert (library.failures.count(), library.failures.count_ignored()) == (0, 1)
    assert library.failures.all()[0].ignored
    library.undo.undo()
    assert (library.failures.count(), library.failures.count_ignored()) == (1, 0)


def test_undo_works_across_restarts(folder: Path) -> None:
    with Library.open(folder) as library:
        one = Shelf(library).file("a.jpg")
        library.tags.tag([one], ["sea"])
        library.tags.rate([one], 4)
        library.undo.undo()
    with Library.open(folder) as library:
        assert sentence(library) == "Tag 1 file “sea”"
        library.undo.redo()
        assert asset(library, one).rating == 4
        library.undo.undo()
        library.undo.undo()
    with Library.open(folder) as library:
        assert asset(library, one).tags == ()
        library.undo.redo()
        assert asset(library, one).tags == ("sea",)


def test_something_new_ends_what_could_be_redone(shelf: Shelf) -> None:
    library = shelf.library
    one = shelf.file("a.jpg")
    library.tags.rate([one], 1)
    library.tags.rate([one], 2)
    library.undo.undo()
    shelf.file("b.jpg")
    assert library.undo.history().redo is not None, "what the engine does is nothing new"
    library.tags.tag([one], ["sea"])
    assert library.undo.history().redo is None
    assert library.undo.redo() == (None, Changes())
    library.undo.undo()
    library.undo.undo()
    assert asset(library, one).rating == 0


def test_what_changes_nothing_and_what_fails_are_no_steps(shelf: Shelf) -> None:
    library = shelf.library
    one = shelf.file("a.jpg")
    library.tags.tag([one], ["sea"])
    before = library.undo.history()
    library.tags.tag([one], ["SEA"])
    library.tags.rate([one], 0)
    library.tags.untag([one], ["sky"])
    library.roots.add(ROOT)
    with pytest.raises(WrongUse), library.writing(PERSON):  # noqa: PT012
        library.tags.rate([one], 5)
        library.tags.rename("none", "other")
    assert library.undo.history() == before
    assert asset(library, one).rating == 0


def test_several_acts_in_one_transaction_are_one_step(shelf: Shelf) -> None:
    library = shelf.library
    one = shelf.file("a.jpg")
    with library.writing(PERSON):
        library.tags.tag([one], ["sea"])
        library.tags.rate([one], 5)
        library.tags.untag([one], ["sea"])
        shelf.file("b.jpg")
    step, _ = library.undo.undo()
    assert step is not None
    assert step.sentence == "Tag 1 file “sea”"
    assert (asset(library, one).rating, asset(library, one).tags) == (0, ())
    assert len(library.assets.ids()) == 2, "what the engine wrote stays"


def test_undo_is_right_for_files_that_moved_changed_went_missing_or_were_forgotten(
    shelf: Shelf,
) -> None:
    library = shelf.library
    moved, changed, missing, forgotten = ids = [shelf.file(f"{i}.jpg") for i in range(4)]
    library.tags.tag(ids, ["sea"])
    box, _ = library.collections.make("Best", ids)
    library.tags.rate(ids, 3)
    library.tags.untag(ids, ["sea"])
    library.collections.delete(box.id)
    other, _ = library.roots.add(ROOT + "2")
    library.assets.move(moved, other.id, "x.jpg", stat(5))
    with library.writing():
        library.assets.change(changed, stat(6), shelf.content())
    library.assets.mark_missing([missing])
    library.assets.forget([forgotten])
    for _ in range(4):
        library.undo.undo()  # the other root, the collection, the tag, the rating
    assert [root.path for root in library.roots.all()] == [ROOT]
    library.roots.add(ROOT + "2")
    left = library.assets.get(ids)
    assert [each.id for each in left] == [moved, changed, missing]
    assert {(each.rating, each.tags) for each in left} == {(0, ("sea",))}
    assert set(library.assets.ids(Filters(collections=(box.id,)))) == {moved, changed}


def test_a_failure_that_came_anew_is_still_ignored_unless_its_file_is_another(
    shelf: Shelf,
) -> None:
    library = shelf.library
    library.failures.ignore([fail(shelf, "a.jpg"), fail(shelf, "b.jpg")])
    fail(shelf, "a.jpg")
    library.failures.add(shelf.root, "b.jpg", "extract", "bad input", "no", 11, 1000 * SECOND)
    assert (library.failures.count(), library.failures.count_ignored()) == (1, 1)
    assert library.failures.clear().failures
    assert (library.failures.count(), library.failures.count_ignored()) == (0, 1)
    library.undo.undo()
    assert (library.failures.count(), library.failures.count_ignored()) == (1, 0)
    library.undo.redo()
    assert library.failures.ignore([library.failures.all()[0].id], False).failures
    assert sentence(library) == "Stop ignoring 1 failure"


def test_what_the_journal_no_longer_knows_cannot_be_undone(shelf: Shelf) -> None:
    library = shelf.library
    one = shelf.file("a.jpg")
    library.tags.rate([one], 1)
    library.tags.rate([one], 2)
    with library.writing():
        library._database.execute(
            "DELETE FROM journal WHERE sequence < "
            "(SELECT MAX(sequence) FROM journal WHERE what = 'tags.rate')"
        )
    library.undo.undo()
    assert asset(library, one).rating == 1
    assert library.undo.history().undo is None
    library.undo.redo()
    assert asset(library, one).rating == 2
    assert library.undo.trim(0.0).history, "the steps without a journal are dropped"
    assert sentence(library) == "Rate 1 file 2"
    assert library.undo.trim(time.time() + 1).history
    assert library.undo.history().undo is None
