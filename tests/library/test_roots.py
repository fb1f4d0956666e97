from __future__ import annotations

import math
import os

import pytest

from assetman.core.assets import AssetState
from assetman.core.errors import WrongUse
from assetman.core.queries import Filters, FolderFilter

from .conftest import ROOT, Shelf, stat

INNER = os.path.join(ROOT, "trips")


def test_a_folder_that_is_a_root_already_is_that_root(shelf: Shelf) -> None:
    root, changes = shelf.library.roots.add(ROOT + os.sep)
    assert root.id == shelf.root
    assert not changes


def test_a_folder_inside_a_root_gives_the_root(shelf: Shelf) -> None:
    root, changes = shelf.library.roots.add(INNER)
    assert root.id == shelf.root
    assert not changes


def test_a_folder_with_a_name_that_only_begins_alike_is_another_root(shelf: Shelf) -> None:
    root, changes = shelf.library.roots.add(ROOT + "2")
    assert root.id != shelf.root
    assert changes.roots


def test_a_relative_path_is_no_root(shelf: Shelf) -> None:
    with pytest.raises(WrongUse, match="absolute"):
        shelf.library.roots.add("photos")


def test_an_outer_folder_absorbs_roots_and_their_assets_stay_the_same(shelf: Shelf) -> None:
    library = shelf.library
    inner, _ = library.roots.add(os.path.join(os.path.dirname(ROOT), "trips", "2024"))
    top = shelf.file("top.jpg", root=inner.id)
    deep = shelf.file("rome/deep.jpg", root=inner.id)
    library.failures.add(inner.id, "rome/deep.jpg", "extract", "bad input", "no", 10, 1000 * 10**9)
    paths = [asset.path for asset in library.assets.get([top, deep])]

    outer, changes = library.roots.add(os.path.dirname(ROOT))

    assert changes.roots
    assert changes.assets_changed == {top, deep}
    assert [root.id for root in library.roots.all()] == [outer.id]
    assert [asset.path for asset in library.assets.get([top, deep])] == paths
    assert library.assets.at(outer.id, "trips/2024/rome/deep.jpg") == deep
    assert library.assets.ids(Filters(folders=(FolderFilter(outer.id, "trips/2024"),))) == [
        deep,
        top,
    ]
    assert list(library.failures.known(outer.id)) == ["trips/2024/rome/deep.jpg"]
    assert shelf.pending() == [top], "what failed is not tried again under its new root"


def test_a_purged_root_takes_its_assets_failures_and_contents_along(shelf: Shelf) -> None:
    library = shelf.library
    other, _ = library.roots.add(ROOT + "2")
    shared = shelf.done("a.jpg")
    content = library.contents.of_asset(shared).id
    copy = shelf.file("copy.jpg", content=content, root=other.id)
    gone = shelf.done("b.jpg")
    segments = [segment.id for segment in library.segments.of_asset(gone)]
    library.failures.add(shelf.root, "c.jpg", "scan", "bad input", "no", 1, 1)

    assert library.roots.remove(shelf.root).assets_removed == {shared, gone}
    assert not library.roots.purge(0.0)
    changes = library.roots.purge(math.inf)

    assert changes.assets_removed == {shared, gone}
    assert changes.roots
    assert changes.failures
    assert library.failures.count() == 0
    assert library.assets.get([shared, gone, copy])[0].id == copy
    assert library.contents.get(content).id == content
    assert library.segments.get(segments) == {}
    assert library.embeddings.count(shelf.space) == 1
    assert library.check() == []


def test_an_unknown_root_is_wrong_use(shelf: Shelf) -> None:
    for ask in (shelf.library.roots.get, shelf.library.roots.remove):
        with pytest.raises(WrongUse, match="99"):
            ask(99)


def test_assets_of_a_root_that_is_away_are_offline_and_not_pending(shelf: Shelf) -> None:
    library = shelf.library
    asset = shelf.file("a.jpg")
    changes = library.roots.set_online(shelf.root, False)
    assert changes.assets_changed == {asset}
    assert not library.roots.get(shelf.root).online
    assert library.assets.get([asset])[0].state == AssetState.OFFLINE
    assert library.assets.ids() == [asset]
    assert shelf.pending() == []
    assert library.contents.count_pending([shelf.space]) == (0, 0)
    assert not library.roots.set_online(shelf.root, False), "nothing changed the second time"

    library.roots.set_online(shelf.root, True)
    assert library.assets.get([asset])[0].state == AssetState.PRESENT
    assert shelf.pending() == [asset]


def test_folders_count_what_is_in_them_and_below(shelf: Shelf) -> None:
    for path in ("x.jpg", "a/1.jpg", "a/2.jpg", "a/b/c/3.jpg", "a b/4.jpg"):
        shelf.file(path)
    gone = shelf.file("a/gone.jpg")
    shelf.library.assets.mark_missing([gone])
    folders = shelf.library.roots.folders(shelf.root)
    assert [(folder.path, folder.assets) for folder in folders] == [
        ("", 5),
        ("a", 3),
        ("a/b", 1),
        ("a/b/c", 1),
        ("a b", 1),
    ]


def test_a_root_counts_its_assets(shelf: Shelf) -> None:
    assets = [shelf.file(f"{i}.jpg") for i in range(3)]
    shelf.library.assets.mark_missing(assets[:1])
    assert shelf.library.roots.get(shelf.root).assets == 2


@pytest.mark.skipif(os.name == "nt", reason="every path is Unicode there")
def test_a_root_whose_path_is_not_unicode_comes_back_as_it_was(shelf: Shelf) -> None:
    path = os.fsdecode(b"/disk/\xff\xfe pictures\n")
    root, _ = shelf.library.roots.add(path)
    assert shelf.library.roots.get(root.id).path == path
    asset, _ = shelf.library.assets.add(root.id, os.fsdecode(b"\xff.jpg"), stat(), shelf.content())
    assert os.fsencode(shelf.library.assets.get([asset])[0].path) == (
        b"/disk/\xff\xfe pictures\n/\xff.jpg"
    )
    assert [entry.after for entry in shelf.library.journal.since(0) if entry.what == "roots.add"][
        1
    ] == {"id": root.id, "path": path}


def test_the_paths_of_folders_are_those_of_the_folders(shelf: Shelf) -> None:
    assert shelf.library.roots.paths(shelf.root) == [""]
    for path in ("a/b/c.jpg", "a/d.jpg", "ä b/x.jpg", "top.jpg", "z/y/x/w.jpg"):
        shelf.file(path)
    gone = shelf.file("gone/g.jpg")
    shelf.library.assets.mark_missing([gone])
    folders = [folder.path for folder in shelf.library.roots.folders(shelf.root)]
    assert shelf.library.roots.paths(shelf.root) == sorted(folders)
