"""The sidebar: all assets, and the folders the person added."""

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
    QFrame,
    QHBoxLayout,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from assetman.core.queries import FolderFilter
from assetman.ui.controller.state import FolderChip, SearchState
from assetman.ui.controls import GlyphButton, count_text, label
from assetman.ui.folder_model import FolderModel, FolderNode, FolderRole
from assetman.ui.glyphs import draw_chevron, draw_dots, draw_plus
from assetman.ui.side_rows import ROW, AppMark, RowState, SideRow, paint_row
from assetman.ui.theme import Text, appearance, theme

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
        self.setAccessibleName("Folders")
        self._by_keyboard = False

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


class Sidebar(QWidget):
    """The left panel."""

    folder_chosen = Signal(object)  # FolderChip, or None for everything
    add_wanted = Signal()
    update_wanted = Signal(object)  # FolderNode
    show_wanted = Signal(object)  # FolderNode
    copy_wanted = Signal(object)  # FolderNode
    remove_wanted = Signal(object)  # FolderNode

    def __init__(self, model: FolderModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sidebar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._model = model
        self._folder: FolderFilter | None = None
        self.everything = SideRow("All assets", self)
        self.add = GlyphButton(draw_plus, "Add a folder…", self)
        self.more = GlyphButton(draw_dots, "Menu", self)
        self.tree = FolderView(model, self)
        self._heading = label("Folders", "heading", self)
        self._lay_out()
        self.everything.clicked.connect(lambda: self.folder_chosen.emit(None))
        self.add.clicked.connect(self.add_wanted)
        self.tree.chosen.connect(self._choose)
        self.tree.menu_wanted.connect(self._open_menu)
        model.modelReset.connect(self._light)
        model.rowsInserted.connect(self._light)
        appearance().changed.connect(self._restyle)
        self._restyle()

    def show_state(self, state: SearchState) -> None:
        """Light what is searched: a folder, or everything."""
        self._folder = state.folders[0] if len(state.folders) == 1 else None
        self.everything.setChecked(not state.folders)
        self._light()

    def show_count(self, assets: int | None) -> None:
        """Show how many assets there are in all."""
        self.everything.set_count(assets)

    def allow_adding(self, allowed: bool, reason: str = "") -> None:
        """Say why no folder can be added, where none can."""
        self.add.setEnabled(allowed)
        self.add.setToolTip("Add a folder…" if allowed else reason)

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
        layout.addWidget(self.everything)
        layout.addLayout(self._group)
        layout.addWidget(self.tree, 1)

    def _restyle(self) -> None:
        px = theme().px
        self._title.setContentsMargins(px(18), px(12), px(10), px(12))
        self._title.setSpacing(px(8))
        self._group.setContentsMargins(px(18), px(14), px(10), px(2))
        self._heading.setFont(theme().font(Text.HEADING))
        self.setMinimumWidth(px(168))

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
            remove = menu.addAction("Remove from library…", lambda: self.remove_wanted.emit(node))
            remove.setEnabled(self.add.isEnabled())
        menu.popup(place)


def chip_of(node: FolderNode) -> FolderChip:
    """Make the chip that limits a search to a folder."""
    return FolderChip(node.folder, node.name)
