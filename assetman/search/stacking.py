"""Hits that are one thing to a person, folded into one: copies of a file, and bursts."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from assetman.core.assets import Asset, Kind
from assetman.core.duplicates import Likeness, Stack
from assetman.core.queries import Hit

_IN_ROW = 5.0  # seconds between two pictures of a burst or a sequence

Alike = Callable[[int, int], bool]
"""Tells of two assets whether they look alike."""


def fold(
    hits: Sequence[Hit], assets: Iterable[Asset], copies: Sequence[Sequence[int]], alike: Alike
) -> list[Hit]:
    """Leave of each stack its best hit, in its place, with all that are in the stack.

    `copies` are assets of the same thing, as `alike_among` puts them together; bursts are found
    here. Hits come and stay in their order, and so do the others in a stack of copies; those of
    a burst are in the order in which they were taken.
    """
    of = {asset.id: asset for asset in assets}
    groups = _Groups()
    for group in copies:
        for one, other in pairwise(group):
            groups.join(one, other)
    copied = groups.all()
    for burst in bursts(of.values(), alike):
        for one, other in pairwise(burst):
            groups.join(one, other)
    rank = {hit.asset_id: place for place, hit in enumerate(hits)}
    stacks: dict[int, Stack] = {}
    folded: set[int] = set()
    for joined in groups.all():
        members = sorted(joined & rank.keys(), key=rank.__getitem__)
        if len(members) > 1:
            best, *others = members
            likeness = _likeness([of[each] for each in members if each in of])
            if joined not in copied:
                likeness = None
                others.sort(key=lambda each: (_taken(of.get(each)), rank[each]))
            stacks[best] = Stack((best, *others), likeness)
            folded.update(others)
    return [
        replace(hit, stack=stacks[hit.asset_id]) if hit.asset_id in stacks else hit
        for hit in hits
        if hit.asset_id not in folded
    ]


def bursts(assets: Iterable[Asset], alike: Alike) -> list[list[int]]:
    """Put together pictures of one folder, taken one right after the other, that look alike.

    The time alone is not enough: scans are often dated to one second, all of them.
    """
    taken = [each for each in assets if each.kind is Kind.IMAGE and each.taken is not None]
    taken.sort(key=lambda each: (os.path.dirname(each.path), _taken(each), each.name))
    found: list[list[int]] = []
    last: Asset | None = None
    for each in taken:
        if last is not None and _follows(last, each, alike):
            found[-1].append(each.id)
        else:
            found.append([each.id])
        last = each
    return [burst for burst in found if len(burst) > 1]


def in_a_row(taken: Iterable[tuple[int, object, float | None]]) -> set[int]:
    """Give those of some assets, each with its folder and time, that a burst may be made of."""
    rows: dict[object, list[tuple[float, int]]] = defaultdict(list)
    for asset_id, folder, moment in taken:
        if moment is not None:
            rows[folder].append((moment, asset_id))
    found: set[int] = set()
    for row in rows.values():
        for one, other in pairwise(sorted(row)):
            if other[0] - one[0] <= _IN_ROW:
                found |= {one[1], other[1]}
    return found


def _follows(one: Asset, other: Asset, alike: Alike) -> bool:
    apart = _taken(other) - _taken(one)
    if os.path.dirname(one.path) != os.path.dirname(other.path) or apart > _IN_ROW:
        return False
    return alike(one.id, other.id)


def _taken(asset: Asset | None) -> float:
    return 0.0 if asset is None or asset.taken is None else asset.taken


def _likeness(assets: Sequence[Asset]) -> Likeness | None:
    same = len({asset.fingerprint for asset in assets}) == 1
    return Likeness.EXACT if same else Likeness.NEAR


class _Groups:
    """Sets of numbers that grow together."""

    def __init__(self) -> None:
        self._of: dict[int, set[int]] = {}

    def join(self, one: int, other: int) -> None:
        """Let the sets of both be one."""
        ours, theirs = self._of.setdefault(one, {one}), self._of.setdefault(other, {other})
        if ours is not theirs:
            ours |= theirs
            for each in theirs:
                self._of[each] = ours

    def all(self) -> list[frozenset[int]]:
        """List the sets."""
        return list({frozenset(each) for each in self._of.values()})
