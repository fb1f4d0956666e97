"""The sidebar: all assets, the folders the person added, their collections and tags."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QScrollArea, QVBoxLayout, QWidget

from assetman.core.queries import FolderFilter
from assetman.ui.controller.state import FolderChip, SearchState
from assetman.ui.controls import GlyphButton, counted, label
from assetman.ui.folder_model import FolderModel, FolderNode
from assetman.ui.folder_view import FolderView
from assetman.ui.glyphs import draw_dots, draw_plus
from assetman.ui.grid.inspector_parts import Heading
from assetman.ui.kind_rows import KindRows
from assetman.ui.side_group import SideGroup
from assetman.ui.side_rows import ROW, AppMark, SideRow
from assetman.ui.theme import appearance, theme


class Sidebar(QWidget):
    """The left panel."""

    folder_chosen = Signal(object)  # FolderChip
    everything_wanted = Signal()
    missing_wanted = Signal()
    duplicates_wanted = Signal()
    add_wanted = Signal()
    update_wanted = Signal(object)  # FolderNode
    show_wanted = Signal(object)  # FolderNode
    copy_wanted = Signal(object)  # FolderNode
    relocate_wanted = Signal(object)  # FolderNode
    remove_wanted = Signal(object)  # FolderNode
    folders_wanted = Signal()

    def __init__(self, model: FolderModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sidebar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._scroll, self._column = QScrollArea(self), QWidget()
        self._folder: FolderFilter | None = None
        self.everything = SideRow("All assets", self)
        self.kinds = KindRows(self)
        self.duplicates = SideRow("Duplicates", self)
        self.duplicates.hide()
        self.missing = SideRow("Missing", self)
        self.missing.hide()
        self._gone = 0
        self.add = GlyphButton(draw_plus, "Add a folder…", self)
        self.more = GlyphButton(draw_dots, "Menu", self)
        self.tree = FolderView(model, self)
        self.searches = SideGroup("Smart searches", self, add="Keep this search… (Ctrl+D)")
        self.collections = SideGroup("Collections", self, add="New collection…")
        self.tags = SideGroup("Tags", self)
        self._heading = Heading("Folders")
        self._lay_out()
        self.everything.clicked.connect(self.everything_wanted)
        self.missing.clicked.connect(self.missing_wanted)
        self.duplicates.clicked.connect(self.duplicates_wanted)
        self.add.clicked.connect(self.add_wanted)
        self.tree.chosen.connect(self._choose)
        self.tree.menu_wanted.connect(self._open_menu)
        for part in (self.tree, self.searches, self.collections, self.tags):
            part.row_wanted.connect(lambda row, part=part: self._bring_in_sight(part, row))
        model.modelReset.connect(self._light)
        model.rowsInserted.connect(self._light)
        appearance().changed.connect(self._restyle)
        self._restyle()

    def show_state(self, state: SearchState) -> None:
        """Light what is searched: a folder, a tag, a collection, or everything."""
        self._folder = state.folders[0] if len(state.folders) == 1 else None
        self.everything.setChecked(state.everywhere)
        self.kinds.light(state.kinds)
        self.missing.setChecked(state.missing)
        self.missing.setVisible(self._gone > 0 or state.missing)
        self.collections.light(frozenset(state.collections))
        self.tags.light(frozenset(name.casefold() for name in state.tags))
        self._light()

    def show_counts(self, assets: Mapping[str, int]) -> None:
        """Show how many assets there are in all, and of each kind."""
        self.everything.set_count(sum(assets.values()))
        self.kinds.show_counts(assets)

    def show_missing(self, assets: int) -> None:
        """Show how many files are gone, where any are."""
        self._gone = assets
        self.missing.set_count(assets)
        self.missing.setVisible(assets > 0 or self.missing.isChecked())

    def show_duplicates(self, groups: int) -> None:
        """Show how many things there are more than once, where any are."""
        self.duplicates.set_count(groups)
        self.duplicates.setAccessibleName(f"Duplicates, {counted(groups, 'group', 'groups')}")
        self.duplicates.setVisible(groups > 0)

    def allow_adding(self, allowed: bool, reason: str = "") -> None:
        """Say why no folder can be added, where none can."""
        self.add.setEnabled(allowed)
        self.add.setToolTip("Add a folder…" if allowed else reason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._column.setFixedWidth(self.width())  # the scroll bar comes into the margin

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self._title = QHBoxLayout()
        self._mark = AppMark(self)
        self._title.addWidget(self._mark)
        self._title.addWidget(label("Assetman", "title", self))
        self._title.addStretch(1)
        self._title.addWidget(self.more)
        self._group = QHBoxLayout()
        self._group.addWidget(self._heading)
        self._group.addStretch(1)
        self._group.addWidget(self.add)
        layout.addLayout(self._title)
        layout.addWidget(self._scroll, 1)
        column = QVBoxLayout(self._column)
        column.setContentsMargins(0, 0, 0, 12)
        column.setSpacing(0)
        column.addWidget(self.everything)
        column.addWidget(self.kinds)
        column.addWidget(self.duplicates)
        column.addWidget(self.missing)
        column.addLayout(self._group)
        for part in (self.tree, self.searches, self.collections, self.tags):
            column.addWidget(part)
        column.addStretch(1)
        self._scroll.setWidget(self._column)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._column.setAutoFillBackground(False)
        self._scroll.viewport().setAutoFillBackground(False)

    def _restyle(self) -> None:
        px = theme().px
        self._title.setContentsMargins(px(18), px(12), px(10), px(12))
        self._title.setSpacing(px(8))
        self._group.setContentsMargins(px(18), px(14), px(10), px(2))
        self.setMinimumWidth(px(168))

    def _bring_in_sight(self, part: QWidget, row: QRect) -> None:
        centre = part.mapTo(self._column, row.center())
        self._scroll.ensureVisible(0, centre.y(), 0, theme().px(ROW))

    def _choose(self, node: FolderNode) -> None:
        self.folder_chosen.emit(chip_of(node))

    def _light(self) -> None:
        self.tree.show_selected(self._folder)

    def _open_menu(self, node: FolderNode, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        update = menu.addAction("Update now", lambda: self.update_wanted.emit(node))
        update.setEnabled(node.root.online and self.add.isEnabled())
        show = menu.addAction("Show in file manager", lambda: self.show_wanted.emit(node))
        show.setEnabled(node.root.online)
        menu.addAction("Copy path", lambda: self.copy_wanted.emit(node))
        if node.parent is None:
            menu.addSeparator()
            relocate = menu.addAction("It lies elsewhere now…")
            relocate.triggered.connect(lambda: self.relocate_wanted.emit(node))
            remove = menu.addAction("Remove from library")
            remove.triggered.connect(lambda: self.remove_wanted.emit(node))
            for act in (relocate, remove):
                act.setEnabled(self.add.isEnabled())
        menu.addSeparator()
        menu.addAction("All folders…", self.folders_wanted.emit)
        menu.popup(place)


def chip_of(node: FolderNode) -> FolderChip:
    """Make the chip that limits a search to a folder."""
    return FolderChip(node.folder, node.name)
