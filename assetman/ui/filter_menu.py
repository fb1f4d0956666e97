"""The Filter menu: what the query language can say, for those who never learn it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QMenu, QWidget

from assetman.core.assets import Kind
from assetman.core.organising import Collection, Tag
from assetman.ui.controller.state import (
    KIND_NAMES,
    Chip,
    CollectionChip,
    FolderChip,
    KindChip,
    RatingChip,
    SearchState,
    TagChip,
)
from assetman.ui.folder_model import FolderModel, FolderNode
from assetman.ui.grid.wording import menu_text

RATINGS = (*(RatingChip(least) for least in (5, 4, 3, 2, 1)), RatingChip(0, 0))
_MOST = 40  # entries of one menu; the rest is in the sidebar


class FilterMenu(QMenu):
    """Offers kinds, ratings, tags, collections and folders. Each choice becomes a chip."""

    kind_toggled = Signal(object)  # KindChip
    rating_chosen = Signal(object)  # RatingChip
    chip_toggled = Signal(object)  # TagChip or CollectionChip
    folder_chosen = Signal(object)  # FolderChip or None

    def __init__(self, folders: FolderModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._folders = folders
        self._kinds: Mapping[str, int] = {}
        self._tags: Sequence[Tag] = ()
        self._collections: Sequence[Collection] = ()
        self._state = SearchState()
        self.aboutToShow.connect(self._fill)
        folders.rowsInserted.connect(self._folders_came)
        self._open: dict[int, QMenu] = {}

    def show_state(self, state: SearchState) -> None:
        """Tick what is chosen when the menu opens next."""
        self._state = state

    def show_kinds(self, kinds: Mapping[str, int]) -> None:
        """Offer these kinds, with how many assets there are of each."""
        self._kinds = kinds

    def show_organised(self, tags: Sequence[Tag], collections: Sequence[Collection]) -> None:
        """Offer these tags and collections."""
        self._tags, self._collections = tags, collections

    def _fill(self) -> None:
        self.clear()
        self._open = {}
        self.addAction("Kind").setEnabled(False)
        for kind in Kind:
            if self._kinds.get(kind) or KindChip(kind) in self._state.chips:
                self._offer_kind(kind)
        if not self._kinds:
            self.addAction("Nothing is here yet").setEnabled(False)
        self._offer_organised()
        roots = self._folders.roots()
        if roots:
            self.addSeparator()
            self.addAction("Folder").setEnabled(False)
        everywhere = self.addAction("All folders") if roots else None
        if everywhere is not None:
            everywhere.setCheckable(True)
            everywhere.setChecked(not self._state.folders)
            everywhere.triggered.connect(lambda: self.folder_chosen.emit(None))
        for node in roots[:_MOST]:
            self._offer_folder(self, node)

    def _offer_organised(self) -> None:
        """Offer what the person added: ratings, and the tags and collections there are."""
        if not self._kinds:
            return
        self.addSeparator()
        menu = self.addMenu("Rating")
        for chip in RATINGS:
            name = chip.label[:1].upper() + chip.label[1:]
            self._offer_chip(menu, name, chip, self.rating_chosen)
        if self._tags:
            menu = self.addMenu("Tag")
            used = sorted(self._tags, key=lambda tag: -tag.assets)[:_MOST]
            for tag in sorted(used, key=lambda tag: tag.name.casefold()):
                name = f"{menu_text(tag.name)}\t{tag.assets:,}"
                self._offer_chip(menu, name, TagChip(tag.name), self.chip_toggled)
            _say_more(menu, len(self._tags) - _MOST)
        if self._collections:
            menu = self.addMenu("Collection")
            for each in self._collections[:_MOST]:
                name = f"{menu_text(each.name)}\t{each.assets:,}"
                self._offer_chip(menu, name, CollectionChip(each.id, each.name), self.chip_toggled)
            _say_more(menu, len(self._collections) - _MOST)

    def _offer_chip(self, menu: QMenu, name: str, chip: Chip, chosen: SignalInstance) -> None:
        action = menu.addAction(name)
        action.setCheckable(True)
        action.setChecked(chip in self._state.chips)
        action.triggered.connect(lambda: chosen.emit(chip))

    def _offer_kind(self, kind: Kind) -> None:
        action = self.addAction(f"{KIND_NAMES[kind]}\t{self._kinds.get(kind, 0):,}")
        action.setCheckable(True)
        action.setChecked(KindChip(kind) in self._state.chips)
        action.triggered.connect(lambda: self.kind_toggled.emit(KindChip(kind)))

    def _offer_folder(self, menu: QMenu, node: FolderNode) -> None:
        chip = FolderChip(node.folder, node.name)
        index = self._folders.index_of(node)
        if not self._folders.hasChildren(index):
            self._offer_one(menu, node.name, chip)
            return
        below = menu.addMenu(node.name.replace("&", "&&"))
        below.aboutToShow.connect(lambda: self._fill_below(below, node, chip))
        self._open[node.root.id] = below

    def _offer_one(self, menu: QMenu, name: str, chip: FolderChip) -> None:
        action = menu.addAction(name.replace("&", "&&"))
        action.setCheckable(True)
        action.setChecked(chip.folder in self._state.folders)
        action.triggered.connect(lambda: self.folder_chosen.emit(chip))

    def _fill_below(self, menu: QMenu, node: FolderNode, chip: FolderChip) -> None:
        menu.clear()
        self._offer_one(menu, f"All of {node.name}", chip)
        menu.addSeparator()
        index = self._folders.index_of(node)
        if self._folders.canFetchMore(index):
            self._folders.fetchMore(index)
        if not node.children and not self._folders.has_folders(node.root.id):
            menu.addAction("Reading the folders…").setEnabled(False)
        for child in node.children[:_MOST]:
            self._offer_folder(menu, child)
        _say_more(menu, len(node.children) - _MOST)

    def _folders_came(self, parent: object) -> None:
        for menu in list(self._open.values()):
            if menu.isVisible():
                menu.aboutToShow.emit()


def _say_more(menu: QMenu, more: int) -> None:
    if more > 0:
        menu.addAction(f"{more:,} more in the sidebar").setEnabled(False)
