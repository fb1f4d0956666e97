"""Copies in the small engine in memory; `FakeDuplicates` answers `DuplicatesApi`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from assetman.core.assets import Asset, AssetState
from assetman.core.changes import Changes
from assetman.core.duplicates import Comparison, DuplicateGroup, Likeness, Stack
from assetman.core.errors import WrongUse
from assetman.core.organising import Step
from assetman.core.queries import Hit

if TYPE_CHECKING:
    from tests.ui.fake_engine import _Row
    from tests.ui.fake_organising import _Done

_CHANGED = Changes(history=True, duplicates=True, organised=True)


class FakeDuplicates:
    """A test says which groups there are, in `copy_groups`; what is not kept goes missing.

    What `comparisons` holds, by the two assets, is what comparing them gives; what is in one of
    the `stacks` is found as one hit.
    """

    rows: dict[int, _Row]
    done: list[_Done]
    _begin: Callable[..., None]
    _note_step: Callable[[str, Callable[[], Changes], Callable[[], Changes]], None]
    emit: Callable[..., None]

    def begin_duplicates(self) -> None:
        """Start without any."""
        self.copy_groups: list[DuplicateGroup] = []
        self.comparisons: dict[tuple[int, int], Comparison] = {}
        self.stacks: list[Stack] = []

    def folded(self, hits: Sequence[Hit]) -> list[Hit]:
        """Leave of each of the `stacks` the hit that comes first, with all of it that match."""
        places = {hit.asset_id: place for place, hit in enumerate(hits)}
        kept = dict(enumerate(hits))
        for stack in self.stacks:
            here = sorted(places[each] for each in stack.asset_ids if each in places)
            if len(here) > 1:
                ids = tuple(hits[place].asset_id for place in here)
                kept[here[0]] = replace(hits[here[0]], stack=Stack(ids, stack.likeness))
                for place in here[1:]:
                    del kept[place]
        return list(kept.values())

    def duplicates(self, likeness: Likeness | None = None) -> list[DuplicateGroup]:
        self._begin("duplicates", likeness)
        there = {id_ for id_, row in self.rows.items() if row.asset.state is not AssetState.MISSING}
        groups = [
            replace(group, copies=tuple(copy for copy in group.copies if copy.asset_id in there))
            for group in self.copy_groups
            if likeness in (None, group.likeness)
        ]
        return [group for group in groups if len(group.copies) > 1]

    def keep_copy(self, keep: int, others: Sequence[int]) -> Step:
        self._begin("keep_copy", (keep, tuple(others)))
        together = [{copy.asset_id for copy in group.copies} for group in self.copy_groups]
        if not any({keep, *others} <= group for group in together):
            raise WrongUse("These files are not all copies of each other.")
        before = {id_: self.rows[id_].asset for id_ in (keep, *others)}
        tags = sorted({tag for asset in before.values() for tag in asset.tags})
        rating = max(asset.rating for asset in before.values())
        after = {id_: replace(before[id_], state=AssetState.MISSING) for id_ in others}
        after[keep] = replace(before[keep], tags=tuple(tags), rating=rating)

        def put(assets: dict[int, Asset]) -> Changes:
            for id_, asset in assets.items():
                self.rows[id_].asset = asset
            gone = frozenset(others) if assets is after else frozenset()
            back = frozenset() if assets is after else frozenset(others)
            return _CHANGED | Changes(back, frozenset([keep]), gone)

        self._note_step(
            f"Keep “{before[keep].display_name}”", lambda: put(before), lambda: put(after)
        )
        self.emit(put(after))
        return self.done[-1].step

    def compare_copies(self, one: int, other: int) -> Comparison:
        self._begin("compare_copies", (one, other))
        if (one, other) not in self.comparisons:
            raise WrongUse("These pictures do not show the same.")
        return self.comparisons[one, other]

    def part_copies(self, asset_ids: Sequence[int], others: Sequence[int] | None = None) -> None:
        said = tuple(asset_ids) if others is None else (tuple(asset_ids), tuple(others))
        self._begin("part_copies", said)
        groups = self.copy_groups
        parted = set(asset_ids)
        if others is None:
            left = [g for g in groups if not parted <= {copy.asset_id for copy in g.copies}]
        else:
            left = [
                replace(g, copies=tuple(c for c in g.copies if c.asset_id not in parted))
                for g in groups
            ]

        def put(these: list[DuplicateGroup]) -> Changes:
            self.copy_groups = these
            return _CHANGED

        self._note_step("Say that they are no duplicates", lambda: put(groups), lambda: put(left))
        self.emit(put(left))
