"""Roots that come and go while they are watched, and roots that the system does not watch."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from watchdog.observers import inotify_c

from assetman.core.watching import WatchMode
from assetman.ingest import drives
from assetman.ingest.drives import spoken
from assetman.ingest.lookout import Rhythm
from assetman.ingest.observed import ObservedRoots
from assetman.ingest.places import Place
from kit.bench import Bench
from kit.living import OFTEN, Living
from kit.pictures import paint


@pytest.fixture
def photos(photos: Path) -> Path:
    for number in range(3):
        paint(photos / "trip" / f"{number}.png", "red", number)
    return photos


@pytest.fixture
def bind() -> Iterator[Callable[[Path, Path], None]]:
    """Mount one folder at another, if we may."""
    mounted: list[Path] = []

    def mount(source: Path, place: Path) -> None:
        place.mkdir(exist_ok=True)
        done = subprocess.run(["mount", "--bind", str(source), str(place)], capture_output=True)
        if done.returncode:
            pytest.skip("mounting is not allowed here")
        mounted.append(place)

    if shutil.which("mount") is None:
        pytest.skip("there is no mount")
    yield mount
    for place in reversed(mounted):
        subprocess.run(["umount", "--lazy", str(place)], capture_output=True)


def offline(living: Living) -> bool:
    return not any(root.online for root in living.bench.library.roots.all())


# -- coming and going


def test_a_root_that_leaves_is_offline_at_once_and_followed_again_when_it_is_back(
    living: Living, photos: Path
) -> None:
    living.bench.add(photos)
    living.start()
    assets = {name: asset.id for name, asset in living.bench.assets().items()}
    away = photos.with_name("away")
    photos.rename(away)
    living.until(lambda: offline(living))
    assert living.state().mode is WatchMode.AWAY
    assert "not connected" in living.state().reason
    assert {asset.state for asset in living.bench.assets().values()} == {"offline"}
    paint(away / "later.png", "blue")
    away.rename(photos)
    living.until(lambda: "later.png" in living.bench.assets())
    living.rest()
    assert living.state().mode is WatchMode.SYSTEM
    after = living.bench.assets()
    assert {name: after[name].id for name in assets} == assets
    paint(photos / "trip" / "last.png", "green")
    living.until(lambda: "last.png" in living.bench.assets())


def test_a_drive_that_is_unmounted_and_mounted_again_loses_nothing(
    living: Living, photos: Path, tmp_path: Path, bind: Callable[[Path, Path], None]
) -> None:
    place = tmp_path / "drive"
    bind(photos, place)
    living.bench.add(place)
    living.start()
    assets = {name: asset.id for name, asset in living.bench.assets().items()}
    subprocess.run(["umount", "--lazy", str(place)], check=True)
    living.until(lambda: offline(living))
    assert "drive is not connected" in living.state().reason
    assert living.bench.library.assets.counts().missing == 0
    bind(photos, place)
    living.until_mode(WatchMode.SYSTEM)
    living.until(lambda: not offline(living))
    living.rest()
    assert {name: asset.id for name, asset in living.bench.assets().items()} == assets
    paint(place / "new.png", "blue")
    living.until(lambda: "new.png" in living.bench.assets())


def test_a_disk_mounted_inside_a_root_is_followed_like_the_rest(
    living: Living, photos: Path, tmp_path: Path, bind: Callable[[Path, Path], None]
) -> None:
    card = paint(tmp_path / "card" / "one.png", "blue").parent
    (photos / "card").mkdir()
    living.bench.add(photos)
    living.start()
    bind(card, photos / "card")
    living.until(lambda: "one.png" in living.bench.assets())
    paint(photos / "card" / "two.png", "green")
    living.until(lambda: "two.png" in living.bench.assets())


def test_a_root_deleted_and_made_anew_is_followed(living: Living, photos: Path) -> None:
    living.bench.add(photos)
    living.start()
    shutil.rmtree(photos)
    living.until(lambda: offline(living))
    paint(photos / "trip" / "new.png", "blue")
    living.until(lambda: set(living.bench.assets()) == {"new.png"})
    paint(photos / "trip" / "newer.png", "green")
    living.until(lambda: set(living.bench.assets()) == {"new.png", "newer.png"})


def test_a_root_swapped_for_another_folder_is_looked_through(
    living: Living, photos: Path, tmp_path: Path
) -> None:
    living.bench.add(photos)
    living.start()
    other = paint(tmp_path / "other" / "one.png", "blue").parent
    photos.rename(tmp_path / "old")
    other.rename(photos)
    living.until(lambda: set(living.bench.assets()) == {"one.png"})
    paint(photos / "two.png", "green")
    living.until(lambda: set(living.bench.assets()) == {"one.png", "two.png"})


def test_a_root_that_is_emptied_by_moving_all_of_it_is_not_offline(
    living: Living, photos: Path, tmp_path: Path
) -> None:
    archive = paint(tmp_path / "archive" / "kept.png", "black").parent
    living.bench.add(photos)
    living.bench.add(archive)
    living.start()
    assets = {name: asset.id for name, asset in living.bench.assets().items()}
    (photos / "trip").rename(archive / "trip")
    living.until(lambda: sum("archive/trip" in path for path in living.paths()) == 3)
    living.rest()
    assert {name: asset.id for name, asset in living.bench.assets().items()} == assets
    assert all(root.online for root in living.bench.library.roots.all())


def test_a_root_that_is_away_from_the_start_is_found_when_it_comes(
    bench: Bench, photos: Path
) -> None:
    bench.add(photos)
    bench.index()
    away = photos.with_name("away")
    photos.rename(away)
    living = Living(bench)
    with contextlib.closing(living):
        living.start()
        living.until(lambda: offline(living))
        away.rename(photos)
        living.until(lambda: not offline(living))
        living.until_mode(WatchMode.SYSTEM)


# -- where the system does not tell


@pytest.fixture
def shared(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the folder lie on a network drive."""
    mount = SimpleNamespace(mountpoint=str(photos), fstype="nfs4", opts="rw")
    monkeypatch.setattr(drives.psutil, "disk_partitions", lambda **every: [mount])


