"""Where the words of a question are typed; what is wrong in them is underlined at its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QGuiApplication,
    QHelpEvent,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QTextCharFormat,
)
from PySide6.QtWidgets import QLineEdit, QToolTip, QWidget

from assetman.core.conditions import Key
from assetman.core.mistakes import Mistake
from assetman.ui.grid.wording import plain_tip
from assetman.ui.pasting import carries_picture
from assetman.ui.theme import appearance, theme

_KEYS = "|".join([*Key, "after", "before"])
# What is no plain word: `-unwanted`, the key of a condition, OR.
_QUIET = re.compile(rf'(?:(?<=\s)|(?<=\()|^)(?:-(?:"[^"]*"?|[^\s()]+)|(?:{_KEYS}):|OR(?=\s))')
_Asked = Callable[[QKeyEvent], bool]


class WordsField(QLineEdit):
    """Pictures on the clipboard and keys out of it go to the bar."""

    picture_pasted = Signal()
    left_at_start = Signal()  # the caret stood at the start: Left goes to the chips
    deleted_at_start = Signal()
    went_down = Signal()
    focused = Signal(bool)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("words")
        self.setFrame(False)
        self.setAcceptDrops(False)  # the window shows what can be dropped where
        self.setPlaceholderText("Describe what you are looking for")
        self.setAccessibleName("Search")
        self.setMinimumWidth(theme().px(60))
        self.asked_first: _Asked = lambda _: False  # what hangs beneath the bar takes keys first
        self._mistakes: tuple[Mistake, ...] = ()  # places in these words
        self._composing = False
        self.textChanged.connect(self._forget)
        appearance().changed.connect(self._colour)

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """What is wrong in the words, each at its place."""
        return self._mistakes

    def show_mistakes(self, mistakes: Sequence[Mistake]) -> None:
        """Underline these."""
        self._mistakes = tuple(mistakes)
        said = " ".join(each.message for each in mistakes)
        self.setAccessibleDescription(said)
        self._colour()

    @property
    def caret(self) -> int:
        """Where the caret stands, in characters."""
        return _characters(self.text(), self.cursorPosition())

    def put_caret(self, character: int) -> None:
        """Put the caret before a character."""
        self.setCursorPosition(_units(self.text(), character))

    def select_part(self, start: int, end: int) -> None:
        """Select some characters."""
        first, last = (_units(self.text(), at) for at in (start, end))
        self.setSelection(first, last - first)

    def mistake_at(self, place: int) -> Mistake | None:
        """Give the mistake that lies at a place in the words."""
        return next((each for each in self._mistakes if each.start <= place <= each.end), None)

    def place_of(self, character: int) -> QPoint:
        """Give the point beneath a character, in the field's own coordinates."""
        metrics, text = self.fontMetrics(), self.text()
        caret = self.cursorRect().center().x()
        before = metrics.horizontalAdvance(text[: self.caret])
        at = caret - before + metrics.horizontalAdvance(text[:character])
        return QPoint(min(max(at, 0), self.width()), self.height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.asked_first(event):
            event.accept()
            return
        at_start = self.cursorPosition() == 0 and not self.hasSelectedText()
        if event.matches(QKeySequence.StandardKey.Paste) and carries_picture(
            QGuiApplication.clipboard().mimeData()
        ):
            if self.hasSelectedText():
                self.insert("")  # what is pasted takes the place of what was selected
                self.textEdited.emit(self.text())
            self.picture_pasted.emit()
        elif event.key() == Qt.Key.Key_Down:
            self.went_down.emit()
        elif at_start and event.key() == Qt.Key.Key_Left:
            self.left_at_start.emit()
        elif at_start and event.key() == Qt.Key.Key_Backspace:
            self.deleted_at_start.emit()
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()  # Esc undoes a chip, never the words
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Let Tab take what is offered."""
        tab = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Tab, Qt.KeyboardModifier.NoModifier, "\t")
        return (forward and self.asked_first(tab)) or super().focusNextPrevChild(forward)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focused.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focused.emit(False)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self._composing = bool(event.preeditString())
        super().inputMethodEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            under = self.cursorPositionAt(event.pos())
            found = self.mistake_at(_characters(self.text(), under))
            if found is not None:
                QToolTip.showText(event.globalPos(), plain_tip(found.message), self)
                return True
        return super().event(event)

    def _forget(self) -> None:
        """Forget what was wrong in other words."""
        self._mistakes = ()
        self.setAccessibleDescription("")
        self._colour()

    def _colour(self) -> None:
        """Let plain words stand out, and underline mistakes.

        A line of text takes formats only as an input method gives them to what is being composed;
        without anything composed they stay on the whole line.
        """
        if self._composing:
            return
        look, caret = theme(), self.cursorPosition()
        quiet, wrong = QTextCharFormat(), QTextCharFormat()
        quiet.setForeground(look.secondary)
        wrong.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        wrong.setUnderlineColor(look.warning)
        wrong.setForeground(look.warning)
        kind = QInputMethodEvent.AttributeType.TextFormat
        spans = [(m.start(), m.end(), quiet) for m in _QUIET.finditer(self.text())]
        spans += [(each.start, each.end, wrong) for each in self._mistakes]
        attributes = [
            QInputMethodEvent.Attribute(kind, first - caret, last - first, look_of)
            for start, end, look_of in spans
            if (last := _units(self.text(), end)) > (first := _units(self.text(), start))
        ]
        super().inputMethodEvent(QInputMethodEvent("", attributes))


def _units(text: str, characters: int) -> int:
    """Count as Qt does, in units of UTF-16: many an emoji is two."""
    return len(text[:characters].encode("utf-16-le", "surrogatepass")) // 2


def _characters(text: str, units: int) -> int:
    """Count in characters what Qt counts in units of UTF-16."""
    encoded = text.encode("utf-16-le", "surrogatepass")[: 2 * units]
    return len(encoded.decode("utf-16-le", "ignore"))
