"""Asking for a name. What was typed stays until it has been taken."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from assetman.ui.controls import button, label
from assetman.ui.theme import theme

LONGEST = 200  # characters
Take = Callable[[str, Callable[[], object], Callable[[str], object]], object]


class NameDialog(QDialog):
    """One field and one verb; closes when the name is taken, says why when it is not.

    `take` is given the name, what to call when it was taken, and what to call with a sentence
    when it was not.
    """

    def __init__(self, title: str, name: str, verb: str, take: Take, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self._take = take
        px = theme().px
        self.title = label(title, "title", self)
        self.title.setWordWrap(True)
        self.field = QLineEdit(name, self)
        self.field.setMaxLength(LONGEST)
        self.field.setAccessibleName("Name")
        self.field.selectAll()
        self.trouble = label("", "warning", self)
        self.trouble.setWordWrap(True)
        self.trouble.hide()
        self.do = button(verb, "accept", self)
        self.do.setDefault(True)
        self.leave = button("Cancel", "", self)
        row = QHBoxLayout()
        row.setSpacing(px(8))
        row.addStretch(1)
        row.addWidget(self.leave)
        row.addWidget(self.do)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(20), px(18), px(20), px(16))
        layout.setSpacing(px(10))
        for part in (self.title, self.field, self.trouble):
            layout.addWidget(part)
        layout.addLayout(row)
        self.setFixedWidth(px(380))
        self.field.textChanged.connect(self._typed)
        self.field.returnPressed.connect(self._ask)
        self.do.clicked.connect(self._ask)
        self.leave.clicked.connect(self.reject)
        self.field.setFocus()
        self._typed()

    def _typed(self) -> None:
        self.do.setEnabled(bool(self.field.text().strip()))
        if self.trouble.isVisible():
            self.trouble.hide()
            self.adjustSize()

    def _ask(self) -> None:
        name = " ".join(self.field.text().split())
        if name:
            self.do.setEnabled(False)
            self._take(name, self.accept, self._refuse)

    def _refuse(self, sentence: str) -> None:
        self.do.setEnabled(True)
        self.trouble.setText(sentence)
        self.trouble.show()
        self.adjustSize()
        self.field.setFocus()
        QAccessible.updateAccessibility(QAccessibleEvent(self.trouble, QAccessible.Event.Alert))
