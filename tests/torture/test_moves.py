"""Thousands of files renamed and moved to another root: nothing embedded again, every tag kept.

Some hundreds; `--dose 33` is 10,000. What happened is printed (`-s`).
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assetman.core.progress import Counts
from assetman.core.queries import Filters
from kit.bench import Bench
from kit.pictures import paint

FILES = 300
TAGS = ("holiday", "work", "family", "to print", "blue hour")

pytestmark = pytest.mark.timeout(1200)
Given = dict[int, tuple[str, int, tuple[str, ...]]]  # asset: bytes, rating, tags


@pytest.fixture
def library(tmp_path: Path, dose: float) -> Iterator[Bench]:
    """A root of many folders, every file of it tagged and rated; a tenth are copies."""
    bench = Bench(tmp_path / "library")
    number = max(100, round(FILES * dose))
    for index in range(number):
        folder = tmp_path / "photos" / f"year {index // 1000}" / f"event {index // 50 % 20}"
        path = folder / f"IMG_{index:05}.png"
        if index % 10 == 9:
            shutil.copy(path.with_name(f"IMG_{index - 1:05}.png"), path)
        else:
            paint(path, "red", index, (12, 12))
    for root in ("photos", "archive"):  # one that is empty could be a drive that is away
        paint(tmp_path / root / "stays.png", "white", number)
        bench.add(tmp_path / root)
    assert bench.index().embedded == number - number // 10 + 1
    ids = bench.library.assets.ids(Filters())
    for index, tag in enumerate(TAGS):
        bench.library.tags.tag(ids[index :: len(TAGS)], [tag])
    for rating in range(1, 6):
        bench.library.tags.rate(ids[rating - 1 :: 5], rating)
    yield bench
    bench.close()


def given(bench: Bench) -> Given:
    """Say what every asset that is there bears, and which bytes it has."""
    assets = bench.library.assets.get(bench.library.assets.ids(Filters()))
    return {asset.id: (asset.fingerprint, asset.rating, asset.tags) for asset in assets}


def places(bench: Bench) -> dict[int, str]:
    assets = bench.library.assets.get(bench.library.assets.ids(Filters()))
    return {asset.id: asset.path for asset in assets}


def folders(root: Path) -> list[Path]:
    return sorted(each for each in root.iterdir() if each.is_dir())


def carry(bench: Bench, what: str, do: Callable[[], int | None]) -> Counts:
    """Do something to all files, and see that all of it was followed."""
    before, embedded = given(bench), bench.encoder.embedded
    expected = do()
    started = time.perf_counter()
    counts = bench.index()
    seconds = time.perf_counter() - started
    after = given(bench)
    kept = sum(after.get(asset) == borne for asset, borne in before.items())
    again = bench.encoder.embedded - embedded
    print(
        f"{what}: {counts.moved} moved in {seconds:.1f} s, "
        f"{again} embedded again, {kept} of {len(before)} kept what they bore"
    )
    assert (again, counts.embedded, counts.added, counts.missing) == (0, 0, 0, 0)
    assert expected is None or counts.moved == expected
    assert after == before
    for asset in bench.library.assets.get(list(after)):
        assert bench.thumbnails.has(asset.fingerprint)
    return counts


def test_files_renamed_moved_and_re_rooted_are_not_embedded_again_and_keep_every_tag(
    library: Bench, tmp_path: Path
) -> None:
    photos, archive = tmp_path / "photos", tmp_path / "archive"

    def rename_each() -> int:
        files = sorted(photos.glob("*/*/*.png"))
        for index, path in enumerate(files):
            path.rename(path.with_name(f"{index:05} by the sea.png"))
        return len(files)

    def rename_folders() -> int:
        for year in folders(photos):
            year.rename(year.with_name(f"{year.name} renamed"))
        return len(list(photos.glob("*/*/*.png")))

    def move_to_another_root() -> int:
        number = len(list(photos.glob("*/*/*.png")))
        for year in folders(photos):
            shutil.move(year, archive / year.name)
        return number

    def copy_to_another_disk() -> int:
        """As between drives: other inodes, and all originals gone."""
        years = folders(archive)
        number = sum(len(list(year.rglob("*.png"))) for year in years)
        for year in years:
            shutil.copytree(year, photos / year.name)
        for year in years:
            shutil.rmtree(year)
        return number

    def relocate() -> None:
        root = next(r for r in library.library.roots.all() if r.path == str(photos))
        photos.rename(tmp_path / "elsewhere")
        library.library.roots.relocate(root.id, str(tmp_path / "elsewhere"))

    carry(library, "every file renamed", rename_each)
    carry(library, "every folder renamed", rename_folders)
    carry(library, "all moved to another root", move_to_another_root)
    carry(library, "all copied back from there and deleted", copy_to_another_disk)
    ids = places(library)
    counts = carry(library, "the root moved and relocated", relocate)
    assert counts.moved == counts.changed == 0
    after = places(library)
    assert {i: p.replace(str(photos), str(tmp_path / "elsewhere")) for i, p in ids.items()} == after
    assert library.library.check() == []
