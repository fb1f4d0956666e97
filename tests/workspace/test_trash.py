"""Files go to the trash and come back whole, whatever happens in the midst; nothing is replaced."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assetman.copies import Copies
from assetman.core.assets import AssetState
from assetman.core.duplicates import Likeness
from assetman.core.errors import EnvironmentProblem
from assetman.library.library import Library
from assetman.search.duplicates import duplicate_groups
from assetman.trash import from_trash, to_trash
from kit.bench import Bench
from kit.scenes import scene

KEPT, COPIES = "boat.png", ("boat copy.png", "boat again.png")
NAMES = sorted((KEPT, *COPIES))


def lying(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def trashed(tmp_path: Path) -> tuple[Path, Path]:
    """Give a place in the trash, and the path of the file that lies there."""
    path = tmp_path / "a" / "mine.txt"
    path.parent.mkdir()
    path.write_text("mine")
    place = to_trash(str(path))
    assert place is not None
    return Path(place), path


@pytest.fixture
def other_disk() -> Iterator[Path]:
    shm = Path("/dev/shm")
    if (
        not os.access(shm, os.W_OK)
        or shm.stat().st_dev == Path(tempfile.gettempdir()).stat().st_dev
    ):
        pytest.skip("there is only one disk")
    with tempfile.TemporaryDirectory(dir=shm) as folder:
        yield Path(folder)


def without_links(*_: object, **__: object) -> None:
    raise OSError(errno.EPERM, "Operation not permitted")


@pytest.mark.parametrize("has_links", [True, False])
def test_what_appears_at_the_place_in_the_last_instant_is_not_replaced(
    trashed: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, has_links: bool
) -> None:
    place, path = trashed
    if not has_links:
        monkeypatch.setattr("os.link", without_links)
    made = os.makedirs

    def made_and_taken(name: str, exist_ok: bool) -> None:
        made(name, exist_ok=exist_ok)
        path.write_text("new")

    with monkeypatch.context() as patch:
        patch.setattr("os.makedirs", made_and_taken)
        with pytest.raises(EnvironmentProblem, match=r"There is another .*mine\.txt now"):
            from_trash(str(place), str(path))
    assert (path.read_text(), place.read_text()) == ("new", "mine")
    path.unlink()
    from_trash(str(place), str(path))
    assert path.read_text() == "mine"
    assert not place.exists()
    assert lying(path.parent) == ["mine.txt"]


def test_a_file_comes_back_from_another_disk_with_its_times(
    trashed: tuple[Path, Path], other_disk: Path
) -> None:
    place, path = trashed
    os.utime(place, (1_000_000, 1_000_000))
    place.chmod(0o444)
    elsewhere = other_disk / "mine.txt"
    (other_disk / "more").mkdir()
    path.write_text("new")
    shutil.copy2(place, elsewhere)
    with pytest.raises(EnvironmentProblem, match="another"):
        from_trash(str(elsewhere), str(path))
    assert (path.read_text(), elsewhere.read_text()) == ("new", "mine")
    assert lying(path.parent) == ["mine.txt"], "nothing is left aside"
    path.unlink()
    from_trash(str(elsewhere), str(path))
    assert (path.read_text(), path.stat().st_mtime) == ("mine", 1_000_000)
    assert lying(path.parent) == ["mine.txt"]
    assert not elsewhere.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit")
def test_a_full_disk_leaves_a_file_in_the_trash(
    trashed: tuple[Path, Path], other_disk: Path
) -> None:
    import resource

    _, path = trashed
    large = other_disk / "large.bin"
    large.write_bytes(bytes(1 << 20))
    most, limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, limit))
    try:
        with pytest.raises(EnvironmentProblem, match="cannot be brought back from the trash"):
            from_trash(str(large), str(path))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, limit))
    assert large.stat().st_size == 1 << 20
    assert lying(path.parent) == []
    from_trash(str(large), str(path))
    assert path.stat().st_size == 1 << 20


@pytest.fixture
def album(tmp_path: Path) -> tuple[Path, Path]:
    """Give a library that knows three files of the same bytes, tagged and rated, and their folder."""
    library, folder = tmp_path / "library", tmp_path / "album"
    folder.mkdir()
    scene(1, (80, 60)).save(folder / KEPT)
    for name in COPIES:
        shutil.copyfile(folder / KEPT, folder / name)
    bench = Bench(library)
    bench.add(folder)
    bench.index()
    assets = bench.assets()
    bench.library.tags.tag([assets[COPIES[0]].id], ["sea"])
    bench.close()
    return library, folder


KILLED = """
import os, sys
from pathlib import Path
from assetman import trash
from assetman.copies import Copies
from assetman.library.library import Library

folder, what, after = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
moved = []

def dying(move):
    def go(*given):
        if len(moved) == after:
            os.kill(os.getpid(), int(sys.argv[4]))
        found = move(*given)
        moved.append(given)
        return found
    return go

library = Library.open(folder)
copies = Copies(library)
ids = {asset.name: asset.id for asset in library.assets.get(range(1, 9))}
kept = ids.pop("boat.png")
if what != "keep":
    copies.keep(kept, list(ids.values()))
if what == "redo":
    copies.undo()
if what == "undo":
    trash._move = dying(trash._move)
copies._to_trash = dying(trash.to_trash)
if what == "keep":
    copies.keep(kept, list(ids.values()))
