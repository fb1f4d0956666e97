"""Thumbnails and previews lie where they are looked for, whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

import pytest
from PIL import Image

from assetman.core.errors import BadInput, EnvironmentProblem
from assetman.media.files import replacing, write_together, write_whole
from assetman.media.handler import Limits
from assetman.media.image import ImageHandler
from assetman.media.thumbnails import ThumbnailCache

KEY = "0123456789abcdef"


@pytest.fixture
def cache(tmp_path: Path) -> ThumbnailCache:
    return ThumbnailCache(tmp_path / "thumbnails")


def put(path: Path, size: int = 10) -> Path:
    with replacing(path) as file:
        file.write(b"x" * size)
    return path


def test_thumbnails_are_spread_over_folders(cache: ThumbnailCache) -> None:
    assert cache.path_of(KEY) == cache.folder / "01" / "23" / f"{KEY}.webp"
    assert cache.path_of(f"s{KEY}~2") == cache.folder / "01" / "23" / f"s{KEY}~2.webp"


def test_a_thumbnail_is_there_when_it_is_whole(cache: ThumbnailCache) -> None:
    assert not cache.has(KEY)
    assert not put(cache.path_of(KEY), 0).exists()
    put(cache.path_of(KEY)).write_bytes(b"")
    assert not cache.has(KEY)
    put(cache.path_of(KEY))
    assert cache.has(KEY)


@pytest.mark.parametrize("damage", ["empty", "cut", "longer", "zeros", "another file"])
def test_a_damaged_thumbnail_is_as_good_as_none(
    cache: ThumbnailCache, tmp_path: Path, damage: str
) -> None:
    Image.effect_noise((90, 60), 40).save(tmp_path / "a.png")
    path = cache.path_of(KEY)
    assert not cache.whole(KEY)
    ImageHandler().extract(str(tmp_path / "a.png"), [], path, 64, Limits())
    assert cache.whole(KEY)
    good = path.read_bytes()
    spoilt = {
        "empty": b"",
        "cut": good[:-1],
        "longer": good + b"\0",
        "zeros": bytes(len(good)),
        "another file": b"<html>" * 99,
    }
    path.write_bytes(spoilt[damage])
    assert not cache.whole(KEY)
    assert not cache.has(KEY), "so that the next run makes it again"
    ImageHandler().extract(str(tmp_path / "a.png"), [], path, 64, Limits())
    assert (cache.whole(KEY), path.read_bytes()) == (True, good)


def test_a_video_is_whole_with_all_its_sheets(cache: ThumbnailCache, tmp_path: Path) -> None:
    Image.effect_noise((90, 60), 40).save(tmp_path / "a.webp")
    good = (tmp_path / "a.webp").read_bytes()
    paths = [cache.path_of(KEY), cache.sheet_path(KEY, 0), cache.sheet_path(KEY, 1)]
    for path in paths:
        assert not cache.whole(KEY, sheets=2)
        put(path)
        path.write_bytes(good)
    assert cache.whole(KEY, sheets=2)
    assert paths[2] == cache.folder / "01" / "23" / f"{KEY}.1.webp"
    paths[2].write_bytes(good[:-1])
    assert not cache.whole(KEY, sheets=2)
    assert not paths[2].exists()
    assert cache.whole(KEY, sheets=1)
    assert [cache.whole_sheet(KEY, number) for number in (0, 1)] == [True, False]


def test_what_killed_processes_left_is_swept_when_nobody_writes_it_any_more(
    cache: ThumbnailCache,
) -> None:
    old, young = (cache.path_of(KEY).with_name(f".{word}.part") for word in ("old", "young"))
    below = cache.preview_path(KEY, 800).with_name(".below.part")
    for path in (old, young, below, cache.path_of(KEY), cache.preview_path(KEY, 800)):
        put(path)
        if path != young:
            os.utime(path, (1, 1))
    cache.prune_previews(1 << 20)
    assert [path.exists() for path in (old, below, young)] == [False, False, True]
    assert cache.has(KEY)
    assert cache.preview_path(KEY, 800).exists()


def test_what_was_made_of_contents_nobody_knows_any_more_is_swept(cache: ThumbnailCache) -> None:
    forgotten, fresh = "fedcba98", "00112233"
    for key in (KEY, forgotten, fresh):
        for path in (cache.path_of(key), cache.sheet_path(key, 3), cache.preview_path(key, None)):
            put(path)
            if key != fresh:
                os.utime(path, (1, 1))
    assert cache.sweep({KEY}) == 3
    assert [cache.has(key) for key in (KEY, forgotten, fresh)] == [True, False, True]
    assert cache.preview_path(KEY, None).exists()
    assert cache.sheet_path(KEY, 3).exists()
    assert not cache.preview_path(forgotten, None).exists()
    assert not cache.sheet_path(forgotten, 3).exists()


def test_a_file_that_could_not_be_finished_leaves_nothing(tmp_path: Path) -> None:
    target = put(tmp_path / "folder" / "a")

    def write_half() -> None:
        with replacing(target) as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_half()
    assert target.read_bytes() == b"x" * 10
    assert [path.name for path in target.parent.iterdir()] == ["a"]


def test_a_folder_deleted_while_a_file_is_written_is_made_again(tmp_path: Path) -> None:
    target = tmp_path / "ab" / "cd" / "a"
    swept = iter((True, False))

    def save(file: BinaryIO) -> None:
        file.write(b"whole")
        if next(swept):
            target.parent.parent.rename(tmp_path / "away")

    write_whole(target, save)
    assert target.read_bytes() == b"whole"


def test_files_written_together_appear_together_or_not_at_all(tmp_path: Path) -> None:
    targets = [tmp_path / "ab" / "a", tmp_path / "cd" / "b", tmp_path / "cd" / "nothing"]
    swept = iter((True, False, False))

    def save(files: list[BinaryIO]) -> None:
        files[0].write(b"one")
        files[1].write(b"two")
        if next(swept):
            targets[1].parent.rename(tmp_path / "away")

    write_together(targets, save)
    assert [path.name for path in sorted(tmp_path.glob("[ac]?/*"))] == ["a", "b"]

    def fail(files: list[BinaryIO]) -> None:
        save(files)
        raise BadInput("It is damaged")

    targets = [tmp_path / "ef" / "a", tmp_path / "ef" / "b"]
    with pytest.raises(BadInput):
        write_together(targets, fail)
    assert list((tmp_path / "ef").iterdir()) == []


def test_a_full_disk_is_the_environments_fault(tmp_path: Path) -> None:
    with (
        pytest.raises(EnvironmentProblem, match="The disk is full"),
        replacing(tmp_path / "a"),
        open("/dev/full", "wb", buffering=0) as full,
    ):
        full.write(b"x")


def test_a_place_that_cannot_be_written_is_the_environments_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(EnvironmentProblem, match=str(tmp_path)),
        replacing(tmp_path / "file" / "a.webp"),
    ):
        pass


def test_removing_a_content_removes_its_sheets_and_previews(cache: ThumbnailCache) -> None:
    put(cache.path_of(KEY))
    for side in (800, None):
        put(cache.preview_path(KEY, side))
    others = [put(cache.preview_path(KEY + "0", 800)), put(cache.sheet_path(KEY + "0", 0))]
    sheets = [put(cache.sheet_path(KEY, number)) for number in (0, 12)]
    cache.remove(KEY)
    cache.remove("no such key")
    assert not cache.has(KEY)
    assert not cache.preview_path(KEY, 800).exists()
    assert not cache.preview_path(KEY, None).exists()
    assert not any(sheet.exists() for sheet in sheets)
    assert all(other.exists() for other in others)


@pytest.mark.parametrize("size", [(40, 30), (1, 2000)])
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
def test_the_size_of_a_preview_is_read_from_it(
    cache: ThumbnailCache, tmp_path: Path, mode: str, size: tuple[int, int]
) -> None:
    Image.new(mode, size).save(tmp_path / "a.png")
    target = cache.preview_path(KEY, 4000)
    assert cache.preview_size(target) is None
    made = ImageHandler().preview(str(tmp_path / "a.png"), 4000, target, Limits())
    assert cache.preview_size(target) == made == size
    os.truncate(target, target.stat().st_size - 1)
    assert cache.preview_size(target) is None
    target.write_bytes(b"")
    assert cache.preview_size(target) is None


def test_the_previews_used_longest_ago_go_first(cache: ThumbnailCache, tmp_path: Path) -> None:
    Image.new("RGB", (60, 60)).save(tmp_path / "a.png")
    previews = [cache.preview_path(f"{number:02}345", 100) for number in range(4)]
    for age, path in enumerate(previews):
        ImageHandler().preview(str(tmp_path / "a.png"), 100, path, Limits())
        os.utime(path, (age, age))
    put(cache.path_of(KEY), 5000)
    each = previews[0].stat().st_size
    assert cache.preview_size(previews[0]) == (60, 60)  # a use
    assert cache.prune_previews(2 * each) == 2 * each
    assert [path.exists() for path in previews] == [True, False, False, True]
    assert cache.prune_previews(2 * each) == 0
    assert cache.has(KEY)
