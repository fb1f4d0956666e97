"""Folds the hits of one library: what is a copy of what it knows, what looks alike it looks up."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from assetman.core.assets import Asset, Kind
from assetman.core.queries import Aspect, Hit
from assetman.library.library import Library
from assetman.search.aspects import Likenesses
from assetman.search.duplicates import alike_among
from assetman.search.stacking import Alike, fold

_ALIKE = 0.9  # the cosine of two looks from which pictures of one moment are of a burst


class Folding:
    """Puts hits into stacks."""

    def __init__(self, library: Library, likenesses: Likenesses | None) -> None:
        self._library = library
        self._likenesses = likenesses

    def folded(self, hits: Sequence[Hit]) -> list[Hit]:
        """Leave of each stack its best hit, in its place, with all that are in the stack."""
        ids = [hit.asset_id for hit in hits]
        assets = self._library.assets.get(ids)
        return fold(hits, assets, alike_among(self._library, ids), self._alike(assets))

    def _alike(self, assets: Sequence[Asset]) -> Alike:
        """Give what tells of two of the pictures whether they look alike.

        Of one whose look is not known yet nothing is like it.
        """

        @cache
        def looks() -> dict[int, np.ndarray]:  # few answers have pictures of one moment
            return self._looks([asset.id for asset in assets if asset.kind is Kind.IMAGE])

        def alike(one: int, other: int) -> bool:
            rows = [looks()[each] for each in (one, other) if each in looks()]
            return len(rows) == 2 and float(rows[0] @ rows[1]) >= _ALIKE

        return alike

    def _looks(self, asset_ids: Sequence[int]) -> dict[int, np.ndarray]:
        if self._likenesses is None or not asset_ids:
            return {}
        owners = self._library.segments.of_assets(asset_ids)
        ids, rows = self._likenesses.of(Aspect.LOOK).vectors_of(np.unique(owners.segment_ids))
        row_of = dict(zip(ids.tolist(), rows, strict=True))
        pairs = zip(owners.asset_ids.tolist(), owners.segment_ids.tolist(), strict=True)
        return {asset: row_of[segment] for asset, segment in pairs if segment in row_of}
