"""A dialog that lists things in rows which scroll, says what becomes of them, and has buttons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from assetman.ui.controls import button, label
from assetman.ui.theme import theme


class RowsDialog(QDialog):
    """Rows from top to bottom, a sentence beneath them, and a way to close it."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.message = label("", "warning", self)
        self.message.setWordWrap(True)
        self.message.hide()
        self.done_button = button("Close", "", self)
        self.done_button.clicked.connect(self.accept)
        self._list = QWidget()
        self._list.setObjectName("models")
        self._rows_layout = QVBoxLayout(self._list)

    def say(self, sentence: str, role: str = "secondary") -> None:
        """Say something beneath the rows."""
        self.message.setProperty("role", role)
        self.message.style().polish(self.message)
        self.message.setText(sentence)
        self.message.show()

    def say_problem(self, error: BaseException) -> None:
        """Show an error where the person looks: in this dialog."""
        self.say(str(error), "warning")

    def _lay_out(
        self,
        buttons: Sequence[QPushButton],
        above: Sequence[QWidget] = (),
        beneath: Sequence[QWidget] = (),
    ) -> None:
        """Put the rows between what is above and beneath them, buttons at the bottom."""
        px = theme().px
        self._rows_layout.setContentsMargins(0, 0, px(8), 0)
        self._rows_layout.setSpacing(0)
        scroll = QScrollArea(self)
        scroll.setWidget(self._list)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(20), px(16), px(20), px(16))
        layout.setSpacing(px(12))
        for widget in above:
            layout.addWidget(widget)
        layout.addWidget(scroll, 1)
        layout.addWidget(self.message)
        for widget in beneath:
            layout.addWidget(widget)
        row = QHBoxLayout()
        row.setSpacing(px(8))
        for each in buttons:
            row.addWidget(each)
        row.addStretch(1)
        row.addWidget(self.done_button)
        layout.addLayout(row)

    def _clear(self) -> None:
        """Take all rows away."""
        while (item := self._rows_layout.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
