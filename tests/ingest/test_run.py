"""Whole runs in sequence, on real files, with a real catalogue."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from assetman.core.changes import Changes
from assetman.core.errors import Cancelled
from assetman.core.progress import CancelToken
from kit.bench import Bench
from kit.pictures import paint


def test_a_first_run_finds_embeds_and_stores_every_picture(bench: Bench, photos: Path) -> None:
    for number, colour in enumerate(("red", "green", "blue")):
        paint(photos / f"{colour}.png", colour, number)
    bench.add(photos)
    counts = bench.index()
    assert (counts.added, counts.embedded, counts.failed) == (3, 3, 0)
    assert bench.embeddings() == 3
    for asset in bench.assets().values():
        assert (asset.width, asset.height) == (64, 48)
        assert bench.thumbnails.has(asset.fingerprint)


def test_a_second_run_does_nothing_twice(bench: Bench, photos: Path) -> None:
    paint(photos / "red.png", "red")
    bench.add(photos)
    bench.index()
    counts = bench.index()
    assert (counts.unchanged, counts.added, counts.embedded) == (1, 0, 0)
    assert bench.encoder.embedded == 1


def test_a_renamed_file_is_moved_and_not_embedded_again(bench: Bench, photos: Path) -> None:
    before = paint(photos / "red.png", "red")
    bench.add(photos)
    bench.index()
    asset = bench.assets()["red.png"]
    before.rename(photos / "scarlet.png")
    counts = bench.index()
    assert (counts.moved, counts.added, counts.missing, counts.embedded) == (1, 0, 0, 0)
    assert bench.assets()["scarlet.png"].id == asset.id


def test_a_file_moved_to_another_root_stays_itself(
    bench: Bench, photos: Path, tmp_path: Path
) -> None:
    archive = tmp_path / "archive"
    paint(archive / "kept.png", "blue")
    moved = paint(photos / "red.png", "red")
    paint(photos / "green.png", "green")
    bench.add(photos)
    bench.add(archive)
    bench.index()
    asset = bench.assets()["red.png"]
    shutil.move(moved, archive / "red.png")
    counts = bench.index()
    assert (counts.moved, counts.embedded) == (1, 0)
    assert bench.assets()["red.png"].id == asset.id


def test_a_copy_is_an_asset_of_its_own_that_shares_the_embedding(
    bench: Bench, photos: Path
) -> None:
    original = paint(photos / "red.png", "red")
    bench.add(photos)
    bench.index()
    shutil.copy(original, photos / "copy.png")
    counts = bench.index()
    assert (counts.added, counts.embedded) == (1, 0)
    assert len(bench.assets()) == 2
    assert bench.embeddings() == 1


def test_an_edited_file_stays_the_same_asset_with_a_new_embedding(
    bench: Bench, photos: Path
) -> None:
    path = paint(photos / "picture.png", "red")
    bench.add(photos)
    bench.index()
    before = bench.assets()["picture.png"]
    paint(path, "blue", seed=1)
    counts = bench.index()
    after = bench.assets()["picture.png"]
    assert (counts.changed, counts.embedded) == (1, 1)
    assert after.id == before.id
    assert after.fingerprint != before.fingerprint
    assert bench.embeddings() == 1


def test_a_file_only_touched_is_not_embedded_again(bench: Bench, photos: Path) -> None:
    path = paint(photos / "red.png", "red")
    bench.add(photos)
    bench.index()
    os.utime(path, (1, 1))
    counts = bench.index()
    assert (counts.unchanged, counts.changed, counts.embedded) == (1, 0, 0)
    assert bench.index().unchanged == 1


def test_a_deleted_file_is_missing_and_comes_back_whole(bench: Bench, photos: Path) -> None:
    path = paint(photos / "red.png", "red")
    paint(photos / "blue.png", "blue")
    bench.add(photos)
    bench.index()
    asset = bench.assets()["red.png"]
    kept = path.read_bytes()
    path.unlink()
    assert bench.index().missing == 1
    assert "red.png" not in bench.assets()
    path.write_bytes(kept)
    counts = bench.index()
    assert counts.embedded == 0
    assert bench.assets()["red.png"].id == asset.id


def test_a_root_that_is_away_is_offline_and_loses_nothing(bench: Bench, photos: Path) -> None:
    paint(photos / "red.png", "red")
    bench.add(photos)
    bench.index()
    photos.rename(photos.with_name("elsewhere"))
    assert bench.index().missing == 0
    assert bench.assets()["red.png"].state == "offline"
    photos.with_name("elsewhere").rename(photos)
    counts = bench.index()
    assert (counts.unchanged, counts.embedded) == (1, 0)
    assert bench.assets()["red.png"].state == "present"


def test_an_empty_mount_point_is_a_drive_that_is_away(bench: Bench, photos: Path) -> None:
    paint(photos / "red.png", "red")
    bench.add(photos)
    bench.index()
    photos.rename(photos.with_name("drive"))
    photos.mkdir()
    assert bench.index().missing == 0
    assert bench.assets()["red.png"].state == "offline"


def test_a_root_that_was_really_emptied_is_not_away(bench: Bench, photos: Path) -> None:
    path = paint(photos / "red.png", "red")
    root = bench.add(photos)
    bench.index()
    path.unlink()
    assert bench.index().missing == 1
    assert bench.library.roots.get(root.id).online


def test_files_that_cannot_be_read_are_failures_and_the_rest_goes_on(
    bench: Bench, photos: Path
) -> None:
    paint(photos / "good.png", "green")
    (photos / "empty.png").write_bytes(b"")
    (photos / "text.jpg").write_text("this is no picture")
    whole = paint(photos / "cut.png", "red", size=(400, 300)).read_bytes()
    (photos / "cut.png").write_bytes(whole[: len(whole) // 2])
    bench.add(photos)
    counts = bench.index()
    assert (counts.added, counts.embedded, counts.failed) == (4, 1, 3)
    failed = {os.path.basename(row.path): row for row in bench.library.failures.all()}
    assert set(failed) == {"empty.png", "text.jpg", "cut.png"}
    assert all(row.stage == "extract" and row.message for row in failed.values())


def test_a_failed_file_is_tried_again_when_it_changes_and_not_before(
    bench: Bench, photos: Path
) -> None:
    (photos / "red.png").write_bytes(b"not yet")
    bench.add(photos)
    assert bench.index().failed == 1
    assert bench.index().failed == 0
    paint(photos / "red.png", "red")
    counts = bench.index()
    assert (counts.changed, counts.embedded, counts.failed) == (1, 1, 0)
    assert bench.library.failures.count() == 0


def test_a_failed_file_that_is_gone_is_no_failure_any_more(bench: Bench, photos: Path) -> None:
    paint(photos / "good.png", "green")
    (photos / "bad.png").write_bytes(b"bad")
    bench.add(photos)
    bench.index()
    (photos / "bad.png").unlink()
    bench.index()
    assert bench.library.failures.count() == 0


def test_a_run_that_is_called_off_keeps_what_it_stored(bench: Bench, photos: Path) -> None:
    for number in range(40):
        paint(photos / f"{number}.png", "red", number)
    bench.add(photos)
    cancel = CancelToken()
    stop_after = bench.changes.append

    def publish(changes: object) -> None:
        stop_after(changes)  # type: ignore[arg-type]
        if bench.embeddings():
            cancel.cancel()

    object.__setattr__(bench.tools, "publish", publish)
    with pytest.raises(Cancelled):
        bench.index(cancel)
    kept = bench.embeddings()
    assert 0 < kept < 40
    counts = bench.index()
    assert counts.embedded == 40 - kept


def test_another_space_is_filled_without_touching_the_first(bench: Bench, photos: Path) -> None:
    for number in range(5):
        paint(photos / f"{number}.png", "red", number)
    bench.add(photos)
    bench.index()
    second, _ = bench.library.spaces.ensure(bench.encoder.space("other"))
    bench.library.spaces.choose(second.id)
    bench.target = type(bench.target)(second.id, "other", bench.encoder.spec)
    counts = bench.index()
    assert counts.embedded == 5
    assert bench.library.embeddings.count(second.id) == 5
    assert bench.embeddings() == 5


def test_a_file_written_to_after_it_was_surveyed_is_no_failure_and_is_met_by_the_next_run(
    bench: Bench, photos: Path
) -> None:
    path = paint(photos / "red.png", "red")
    bench.add(photos)
    told = bench.changes.append

    def publish(changes: Changes) -> None:
        told(changes)
        if changes.assets_added:  # surveyed, not yet decoded
            paint(path, "blue", seed=1)

    object.__setattr__(bench.tools, "publish", publish)
    counts = bench.index()
    assert (counts.embedded, counts.failed) == (0, 0)
    counts = bench.index()
    assert (counts.changed, counts.embedded, counts.failed) == (1, 1, 0)


def test_a_senseless_ignore_file_holds_up_its_own_root_alone(
    bench: Bench, photos: Path, tmp_path: Path
) -> None:
    paint(photos / "red.png", "red")
    (photos / ".assetmanignore").write_text("!\n")
    paint(tmp_path / "others" / "blue.png", "blue")
    bench.add(photos)
    bench.add(tmp_path / "others")
    counts = bench.index()
    assert (counts.added, counts.failed) == (1, 1)
    failure = bench.library.failures.all()[0]
    assert ".assetmanignore" in failure.message
    (photos / ".assetmanignore").unlink()
    assert bench.index().added == 1
    assert bench.library.failures.count() == 0
