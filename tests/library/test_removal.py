"""Roots that the person removes, puts back, and finds in another place."""

from __future__ import annotations

import math
import os
import time

import pytest

from assetman.core.assets import Asset, AssetState
from assetman.core.errors import WrongUse
from assetman.core.queries import Filters, FolderFilter

from .conftest import ROOT, Shelf, stat

OUTER = os.path.dirname(ROOT)
INNER = os.path.join(ROOT, "trips")
MISSING = Filters(missing=True)


def asset(shelf: Shelf, asset_id: int) -> Asset:
    return shelf.library.assets.get([asset_id])[0]


def test_a_removed_root_is_out_of_every_list(shelf: Shelf) -> None:
    library = shelf.library
    one, gone = shelf.done("a.jpg"), shelf.done("gone.jpg")
    bad = shelf.file("bad.jpg")
    library.failures.add(shelf.root, "bad.jpg", "extract", "bad input", "no", 10, 1000 * 10**9)
    library.tags.tag([one], ["sea"])
    box, _ = library.collections.make("Best", [one])
    library.assets.mark_missing([gone])

    changes = library.roots.remove(shelf.root)

    assert changes.roots
    assert changes.organised
    assert changes.assets_removed == {one, bad}
    assert library.roots.all() == []
    assert library.assets.ids() == library.assets.ids(MISSING) == []
    assert library.assets.get([one, gone, bad]) == []
    assert library.assets.counts().missing == 0
    assert library.assets.counts().by_kind == {}
    assert library.failures.all() == []
    assert (library.failures.count(), library.failures.count_ignored()) == (0, 0)
    assert library.tags.all() == []
    assert library.collections.get(box.id).assets == 0
    assert shelf.pending() == []
    assert library.contents.count_pending([shelf.space]) == (0, 0)
    with pytest.raises(WrongUse):
        library.roots.get(shelf.root)
    with pytest.raises(WrongUse):
        library.roots.remove(shelf.root)
    assert library.check() == []


def test_a_removed_root_comes_back_whole_when_it_is_added_again(shelf: Shelf) -> None:
    library = shelf.library
    one, gone, new = shelf.done("a.jpg"), shelf.done("gone.jpg"), shelf.file("new.jpg")
    library.tags.tag([one, gone], ["sea"])
    library.assets.mark_missing([gone])
    library.roots.remove(shelf.root)

    root, changes = library.roots.add(ROOT)

    assert root.id == shelf.root
    assert changes.assets_added == {one, new}
    assert set(library.assets.ids()) == {one, new}
    assert library.assets.ids(MISSING) == [gone]
    assert asset(shelf, one).tags == asset(shelf, gone).tags == ("sea",)
    assert shelf.pending() == [new]
    assert library.embeddings.count(shelf.space) == 2


