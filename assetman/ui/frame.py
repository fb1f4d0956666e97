"""How the window is divided: sidebar, top bar, grid, inspector, status bar."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from assetman.ui.controls import Separator
from assetman.ui.memory import WindowMemory
from assetman.ui.theme import appearance, theme

_LEAST = 400  # pixels that the grid keeps before the sides give way


class Side:
    """One of the two side panels: how wide, whether the person wants it, whether it is shown."""

    def __init__(self, name: str, panel: QWidget, splitter: QSplitter, at: int) -> None:
        self.name = name
        self.panel = panel
        self.splitter = splitter
        self.at = at
        self.wanted = True
        self.width = 0
        self.forced = False  # asked for although there is little room

    def show(self, shown: bool) -> None:
        """Show the panel at its own width, or take it away."""
        if shown == self.panel.isVisibleTo(self.splitter):
            return
        self.panel.setVisible(shown)
        if shown:
            self.lay_out()

    def lay_out(self) -> None:
        """Give the panel its own width and the rest to its neighbour."""
        total = max(self.splitter.width(), self.width + 100)
        sizes = [self.width, total - self.width]
        self.splitter.setSizes(sizes if self.at == 0 else sizes[::-1])

    def moved(self) -> None:
        """Take the width the person dragged it to; nothing at all means they want it away."""
        width = self.splitter.sizes()[self.at]
        if width > 0:
            self.width = width
        elif self.panel.isVisible():
            self.wanted = False
            self.panel.hide()


class Frame(QWidget):
    """Lays the parts out, lets the sides collapse, and remembers them."""

    sides_changed = Signal(bool, bool)  # sidebar shown, inspector shown

    def __init__(
        self,
        sidebar: QWidget,
        top_bar: QWidget,
        content: QWidget,
        inspector: QWidget,
        below: tuple[QWidget, QWidget],
    ) -> None:
        super().__init__()
        self.setObjectName("ground")
        self._outer = _splitter(self)
        self._inner = _splitter(self)
        right = QWidget(self)
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(top_bar)
        column.addWidget(Separator(right))
        column.addWidget(self._inner, 1)
        self._inner.addWidget(content)
        self._inner.addWidget(inspector)
        self._inner.setStretchFactor(0, 1)
        self._inner.setStretchFactor(1, 0)
        self._inner.setCollapsible(0, False)
        self._outer.addWidget(sidebar)
        self._outer.addWidget(right)
        self._outer.setStretchFactor(0, 0)
        self._outer.setStretchFactor(1, 1)
        self._outer.setCollapsible(1, False)
        message, status = below
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self._outer, 1)
        rows.addWidget(message)
        rows.addWidget(Separator(self))
        rows.addWidget(status)
        self.sidebar = Side("sidebar", sidebar, self._outer, 0)
        self.inspector = Side("inspector", inspector, self._inner, 1)
        self._outer.splitterMoved.connect(lambda: self._moved(self.sidebar))
        self._inner.splitterMoved.connect(lambda: self._moved(self.inspector))
        appearance().changed.connect(self._fit)

    def restore(self, memory: WindowMemory) -> None:
        """Take the sides as the person left them."""
        for side in (self.sidebar, self.inspector):
            side.width = theme().px(memory.width_of(side.name))
            side.wanted = memory.is_open(side.name)
            side.lay_out()
        self._fit()

    def remember(self, memory: WindowMemory) -> None:
        """Keep the sides for the next time."""
        for side in (self.sidebar, self.inspector):
            memory.remember_side(side.name, round(side.width / theme().scale), side.wanted)

    def toggle(self, side: Side) -> None:
        """Show a side, or take it away; a wish goes before what fits."""
        side.wanted = not side.panel.isVisible()
        side.forced = side.wanted
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            for side in (self.sidebar, self.inspector):
                side.forced = False
            self._fit()

    def _fit(self) -> None:
        """Let the inspector give way first where there is little room, then the sidebar."""
        least = theme().px(_LEAST)
        room = self.width() - least
        for side in (self.sidebar, self.inspector):
            fits = side.forced or side.width <= room
            side.show(side.wanted and fits)
            if side.wanted and fits:
                room -= side.width
        self._tell()

    def _moved(self, side: Side) -> None:
        side.moved()
        self._tell()

    def _tell(self) -> None:
        shown = [side.panel.isVisibleTo(side.splitter) for side in (self.sidebar, self.inspector)]
        self.sides_changed.emit(*shown)


def _splitter(parent: QWidget) -> QSplitter:
    made = QSplitter(Qt.Orientation.Horizontal, parent)
    made.setHandleWidth(1)  # Qt makes so thin a handle easy to grab by itself
    return made
