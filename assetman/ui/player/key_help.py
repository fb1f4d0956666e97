"""What the keys do, over the video or the sound while a person wants to know."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QGridLayout, QVBoxLayout, QWidget

from assetman.ui.controls import label
from assetman.ui.player.keys import HELP, Help
from assetman.ui.theme import theme

MARGIN = 8  # pixels that it keeps from the edges
_Direction = QBoxLayout.Direction


class KeyHelp(QFrame):
    """Floats in the middle of its parent; a click or any other key takes it away."""

    def __init__(self, parent: QWidget, rows: Help = HELP) -> None:
        super().__init__(parent)
        self._columns = rows
        self.setObjectName("floating")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Keys of the player")
        self._body: QWidget | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.hide()

    def toggle(self) -> None:
        """Show the keys, or take them away."""
        if self.isVisible():
            self.hide()
            return
        parent = self.parentWidget()
        room = parent.rect() if parent is not None else self.rect()
        self._write(_Direction.LeftToRight)  # anew: the text may have grown since
        if self._wanted().width() + 2 * MARGIN > room.width():
            self._write(_Direction.TopToBottom)
        self.resize(self._wanted())
        left, top = (room.width() - self.width()) // 2, (room.height() - self.height()) // 3
        self.move(max(left, MARGIN), max(top, MARGIN))
        self.show()
        self.raise_()

    def take_key(self, event: QKeyEvent) -> bool:
        """Come with “?”, go with Esc; any other key takes it away and does its own work too."""
        shown = self.isVisible()
        if event.text() == "?":
            self.toggle()
            return True
        self.hide()
        return shown and event.key() == Qt.Key.Key_Escape

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.hide()

    def _write(self, direction: QBoxLayout.Direction) -> None:
        if self._body is not None:
            self._column.removeWidget(self._body)
            self._body.hide()
            self._body.deleteLater()
        self._body = QWidget(self)
        line = QBoxLayout(direction, self._body)
        beside = direction is _Direction.LeftToRight
        line.setContentsMargins(20, 16, 20, 16)
        line.setSpacing(theme().px(28) if beside else 2)
        for rows in self._columns:
            grid = QGridLayout()
            grid.setHorizontalSpacing(16)
            grid.setVerticalSpacing(4 if beside else 0)
            grid.setRowStretch(len(rows), 1)
            grid.setColumnStretch(1, 1)
            grid.setColumnMinimumWidth(0, theme().px(76))
            for number, (keys, meaning) in enumerate(rows):
                for column, piece in enumerate((label(keys), label(meaning, "secondary"))):
                    grid.addWidget(piece, number, column)
                    piece.ensurePolished()
            line.addLayout(grid)
        self._column.addWidget(self._body)

    def _wanted(self) -> QSize:
        return self._body.sizeHint() if self._body is not None else self.sizeHint()