@pytest.mark.usefixtures("shared")
def test_a_network_drive_is_looked_through_and_says_so(living: Living, photos: Path) -> None:
    living.bench.add(photos)
    living.start()
    state = living.state()
    assert state.mode is WatchMode.POLLING
    assert state.interval == OFTEN.polling
    assert state.reason == (
        "This folder lies on a network drive, so it is looked through every 1 seconds."
    )
    asset = living.bench.assets()["0.png"]
    embedded = living.bench.encoder.embedded
    (photos / "trip").rename(photos / "travels")
    living.until(lambda: all("travels" in path for path in living.paths()))
    living.rest()
    assert living.bench.assets()["0.png"].id == asset.id
    assert living.bench.encoder.embedded == embedded
    paint(photos / "deep" / "er" / "new.png", "blue")
    living.until(lambda: "new.png" in living.bench.assets())
    (photos / "deep" / "er" / "new.png").unlink()
    living.until(lambda: "new.png" not in living.bench.assets())


@pytest.mark.usefixtures("shared")
def test_looking_through_a_root_that_is_at_rest_causes_no_survey(
    living: Living, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    living.bench.add(photos)
    living.start()
    (lookout,) = living.watcher._lookouts.values()
    before, looks = len(living.surveys), []
    real = lookout._glance_again

    def counted() -> float:
        looks.append(1)
        return real()

    monkeypatch.setattr(lookout, "_glance_again", counted)
    living.until(lambda: len(looks) > 4)
    assert len(living.surveys) == before


@pytest.mark.usefixtures("shared")
def test_on_a_network_drive_a_young_file_is_taken_when_two_looks_agree(
    living: Living, photos: Path, tmp_path: Path
) -> None:
    living.bench.add(photos)
    living.start()
    whole = paint(tmp_path / "whole.png", "blue", size=(300, 200)).read_bytes()
    half = len(whole) // 2
    with (photos / "slow.png").open("wb", buffering=0) as file:
        file.write(whole[:half])
        living.until(lambda: living.watcher._glimpsed)
        file.write(whole[half:])
    living.until(lambda: "slow.png" in living.bench.assets())
    living.rest()
    assert living.bench.library.failures.all() == []
    assert living.watcher._glimpsed == {}


def test_looking_takes_a_small_part_of_the_time(living: Living, photos: Path) -> None:
    living.bench.add(photos)
    living.start()
    (lookout,) = living.watcher._lookouts.values()
    lookout._around = SimpleNamespace(rhythm=Rhythm(), told=lambda: None)  # type: ignore[assignment]
    lookout._why = ("This folder lies on a network drive", "")
    lookout._say_interval(0.1)
    assert lookout.watch.interval == 30.0
    lookout._say_interval(12.0)
    assert lookout.watch.interval == 600.0
    assert lookout.watch.reason.endswith("every 10 minutes.")
    assert [spoken(seconds) for seconds in (30, 119.2, 120, 7200)] == [
        "30 seconds",
        "120 seconds",
        "2 minutes",
        "2 hours",
    ]


class Limited:
    """A system that watches only so many folders, as inotify does where its limit is low."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folders: int) -> None:
        self.left = folders
        real = inotify_c.InotifyFD.add_callback

        def add(queue: object, *arguments: object) -> object:
            if self.left <= 0:
                raise OSError(errno.ENOSPC, "inotify watch limit reached")
            self.left -= 1
            return real(queue, *arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(inotify_c.InotifyFD, "add_callback", add)


def test_where_the_system_watches_no_more_folders_a_root_is_looked_through(
    living: Living, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = Limited(monkeypatch, 1)
    living.bench.add(photos)
    living.start()
    state = living.state()
    assert state.mode is WatchMode.POLLING
    assert state.reason.startswith("The system watches no more folders (its limit is ")
    assert state.reason.endswith("Raise fs.inotify.max_user_watches to have it watched.")
    paint(photos / "trip" / "new.png", "blue")
    living.until(lambda: "new.png" in living.bench.assets())
    system.left = 100
    living.until_mode(WatchMode.SYSTEM)  # by itself, some time after the limit was raised
    paint(photos / "trip" / "newer.png", "green")
    living.until(lambda: "newer.png" in living.bench.assets())


def test_a_limit_that_is_met_later_has_the_root_looked_through_from_then_on(
    living: Living, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    living.bench.add(photos)
    living.start()
    assert living.state().mode is WatchMode.SYSTEM
    Limited(monkeypatch, 0)
    paint(photos / "one more" / "new.png", "blue")
    living.until_mode(WatchMode.POLLING)
    assert "no more folders" in living.state().reason
    living.until(lambda: "new.png" in living.bench.assets())


def test_a_program_that_may_not_watch_at_all_looks(
    living: Living, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: object) -> int:
        raise OSError(errno.EMFILE, "inotify instance limit reached")

    monkeypatch.setattr(inotify_c.InotifyFD, "_create_inotify_fd", refuse)
    living.bench.add(photos)
    living.start()
    assert living.state().mode is WatchMode.POLLING
    assert "fs.inotify.max_user_instances" in living.state().reason
    paint(photos / "new.png", "blue")
    living.until(lambda: "new.png" in living.bench.assets())


def test_a_thread_of_the_system_that_dies_is_replaced(living: Living, photos: Path) -> None:
    living.bench.add(photos)
    living.start()
    system = living.watcher._system
    assert system is not None
    system._queue.stop()  # type: ignore[attr-defined]
    living.until(lambda: living.watcher._system is not system)
    living.until_mode(WatchMode.SYSTEM)
    paint(photos / "new.png", "blue")
    living.until(lambda: "new.png" in living.bench.assets())


NAMESPACE = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    Path("/proc/sys/user/max_inotify_watches").write_text("5")
    from kit.bench import Bench
    from kit.living import Living
    home, photos = map(Path, sys.argv[1:])
    bench = Bench(home)
    bench.add(photos)
    living = Living(bench)
    living.start()
    print(living.state().mode, living.state().reason)
    living.close()
    bench.close()
    """
)


