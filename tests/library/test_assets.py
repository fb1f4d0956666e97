from __future__ import annotations

import os
import time

import pytest

from assetman.core.assets import AssetState, Kind
from assetman.core.errors import WrongUse
from assetman.core.queries import Filters, Sort
from assetman.library.assets import FileStat

from .conftest import LOUD, ROOT, SECOND, Shelf, stat


def test_an_asset_is_given_as_the_grid_shows_it(shelf: Shelf) -> None:
    asset_id = shelf.file("trips/a\nb.jpg", mtime=1234.5)
    shelf.extract(asset_id, taken=99.0)
    (asset,) = shelf.library.assets.get([asset_id])
    assert asset.path == os.path.join(ROOT, "trips", "a\nb.jpg")
    assert (asset.kind, asset.state, asset.size) == (Kind.IMAGE, AssetState.PRESENT, 10)
    assert (asset.modified, asset.taken, asset.width, asset.height) == (1234.5, 99.0, 30, 20)
    assert asset.fingerprint == shelf.library.contents.of_asset(asset_id).key


def test_assets_come_in_the_order_asked_and_unknown_ones_are_left_out(shelf: Shelf) -> None:
    ids = [shelf.file(f"{i}.jpg") for i in range(5)]
    asked = [ids[3], 999, ids[0], ids[4]]
    assert [asset.id for asset in shelf.library.assets.get(asked)] == [ids[3], ids[0], ids[4]]


def test_a_scan_knows_every_file_of_its_root_missing_ones_too(shelf: Shelf) -> None:
    other, _ = shelf.library.roots.add(ROOT + "2")
    shelf.file("elsewhere.jpg", root=other.id)
    a, b = shelf.file("a.jpg"), shelf.file("sub/b.jpg", mtime=5)
    shelf.library.assets.mark_missing([b])
    known = shelf.library.assets.known(shelf.root)
    assert set(known) == {"a.jpg", "sub/b.jpg"}
    assert known["sub/b.jpg"].asset_id == b
    assert known["sub/b.jpg"].missing
    assert known["sub/b.jpg"].mtime_ns == 5 * SECOND
    assert not known["a.jpg"].missing
    assert known["a.jpg"].content_id == shelf.library.contents.of_asset(a).id


def test_new_bytes_are_the_same_asset_and_the_old_content_goes(shelf: Shelf) -> None:
    library = shelf.library
    asset = shelf.done("a.jpg")
    old = library.contents.of_asset(asset).id
    with library.writing():
        new = shelf.content(Kind.VIDEO)
        changes = library.assets.change(asset, stat(2000, 20), new)
    assert changes.assets_changed == {asset}
    assert library.contents.of_asset(asset).id == new
    assert library.assets.get([asset])[0].kind == Kind.VIDEO
    assert library.embeddings.count(shelf.space) == 0
    with pytest.raises(WrongUse):
        library.contents.get(old)
    assert shelf.pending() == [asset]


def test_adding_a_file_at_a_known_path_changes_the_asset_there(shelf: Shelf) -> None:
    asset = shelf.file("a.jpg")
    again, changes = shelf.library.assets.add(shelf.root, "a.jpg", stat(2), shelf.content())
    assert again == asset
    assert changes.assets_changed == {asset}


def test_a_moved_asset_keeps_its_id_and_its_embeddings(shelf: Shelf) -> None:
    library = shelf.library
    asset = shelf.done("old.jpg")
    library.assets.mark_missing([asset])
    changes = library.assets.move(asset, shelf.root, "new/name.jpg", stat())
    assert changes.assets_added == {asset}, "it is back in every list"
    assert library.assets.at(shelf.root, "new/name.jpg") == asset
    assert library.assets.at(shelf.root, "old.jpg") is None
    assert library.embeddings.count(shelf.space) == 1
    assert shelf.pending() == []
    assert library.assets.ids(sort=Sort.NAME) == [asset]


