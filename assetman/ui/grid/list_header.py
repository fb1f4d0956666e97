"""The heads of the list's columns: what it is ordered by, how wide each is, which are shown."""

from __future__ import annotations

import json
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSignalBlocker,
    Qt,
    Signal,
)
from PySide6.QtGui import QContextMenuEvent, QPainter
from PySide6.QtWidgets import QHeaderView, QMenu, QWidget

from assetman.core.queries import Sort
from assetman.ui.grid.columns import Column, columns
from assetman.ui.theme import appearance, theme

BESIDE = 96  # pixels before a name: its picture
LEAST_NAME = 220  # pixels that names keep, with the picture beside them
NARROWEST = 40
_NONE = QModelIndex()


class _Titles(QAbstractTableModel):
    """What Qt's header shows: no rows, a title for each column."""

    def __init__(self, shown: tuple[Column, ...], parent: QObject) -> None:
        super().__init__(parent)
        self._columns = shown
        self.order: tuple[Sort, bool] = (Sort.DATE, True)

    def _sign(self, column: Column) -> str:
        """Say with an arrow whether the list falls or rises by a column."""
        sort, descending = self.order
        if column.sort is not sort:
            return ""
        return " ↓" if descending else " ↑"

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _NONE) -> int:
        return 0

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = _NONE) -> int:
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = 0) -> Any:
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = self._columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{column.title}{self._sign(column)}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.numbers else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.ToolTipRole and column.sort is not None:
            return f"Order by {column.title.lower() if column.title != 'BPM' else 'BPM'}"
        return None


