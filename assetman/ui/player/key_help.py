"""What the keys do, over the video while a person wants to know."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QWidget

from assetman.ui.controls import label
from assetman.ui.player.keys import HELP


class KeyHelp(QFrame):
    """Floats in the middle of its parent; a click or any other key takes it away."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("floating")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Keys of the player")
        line = QHBoxLayout(self)
        line.setContentsMargins(20, 16, 20, 16)
        line.setSpacing(32)
        for rows in HELP:
            grid = QGridLayout()
            grid.setHorizontalSpacing(16)
            grid.setVerticalSpacing(6)
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
        self.adjustSize()
        parent = self.parentWidget()
        room = parent.rect() if parent is not None else self.rect()
        self.move((room.width() - self.width()) // 2, max(8, (room.height() - self.height()) // 3))
        self.show()
        self.raise_()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.hide()
