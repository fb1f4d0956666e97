"""The verbs about files that are the same thing."""

from __future__ import annotations

from collections.abc import Sequence

from assetman.core.duplicates import Comparison, DuplicateGroup, Likeness
from assetman.core.errors import WrongUse
from assetman.core.organising import Step
from assetman.engine.verbs import Verbs
from assetman.media.differing import compared
from assetman.search.duplicates import duplicate_groups


class DuplicateVerbs(Verbs):
    """Satisfies `DuplicatesApi`."""

    def duplicates(self, likeness: Likeness | None = None) -> list[DuplicateGroup]:
        return duplicate_groups(self._library, likeness)

    def keep_copy(self, keep: int, others: Sequence[int]) -> Step:
        step, changes = self._workspace.copies.keep(keep, others)
        self._workspace.publish(changes)
        return step

    def compare_copies(self, one: int, other: int) -> Comparison:
        assets = {asset.id: asset for asset in self._library.assets.get([one, other])}
        if len(assets) < 2:
            raise WrongUse("Choose two files of the library.")
        keys = assets[one].fingerprint, assets[other].fingerprint
        return compared(self._workspace.thumbnails, *keys)

    def part_copies(self, asset_ids: Sequence[int], others: Sequence[int] | None = None) -> None:
        self._workspace.publish(self._library.duplicates.part(asset_ids, others))
