"""Comparing coarsely first: the answers are those of comparing everything."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from assetman.vectors import coarse
from assetman.vectors.comparing import nearest, nearly_nearest
from assetman.vectors.exact import CODES, read_rows, write_rows
from assetman.vectors.rows import Rows

COUNT, WIDTH = 3000, 64


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coarse, "LEAST", 1000)


def plain(random: np.random.Generator) -> np.ndarray:
    return random.standard_normal((COUNT, WIDTH))


def with_some_great_numbers(random: np.random.Generator) -> np.ndarray:
    """Draw vectors as some models make them: a few numbers of each are far beyond the rest."""
    rows = random.standard_normal((COUNT, WIDTH))
    rows[:, :2] += 12
    return rows


def all_but_alike(random: np.random.Generator) -> np.ndarray:
    return np.ones((COUNT, WIDTH)) + 0.003 * random.standard_normal((COUNT, WIDTH))


KINDS = (plain, with_some_great_numbers, all_but_alike)


def saved(folder: Path, vectors: np.ndarray) -> Rows:
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    write_rows(folder / "rows", Rows.of(np.arange(len(units)) * 3, units.astype(np.float16)), 1)
    return read_rows(folder / "rows")[0]


def agree(rows: Rows, queries: np.ndarray, places: np.ndarray | None = None) -> int:
    """Tell how often comparing coarsely was worth it; wherever it was, nothing is missed."""
    worth = 0
    for query in queries.astype(np.float32):
        unit = (query / np.linalg.norm(query))[None]
        found = nearly_nearest(rows, unit, 20, places)
        if found is not None:
            worth += 1
            right = nearest(rows, unit, 20, places)
            assert found.ids.tolist() == right.ids.tolist()
            assert found.similarities.tolist() == right.similarities.tolist()
    return worth


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_missed(tmp_path: Path, kind: Callable[..., np.ndarray]) -> None:
    random = np.random.default_rng(1)
    rows, queries = saved(tmp_path, kind(random)), kind(random)[:10]
    assert rows.coarse is not None
    worth = agree(rows, queries)
    assert worth == 10 or kind is not plain
    for share in (0.05, 0.5, 0.9):
        agree(rows, queries, np.sort(random.choice(COUNT, int(share * COUNT), replace=False)))


def test_what_was_added_replaced_or_removed_since_counts_too(tmp_path: Path) -> None:
    random = np.random.default_rng(2)
    rows = saved(tmp_path, plain(random))
    more = random.standard_normal((500, WIDTH)).astype(np.float32)
    more /= np.linalg.norm(more, axis=1, keepdims=True)
    rows = rows.with_added(np.arange(500) * 4, more)  # some of them are known ids
    rows = rows.without(np.arange(0, 300) * 3)
    assert agree(rows, plain(random)[:10]) == 10
    assert agree(rows, more[:10], rows.live_places[::2]) == 10


def test_few_rows_have_no_codes(tmp_path: Path) -> None:
    few = saved(tmp_path / "few", plain(np.random.default_rng(3))[:900])
    assert few.coarse is None
    assert nearly_nearest(few, np.ones((1, WIDTH), np.float32) / 8, 5) is None


def test_rows_that_were_saved_without_codes_are_given_some(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coarse, "LEAST", COUNT + 1)
    random = np.random.default_rng(4)
    saved(tmp_path, plain(random))
    assert not (tmp_path / "rows" / CODES).exists()
    monkeypatch.setattr(coarse, "LEAST", 1000)
    rows, _ = read_rows(tmp_path / "rows")
    assert agree(rows, plain(random)[:5]) == 5
