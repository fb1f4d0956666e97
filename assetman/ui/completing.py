"""Typing a question: what could come next is offered, mistakes are said at their place."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from assetman.core.mistakes import Mistake
from assetman.core.queries import Results
from assetman.core.searches import Completion, Completions
from assetman.ui.bridge import EngineBridge
from assetman.ui.controller.search_session import SearchSession
from assetman.ui.search_bar import SearchBar
from assetman.ui.suggestions import Suggestion, Suggestions

_PAUSE_MS = 60  # in typing, before something is offered
_PATIENT_MS = 700  # before a mistake is said that is still being typed
_LEAST = 2  # letters of a plain word before something is offered for it


class Completing(QObject):
    """Stands between the words that are typed, the engine, and what hangs beneath the bar."""

    history_wanted = Signal()

    def __init__(
        self, bridge: EngineBridge, session: SearchSession, bar: SearchBar, window: QWidget
    ) -> None:
        super().__init__(window)
        self._bridge = bridge
        self._session = session
        self._bar = bar
        self._words = bar.words
        self._window = window
        self.suggestions = Suggestions(window)
        self._typing = _timer(self, _PAUSE_MS, self._ask)
        self._waiting = _timer(self, _PATIENT_MS, self._say)
        self._words.asked_first = self._take_key
        self._words.textEdited.connect(lambda _: self._typing.start())
        self._words.textChanged.connect(lambda _: self._hide())
        self._words.cursorPositionChanged.connect(lambda *_: self._caret_moved())
        self._words.focused.connect(lambda inside: None if inside else self._hide())
        self._bar.resized.connect(self._hide)
        self.suggestions.chosen.connect(self._take)
        session.answered.connect(self._show_mistakes)

    def offer(self, rows: Sequence[Suggestion]) -> None:
        """Offer rows as wide as the bar."""
        self.suggestions.show_rows(rows, self._beneath(QPoint(0, 0)), self._bar.width())

    # -- completion ---------------------------------------------------------------------

    def _ask(self) -> None:
        text, caret = self._words.text(), self._words.caret
        if not self._words.hasFocus() or self._words.hasSelectedText():
            return
        job = self._bridge.call(self, lambda api: api.complete(text, caret))
        # Where nothing can be offered, one types on as ever.
        job.on_error(lambda _: None)
        job.on_done(lambda found: self._show(text, caret, found)).start()

    def _show(self, text: str, caret: int, found: Completions) -> None:
        now = (self._words.text(), self._words.caret)
        if now != (text, caret) or not self._words.hasFocus():
            return
        typed = text[found.start : caret]
        of_word = text[: found.start][-1:] != ":" and ":" not in typed
        if of_word and len(typed) < _LEAST:
            return
        rows = [_row(each, found) for each in found.options if each.text.rstrip() != typed]
        if rows:
            at = self._words.place_of(found.start) - QPoint(12, 0)
            self.suggestions.show_rows(rows, self._beneath(self._words.pos() + at))

    def _take(self, value: object) -> None:
        if not isinstance(value, tuple):
            return
        option, start, end = value
        text = self._words.text()
        goes_on = option.text.endswith(":")
        space = "" if goes_on or text[end : end + 1].isspace() else " "
        before = f"{text[:start]}{option.text}{space}"
        self._words.setText(before + text[end:])
        self._words.put_caret(len(before))
        self._words.textEdited.emit(self._words.text())

    def _take_key(self, event: QKeyEvent) -> bool:
        key, keys = event.key(), Qt.Key
        if key == keys.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.history_wanted.emit()
            return True
        if not self.suggestions.isVisible():
            return False
        if key == keys.Key_Escape:
            self._hide()
            return True
        if not self.suggestions.offering:
            return False
        if key in (keys.Key_Up, keys.Key_Down):
            self.suggestions.move_by(1 if key == keys.Key_Down else -1)
            return True
        if key == keys.Key_Tab:
            return self.suggestions.take(first=True)
        return key in (keys.Key_Return, keys.Key_Enter) and self.suggestions.take()

    # -- mistakes -----------------------------------------------------------------------

    def _show_mistakes(self, results: Results) -> None:
        """Underline what made no sense, as far as it is in the words."""
        state, text = self._session.state, self._words.text()
        if results.query.text != state.text or text != state.words:
            return
        at = state.words_at
        found = [
            Mistake(max(0, each.start - at), min(len(text), each.end - at), each.message)
            for each in results.mistakes
            if each.start >= at
        ]
        self._words.show_mistakes(found)
        self._caret_moved()

    def go_to_mistake(self) -> None:
        """Bring the caret to the first mistake, and say what is wrong."""
        if self._words.mistakes:
            first = self._words.mistakes[0]
            self._words.setFocus(Qt.FocusReason.OtherFocusReason)
            self._words.select_part(first.start, first.end)
            self._say()

    def _caret_moved(self) -> None:
        if self._words.mistake_at(self._words.caret) is not None:
            self._waiting.start()
        elif not self.suggestions.offering:
            self._hide()

    def _say(self) -> None:
        found = self._words.mistake_at(self._words.caret)
        if found is not None and self._words.hasFocus() and not self.suggestions.offering:
            at = self._words.place_of(found.start) - QPoint(12, 0)
            place = self._beneath(self._words.pos() + at)
            self.suggestions.show_message(found.message, place)

    # -- inside -------------------------------------------------------------------------

    def _hide(self) -> None:
        self._waiting.stop()
        self.suggestions.hide()

    def _beneath(self, place: QPoint) -> QPoint:
        """Give the point of the window just beneath the bar."""
        at = self._bar.mapTo(self._window, QPoint(place.x(), self._bar.height()))
        return at + QPoint(0, 4)


def _row(option: Completion, found: Completions) -> Suggestion:
    label, _, meaning = option.label.partition("  ")
    note = meaning.strip() if option.count is None else f"{option.count:,}"
    return Suggestion(label, note, (option, found.start, found.end))


def _timer(owner: QObject, milliseconds: int, do: object) -> QTimer:
    timer = QTimer(owner)
    timer.setSingleShot(True)
    timer.setInterval(milliseconds)
    timer.timeout.connect(do)
    return timer
