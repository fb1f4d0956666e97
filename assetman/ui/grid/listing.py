"""The grid laid out as a list: one asset a line, what is known of it in columns."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, QRect, Signal
from PySide6.QtGui import QPainter

from assetman.ui.grid.card_painter import CardLook
from assetman.ui.grid.even_grid import EvenGrid
from assetman.ui.grid.list_header import ListHeader
from assetman.ui.grid.pictures import CellSpec
from assetman.ui.grid.plates import Plate
from assetman.ui.grid.row_painter import PICTURE_HEIGHT, PICTURE_WIDTH, ROW, RowPainter
from assetman.ui.theme import GAP, appearance, theme


class Listing(QObject):
    """Turns a grid into a list and back; where the person is stays."""

    switched = Signal(bool)  # whether it is a list now

    def __init__(self, grid: EvenGrid) -> None:
        super().__init__(grid)
        self._grid = grid
        self._on = False
        self._painter = RowPainter(theme(), mirrored=grid.mirrored)
        self.header = ListHeader(grid)
        self.header.moved.connect(grid.viewport().update)
        grid.laid_out.connect(self._place)
        appearance().changed.connect(self.restyle)

    @property
    def on(self) -> bool:
        """Whether the grid is a list."""
        return self._on

    def switch(self, on: bool) -> None:
        """Make the grid a list, or cards again."""
        if on == self._on:
            return
        self._on = on
        grid, current = self._grid, self._grid.currentIndex()
        seen = current.isValid() and current.row() in grid.on_screen()
        self.header.setVisible(on)
        self._lay_out()
        if seen:
            grid.scrollTo(current)
        self.switched.emit(on)

    def spec(self) -> CellSpec:
        """Give the form in which a row wants its picture."""
        ratio, px = self._grid.devicePixelRatioF(), theme().px
        width, height = px(PICTURE_WIDTH) * ratio, px(PICTURE_HEIGHT) * ratio
        return CellSpec(round(width), round(height), False, 3 * ratio, ratio)

    def picture(self, row: QRect) -> QRect:
        """Give where in a row its picture lies."""
        return self._painter.picture(row)

    def paint(self, painter: QPainter, row: QRect, look: CardLook) -> None:
        """Paint a row."""
        self._painter.paint(painter, row, look, self.header.shown())

    def plate_at(self, point: QPoint, row: QRect, look: CardLook) -> Plate | None:
        """Give what can be clicked at a point of a row: how many files it stands for."""
        name = self._painter.name_cell(row, self.header.shown())
        at_count = self._painter.count(name, look).contains(point)
        return Plate.STACK if at_count else None

    def restyle(self) -> None:
        """Follow the theme, the size of the text and the direction of reading."""
        self._painter = RowPainter(theme(), mirrored=self._grid.mirrored)
        if self._on:
            self._lay_out()

    def _lay_out(self) -> None:
        head = self.header.height() if self._on else 0
        self._grid.setViewportMargins(0, head, 0, 0)
        self._grid.set_lines(theme().px(ROW) if self._on else 0, 0 if self._on else GAP)
        self._place()

    def _place(self) -> None:
        """Let the heads stand over their columns."""
        if self._on:
            viewport, layout = self._grid.viewport().geometry(), self._grid.grid
            cell = QRect(layout.line_left, 0, layout.cell_width, self.header.height())
            self.header.place(cell.translated(viewport.left(), 0))
            self.header.raise_()
