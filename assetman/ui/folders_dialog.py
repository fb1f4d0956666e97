"""The folders of the library: where each lies, how it is watched, and what can be done."""

from __future__ import annotations

import os

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from assetman.core.assets import Root, display
from assetman.core.watching import Watch
from assetman.ui.bridge import EngineBridge
from assetman.ui.controller.library_watch import LibraryWatch
from assetman.ui.controls import Separator, button, counted, label
from assetman.ui.folder_model import names_apart
from assetman.ui.grid.labels import WrappedLabel
from assetman.ui.library_actions import LibraryActions, Place
from assetman.ui.message_bar import MessageBar
from assetman.ui.rows_dialog import RowsDialog
from assetman.ui.theme import Text, theme
from assetman.ui.undo import UndoActions
from assetman.ui.watching import watch_text

NONE = "No folder has been added yet."


class FolderRow(QWidget):
    """One root: its name, its path, how it is watched, and what can be done."""

    def __init__(self, actions: LibraryActions, parent: QWidget) -> None:
        super().__init__(parent)
        self._actions = actions
        self._place = Place(0, "", "")
        px = theme().px
        self.name = label("", "title", self)
        self.count = label("", "secondary", self)
        self.path = WrappedLabel(Text.SECONDARY, "secondary", lines=3, parent=self)
        self.watched = WrappedLabel(Text.SECONDARY, "secondary", parent=self)
        self.update_button = button("Update now", "", self)
        self.relocate = button("It lies elsewhere now…", "", self)
        self.more = button("More", "", self)
        self.menu = QMenu(self)
        self._menu_relocate = self.menu.addAction("It lies elsewhere now…", self._relocate)
        self._menu_show = self.menu.addAction("Show in file manager", self._show)
        self.menu.addAction("Copy path", lambda: self._actions.copy_path(self._place))
        self.menu.addSeparator()
        self._menu_remove = self.menu.addAction("Remove from library", self._remove)
        self.more.setMenu(self.menu)
        self.update_button.clicked.connect(lambda: self._actions.update(self._place))
        self.relocate.clicked.connect(self._relocate)
        head = QHBoxLayout()
        head.setSpacing(px(8))
        head.addWidget(self.name)
        head.addWidget(self.count)
        head.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(px(2))
        words.addLayout(head)
        words.addWidget(self.path)
        words.addWidget(self.watched)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, px(12), 0, px(12))
        row.setSpacing(px(8))
        row.addLayout(words, 1)
        row.addSpacing(px(8))
        for part in (self.update_button, self.relocate, self.more):
            row.addWidget(part, 0, Qt.AlignmentFlag.AlignTop)

    def show_root(self, root: Root, name: str, watch: Watch | None, no_writing: bool) -> None:
        """Say what is known of the root just now."""
        self._place = Place(root.id, name, os.path.normpath(root.path))
        self.name.setText(name)
        self.count.setText(counted(root.assets, "file", "files"))
        self.path.setText(display(root.path))
        self.watched.setText(watch_text(watch, root.online))
        self.watched.set_colour("secondary" if root.online else "warning")
        self.watched.setVisible(bool(self.watched.text()))
        self.update_button.setVisible(root.online)
        self.relocate.setVisible(not root.online)
        self._menu_relocate.setVisible(root.online)
        self._menu_show.setEnabled(root.online)
        for part in (self.update_button, self.relocate, self._menu_relocate, self._menu_remove):
            part.setEnabled(not no_writing)
        self.update_button.setAccessibleName(f"Update {name} now")
        self.relocate.setAccessibleName(f"{name} lies elsewhere now")
        self.more.setAccessibleName(f"More for {name}")
        self.setAccessibleName(f"{name}, {self.count.text()}. {self.watched.text()}")

    def _relocate(self) -> None:
        self._actions.choose_new_place(self._place, self.window())

    def _show(self) -> None:
        self._actions.show(self._place)

    def _remove(self) -> None:
        self._actions.remove(self._place)


class FoldersDialog(RowsDialog):
    """Lists the roots. What is done here can be taken back here."""

    missing_wanted = Signal()

    def __init__(
        self, bridge: EngineBridge, watch: LibraryWatch, actions: LibraryActions, parent: QWidget
    ) -> None:
        super().__init__("Folders", parent)
        self._watch = watch
        self.rows: dict[int, FolderRow] = {}
        self.messages = MessageBar(self)
        self.undo = UndoActions(bridge, self.messages, self)
        self.undo.begin()
        self.empty = label(NONE, "secondary", self)
        self.missing = button("", "quiet", self)
        self.missing.setProperty("tone", "accent")
        self.add = button("Add a folder…", "", self)
        self.update_all = button("Update all", "", self)
        buttons = (self.add, self.update_all, self.missing)
        self._lay_out(buttons, above=(self.empty,), beneath=(self.messages,))
        self.resize(theme().px(680), theme().px(440))
        self.add.clicked.connect(lambda: actions.choose_folder(self))
        self.update_all.clicked.connect(lambda: actions.update())
        self.missing.clicked.connect(self._show_missing)
        self._actions = actions
        actions.acted.connect(self.undo.offer)
        actions.said.connect(self.messages.say)
        actions.refused.connect(self._refuse)
        watch.renewed.connect(self.refresh)
        for key, verb in (
            ("Ctrl+Z", self.undo.undo),
            ("Ctrl+Shift+Z", self.undo.redo),
            ("Ctrl+Y", self.undo.redo),
        ):
            QShortcut(QKeySequence(key), self).activated.connect(verb)
        self.refresh()
        self.setFocus()  # not on any verb: the list is read first

    def refresh(self) -> None:
        """Show the roots as they were last told."""
        status = self._watch.status
        if status is None:
            return
        wanted = [root.id for root in status.roots]
        if list(self.rows) != wanted:
            self._make_rows(wanted)
        names = names_apart(status.roots)
        watches = {watch.root_id: watch for watch in status.watches}
        for root in status.roots:
            self.rows[root.id].show_root(
                root, names[root.id], watches.get(root.id), bool(self._watch.no_adding)
            )
        self.empty.setVisible(not wanted)
        self.add.setEnabled(not self._watch.no_adding)
        self.add.setToolTip(self._watch.no_adding)
        self.update_all.setEnabled(bool(wanted) and not self._watch.no_adding)
        verb = "file is" if status.missing == 1 else "files are"
        self.missing.setText(f"{status.missing:,} {verb} missing")
        self.missing.setVisible(status.missing > 0)

    def _make_rows(self, wanted: list[int]) -> None:
        self._clear()
        self.rows = {}
        for root_id in wanted:
            if self.rows:
                self._rows_layout.addWidget(Separator(self._list))
            self.rows[root_id] = FolderRow(self._actions, self._list)
            self._rows_layout.addWidget(self.rows[root_id])
        self._rows_layout.addStretch(1)

    def _refuse(self, sentence: str) -> None:
        self.messages.say(sentence, problem=True)

    def _show_missing(self) -> None:
        self.missing_wanted.emit()
        self.accept()
