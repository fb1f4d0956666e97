"""Copies, in memory: files of the same bytes are, and one that is not kept leaves the list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from assetman.core.assets import Asset
from assetman.core.changes import Changes
from assetman.core.duplicates import Comparison, Copy, DuplicateGroup, Likeness
from assetman.core.errors import WrongUse
from assetman.core.organising import History, Step
from assetman.engine.protocol import Event


class PaperDuplicates:
    """Satisfies `DuplicatesApi`; it moves no file anywhere."""

    _assets: dict[int, Asset]
    _act: Callable[[str], AbstractContextManager[None]]
    _tell: Callable[[Event], None]
    history: Callable[[], History]

    def _start_duplicates(self) -> None:
        self._apart: set[int] = set()

    def duplicates(self, likeness: Likeness | None = None) -> list[DuplicateGroup]:
        if likeness is Likeness.NEAR:
            return []
        same: dict[bytes, list[Asset]] = defaultdict(list)
        for asset in self._assets.values():
            if asset.id not in self._apart:
                same[Path(asset.path).read_bytes()].append(asset)
        groups = []
        for assets in same.values():
            if len(assets) > 1:
                best, *rest = sorted(assets, key=lambda asset: asset.path)
                copies = (Copy(best.id, ("first by name",)), *(Copy(each.id) for each in rest))
                wasted = sum(each.size for each in rest)
                groups.append(DuplicateGroup(best.id, Likeness.EXACT, copies, wasted))
        return groups

    def keep_copy(self, keep: int, others: Sequence[int]) -> Step:
        together = {frozenset(c.asset_id for c in group.copies) for group in self.duplicates()}
        if not any({keep, *others} <= group for group in together):
            raise WrongUse("These files are not all copies of each other.")
        with self._act(f"Keep {self._assets[keep].name}"):
            tags = {tag for each in (keep, *others) for tag in self._assets[each].tags}
            self._assets[keep] = replace(self._assets[keep], tags=tuple(sorted(tags)))
            for each in others:
                del self._assets[each]
        self._tell(Changes(assets_removed=frozenset(others), duplicates=True, history=True))
        step = self.history().undo
        assert step is not None
        return step

    def compare_copies(self, one: int, other: int) -> Comparison:
        raise WrongUse("These pictures do not show the same.")

    def part_copies(self, asset_ids: Sequence[int]) -> None:
        self._apart |= set(asset_ids)
        self._tell(Changes(duplicates=True))
