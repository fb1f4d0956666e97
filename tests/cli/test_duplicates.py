"""The command about files that are the same thing."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit.terminal import Run


@pytest.fixture
def filled(assetman: Run, pictures: Path) -> Path:
    """A library of three files of the same bytes and one of others."""
    (pictures / "red barn.png").write_bytes(b"a barn")
    assert assetman("add", str(pictures)).status == 0
    return pictures


def test_groups_are_listed_the_copy_to_keep_first(assetman: Run, filled: Path) -> None:
    (group,) = assetman("duplicates", "--json").json
    assert group["kind"] == "exact"
    assert group["paths"] == [
        str(filled / name)
        for name in ("deep/blue frog.jpg", "deep/frog pond.mp4", "green frog.jpg")
    ]
    lines = assetman("duplicates").lines
    assert lines[0] == "exact: 3 files, 0.0 kB more than needed"
    assert lines[1].startswith(f"  keep  {filled / 'deep/blue frog.jpg'}")
    assert len(lines) == 4
    assert assetman("duplicates", "--near").out == ""
    assert assetman("duplicates", "--near").err == "assetman: There are no duplicates.\n"


def test_one_is_kept_and_those_named_go(assetman: Run, filled: Path) -> None:
    green, blue = str(filled / "green frog.jpg"), str(filled / "deep/blue frog.jpg")
    assetman("tag", "pond", blue)
    assert "undo" in assetman("duplicates", "--keep", green, blue).out
    (group,) = assetman("duplicates", "--json").json
    assert group["paths"] == [str(filled / "deep/frog pond.mp4"), green]
    assert assetman("tags").lines == ["pond  1 file"]
    assert assetman("undo").status == 0
    assert len(assetman("duplicates", "--json").json[0]["paths"]) == 3


def test_without_others_all_exact_copies_go(assetman: Run, filled: Path) -> None:
    green = str(filled / "green frog.jpg")
    assert assetman("duplicates", "--keep", green).status == 0
    assert assetman("duplicates", "--json").json == []
    assert assetman("duplicates", "--keep", green).status == 2


def test_files_are_kept_apart(assetman: Run, filled: Path) -> None:
    green, blue = str(filled / "green frog.jpg"), str(filled / "deep/blue frog.jpg")
    assert assetman("duplicates", "--apart", green, blue).out == "2 files are kept apart\n"
    assert assetman("duplicates", "--json").json == []


def test_what_makes_no_sense_is_wrong_use(assetman: Run, filled: Path) -> None:
    green, barn = str(filled / "green frog.jpg"), str(filled / "red barn.png")
    for wrong in ((green,), ("--apart", green), ("--keep", green, barn), ("--keep", "none.jpg")):
        assert assetman("duplicates", *wrong).status == 2
