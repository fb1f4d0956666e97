"""Roots that go away, by their drive or by the person, while they are worked on."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assetman.ingest import identify
from assetman.ingest.pipeline import Pipeline
from assetman.media.fingerprint import Fingerprint
from assetman.media.handler import Extraction
from kit.bench import Bench, InlineDecoder
from kit.pictures import paint

FILES = 12


@pytest.fixture
def photos(photos: Path) -> Path:
    for number in range(FILES):
        paint(photos / f"{number}.png", "red", number)
    return photos


class Interrupted(InlineDecoder):
    """Decodes, and has something happen before one of the files."""

    def __init__(self, before: int, happen: Callable[[], object]) -> None:
        self.left = before
        self.happen = happen

    def extract(self, *args: Any, **kwargs: Any) -> Future[Extraction]:
        self.left -= 1
        if self.left == 0:
            self.happen()
        return super().extract(*args, **kwargs)


@contextmanager
def forbidden(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let a folder be unreadable, for the superuser too."""
    real = os.scandir

    def scandir(path: str) -> Any:
        if os.path.realpath(path) == os.path.realpath(folder):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", scandir)
        yield


def interrupt(bench: Bench, happen: Callable[[], object], before: int = FILES // 2) -> None:
    bench.tools = replace(bench.tools, decoder=Interrupted(before, happen))


def test_a_drive_pulled_out_while_it_is_decoded_leaves_no_failures_and_goes_on_when_back(
    bench: Bench, photos: Path
) -> None:
    root = bench.add(photos)
    away = photos.with_name("away")
    interrupt(bench, lambda: photos.rename(away))
    *_, last = Pipeline(bench.tools, bench.plan).run()
    assert (last.counts.added, last.counts.failed) == (FILES, 0)
    assert last.done < last.total
    assert last.problem == "photos is not connected any more."
    assert not bench.library.roots.get(root.id).online
    assert bench.library.failures.all() == []
    away.rename(photos)
    *_, last = Pipeline(bench.tools, bench.plan).run()
    assert (last.done, last.problem) == (last.total, "")
    assert bench.embeddings() == FILES


def test_a_drive_whose_leaving_somebody_else_noticed_is_named_all_the_same(
    bench: Bench, photos: Path
) -> None:
    root = bench.add(photos)
    away = photos.with_name("away")

    def pull_out() -> None:
        photos.rename(away)
        bench.library.roots.set_online(root.id, False)

    interrupt(bench, pull_out, before=1)
    *_, last = Pipeline(bench.tools, bench.plan).run()
    assert last.problem == "photos is not connected any more."
    *_, last = Pipeline(bench.tools, bench.plan).run()  # it was away before that began
    assert last.problem == ""


def test_a_drive_pulled_out_while_it_is_read_loses_nothing(
    bench: Bench, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = bench.add(photos)
    bench.index()
    for number in range(FILES):
        paint(photos / f"{number}.png", "blue", number)
    away = photos.with_name("away")
    real, read = identify.fingerprint, []

    def fingerprint(path: str) -> Fingerprint:
        read.append(path)
        if len(read) == 3:
            photos.rename(away)
        return real(path)

    with monkeypatch.context() as patch:
        patch.setattr(identify, "fingerprint", fingerprint)
        *_, last = Pipeline(bench.tools, bench.plan).run()
    assert (last.counts.failed, last.counts.missing) == (0, 0)
    assert last.problem == "photos is not connected any more."
    assert bench.library.assets.counts().offline == FILES
    assert not bench.library.roots.get(root.id).online
    away.rename(photos)
    assert bench.index().changed == FILES
    assert bench.embeddings() == FILES


def test_a_file_that_vanishes_before_it_is_decoded_is_told_once_and_then_missing(
    bench: Bench, photos: Path
) -> None:
    bench.add(photos)
    newest = max(photos.iterdir(), key=lambda path: path.stat().st_mtime_ns)
    interrupt(bench, newest.unlink, before=1)
    assert bench.index().failed == 1
    (failure,) = bench.library.failures.all()
    assert (failure.path, failure.message) == (str(newest), "The file is no longer there")
    assert bench.embeddings() == FILES - 1
    assert bench.index().missing == 1
    assert bench.library.failures.all() == []


def test_a_file_renamed_before_it_is_decoded_is_tried_again_under_its_new_name(
    bench: Bench, photos: Path
) -> None:
    bench.add(photos)
    newest = max(photos.iterdir(), key=lambda path: path.stat().st_mtime_ns)
    interrupt(bench, lambda: newest.rename(photos / "renamed.png"), before=1)
    assert bench.index().failed == 1
    counts = bench.index()
    assert (counts.moved, counts.embedded, counts.failed) == (1, 1, 0)
    assert bench.library.failures.all() == []


def test_a_folder_removed_while_it_is_decoded_ends_only_its_own_work(
    bench: Bench, photos: Path, tmp_path: Path
) -> None:
    kept = paint(tmp_path / "kept" / "blue.png", "blue")
    os.utime(kept, (1, 1))  # the oldest, and so the last
    root = bench.add(photos)
    bench.add(kept.parent)

    def remove() -> None:
        bench.library.roots.remove(root.id)
        for path in photos.iterdir():
            path.write_bytes(b"torn")

    interrupt(bench, remove)
    bench.index()
    assert list(bench.assets()) == ["blue.png"]
    assert bench.embeddings() == 1
    assert bench.library.failures.all() == []
    assert bench.library.check() == []


def test_a_folder_that_lies_elsewhere_while_it_is_decoded_is_read_on_there(
    bench: Bench, photos: Path
) -> None:
    root = bench.add(photos)
    elsewhere = photos.with_name("elsewhere")

    def relocate() -> None:
        photos.rename(elsewhere)
        bench.library.roots.relocate(root.id, str(elsewhere))

    interrupt(bench, relocate)
    *_, last = Pipeline(bench.tools, bench.plan).run()
    assert (last.counts.failed, last.problem) == (0, "")
    assert bench.embeddings() == FILES
    assert bench.library.failures.all() == []


@pytest.mark.parametrize("absorb", [False, True])
def test_a_folder_removed_while_it_is_read_ends_only_its_own_survey(
    bench: Bench, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, absorb: bool
) -> None:
    root = bench.add(photos)
    paint(tmp_path / "archive" / "blue.png", "blue")
    bench.add(tmp_path / "archive")
    real = identify.fingerprint

    def fingerprint(path: str) -> Fingerprint:
        if path.endswith("/3.png"):
            if absorb:
                bench.library.roots.add(str(tmp_path))
            else:
                bench.library.roots.remove(root.id)
        return real(path)

    with monkeypatch.context() as patch:
        patch.setattr(identify, "fingerprint", fingerprint)
        bench.index()
    assert bench.index().failed == 0
    names = {f"{number}.png" for number in range(FILES)} if absorb else set()
    assert bench.assets().keys() == names | {"blue.png"}
    assert bench.embeddings() == len(names) + 1


def test_a_folder_that_may_not_be_read_is_a_failure_until_it_may(
    bench: Bench, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = bench.add(photos)
    inner = photos / "inner"
    paint(inner / "blue.png", "blue")
    for folder in (photos, inner):
        with forbidden(folder, monkeypatch):
            assert bench.index().failed == 1
        (failure,) = bench.library.failures.all()
        assert failure.path.rstrip("/") == str(folder)
        assert failure.message == "Assetman is not allowed to read it."
        assert bench.library.roots.get(root.id).online == (folder == inner)
        assert bench.index().failed == 0
        assert bench.library.failures.all() == []
    assert bench.embeddings() == FILES + 1


def test_a_file_missing_for_a_while_is_known_again_under_another_name(
    bench: Bench, photos: Path, tmp_path: Path
) -> None:
    bench.add(photos)
    bench.index()
    asset = bench.assets()["3.png"]
    away = (photos / "3.png").rename(tmp_path / "desk.png")
    assert bench.index().missing == 1
    away.rename(photos / "three.png")
    assert bench.index().moved == 1
    assert bench.assets()["three.png"].id == asset.id
