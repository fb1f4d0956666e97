"""How long what is gone is kept, and what goes in the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from assetman.core.queries import Filters
from assetman.ingest import keeping
from assetman.ingest.keeping import forget_expired
from kit.bench import Bench
from kit.pictures import paint

DAY = 86400.0
MISSING = Filters(missing=True)


@pytest.fixture
def photos(bench: Bench, photos: Path) -> Path:
    """A root of two pictures that are there and one that has just gone."""
    for number, name in enumerate(("gone", "one", "two")):
        paint(photos / f"{name}.png", "red", number)
    bench.add(photos)
    bench.index()
    bench.library.tags.tag(bench.library.assets.ids(Filters()), ["holiday"])
    (photos / "gone.png").unlink()
    assert bench.index().missing == 1
    return photos


def lost(bench: Bench) -> list[str]:
    found = bench.library.assets.get(bench.library.assets.ids(MISSING))
    return [asset.name for asset in found]


def since(bench: Bench) -> float:
    (asset,) = bench.library.assets.get(bench.library.assets.ids(MISSING))
    assert asset.missing_since is not None
    return asset.missing_since


def tidy(bench: Bench, now: float, days: float = 30.0) -> None:
    forget_expired(bench.library, bench.thumbnails, days, now)


@pytest.mark.usefixtures("photos")
def test_a_missing_file_is_kept_for_its_days_and_then_forgotten_with_its_thumbnail(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assetman.media.thumbnails._HALF_WRITTEN", -1.0)
    (asset,) = bench.library.assets.get(bench.library.assets.ids(MISSING))
    gone = since(bench)
    tidy(bench, gone + 29 * DAY)
    assert lost(bench) == ["gone.png"]
    assert bench.thumbnails.has(asset.fingerprint)
    tidy(bench, gone + 31 * DAY)
    assert lost(bench) == []
    assert not bench.thumbnails.has(asset.fingerprint)
    assert bench.embeddings() == 2
    assert all(bench.thumbnails.has(each.fingerprint) for each in bench.assets().values())


@pytest.mark.parametrize("days", [3, 29])
def test_a_missing_file_that_turns_up_elsewhere_after_days_comes_back_whole(
    bench: Bench, photos: Path, days: int
) -> None:
    asset = bench.library.assets.ids(MISSING)
    tidy(bench, since(bench) + days * DAY)
    paint(photos / "found again" / "other name.png", "red", 0)
    counts = bench.index()
    assert (counts.moved, counts.embedded, lost(bench)) == (1, 0, [])
    back = bench.assets()["other name.png"]
    assert ([back.id], back.tags) == (asset, ("holiday",))


def test_no_time_passes_for_what_is_missing_while_its_root_is_away(
    bench: Bench, photos: Path
) -> None:
    gone = since(bench)
    tidy(bench, gone + 10 * DAY)
    photos.rename(photos.with_name("away"))
    bench.index()
    tidy(bench, gone + 11 * DAY)
    tidy(bench, gone + 100 * DAY)
    photos.with_name("away").rename(photos)
    bench.index()
    tidy(bench, gone + 101 * DAY)
    assert lost(bench) == ["gone.png"]
    tidy(bench, gone + 140 * DAY)
    assert lost(bench) == []


def test_a_removed_root_is_kept_as_long_and_then_goes_with_all_it_had(
    bench: Bench, photos: Path
) -> None:
    (root,) = bench.library.roots.all()
    gone = since(bench)
    bench.library.roots.remove(root.id)
    tidy(bench, gone + 29 * DAY)
    bench.add(photos)
    assert {asset.tags for asset in bench.assets().values()} == {("holiday",)}
    bench.library.roots.remove(bench.library.roots.all()[0].id)
    tidy(bench, gone + 31 * DAY)
    assert bench.embeddings() == 0
    assert bench.library.contents.keys() == set()


def test_one_lost_thumbnail_of_a_large_library_is_made_again_within_a_day(
    bench: Bench, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "_FEW", 1)
    monkeypatch.setattr(keeping, "_SAMPLE", 1)
    bench.index()
    asset = bench.assets()["one.png"]
    bench.thumbnails.path_of(asset.fingerprint).unlink()
    library, looked = bench.library, float(bench.library.recall("thumbnails looked for") or 0)
    keeping.renew_thumbnails(library, bench.thumbnails, looked + DAY + 1)
    bench.index()
    assert bench.thumbnails.has(asset.fingerprint)
