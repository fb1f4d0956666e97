"""Segments to assets: each asset once, with the segment that matched best."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from assetman.library.segments import Owners


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
