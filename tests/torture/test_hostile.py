"""Files, names and folders that mean harm: each costs itself, and nothing else happens.

A root full of them is brought into a library in the way a person's folders are. The network and
the files beside the root are watched, and so are the disk and the memory of the decoders.
`--dose 50` makes a million names in one folder of the 20,000.
"""

from __future__ import annotations

import os
import socket
import stat
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image

from assetman.core.progress import CancelToken
from assetman.ingest.ignore import IgnoreRules
from assetman.ingest.scan import Found, walk
from assetman.workspace import Workspace
from kit.pictures import paint
from tests.torture.hostile_pictures import Bait, hostile, passed_over, sparse
from tests.torture.ordeals import (
    DISK,
    MEMORY,
    SENTENCES,
    SLACK,
    Most,
    bring_in,
    found,
    named,
    told,
)
from tests.torture.watching_eyes import Ear, Eye

pytestmark = pytest.mark.timeout(600)


def test_hostile_files_are_pictures_or_are_told_of_and_nothing_else_happens(
    workspace: Workspace,
    root: Path,
    bait: Bait,
    ear: Ear,
    eye: Eye,
    temporary: Path,
    tmp_path: Path,
) -> None:
    paths = []
    for name, data in hostile(bait, tmp_path):
        (root / name).write_bytes(data)
        paths.append(str(root / name))
    for name, start, size in sparse():
        (root / name).write_bytes(start)
        os.truncate(root / name, size)
        paths.append(str(root / name))
    others = set()
    for name, data in passed_over(bait):
        (root / name).write_bytes(data)
        others.add(str(root / name))
    good = str(paint(root / "good.png", "green"))
    most = Most((tmp_path / "library", temporary))
    bring_in(workspace, root, most.look)
    most.look()
    failures, pictures = told(workspace), found(workspace)
    assert good in pictures
    assert (pictures | set(failures)) - others == {good, *paths}
    assert not pictures & set(failures)
    senseless = {path: why for path, why in failures.items() if not SENTENCES.fullmatch(why)}
    assert not senseless
    assert (ear.heard(), eye.seen()) == (False, [])
    assert 0 < most.memory < MEMORY + SLACK
    assert 0 < most.disk < DISK
    workspace.close()
    assert not [name for name in os.listdir(temporary) if not name.startswith("pymp-")]
    assert not list((tmp_path / "library").rglob("*.part"))
    assert not list(tmp_path.rglob("escaped*"))


def test_no_hostile_drawing_shows_what_it_names(
    workspace: Workspace, root: Path, bait: Bait, tmp_path: Path
) -> None:
    Image.new("RGB", (64, 64), (220, 20, 220)).save(bait.path)  # one colour, nowhere else
    for name, data in hostile(bait, tmp_path):
        if name.endswith(".svg") and str(bait.path).encode() in data:
            (root / name).write_bytes(data)
    assert len(os.listdir(root)) > 5
    bring_in(workspace, root)
    for key in (path.stem for path in (tmp_path / "library" / "thumbnails").rglob("*.webp")):
        with Image.open(workspace.thumbnails.path_of(key)) as picture:
            colours = picture.convert("RGB").getcolors(1 << 20)
        assert colours
        assert not [each for _, each in colours if each[0] > 150 and each[1] < 80 < 150 < each[2]]


def test_no_name_is_taken_for_anything_but_a_name(workspace: Workspace, root: Path) -> None:
    wanted = named(root, ".png", lambda number: paint(root / "plain.png", "green", number))
    assert len(wanted) > 15
    bring_in(workspace, root)
    assert told(workspace) == {}
    assert found(workspace) == wanted
    assert not list(root.rglob("escaped*"))
    assert not os.path.exists("escaped")


def test_pipes_sockets_devices_and_links_are_passed_over(
    workspace: Workspace, root: Path, bait: Bait, eye: Eye, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = str(paint(root / "good.png", "green"))
    inside = root / "linked.png"
    inside.symlink_to("good.png")
    os.mkfifo(root / "pipe.jpg")
    with socket.socket(socket.AF_UNIX) as place, monkeypatch.context() as here:
        here.chdir(root)  # the path of a socket has a limit
        place.bind("socket.png")
    if os.geteuid() == 0:
        with suppress(PermissionError):  # in some containers
            os.mknod(root / "zeros.png", stat.S_IFCHR | 0o600, os.makedev(1, 5))
            os.mknod(root / "disk.png", stat.S_IFBLK | 0o600, os.makedev(7, 0))
    links = {
        "zero.jpg": "/dev/zero", "chance.jpg": "/dev/urandom", "memory.png": "/proc/self/mem",
        "kernel.png": "/proc/kmsg", "terminal.png": "/dev/tty", "itself.png": "itself.png",
        "one.png": "two.png", "two.png": "one.png", "nowhere.png": "nothing.png",
        "outside.png": str(bait.path), "up.png": "../outside/bait.png", "folder.png": ".",
        "around": "..", "all": "/", "others": str(bait.path.parent),
    }  # fmt: skip
    for name, target in links.items():
        (root / name).symlink_to(target)
    (root / "a folder.png").mkdir()
    paint(root / "a folder.png" / "inner.png", "green", 1)
    bring_in(workspace, root)
    assert found(workspace) == {good, str(inside), str(root / "a folder.png" / "inner.png")}
    assert all(SENTENCES.fullmatch(why) for why in told(workspace).values())
    assert eye.seen() == []


def test_a_hundred_levels_of_folders_and_more_than_a_path_can_name_are_walked(
    workspace: Workspace, root: Path
) -> None:
    wanted = set()
    for number, name in ((1, "d"), (2, "ü ")):
        folder = root.joinpath(*[name] * 100)
        folder.mkdir(parents=True)
        wanted.add(str(paint(folder / "bottom.png", "green", number)))
    here = os.open(root, os.O_RDONLY)
    for _ in range(40):  # 8,000 bytes: twice what a path may have
        os.mkdir("x" * 200, dir_fd=here)
        below = os.open("x" * 200, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(os.open("unreachable.png", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(here)
    bring_in(workspace, root)
    assert found(workspace) == wanted
    failures = told(workspace)
    assert failures, "a folder nobody can name is told of"
    assert all(SENTENCES.fullmatch(why) for why in failures.values())


def test_very_many_names_in_one_folder_are_walked(root: Path, dose: float) -> None:
    count = int(20_000 * dose)
    here = os.open(root, os.O_RDONLY)
    for number in range(count):
        os.close(os.open(f"{number}.jpg", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(here)
    seen = sum(isinstance(each, Found) for each in walk(str(root), IgnoreRules(), CancelToken()))
    assert seen == count


def test_many_empty_files_are_told_of_and_the_good_one_is_found(
    workspace: Workspace, root: Path, dose: float
) -> None:
    count = int(200 * min(dose, 100))
    for number in range(count):
        (root / f"{number}.jpg").touch()
    good = str(paint(root / "good.png", "green"))
    bring_in(workspace, root)
    assert found(workspace) == {good}
    failures = told(workspace)
    assert set(failures.values()) == {"The file is empty"}
