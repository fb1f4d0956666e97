"""Conditions as SQL against the same conditions in plain Python, over one real catalogue."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetman.core.assets import Kind
from assetman.core.conditions import (
    EVERYTHING,
    HAS,
    IS,
    MISSING,
    ORIENTATIONS,
    All,
    Any,
    Condition,
    Days,
    InCollection,
    InFolder,
    Key,
    Not,
    Span,
    Test,
    either,
)
from assetman.core.days import PASSING
from assetman.core.facts import AssetFacts
from assetman.core.queries import Sort
from assetman.library.library import Library
from assetman.search.matching import counts
from kit.known_files import CAMERAS, COLORS, DAY, FOLDERS, LENSES, NAMES, TAGS, TIMES, KnownFiles

NOW = (date(1970, 1, 1), date(1970, 1, 2), date(1970, 1, 8), date(2001, 9, 9), date(2026, 2, 28))
PATTERNS = ("frog", "*.jpg", "?rog*", "STRASSE*", "a[1]*", "*", "canon", "z 6", "*d", "[2]", "x.y")
WORDS = ("frog", "green frog", "frog sing", "sea storm", "storm", "GRUN", "sea", "a b", "hidden")


def some(keys: tuple[Key, ...], values: st.SearchStrategy[str]) -> st.SearchStrategy[Condition]:
    return st.builds(Test, st.sampled_from(keys), values)


def spans(*numbers: float) -> st.SearchStrategy[Span]:
    ends = st.none() | st.sampled_from(numbers)
    return st.builds(Span, ends, ends, st.booleans(), st.booleans())


ends = st.sampled_from(["", *PASSING, "3m", "last-2-years", "9999y", "1970-01", "2024"])
days = st.builds(Days, ends, ends, st.booleans(), st.booleans())
leaves = st.one_of(
    some((Key.TYPE,), st.sampled_from(Kind).map(str)),
    some((Key.TAG,), st.sampled_from([*TAGS, "SEA", "STRASSE", "none"])),
    some((Key.NAME,), st.sampled_from([*PATTERNS, *NAMES])),
    some((Key.CAMERA,), st.sampled_from([*PATTERNS, *filter(None, CAMERAS)])),
    some((Key.LENS,), st.sampled_from([*PATTERNS, *filter(None, LENSES)])),
    some((Key.EXT,), st.sampled_from(["jpg", "psd", "gz", "hidden", "png", "none"])),
    some((Key.COLOR,), st.sampled_from([*COLORS, "#d01010", "#0000ff"])),
    some((Key.ORIENTATION,), st.sampled_from(ORIENTATIONS)),
    some((Key.HAS,), st.sampled_from(HAS)),
    some((Key.IS,), st.sampled_from(IS)),
    some((Key.SAID, Key.TEXT, Key.WRITTEN), st.sampled_from(WORDS)),
    st.builds(Test, st.just(Key.RATING), spans(0, 1, 3, 5)),
    st.builds(Test, st.just(Key.SIZE), spans(0, 1, 1024, 10 << 20)),
    st.builds(Test, st.sampled_from([Key.WIDTH, Key.HEIGHT]), spans(100, 104, 640)),
    st.builds(Test, st.just(Key.DURATION), spans(0.5, 30, 60)),
    st.builds(Test, st.just(Key.DATE), spans(*TIMES, 2 * DAY, -1e11, 1e14)),
    st.builds(Test, st.just(Key.DATE), days),
    st.builds(InFolder, st.integers(1, 3), st.sampled_from(FOLDERS)),
    st.builds(InCollection, st.integers(1, 3)),
)
conditions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(All, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Any, st.lists(inner, max_size=3).map(tuple)),
    ),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnownFiles]:
    """A library in a place whose clocks are not those of Greenwich."""
    before = os.environ.get("TZ")
    set_clock = getattr(time, "tzset", lambda: None)
    os.environ["TZ"] = "Asia/Kolkata"
    set_clock()
    try:
        with Library.open(tmp_path_factory.mktemp("conditions") / "library") as library:
            yield KnownFiles(library, contents=120)
    finally:
        del os.environ["TZ"]
        if before is not None:
            os.environ["TZ"] = before
        set_clock()


@settings(max_examples=300)
@given(condition=conditions, now=st.sampled_from(NOW))
def test_sql_and_python_agree_on_every_tree_on_any_day(
    known: KnownFiles, condition: Condition, now: date
) -> None:
    with pytest.MonkeyPatch.context() as clock:
        clock.setattr("assetman.core.conditions.today", lambda: now)
        agree(known.library, known.facts, condition)


def agree(library: Library, known: Mapping[int, AssetFacts], condition: Condition) -> None:
    expected = {asset for asset, facts in known.items() if counts(condition, facts)}
    found = library.assets.ids(condition)
    assert set(found) == expected
    assert len(found) == len(expected) == library.assets.count(condition)
    segments = library.segments.matching(condition)
    assert set(library.segments.owners(segments, condition).asset_ids.tolist()) == expected


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("descending", [False, True])
def test_a_filtered_list_has_the_order_of_the_whole(
    known: KnownFiles, sort: Sort, descending: bool
) -> None:
    assets = known.library.assets
    whole = assets.ids(EVERYTHING, sort, descending)
    for test in (
        Test(Key.EXT, "jpg"),
        Test(Key.WIDTH, Span(101)),
        Test(Key.COLOR, "#008080"),
        Test(Key.TYPE, "image"),
        either(Test(Key.TAG, "sea"), Test(Key.RATING, Span(3, 5))),
    ):
        passing = set(assets.ids(test))
        assert passing
        assert assets.ids(test, sort, descending) == [each for each in whole if each in passing]


def test_a_choice_of_thousands_is_no_deeper_than_one_of_two(known: KnownFiles) -> None:
    names = [Test(Key.NAME, name) for name in NAMES]
    tags = [Test(Key.TAG, f"{number}") for number in range(300)]
    many = Any((*(Test(Key.NAME, f"{number}") for number in range(1100)), *names, *tags))
    assert known.library.assets.ids(many) == known.library.assets.ids(Any(tuple(names)))
    folders = Any(tuple(InFolder(1, f"{number}") for number in range(1100)))
    assert known.library.assets.ids(folders) == []
    assert known.library.assets.ids(Not(Any(tuple(tags)))) == known.library.assets.ids()


@pytest.mark.parametrize("key", [Key.CAMERA, Key.LENS, Key.EXT, Key.TYPE])
def test_what_is_offered_is_there_and_counted(known: KnownFiles, key: Key) -> None:
    offered = known.library.offers.values(key)
    assert len(offered) > 1
    for value, count in offered:
        assert known.library.assets.count(Test(key, value)) == count, value
    assert [count for _, count in offered] == sorted((n for _, n in offered), reverse=True)


def test_files_that_are_gone_count_only_where_they_are_asked_for(known: KnownFiles) -> None:
    assets = known.library.assets
    gone = {asset for asset, facts in known.facts.items() if facts.missing}
    assert set(assets.ids(MISSING)) == gone
    assert not gone & set(assets.ids(Not(MISSING)))
    video = Test(Key.TYPE, "video")
    assert set(assets.ids(Any((MISSING, video)))) == gone | set(assets.ids(video))
    assert np.all(known.library.segments.matching(MISSING) > 0)
