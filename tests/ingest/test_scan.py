from __future__ import annotations

import os
from pathlib import Path

import pytest

from assetman.core.errors import Cancelled
from assetman.core.progress import CancelToken
from assetman.ingest.ignore import IgnoreRules
from assetman.ingest.scan import Found, Unreadable, compare, walk
from assetman.library.assets import Known


def found(root: Path, *patterns: str) -> list[str]:
    items = walk(str(root), IgnoreRules(patterns), CancelToken())
    return sorted(item.path for item in items if isinstance(item, Found))


def touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    return path


def test_only_files_a_handler_exists_for_are_found(tmp_path: Path) -> None:
    for name in ("a.jpg", "b.PNG", "c.heic", "d.svg", "e.dng", "notes.txt", "program.exe", "noext"):
        touch(tmp_path / name)
    assert found(tmp_path) == ["a.jpg", "b.PNG", "c.heic", "d.svg", "e.dng"]


def test_hidden_files_packages_and_system_folders_are_passed_over(tmp_path: Path) -> None:
    touch(tmp_path / "kept" / "a.jpg")
    for skipped in (
        ".hidden.jpg",
        ".git/a.jpg",
        "Mine.photoslibrary/originals/a.jpg",
        "Catalog Previews.lrdata/a.jpg",
        "node_modules/x/a.png",
        "$RECYCLE.BIN/a.jpg",
    ):
        touch(tmp_path / skipped)
    assert found(tmp_path) == ["kept/a.jpg"]


def test_patterns_are_read_as_gitignore_reads_them(tmp_path: Path) -> None:
    for name in ("a.jpg", "a.tmp.jpg", "build/b.jpg", "sub/build/c.jpg", "sub/keep.tmp.jpg"):
        touch(tmp_path / name)
    assert found(tmp_path, "*.tmp.jpg", "!keep.tmp.jpg", "/build/") == [
        "a.jpg",
        "sub/build/c.jpg",
        "sub/keep.tmp.jpg",
    ]


def test_a_roots_own_ignore_file_counts(tmp_path: Path) -> None:
    touch(tmp_path / "a.jpg")
    touch(tmp_path / "private" / "b.jpg")
    (tmp_path / ".assetmanignore").write_text("private/\n")
    rules = IgnoreRules().for_root(str(tmp_path))
    items = walk(str(tmp_path), rules, CancelToken())
    assert [item.path for item in items] == ["a.jpg"]


def test_a_loop_of_links_ends_and_links_never_leave_the_root(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    picture = touch(root / "deep" / "a.jpg")
    secret = touch(outside / "secret.jpg")
    (root / "deep" / "loop").symlink_to(root, target_is_directory=True)
    (root / "away").symlink_to(outside, target_is_directory=True)
    (root / "secret.jpg").symlink_to(secret)
    (root / "again.jpg").symlink_to(picture)
    (root / "nothing.jpg").symlink_to(root / "not there.jpg")
    assert found(root) == ["again.jpg", "deep/a.jpg"]


@pytest.mark.skipif(os.name == "nt", reason="such names cannot be written on Windows")
def test_names_that_are_not_utf8_hold_newlines_or_begin_with_a_dash_are_found(
    tmp_path: Path,
) -> None:
    for name in (b"caf\xe9.jpg", b"two\nlines.jpg", b"-rf.jpg"):
        with open(os.path.join(os.fsencode(tmp_path), name), "wb") as file:
            file.write(b"x")
    assert sorted(os.fsencode(path) for path in found(tmp_path)) == [
        b"-rf.jpg",
        b"caf\xe9.jpg",
        b"two\nlines.jpg",
    ]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_pipes_and_sockets_are_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    touch(tmp_path / "a.jpg")
    assert found(tmp_path) == ["a.jpg"]


def test_a_hundred_levels_of_folders_are_walked(tmp_path: Path) -> None:
    deepest = tmp_path.joinpath(*["d"] * 100)
    touch(deepest / "a.jpg")
    assert found(tmp_path) == ["/".join(["d"] * 100 + ["a.jpg"])]


def test_a_walk_that_is_called_off_ends(tmp_path: Path) -> None:
    touch(tmp_path / "a.jpg")
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        list(walk(str(tmp_path), IgnoreRules(), cancel))


def deny(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Make a folder unreadable, for the superuser too."""
    real = os.scandir

    def scandir(path: str) -> object:
        if os.path.realpath(path) == os.path.realpath(folder):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)


def test_what_lies_in_a_folder_that_cannot_be_read_has_not_vanished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    touch(tmp_path / "open" / "a.jpg")
    touch(tmp_path / "walled" / "b.jpg")
    deny(monkeypatch, tmp_path / "walled")
    known = {
        path: Known(number, path, 1, 1, 1, "key", False, 1)
        for number, path in enumerate(("walled/b.jpg", "open/gone.jpg"), 1)
    }
    differences = compare(str(tmp_path), known, IgnoreRules(), CancelToken())
    assert [row.path for row in differences.vanished] == ["open/gone.jpg"]
    assert differences.unreadable == [Unreadable("walled", "Assetman is not allowed to read it.")]
    assert [item.path for item in differences.unsettled] == ["open/a.jpg"]
