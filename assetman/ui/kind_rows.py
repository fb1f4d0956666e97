"""Pictures, videos, sounds: how many there are of each, a click away from being all one sees."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from assetman.core.assets import Kind
from assetman.ui.controller.state import KIND_NAMES, KindChip
from assetman.ui.side_rows import SideRow

_INSET = 16


class KindRows(QWidget):
    """A row for each kind of asset that there is, where there are several."""

    chosen = Signal(object)  # KindChip

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: dict[Kind, SideRow] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for kind in Kind:
            row = self.rows[kind] = SideRow(KIND_NAMES[kind], self, _INSET)
            row.clicked.connect(lambda _=False, kind=kind: self.chosen.emit(KindChip(kind)))
            column.addWidget(row)
        self._there: frozenset[Kind] = frozenset()
        self._searched: frozenset[Kind] = frozenset()
        self._fit()

    def show_counts(self, counts: Mapping[str, int]) -> None:
        """Show how many assets there are of each kind."""
        self._there = frozenset(kind for kind in Kind if counts.get(kind))
        for kind, row in self.rows.items():
            row.set_count(counts.get(kind, 0))
        self._fit()

    def light(self, kinds: Collection[Kind]) -> None:
        """Light the kinds that are searched alone."""
        self._searched = frozenset(kinds)
        self._fit()

    def _fit(self) -> None:
        several = len(self._there) > 1
        for kind, row in self.rows.items():
            row.setChecked(kind in self._searched)
            row.setVisible((several and kind in self._there) or kind in self._searched)
        self.setVisible(several or bool(self._searched))
