"""Where the cards of a grid lie: plain arithmetic, the same work for ten cards or a million."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from PySide6.QtCore import QPoint, QRect

from assetman.ui.theme import GAP

SHAPE = 0.75  # height of a picture's cell, in widths: a phone's picture fills it exactly
MARGIN = 16  # around all cards; at the far side it is the scroll bar's room
_ABOVE_LINES = 4


@dataclass(frozen=True)  # no slots: what is worked out is kept
class GridLayout:
    """Equal cells in rows that fill the width, in the coordinates of the whole contents."""

    width: int  # pixels, of everything including the margins
    count: int
    card: int  # pixels, how wide a cell may become at least
    caption: int  # pixels beneath the picture, 0 for none
    margin: int = MARGIN
    gap: int = GAP
    mirrored: bool = False  # right to left
    shift: int = 0  # pixels, where a scroll bar at the left pushes everything aside
    opened: int = -1  # a card beneath whose row room is made, -1 for none
    room: int = 0  # pixels of that room
    line: int = 0  # pixels, the height of a row of a list; 0 for cards

    @cached_property
    def columns(self) -> int:
        if self.line:
            return 1
        return max(1, (self._inner + self.gap) // (self.card + self.gap))

    @cached_property
    def cell_width(self) -> int:
        return max(1, (self._inner + self.gap) // self.columns - self.gap)

    @cached_property
    def picture_height(self) -> int:
        return self.line or round(self.cell_width * SHAPE)

    @cached_property
    def pitch(self) -> int:
        """Give the distance from one row to the next."""
        return self.picture_height + self.words + self.gap

    @property
    def words(self) -> int:
        """Give the pixels beneath a picture."""
        return 0 if self.line else self.caption

    @cached_property
    def above(self) -> int:
        """Give the pixels above the first row, and below the last."""
        return _ABOVE_LINES if self.line else self.margin

    @property
    def line_left(self) -> int:
        """Give where the first column begins."""
        return self._lefts[0]

    @cached_property
    def rows(self) -> int:
        return -(-self.count // self.columns)

    @cached_property
    def height(self) -> int:
        return 2 * self.above + max(0, self.rows * self.pitch - self.gap) + self._spread

    @property
    def beneath(self) -> QRect:
        """Give the room that is made beneath a row, from the first column to the last."""
        if not self._spread:
            return QRect()
        left = min(self._lefts)
        width = max(self._lefts) + self.cell_width - left
        return QRect(left, self.above + self._edge, width, self.room - self.gap)

    def cell(self, index: int) -> QRect:
        """Give the place of a card: its picture and its caption."""
        row, column = divmod(index, self.columns)
        return QRect(
            self._lefts[column],
            self.above + row * self.pitch + (self._spread if row * self.pitch >= self._edge else 0),
            self.cell_width,
            self.picture_height + self.words,
        )

    def picture(self, index: int) -> QRect:
        """Give the place of a card's picture."""
        cell = self.cell(index)
        cell.setHeight(self.picture_height)
        return cell

    def at(self, point: QPoint) -> int:
        """Give the card at a point, -1 where there is none."""
        down = point.y() - self.above
        if self._spread and 0 <= down - self._edge < self._spread:
            return -1
        row, inside = divmod(self._closed(down), self.pitch)
        if not 0 <= row < self.rows or inside >= self.picture_height + self.words:
            return -1
        for column in range(self.columns):
            left = self._lefts[column]
            if left <= point.x() < left + self.cell_width:
                index = row * self.columns + column
                return index if index < self.count else -1
        return -1

    def between(self, top: int, bottom: int) -> range:
        """Give the cards of which a part lies from `top` to just above `bottom`."""
        if self.count == 0 or bottom <= top:
            return range(0)
        first = max(0, (self._closed(top - self.above) + self.gap) // self.pitch)
        last = max(-1, self._closed(bottom - 1 - self.above, last=True) // self.pitch)
        return range(
            min(first * self.columns, self.count), min((last + 1) * self.columns, self.count)
        )

    def touched(self, area: QRect) -> list[range]:
        """Give the cards that a rectangle touches, as one run of neighbours for each row."""
        columns = [
            column
            for column in range(self.columns)
            if area.left() < self._lefts[column] + self.cell_width
            and area.right() >= self._lefts[column]
        ]
        if not columns:
            return []
        runs = []
        for start in self.between(area.top(), area.bottom() + 1)[:: self.columns]:
            if area.top() <= self.cell(start).bottom():
                run = range(start + columns[0], min(start + columns[-1] + 1, self.count))
                if run:
                    runs.append(run)
        return runs

    @cached_property
    def _spread(self) -> int:
        """Give by how much the rows below the opened card are moved down."""
        return self.room if 0 <= self.opened < self.count else 0

    @cached_property
    def _edge(self) -> int:
        """Give where the room begins, counted from the first row."""
        return (self.opened // self.columns + 1) * self.pitch

    def _closed(self, down: int, *, last: bool = False) -> int:
        """Give where a height would be if no room were made; inside it, the row that follows.

        With `last` it is the row before.
        """
        if not self._spread or down < self._edge:
            return down
        if down - self._edge < self._spread:
            return self._edge - 1 if last else self._edge
        return down - self._spread

    @cached_property
    def _inner(self) -> int:
        return max(1, self.width - 2 * self.margin)

    @cached_property
    def _lefts(self) -> tuple[int, ...]:
        """Place the columns; what does not divide evenly widens some gaps by a pixel."""
        steps = max(1, self.columns - 1)
        room = self._inner - self.cell_width
        lefts = [self.margin + column * room // steps for column in range(self.columns)]
        if self.mirrored:
            lefts = [self.width - left - self.cell_width + self.shift for left in lefts]
        return tuple(lefts)