class ListHeader(QHeaderView):
    """Lays the columns out in the width there is; those of little use give way first."""

    order_wanted = Signal(object, bool)  # Sort, descending
    moved = Signal()  # columns lie elsewhere now

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.columns = columns()
        self._chosen = {column.name for column in self.columns if not column.hidden}
        self._asked = False
        self._shown: list[tuple[Column, int, int]] = []  # as they stand; empty: to be looked up
        self._titles = _Titles(self.columns, self)
        self.setModel(self._titles)
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setFirstSectionMovable(False)
        self.setHighlightSections(False)
        self.setStretchLastSection(False)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Columns")
        self.sectionClicked.connect(self._click)
        self.sectionResized.connect(self._resized)
        self.sectionMoved.connect(lambda *_: self._tell())
        appearance().changed.connect(self._restyle)
        self._scale = 0.0
        self._restyle()
        self.hide()

    def show_order(self, sort: Sort, descending: bool) -> None:
        """Mark the column that the list is ordered by, if it is one of them."""
        self._titles.order = sort, descending
        self.headerDataChanged(self.orientation(), 0, len(self.columns) - 1)
        self.fit()

    def show_asked(self, asked: bool) -> None:
        """Show how well assets match, or not where nothing is asked."""
        if asked != self._asked:
            self._asked = asked
            self.fit()

    def shown(self) -> list[tuple[Column, int, int]]:
        """List the columns in sight as they stand: each with its left edge and its width."""
        if not self._shown:
            order = sorted(range(len(self.columns)), key=self.visualIndex)
            self._shown = [
                (self.columns[n], self.sectionViewportPosition(n), self.sectionSize(n))
                for n in order
                if not self.isSectionHidden(n)
            ]
        return self._shown

    def place(self, area: QRect) -> None:
        """Lie in an area; its width is that of the rows."""
        if area != self.geometry():
            self.setGeometry(area)
            self.fit()

    def fit(self) -> None:
        """Show as many of the columns as there is room for."""
        wanted = [n for n, column in enumerate(self.columns) if self._is_wanted(column)]
        room = self.width() - theme().px(LEAST_NAME)
        for section in sorted(wanted[1:], key=lambda n: -self._worth(self.columns[n])):
            room -= self._width(section)
            if room < 0:
                wanted.remove(section)
        with QSignalBlocker(self):
            for section in range(len(self.columns)):
                self.setSectionHidden(section, section not in wanted)
        self.resizeSections()
        self._tell()

    def written(self) -> str:
        """Write down which columns are shown, in which order and how wide, to be remembered."""
        order = sorted(range(len(self.columns)), key=self.visualIndex)
        widths = {c.name: self._width(n) / self._scale for n, c in enumerate(self.columns)}
        names = [self.columns[n].name for n in order]
        return json.dumps({"order": names, "shown": sorted(self._chosen), "widths": widths})

    def restore(self, written: str) -> None:
        """Take the columns as they were written down; what is nonsense is passed over."""
        try:
            found = json.loads(written)
            order, chosen = list(found["order"]), set(found["shown"])
            widths = {str(name): float(width) for name, width in found["widths"].items()}
        except (ValueError, TypeError, KeyError, AttributeError):
            return
        names = [column.name for column in self.columns]
        self._chosen = {"name", *chosen.intersection(names)}
        known = [names.index(name) for name in order if name in names and name != "name"]
        with QSignalBlocker(self):
            for place, section in enumerate(dict.fromkeys(known), start=1):
                self.moveSection(self.visualIndex(section), place)
            for name, width in widths.items():
                if name in names[1:]:
                    self._resize(names.index(name), min(max(width, NARROWEST), 800))
        self.fit()

    def offer_columns(self, menu: QMenu) -> None:
        """Offer the columns in a menu, those that are chosen ticked."""
        menu.setAccessibleName("Columns")
        for column in self.columns[1:]:
            action = menu.addAction(column.title)
            action.setCheckable(True)
            action.setChecked(column.name in self._chosen)
            action.toggled.connect(lambda on, name=column.name: self._choose(name, on))

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Let the head of the names stand over the names, not over the pictures beside them."""
        if section == 0:
            aside = theme().px(BESIDE)
            line = QRect(rect.left(), rect.bottom(), rect.width(), 1)
            painter.fillRect(line, theme().line)
            mirrored = self.isRightToLeft()
            rect = rect.adjusted(0 if mirrored else aside, 0, -aside if mirrored else 0, 0)
        super().paintSection(painter, rect, section)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        self.offer_columns(menu)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def _choose(self, name: str, wanted: bool) -> None:
        (self._chosen.add if wanted else self._chosen.discard)(name)
        self.fit()

    def _is_wanted(self, column: Column) -> bool:
        return column.name in self._chosen and (self._asked or not column.asked)

    def _worth(self, column: Column) -> int:
        """Say how much a column is worth its room: most where the list is ordered by it."""
        return 50 if column.sort is self._titles.order[0] else column.keep

    def _click(self, section: int) -> None:
        """Order by a column, or the other way round."""
        column, (sort, descending) = self.columns[section], self._titles.order
        if column.sort is not None:
            down = not descending if column.sort is sort else column.falls
            self.order_wanted.emit(column.sort, down)

    def _resized(self, section: int, _before: int, width: int) -> None:
        if section and width > 0:
            self._widths[section] = max(width, theme().px(NARROWEST))
        self._tell()

    def _tell(self) -> None:
        self._shown = []
        self.moved.emit()

    def _width(self, section: int) -> int:
        return self._widths.get(section, theme().px(self.columns[section].width))

    def _resize(self, section: int, width: float) -> None:
        """Make a column so wide, in pixels of text at its usual size."""
        self._widths[section] = theme().px(width)
        self.resizeSection(section, self._widths[section])

    def _restyle(self) -> None:
        """Follow the size of the text: a column grows with what it says."""
        before, self._scale = self._scale, theme().scale
        self.setFixedHeight(theme().px(28))
        self.setMinimumSectionSize(theme().px(NARROWEST))
        widths = getattr(self, "_widths", {})
        self._widths: dict[int, int] = {}
        with QSignalBlocker(self):
            for section, column in enumerate(self.columns):
                width = widths.get(section)
                self._resize(section, column.width if width is None else width / before)
        self.fit()
