"""The part of an asset's menu that finds what is like it, and in what it is to be like it."""

from __future__ import annotations

from collections.abc import Callable, Collection

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from assetman.core.assets import Kind
from assetman.core.queries import Aspect

NAMES = {
    Aspect.MEANING: "By meaning",
    Aspect.LOOK: "By colours and composition",
    Aspect.SHAPE: "By shape of sound",
}
_OF = {
    Aspect.LOOK: (Kind.IMAGE, Kind.VIDEO),
    Aspect.SHAPE: (Kind.AUDIO, Kind.VIDEO),
}


def offer_alike(
    menu: QMenu,
    many: bool,
    kinds: Collection[Kind],
    find: Callable[[Aspect], object],
    before: QAction,
) -> None:
    """Offer to find what is like assets in one thing or another, above an entry of their menu.

    `kinds` are theirs, as far as they are known; where none is, everything is offered.
    """
    made = QMenu("More like these" if many else "More like this", menu)
    for aspect, name in NAMES.items():
        of = _OF.get(aspect, ())
        if of and kinds and not any(kind in of for kind in kinds):
            continue
        action = made.addAction(f"{name}\tS" if aspect is Aspect.MEANING else name)
        action.triggered.connect(lambda _=False, by=aspect: find(by))
    menu.insertMenu(before, made)
