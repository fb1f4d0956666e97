"""The folders of the library as a tree, as high as its rows: the sidebar scrolls as a whole."""

from __future__ import annotations

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from assetman.core.queries import FolderFilter
from assetman.ui.controls import count_text
from assetman.ui.folder_model import FolderModel, FolderNode, FolderRole
from assetman.ui.glyphs import draw_chevron
from assetman.ui.side_rows import ROW, RowState, paint_row
from assetman.ui.theme import appearance, theme

Index = QModelIndex | QPersistentModelIndex
_STEP = 12  # pixels that a folder stands further in than the one it lies in
_CHEVRON = 12  # room for the sign that opens a folder


class FolderDelegate(QStyledItemDelegate):
    """Paints one folder: chevron, name, count."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(theme().px(80), theme().px(ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        view = option.widget
        state = option.state
        rect: QRect = option.rect
        look = theme()
        node = index.data(int(FolderRole.NODE))
        if not isinstance(node, FolderNode) or not isinstance(view, FolderView):
            return
        inset = look.px(_STEP) * _depth(node) + look.px(_CHEVRON)
        row = QRectF(0, rect.top(), view.viewport().width(), rect.height())
        online = node.root.online
        name = node.name if online or node.parent is not None else f"{node.name} · offline"
        row_state = RowState(
            inset,
            selected=bool(state & QStyle.StateFlag.State_Selected),
            hovered=bool(state & QStyle.StateFlag.State_MouseOver),
            focused=view.shows_focus() and index == view.currentIndex(),
            faint=not online,
        )
        paint_row(painter, row, name, count_text(node.assets), row_state)
        if view.model().hasChildren(index):
            side = look.px(9)
            box = QRectF(inset + look.px(5), row.center().y() - side / 2, side, side)
            draw_chevron(painter, box, look.faint, view.isExpanded(index))


def _depth(node: FolderNode) -> int:
    return 0 if node.parent is None else 1 + _depth(node.parent)


def _left_of_name(node: FolderNode) -> int:
    return theme().px(_STEP) * _depth(node) + theme().px(18 + _CHEVRON)


class FolderView(QTreeView):
    """The tree of folders. The selected row is the folder that is searched."""

    chosen = Signal(object)  # FolderNode
    menu_wanted = Signal(object, QPoint)  # FolderNode, global place
    row_wanted = Signal(QRect)  # a row that is to be on screen

    def __init__(self, model: FolderModel, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("folders")
        self.setModel(model)
        self._folders = model
        self.setItemDelegate(FolderDelegate(self))
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setIndentation(0)  # the delegate indents: rows are lit over their whole width
        self.setUniformRowHeights(True)
        self.setExpandsOnDoubleClick(False)
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Folders")
        self._by_keyboard = False
        for signal in (self.expanded, self.collapsed, model.rowsInserted, model.rowsRemoved):
            signal.connect(self._fit)
        model.modelReset.connect(self._fit)
        appearance().changed.connect(self._fit)
        self._fit()

    def shows_focus(self) -> bool:
        """Tell whether the ring is to be drawn: not for a click, which shows well enough."""
        return self.hasFocus() and self._by_keyboard

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._by_keyboard = False
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            event.ignore()  # the mouse's Back and Forward belong to the window
            return
        index = self.indexAt(event.position().toPoint())
        node = self._folders.node(index)
        if node is None or event.button() is Qt.MouseButton.RightButton:
            return
        if event.position().x() < _left_of_name(node) and self._folders.hasChildren(index):
            self.setExpanded(index, not self.isExpanded(index))
            return
        self.setCurrentIndex(index)
        self.chosen.emit(node)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index.isValid():
            self.setExpanded(index, not self.isExpanded(index))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._by_keyboard = True
        keys = Qt.Key
        if event.key() in (keys.Key_Return, keys.Key_Enter, keys.Key_Space):
            self._choose_current()
            return
        if event.key() == keys.Key_Escape or (event.text() and event.text() == "/"):
            event.ignore()
            return
        before = self.currentIndex()
        super().keyPressEvent(event)
        if self.currentIndex() != before:
            self._choose_current()
        self.viewport().update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        tabbed = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self._by_keyboard = event.reason() in tabbed
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self._folders.rowCount():
            self.selectionModel().setCurrentIndex(
                self._folders.index(0, 0), self.selectionModel().SelectionFlag.NoUpdate
            )

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        keyboard = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if keyboard else self.indexAt(event.pos())
        node = self._folders.node(index)
        if node is None:
            return
        below = self.visualRect(index).bottomLeft() + QPoint(theme().px(20), 0)
        place = self.viewport().mapToGlobal(below) if keyboard else event.globalPos()
        self.menu_wanted.emit(node, place)

    def scrollTo(
        self,
        index: Index,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        super().scrollTo(index, hint)  # which opens what it lies in
        self.row_wanted.emit(self.visualRect(index))

    def drawBranches(self, painter: QPainter, rect: QRect, index: Index) -> None:
        return  # the delegate draws the chevron

    def show_selected(self, folder: FolderFilter | None) -> None:
        """Light the row of the folder that is searched; none if it is not one of them."""
        index = QModelIndex() if folder is None else self._folders.find(folder)
        flags = self.selectionModel().SelectionFlag
        if index.isValid():
            self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect)
            self.scrollTo(index)
        else:
            self.selectionModel().clearSelection()

    def _choose_current(self) -> None:
        node = self._folders.node(self.currentIndex())
        if node is not None:
            self.chosen.emit(node)

    def _fit(self, *_: object) -> None:
        """Become as high as the rows that are open."""
        self.setFixedHeight(self._rows(QModelIndex()) * theme().px(ROW))

    def _rows(self, above: QModelIndex) -> int:
        rows = [self._folders.index(row, 0, above) for row in range(self._folders.rowCount(above))]
        return len(rows) + sum(self._rows(row) for row in rows if self.isExpanded(row))
