"""The verbs about files that are the same thing."""

from __future__ import annotations

from collections.abc import Sequence

from assetman.core.duplicates import DuplicateGroup, Likeness
from assetman.core.organising import Step
from assetman.engine.verbs import Verbs
from assetman.search.duplicates import duplicate_groups


class DuplicateVerbs(Verbs):
    """Satisfies `DuplicatesApi`."""

    def duplicates(self, likeness: Likeness | None = None) -> list[DuplicateGroup]:
        return duplicate_groups(self._library, likeness)

    def keep_copy(self, keep: int, others: Sequence[int]) -> Step:
        step, changes = self._workspace.copies.keep(keep, others)
        self._workspace.publish(changes)
        return step

    def part_copies(self, asset_ids: Sequence[int]) -> None:
        self._workspace.publish(self._library.duplicates.part(asset_ids))
