"""A list view that lays its items out in even rows, at once, however many there are.

It is a `QListView` because Qt gives that class its accessibility for lists; of its layout nothing
is used, since that one visits every item and cannot fill the width evenly.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QAccessible, QAccessibleEvent, QRegion
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from assetman.ui.grid.grid_layout import GridLayout
from assetman.ui.grid.grid_model import AssetGridModel, Index

_Action = QAbstractItemView.CursorAction
SCROLL_STEP = 42  # pixels; three of them for a notch of the wheel


class EvenGrid(QListView):
    """Places items by `GridLayout` and moves and selects among them."""

    laid_out = Signal()  # cards have moved

    def __init__(self, model: AssetGridModel, layout: GridLayout, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._layout = layout
        self._model = model
        self.setModel(model)
        model.rowsInserted.connect(self.updateGeometries)
        model.rowsRemoved.connect(self.updateGeometries)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)

    @property
    def grid(self) -> GridLayout:
        """Give the present layout."""
        return self._layout

    def set_measures(self, *, card: int, caption: int) -> None:
        """Take other measures; what is at the top of the screen stays there."""
        self._lay_out(replace(self._layout, card=card, caption=caption))

    def set_lines(self, height: int, gap: int) -> None:
        """Lay items out as lines of a list, so high and so far apart; 0: as cards again."""
        self._lay_out(replace(self._layout, line=height, gap=gap))

    def make_room(self, row: int, height: int) -> None:
        """Keep some pixels free beneath the cards beside a row, instead of elsewhere; -1: none."""
        self._lay_out(replace(self._layout, opened=row, room=height if row >= 0 else 0))

    def part(self, sure: int, height: int) -> None:
        """Part the first cards from the rest by a line with some pixels of room; 0: by none."""
        self._lay_out(replace(self._layout, sure=sure, part=height if sure else 0))

    def on_screen(self) -> range:
        """Give the rows of which at least a part is on screen."""
        top = self.verticalOffset()
        return self._layout.between(top, top + self.viewport().height())

    def updateGeometries(self) -> None:
        self._lay_out(self._layout)

    @property
    def mirrored(self) -> bool:
        return self.layoutDirection() is Qt.LayoutDirection.RightToLeft

    def reset(self) -> None:
        super().reset()
        self.updateGeometries()  # at once: whoever shows other rows may go to a place in them

    def doItemsLayout(self) -> None:
        QAbstractItemView.doItemsLayout(self)

    def dataChanged(self, first: Index, last: Index, roles: object = ()) -> None:
        self.viewport().update()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        if self.devicePixelRatioF() % 1:
            self.viewport().update()  # moved pixels would not land on pixels
        else:
            self.viewport().scroll(dx, dy)

    def horizontalOffset(self) -> int:
        return 0

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def visualRect(self, index: Index) -> QRect:
        if not index.isValid() or index.row() >= self._layout.count:
            return QRect()
        return self._layout.cell(index.row()).translated(0, -self.verticalOffset())

    def indexAt(self, point: QPoint) -> QModelIndex:
        row = self._layout.at(point + QPoint(0, self.verticalOffset()))
        return self._model.index(row) if row >= 0 else QModelIndex()

    def isIndexHidden(self, index: Index) -> bool:
        return False

    def scrollTo(
        self, index: Index, hint: QAbstractItemView.ScrollHint = QListView.ScrollHint.EnsureVisible
    ) -> None:
        if not index.isValid():
            return
        cell, bar = self._layout.cell(index.row()), self.verticalScrollBar()
        margin, view = self._layout.gap, self.viewport().height()
        if hint is QAbstractItemView.ScrollHint.PositionAtCenter:
            bar.setValue(cell.center().y() - view // 2)
        elif cell.top() - margin < bar.value():
            first = self._layout.lines.row_of(index.row()) == 0
            bar.setValue(0 if first else cell.top() - margin)
        elif cell.bottom() + margin > bar.value() + view:
            bar.setValue(cell.bottom() + margin - view)

    def moveCursor(self, action: _Action, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        count = self._layout.count
        if count == 0:
            return QModelIndex()
        current = self.currentIndex()
        if not current.isValid():
            return self._model.index(self.on_screen().start if self.on_screen() else 0)
        return self._model.index(self._target(action, current.row()))

    def _target(self, action: _Action, row: int) -> int:
        last = self._layout.count - 1
        page = max(1, self.viewport().height() // self._layout.pitch)
        forward = -1 if self.mirrored else 1
        if action is _Action.MoveHome:
            return 0
        if action is _Action.MoveEnd:
            return last
        sideways = {_Action.MoveLeft: -forward, _Action.MoveRight: forward}
        sideways |= {_Action.MovePrevious: -1, _Action.MoveNext: 1}
        if self._layout.line and action in (_Action.MoveLeft, _Action.MoveRight):
            return row
        if action in sideways:
            return min(max(row + sideways[action], 0), last)
        steps = {_Action.MoveUp: -1, _Action.MoveDown: 1}
        steps |= {_Action.MovePageUp: -page, _Action.MovePageDown: page}
        return self._layout.lines.beside(row, steps[action])

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """Select from the card at one corner to the card at the other, as text is selected."""
        offset = QPoint(0, self.verticalOffset())
        corners = rect.topLeft(), rect.bottomRight()
        ends = [self._layout.at(corner + offset) for corner in corners]
        rows = [row for row in ends if row >= 0]
        selection = QItemSelection()
        if rows:
            selection.select(self._model.index(min(rows)), self._model.index(max(rows)))
        self.selectionModel().select(selection, command)

    def selectAll(self) -> None:
        # Qt's own looks at every single row.
        if self._layout.count:
            last = self._model.index(self._layout.count - 1)
            everything = QItemSelection(self._model.index(0), last)
            one = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.selectionModel().select(everything, one)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        return QRegion(self.viewport().rect())

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        QAbstractItemView.selectionChanged(self, selected, deselected)

    def currentChanged(self, current: Index, previous: Index) -> None:
        QAbstractItemView.currentChanged(self, current, previous)
        if QAccessible.isActive() and current.isValid() and self.hasFocus():
            event = QAccessibleEvent(self, QAccessible.Event.Focus)
            event.setChild(current.row())
            QAccessible.updateAccessibility(event)

    def keyboardSearch(self, search: str) -> None:
        """Search nothing: letters are shortcuts here, and text in the search bar."""

    def _lay_out(self, wish: GridLayout) -> None:
        # The room of the scroll bar is always kept free: nothing jumps when it appears.
        whole = max(1, self.maximumViewportSize().width())
        shift = self.viewport().width() - whole if self.mirrored else 0
        layout = replace(
            wish, width=whole, count=self._model.rowCount(), mirrored=self.mirrored, shift=shift
        )
        before, bar = self._layout, self.verticalScrollBar()
        anchor = self.on_screen().start if before.count == layout.count else 0
        above = before.cell(anchor).top() - bar.value()
        kept = bar.value() > 0 and before.count == layout.count and before != layout
        self._layout = layout
        view = self.viewport().height()
        bar.setRange(0, max(0, layout.height - view))
        bar.setPageStep(max(1, view - layout.gap))
        bar.setSingleStep(SCROLL_STEP)
        if kept:
            bar.setValue(self._layout.cell(anchor).top() - above)
        if before != layout:
            self.viewport().update()
            self.laid_out.emit()
