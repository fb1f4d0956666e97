"""The copies of one group, one below the other, and which of them is kept."""

from __future__ import annotations

import os

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from assetman.core.assets import Asset, Kind, display
from assetman.core.duplicates import Copy, DuplicateGroup
from assetman.engine.protocol import Card
from assetman.ui.controls import Separator, button
from assetman.ui.duplicates.copy_pictures import LARGE, CopyPictures
from assetman.ui.duplicates.wording import copy_words, facts_text, seconds_text, why_text
from assetman.ui.grid.labels import NameLabel, WrappedLabel
from assetman.ui.grid.wording import state_word
from assetman.ui.theme import Text, theme

PAGE = 50  # rows made at once: more come as the person scrolls towards them


class CopyPicture(QWidget):
    """The picture of a copy."""

    def __init__(self, pictures: CopyPictures, asset_id: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self._asset_id = asset_id
        self.setFixedSize(self.sizeHint())
        pictures.renewed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(theme().px(LARGE.width()), theme().px(LARGE.height()))

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._pictures.paint(painter, QRectF(self.rect()), self._asset_id, large=True)


class CopyRow(QWidget):
    """One file: its picture, what sets it apart, where it lies, and whether it is kept."""

    compare_wanted = Signal(int)  # asset id
    part_wanted = Signal(int)  # asset id: it is no duplicate of the others

    def __init__(self, copy: Copy, first: bool, pictures: CopyPictures, parent: QWidget) -> None:
        super().__init__(parent)
        self.copy = copy
        self._first = first
        px = theme().px
        self.keep = QRadioButton("Keep", self)
        self.name = NameLabel(Text.TITLE, self)
        self.why = WrappedLabel(Text.BODY, lines=3, parent=self)
        self.seconds = WrappedLabel(Text.SECONDARY, "secondary", parent=self)
        self.facts = WrappedLabel(Text.SECONDARY, "secondary", lines=2, parent=self)
        self.folder = WrappedLabel(Text.SECONDARY, "faint", lines=2, parent=self)
        self.compare = button("Compare", "", self)
        self.compare.clicked.connect(lambda: self.compare_wanted.emit(copy.asset_id))
        self.part = button("Not a duplicate", "quiet", self)
        self.part.setToolTip("Take this file out of the group")
        self.part.clicked.connect(lambda: self.part_wanted.emit(copy.asset_id))
        self.keep.setMinimumHeight(self.compare.sizeHint().height())
        words = QVBoxLayout()
        words.setSpacing(px(2))
        for part in (self.name, self.why, self.seconds, self.facts, self.folder):
            words.addWidget(part)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, px(12), 0, px(12))
        row.setSpacing(px(16))
        row.addWidget(CopyPicture(pictures, copy.asset_id, self), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        for control in (self.part, self.compare, self.keep):
            row.addWidget(control, 0, Qt.AlignmentFlag.AlignTop)

    def show_card(self, card: Card | None, first: Asset | None, kept: bool) -> None:
        """Say what is known of it just now."""
        said = seconds_text(self.copy, first)
        self.why.setText(why_text(self.copy, self._first))
        self.seconds.setText(said)
        self.keep.setAccessibleName(copy_words(self.copy, card, self._first, said))
        if card is not None:
            asset = card.asset
            self.name.setText(asset.display_name)
            word = state_word(card)
            self.facts.setText(" · ".join(filter(None, (facts_text(asset), word))))
            folder = display(os.path.dirname(asset.path))
            self.folder.setText(folder)
            self.folder.setToolTip(folder)
            self.compare.setAccessibleName(f"Compare {asset.display_name} with the one to keep")
            self.part.setAccessibleName(f"{asset.display_name} is not a duplicate of the others")
        for part in (self.why, self.seconds):
            part.setVisible(bool(part.text()))
        self.compare.setVisible(not kept and (card is None or card.asset.kind is not Kind.AUDIO))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.keep.setChecked(True)


class CopyRows(QScrollArea):
    """The copies of the group that is chosen; the one proposed is first, and kept unless said."""

    keep_changed = Signal()
    compare_wanted = Signal(int)  # the asset to be compared with the one kept
    part_wanted = Signal(int)  # the asset that is no duplicate of the others
    listed = Signal()  # more of the group is listed than before

    def __init__(self, pictures: CopyPictures, parent: QWidget) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self._group: DuplicateGroup | None = None
        self.rows: list[CopyRow] = []
        self._choice = QButtonGroup(self)
        self._list = QWidget()
        self._list.setObjectName("copies")
        self._column = QVBoxLayout(self._list)
        self._column.setContentsMargins(0, 0, theme().px(12), 0)
        self._column.setSpacing(0)
        self.setWidget(self._list)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)
        self.verticalScrollBar().valueChanged.connect(self._list_more)
        self._choice.buttonToggled.connect(lambda _, on: self._choose() if on else None)
        pictures.renewed.connect(self.refresh)

    @property
    def kept(self) -> int | None:
        """The asset that is to be kept."""
        return next((row.copy.asset_id for row in self.rows if row.keep.isChecked()), None)

    @property
    def unseen(self) -> int:
        """Count the copies of the group that are not listed yet."""
        return 0 if self._group is None else len(self._group.copies) - len(self.rows)

    def name_of(self, asset_id: int) -> str:
        """Name an asset."""
        card = self._pictures.cards.get(asset_id)
        return card.asset.display_name if card is not None else "one file"

    def show_group(self, group: DuplicateGroup | None) -> None:
        """Show a group's copies; the choice of the same group stays."""
        if group == self._group:
            return
        same = group is not None and self._group is not None and group.id == self._group.id
        kept = self.kept if same else None
        self._group = group
        self._make_rows()
        ids = [copy.asset_id for copy in group.copies] if group is not None else []
        place = ids.index(kept) if kept in ids else 0
        while place >= len(self.rows) > 0:
            self._list_page()
        self._pictures.choose([row.copy.asset_id for row in self.rows])
        if self.rows:
            self.rows[place].keep.setChecked(True)
        self.verticalScrollBar().setValue(0)

    def take_focus(self) -> None:
        """Let the keyboard choose which is kept."""
        for row in self.rows:
            if row.keep.isChecked():
                row.keep.setFocus(Qt.FocusReason.TabFocusReason)

    def refresh(self) -> None:
        """Say what is known of the copies by now."""
        kept = self.kept
        card = self._pictures.cards.get(self.rows[0].copy.asset_id) if self.rows else None
        for row in self.rows:
            found = self._pictures.cards.get(row.copy.asset_id)
            first = card.asset if card is not None else None
            row.show_card(found, first, row.copy.asset_id == kept)

    def _make_rows(self) -> None:
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for row in self.rows:
            self._choice.removeButton(row.keep)
        self.rows = []
        self._column.addStretch(1)
        self._list_page()

    def _list_page(self) -> None:
        """List some more copies of the group."""
        group = self._group
        copies = group.copies[len(self.rows) :][:PAGE] if group is not None else ()
        alone = group is not None and len(group.copies) == 2
        for copy in copies:
            if self.rows:
                self._add(Separator(self._list))
            row = CopyRow(copy, not self.rows, self._pictures, self._list)
            row.part.setVisible(not alone)
            row.compare_wanted.connect(self.compare_wanted)
            row.part_wanted.connect(self.part_wanted)
            self._choice.addButton(row.keep)
            self._add(row)
            self.rows.append(row)

    def _add(self, widget: QWidget) -> None:
        """Put something beneath what is listed, above the stretch."""
        self._column.insertWidget(self._column.count() - 1, widget)

    def _list_more(self, value: int) -> None:
        """List the next ones when the end of those that are comes into sight."""
        bar = self.verticalScrollBar()
        if self.unseen and value >= bar.maximum() - self.viewport().height():
            self._list_page()
            self._pictures.choose([row.copy.asset_id for row in self.rows])
            self.refresh()
            self.listed.emit()

    def _choose(self) -> None:
        self.refresh()
        self.keep_changed.emit()
