from __future__ import annotations

import os

import pytest

from assetman.core.errors import WrongUse

from .conftest import ROOT, SECOND, Shelf, stat


def fail(shelf: Shelf, path: str, message: str = "no", mtime: float = 1000) -> None:
    shelf.library.failures.add(
        shelf.root, path, "extract", "bad input", message, 10, int(mtime * SECOND)
    )


def test_a_failure_says_which_file_and_why(shelf: Shelf) -> None:
    fail(shelf, "sub/a\n.jpg", "It ends too early.")
    (failure,) = shelf.library.failures.all()
    assert failure.path == os.path.join(ROOT, "sub", "a\n.jpg")
    assert (failure.stage, failure.kind, failure.message) == (
        "extract",
        "bad input",
        "It ends too early.",
    )
    assert shelf.library.failures.known(shelf.root) == {"sub/a\n.jpg": (10, 1000 * SECOND)}


def test_a_file_has_one_failure_the_last(shelf: Shelf) -> None:
    fail(shelf, "a.jpg", "first")
    fail(shelf, "b.jpg", "other")
    fail(shelf, "a.jpg", "second", mtime=2000)
    assert [failure.message for failure in shelf.library.failures.all()] == ["second", "other"]
    assert shelf.library.failures.count() == 2


def test_an_asset_shows_the_failure_of_its_file_as_it_is_now(shelf: Shelf) -> None:
    asset, fine = shelf.file("a.jpg"), shelf.file("b.jpg")
    fail(shelf, "a.jpg", "truncated")
    assert shelf.library.failures.of_assets([asset, fine]) == {asset: "truncated"}
    shelf.library.assets.touch(asset, stat(2000))
    assert shelf.library.failures.of_assets([asset]) == {}


def test_failures_are_cleared_by_id_by_file_or_all(shelf: Shelf) -> None:
    failures = shelf.library.failures
    asset = shelf.file("0.jpg")
    for i in range(4):
        fail(shelf, f"{i}.jpg")
    ids = {os.path.basename(failure.path): failure.id for failure in failures.all()}
    changes = failures.clear([ids["0.jpg"]])
    assert changes.failures
    assert changes.assets_changed == {asset}
    assert failures.clear_file(shelf.root, "1.jpg").failures
    assert not failures.clear_file(shelf.root, "1.jpg")
    assert set(failures.known(shelf.root)) == {"2.jpg", "3.jpg"}
    assert failures.clear().failures
    assert not failures.clear()
    assert failures.count() == 0


def test_a_failure_of_no_root_is_wrong_use(shelf: Shelf) -> None:
    with pytest.raises(WrongUse):
        shelf.library.failures.add(99, "a", "scan", "bad input", "no", 0, 0)


def test_a_message_with_half_a_character_is_kept_readable(shelf: Shelf) -> None:
    fail(shelf, "a.jpg", "cannot read caf\udce9.jpg")
    message = shelf.library.failures.all()[0].message
    assert message.startswith("cannot read caf")
    message.encode("utf-8")
