"""Files under other names, in other places, with other bytes: which asset is which."""

from __future__ import annotations

import os
import random
import shutil
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from assetman.core.assets import Asset
from assetman.core.progress import CancelToken, Counts
from assetman.core.queries import Filters
from assetman.ingest import claims, identify
from assetman.ingest.ignore import IgnoreRules
from assetman.ingest.places import Place
from assetman.ingest.survey import Survey
from assetman.ingest.tally import Tally
from assetman.media import fingerprint
from kit.bench import Bench
from kit.pictures import paint


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Another root, which is never empty."""
    paint(tmp_path / "archive" / "kept.png", "white", 99)
    return tmp_path / "archive"


def where(bench: Bench) -> dict[int, str]:
    """Say where every asset lies that is not missing."""
    ids = bench.library.assets.ids(Filters())
    return {asset.id: asset.path for asset in bench.library.assets.get(ids)}


def at(bench: Bench, path: Path) -> Asset:
    (asset_id,) = [i for i, each in where(bench).items() if each == str(path)]
    return bench.library.assets.get([asset_id])[0]


def calm(bench: Bench) -> Counts:
    """Index, and see that nothing was embedded and that the next run has nothing to do."""
    counts = bench.index()
    assert counts.embedded == 0
    again = bench.index()
    settled = (again.added, again.changed, again.moved, again.missing, again.embedded)
    assert settled == (0, 0, 0, 0, 0)
    assert bench.library.check() == []
    return counts


def three(bench: Bench, photos: Path) -> list[tuple[Path, int]]:
    paths = [paint(photos / f"{name}.png", "red", number) for number, name in enumerate("abc")]
    bench.add(photos)
    bench.index()
    return [(path, at(bench, path).id) for path in paths]


def without_birth(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a disk that keeps no time of birth: inodes prove nothing."""
    monkeypatch.setattr(claims, "born", lambda path: None)


@pytest.mark.parametrize("births", [True, False])
def test_two_files_that_swap_names_take_their_assets_with_them(
    bench: Bench, photos: Path, monkeypatch: pytest.MonkeyPatch, births: bool
) -> None:
    if not births:
        without_birth(monkeypatch)
    (a, first), (b, second), _ = three(bench, photos)
    aside = photos / "aside"
    a.rename(aside)
    b.rename(a)
    aside.rename(b)
    assert calm(bench).moved == 2
    assert (at(bench, a).id, at(bench, b).id) == (second, first)


@pytest.mark.parametrize("births", [True, False])
def test_names_that_go_round_take_their_assets_with_them(
    bench: Bench, photos: Path, monkeypatch: pytest.MonkeyPatch, births: bool
) -> None:
    if not births:
        without_birth(monkeypatch)
    (a, first), (b, second), (c, third) = three(bench, photos)
    aside = photos / "aside"
    c.rename(aside)
    b.rename(c)
    a.rename(b)
    aside.rename(a)
    assert calm(bench).moved == 3
    assert [at(bench, path).id for path in (a, b, c)] == [third, first, second]


def test_a_series_whose_numbers_are_shifted_moves_as_a_whole(bench: Bench, photos: Path) -> None:
    for number in range(30):
        paint(photos / f"{number}.png", "red", number)
    bench.add(photos)
    bench.index()
    before = {at(bench, photos / f"{number}.png").id: number for number in range(30)}
    for number in reversed(range(30)):
        (photos / f"{number}.png").rename(photos / f"{number + 1}.png")
    assert calm(bench).moved == 30
    assert where(bench) == {i: str(photos / f"{n + 1}.png") for i, n in before.items()}


def test_a_file_renamed_and_then_edited_stays_the_same_asset(bench: Bench, photos: Path) -> None:
    (a, first), *_ = three(bench, photos)
    a.rename(photos / "other.png")
    with (photos / "other.png").open("r+b") as file:
        file.truncate()
        file.write(paint(photos.parent / "new.png", "blue", 7).read_bytes())
    counts = bench.index()
    assert (counts.changed, counts.added, counts.missing, counts.embedded) == (1, 0, 0, 1)
    assert at(bench, photos / "other.png").id == first


