"""What stands where pictures will be: one sentence and one button."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from assetman.ui.controls import button, label
from assetman.ui.theme import appearance, theme


class EmptyState(QWidget):
    """A calm page with a sentence, a button if something can be done, and perhaps a note."""

    models_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._action: Callable[[], object] | None = None
        self.sentence = label("", "", self)
        self.sentence.setWordWrap(True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.action = button("", "primary", self)
        self.note = label("", "secondary", self)
        self.note.setWordWrap(True)
        self.note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.link = button("See the models", "quiet", self)
        self.link.setProperty("tone", "accent")
        self._layout = QVBoxLayout(self)
        self._layout.addStretch(4)
        for part in (self.sentence, self.action, self.note, self.link):
            is_button = part in (self.action, self.link)
            centre = Qt.AlignmentFlag.AlignHCenter if is_button else Qt.AlignmentFlag(0)
            self._layout.addWidget(part, 0, centre)
        self._layout.addStretch(5)
        self.action.clicked.connect(self._act)
        self.link.clicked.connect(self.models_wanted)
        appearance().changed.connect(self._restyle)
        self._restyle()

    def show_sentence(
        self,
        sentence: str,
        action: str = "",
        act: Callable[[], object] | None = None,
        note: str = "",
        reason: str = "",
    ) -> None:
        """Say a sentence and offer an action; `reason` says why it cannot be had just now."""
        self.sentence.setText(sentence)
        self.action.setText(action)
        self.action.setAccessibleName(action)
        self.action.setVisible(bool(action))
        self.action.setEnabled(not reason)
        self.action.setToolTip(reason)
        self._action = act
        self.note.setText(reason or note)
        self.note.setVisible(bool(reason or note))
        self.link.setVisible(bool(note) and not reason)
        self._restyle()

    def _act(self) -> None:
        if self._action is not None:
            self._action()

    def _restyle(self) -> None:
        px = theme().px
        font = theme().font()
        font.setPixelSize(px(15))
        self.sentence.setFont(font)
        self._layout.setSpacing(px(14))
        self._fit()

    def _fit(self) -> None:
        """Keep the lines short: a sentence is read in the middle of a wide window."""
        px = theme().px
        side = max(px(16), (self.width() - px(440)) // 2)
        self._layout.setContentsMargins(side, px(16), side, px(16))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
