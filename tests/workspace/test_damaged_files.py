"""Derived files that are damaged, foreign or in the way are made again without asking."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from assetman.core.queries import Query
from kit.pictures import paint
from kit.service import Open, best, index

Damage = Callable[[Path], object]


def each_file(folder: Path, harm: Callable[[Path], object]) -> None:
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    for path in files:
        harm(path)


def half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def a_file_in_its_place(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("in the way")


DAMAGES: dict[str, Damage] = {
    "absent": shutil.rmtree,
    "empty files": lambda folder: each_file(folder, lambda path: path.write_bytes(b"")),
    "cut files": lambda folder: each_file(folder, half),
    "garbage": lambda folder: each_file(folder, lambda path: path.write_bytes(b"\x07" * 999)),
    "a file in its place": a_file_in_its_place,
}


@pytest.fixture
def closed(open_service: Open, photos: Path, tmp_path: Path) -> Path:
    """A library's folder, with saved indexes and thumbnails."""
    service = open_service()
    service.use_model("colours")
    index(service, photos)
    service.close()
    assert any((tmp_path / "library" / "vectors").rglob("manifest.json"))
    return tmp_path / "library"


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_damaged_indexes_are_made_again_without_asking(
    closed: Path, open_service: Open, damage: Damage
) -> None:
    damage(closed / "vectors")
    service = open_service()
    assert [best(service, colour) for colour in ("red", "green")] == ["red.png", "green.png"]
    index(service)
    assert len(service.search(Query("blue", fold=False)).hits) == 6


@pytest.mark.parametrize("damage", [*DAMAGES.values()][:-1], ids=[*DAMAGES][:-1])
def test_damaged_thumbnails_are_made_again_by_the_next_run(
    closed: Path, open_service: Open, damage: Damage
) -> None:
    good = {path: path.read_bytes() for path in (closed / "thumbnails").rglob("*.webp")}
    assert len(good) == 6
    damage(closed / "thumbnails")
    service = open_service()
    index(service)
    assert {path: path.read_bytes() for path in (closed / "thumbnails").rglob("*.webp")} == good


def test_the_index_of_another_library_is_not_taken_for_its_own(
    closed: Path, open_service: Open, tmp_path: Path
) -> None:
    shutil.move(closed, tmp_path / "first")
    photos = [
        paint(tmp_path / "others" / f"{number}.png", "white", number) for number in range(40, 52)
    ]
    service = open_service()
    service.use_model("colours")
    index(service, photos[0].parent)
    paint(photos[0].parent / "a red one.png", "red", 99)
    index(service)
    service.close()
    shutil.rmtree(closed / "vectors")
    shutil.copytree(tmp_path / "first" / "vectors", closed / "vectors")
    service = open_service()
    assert best(service, "red") == "a red one.png"
    assert len(service.search(Query("white", fold=False)).hits) == 13


def test_thumbnails_of_what_is_offline_are_never_dropped(
    closed: Path, open_service: Open, photos: Path
) -> None:
    photos.rename(photos.with_name("unplugged"))
    service = open_service()
    index(service)
    service._workspace._housekeeping.tidy()
    cards = service.cards(service.search(Query()).listed)
    assert len(cards) == 6
    assert all(card.thumbnail and Path(card.thumbnail).stat().st_size for card in cards)