def test_a_new_file_with_the_inode_of_one_deleted_is_not_that_one(
    bench: Bench, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (a, first), *_ = three(bench, photos)
    # Born after the asset was added, as every file is that was given a free inode.
    monkeypatch.setattr(claims, "born", lambda path: a_moment_later)
    a_moment_later = os.stat(a).st_mtime + 3600
    a.rename(photos / "new.png")
    (photos / "new.png").write_bytes(paint(photos.parent / "new.png", "blue", 7).read_bytes())
    counts = bench.index()
    assert (counts.added, counts.missing) == (1, 1)
    assert bench.library.assets.get([first])[0].state == "missing"


def test_a_picture_renamed_and_a_new_one_under_its_old_name_are_two(
    bench: Bench, photos: Path
) -> None:
    (a, first), *_ = three(bench, photos)
    a.rename(photos / "contract.png")
    paint(a, "blue", 50)
    counts = bench.index()
    assert (counts.moved, counts.added, counts.embedded) == (1, 1, 1)
    assert at(bench, photos / "contract.png").id == first
    assert at(bench, a).id != first


def test_an_edit_that_keeps_the_older_state_beside_it_stays_where_it_was(
    bench: Bench, photos: Path
) -> None:
    (a, first), *_ = three(bench, photos)
    a.rename(photos / "a~.png")
    paint(a, "blue", 50)
    counts = bench.index()
    assert (counts.changed, counts.added, counts.embedded) == (1, 1, 1)
    assert at(bench, a).id == first


def test_a_program_that_writes_aside_and_renames_over_changes_the_same_asset(
    bench: Bench, photos: Path
) -> None:
    (a, first), *_ = three(bench, photos)
    paint(photos / "a.part.png", "blue", 50)
    bench.index()  # met half-way
    assert len(where(bench)) == 4
    (photos / "a.part.png").rename(a)
    counts = calm(bench)
    assert (counts.changed, counts.missing) == (1, 0)
    assert at(bench, a).id == first
    assert len(where(bench)) == 3


def test_a_file_and_a_new_copy_of_it_that_swap_names_are_two(bench: Bench, photos: Path) -> None:
    (a, first), *_ = three(bench, photos)
    copy = photos / "copy.png"
    shutil.copy(a, copy)
    a.rename(photos / "aside")
    copy.rename(a)
    (photos / "aside").rename(copy)
    counts = bench.index()
    assert (counts.added, counts.missing, counts.embedded) == (1, 0, 0)
    assert first in {at(bench, a).id, at(bench, copy).id}
    assert len(where(bench)) == 4
    calm(bench)


def test_a_copy_shares_the_embedding_with_an_original_edited_since(
    bench: Bench, photos: Path
) -> None:
    (a, first), *_ = three(bench, photos)
    shutil.copy(a, photos / "copy.png")
    paint(a, "blue", 50)
    counts = bench.index()
    assert (counts.changed, counts.added, counts.embedded) == (1, 1, 1)
    assert at(bench, a).id == first


def test_a_move_to_another_drive_seen_half_way_keeps_the_asset(
    bench: Bench, photos: Path, archive: Path
) -> None:
    (a, first), *_ = three(bench, photos)
    bench.add(archive)
    bench.index()
    shutil.copy2(a, archive / "a.png")
    assert bench.index().added == 1
    a.unlink()
    counts = calm(bench)
    assert (counts.moved, counts.missing) == (1, 0)
    assert at(bench, archive / "a.png").id == first


def test_five_hundred_copies_of_one_picture_keep_their_folders_apart(
    bench: Bench, photos: Path, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_birth(monkeypatch)  # as on another drive
    cover = paint(photos / "albums" / "0" / "cover.png", "red")
    for number in range(1, 500):
        (photos / "albums" / f"{number}").mkdir()
        shutil.copy(cover, photos / "albums" / f"{number}" / "cover.png")
    paint(photos / "other.png", "blue")
    bench.add(photos)
    bench.add(archive)
    bench.index()
    before = {i: os.path.relpath(path, photos / "albums") for i, path in where(bench).items()}
    shutil.move(photos / "albums", archive / "music")
    order = list((archive / "music").iterdir())
    random.Random(1).shuffle(order)
    assert calm(bench).moved == 500
    for i, path in where(bench).items():
        if path.endswith("cover.png"):
            assert os.path.relpath(path, archive / "music") == before[i]


def test_a_name_in_other_letters_or_another_composition_is_the_same_file(
    bench: Bench, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_birth(monkeypatch)
    composed = unicodedata.normalize("NFC", "Müller.png")
    for name in ("sunset.png", composed, "zebra.png"):
        paint(photos / name, "red")
    bench.add(photos)
    bench.index()
    sunset, zebra = at(bench, photos / "sunset.png").id, at(bench, photos / "zebra.png").id
    miller = at(bench, photos / composed).id
    (photos / "zebra.png").rename(photos / "Zebra.PNG")
    (photos / "sunset.png").rename(photos / "Sunset.png")
    (photos / composed).rename(photos / unicodedata.normalize("NFD", composed))
    assert calm(bench).moved == 3
    assert at(bench, photos / "Sunset.png").id == sunset
    assert at(bench, photos / "Zebra.PNG").id == zebra
    assert at(bench, photos / unicodedata.normalize("NFD", composed)).id == miller


def test_a_folder_in_the_place_of_a_file_is_another_thing(bench: Bench, photos: Path) -> None:
    (a, first), *_ = three(bench, photos)
    kept = a.read_bytes()
    a.unlink()
    a.mkdir()
    (a / "inner.png").write_bytes(kept)
    assert calm(bench).moved == 1
    assert at(bench, a / "inner.png").id == first


def test_a_hard_link_is_a_copy_and_renaming_one_of_two_moves_just_that(
    bench: Bench, photos: Path
) -> None:
    (a, first), *_ = three(bench, photos)
    os.link(a, photos / "link.png")
    assert calm(bench).added == 1
    link = at(bench, photos / "link.png").id
    (photos / "link.png").rename(photos / "renamed.png")
    assert calm(bench).moved == 1
    assert at(bench, a).id == first
    assert at(bench, photos / "renamed.png").id == link


def test_a_tagged_file_renamed_over_another_leaves_that_one_missing_till_it_comes_back(
    bench: Bench, photos: Path, archive: Path
) -> None:
    (a, first), (b, second), _ = three(bench, photos)
    bench.add(archive)
    bench.index()
    bench.library.tags.tag([first], ["under"])
    bench.library.tags.tag([second], ["over"])
    kept = a.read_bytes()
    b.rename(a)
    counts = calm(bench)
    assert (counts.moved, counts.added, counts.missing) == (1, 0, 0)
    assert (at(bench, a).id, at(bench, a).tags) == (second, ("over",))
    (lost,) = bench.library.assets.get(bench.library.assets.ids(Filters(missing=True)))
    assert (lost.id, lost.tags, lost.path) == (first, ("under",), str(a))
    (archive / "again.png").write_bytes(kept)
    assert calm(bench).moved == 1
    assert (at(bench, archive / "again.png").id, lost.tags) == (first, ("under",))


def test_a_copy_that_bears_tags_of_its_own_is_not_taken_over(
    bench: Bench, photos: Path, archive: Path
) -> None:
    (a, first), *_ = three(bench, photos)
    bench.add(archive)
    bench.index()
    shutil.copy2(a, archive / "a.png")
    bench.index()
    copy = at(bench, archive / "a.png").id
    bench.library.tags.tag([first], ["original"])
    bench.library.tags.tag([copy], ["copy"])
    a.unlink()
    assert calm(bench).missing == 1
    assert at(bench, archive / "a.png").tags == ("copy",)
    assert bench.library.assets.get([first])[0].tags == ("original",)


def test_a_folder_taken_out_of_the_library_hands_over_to_one_that_holds_it(
    bench: Bench, photos: Path, tmp_path: Path
) -> None:
    before = three(bench, photos)
    bench.library.tags.tag([asset_id for _, asset_id in before], ["kept"])
    bench.library.roots.remove(bench.library.roots.all()[0].id)
    shutil.copytree(photos, tmp_path / "copies")
    bench.add(tmp_path / "copies")
    assert calm(bench).added == 3
    assert all(not asset.tags for asset in bench.assets().values())
    (tmp_path / "outer").mkdir()
    photos.rename(tmp_path / "outer" / "inner")
    bench.add(tmp_path / "outer")
    assert calm(bench).moved == 3
    for path, asset_id in before:
        found = at(bench, tmp_path / "outer" / "inner" / path.name)
        assert (found.id, found.tags) == (asset_id, ("kept",))


def test_another_picture_under_the_name_of_one_long_missing_is_not_that_one(
    bench: Bench, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (a, first), *_ = three(bench, photos)
    bench.library.tags.tag([first], ["kept"])
    a.unlink()
    bench.index()
    monkeypatch.setattr(claims, "_BRIEF", -1.0)
    paint(a, "blue", 50)
    assert bench.index().added == 1
    assert at(bench, a).tags == ()
    assert bench.library.assets.get([first])[0].tags == ("kept",)


def test_a_root_renamed_and_added_anew_hands_over_its_assets(bench: Bench, photos: Path) -> None:
    before = three(bench, photos)
    photos.rename(photos.with_name("pictures"))
    bench.add(photos.with_name("pictures"))
    assert calm(bench).moved == 3
    for path, asset_id in before:
        assert at(bench, photos.with_name("pictures") / path.name).id == asset_id


def test_copies_of_what_lies_on_a_drive_that_is_away_are_copies(
    bench: Bench, photos: Path, tmp_path: Path
) -> None:
    before = three(bench, photos)
    shutil.copytree(photos, tmp_path / "copies")
    photos.rename(tmp_path / "away")
    bench.add(tmp_path / "copies")
    assert calm(bench).added == 3
    (tmp_path / "away").rename(photos)
    assert calm(bench).unchanged == 6
    assert [at(bench, path).id for path, _ in before] == [asset_id for _, asset_id in before]


@pytest.fixture
def sampled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take samples of every file, as of large ones."""
    real = fingerprint.fingerprint

    def of_samples(path: str) -> fingerprint.Fingerprint:
        whole = real(path)
        return fingerprint.Fingerprint("s" + str(whole.size), whole.size, whole=False)

    monkeypatch.setattr(identify, "fingerprint", of_samples)


@pytest.mark.usefixtures("sampled")
def test_large_files_alike_in_all_samples_are_told_apart_when_they_move(
    bench: Bench, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_birth(monkeypatch)
    whole = paint(photos / "a.png", "red").read_bytes()
    (photos / "b.png").write_bytes(whole[:-1] + b"\0")  # the decoder does not mind
    os.utime(photos / "b.png", (1, 1))
    bench.add(photos)
    assert bench.index().embedded == 2
    first, second = at(bench, photos / "a.png"), at(bench, photos / "b.png")
    assert first.fingerprint != second.fingerprint
    (photos / "sub").mkdir()
    (photos / "a.png").rename(photos / "sub" / "b.png")
    (photos / "b.png").rename(photos / "sub" / "a.png")
    assert calm(bench).moved == 2
    assert at(bench, photos / "sub" / "b.png").id == first.id
    assert at(bench, photos / "sub" / "a.png").id == second.id


@pytest.mark.usefixtures("sampled")
def test_a_large_file_with_another_time_elsewhere_is_not_held_for_the_one_that_is_gone(
    bench: Bench, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_birth(monkeypatch)
    (a, first), *_ = three(bench, photos)
    a.rename(photos / "moved.png")
    os.utime(photos / "moved.png", (1, 1))
    counts = bench.index()
    assert (counts.added, counts.missing) == (1, 1)
    assert bench.library.assets.get([first])[0].state == "missing"


def test_a_folder_looked_through_alone_takes_over_what_was_moved_into_it(
    bench: Bench, photos: Path
) -> None:
    (a, first), *_ = three(bench, photos)
    root = bench.library.roots.all()[0]
    (photos / "new").mkdir()
    a.rename(photos / "new" / "renamed.png")
    survey = Survey(bench.library, bench.thumbnails, IgnoreRules(), Tally(1), bench.changes.append)
    survey.run([Place(root.id, "new")], CancelToken())
    assert at(bench, photos / "new" / "renamed.png").id == first
    assert calm(bench).unchanged == 3


def test_files_that_swap_names_while_they_are_read_are_not_held_for_each_other(
    bench: Bench, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = paint(photos / "a.png", "red", 1), paint(photos / "b.png", "blue", 2)
    os.utime(b, (1, 1))
    bench.add(photos)
    real, read = identify.fingerprint, []

    def swap_first(path: str) -> fingerprint.Fingerprint:
        read.append(path)
        if len(read) == 1:
            a.rename(photos / "aside")
            b.rename(a)
            (photos / "aside").rename(b)
        return real(path)

    with monkeypatch.context() as patch:
        patch.setattr(identify, "fingerprint", swap_first)
        assert bench.index().failed == 0
    bench.index()
    a.rename(photos / "aside")
    b.rename(a)
    (photos / "aside").rename(b)
    bench.index()
    assert at(bench, a).fingerprint == real(str(a)).digest
    assert at(bench, b).fingerprint == real(str(b)).digest


@pytest.mark.parametrize("replaced", [False, True])
def test_an_edited_file_that_moves_on_before_it_is_settled_stays_the_same_asset(
    bench: Bench, photos: Path, monkeypatch: pytest.MonkeyPatch, replaced: bool
) -> None:
    (a, first), *_ = three(bench, photos)
    bench.library.tags.tag([first], ["mine"])
    a.rename(photos / "renamed.png")
    with (photos / "renamed.png").open("r+b") as file:
        file.write(paint(photos.parent / "other.png", "green", 7).read_bytes())
    if replaced:  # by a file that could be held for its new state
        paint(a, "blue", 8)
    real = identify.Identification.settle

    def moving_on(
        self: identify.Identification, cancel: CancelToken
    ) -> Iterator[identify.Identified]:
        (photos / "renamed.png").rename(photos / "again.png")
        return real(self, cancel)

    with monkeypatch.context() as patch:
        patch.setattr(identify.Identification, "settle", moving_on)
        bench.index()
    bench.index()
    assert at(bench, photos / "again.png").id == first
    assert at(bench, photos / "again.png").tags == ("mine",)
