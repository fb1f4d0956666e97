"""Removed roots whose real files the engine meets again, under that root or another."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from assetman.core.queries import Filters
from assetman.ingest import identify
from assetman.media.fingerprint import Fingerprint
from kit.bench import Bench
from kit.pictures import paint

ALL = Filters()
COLOURS = ("red", "green", "blue", "yellow")


@pytest.fixture
def photos(tmp_path: Path, bench: Bench) -> Path:
    folder = tmp_path / "disk" / "photos"
    for seed, colour in enumerate(COLOURS):
        paint(folder / "trip" / f"{colour}.png", colour, seed)
    bench.add(folder)
    bench.index()
    for name, asset in bench.assets().items():
        bench.library.tags.tag([asset.id], [f"tag of {name}"])
    return folder


def tags(bench: Bench) -> dict[str, tuple[int, tuple[str, ...]]]:
    return {name: (asset.id, asset.tags) for name, asset in bench.assets().items()}


def hold(bench: Bench, before: dict[str, tuple[int, tuple[str, ...]]], embedded: int) -> None:
    """Nothing is twice, nothing lost, and nothing was embedded again."""
    assert tags(bench) == before
    assert bench.library.assets.ids(Filters(missing=True)) == []
    assert bench.embeddings() == embedded
    assert bench.library.check() == []


def test_a_folder_removed_and_added_again_is_as_it_was(bench: Bench, photos: Path) -> None:
    before, embedded = tags(bench), bench.embeddings()
    bench.library.roots.remove(bench.library.roots.all()[0].id)
    bench.index()
    assert bench.assets() == {}
    bench.add(photos)
    hold(bench, before, embedded)
    counts = bench.index()
    assert (counts.added, counts.moved, counts.embedded) == (0, 0, 0)
    hold(bench, before, embedded)


def test_files_changed_while_their_folder_was_removed_are_found_out_when_it_is_back(
    bench: Bench, photos: Path
) -> None:
    before = tags(bench)
    bench.library.roots.remove(bench.library.roots.all()[0].id)
    (photos / "trip" / "red.png").rename(photos / "crimson.png")
    (photos / "trip" / "blue.png").unlink()
    paint(photos / "trip" / "green.png", "white", 99)
    bench.library.undo.undo()
    bench.index()
    after = tags(bench)
    assert after["crimson.png"] == before["red.png"]
    assert after["green.png"] == before["green.png"]
    assert bench.library.assets.ids(Filters(missing=True)) == [before["blue.png"][0]]


@pytest.mark.parametrize("way", ["around it", "inside it"])
def test_a_folder_whose_files_another_one_took_over_comes_back_with_all_of_them(
    bench: Bench, photos: Path, way: str
) -> None:
    before, embedded = tags(bench), bench.embeddings()
    bench.library.roots.remove(bench.library.roots.all()[0].id)
    other = photos.parent if way == "around it" else photos / "trip"
    bench.add(other)
    bench.index()
    hold(bench, before, embedded)

    bench.library.undo.undo()
    bench.library.undo.undo()

    assert [root.path for root in bench.library.roots.all()] == [str(photos)]
    bench.index()
    hold(bench, before, embedded)


def test_a_removed_folder_that_was_carried_elsewhere_keeps_its_tags_there(
    bench: Bench, photos: Path, tmp_path: Path
) -> None:
    before, embedded = tags(bench), bench.embeddings()
    bench.library.roots.remove(bench.library.roots.all()[0].id)
    shutil.move(photos, tmp_path / "elsewhere")
    bench.add(tmp_path / "elsewhere")
    bench.index()
    hold(bench, before, embedded)


def test_a_folder_relocated_to_where_its_files_lie_now_is_only_looked_through(
    bench: Bench, photos: Path, tmp_path: Path
) -> None:
    before, embedded = tags(bench), bench.embeddings()
    os.rename(photos, tmp_path / "elsewhere")
    bench.library.roots.relocate(bench.library.roots.all()[0].id, str(tmp_path / "elsewhere"))
    counts = bench.index()
    assert (counts.added, counts.moved, counts.missing, counts.embedded) == (0, 0, 0, 0)
    hold(bench, before, embedded)


def test_a_copy_is_not_taken_for_its_original_whose_folder_is_removed_just_then(
    bench: Bench, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tags(bench)
    root = bench.library.roots.all()[0]
    other = tmp_path / "other"
    paint(other / "kept.png", "white", 50)
    bench.add(other)
    bench.index()
    shutil.copy2(photos / "trip" / "red.png", other)
    real = identify.fingerprint

    def removing(path: str) -> Fingerprint:
        bench.library.roots.remove(root.id)
        return real(path)

    with monkeypatch.context() as patch:
        patch.setattr(identify, "fingerprint", removing)
        bench.index()
    bench.add(photos)
    bench.index()
    paths = {asset.path: asset for asset in bench.library.assets.get(bench.library.assets.ids(ALL))}
    assert paths[str(photos / "trip" / "red.png")].id == before["red.png"][0]
    assert paths[str(other / "red.png")].tags == ()
