from __future__ import annotations

import numpy as np
import pytest

from assetman.core.assets import Box, Kind, Probe, SegmentDraft, SegmentKind
from assetman.core.errors import WrongUse
from assetman.core.queries import Filters, FolderFilter
from assetman.core.spaces import Space
from assetman.library.library import Library

from .conftest import DIMENSION, SECOND, Shelf, stat, unit


def test_contents_that_share_a_digest_have_keys_of_their_own(shelf: Shelf) -> None:
    contents = shelf.library.contents
    ids = [contents.add("s00", 10**9, False, Kind.IMAGE)[0] for _ in range(3)]
    assert [content.key for content in contents.with_digest("s00")] == ["s00", "s00~2", "s00~3"]
    assert [content.id for content in contents.with_digest("s00")] == ids
    assert not contents.get(ids[0]).whole


def test_a_probe_comes_back_and_marks_the_content_extracted(shelf: Shelf) -> None:
    library = shelf.library
    asset = shelf.file("a.jpg")
    copy = shelf.file("b.jpg", content=library.contents.of_asset(asset).id)
    content = library.contents.of_asset(asset)
    assert content.probe is None
    probe = Probe(Kind.VIDEO, 3, 4, 12.5, {"camera": "Böx", "iso": 100, "odd": "\udcff"})
    assert library.contents.set_probe(content.id, probe).assets_changed == {asset, copy}
    content = library.contents.get(content.id)
    assert content.extracted
    assert content.probe == probe
    assert content.kind == Kind.VIDEO
    assert library.assets.get([copy])[0].kind == Kind.VIDEO


def test_a_probe_of_a_content_that_is_gone_is_wrong_use(shelf: Shelf) -> None:
    with pytest.raises(WrongUse):
        shelf.library.contents.set_probe(99, Probe(Kind.IMAGE))
    with pytest.raises(WrongUse):
        shelf.library.segments.replace(99, [])


def test_pending_says_all_that_a_decoder_needs(shelf: Shelf) -> None:
    asset = shelf.file("sub/a.jpg", mtime=5)
    (item,) = shelf.library.contents.pending([shelf.space], 10)
    (shown,) = shelf.library.assets.get([asset])
    assert (item.path, item.relative, item.key) == (shown.path, "sub/a.jpg", shown.fingerprint)
    assert (item.asset_id, item.root_id, item.mtime_ns) == (asset, shelf.root, 5 * SECOND)
    assert (item.kind, item.size, item.extracted) == (Kind.IMAGE, 10, False)
    assert item.spaces == (shelf.space,)


def test_the_newest_come_first_after_those_looked_at(shelf: Shelf) -> None:
    contents = shelf.library.contents
    assets = {mtime: shelf.file(f"{mtime}.jpg", mtime=mtime) for mtime in (3, 1, 2, 5, 4)}
    newest = [assets[mtime] for mtime in (5, 4, 3, 2, 1)]
    assert shelf.pending() == newest
    first = contents.pending([shelf.space], 3, first=[assets[1], 99, assets[3], assets[1]])
    assert [item.asset_id for item in first] == [assets[1], assets[3], assets[5]]
    skipped = {contents.of_asset(assets[mtime]).id for mtime in (1, 5)}
    rest = contents.pending([shelf.space], 10, first=[assets[1]], skip=skipped)
    assert [item.asset_id for item in rest] == [assets[4], assets[3], assets[2]]
    assert contents.pending([shelf.space], 0, first=[assets[1]]) == []


def test_a_content_with_copies_is_pending_once(shelf: Shelf) -> None:
    asset = shelf.file("a.jpg", mtime=1)
    newest = shelf.file("b.jpg", mtime=2, content=shelf.library.contents.of_asset(asset).id)
    assert shelf.pending() == [newest]
    assert shelf.library.contents.count_pending([shelf.space]) == (1, 10)


def test_a_failed_file_is_not_pending_until_it_changes_or_the_failure_is_cleared(
    shelf: Shelf,
) -> None:
    library = shelf.library
    asset = shelf.file("a.jpg")
    library.failures.add(shelf.root, "a.jpg", "extract", "bad input", "no", 10, 1000 * SECOND)
    assert shelf.pending() == []
    library.assets.touch(asset, stat(1001))
    assert shelf.pending() == [asset]
    library.failures.add(shelf.root, "a.jpg", "extract", "bad input", "no", 10, 1001 * SECOND)
    assert shelf.pending() == []
    library.failures.clear()
    assert shelf.pending() == [asset]


