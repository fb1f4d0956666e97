"""Duplicates are found, put away, brought back; no file is ever lost by it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageOps

from assetman.comparing import Comparing
from assetman.copies import Copies
from assetman.core.assets import Asset, AssetState
from assetman.core.duplicates import DuplicateGroup, Likeness, Relation
from assetman.core.errors import EnvironmentProblem, WrongUse
from assetman.core.organising import Step
from assetman.core.progress import Phase, Progress
from assetman.core.queries import Filters
from assetman.engine.service import EngineService
from assetman.library.duplicates import DUPLICATES
from assetman.media.differing import compared
from assetman.search.duplicates import alike_among, duplicate_groups
from assetman.trash import from_trash, to_trash
from kit.bench import Bench
from kit.scenes import CHANGES, scene
from kit.service import index


class Album:
    """A library of a few pictures, two of them copies of the first, and what is done with them."""

    def __init__(self, bench: Bench, folder: Path) -> None:
        self.bench, self.folder, self.library = bench, folder, bench.library
        self.comparing = Comparing(bench.library, bench.thumbnails, bench.changes.append)
        self.copies = Copies(bench.library)
        bench.plan = replace(bench.plan, afterwards=self.comparing.run)
        bench.add(folder)
        bench.index()

    def id(self, name: str) -> int:
        found = self.library.assets.at_path(str(self.folder / name))
        assert found is not None
        return found

    def asset(self, name: str) -> Asset:
        return self.library.assets.get([self.id(name)])[0]

    def groups(self, likeness: Likeness | None = None) -> list[list[str]]:
        return [self.names(group) for group in duplicate_groups(self.library, likeness)]

    def names(self, group: DuplicateGroup) -> list[str]:
        ids = [copy.asset_id for copy in group.copies]
        return [asset.name for asset in self.library.assets.get(ids)]

    def keep(self, name: str, others: Sequence[str]) -> Step:
        return self.copies.keep(self.id(name), [self.id(other) for other in others])[0]

    def undo(self) -> Step | None:
        return self.copies.undo()[0]

    def redo(self) -> Step | None:
        return self.copies.redo()[0]

    def files(self) -> list[str]:
        return sorted(os.listdir(self.folder))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A picture, the same bytes again, a smaller one of it mirrored, and another picture."""
    folder = tmp_path / "album"
    folder.mkdir()
    whole = scene(1)
    whole.save(folder / "boat.png")
    (folder / "boat copy.png").write_bytes((folder / "boat.png").read_bytes())
    CHANGES["JPEG 95"](ImageOps.mirror(whole).resize((320, 210))).save(folder / "turned.jpg")
    scene(2).save(folder / "other.png")
    return folder


@pytest.fixture
def album(tmp_path: Path, folder: Path) -> Iterator[Album]:
    bench = Bench(tmp_path / "library")
    yield Album(bench, folder)
    bench.close()


ALL = ["boat.png", "boat copy.png", "turned.jpg"]


def test_copies_are_grouped_the_best_first_and_told_apart(album: Album) -> None:
    exact, near = sorted(duplicate_groups(album.library), key=lambda group: group.likeness)
    assert (exact.likeness, near.likeness) == (Likeness.EXACT, Likeness.NEAR)
    assert album.names(exact) == ALL[:2]
    assert album.names(near) == ALL
    assert near.copies[1].why == ("the same bytes",)
    assert near.copies[2].why == ("mirrored", "320 × 210")
    assert exact.wasted == album.asset("boat copy.png").size
    assert album.groups(Likeness.EXACT) == [ALL[:2]]
    assert album.groups(Likeness.NEAR) == [ALL]
    ids = [album.id(name) for name in ("other.png", *reversed(ALL))]
    assert alike_among(album.library, ids) == [ids[1:]]


def test_where_copies_differ_is_lit(album: Album) -> None:
    signed = scene(1)
    ImageDraw.Draw(signed).rectangle((300, 200, 380, 260), "white")
    mirrored = ImageOps.mirror(signed)
    mirrored.save(album.folder / "signed.png")
    album.bench.index()
    keys = album.asset("boat.png").fingerprint, album.asset("signed.png").fingerprint
    found = compared(album.bench.thumbnails, *keys)
    first, second, lit = (
        np.asarray(Image.open(path)) for path in (found.first, found.second, found.lit)
    )
    assert first.shape[:2] == second.shape[:2] == lit.shape[:2]
    share = first.shape[1] / 640
    rows, columns = np.nonzero(lit[..., 3] > 60)
    assert 0.005 < found.share < 0.15
    assert abs(columns.mean() / share - 340) < 25
    assert abs(rows.mean() / share - 230) < 25
    apart = np.abs(first.astype(int) - second[..., :3])[second[..., 3] > 0]
    assert np.median(apart) < 12, "it is laid the way round that the first one is"
    with pytest.raises(WrongUse, match="do not show the same"):
        compared(album.bench.thumbnails, keys[0], album.asset("other.png").fingerprint)
    with pytest.raises(WrongUse, match="no picture"):
        compared(album.bench.thumbnails, keys[0], "0" * 32)


