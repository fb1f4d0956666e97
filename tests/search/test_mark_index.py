"""Likely copies are found among many by their marks, as if all had been looked at."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from assetman.core.timelines import MARK
from assetman.search import mark_index
from assetman.search.mark_index import MarkIndex

BITS, WITHIN = 10, 1.0


def marks(seed: int, count: int = 40, start: float = 0.0) -> NDArray[np.void]:
    """Give marks of something, two seconds apart."""
    made = np.empty(count, MARK)
    made["word"] = np.random.default_rng(seed).integers(0, 2**64, count, np.uint64)
    made["time"] = start + 2.0 * np.arange(count)
    return made


def blurred(kept: NDArray[np.void], most: int, seed: int, later: float = 0.0) -> NDArray[np.void]:
    """Flip some bits of each mark, as a copy has them, and let all be later."""
    chance = np.random.default_rng(seed)
    made = kept.copy()
    for number in range(len(made)):
        flipped = chance.choice(64, int(chance.integers(0, most + 1)), replace=False)
        made["word"][number] ^= np.bitwise_or.reduce(np.uint64(1) << flipped.astype(np.uint64))
    made["time"] += later
    return made


@pytest.fixture(params=[1 << 60, 300], ids=["one by one", "in order"])
def index(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> MarkIndex:
    monkeypatch.setattr(mark_index, "_LOOSE", request.param)
    return MarkIndex([(number, marks(number)) for number in range(100)], BITS, WITHIN)


def test_a_copy_of_a_part_is_the_likeliest_with_its_offset(index: MarkIndex) -> None:
    for number in range(0, 100, 7):
        part = blurred(marks(number)[10:34], BITS, number, later=5.0)
        first = index.likely(part)[0]
        assert first.content_id == number
        assert first.offsets[0] == pytest.approx(-5.0, abs=0.5)
        assert first.votes > 12


def test_what_shares_no_more_than_chance_is_not_likely(index: MarkIndex) -> None:
    assert all(index.likely(marks(seed)) == [] for seed in range(1000, 1020))
    one_shared = marks(1000)
    one_shared[3] = marks(7)[3]
    assert index.likely(one_shared) == []
    assert [each.content_id for each in index.likely(one_shared[3:4])] == [7]


def test_marks_that_very_many_have_tell_nothing(
    index: MarkIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mark_index, "_COMMON", 50)
    black = marks(5000, 1)
    for number in range(200, 260):
        index.add(number, black)
    assert index.likely(black) == []
    assert index.likely(np.concatenate([black, marks(9)]))[0].content_id == 9


def test_nothing_is_likely_where_nothing_is_known() -> None:
    empty = MarkIndex([], BITS, WITHIN)
    assert empty.likely(marks(1)) == []
    empty.add(1, np.empty(0, MARK))
    assert empty.likely(marks(1)) == []
    assert empty.likely(np.empty(0, MARK)) == []
