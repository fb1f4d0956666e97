"""Refreshing some folders of a root instead of looking through all of it."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assetman.core.progress import Counts
from assetman.ingest import scan
from assetman.ingest.pipeline import Pipeline
from assetman.ingest.places import Place, joined
from assetman.media.handler import Extraction
from kit.bench import Bench, InlineDecoder
from kit.living import PATIENCE
from kit.pictures import paint


def refresh(bench: Bench, *places: Place) -> Counts:
    *_, last = Pipeline(bench.tools, bench.plan).run(list(places))
    return last.counts


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Keep which folders are looked through, by their names."""
    names: list[str] = []
    real = os.scandir

    def scandir(path: str) -> Iterator[os.DirEntry[str]]:
        names.append(os.path.basename(path))
        return real(path)

    monkeypatch.setattr(scan.os, "scandir", scandir)
    return names


def test_only_the_folder_asked_for_is_looked_through(
    bench: Bench, photos: Path, looked: list[str]
) -> None:
    for folder in ("a", "a/inner", "b"):
        paint(photos / folder / "one.png", "red", len(folder))
    root = bench.add(photos)
    bench.index()
    paint(photos / "a" / "two.png", "blue")
    paint(photos / "a" / "inner" / "unseen.png", "green")
    looked.clear()
    counts = refresh(bench, Place(root.id, "a", deep=False))
    assert (counts.added, counts.unchanged, counts.missing) == (1, 1, 0)
    assert looked.count("a") == 1
    assert not {"inner", "b"} & set(looked)


def test_a_new_folder_in_it_is_looked_through_at_any_depth(bench: Bench, photos: Path) -> None:
    paint(photos / "a" / "one.png", "red")
    root = bench.add(photos)
    bench.index()
    paint(photos / "a" / "new" / "deep" / "two.png", "blue")
    counts = refresh(bench, Place(root.id, "a", deep=False))
    assert (counts.added, counts.unchanged) == (1, 1)


def test_a_folder_that_is_gone_from_it_takes_along_what_was_below(
    bench: Bench, photos: Path
) -> None:
    paint(photos / "kept.png", "red")
    for folder in ("trip", "trip/day", "trip day"):
        paint(photos / folder / "one.png", "blue", len(folder))
    root = bench.add(photos)
    bench.index()
    shutil.rmtree(photos / "trip")
    assert refresh(bench, Place(root.id, "", deep=False)).missing == 2
    assert {asset.path for asset in bench.assets().values()} == {
        str(photos / "kept.png"),
        str(photos / "trip day" / "one.png"),
    }


def test_a_place_that_is_gone_is_its_parents_business(bench: Bench, photos: Path) -> None:
    paint(photos / "kept.png", "red")
    paint(photos / "a" / "b" / "one.png", "blue")
    root = bench.add(photos)
    bench.index()
    shutil.rmtree(photos / "a")
    assert refresh(bench, Place(root.id, "a/b", deep=True)).missing == 1


def test_a_folder_that_became_a_link_holds_nothing(
    bench: Bench, photos: Path, tmp_path: Path
) -> None:
    paint(photos / "kept.png", "red")
    paint(photos / "a" / "one.png", "blue")
    root = bench.add(photos)
    bench.index()
    (photos / "a").rename(tmp_path / "outside")
    (photos / "a").symlink_to(tmp_path / "outside")
    counts = refresh(bench, Place(root.id, "a", deep=False))
    assert (counts.missing, counts.unchanged) == (1, 1)


def test_a_folder_that_is_passed_over_is_not_entered(bench: Bench, photos: Path) -> None:
    paint(photos / "kept.png", "red")
    paint(photos / ".cache" / "deep" / "one.png", "blue")
    root = bench.add(photos)
    bench.index()
    counts = refresh(bench, Place(root.id, ".cache/deep"))
    assert (counts.added, counts.unchanged) == (0, 1)


@pytest.mark.parametrize("to_other_root", [False, True])
def test_a_move_between_two_refreshed_folders_is_a_move(
    bench: Bench, photos: Path, tmp_path: Path, to_other_root: bool
) -> None:
    archive = tmp_path / "archive"
    paint(archive / "kept.png", "white")
    paint(photos / "kept.png", "red")
    for number in range(3):
        paint(photos / "trip" / "day" / f"{number}.png", "blue", number)
    root, other = bench.add(photos), bench.add(archive)
    bench.index()
    before = {name: asset.id for name, asset in bench.assets().items() if name != "kept.png"}
    target = (archive if to_other_root else photos) / "travels"
    (photos / "trip").rename(target)
    to = Place(other.id if to_other_root else root.id, "travels")
    counts = refresh(bench, to, Place(root.id, "", deep=False))
    assert (counts.moved, counts.added, counts.missing, counts.embedded) == (3, 0, 0, 0)
    after = {name: asset for name, asset in bench.assets().items() if name in before}
    assert {name: asset.id for name, asset in after.items()} == before
    assert all(asset.path.startswith(str(target)) for asset in after.values())


