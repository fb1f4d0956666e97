"""What the keys do, over the video while a person wants to know."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QGridLayout, QWidget

from assetman.ui.controls import label
from assetman.ui.player.keys import HELP


class KeyHelp(QFrame):
    """Floats in the middle of its parent; a click or any other key takes it away."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("floating")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Keys of the player")
        line = self._line = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        line.setContentsMargins(20, 16, 20, 16)
        line.setSpacing(24)
        for rows in HELP:
            grid = QGridLayout()
            grid.setHorizontalSpacing(16)
            grid.setVerticalSpacing(4)
            grid.setRowStretch(len(rows), 1)
            for number, (keys, meaning) in enumerate(rows):
                grid.addWidget(label(keys, "", self), number, 0)
                grid.addWidget(label(meaning, "secondary", self), number, 1)
            line.addLayout(grid)
        self.hide()

    def toggle(self) -> None:
        """Show the keys, or take them away."""
        if self.isVisible():
            self.hide()
            return
        parent = self.parentWidget()
        room = parent.rect() if parent is not None else self.rect()
        for direction in (QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom):
            self._line.setDirection(direction)
            for piece in self.findChildren(QWidget):
                piece.ensurePolished()  # the text may have grown since it was last seen
                piece.updateGeometry()
            self._line.invalidate()
            self.resize(self._line.sizeHint())
            if self.width() + 16 <= room.width():
                break
        self.move((room.width() - self.width()) // 2, max(8, (room.height() - self.height()) // 3))
        self.show()
        self.raise_()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.hide()
