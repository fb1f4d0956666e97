"""Duplicates: the groups, the copies of one, and what is done about them."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QDialog, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from assetman.core.assets import Kind
from assetman.core.changes import Changes
from assetman.core.duplicates import DuplicateGroup, Likeness
from assetman.core.errors import AssetmanError
from assetman.ui.bridge import EngineBridge
from assetman.ui.controls import button, label
from assetman.ui.duplicates.comparing import CompareDialog
from assetman.ui.duplicates.copy_pictures import CopyPictures
from assetman.ui.duplicates.copy_rows import CopyRows
from assetman.ui.duplicates.group_list import GroupList
from assetman.ui.duplicates.wording import (
    ASKING,
    keep_text,
    kept_text,
    nothing_text,
    parted_text,
    summary_text,
    taken_out_text,
)
from assetman.ui.message_bar import MessageBar
from assetman.ui.theme import theme
from assetman.ui.undo import UndoActions

_FILTERS = {None: "All", Likeness.EXACT: "Exact", Likeness.NEAR: "Near"}
_TIPS = {
    None: "All groups",
    Likeness.EXACT: "Files of the same bytes",
    Likeness.NEAR: "Files that show the same, made differently",
}


class DuplicatesDialog(QDialog):
    """Lists what there is more than once. What is done here can be taken back here."""

    acted = Signal(str)  # what the person has just done, and can take back

    def __init__(self, bridge: EngineBridge, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Duplicates")
        self._bridge = bridge
        self._asked = 0  # the newest question; older answers are dropped
        self._acting = False
        self._all: list[DuplicateGroup] = []
        self._likeness: Likeness | None = None
        self.messages = MessageBar(self)
        self.undo = UndoActions(bridge, self.messages, self)
        self.undo.begin()
        self.pictures = CopyPictures(bridge, self)
        self.groups = GroupList(self.pictures, self)
        self.copies = CopyRows(self.pictures, self)
        self.summary = label("", "secondary", self)
        self.empty = label(ASKING, "", self)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.filters: dict[Likeness | None, QRadioButton] = {}
        self.keep = button("", "accept", self)
        self.keep.setToolTip("Ctrl+Enter")
        self.part = button("Not duplicates", "", self)
        self.part.setToolTip("Show these files as duplicates no longer")
        self.done_button = button("Close", "", self)
        self._widgets: tuple[QWidget, ...] = (self.groups, self.copies, self.keep, self.part)
        self._lay_out()
        self._connect()
        self._show_chosen(None)
        self.refresh()
        self.groups.setFocus()

    def refresh(self) -> None:
        """Ask for the groups as they are now."""
        self._asked += 1
        number = self._asked
        job = self._bridge.call(self, lambda api: api.duplicates())
        job.on_done(lambda groups: self._take(number, groups)).start()

    def keep_chosen(self) -> None:
        """Keep the copy that is chosen and move the others of its group to the trash."""
        group, kept = self.groups.group, self.copies.kept
        if self._acting or group is None or kept is None:
            return
        others = [copy.asset_id for copy in group.copies if copy.asset_id != kept]
        sentence = kept_text(self.copies.name_of(kept), len(others))
        self._begin()
        job = self._bridge.call(self, lambda api: api.keep_copy(kept, others))
        job.on_done(lambda _: self._end(sentence)).start()

    def part_chosen(self) -> None:
        """Keep that the files of the group are no duplicates of each other."""
        group = self.groups.group
        if self._acting or group is None:
            return
        ids = [copy.asset_id for copy in group.copies]
        self._begin()
        job = self._bridge.call(self, lambda api: api.part_copies(ids))
        job.on_done(lambda _: self._end(parted_text(len(ids)))).start()

    def take_out(self, asset_id: int) -> None:
        """Keep that one file is no duplicate of the others of its group."""
        group = self.groups.group
        if self._acting or group is None:
            return
        others = [copy.asset_id for copy in group.copies if copy.asset_id != asset_id]
        sentence = taken_out_text(self.copies.name_of(asset_id))
        self._begin()
        job = self._bridge.call(self, lambda api: api.part_copies([asset_id], others))
        job.on_done(lambda _: self._end(sentence)).start()

    def compare(self, other: int) -> None:
        """Lay one beside the copy that is to be kept."""
        kept = self.copies.kept
        if kept is not None and kept != other:
            names = self.copies.name_of(kept), self.copies.name_of(other)
            card = self.pictures.cards.get(kept)
            film = card is not None and card.asset.kind is Kind.VIDEO
            dialog = CompareDialog(self._bridge, (kept, other), names, self, film)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.open()

    def say_problem(self, error: BaseException) -> None:
        """Say in this dialog what went wrong; a bug is the window's to tell."""
        self._acting = False
        self._enable()
        self.messages.say(str(error) or type(error).__name__, problem=True)
        report = getattr(self.parent(), "say_problem", None)
        if not isinstance(error, AssetmanError) and callable(report):
            report(error)

    def _connect(self) -> None:
        self.groups.chosen.connect(self._show_chosen)
        self.groups.went_on.connect(self.copies.take_focus)
        self.copies.keep_changed.connect(self._enable)
        self.copies.compare_wanted.connect(self.compare)
        self.copies.part_wanted.connect(self.take_out)
        self.copies.listed.connect(self._name_keep)
        self.keep.clicked.connect(self.keep_chosen)
        self.part.clicked.connect(self.part_chosen)
        self.done_button.clicked.connect(self.accept)
        self._bridge.changed.connect(self._changed)
        self._bridge.back.connect(self.refresh)
        for key, verb in (
            ("Ctrl+Return", self.keep_chosen),
            ("Ctrl+Enter", self.keep_chosen),
            ("Ctrl+Z", self.undo.undo),
            ("Ctrl+Shift+Z", self.undo.redo),
            ("Ctrl+Y", self.undo.redo),
        ):
            QShortcut(QKeySequence(key), self).activated.connect(verb)

    @Slot(object)
    def _changed(self, changes: Changes) -> None:
        self.pictures.follow(changes)
        if changes.duplicates or changes.roots or changes.assets_removed:
            self.refresh()

    def _take(self, number: int, groups: list[DuplicateGroup]) -> None:
        if number == self._asked:
            self._all = groups
            self._filter()

    def _filter(self) -> None:
        shown = [g for g in self._all if self._likeness in (None, g.likeness)]
        came = bool(shown) and self.groups.isHidden()
        self.summary.setText(summary_text(shown) if shown else "")
        self.empty.setText(nothing_text(self._likeness))
        self.groups.show_groups(shown)
        if came and (self.done_button.hasFocus() or self.focusWidget() is None):
            self.groups.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose_likeness(self, likeness: Likeness | None) -> None:
        self._likeness = likeness
        self._filter()

    def _show_chosen(self, group: DuplicateGroup | None) -> None:
        self.copies.show_group(group)
        self._name_keep()
        self._enable()

    def _name_keep(self) -> None:
        """Say how many would go, and how many of them the person has not had before them."""
        group = self.groups.group
        others = len(group.copies) - 1 if group is not None else 1
        self.keep.setText(keep_text(others, self.copies.unseen))

    def _begin(self) -> None:
        self._acting = True
        self._enable()

    def _end(self, sentence: str) -> None:
        self._acting = False
        self.undo.offer(sentence)
        self.acted.emit(sentence)
        self.refresh()

    def _enable(self) -> None:
        ready = not self._acting and self.groups.group is not None
        for part in (self.keep, self.part):
            part.setEnabled(ready)
        there = self.groups.group is not None
        for shown in self._widgets:
            shown.setVisible(there)
        self.empty.setVisible(not there)
        for choice in self.filters.values():
            choice.setVisible(bool(self._all))

    def _lay_out(self) -> None:
        px = theme().px
        head = QHBoxLayout()
        head.setSpacing(px(16))
        likenesses = QButtonGroup(self)
        for likeness, name in _FILTERS.items():
            choice = self.filters[likeness] = QRadioButton(name, self)
            choice.setToolTip(_TIPS[likeness])
            choice.setAccessibleName(_TIPS[likeness])
            choice.setChecked(likeness is None)
            choice.clicked.connect(lambda _, like=likeness: self._choose_likeness(like))
            likenesses.addButton(choice)
            head.addWidget(choice)
        head.addStretch(1)
        head.addWidget(self.summary)
        middle = QHBoxLayout()
        middle.setSpacing(px(20))
        self.groups.setFixedWidth(px(288))
        middle.addWidget(self.groups)
        middle.addWidget(self.copies, 1)
        middle.addWidget(self.empty, 1)
        foot = QHBoxLayout()
        foot.setSpacing(px(8))
        foot.addWidget(self.keep)
        foot.addWidget(self.part)
        foot.addStretch(1)
        foot.addWidget(self.done_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(20), px(16), px(20), px(16))
        layout.setSpacing(px(12))
        layout.addLayout(head)
        layout.addLayout(middle, 1)
        layout.addWidget(self.messages)
        layout.addLayout(foot)
        self.resize(px(960), px(600))
