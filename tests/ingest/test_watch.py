"""Watching with the system's own watcher, on real folders: the library follows by itself."""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
import time
from pathlib import Path

import pytest

from assetman.core.assets import Asset, Root
from assetman.core.watching import WatchMode
from assetman.ingest.ignore import IgnoreRules
from assetman.ingest.places import Place
from kit.bench import Bench
from kit.living import PATIENCE, QUICK, Living
from kit.pictures import paint


@pytest.fixture
def photos(photos: Path) -> Path:
    paint(photos / "kept.png", "white")
    return photos


def begin(living: Living, *folders: Path) -> list[Root]:
    roots = [living.bench.add(folder) for folder in folders]
    living.start()
    assert {state.mode for state in living.watcher.states()} == {WatchMode.SYSTEM}
    return roots


def test_files_that_come_change_move_and_go_are_followed(living: Living, photos: Path) -> None:
    begin(living, photos)
    assert living.paths() == {"photos/kept.png"}
    path = paint(photos / "red.png", "red")
    living.until_paths("photos/kept.png", "photos/red.png")
    asset = living.bench.assets()["red.png"]
    paint(path, "blue", seed=1)
    living.until(lambda: living.bench.assets()["red.png"].fingerprint != asset.fingerprint)
    path.rename(photos / "blue.png")
    living.until_paths("photos/kept.png", "photos/blue.png")
    assert living.bench.assets()["blue.png"].id == asset.id
    (photos / "blue.png").unlink()
    living.until_paths("photos/kept.png")


def test_folders_that_come_move_and_go_are_followed(
    living: Living, photos: Path, tmp_path: Path
) -> None:
    begin(living, photos)
    for folder in ("a", "a/b", "a/b/c"):
        paint(tmp_path / "outside" / folder / "one.png", "red", len(folder))
    (tmp_path / "outside" / "a").rename(photos / "a")
    inside = ["a/one.png", "a/b/one.png", "a/b/c/one.png"]
    living.until_paths("photos/kept.png", *(f"photos/{path}" for path in inside))
    embedded = living.bench.encoder.embedded
    (photos / "a").rename(photos / "z")
    moved = [path.replace("a/", "z/", 1) for path in inside]
    living.until_paths("photos/kept.png", *(f"photos/{path}" for path in moved))
    assert living.bench.encoder.embedded == embedded
    # What moved is watched where it lies now.
    paint(photos / "z" / "b" / "two.png", "green")
    living.until(lambda: "photos/z/b/two.png" in living.paths())
    (photos / "z" / "b").rename(tmp_path / "elsewhere")
    living.until_paths("photos/kept.png", "photos/z/one.png")
    # What left is not watched any more.
    before = len(living.surveys)
    paint(tmp_path / "elsewhere" / "three.png", "blue")
    shutil.rmtree(photos / "z")
    living.until_paths("photos/kept.png")
    assert all(place.folder in ("", "z") for places in living.surveys[before:] for place in places)


def test_a_file_in_a_folder_made_a_moment_before_is_not_missed(
    living: Living, photos: Path
) -> None:
    begin(living, photos)
    for number in range(30):
        paint(photos / f"{number}" / "deep" / "er" / "one.png", "red", number)
    living.until(lambda: len(living.paths()) == 31)


@pytest.mark.parametrize("between_roots", [False, True])
def test_a_tree_moved_within_or_between_roots_keeps_its_assets_and_is_not_embedded_again(
    living: Living, photos: Path, tmp_path: Path, between_roots: bool
) -> None:
    archive = tmp_path / "archive"
    paint(archive / "old.png", "black")
    for number in range(12):
        paint(photos / "trip" / f"day {number % 3}" / f"{number}.png", "red", number)
    begin(living, photos, archive)
    before = {name: asset.id for name, asset in living.bench.assets().items()}
    embedded = living.bench.encoder.embedded
    target = (archive if between_roots else photos) / "travels"
    (photos / "trip").rename(target)
    living.until(lambda: sum("travels" in path for path in living.paths()) == 12)
    living.rest()
    after = living.bench.assets()
    assert {name: asset.id for name, asset in after.items()} == before
    assert living.bench.encoder.embedded == embedded
    assert living.bench.library.assets.counts().missing == 0


