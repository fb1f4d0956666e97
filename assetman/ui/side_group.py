"""A group of the sidebar: its heading, its rows, and more of them when they are many."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from assetman.ui.controls import GlyphButton, button
from assetman.ui.glyphs import draw_plus
from assetman.ui.grid.inspector_parts import Heading
from assetman.ui.side_list import SideEntry, SideList
from assetman.ui.theme import appearance, theme

MOST = 12  # rows shown before the person asks for more


class SideGroup(QWidget):
    """Is there only while there are rows. Of many it shows those with the most assets."""

    row_wanted = Signal(QRect)  # in its own coordinates

    def __init__(self, name: str, parent: QWidget, add: str = "") -> None:
        super().__init__(parent)
        self._entries: list[SideEntry] = []
        self._whole = False
        self._lit: frozenset[object] = frozenset()
        self._heading = Heading(name)
        self.add = GlyphButton(draw_plus, add, self) if add else None
        self.list = SideList(name, self)
        self.more = button("", "quiet", self)
        self._head, self._foot = QHBoxLayout(), QHBoxLayout()
        self._head.addWidget(self._heading)
        self._head.addStretch(1)
        if self.add is not None:
            self._head.addWidget(self.add)
        self._foot.addWidget(self.more)
        self._foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head)
        column.addWidget(self.list)
        column.addLayout(self._foot)
        self.more.clicked.connect(self._toggle)
        self.list.row_wanted.connect(self._want_row)
        appearance().changed.connect(self._restyle)
        self._restyle()
        self.hide()

    def show_entries(self, entries: Sequence[SideEntry]) -> None:
        """Show these, in this order."""
        self._entries = list(entries)
        self._fill()

    def light(self, keys: frozenset[object]) -> None:
        """Light what is searched; it is shown even if it is none of the largest."""
        if keys != self._lit:
            self._lit = keys
            self._fill()

    def _fill(self) -> None:
        shown = self._entries
        many = len(shown) > MOST
        if many and not self._whole:
            largest = sorted(shown, key=lambda entry: -(entry.count or 0))[:MOST]
            kept = {entry.key for entry in largest} | self._lit
            shown = [entry for entry in shown if entry.key in kept]
        self.list.light(self._lit)
        self.list.show_entries(shown)
        self.more.setText("Show fewer" if self._whole else f"Show all {len(self._entries):,}")
        self.more.setVisible(many)
        self.setVisible(bool(self._entries))

    def _toggle(self) -> None:
        self._whole = not self._whole
        self._fill()

    def _want_row(self, row: QRect) -> None:
        self.row_wanted.emit(row.translated(self.list.pos()))

    def _restyle(self) -> None:
        px = theme().px
        self._head.setContentsMargins(px(18), px(14), px(10), px(4 if self.add is None else 2))
        self._foot.setContentsMargins(px(11), px(2), px(10), 0)
