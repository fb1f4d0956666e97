"""Folds the hits of one library: what is a copy of what it knows, what looks alike it looks up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache

import numpy as np

from assetman.core.assets import Asset, Kind
from assetman.core.queries import Aspect, Hit
from assetman.library.library import Library
from assetman.search.aspects import Likenesses
from assetman.search.duplicates import alike_among
from assetman.search.stacking import Alike, fold, in_a_row

_ALIKE = 0.9  # the cosine of two looks from which pictures of one moment are of a burst


class Folding:
    """Puts hits into stacks."""

    def __init__(self, library: Library, likenesses: Likenesses | None) -> None:
        self._library = library
        self._likenesses = likenesses

    def folded(self, hits: Sequence[Hit]) -> list[Hit]:
        """Leave of each stack its best hit, in its place, with all that are in the stack."""
        ids = self._not_alone([hit.asset_id for hit in hits])
        if not ids:
            return list(hits)
        assets = self._library.assets.get(ids)
        return fold(hits, assets, alike_among(self._library, ids), self._alike(assets))

    def _not_alone(self, asset_ids: Sequence[int]) -> list[int]:
        """Give those of the assets that may be in a stack: most answers have hardly any."""
        origins = self._library.assets.origins(asset_ids)
        holding = Counter(each.content_id for each in origins)
        shared = {content for content, assets in holding.items() if assets > 1}
        for relation in self._library.duplicates.relations(holding):
            shared |= {relation.one, relation.other}
        found = {each.asset_id for each in origins if each.content_id in shared}
        found |= in_a_row((each.asset_id, each.folder, each.taken) for each in origins)
        return [asset for asset in asset_ids if asset in found]

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
