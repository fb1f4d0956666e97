"""Colours to choose from, as colours."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QWidget

from assetman.ui.filter_choices import COLOURS
from assetman.ui.glyphs import draw_ring
from assetman.ui.theme import theme

_ACROSS = 6


class Swatch(QAbstractButton):
    """One colour; chosen, it has a ring and a dot."""

    def __init__(self, name: str, colour: QColor, parent: QWidget) -> None:
        super().__init__(parent)
        self._colour = colour
        self.setCheckable(True)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        side = theme().px(26)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            box = QRectF(self.rect()).adjusted(3.5, 3.5, -3.5, -3.5)
            lit = self.underMouse() or self.hasFocus()
            painter.setPen(QPen(look.text if lit else look.edge, 1))
            painter.setBrush(self._colour)
            painter.drawRoundedRect(box, 5, 5)
            if self.isChecked():
                draw_ring(painter, QRectF(self.rect()), look.accent, 7)
                light = self._colour.lightnessF() > 0.5
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor("#000000" if light else "#ffffff"))
                painter.drawEllipse(box.center(), 3, 3)


class ColourChoice(QWidget):
    """A small board of colours; the arrow keys walk on it."""

    chosen = Signal(str)  # its name

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.swatches: dict[str, Swatch] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(8, 6, 8, 6)
        grid.setSpacing(2)
        for place, name in enumerate(COLOURS):
            swatch = self.swatches[name] = Swatch(name, colour_named(name), self)
            swatch.clicked.connect(lambda _=False, name=name: self.chosen.emit(name))
            grid.addWidget(swatch, place // _ACROSS, place % _ACROSS)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocusProxy(self.swatches[COLOURS[0]])

    def show_chosen(self, names: Collection[str]) -> None:
        """Show which are chosen already."""
        for name, swatch in self.swatches.items():
            swatch.setChecked(name in names)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps: dict[int, int] = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -_ACROSS,
            Qt.Key.Key_Down: _ACROSS,
        }
        rows = list(self.swatches.values())
        at = next((n for n, swatch in enumerate(rows) if swatch.hasFocus()), 0)
        to = at + steps.get(event.key(), len(rows))
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            rows[at].click()
        elif 0 <= to < len(rows):
            rows[to].setFocus(Qt.FocusReason.TabFocusReason)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.PaletteChange:
            self.update()
        return super().event(event)


def colour_named(name: str) -> QColor:
    """Give the colour of a name or a value of the query language; invalid for nonsense."""
    return QColor.fromString(name)