def test_every_picture_is_compared_once_with_all_others(album: Album) -> None:
    assert album.library.looks.count_due() == 0
    CHANGES["darker"](scene(2)).save(album.folder / "dark.png")
    album.bench.index()
    assert album.library.looks.count_due() == 0
    assert sorted(map(sorted, album.groups(Likeness.NEAR))) == [
        sorted(ALL),
        ["dark.png", "other.png"],
    ]


def test_what_stopped_in_the_midst_goes_on_with_the_next_run(
    album: Album, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(20, 24):
        scene(seed, (200, 150)).save(album.folder / f"{seed}.png")
        CHANGES["JPEG 95"](scene(seed, (200, 150))).save(album.folder / f"{seed}.jpg", quality=95)
    monkeypatch.setattr("assetman.comparing._AT_ONCE", 2)
    keep, kept = album.library.looks.keep, []

    def killed(content_id: int, version: int, marks: bytes | None) -> None:
        if len(kept) == 5:
            raise KeyboardInterrupt
        kept.append(content_id)
        keep(content_id, version, marks)

    with monkeypatch.context() as patch:
        patch.setattr(album.library.looks, "keep", killed)
        with pytest.raises(KeyboardInterrupt):
            album.bench.index()
    assert album.library.looks.count_due() == 4, "what was stored half is not stored"
    album.bench.index()
    assert sorted(map(sorted, album.groups(Likeness.NEAR)))[:4] == [
        [f"{seed}.jpg", f"{seed}.png"] for seed in range(20, 24)
    ]


def test_the_others_go_to_the_trash_and_all_they_had_goes_to_the_one_kept(album: Album) -> None:
    library = album.library
    library.tags.tag([album.id("boat copy.png")], ["sea", "2024"])
    library.tags.rate([album.id("turned.jpg")], 4)
    library.collections.make("Best", [album.id("turned.jpg")])
    before = {name: (album.folder / name).read_bytes() for name in ALL}

    step = album.keep("boat.png", ALL[1:])
    assert step.sentence == "Keep “boat.png” and move 2 files to the trash"
    assert album.files() == ["boat.png", "other.png"]
    kept = album.asset("boat.png")
    assert (set(kept.tags), kept.rating) == ({"2024", "sea"}, 4)
    assert library.collections.all()[0].assets == 1
    assert album.groups() == []
    assert sorted(album.bench.assets()) == ["boat.png", "other.png"]

    assert album.undo() == step
    assert {name: (album.folder / name).read_bytes() for name in ALL} == before
    kept = album.asset("boat.png")
    assert (kept.tags, kept.rating) == ((), 0)
    assert album.asset("boat copy.png").tags == ("2024", "sea")
    assert len(album.groups()) == 2

    assert album.redo() == step
    assert album.files() == ["boat.png", "other.png"]
    assert album.undo() == step, "what went twice comes back from where it went last"
    assert {name: (album.folder / name).read_bytes() for name in ALL} == before
    counts = album.bench.index()
    assert (counts.added, counts.missing, counts.moved) == (0, 0, 0)


def test_nothing_is_undone_while_the_folder_is_away(album: Album, tmp_path: Path) -> None:
    step = album.keep("boat.png", ALL[1:2])
    away = album.folder.rename(tmp_path / "away")
    with pytest.raises(EnvironmentProblem, match="not connected"):
        album.undo()
    away.rename(album.folder)
    assert album.undo() == step
    assert (album.folder / "boat copy.png").exists()
    assert album.library.notices() == ()


def test_copies_that_only_a_third_one_joins_can_be_put_away(album: Album) -> None:
    contents = [
        album.library.contents.of_asset(album.id(name)).id for name in ("other.png", ALL[2])
    ]
    album.library.duplicates.relate([Relation(contents[0], contents[1], 0.9)])
    album.keep("other.png", ["boat copy.png"])
    assert album.files() == ["boat.png", "other.png", "turned.jpg"]


def test_what_cannot_be_brought_back_is_told_and_stays_missing(album: Album) -> None:
    album.keep("boat.png", ALL[1:])
    (album.folder / "turned.jpg").write_bytes(b"something new")
    album.undo()
    assert (album.folder / "boat copy.png").exists()
    assert (album.folder / "turned.jpg").read_bytes() == b"something new"
    (notice,) = album.library.notices()
    assert "turned.jpg" in notice
    assert album.id("turned.jpg") not in album.library.assets.ids(Filters())


def test_nothing_moves_where_a_file_is_not_what_was_compared(album: Album) -> None:
    with pytest.raises(WrongUse, match="not all copies"):
        album.keep("boat.png", ["boat copy.png", "other.png"])
    for others in ([], ["boat.png"], ["boat.png", "boat copy.png"]):
        with pytest.raises(WrongUse):
            album.keep("boat.png", others)
    copy = album.folder / "boat copy.png"
    data = bytearray(copy.read_bytes())
    data[-20] ^= 1
    copy.write_bytes(data)
    with pytest.raises(WrongUse, match="is not as it was"):
        album.keep("boat.png", ["turned.jpg", "boat copy.png"])
    (album.folder / "boat.png").unlink()
    with pytest.raises(WrongUse, match="is not as it was"):
        album.keep("boat.png", ["turned.jpg"])
    assert album.files() == ["boat copy.png", "other.png", "turned.jpg"]
    undo = album.library.undo.history().undo
    assert undo is not None
    assert undo.sentence.startswith("Add the folder")


def test_two_names_of_one_file_are_no_copies_to_put_away(album: Album) -> None:
    os.link(album.folder / "boat.png", album.folder / "boat again.png")
    os.symlink(album.folder / "boat.png", album.folder / "boat link.png")
    album.bench.index()
    with pytest.raises(WrongUse, match="another name"):
        album.keep("boat.png", ["boat again.png"])
    assert "boat again.png" in album.files()


def test_where_there_is_no_trash_nothing_is_done_at_all(album: Album) -> None:
    album.library.tags.tag([album.id("boat copy.png")], ["sea"])

    def failing(path: str) -> str | None:
        if path.endswith("turned.jpg"):
            raise EnvironmentProblem("There is no trash here.")
        return to_trash(path)

    album.copies = Copies(album.library, failing)
    with pytest.raises(EnvironmentProblem, match="no trash"):
        album.keep("boat.png", ALL[1:])
    assert album.files() == sorted([*ALL, "other.png"]), "what had gone before is back"
    assert album.asset("boat.png").tags == ()
    assert album.asset("boat copy.png").state is AssetState.PRESENT
    undo = album.library.undo.history().undo
    assert undo is not None
    assert undo.sentence.startswith("Tag")


def test_what_the_person_says_are_no_duplicates_is_remembered(album: Album) -> None:
    one, copy, near = map(album.id, ALL)
    album.library.duplicates.part([one, near])
    assert all(not {"boat.png", "turned.jpg"} <= set(group) for group in album.groups())
    album.library.duplicates.part([one, copy, near])
    assert album.groups() == []
    with pytest.raises(WrongUse, match="not all copies"):
        album.keep("boat.png", ["boat copy.png"])
    album.undo()
    album.undo()
    assert len(album.groups()) == 2
    album.redo()
    assert all(not {"boat.png", "turned.jpg"} <= set(group) for group in album.groups())


def test_the_set_of_duplicates_is_that_of_the_groups(album: Album) -> None:
    def asked() -> set[int]:
        return {row[0] for row in album.library._database.rows(DUPLICATES)}

    ids = [album.id(name) for name in ALL]
    assert asked() == set(ids)
    album.library.duplicates.part(ids)
    assert asked() == set()
    album.undo()
    album.keep(ALL[0], ALL[1:])
    assert asked() == set()


def test_the_engine_puts_copies_away_and_brings_them_back(
    service: EngineService, folder: Path
) -> None:
    phases: list[Phase] = []
    service.subscribe(lambda event: isinstance(event, Progress) and phases.append(event.phase))
    index(service, folder)
    (exact,) = service.duplicates(Likeness.EXACT)
    kept, other = (copy.asset_id for copy in exact.copies)
    step = service.keep_copy(kept, [other])
    assert not (folder / "boat copy.png").exists()
    assert service.undo() == step
    assert (folder / "boat copy.png").exists()
    assert service.redo() == step
    assert not (folder / "boat copy.png").exists()
    assert service.undo() == step
    service.part_copies([kept, other])
    assert service.duplicates(Likeness.EXACT) == []


@pytest.mark.parametrize("name", [b"strange %41 n\xc3\xa4me\n.txt", b"caf\xe9 [1].txt"])
def test_a_file_in_the_trash_can_be_brought_back_whole(tmp_path: Path, name: bytes) -> None:
    path = tmp_path / os.fsdecode(name)
    path.write_text("mine")
    place = to_trash(str(path))
    assert place is not None
    assert not path.exists()
    path.write_text("new")
    with pytest.raises(EnvironmentProblem, match="another"):
        from_trash(place, str(path))
    path.unlink()
    from_trash(place, str(path))
    assert path.read_text() == "mine"
    with pytest.raises(EnvironmentProblem, match="not in the trash"):
        from_trash(place, str(path.with_name("gone")))
    with pytest.raises(EnvironmentProblem, match="cannot be moved"):
        to_trash(str(tmp_path / "none"))