def test_a_copy_of_many_files_settles_with_few_surveys(
    living: Living, photos: Path, tmp_path: Path
) -> None:
    begin(living, photos)
    for number in range(300):
        paint(tmp_path / "card" / f"{number % 10}" / f"{number}.png", "red", number)
    before = len(living.surveys)
    began = time.monotonic()
    shutil.copytree(tmp_path / "card", photos / "card")
    lasted = time.monotonic() - began
    living.until(lambda: len(living.paths()) == 301)
    living.rest()
    assert len(living.surveys) - before <= 2 + lasted / QUICK.longest


def test_a_change_of_many_files_that_is_taken_back_settles(living: Living, photos: Path) -> None:
    """As switching between two branches of a repository and back does."""
    for number in range(20):
        paint(photos / "tree" / f"{number}.png", "red", number)
    begin(living, photos)
    assets = {name: asset.id for name, asset in living.bench.assets().items()}
    prints = {asset.fingerprint for asset in living.bench.assets().values()}
    whole = {path: path.read_bytes() for path in (photos / "tree").iterdir()}
    for _ in range(3):
        for number, path in enumerate(whole):
            path.unlink()
            paint(path.with_name(f"new {number}.png"), "blue", number)
        for path in list((photos / "tree").iterdir()):
            path.unlink()
        for path, content in whole.items():
            path.write_bytes(content)
    living.until(lambda: {each.fingerprint for each in living.bench.assets().values()} == prints)
    living.rest()
    assert {name: asset.id for name, asset in living.bench.assets().items()} == assets


def test_an_editors_write_and_rename_is_one_change_of_the_same_asset(
    living: Living, photos: Path
) -> None:
    path = paint(photos / "red.png", "red")
    begin(living, photos)
    before = living.bench.assets()["red.png"]
    draft = paint(photos / ".red.png.draft.png", "blue", seed=3)
    draft.rename(path)

    def now() -> Asset:
        return living.bench.assets()["red.png"]

    living.until(lambda: now().fingerprint != before.fingerprint)
    living.rest()
    assert now().id == before.id
    assert living.paths() == {"photos/kept.png", "photos/red.png"}
    assert living.bench.library.assets.counts().missing == 0


def test_a_file_still_being_written_is_left_until_it_is_closed(
    living: Living, photos: Path, tmp_path: Path
) -> None:
    begin(living, photos)
    whole = paint(tmp_path / "whole.png", "red", size=(300, 200)).read_bytes()
    step = len(whole) // 6
    with (photos / "slow.png").open("wb", buffering=0) as file:
        for start in range(0, len(whole), step):
            file.write(whole[start : start + step])
            paint(photos / "beside" / f"{start}.png", "blue", start)
            living.until(lambda start=start: f"photos/beside/{start}.png" in living.paths())
            assert "photos/slow.png" not in living.paths()
    living.until(lambda: "photos/slow.png" in living.paths())
    living.rest()
    assert living.bench.library.failures.all() == []


def test_a_file_that_nobody_closes_is_met_when_it_has_been_quiet(
    living: Living, photos: Path, tmp_path: Path
) -> None:
    begin(living, photos)
    whole = paint(tmp_path / "whole.png", "red").read_bytes()
    with (photos / "open.png").open("wb", buffering=0) as file:
        file.write(whole)
        living.until(lambda: "photos/open.png" in living.paths())
    os.link(tmp_path / "whole.png", photos / "linked.png")  # comes without being closed
    living.until(lambda: "photos/linked.png" in living.paths())


def test_what_is_passed_over_wakes_nobody(bench: Bench, photos: Path) -> None:
    own = photos / "my library"
    living = Living(bench, IgnoreRules(["*.skip.png", "drafts/"], [str(own)]))
    (own / "thumbnails").mkdir(parents=True)
    (photos / "drafts").mkdir()
    with contextlib.closing(living):
        begin(living, photos)
        before = len(living.surveys)
        paint(own / "thumbnails" / "ab" / "one.png", "red")
        paint(photos / "drafts" / "one.png", "red")
        paint(photos / ".hidden" / "one.png", "red")
        paint(photos / ".hidden.png", "red")
        paint(photos / "My.photoslibrary" / "one.png", "red")
        paint(photos / "a.skip.png", "red")
        (photos / "notes.txt").write_text("not ours")
        (photos / "kept.png").read_bytes()
        list(os.scandir(photos))
        # One that counts comes last: when it is there, the others would be too.
        paint(photos / "seen.png", "red")
        living.until_paths("photos/kept.png", "photos/seen.png")
        assert len(living.surveys) == before + 1
        assert living.surveys[-1] == [Place(1, "", deep=False)]


