"""Segments to assets: whose the best ones are is looked up only as far as it is needed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from assetman.core.assets import Kind, SegmentDraft, SegmentKind
from assetman.core.conditions import EVERYTHING
from assetman.library.assets import FileStat
from assetman.library.library import Library
from assetman.search.grouping import best_assets

FILMS, SHOTS = 30, 4


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Library, dict[int, int]]]:
    """Open a library of films, every third of them there twice; with it whose each segment is."""
    folder = tmp_path_factory.mktemp("films")
    with Library.open(folder / "library") as library:
        root, _ = library.roots.add(str(folder))
        first: dict[int, int] = {}
        with library.writing():
            for film in range(FILMS):
                content, _ = library.contents.add(f"{film:032x}", 9, True, Kind.VIDEO)
                drafts = [SegmentDraft(SegmentKind.SHOT, shot) for shot in range(SHOTS)]
                segments = library.segments.replace(content, drafts)
                for copy in range(2 if film % 3 == 0 else 1):
                    stat = FileStat(9, 0, inode=film, device=copy)
                    asset, _ = library.assets.add(root.id, f"{copy}/{film}.mp4", stat, content)
                    first |= dict.fromkeys(segments, asset) if not copy else {}
        yield library, first


def every(
    library: Library, ids: np.ndarray, odds: np.ndarray, left_out: frozenset[int]
) -> list[tuple[int, int, float]]:
    """Look up whose all of them are, and give each asset with its best segment, best first."""
    owners = library.segments.owners(ids)
    told = dict(zip(ids.tolist(), odds.tolist(), strict=True))
    pairs = zip(owners.asset_ids.tolist(), owners.segment_ids.tolist(), strict=True)
    best: dict[int, tuple[float, int]] = {}
    for asset, segment in pairs:
        if asset not in left_out:
            best[asset] = max(best.get(asset, (-np.inf, 0)), (told[segment], -segment))
    rows = [(asset, -segment, value) for asset, (value, segment) in best.items()]
    return sorted(rows, key=lambda row: (-row[2], row[0]))


@pytest.mark.parametrize("limit", [1, 7, 20, FILMS, 2 * FILMS])
def test_the_best_are_those_of_looking_all_of_them_up(
    films: tuple[Library, dict[int, int]], limit: int
) -> None:
    library, first = films
    random = np.random.default_rng(limit)
    for _ in range(10):
        ids = random.permutation(np.array(sorted(first)))[: random.integers(1, len(first))]
        odds = random.integers(0, 12, len(ids)) / 4  # many are alike
        left_out = frozenset(random.permutation(list(first.values()))[:3].tolist())
        found = best_assets(library.segments, ids, odds, EVERYTHING, left_out, limit)
        found.sort(key=lambda row: (-row[2], row[0]))
        assert found[:limit] == every(library, ids, odds, left_out)[:limit]


def test_nothing_is_found_among_nothing(films: tuple[Library, dict[int, int]]) -> None:
    library, _ = films
    none = np.empty(0, np.int64)
    assert best_assets(library.segments, none, np.empty(0), EVERYTHING, (), 5) == []