def test_an_asset_lost_in_the_very_moment_of_the_removal_does_not_come_back_with_it(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = shelf.library
    one, gone = shelf.file("a.jpg"), shelf.file("gone.jpg")
    monkeypatch.setattr(time, "time", lambda: 5000.0)
    library.assets.mark_missing([gone])
    library.roots.remove(shelf.root)
    library.undo.undo()
    assert library.assets.ids() == [one]
    assert library.assets.ids(MISSING) == [gone]


def test_nothing_is_written_into_a_removed_root(shelf: Shelf) -> None:
    library = shelf.library
    one = shelf.file("a.jpg")
    other = shelf.file("b.jpg", root=library.roots.add(ROOT + "2")[0].id)
    library.roots.remove(shelf.root)
    for write in (
        lambda: library.assets.touch(one, stat(2)),
        lambda: library.assets.change(one, stat(2), shelf.content()),
        lambda: library.assets.add(shelf.root, "new.jpg", stat(), shelf.content()),
        lambda: library.assets.move(other, shelf.root, "c.jpg", stat()),
        lambda: library.failures.add(shelf.root, "d.jpg", "scan", "bad input", "no", 1, 1),
        lambda: library.roots.set_online(shelf.root, False),
        lambda: library.roots.relocate(shelf.root, ROOT + "3"),
    ):
        with pytest.raises(WrongUse), library.writing():
            write()


def test_a_file_met_under_another_root_takes_its_asset_back(shelf: Shelf) -> None:
    library = shelf.library
    one, two = shelf.done("a.jpg"), shelf.done("b.jpg")
    library.tags.tag([one, two], ["sea"])
    library.roots.remove(shelf.root)
    outer, _ = library.roots.add(OUTER)
    content = library.contents.of_asset(one).id
    assert [known.asset_id for known in library.assets.missing_with_content(content)] == [one]
    library.assets.move(one, outer.id, "photos/a.jpg", stat())
    assert asset(shelf, one).tags == ("sea",)
    assert library.assets.ids() == [one]

    library.undo.undo()  # the adding of the outer folder
    library.undo.undo()  # the removal

    assert [root.path for root in library.roots.all()] == [ROOT]
    assert library.assets.ids() == [two], "until the root is looked through"
    (known,) = library.assets.missing_with_content(content)
    library.assets.move(known.asset_id, shelf.root, "a.jpg", stat())
    assert set(library.assets.ids()) == {one, two}
    assert asset(shelf, one).tags == ("sea",)


def test_an_outer_folder_that_was_removed_comes_back_and_takes_inner_ones_in(shelf: Shelf) -> None:
    library = shelf.library
    one = shelf.file("a.jpg")
    library.roots.remove(shelf.root)
    inner, _ = library.roots.add(INNER)
    two = shelf.file("b.jpg", root=inner.id)
    root, _ = library.roots.add(ROOT)
    assert root.id == shelf.root
    assert library.assets.at(root.id, "trips/b.jpg") == two
    assert set(library.assets.ids()) == {one, two}
    library.undo.undo()
    assert [each.path for each in library.roots.all()] == [INNER]
    assert library.assets.at(inner.id, "b.jpg") == two
    assert library.assets.ids() == [two]


def test_of_a_file_known_to_a_removed_and_to_an_inner_root_both_are_kept_apart(
    shelf: Shelf,
) -> None:
    library = shelf.library
    old = shelf.file("trips/a.jpg")
    library.tags.tag([old], ["old"])
    library.roots.remove(shelf.root)
    inner, _ = library.roots.add(INNER)
    new = shelf.file("a.jpg", root=inner.id)  # edited meanwhile: other bytes
    library.tags.tag([new], ["new"])
    root, _ = library.roots.add(ROOT)
    assert library.assets.at(root.id, "trips/a.jpg") == new
    assert library.assets.ids() == [new]
    for _ in range(4):
        library.undo.undo()
    assert library.assets.ids() == [old]
    assert asset(shelf, old).tags == ("old",)


def test_undoing_the_adding_of_an_outer_folder_makes_its_inner_ones_roots_again(
    shelf: Shelf,
) -> None:
    library = shelf.library
    asset_id, failed = shelf.done("rome/a.jpg"), shelf.file("bad.jpg")
    library.failures.add(shelf.root, "bad.jpg", "extract", "bad input", "no", 10, 1000 * 10**9)
    paths = [each.path for each in library.assets.get([asset_id, failed])]
    outer, _ = library.roots.add(OUTER)
    found = shelf.file("photos/rome/found.jpg", root=outer.id)
    beside = shelf.file("beside.jpg", root=outer.id)

    _, changes = library.undo.undo()

    assert changes.assets_removed == {beside}
    assert [(root.id, root.path) for root in library.roots.all()] == [(shelf.root, ROOT)]
    assert [each.path for each in library.assets.get([asset_id, failed])] == paths
    assert library.assets.at(shelf.root, "rome/found.jpg") == found
    assert list(library.failures.known(shelf.root)) == ["bad.jpg"]
    rome = Filters(folders=(FolderFilter(shelf.root, "rome"),))
    assert set(library.assets.ids(rome)) == {asset_id, found}
    assert shelf.pending() == [found]

    library.undo.redo()

    assert [root.path for root in library.roots.all()] == [OUTER]
    assert set(library.assets.ids()) == {asset_id, failed, found, beside}
    assert [each.path for each in library.assets.get([asset_id, failed])] == paths


def test_a_root_that_lies_elsewhere_now_keeps_everything(shelf: Shelf) -> None:
    library = shelf.library
    one = shelf.done("rome/a.jpg")
    library.roots.set_online(shelf.root, False)
    changes = library.roots.relocate(shelf.root, ROOT + "2" + os.sep)
    assert changes.roots
    assert changes.assets_changed == {one}
    assert asset(shelf, one).path == os.path.join(ROOT + "2", "rome", "a.jpg")
    assert asset(shelf, one).state == AssetState.OFFLINE, "until somebody has looked"
    assert not library.roots.relocate(shelf.root, ROOT + "2")
    library.undo.undo()
    assert library.roots.get(shelf.root).path == ROOT
    library.undo.redo()
    assert library.roots.get(shelf.root).path == ROOT + "2"


def test_a_root_lies_neither_in_nor_around_another(shelf: Shelf) -> None:
    library = shelf.library
    other, _ = library.roots.add(os.path.join(OUTER, "other"))
    for path, said in (
        (ROOT, "already"),
        (INNER, "inside"),
        (OUTER, "inside"),
        ("photos", "not an absolute path"),
    ):
        with pytest.raises(WrongUse, match=said):
            library.roots.relocate(other.id, path)
    with pytest.raises(WrongUse):
        library.roots.relocate(99, ROOT + "9")
    library.roots.remove(shelf.root)
    library.roots.relocate(other.id, INNER)
    assert library.roots.get(other.id).path == INNER


def test_a_root_may_come_to_lie_where_a_removed_one_was(shelf: Shelf) -> None:
    library = shelf.library
    one = shelf.file("a.jpg")
    other, _ = library.roots.add(ROOT + "2")
    library.roots.remove(shelf.root)
    library.roots.relocate(other.id, ROOT)
    library.roots.remove(other.id)
    back, _ = library.roots.add(ROOT)
    assert back.id == other.id, "the one removed last comes back"
    for _ in range(4):
        library.undo.undo()
    assert {root.id: root.path for root in library.roots.all()} == {
        shelf.root: ROOT,
        other.id: ROOT + "2",
    }
    assert library.assets.ids() == [one]


def test_a_purged_root_comes_back_empty_when_its_removal_is_undone(shelf: Shelf) -> None:
    library = shelf.library
    one = shelf.done("a.jpg")
    library.tags.rate([one], 3)
    library.roots.remove(shelf.root)
    assert not library.roots.purge(time.time() - 60)
    assert library.roots.purge(math.inf).assets_removed == {one}
    assert library.contents.keys() == set()
    library.undo.undo()
    assert [(root.id, root.path) for root in library.roots.all()] == [(shelf.root, ROOT)]
    library.undo.undo()
    assert library.assets.ids() == []
    assert library.check() == []