def test_looking_through_a_root_and_indexing_it_causes_no_further_survey(
    living: Living, photos: Path
) -> None:
    for number in range(20):
        paint(photos / f"{number}.png", "red", number)
    begin(living, photos)
    before = len(living.surveys)
    assert living.pipeline.wait(living.pipeline.start(), PATIENCE)
    quiet = threading.Event()
    assert not quiet.wait(4 * QUICK.quiet)  # time in which an event of our own would show
    assert len(living.surveys) == before


def test_the_persons_own_ignore_file_counts_when_it_is_written(
    living: Living, photos: Path
) -> None:
    paint(photos / "private" / "one.png", "red")
    begin(living, photos)
    assert len(living.paths()) == 2
    (photos / ".assetmanignore").write_text("private/\n")
    living.until_paths("photos/kept.png")
    (photos / ".assetmanignore").unlink()
    living.until_paths("photos/kept.png", "photos/private/one.png")


def test_folders_behind_links_are_not_followed(
    living: Living, photos: Path, tmp_path: Path
) -> None:
    paint(tmp_path / "outside" / "one.png", "red")
    (photos / "link").symlink_to(tmp_path / "outside")
    begin(living, photos)
    (photos / "later").symlink_to(tmp_path / "outside")
    paint(tmp_path / "outside" / "two.png", "blue")
    paint(photos / "seen.png", "green")
    living.until_paths("photos/kept.png", "photos/seen.png")


def test_names_that_are_no_text_are_followed(living: Living, photos: Path) -> None:
    begin(living, photos)
    folder = Path(os.fsdecode(os.fsencode(photos) + b"/\xff\xfe folder"))
    paint(folder / os.fsdecode(b"\x80.png"), "red")
    living.until(lambda: len(living.paths()) == 2)
    folder.rename(Path(os.fsdecode(os.fsencode(photos) + b"/\xfd")))
    living.until(lambda: any("\udcfd" in path for path in living.paths()))
    living.rest()
    assert living.bench.library.assets.counts().missing == 0


def test_an_overflow_of_the_systems_queue_has_the_root_looked_through(
    living: Living, photos: Path
) -> None:
    (root,) = begin(living, photos)
    before = len(living.surveys)
    paint(photos / "new" / "red.png", "red")
    living.until_paths("photos/kept.png", "photos/new/red.png")
    tree = living.watcher._system._trees[root.id]  # type: ignore[union-attr]
    tree.on_queue_overflow()
    living.until(lambda: [Place(root.id)] in living.surveys[before:])
    paint(photos / "new" / "blue.png", "blue")
    living.until(lambda: "photos/new/blue.png" in living.paths())


def test_roots_that_are_added_removed_and_relocated_are_followed(
    living: Living, photos: Path, tmp_path: Path
) -> None:
    (root,) = begin(living, photos)
    other = paint(tmp_path / "other" / "one.png", "red").parent
    added = living.bench.add(other)
    living.watcher.roots_changed()
    living.until_paths("photos/kept.png", "other/one.png")
    assert {state.root_id for state in living.watcher.states()} == {root.id, added.id}
    living.bench.library.roots.remove(added.id)
    living.watcher.roots_changed()
    living.until(lambda: {state.root_id for state in living.watcher.states()} == {root.id})
    before = len(living.surveys)
    paint(other / "two.png", "blue")
    paint(photos / "seen.png", "green")
    living.until(lambda: "photos/seen.png" in living.paths())
    assert {p.root_id for places in living.surveys[before:] for p in places} == {root.id}


def test_changes_made_while_nobody_watched_are_found_at_the_start(
    bench: Bench, photos: Path
) -> None:
    bench.add(photos)
    bench.index()
    paint(photos / "red.png", "red")
    living = Living(bench)
    with contextlib.closing(living):
        living.start()
        assert living.paths() == {"photos/kept.png", "photos/red.png"}


def watching_handles() -> int:
    """Count the handles that are neither files nor ours from before: queues and pipes."""
    found = 0
    for number in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            found += os.readlink(f"/proc/self/fd/{number}").startswith(("anon_inode", "pipe"))
    return found


def test_closing_leaves_no_thread_and_no_handle(bench: Bench, photos: Path) -> None:
    bench.add(photos)
    before = watching_handles()
    living = Living(bench)
    living.start()
    living.watcher.close()
    assert not [thread.name for thread in threading.enumerate() if "watch" in thread.name]
    living.pipeline.close()
    assert watching_handles() == before