def test_a_move_onto_a_missing_asset_forgets_it_and_onto_a_present_one_is_wrong(
    shelf: Shelf,
) -> None:
    library = shelf.library
    missing, present, asset = (shelf.file(name) for name in ("m.jpg", "p.jpg", "a.jpg"))
    library.assets.mark_missing([missing])
    changes = library.assets.move(asset, shelf.root, "m.jpg", stat())
    assert changes.assets_removed == {missing}
    with pytest.raises(WrongUse):
        library.assets.move(asset, shelf.root, "p.jpg", stat())
    assert library.assets.at(shelf.root, "p.jpg") == present


def test_a_move_takes_the_failure_of_the_file_along(shelf: Shelf) -> None:
    library = shelf.library
    asset = shelf.file("a.jpg")
    library.failures.add(
        shelf.root, "a.jpg", "extract", "bad input", "truncated", 10, 1000 * SECOND
    )
    library.assets.move(asset, shelf.root, "b.jpg", stat())
    assert library.failures.of_assets([asset]) == {asset: "truncated"}
    assert shelf.pending() == []


def test_a_missing_asset_leaves_every_list_and_keeps_its_content(shelf: Shelf) -> None:
    library = shelf.library
    asset = shelf.done("a.jpg")
    content = library.contents.of_asset(asset).id
    assert library.assets.mark_missing([asset, asset]).assets_removed == {asset}
    assert not library.assets.mark_missing([asset]), "it was missing already"
    assert library.assets.ids() == []
    assert library.assets.count() == 0
    assert library.assets.of_content(content) == []
    assert [known.asset_id for known in library.assets.missing_with_content(content)] == [asset]
    assert library.assets.get([asset])[0].state == AssetState.MISSING
    assert library.assets.counts().missing == 1
    assert library.assets.missing_since(time.time() - 60) == []
    assert library.assets.missing_since(time.time()) == [asset]
    assert library.segments.matching(Filters()).tolist() == []

    assert library.assets.touch(asset, stat(5)).assets_added == {asset}
    assert library.assets.ids() == [asset]
    assert shelf.pending() == []


def test_a_forgotten_asset_takes_contents_that_only_it_had(shelf: Shelf) -> None:
    library = shelf.library
    kept = shelf.done("a.jpg")
    content = library.contents.of_asset(kept).id
    copy = shelf.file("copy.jpg", content=content)
    alone = shelf.done("alone.jpg")
    assert library.assets.forget([copy, alone, 99]).assets_removed == {copy, alone}
    assert library.contents.get(content).id == content
    assert library.contents.keys() == {library.contents.get(content).key}
    assert library.embeddings.count(shelf.space) == 1


def test_lists_sort_by_date_taken_else_modified_by_name_and_by_size(shelf: Shelf) -> None:
    library = shelf.library
    ids = {}
    for name, mtime, size in (("IMG10.jpg", 30, 5), ("img9.jpg", 20, 9), ("Alps.jpg", 10, 7)):
        ids[name], _ = library.assets.add(shelf.root, name, stat(mtime, size), shelf.content())
    shelf.extract(ids["img9.jpg"], taken=100.0)

    def names(sort: Sort, descending: bool) -> list[str]:
        found = library.assets.get(library.assets.ids(Filters(), sort, descending))
        return [asset.name for asset in found]

    assert names(Sort.DATE, True) == ["img9.jpg", "IMG10.jpg", "Alps.jpg"]
    assert names(Sort.RELEVANCE, True) == names(Sort.DATE, True)
    assert names(Sort.NAME, False) == ["Alps.jpg", "img9.jpg", "IMG10.jpg"]
    assert names(Sort.SIZE, True) == ["img9.jpg", "Alps.jpg", "IMG10.jpg"]
    assert names(Sort.SIZE, False) == names(Sort.SIZE, True)[::-1]

    library.assets.touch(ids["Alps.jpg"], stat(500, 7))
    assert names(Sort.DATE, True) == ["Alps.jpg", "img9.jpg", "IMG10.jpg"]


