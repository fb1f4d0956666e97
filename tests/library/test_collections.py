from __future__ import annotations

import pytest

from assetman.core.errors import WrongUse
from assetman.core.organising import Collection
from assetman.core.queries import Filters

from .conftest import Shelf


def test_a_collection_holds_what_was_put_into_it(shelf: Shelf) -> None:
    collections = shelf.library.collections
    assets = [shelf.file(f"{i}.jpg") for i in range(4)]
    box, changes = collections.make("  Best 10 ", assets[:2])
    assert (box.name, box.assets) == ("Best 10", 2)
    assert changes.organised
    assert changes.assets_changed == set(assets[:2])
    assert collections.put(box.id, [*assets[1:3], 99]).assets_changed == {assets[2]}
    assert collections.take_out(box.id, [assets[0], assets[3]]).assets_changed == {assets[0]}
    inside = Filters(collections=(box.id,))
    assert set(shelf.library.assets.ids(inside)) == {assets[1], assets[2]}
    assert not collections.put(box.id, [assets[1]])
    assert not collections.take_out(box.id, [assets[0]])


def test_collections_are_listed_as_people_sort_names_and_count_no_missing_files(
    shelf: Shelf,
) -> None:
    collections = shelf.library.collections
    assets = [shelf.file(f"{i}.jpg") for i in range(3)]
    ten, _ = collections.make("Trip 10", assets)
    two, _ = collections.make("trip 2")
    shelf.library.assets.mark_missing(assets[:1])
    assert collections.all() == [Collection(two.id, "trip 2", 0), Collection(ten.id, "Trip 10", 2)]


def test_a_name_is_free_or_it_is_refused(shelf: Shelf) -> None:
    collections = shelf.library.collections
    box, _ = collections.make("Best")
    other, _ = collections.make("Other")
    for name in ("", "BEST ", "a\nb"):
        with pytest.raises(WrongUse):
            collections.make(name)
        with pytest.raises(WrongUse):
            collections.rename(other.id, name)
    collections.rename(box.id, "best")
    assert collections.get(box.id).name == "best"
    assert not collections.rename(box.id, "best")
    assert collections.named("BEST") == box.id


def test_a_deleted_collection_leaves_its_assets(shelf: Shelf) -> None:
    collections = shelf.library.collections
    asset = shelf.file("a.jpg")
    box, _ = collections.make("Best", [asset])
    assert collections.delete(box.id).organised
    assert shelf.library.assets.ids() == [asset]
    assert collections.all() == []
    for ask in (collections.get, collections.delete):
        with pytest.raises(WrongUse):
            ask(box.id)
    with pytest.raises(WrongUse):
        collections.put(box.id, [asset])


def test_an_asset_that_is_forgotten_is_in_no_collection(shelf: Shelf) -> None:
    asset = shelf.file("a.jpg")
    box, _ = shelf.library.collections.make("Best", [asset])
    shelf.library.assets.forget([asset])
    assert shelf.library.collections.get(box.id).assets == 0
    assert shelf.library.check() == []