getattr(copies, what)()
"""


def killed(library: Path, what: str, after: int) -> None:
    """Have a process do something with copies, and kill it once so many files were moved."""
    number = getattr(signal, "SIGKILL", signal.SIGTERM)
    arguments = [sys.executable, "-c", KILLED, str(library), what, str(after), str(int(number))]
    ended = subprocess.run(arguments, check=False, capture_output=True, text=True)
    assert ended.returncode not in (0, 1), ended.stderr


def state(library: Library, folder: Path) -> tuple[list[str], tuple[str, ...], str, int]:
    """Give the files, the tags of the one kept, what can be undone, and how many groups there are."""
    kept = library.assets.at_path(str(folder / KEPT))
    assert kept is not None
    undo = library.undo.history().undo
    groups = duplicate_groups(library, Likeness.EXACT)
    tags = library.assets.get([kept])[0].tags
    return lying(folder), tags, undo.sentence[:4] if undo else "", len(groups)


DONE = ([KEPT], ("sea",), "Keep", 0)
UNDONE = (NAMES, (), "Tag ", 1)


@pytest.mark.parametrize(("what", "after"), [("keep", 1), ("undo", 0), ("undo", 1), ("redo", 1)])
def test_a_step_that_was_killed_is_not_done_by_half_after_the_next_start(
    album: tuple[Path, Path], what: str, after: int
) -> None:
    library_folder, folder = album
    killed(library_folder, what, after)
    half = lying(folder)
    assert len(half) == {"keep": 3 - after, "undo": 1 + after, "redo": 3 - after}[what]
    library = Library.open(library_folder)
    try:
        copies = Copies(library)
        copies.recover()
        assert state(library, folder) == UNDONE
        assert library.notices() == ()
        if what != "keep":
            copies.redo()
            assert state(library, folder) == DONE
            copies.undo()
        copies.recover()
        assert state(library, folder) == UNDONE
    finally:
        library.close()


def test_what_was_underway_waits_for_its_drive(album: tuple[Path, Path]) -> None:
    library_folder, folder = album
    killed(library_folder, "keep", 1)
    away = folder.rename(folder.with_name("away"))
    library = Library.open(library_folder)
    try:
        copies = Copies(library)
        copies.recover()
        assert (lying(away), folder.exists()) == (sorted(set(NAMES) - {lost(away)}), False)
        away.rename(folder)
        copies.recover()
        assert state(library, folder) == UNDONE
        assert library.notices() == ()
    finally:
        library.close()


def lost(folder: Path) -> str:
    (name,) = set(NAMES) - set(lying(folder))
    return name


def test_a_drive_that_is_pulled_out_in_the_midst_gets_its_files_back_later(
    album: tuple[Path, Path],
) -> None:
    library_folder, folder = album
    away = folder.with_name("away")
    library = Library.open(library_folder)

    def pulled_out(path: str) -> str | None:
        if len(lying(folder)) < len(NAMES):
            folder.rename(away)
        return to_trash(path)

    try:
        kept, *others = (library.assets.at_path(str(folder / name)) for name in (KEPT, *COPIES))
        assert kept is not None
        with pytest.raises(EnvironmentProblem, match="cannot be moved to the trash"):
            Copies(library, pulled_out).keep(kept, [each for each in others if each])
        assert all(asset.state is AssetState.PRESENT for asset in library.assets.get([kept]))
        away.rename(folder)
        assert lying(folder) == sorted((KEPT, COPIES[1]))
        Copies(library).recover()
        assert state(library, folder) == UNDONE
    finally:
        library.close()


def test_the_next_step_does_not_forget_what_waits_for_its_drive(
    album: tuple[Path, Path], tmp_path: Path
) -> None:
    library_folder, folder = album
    killed(library_folder, "keep", 1)
    away = folder.rename(tmp_path / "away")
    more = tmp_path / "more"
    more.mkdir()
    for name in ("one.png", "two.png"):
        scene(2, (80, 60)).save(more / name)
    bench = Bench(library_folder)
    copies = Copies(bench.library)
    copies.recover()
    bench.add(more)
    bench.index()
    ids = [bench.library.assets.at_path(str(more / name)) for name in ("one.png", "two.png")]
    assert ids[0] is not None
    assert ids[1] is not None
    copies.keep(ids[0], [ids[1]])
    copies.undo()
    away.rename(folder)
    copies.recover()
    assert (lying(folder), lying(more)) == (NAMES, ["one.png", "two.png"])
    bench.close()


Move = Callable[[str, str], None]


def test_the_trash_that_is_full_takes_nothing_and_nothing_is_lost(
    album: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    library_folder, folder = album
    library = Library.open(library_folder)
    rename: Move = os.rename

    def full(place: str, path: str) -> None:
        if os.path.basename(os.fsdecode(place)) == COPIES[1]:
            raise OSError(errno.ENOSPC, "No space left on device")
        rename(place, path)

    try:
        kept, *others = (library.assets.at_path(str(folder / name)) for name in (KEPT, *COPIES))
        assert kept is not None
        with monkeypatch.context() as patch:
            patch.setattr("os.rename", full)
            with pytest.raises(EnvironmentProblem, match="No space left"):
                Copies(library).keep(kept, [each for each in others if each])
        assert state(library, folder) == UNDONE
        assert library.recall("underway") is None
    finally:
        library.close()
