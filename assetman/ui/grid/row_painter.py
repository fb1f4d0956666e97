"""How one row of the list looks: its picture, its name, and what each column says."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPainterPath, QPen

from assetman.ui.glyphs import draw_stack
from assetman.ui.grid.card_painter import CardLook, paint_playhead, picture_place
from assetman.ui.grid.columns import Column
from assetman.ui.grid.labels import elided
from assetman.ui.grid.list_header import BESIDE
from assetman.ui.grid.plates import Plate
from assetman.ui.grid.stack_mark import stack_text
from assetman.ui.grid.wording import FAILED, state_word
from assetman.ui.theme import Text, Theme, mix

ROW, PICTURE_WIDTH, PICTURE_HEIGHT = 36, BESIDE - 8, 28
SIDE = 11  # pixels beside the words of a cell, as in the heads of the columns
_ROUND = 6
_SIGN = 8  # pixels, the side of the sign of a stack
_WORD = 48  # pixels that what is unusual has at least; the name has all it needs of the others
_KEPT = 8000  # words that were shortened


class RowPainter:
    """Paints rows in one theme and at one size of text."""

    def __init__(self, theme: Theme, *, mirrored: bool) -> None:
        self._theme = theme
        self._mirrored = mirrored
        self._font = theme.font(Text.SECONDARY)
        self._metrics = QFontMetrics(self._font)
        self._elided: dict[tuple[str, int, bool], str] = {}

    def picture(self, row: QRect) -> QRect:
        """Give where in a row its picture lies."""
        px = self._theme.px
        width, height = px(PICTURE_WIDTH), px(PICTURE_HEIGHT)
        left = row.right() + 1 - px(8) - width if self._mirrored else row.left() + px(8)
        return QRect(left, row.top() + (row.height() - height) // 2, width, height)

    def name_cell(self, row: QRect, columns: Sequence[tuple[Column, int, int]]) -> QRect:
        """Give the cell of a row that has the picture and the name."""
        _, left, width = columns[0]
        return QRect(row.left() + left, row.top(), width, row.height())

    def count(self, cell: QRect, look: CardLook) -> QRect:
        """Give where at the end of a name it says how many files the row stands for."""
        count = stack_text(look.hit)
        if not count or look.card is None or look.gone:
            return QRect()
        px = self._theme.px
        width = self._metrics.horizontalAdvance(count) + px(8 + _SIGN + 5 + 8)
        height = self._metrics.height() + px(4)
        left = cell.left() + px(SIDE) if self._mirrored else cell.right() + 1 - px(SIDE) - width
        return QRect(left, cell.top() + (cell.height() - height) // 2, width, height)

    def paint(
        self,
        painter: QPainter,
        row: QRect,
        look: CardLook,
        columns: Sequence[tuple[Column, int, int]],
    ) -> None:
        """Paint a row; the columns are given with where they begin in it and how wide they are."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._ground(painter, row, look)
        self._picture(painter, self.picture(row), look)
        painter.setFont(self._font)
        for number, (column, left, width) in enumerate(columns):
            cell = QRect(row.left() + left, row.top(), width, row.height())
            if number == 0:
                self._name(painter, cell, look)
            elif look.card is not None and not look.gone:
                self._words(painter, cell, column, look)
        if look.focused:
            pen = QPen(self._theme.text, 1)
            pen.setDashPattern([3, 3])
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            inside = QRectF(row).adjusted(1.5, 1.5, -1.5, -1.5)
            painter.drawRoundedRect(inside, _ROUND - 1, _ROUND - 1)

    def _ground(self, painter: QPainter, row: QRect, look: CardLook) -> None:
        """Say what is selected by an edge too, not by a colour alone."""
        theme = self._theme
        if not (look.selected or look.hovered or look.open):
            return
        plate = QRectF(row).adjusted(0, 1, 0, -1)
        path = QPainterPath()
        path.addRoundedRect(plate, _ROUND, _ROUND)
        hover = mix(theme.text, theme.ground, 0.05)
        painter.fillPath(path, theme.tint if look.selected else hover)
        if look.selected:
            left = plate.right() - 3 if self._mirrored else plate.left()
            painter.save()
            painter.setClipPath(path)
            painter.fillRect(QRectF(left, plate.top(), 3, plate.height()), theme.accent)
            painter.restore()

    def _picture(self, painter: QPainter, place: QRect, look: CardLook) -> None:
        if look.thumbnail is None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(mix(self._theme.text, self._theme.ground, 0.06))
            painter.drawRoundedRect(place, 3, 3)
            return
        target = picture_place(place, look.thumbnail)
        scaled = target.size() != look.thumbnail.image.deviceIndependentSize()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scaled)
        painter.setOpacity(look.strength)
        painter.drawImage(target, look.thumbnail.image)
        painter.setOpacity(1)
        if look.heard is not None:
            paint_playhead(painter, QRectF(place), look, self._theme)

    def _name(self, painter: QPainter, cell: QRect, look: CardLook) -> None:
        """Write the name, and at its end what is unusual."""
        theme, px = self._theme, self._theme.px
        taken = px(BESIDE)
        room = cell.adjusted(0, 0, -taken, 0) if self._mirrored else cell.adjusted(taken, 0, 0, 0)
        room.adjust(px(SIDE), 0, -px(SIDE), 0)
        if look.card is None or look.gone:
            painter.setPen(theme.secondary)
            painter.drawText(room, self._near, "No longer here" if look.gone else "")
            return
        if not (place := self.count(cell, look)).isEmpty():
            self._count(painter, place, look)
            width = place.width() + px(10)
            room.adjust(width if self._mirrored else 0, 0, 0 if self._mirrored else -width, 0)
        name = look.card.asset.display_name
        word = FAILED if look.card.failure else state_word(look.card)
        if word:
            left = room.width() - self._metrics.horizontalAdvance(name) - px(10)
            word = self._fitted(word, max(left, px(_WORD)), False)
            painter.setPen(theme.warning if look.card.failure else theme.secondary)
            painter.drawText(room, self._far, word)
            width = self._metrics.horizontalAdvance(word) + px(10)
            room.adjust(width if self._mirrored else 0, 0, 0 if self._mirrored else -width, 0)
        painter.setPen(theme.text)
        painter.drawText(room, self._near, self._fitted(name, room.width(), True))

    def _count(self, painter: QPainter, place: QRect, look: CardLook) -> None:
        theme, px = self._theme, self._theme.px
        lit = look.unfolded or look.over is Plate.STACK
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.accent if lit else mix(theme.text, theme.ground, 0.14))
        painter.drawRoundedRect(place, _ROUND - 1, _ROUND - 1)
        colour = theme.on_accent if lit else theme.text
        side = px(_SIGN)
        box = QRectF(0, place.center().y() + 1 - side / 2, side, side)
        box.moveLeft(place.right() + 1 - px(8) - side if self._mirrored else place.left() + px(8))
        draw_stack(painter, box, colour)
        painter.setPen(colour)
        painter.drawText(place.adjusted(px(8), 0, -px(8), 0), self._far, stack_text(look.hit))

    def _words(self, painter: QPainter, cell: QRect, column: Column, look: CardLook) -> None:
        words = column.write(look.card, look.hit) if look.card is not None else ""
        if not words:
            return
        side = self._theme.px(SIDE)
        room = cell.adjusted(side, 0, -side, 0)
        painter.setPen(self._theme.text if look.selected else self._theme.secondary)
        flags = self._far if column.numbers else self._near
        painter.drawText(room, flags, self._fitted(words, room.width(), False))

    def _fitted(self, words: str, room: int, name: bool) -> str:
        key = words, room, name
        if key not in self._elided:
            if len(self._elided) > _KEPT:
                self._elided.clear()
            right = Qt.TextElideMode.ElideRight
            shown = (
                elided(words, self._metrics, room)
                if name
                else self._metrics.elidedText(words, right, room)
            )
            self._elided[key] = shown
        return self._elided[key]

    @property
    def _near(self) -> Qt.AlignmentFlag:
        """Give where words begin; said absolutely, for the painter would mirror once more."""
        side = Qt.AlignmentFlag.AlignRight if self._mirrored else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute

    @property
    def _far(self) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignLeft if self._mirrored else Qt.AlignmentFlag.AlignRight
        return side | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