def test_a_file_that_comes_back_into_a_refreshed_folder_is_the_same_asset(
    bench: Bench, photos: Path
) -> None:
    paint(photos / "kept.png", "red")
    path = paint(photos / "a" / "one.png", "blue")
    root = bench.add(photos)
    bench.index()
    asset = bench.assets()["one.png"].id
    whole = path.read_bytes()
    path.unlink()
    place = Place(root.id, "a", deep=False)
    assert refresh(bench, place).missing == 1
    path.write_bytes(whole)
    assert refresh(bench, place).embedded == 0
    assert bench.assets()["one.png"].id == asset


def test_failures_outside_what_is_refreshed_stay(bench: Bench, photos: Path) -> None:
    for folder in ("a", "b"):
        (photos / folder).mkdir()
        (photos / folder / "bad.png").write_bytes(folder.encode())
    root = bench.add(photos)
    bench.index()
    for folder in ("a", "b"):
        (photos / folder / "bad.png").unlink()
    refresh(bench, Place(root.id, "a", deep=False))
    assert [failure.path for failure in bench.library.failures.all()] == [
        str(photos / "b" / "bad.png")
    ]


def test_names_that_are_no_text_are_refreshed(bench: Bench, photos: Path) -> None:
    folder = os.fsdecode(os.fsencode(photos) + b"/\xff\xfe")
    paint(Path(folder) / "one.png", "red")
    root = bench.add(photos)
    bench.index()
    paint(Path(folder) / "two.png", "blue")
    place = Place(root.id, os.path.basename(folder), deep=False)
    assert refresh(bench, place).added == 1
    assert bench.library.known.subfolders(root.id, "") == {os.path.basename(folder)}


def test_places_within_others_are_left_out() -> None:
    places = [
        Place(1, "a/b"),
        Place(1, "a", deep=True),
        Place(1, "a", deep=False),
        Place(1, "ab"),
        Place(2, "a/b", deep=False),
        Place(2, "a/b", deep=False),
    ]
    assert joined(places) == [Place(1, "a"), Place(1, "ab"), Place(2, "a/b", deep=False)]
    assert joined([Place(1, "x", deep=False), Place(1), Place(1)]) == [Place(1)]


def test_what_a_stopped_run_did_not_look_through_is_taken_up_by_the_next(
    bench: Bench, photos: Path
) -> None:
    for folder in ("a", "b"):
        paint(photos / folder / f"{folder}.png", "red", ord(folder))
    root = bench.add(photos)
    pipeline = Pipeline(bench.tools, bench.plan)
    with contextlib.closing(pipeline):
        pipeline.pause()
        first = pipeline.refresh([Place(root.id, "a")])
        pipeline.stop()
        assert pipeline.wait(first, PATIENCE)
        assert bench.assets() == {}
        assert pipeline.wait(pipeline.refresh([Place(root.id, "b")]), PATIENCE)
    assert set(bench.assets()) == {"a.png", "b.png"}


def test_failures_below_a_folder_that_is_gone_are_over(bench: Bench, photos: Path) -> None:
    paint(photos / "kept.png", "red")
    paint(photos / "a" / "deep" / "good.png", "red")
    (photos / "a" / "deep" / "bad.png").write_bytes(b"bad")
    (photos / "b").mkdir()
    (photos / "b" / "bad.png").write_bytes(b"bad too")
    root = bench.add(photos)
    bench.index()
    bench.library.failures.add(root.id, "c/never.png", "identify", "bad input", "Gone.", 1, 1)
    assert bench.library.failures.count() == 3
    shutil.rmtree(photos / "a")
    refresh(bench, Place(root.id, "", deep=False))
    assert [failure.path for failure in bench.library.failures.all()] == [
        str(photos / "b" / "bad.png")
    ]


def test_a_file_that_a_survey_found_gone_before_it_was_decoded_is_no_failure(
    bench: Bench, photos: Path
) -> None:
    path = paint(photos / "red.png", "red")
    paint(photos / "kept.png", "blue")
    root = bench.add(photos)

    class Late(InlineDecoder):
        """Has the file deleted, and that noticed, before it decodes."""

        def extract(self, *arguments: Any) -> Future[Extraction]:
            if path.exists() and arguments[0] == str(path):
                path.unlink()
                row = bench.library.assets.at(root.id, "red.png")
                assert row is not None
                bench.library.assets.mark_missing([row])
            return super().extract(*arguments)

    bench.tools = replace(bench.tools, decoder=Late())
    assert bench.index().failed == 0
    assert bench.library.failures.all() == []
