"""Full disks, read-only disks, disks across a network."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
import pytest

from assetman.core.errors import EnvironmentProblem
from assetman.core.queries import Filters
from assetman.library import disk
from assetman.library.library import Library

from .conftest import Shelf

Mount = Callable[[str], Path]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Lend a way to mount a disk of a size in memory, or to mount it anew with other options."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = False

    def mount(options: str) -> Path:
        nonlocal mounted
        command = ["mount", "-t", "tmpfs", "-o", options, "assetman-test", str(place)]
        if sys.platform != "linux" or subprocess.run(command, capture_output=True).returncode:
            pytest.skip("mounting a disk takes Linux and its administrator")
        mounted = True
        return place

    yield mount
    if mounted:
        subprocess.run(["umount", str(place)], check=True)


def fill(place: Path) -> Path:
    """Write a file until nothing more fits."""
    filler = place / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"x" * 4096)
    return filler


def test_a_disk_that_gets_full_undoes_the_write_and_goes_on_when_there_is_room(
    small_disk: Mount,
) -> None:
    place = small_disk("size=4m")
    with Library.open(place / "library") as library:
        shelf = Shelf(library)
        kept = shelf.done("kept.jpg")
        filler = fill(place)

        def write_much() -> None:
            with library.writing():
                shelf.file("lost.jpg")
                for i in range(300):
                    library.journal.append("test", after="x" * 4000 + str(i))

        with pytest.raises(EnvironmentProblem, match="full"):
            write_much()
        assert library.assets.ids() == [kept]
        assert library.embeddings.count(shelf.space) == 1
        filler.unlink()
        again = shelf.done("again.jpg")
        assert sorted(library.assets.ids()) == [kept, again]
        assert library.check() == []


def test_a_library_closed_on_a_full_disk_loses_nothing(small_disk: Mount) -> None:
    place = small_disk("size=3m")
    library = Library.open(place / "library")
    kept = Shelf(library).done("kept.jpg")
    filler = fill(place)
    library.close()
    filler.unlink()
    with Library.open(place / "library") as library:
        assert library.assets.ids() == [kept]
        assert library.check() == []


@pytest.mark.parametrize("kilobytes", range(32, 900, 48))
def test_a_disk_too_small_for_a_new_library_is_left_without_a_half_made_one(
    small_disk: Mount, kilobytes: int
) -> None:
    folder = small_disk(f"size={kilobytes}k") / "library"
    said = ""
    try:
        Library.open(folder).close()
    except EnvironmentProblem as problem:
        said = str(problem)
    left = [path.name for path in folder.iterdir()] if folder.exists() else []
    if said:
        assert "full" in said
        assert left == []
    else:
        assert "library.sqlite" in left
    small_disk("remount,size=4m")
    with Library.open(folder) as library:
        Shelf(library).done("a.jpg")
        assert library.check() == []


def test_a_new_library_fits_on_a_disk_of_three_megabytes_and_not_on_one_of_100_kilobytes(
    small_disk: Mount,
) -> None:
    folder = small_disk("size=100k") / "library"
    with pytest.raises(EnvironmentProblem, match="full"):
        Library.open(folder)
    small_disk("remount,size=3m")
    with Library.open(folder) as library:
        assert not library.read_only


@pytest.mark.parametrize("killed", [False, True], ids=["closed", "killed"])
def test_a_library_on_a_full_disk_opens_for_search(small_disk: Mount, killed: bool) -> None:
    place = small_disk("size=4m")
    folder = place / "library"
    with Library.open(folder) as library:
        kept = Shelf(library).done("kept.jpg")
        if killed:
            shutil.copytree(folder, place / "killed")
            folder = place / "killed"
            (folder / "library.sqlite-shm").unlink()
    filler = fill(place)
    with Library.open(folder) as library:
        assert library.read_only
        assert "full" in library.read_only_reason
        assert library.assets.ids() == [kept]
        with pytest.raises(EnvironmentProblem, match="full"):
            library.assets.forget([kept])
    filler.unlink()
    with Library.open(folder) as library:
        assert not library.read_only
        assert library.assets.ids() == [kept]


def test_a_full_disk_keeps_a_backup_from_being_half_written(small_disk: Mount) -> None:
    place = small_disk("size=3m")
    with Library.open(place / "library") as library:
        Shelf(library).done("kept.jpg")
        fill(place)
        with pytest.raises(EnvironmentProblem, match="full"):
            library.back_up()
        assert list((place / "library" / "backups").iterdir()) == []


def test_a_disk_that_takes_no_more_files_opens_for_search(small_disk: Mount) -> None:
    place = small_disk("size=4m,nr_inodes=20")
    with Library.open(place / "library") as library:
        kept = Shelf(library).done("kept.jpg")
    with contextlib.suppress(OSError):
        for i in range(20):
            (place / f"{i}").touch()
    with Library.open(place / "library") as library:
        assert "full" in library.read_only_reason
        assert library.assets.ids() == [kept]


@dataclass
class Moment:
    """How a library was left when its disk became read-only."""

    closed: bool
    shared_memory: bool = True


@pytest.mark.parametrize(
    "left", [Moment(True), Moment(False), Moment(False, False)], ids=["closed", "killed", "moved"]
)
def test_a_library_on_a_read_only_disk_opens_for_search(small_disk: Mount, left: Moment) -> None:
    place = small_disk("size=4m")
    folder = place / "library"
    with Library.open(folder) as library:
        shelf = Shelf(library)
        (asset, space) = shelf.done("a.jpg"), shelf.space
        if not left.closed:
            for name in ("library.sqlite", "library.sqlite-wal", "library.sqlite-shm"):
                target = folder / "killed" / name
                target.parent.mkdir(exist_ok=True)
                if left.shared_memory or not name.endswith("shm"):
                    target.write_bytes((folder / name).read_bytes())
    if not left.closed:
        folder /= "killed"
    small_disk("remount,ro")
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    with Library.open(folder) as library:
        assert library.read_only
        assert "read-only" in library.read_only_reason
        assert library.assets.ids() == [asset]
        assert library.embeddings.count(space) == 1
        assert (
            library.segments.matching(Filters()).tolist() == library.embeddings.ids(space).tolist()
        )
        assert len(library.segments.owners(np.array([1])).asset_ids) == 1
        for write in (lambda: library.roots.add("/other"), lambda: library.roots.remove(1)):
            with pytest.raises(EnvironmentProblem, match="read-only"):
                write()
        with pytest.raises(EnvironmentProblem, match="read-only"):
            library.back_up()
    after = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    assert before == after


def test_no_library_is_made_on_a_read_only_disk(small_disk: Mount) -> None:
    place = small_disk("size=1m,ro")
    with pytest.raises(EnvironmentProblem, match="read-only"):
        Library.open(place / "library")
    with pytest.raises(EnvironmentProblem, match="read-only"):
        Library.open(place)


@dataclass
class Entry:
    mountpoint: str
    fstype: str
    opts: str = "rw"


@pytest.mark.skipif(os.name == "nt", reason="paths of Unix")
@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/me/library", ""),
        ("/mnt/nas/library", "nfs4"),
        ("/mnt/nas", "nfs4"),
        ("/mnt/nas2/library", ""),
        ("/mnt/nas/usb/library", ""),
        ("/home/me/remote/x", "fuse.sshfs"),
        ("/srv/win/x", "cifs"),
        ("/srv/win/again/x", "smb3"),
        ("/run/drive/x", "network drive"),
    ],
)
def test_the_innermost_disk_of_a_folder_decides(path: str, kind: str) -> None:
    mounts = [
        Entry("/", "ext4"),
        Entry("/mnt/nas", "nfs4"),
        Entry("/mnt/nas/usb", "exfat"),
        Entry("/home/me/remote", "fuse.sshfs"),
        Entry("/srv/win", "CIFS".lower()),
        Entry("/srv/win/again", "ext4"),
        Entry("/srv/win/again", "smb3"),
        Entry("/run/drive", "NTFS", "rw,remote"),
    ]
    assert disk.network_share(path, mounts) == kind


def test_a_path_that_names_a_server_is_a_share() -> None:
    for path in ("\\\\server\\share\\library", "\\\\?\\UNC\\server\\share"):
        assert disk.network_share(path, []) == "UNC path"
    assert disk.network_share("\\\\?\\C:\\library", []) == ""


def test_a_library_on_a_share_is_refused_with_a_way_out(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = os.path.realpath(folder.anchor)
    monkeypatch.setattr(psutil, "disk_partitions", lambda **_: [Entry(root, "nfs")])
    with pytest.raises(EnvironmentProblem, match=r"network share \(nfs\).*--library"):
        Library.open(folder)
    assert not folder.exists()
