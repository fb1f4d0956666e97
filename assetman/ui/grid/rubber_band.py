"""A rectangle drawn over the grid with the mouse: what it touches is selected."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QObject, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QColor, QPainter

from assetman.ui.grid.even_grid import EvenGrid
from assetman.ui.theme import theme

_Flag = QItemSelectionModel.SelectionFlag
SCROLL_MS = 16
REACH = 24  # pixels from the edge within which the view scrolls along


class RubberBand(QObject):
    """Begins where nothing lies, follows the pointer, scrolls along at the edges."""

    def __init__(self, view: EvenGrid) -> None:
        super().__init__(view)
        self._view = view
        self._origin = QPoint()  # in the contents, so that it stays put while they scroll
        self._pointer = QPoint()  # on the viewport
        self._before = QItemSelection()
        self._command = _Flag.ClearAndSelect
        self.active = False
        self._scrolling = QTimer(self)
        self._scrolling.setInterval(SCROLL_MS)
        self._scrolling.timeout.connect(self._scroll)

    def begin(self, point: QPoint, modifiers: Qt.KeyboardModifier) -> None:
        """Put down the first corner; Ctrl and Shift keep what is selected."""
        self.active = True
        self._pointer = point
        self._origin = point + QPoint(0, self._view.verticalOffset())
        keeps = modifiers & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        )
        toggles = modifiers & Qt.KeyboardModifier.ControlModifier
        self._command = _Flag.Toggle if toggles else _Flag.Select
        self._before = QItemSelection(self._view.selectionModel().selection())
        if not keeps:
            self._before = QItemSelection()
        self._select()

    def move(self, point: QPoint) -> None:
        """Take the other corner along."""
        self._pointer = point
        self._select()
        if self._speed():
            self._scrolling.start()
        else:
            self._scrolling.stop()

    def end(self) -> None:
        """Let go; the selection stays."""
        self.active = False
        self._scrolling.stop()
        self._view.viewport().update()

    def paint(self, painter: QPainter) -> None:
        """Paint the rectangle."""
        area = self._area().translated(0, -self._view.verticalOffset())
        thin = QColor(theme().accent)
        thin.setAlpha(40)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.fillRect(area, thin)
        painter.setPen(theme().accent)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area)

    def _area(self) -> QRect:
        other = self._pointer + QPoint(0, self._view.verticalOffset())
        return QRect(
            min(self._origin.x(), other.x()),
            min(self._origin.y(), other.y()),
            abs(self._origin.x() - other.x()),
            abs(self._origin.y() - other.y()),
        )

    def _select(self) -> None:
        area, model = self._area(), self._view.model()
        touched = QItemSelection()
        for run in self._view.grid.touched(area) if area.width() + area.height() > 0 else []:
            touched.select(model.index(run.start, 0), model.index(run.stop - 1, 0))
        selected = QItemSelection(self._before)
        selected.merge(touched, self._command)
        self._view.selectionModel().select(selected, _Flag.ClearAndSelect)
        self._view.viewport().update()

    def _speed(self) -> int:
        above = REACH - self._pointer.y()
        below = self._pointer.y() - (self._view.viewport().height() - REACH)
        return max(below, 0) - max(above, 0)

    def _scroll(self) -> None:
        bar = self._view.verticalScrollBar()
        before = bar.value()
        bar.setValue(before + max(-60, min(60, self._speed())))
        if bar.value() != before:
            self._select()
