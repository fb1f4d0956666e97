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
class GridRows:
    """The rows of a grid: which cards each has, how far down it is, and the rooms between them."""

    count: int  # cards
    columns: int
    pitch: int  # pixels from one row to the next
    above: int  # pixels above the first row
    gap: int  # pixels of the pitch that are no card
    opened: int  # a card beneath whose row room is made, -1 for none
    room: int  # pixels of that room
    split: int  # the first card below the line, 0 for no line
    part: int  # pixels of the room of the line

    @cached_property
    def before(self) -> int:
        """Count the rows above the line."""
        return -(-self.split // self.columns)

    @cached_property
    def rows(self) -> int:
        """Count all rows."""
        return self.before + -(-(self.count - self.split) // self.columns)

    @property
    def opens(self) -> bool:
        """Tell whether room is made beneath a row."""
        return bool(self.room) and 0 <= self.opened < self.count

    @cached_property
    def gaps(self) -> tuple[tuple[int, int], ...]:
        """List the rooms between rows: where each would begin without any, and how high it is."""
        gaps = []
        if self.opens:
            gaps.append(((self.row_of(self.opened) + 1) * self.pitch, self.room))
        if self.split:
            gaps.append((self.before * self.pitch, self.part))
        return tuple(sorted(gaps))

    def spot(self, index: int) -> tuple[int, int]:
        """Give the row and the column of a card."""
        if index < self.split or not self.split:
            return divmod(index, self.columns)
        row, column = divmod(index - self.split, self.columns)
        return row + self.before, column

    def row_of(self, index: int) -> int:
        """Give the row in which a card lies."""
        return self.spot(index)[0]

    def run(self, row: int) -> range:
        """Give the cards of a row."""
        if row < self.before:
            start, end = row * self.columns, self.split
        else:
            start, end = self.split + (row - self.before) * self.columns, self.count
        return range(start, min(start + self.columns, end))

    def top(self, row: int) -> int:
        """Give where a row begins."""
        closed = row * self.pitch
        return self.above + closed + sum(height for edge, height in self.gaps if closed >= edge)

    def beside(self, index: int, rows: int) -> int:
        """Give the card some rows below (above: negative) in the same column.

        Where there is no such row it is the card itself; in a shorter row its last card.
        """
        row, column = self.spot(index)
        if not 0 <= row + rows < self.rows:
            rows = -row if rows < 0 else self.rows - 1 - row
        run = self.run(row + rows)
        return min(run.start + column, run.stop - 1)

    def between(self, top: int, bottom: int) -> range:
        """Give the rows of which a part lies from `top` to just above `bottom`."""
        if self.count == 0 or bottom <= top:
            return range(0)
        first = max(0, (self.closed(top - self.above) + self.gap) // self.pitch)
        last = max(-1, self.closed(bottom - 1 - self.above, last=True) // self.pitch)
        return range(min(first, self.rows), min(last + 1, self.rows))

    def closed(self, down: int, *, last: bool = False) -> int:
        """Give where a height would be if no room were made; inside one, the row that follows.

        With `last` it is the row before.
        """
        made = 0
        for edge, height in self.gaps:
            if down - made < edge:
                break
            if down - made - edge < height:
                return edge - 1 if last else edge
            made += height
        return down - made


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
    sure: int = 0  # cards before the line that parts them from the rest; 0 for no line
    part: int = 0  # pixels of the room of that line

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
    def lines(self) -> GridRows:
        """The rows in which the cards lie."""
        split = self.sure if self.part and 0 < self.sure < self.count else 0
        places = (self.opened, self.room, split, self.part)
        return GridRows(self.count, self.columns, self.pitch, self.above, self.gap, *places)

    @property
    def rows(self) -> int:
        return self.lines.rows

    @cached_property
    def height(self) -> int:
        inner = max(0, self.rows * self.pitch - self.gap)
        return 2 * self.above + inner + sum(height for _, height in self.lines.gaps)

    @property
    def beneath(self) -> QRect:
        """Give the room that is made beneath a row, from the first column to the last."""
        lines = self.lines
        if not lines.opens:
            return QRect()
        bottom = lines.top(lines.row_of(self.opened)) + self.pitch
        return self._whole_width(bottom, self.room - self.gap)

    @property
    def parting(self) -> QRect:
        """Give the room of the line, from the first column to the last; none where there is none."""
        lines = self.lines
        if not lines.split:
            return QRect()
        top = lines.top(lines.before) - self.part - self.gap
        return self._whole_width(top, self.part + self.gap)

    def cell(self, index: int) -> QRect:
        """Give the place of a card: its picture and its caption."""
        row, column = self.lines.spot(index)
        height = self.picture_height + self.words
        return QRect(self._lefts[column], self.lines.top(row), self.cell_width, height)

    def picture(self, index: int) -> QRect:
        """Give the place of a card's picture."""
        cell = self.cell(index)
        cell.setHeight(self.picture_height)
        return cell

    def at(self, point: QPoint) -> int:
        """Give the card at a point, -1 where there is none."""
        lines = self.lines
        row, inside = divmod(lines.closed(point.y() - self.above), self.pitch)
        if not 0 <= row < self.rows or inside >= self.picture_height + self.words:
            return -1
        if not lines.top(row) <= point.y() < lines.top(row) + self.pitch:
            return -1  # in the room between two rows
        for column, index in enumerate(lines.run(row)):
            left = self._lefts[column]
            if left <= point.x() < left + self.cell_width:
                return index
        return -1

    def between(self, top: int, bottom: int) -> range:
        """Give the cards of which a part lies from `top` to just above `bottom`."""
        rows = self.lines.between(top, bottom)
        if not rows:
            return range(0)
        return range(self.lines.run(rows[0]).start, self.lines.run(rows[-1]).stop)

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
        for row in self.lines.between(area.top(), area.bottom() + 1):
            if area.top() < self.lines.top(row) + self.picture_height + self.words:
                whole = self.lines.run(row)
                last = min(whole.start + columns[-1] + 1, whole.stop)
                run = range(whole.start + columns[0], last)
                if run:
                    runs.append(run)
        return runs

    def _whole_width(self, top: int, height: int) -> QRect:
        left = min(self._lefts)
        return QRect(left, top, max(self._lefts) + self.cell_width - left, height)

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
