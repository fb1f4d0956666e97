"""Asking before something that cannot be taken back with one key."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from assetman.ui.controls import button, label
from assetman.ui.theme import theme


class Confirm(QDialog):
    """A question, what it means, and two buttons; Esc and Enter are the harmless one."""

    def __init__(self, question: str, meaning: str, verb: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(question)
        px = theme().px
        self.question = label(question, "title", self)
        self.question.setWordWrap(True)
        self.meaning = label(meaning, "", self)
        self.meaning.setWordWrap(True)
        self.do = button(verb, "", self)
        self.leave = button("Cancel", "", self)
        self.leave.setDefault(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(20), px(18), px(20), px(16))
        layout.setSpacing(px(8))
        layout.addWidget(self.question)
        layout.addWidget(self.meaning)
        layout.addSpacing(px(8))
        row = QHBoxLayout()
        row.setSpacing(px(8))
        row.addStretch(1)
        row.addWidget(self.do)
        row.addWidget(self.leave)
        layout.addLayout(row)
        self.setFixedWidth(px(380))
        self.do.clicked.connect(self.accept)
        self.leave.clicked.connect(self.reject)
        self.leave.setFocus()