def test_counts_by_kind_have_offline_assets_and_not_missing_ones(shelf: Shelf) -> None:
    library = shelf.library
    other, _ = library.roots.add(ROOT + "2")
    shelf.file("a.jpg")
    shelf.file("b.mp4", kind=Kind.VIDEO, root=other.id)
    library.assets.mark_missing([shelf.file("c.jpg")])
    library.roots.set_online(other.id, False)
    counts = library.assets.counts()
    assert counts.by_kind == {Kind.IMAGE: 1, Kind.VIDEO: 1}
    assert (counts.missing, counts.offline) == (1, 1)


def test_only_assets_with_an_embedded_segment_are_searchable(shelf: Shelf) -> None:
    library = shelf.library
    shelf.done("a.jpg")
    half = shelf.file("half.mp4", kind=Kind.VIDEO)
    shelf.embed(shelf.extract(half, segments=3)[:1])
    shelf.extract(shelf.file("bare.jpg"))
    shelf.extract(shelf.file("empty.jpg"), segments=0)
    shelf.file("new.jpg")
    assert library.assets.count_searchable(Filters(), shelf.space) == 2
    assert library.assets.count_searchable(Filters((Kind.VIDEO,)), shelf.space) == 1
    within = library.segments.within(Filters())
    assert within.assets == library.assets.count() == 5
    assert within.by_kind == {**dict.fromkeys(Kind, 0), Kind.IMAGE: 4, Kind.VIDEO: 1}
    assert library.assets.count_searchable(Filters(), shelf.space, within.by_kind) == 2


def test_names_that_are_not_unicode_or_hold_newlines_come_back_as_they_were(shelf: Shelf) -> None:
    names = ["new\nline.jpg", "-dash.jpg", "quote'\".jpg", "ünï.jpg", "a%_*.jpg"]
    if os.name != "nt":
        names.append(os.fsdecode(b"caf\xe9.jpg"))
        names.append("back\\slash.jpg")
    assets = {f"sub {name}/{name}": shelf.file(f"sub {name}/{name}") for name in names}
    assert {
        path: known.asset_id for path, known in shelf.library.assets.known(shelf.root).items()
    } == (assets)
    for path, asset in assets.items():
        assert shelf.library.assets.at(shelf.root, path) == asset


def test_numbers_beyond_64_bits_of_a_file_system_are_kept(shelf: Shelf) -> None:
    asset, _ = shelf.library.assets.add(
        shelf.root, "a.jpg", FileStat(1, -5 * SECOND, 2**127, 2**64 - 1), shelf.content()
    )
    assert shelf.library.assets.get([asset])[0].modified == -5


def test_writes_to_what_is_gone_are_wrong_use(shelf: Shelf) -> None:
    assets = shelf.library.assets
    content, asset = shelf.content(), shelf.file("a.jpg")
    with pytest.raises(WrongUse):
        assets.add(99, "b.jpg", stat(), content)
    with pytest.raises(WrongUse):
        assets.add(shelf.root, "b.jpg", stat(), 99)
    with pytest.raises(WrongUse):
        assets.change(asset, stat(), 99)
    for write in (
        lambda: assets.change(99, stat(), content),
        lambda: assets.touch(99, stat()),
        lambda: assets.move(99, shelf.root, "c.jpg", stat()),
    ):
        with pytest.raises(WrongUse, match="99"):
            write()
    assert assets.ids() == [asset]


def test_a_copy_of_a_sound_is_sorted_as_the_sound_and_other_bytes_are_not(shelf: Shelf) -> None:
    assets = shelf.library.assets
    picture = shelf.done("picture.jpg", mtime=5)
    sound, _ = shelf.sound("sound.wav", 2)
    content = shelf.library.contents.of_asset(sound).id
    copy = shelf.file("copy.wav", mtime=9, content=content)
    for sort in (Sort.LOUDNESS, Sort.BPM, Sort.KEY, Sort.RATE, Sort.DURATION):
        assert assets.ids(sort=sort, descending=False) == [sound, copy, picture]
    assert [asset.sound for asset in assets.get([copy, picture])] == [LOUD, None]
    assets.change(copy, stat(9), shelf.content())
    for sort in (Sort.LOUDNESS, Sort.BPM, Sort.KEY, Sort.RATE, Sort.DURATION):
        assert assets.ids(sort=sort, descending=False)[0] == sound
    assert assets.get([copy])[0].sound is None
