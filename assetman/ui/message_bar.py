"""One sentence at a time: what went wrong and what to do, or what has just happened."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from assetman.ui.controls import GlyphButton, label
from assetman.ui.glyphs import draw_cross
from assetman.ui.theme import appearance, theme

PROBLEM_MS, NEWS_MS = 20_000, 6_000


class MessageBar(QFrame):
    """Stands between the grid and the status bar while there is something to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("messageBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.sentence = label("", "", self)
        self.sentence.setWordWrap(True)
        self.close_button = GlyphButton(draw_cross, "Close the message", self, 8)
        self._layout = QHBoxLayout(self)
        self._layout.addWidget(self.sentence, 1)
        self._layout.addWidget(self.close_button)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.close_button.clicked.connect(self.hide)
        appearance().changed.connect(self._restyle)
        self._restyle()
        self.hide()

    def say(self, sentence: str, problem: bool = False) -> None:
        """Show a sentence for a while; a problem for longer."""
        self.sentence.setText(sentence)
        self.sentence.setAccessibleName(sentence)
        self.sentence.setProperty("tone", "warning" if problem else "")
        self.sentence.style().polish(self.sentence)
        self.show()
        self._timer.start(PROBLEM_MS if problem else NEWS_MS)
        QAccessible.updateAccessibility(QAccessibleEvent(self.sentence, QAccessible.Event.Alert))

    def _restyle(self) -> None:
        px = theme().px
        self._layout.setContentsMargins(px(16), px(6), px(8), px(6))