def test_the_systems_own_limit_is_told_with_its_number(photos: Path, tmp_path: Path) -> None:
    for number in range(8):
        (photos / f"{number}").mkdir()
    if shutil.which("unshare") is None:
        pytest.skip("there is no unshare")
    command = ["unshare", "--user", "--map-root-user", sys.executable, "-c", NAMESPACE]
    done = subprocess.run(
        [*command, str(tmp_path / "library"), str(photos)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    if "unshare" in done.stderr or "max_inotify_watches" in done.stderr:
        pytest.skip("namespaces are not to be had here")
    assert done.stdout.startswith(
        "polling The system watches no more folders (its limit is 5), so it is looked through"
    ), done.stderr


# -- other systems


def test_watchdogs_own_observer_serves_where_there_are_no_trees(
    living: Living, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is what other systems use; here it runs over inotify."""
    monkeypatch.setattr("assetman.ingest.watch._system", ObservedRoots)
    (photos / ".hidden").mkdir()
    living.bench.add(photos)
    living.start()
    assert isinstance(living.watcher._system, ObservedRoots)
    paint(photos / "deep" / "new.png", "blue")
    living.until(lambda: "new.png" in living.bench.assets())
    assets = {name: asset.id for name, asset in living.bench.assets().items()}
    (photos / "trip").rename(photos / "travels")
    living.until(lambda: not any("trip" in path for path in living.paths()))
    living.rest()
    assert {name: asset.id for name, asset in living.bench.assets().items()} == assets
    (photos / "deep" / "new.png").unlink()
    living.until(lambda: "new.png" not in living.bench.assets())
    living.rest()
    before = len(living.surveys)
    paint(photos / ".hidden" / "one.png", "red")
    (photos / "notes.txt").write_text("not ours")
    (photos / "travels" / "0.png").read_bytes()
    paint(photos / "seen.png", "green")
    living.until(lambda: "seen.png" in living.bench.assets())
    living.rest()
    assert living.surveys[before:] == [[Place(1, "", deep=False)]]
