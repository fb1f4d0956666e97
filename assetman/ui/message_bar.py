"""One sentence at a time: what went wrong and what to do, or what has just happened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from assetman.ui.controls import GlyphButton, button, label
from assetman.ui.glyphs import draw_cross
from assetman.ui.theme import appearance, theme

PROBLEM_MS, NEWS_MS, OFFER_MS = 20_000, 6_000, 12_000
Act = Callable[[], object]


@dataclass(frozen=True)
class Message:
    """A sentence, and what can be done about it."""

    sentence: str
    problem: bool = False
    action: str = ""
    act: Act | None = None
    read: Act | None = None  # it stays until the person has read it; then this is called

    @property
    def lasts(self) -> int | None:
        """Give the milliseconds it is shown; None: until it is read."""
        if self.read is not None:
            return None
        if self.problem:
            return PROBLEM_MS
        return OFFER_MS if self.action else NEWS_MS


class MessageBar(QFrame):
    """Stands between the grid and the status bar while there is something to say.

    What has just happened covers, for its while, what stays until it is read.
    """

    showing = Signal(str)  # the sentence that is shown, "" for none

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("messageBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.sentence = label("", "", self)
        self.sentence.setWordWrap(True)
        self.action = button("", "quiet", self)
        self.action.setProperty("tone", "accent")
        self.close_button = GlyphButton(draw_cross, "Close the message", self, 8)
        self._layout = QHBoxLayout(self)
        self._layout.addWidget(self.sentence, 1)
        self._layout.addWidget(self.action)
        self._layout.addWidget(self.close_button)
        self._shown: Message | None = None
        self._standing: Message | None = None
        self._was_read = ""  # and is not to come back with an answer that was on its way
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._time_is_up)
        self.action.clicked.connect(self._act)
        self.close_button.clicked.connect(self.close_message)
        appearance().changed.connect(self._restyle)
        self._restyle()
        self.hide()

    def say(self, sentence: str, problem: bool = False) -> None:
        """Show a sentence for a while; a problem for longer."""
        self._show(Message(sentence, problem))

    def offer(self, sentence: str, action: str, act: Act, meaning: str = "") -> None:
        """Show a sentence for a while with a button beside it, and what that would do."""
        self._show(Message(sentence, action=action, act=act))
        self.action.setToolTip(meaning)

    def keep(self, sentence: str, read: Act) -> None:
        """Show a sentence until the person has closed it; then call `read`. "" takes it away."""
        if not sentence:
            self._was_read = ""
            if self._standing is not None and self._shown is self._standing:
                self._shown = None
                self.hide()
                self.showing.emit("")
            self._standing = None
        if sentence in ("", self._was_read):
            return
        if self._standing is not None and self._standing.sentence == sentence:
            return
        self._standing = Message(sentence, problem=True, read=read)
        if self._shown is None or self._shown.read is not None:
            self._show(self._standing)

    def withdraw_offer(self) -> None:
        """Take the button away: it would do something else by now."""
        if self._shown is not None and self._shown.act is not None:
            self._shown = Message(self._shown.sentence, self._shown.problem)
            self.action.hide()

    def close_message(self) -> None:
        """Take the sentence away; one that stayed for it counts as read."""
        closed, self._shown = self._shown, None
        if closed is not None and closed.read is not None:
            self._standing, self._was_read = None, closed.sentence
            closed.read()
        if self._standing is not None:
            self._show(self._standing)
        else:
            self._timer.stop()
            self.hide()
            self.showing.emit("")

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave and self._shown is not None and self._shown.lasts:
            self._timer.start(min(self._shown.lasts, NEWS_MS))
        return super().event(event)

    def _show(self, message: Message) -> None:
        self._shown = message
        self.sentence.setText(message.sentence)
        self.sentence.setAccessibleName(message.sentence)
        self.sentence.setProperty("tone", "warning" if message.problem else "")
        self.sentence.style().polish(self.sentence)
        self.action.setText(message.action)
        self.action.setAccessibleName(message.action)
        self.action.setVisible(bool(message.action))
        self.show()
        self.showing.emit(message.sentence)
        if message.lasts is None:
            self._timer.stop()
        else:
            self._timer.start(message.lasts)
        QAccessible.updateAccessibility(QAccessibleEvent(self.sentence, QAccessible.Event.Alert))

    def _act(self) -> None:
        act = self._shown.act if self._shown is not None else None
        self.close_message()
        if act is not None:
            act()

    def _time_is_up(self) -> None:
        """Go, unless the person is about to press the button."""
        if self.underMouse() or self.action.hasFocus():
            self._timer.start(NEWS_MS)
        else:
            self.close_message()

    def _restyle(self) -> None:
        px = theme().px
        self._layout.setContentsMargins(px(16), px(6), px(8), px(6))
        self._layout.setSpacing(px(8))
