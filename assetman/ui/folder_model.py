"""The roots and their folders as a tree. A root's folders are asked for when it is opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from assetman.core.assets import Folder, Root, display
from assetman.core.queries import FolderFilter
from assetman.core.watching import Watch
from assetman.ui.grid.wording import plain_tip
from assetman.ui.watching import watch_text

Index = QModelIndex | QPersistentModelIndex


class FolderRole(IntEnum):
    """What the rows can be asked beyond their name."""

    NODE = Qt.ItemDataRole.UserRole
    COUNT = Qt.ItemDataRole.UserRole + 1
    ONLINE = Qt.ItemDataRole.UserRole + 2


@dataclass(eq=False)
class FolderNode:
    """One row: a root (no parent) or a folder of one."""

    root: Root
    path: str  # relative, "" is the root
    name: str
    assets: int
    parent: FolderNode | None = None
    row: int = 0
    children: list[FolderNode] = field(default_factory=list)
    asked: bool = False  # its root's folders are known or on their way

    @property
    def folder(self) -> FolderFilter:
        return FolderFilter(self.root.id, self.path)

    @property
    def absolute(self) -> str:
        return f"{self.root.path}/{self.path}" if self.path else self.root.path


class FolderModel(QAbstractItemModel):
    """Rows of the sidebar. Roots and folders keep their place when counts change."""

    wanted = Signal(int)  # root id: its folders are needed

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._roots: list[FolderNode] = []
        self._have_folders: set[int] = set()
        self._watches: dict[int, Watch] = {}

    # -- filling ------------------------------------------------------------------------

    def set_roots(self, roots: Sequence[Root], watches: Sequence[Watch] = ()) -> None:
        """Show these roots, and how they are watched; what is open stays open."""
        self._watches = {watch.root_id: watch for watch in watches}
        names = names_apart(roots)
        wanted = {root.id for root in roots}
        for row in reversed(range(len(self._roots))):
            if self._roots[row].root.id not in wanted:
                self._remove(row)
        for row, root in enumerate(roots):
            if row < len(self._roots) and self._roots[row].root.id == root.id:
                continue
            old = next((node.row for node in self._roots if node.root.id == root.id), None)
            if old is not None:
                self._remove(old)  # roots keep their order, so this is rare: it closes one row
            self._insert(row, FolderNode(root, "", names[root.id], root.assets))
        for node, root in zip(self._roots, roots, strict=True):
            _give_root(node, root)
            node.name, node.assets = names[root.id], root.assets
        if self._roots:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._roots) - 1, 0))

    def set_folders(self, root_id: int, folders: Sequence[Folder]) -> None:
        """Show the folders of a root. Equal paths only renew their counts."""
        node = next((node for node in self._roots if node.root.id == root_id), None)
        if node is None:
            return
        self._have_folders.add(root_id)
        counts = {folder.path: folder.assets for folder in folders if folder.path}
        known = _by_path(node)
        if counts.keys() == known.keys():
            for path, child in known.items():
                child.assets = counts[path]
            self._tell_below(node)
            return
        index = self.index_of(node)
        if node.children:
            self.beginRemoveRows(index, 0, len(node.children) - 1)
            node.children = []
            self.endRemoveRows()
        grown = _grow(node, counts)
        if grown:
            self.beginInsertRows(index, 0, len(grown) - 1)
            node.children = grown
            self.endInsertRows()
        else:
            self.dataChanged.emit(index, index)

    def open_roots(self) -> list[int]:
        """Name the roots whose folders are shown or asked for."""
        return [node.root.id for node in self._roots if node.asked]

    def has_folders(self, root_id: int) -> bool:
        """Tell whether the folders of a root are known."""
        return root_id in self._have_folders

    # -- finding ------------------------------------------------------------------------

    def roots(self) -> list[FolderNode]:
        """Give the rows of the roots."""
        return list(self._roots)

    def find(self, folder: FolderFilter) -> QModelIndex:
        """Find the row of a folder; invalid if it is not there (yet)."""
        for node in self._roots:
            if node.root.id == folder.root_id:
                found = node if not folder.path else _by_path(node).get(folder.path)
                return self.index_of(found) if found is not None else QModelIndex()
        return QModelIndex()

    def index_of(self, node: FolderNode) -> QModelIndex:
        """Give the index of a row."""
        return self.createIndex(node.row, 0, node)

    def node(self, index: Index) -> FolderNode | None:
        """Give the row at an index."""
        found = index.internalPointer() if index.isValid() else None
        return found if isinstance(found, FolderNode) else None

    # -- as Qt asks ---------------------------------------------------------------------

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        above = self.node(parent)
        rows = self._roots if above is None else above.children
        if column == 0 and 0 <= row < len(rows):
            return self.createIndex(row, 0, rows[row])
        return QModelIndex()

    def parent(self, index: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008
        node = self.node(index)
        return QModelIndex() if node is None or node.parent is None else self.index_of(node.parent)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        above = self.node(parent)
        return len(self._roots if above is None else above.children)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 1

    def hasChildren(self, parent: Index = QModelIndex()) -> bool:  # noqa: B008
        node = self.node(parent)
        if node is None:
            return bool(self._roots)
        if node.parent is None and node.root.id not in self._have_folders:
            return node.assets > 0  # nobody knows until it is opened
        return bool(node.children)

    def canFetchMore(self, parent: Index) -> bool:
        node = self.node(parent)
        return node is not None and node.parent is None and not node.asked and node.assets > 0

    def fetchMore(self, parent: Index) -> None:
        node = self.node(parent)
        if node is not None:
            node.asked = True
            self.wanted.emit(node.root.id)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        node = self.node(index)
        if node is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return node.name
        if role == Qt.ItemDataRole.ToolTipRole:
            how = watch_text(self._watches.get(node.root.id), node.root.online)
            return plain_tip(display(node.absolute), how)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            state = "" if node.root.online else ", offline"
            return f"{node.name}, {node.assets:,} assets{state}"
        return {
            int(FolderRole.NODE): node,
            int(FolderRole.COUNT): node.assets,
            int(FolderRole.ONLINE): node.root.online,
        }.get(role)

    def _insert(self, row: int, node: FolderNode) -> None:
        self.beginInsertRows(QModelIndex(), row, row)
        self._roots.insert(row, node)
        self._number()
        self.endInsertRows()

    def _remove(self, row: int) -> None:
        self.beginRemoveRows(QModelIndex(), row, row)
        gone = self._roots.pop(row)
        self._have_folders.discard(gone.root.id)
        self._number()
        self.endRemoveRows()

    def _number(self) -> None:
        for row, node in enumerate(self._roots):
            node.row = row

    def _tell_below(self, node: FolderNode) -> None:
        if node.children:
            first, last = node.children[0], node.children[-1]
            self.dataChanged.emit(self.index_of(first), self.index_of(last))
            for child in node.children:
                self._tell_below(child)


def names_apart(roots: Sequence[Root]) -> dict[int, str]:
    """Name the roots as briefly as tells them apart: two called Photos get their parent's name."""
    shown = {root.id: display(root.name) for root in roots}
    taken = list(shown.values())
    for root in roots:
        if taken.count(shown[root.id]) > 1:
            parts = display(root.path).replace("\\", "/").rstrip("/").split("/")
            if len(parts) > 1 and parts[-2]:
                shown[root.id] = f"{parts[-1]} ({parts[-2]})"
    return shown


def _give_root(node: FolderNode, root: Root) -> None:
    node.root = root
    for child in node.children:
        _give_root(child, root)


def _by_path(node: FolderNode) -> dict[str, FolderNode]:
    found: dict[str, FolderNode] = {}
    rows = list(node.children)
    while rows:
        row = rows.pop()
        found[row.path] = row
        rows.extend(row.children)
    return found


def _grow(root: FolderNode, counts: dict[str, int]) -> list[FolderNode]:
    """Make the rows of folders and give those directly below the root."""
    made: dict[str, FolderNode] = {"": FolderNode(root.root, "", "", 0)}
    for path in sorted(counts, key=lambda path: path.lower().split("/")):
        parent_path, _, name = path.rpartition("/")
        above = made.get(parent_path, made[""])
        parent = root if above is made[""] else above
        node = FolderNode(root.root, path, display(name), counts[path], parent)
        node.row = len(above.children)
        above.children.append(node)
        made[path] = node
    return made[""].children
