"""The Filter menu: what the query language can say, for those who never learn it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QMenu, QWidget, QWidgetAction

from assetman.core.assets import Kind
from assetman.core.organising import Collection, Tag
from assetman.core.searches import Completion
from assetman.ui.colour_choice import ColourChoice
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
from assetman.ui.controller.text_chip import TextChip
from assetman.ui.filter_choices import SEEN, VALUE_NAMES, VALUES, choices
from assetman.ui.folder_model import FolderModel, FolderNode
from assetman.ui.grid.wording import menu_text

RATINGS = (*(RatingChip(least) for least in (5, 4, 3, 2, 1)), RatingChip(0, 0))
_MOST = 40  # entries of one menu; the rest is in the sidebar


class FilterMenu(QMenu):
    """Offers what narrows a search. Each choice becomes a chip, and the same query text."""

    kind_toggled = Signal(object)  # KindChip
    rating_chosen = Signal(object)  # RatingChip
    chip_toggled = Signal(object)  # TagChip, CollectionChip or TextChip
    folder_chosen = Signal(object)  # FolderChip or None
    typing_wanted = Signal(str)  # the beginning of a condition that the person goes on typing
    copy_wanted = Signal()
    clear_wanted = Signal()

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
        self._values: Mapping[str, Sequence[Completion]] = {}
        self._of_values: dict[str, QMenu] = {}

    def show_state(self, state: SearchState) -> None:
        """Tick what is chosen when the menu opens next."""
        self._state = state

    def show_kinds(self, kinds: Mapping[str, int]) -> None:
        """Offer these kinds, with how many assets there are of each."""
        self._kinds = kinds

    def show_organised(self, tags: Sequence[Tag], collections: Sequence[Collection]) -> None:
        """Offer these tags and collections."""
        self._tags, self._collections = tags, collections

    def show_values(self, values: Mapping[str, Sequence[Completion]]) -> None:
        """Offer these cameras, lenses and endings, with how many assets have each."""
        self._values = values
        for key, menu in self._of_values.items():
            self._fill_values(menu, key)

    def _fill(self) -> None:
        self.clear()
        self._open, self._of_values = {}, {}
        self.addAction("Kind").setEnabled(False)
        for kind in Kind:
            if self._kinds.get(kind) or KindChip(kind) in self._state.chips:
                self._offer_kind(kind)
        if not self._kinds:
            self.addAction("Nothing is here yet").setEnabled(False)
            return
        self.addSeparator()
        self._offer_folders()
        self._offer_organised()
        self.addSeparator()
        self._offer_conditions()
        self.addSeparator()
        self._offer_whole()

    def _offer_folders(self) -> None:
        roots = self._folders.roots()
        menu = self.addMenu("Folder")
        everywhere = menu.addAction("All folders")
        everywhere.setCheckable(True)
        everywhere.setChecked(not self._state.folders)
        everywhere.triggered.connect(lambda: self.folder_chosen.emit(None))
        menu.addSeparator()
        for node in roots[:_MOST]:
            self._offer_folder(menu, node)

    def _offer_conditions(self) -> None:
        """Offer what the query language can say of the files themselves."""
        for offered in choices(self._kinds, date.today()):
            menu = self.addMenu(offered.name)
            for name, text in offered.entries:
                self._offer_chip(menu, name, TextChip(text), self.chip_toggled)
            if offered.typed:
                menu.addSeparator()
                other = menu.addAction("Something else…")
                other.triggered.connect(partial(self._type, offered.typed))
            if offered.name == "Shape":
                self._offer_colours()
        for key in VALUES:
            if key != "ext" and not any(self._kinds.get(kind) for kind in SEEN):
                continue
            self._of_values[key] = self.addMenu(VALUE_NAMES[key])
            self._fill_values(self._of_values[key], key)

    def _offer_colours(self) -> None:
        menu = self.addMenu("Colour")
        board = ColourChoice(menu)
        chips = (chip for chip in self._state.chips if isinstance(chip, TextChip))
        board.show_chosen({chip.value for chip in chips if chip.key == "color"})
        board.chosen.connect(self._choose_colour)
        shown = QWidgetAction(menu)
        shown.setDefaultWidget(board)
        menu.addAction(shown)
        menu.addSeparator()
        other = menu.addAction("Something else…")
        other.triggered.connect(partial(self._type, "color:#"))

    def _choose_colour(self, name: str) -> None:
        self.close()
        self.chip_toggled.emit(TextChip(f"color:{name}"))

    def _type(self, text: str, *_checked: bool) -> None:
        self.typing_wanted.emit(text)

    def _fill_values(self, menu: QMenu, key: str) -> None:
        menu.clear()
        found = self._values.get(key)
        if not found:
            words = "Looking…" if found is None else "None is known"
            menu.addAction(words).setEnabled(False)
            return
        for option in found[:_MOST]:
            count = "" if option.count is None else f"\t{option.count:,}"
            name = f"{menu_text(option.label)}{count}"
            self._offer_chip(menu, name, TextChip(option.text), self.chip_toggled)
        menu.addSeparator()
        other = menu.addAction("Something else…")
        other.triggered.connect(partial(self._type, f"{key}:"))

    def _offer_whole(self) -> None:
        """Offer what can be done with the question as a whole."""
        copy = self.addAction("Copy as text")
        copy.setEnabled(bool(self._state.text.strip() or self._state.chips))
        copy.setToolTip("What is asked, chips included, as it can be typed")
        copy.triggered.connect(lambda: self.copy_wanted.emit())
        clear = self.addAction("Take all filters away")
        clear.setEnabled(self._state.filtered)
        clear.triggered.connect(lambda: self.clear_wanted.emit())

    def _offer_organised(self) -> None:
        """Offer what the person added: ratings, and the tags and collections there are."""
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
