"""A group of names at the left: tags or collections, each with its count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from assetman.core.assets import display
from assetman.ui.controls import count_text, counted
from assetman.ui.entry_model import EntryModel, Index
from assetman.ui.grid.asset_actions import assets_of, is_own
from assetman.ui.grid.wording import plain_tip
from assetman.ui.side_rows import ROW, RowState, paint_row
from assetman.ui.theme import appearance, theme


@dataclass(frozen=True, slots=True)
class SideEntry:
    """One row: what it stands for, and how it is shown."""

    key: object
    name: str
    count: int | None  # None: not known yet


class SideListModel(EntryModel[SideEntry]):
    """The rows, and which of them are searched."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.lit: frozenset[object] = frozenset()

    def show_entries(self, entries: Sequence[SideEntry]) -> None:
        """Show these; where only counts differ, the rows stay."""
        same = [entry.key for entry in entries] == [entry.key for entry in self.entries]
        if same:
            self.entries = list(entries)
            self.tell()
        else:
            super().show_entries(entries)

    def tell(self) -> None:
        """Have every row painted again."""
        if self.entries:
            self.dataChanged.emit(self.index(0), self.index(len(self.entries) - 1))

    def row_of(self, key: object) -> int:
        """Give the row of an entry, -1 if it is not shown."""
        return next((n for n, entry in enumerate(self.entries) if entry.key == key), -1)

    def said(self, entry: SideEntry, role: int) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return display(entry.name)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(display(entry.name))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            chosen = ", chosen" if entry.key in self.lit else ""
            held = "" if entry.count is None else f", {counted(entry.count, 'asset', 'assets')}"
            return f"{display(entry.name)}{held}{chosen}"
        return None


class _RowDelegate(QStyledItemDelegate):
    """Paints a row as all rows of the sidebar look."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(theme().px(80), theme().px(ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        view = option.widget
        if not isinstance(view, SideList):
            return
        rect: QRect = option.rect
        entry = view.rows.entries[index.row()]
        state = RowState(
            selected=entry.key in view.rows.lit,
            hovered=bool(option.state & QStyle.StateFlag.State_MouseOver),
            focused=view.shows_focus() and index == view.currentIndex(),
            target=view.target == index.row(),
        )
        row = QRectF(0, rect.top(), view.viewport().width(), rect.height())
        count = "" if entry.count is None else count_text(entry.count)
        paint_row(painter, row, display(entry.name), count, state)


class SideList(QListView):
    """Rows that are chosen, renamed, and take what is dragged onto them from the grid."""

    chosen = Signal(object, bool)  # key; whether it is to count beside what is chosen already
    menu_wanted = Signal(object, QPoint)  # key, global place
    rename_wanted = Signal(object)
    dropped = Signal(object, object)  # key, asset ids
    row_wanted = Signal(QRect)  # a row that is to be on screen

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows = SideListModel(self)
        self.target = -1  # the row that something is dragged over
        self._by_keyboard = False
        self.setModel(self.rows)
        self.setItemDelegate(_RowDelegate(self))
        self.setAccessibleName(name)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAcceptDrops(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DropOnly)
        self.rows.modelReset.connect(self._fit)
        appearance().changed.connect(self._fit)
        self._fit()

    def show_entries(self, entries: Sequence[SideEntry]) -> None:
        """Show these rows; the keyboard stays on its row."""
        key = self._key(self.currentIndex())
        self.rows.show_entries(entries)
        row = self.rows.row_of(key)
        if row >= 0 and not self.currentIndex().isValid():
            self.setCurrentIndex(self.rows.index(row))

    def light(self, keys: frozenset[object]) -> None:
        """Light the rows that are searched."""
        if keys != self.rows.lit:
            self.rows.lit = keys
            self.rows.tell()

    def shows_focus(self) -> bool:
        """Tell whether the ring is to be drawn: not for a click, which shows well enough."""
        return self.hasFocus() and self._by_keyboard

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._by_keyboard = False
        if event.button() is not Qt.MouseButton.LeftButton:
            event.ignore()  # the mouse's Back and Forward belong to the window
            return
        index = self.indexAt(event.position().toPoint())
        if index.isValid():
            self.setCurrentIndex(index)
            also = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            self.chosen.emit(self._key(index), also)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._by_keyboard = True
        keys, key = Qt.Key, self._key(self.currentIndex())
        if event.key() in (keys.Key_Return, keys.Key_Enter, keys.Key_Space) and key is not None:
            also = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            self.chosen.emit(key, also)
        elif event.key() == keys.Key_F2 and key is not None:
            self.rename_wanted.emit(key)
        elif event.key() == keys.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)
        self.viewport().update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        tabbed = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self._by_keyboard = event.reason() in tabbed
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self.rows.entries:
            self.setCurrentIndex(self.rows.index(0))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        keyboard = event.reason() is QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if keyboard else self.indexAt(event.pos())
        if index.isValid():
            below = self.visualRect(index).bottomLeft() + QPoint(theme().px(20), 0)
            place = self.viewport().mapToGlobal(below) if keyboard else event.globalPos()
            self.menu_wanted.emit(self._key(index), place)

    def scrollTo(
        self,
        index: Index,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        if index.isValid():
            self.row_wanted.emit(self.visualRect(index))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self._answer(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._answer(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._aim(-1)

    def dropEvent(self, event: QDropEvent) -> None:
        key = self._key(self.indexAt(event.position().toPoint()))
        self._aim(-1)
        ids = assets_of(event.mimeData())
        if key is None or not ids:
            event.ignore()
            return
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.dropped.emit(key, ids)

    def _answer(self, event: QDragMoveEvent) -> None:
        """Take the window's own cards, over a row."""
        index = self.indexAt(event.position().toPoint())
        own = is_own(event.mimeData())
        self._aim(index.row() if own else -1)
        if not own:
            event.ignore()  # what comes from elsewhere is the window's affair
            return
        event.setDropAction(Qt.DropAction.CopyAction)
        event.setAccepted(index.isValid())

    def _aim(self, row: int) -> None:
        if row == self.target:
            return
        self.target = row
        self.viewport().update()
        if row >= 0:
            self.row_wanted.emit(self.visualRect(self.rows.index(row)))

    def _key(self, index: Index) -> object:
        return self.rows.entries[index.row()].key if index.isValid() else None

    def _fit(self) -> None:
        """Become as high as the rows."""
        self.setFixedHeight(len(self.rows.entries) * theme().px(ROW))
