"""The part of an asset's menu that rates, tags and collects."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from assetman.core.organising import RATINGS, Collection
from assetman.ui.controller.organiser import Organiser
from assetman.ui.grid.wording import menu_text

LISTED = 30  # collections in one menu, at most; the rest is in the sidebar


def offer_organising(
    menu: QMenu,
    organiser: Organiser,
    asset_ids: Sequence[int],
    rating: int | None,
    before: QAction,
) -> None:
    """Offer to rate, tag and collect assets, above another entry of their menu.

    `rating` is the present one, None if it is not known or not the same for all.
    """
    ids = list(asset_ids)
    menu.insertSeparator(before)
    menu.insertMenu(before, _rating_menu(menu, organiser, ids, rating))
    tag = QAction("Tag…\tT", menu)
    tag.triggered.connect(lambda: organiser.tags_wanted.emit(ids))
    menu.insertAction(before, tag)
    menu.insertMenu(before, _collection_menu(menu, organiser, ids))
    inside = organiser.inside
    if inside is not None:
        leave = QAction(f"Remove from “{menu_text(inside.name)}”", menu)
        leave.triggered.connect(lambda: organiser.collect(inside, ids, inside=False))
        menu.insertAction(before, leave)


def _rating_menu(menu: QMenu, organiser: Organiser, ids: list[int], present: int | None) -> QMenu:
    made = QMenu("Rate", menu)
    for rating in reversed(RATINGS):
        name = "★" * rating or "No rating"
        action = made.addAction(f"{name}\t{rating}")
        action.setCheckable(True)
        action.setChecked(rating == present)
        action.triggered.connect(partial(_rate, organiser, ids, rating))
    return made


def _collection_menu(menu: QMenu, organiser: Organiser, ids: list[int]) -> QMenu:
    made = QMenu("Add to collection", menu)
    for collection in organiser.collections[:LISTED]:
        action = made.addAction(menu_text(collection.name))
        action.triggered.connect(partial(_collect, organiser, collection, ids))
    if organiser.collections:
        made.addSeparator()
    fresh = made.addAction("New collection…")
    fresh.triggered.connect(lambda: organiser.collection_wanted.emit(ids))
    return made


def _rate(organiser: Organiser, ids: list[int], rating: int, *_checked: bool) -> None:
    organiser.rate(ids, rating)


def _collect(organiser: Organiser, collection: Collection, ids: list[int], *_checked: bool) -> None:
    organiser.collect(collection, ids, inside=True)
