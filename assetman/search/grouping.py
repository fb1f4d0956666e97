"""Segments to assets: each asset once, with the segment that matched best."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from assetman.core.conditions import Condition
from assetman.library.segments import Owners, Segments


def best_assets(
    segments: Segments,
    segment_ids: np.ndarray,
    odds: np.ndarray,
    condition: Condition,
    leave_out: Collection[int],
    limit: int,
) -> list[tuple[int, int, float]]:
    """Give (asset id, segment id, odds) of the best assets that pass, at least `limit` if there are.

    segment_ids (n,) int64 have odds (n,). Whose they are is looked up until there are enough: in
    a large catalogue that takes longer than to compare them.
    """
    order = np.lexsort((segment_ids, -odds))
    ids, odds = segment_ids[order], odds[order]
    found: dict[int, tuple[int, int, float]] = {}
    start = 0
    while start < len(ids) and len(found) < limit:
        last = min(len(ids), start + limit - len(found) + len(leave_out)) - 1
        stop = int(np.searchsorted(-odds, -odds[last], "right"))  # equals go by their assets
        owners = segments.owners(ids[start:stop], condition)
        for row in group(ids[start:stop], odds[start:stop], owners, leave_out):
            found.setdefault(row[0], row)
        start = stop
    return list(found.values())


def group(
    segment_ids: np.ndarray,
    similarities: np.ndarray,
    owners: Owners,
    leave_out: Collection[int] = (),
) -> list[tuple[int, int, float]]:
    """Give (asset id, segment id, similarity), best first, ties by asset id.

    segment_ids (n,) int64 and similarities (n,) float32 are neighbours, best first; segments
    no asset owns any more are passed over.
    """
    of_segment = dict(zip(segment_ids.tolist(), similarities.tolist(), strict=True))
    best: dict[int, tuple[int, float]] = {}
    for segment, asset in zip(owners.segment_ids.tolist(), owners.asset_ids.tolist(), strict=True):
        if asset in leave_out:
            continue
        similarity = of_segment[segment]
        if asset not in best or similarity > best[asset][1]:
            best[asset] = (segment, similarity)
    found = [(asset, segment, similarity) for asset, (segment, similarity) in best.items()]
    return sorted(found, key=lambda row: (-row[2], row[0]))
