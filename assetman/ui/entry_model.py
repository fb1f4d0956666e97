"""Entries one beneath the other, as Qt's lists ask for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QWidget

Index = QModelIndex | QPersistentModelIndex
Entry = TypeVar("Entry")
_NONE = QModelIndex()


class EntryModel(QAbstractListModel, Generic[Entry]):
    """Holds entries of one kind; `said` is what a kind has to add."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.entries: list[Entry] = []

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Show these in place of those before."""
        self.beginResetModel()
        self.entries = list(entries)
        self.endResetModel()

    def said(self, entry: Entry, role: int) -> Any:
        """Give what an entry says to a role of Qt's, None if nothing."""
        raise NotImplementedError

    def rowCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.entries):
            return None
        return self.said(self.entries[index.row()], role)