def test_a_copy_is_read_when_the_first_file_fails(shelf: Shelf) -> None:
    asset = shelf.file("a.jpg", mtime=9)
    copy = shelf.file("b.jpg", mtime=1, content=shelf.library.contents.of_asset(asset).id)
    shelf.library.failures.add(shelf.root, "a.jpg", "extract", "bad input", "no", 10, 9 * SECOND)
    assert shelf.pending() == [copy]


def test_only_the_spaces_asked_for_count(shelf: Shelf) -> None:
    library = shelf.library
    asset = shelf.done("a.jpg")
    second, _ = library.spaces.ensure(Space("second", "1", 1, DIMENSION))
    assert shelf.pending(shelf.space) == []
    (item,) = library.contents.pending([shelf.space, second.id], 10)
    assert (item.asset_id, item.extracted, item.spaces) == (asset, True, (second.id,))
    shelf.embed([segment.id for segment in library.segments.of_asset(asset)], second.id)
    assert shelf.pending(shelf.space, second.id) == []


def test_pending_inside_a_transaction_sees_what_it_wrote(shelf: Shelf) -> None:
    with shelf.library.writing():
        asset = shelf.file("a.jpg")
        assert shelf.pending() == [asset]
        shelf.embed(shelf.extract(asset))
        assert shelf.pending() == []


def test_an_undone_part_of_a_transaction_leaves_the_list_right(shelf: Shelf) -> None:
    library = shelf.library
    with library.writing():
        asset = shelf.file("a.jpg")
        with pytest.raises(WrongUse), library.writing():  # noqa: PT012
            shelf.extract(asset, segments=0)
            assert shelf.pending() == []
            library.roots.get(99)
    assert shelf.pending() == [asset]


def test_segments_equal_to_those_there_keep_their_ids_and_embeddings(shelf: Shelf) -> None:
    library = shelf.library
    asset = shelf.file("a.mp4", kind=Kind.VIDEO)
    content = library.contents.of_asset(asset).id
    box = Box(0.1, 0.2, 0.3, 0.7)
    kept = SegmentDraft(SegmentKind.SHOT, 0, 0.0, 1.5, 3, box)
    dropped = SegmentDraft(SegmentKind.SHOT, 1, 1.5, 2.0)
    first = library.segments.replace(content, [kept, dropped, dropped])
    shelf.embed(first)
    added = SegmentDraft(SegmentKind.FACE, 2, box=box)
    second = library.segments.replace(content, [added, dropped, kept])
    assert (second[1], second[2]) == (first[1], first[0])
    assert second[0] not in first
    assert library.embeddings.ids(shelf.space).tolist() == [first[0], first[1]]
    assert library.segments.get(second)[second[2]].draft == kept
    assert library.segments.get(second)[second[0]].draft == added
    assert [segment.id for segment in library.segments.of_asset(asset)] == [*first[:2], second[0]]
    assert library.segments.count() == 3


def test_owners_pair_segments_with_every_asset_that_passes(shelf: Shelf) -> None:
    library = shelf.library
    asset = shelf.done("a/1.jpg")
    copy = shelf.file("b/1.jpg", content=library.contents.of_asset(asset).id)
    lone = shelf.done("b/2.jpg")
    one, two = (library.segments.of_asset(each)[0].id for each in (asset, lone))
    owners = library.segments.owners(np.array([two, one, 999]))
    pairs = set(zip(owners.segment_ids.tolist(), owners.asset_ids.tolist(), strict=True))
    assert pairs == {(one, asset), (one, copy), (two, lone)}
    in_a = Filters(folders=(FolderFilter(shelf.root, "a"),))
    assert library.segments.owners(np.array([one, two]), in_a).asset_ids.tolist() == [asset]
    assert library.segments.matching(in_a).tolist() == [one]
    assert library.segments.owners(np.array([], np.int64)).segment_ids.shape == (0,)
    library.assets.mark_missing([copy])
    assert library.segments.owners(np.array([one])).asset_ids.tolist() == [asset]


def test_a_content_left_without_assets_by_a_crash_is_gone_after_opening(shelf: Shelf) -> None:
    library = shelf.library
    orphan, kept = shelf.content(), shelf.file("a.jpg")
    library.close()
    with Library.open(library.folder) as again:
        with pytest.raises(WrongUse):
            again.contents.get(orphan)
        assert again.assets.ids() == [kept]


def test_vectors_of_segments_that_are_gone_are_passed_over(shelf: Shelf) -> None:
    (segment,) = shelf.extract(shelf.file("a.jpg"))
    changes = shelf.library.embeddings.add(shelf.space, [segment, 999], unit(1, 2))
    assert changes.embedded == 1
    assert shelf.library.embeddings.ids(shelf.space).tolist() == [segment]
