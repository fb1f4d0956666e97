"""The part of an asset's menu that opens a stack, and says what is done to the one shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from assetman.core.queries import Hit
from assetman.ui.grid.stack_mark import stack_text, these_words


class Folded(Protocol):
    """What knows the stacks of a grid."""

    def of(self, asset_id: int) -> Hit | None:
        """Give the hit of the stack that a card stands for, or is in."""
        ...

    def is_open(self, asset_id: int) -> bool:
        """Tell whether a card is in a stack that lies open."""
        ...

    def toggle(self, asset_id: int) -> None:
        """Open the stack that a card stands for, or close the one it is in."""
        ...

    def select_all(self, asset_ids: Sequence[int]) -> None:
        """Open the stacks that cards stand for, and select all that is in them too."""
        ...


def offer_stack(menu: QMenu, stacks: Folded, asset_ids: Sequence[int]) -> None:
    """Offer above everything else what can be done with the stacks that assets stand for."""
    ids = list(asset_ids)
    hits = {each: hit for each in ids if (hit := stacks.of(each)) is not None}
    closed = [each for each in hits if not stacks.is_open(each)]
    if not hits or (len(ids) > 1 and not closed):
        return
    before = menu.actions()[0]

    def add(title: str, verb: Callable[[], object]) -> None:
        action = QAction(title, menu)
        action.triggered.connect(lambda _=False: verb())
        menu.insertAction(before, action)

    if len(ids) == 1:
        hit = hits[ids[0]]
        verb = "Show" if closed else "Hide"
        add(f"{verb} {these_words(hit)}\tG", lambda: stacks.toggle(ids[0]))
        add(f"Select all {stack_text(hit)}", lambda: stacks.select_all(ids))
    else:
        stacks_of = [stack for each in closed if (stack := hits[each].stack) is not None]
        count = len(ids) + sum(len(stack.asset_ids) - 1 for stack in stacks_of)
        add(f"Select all {count:,} that these stand for", lambda: stacks.select_all(ids))
    menu.insertSeparator(before)
    if closed:
        says = QAction("For the one shown:" if len(ids) == 1 else "For those shown:", menu)
        says.setEnabled(False)
        menu.insertAction(before, says)
