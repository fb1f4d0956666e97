"""Taking back what the person did, and doing it again: keys, menu entries, the message bar."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from assetman.core.changes import Changes
from assetman.core.organising import History, Step
from assetman.ui.bridge import EngineBridge
from assetman.ui.jobs import report
from assetman.ui.message_bar import MessageBar

WhenIdle = Callable[[Callable[[], object]], object]
LONGEST = 60  # characters of a sentence in the menu


class UndoActions(QObject):
    """Knows what undo would take back next, says it, and does it.

    A text field that has the keyboard keeps its own undo.
    """

    went = Signal()  # something was taken back or done again

    def __init__(self, bridge: EngineBridge, messages: MessageBar, window: QWidget) -> None:
        super().__init__(window)
        self._bridge = bridge
        self._messages = messages
        self._history = History()
        self._offered: History | None = None  # as it was when the message's button was offered
        self._seen: set[int] = set()  # transactions offered before, or older than this window
        self._busy = False
        self._when_idle: WhenIdle = lambda do: do()
        self.undo_action = QAction(self)
        self.redo_action = QAction(self)
        self.undo_action.triggered.connect(self.undo)
        self.redo_action.triggered.connect(self.redo)
        bridge.attached.connect(self.begin)
        bridge.back.connect(self.renew)
        bridge.changed.connect(self._changed)
        self._show(History())

    @property
    def history(self) -> History:
        return self._history

    def wait_for(self, when_idle: WhenIdle) -> None:
        """Let undo wait until what the person did before it has been done."""
        self._when_idle = when_idle

    @Slot()
    def begin(self) -> None:
        """Take what can be undone already as older than anything the person does now."""

        def done(history: History) -> None:
            self._note(history)
            self._show(history)

        job = self._bridge.call(self, lambda api: api.history())
        job.on_error(lambda _: None).on_done(done).start()

    @Slot()
    def renew(self) -> None:
        """Ask what can be taken back now."""
        job = self._bridge.call(self, lambda api: api.history())
        # Without an answer the entries stay as they are: the next change asks again.
        job.on_error(lambda _: None).on_done(self._show).start()

    def offer(self, sentence: str) -> None:
        """Say what the person has just done, with a button that takes it back.

        What changed nothing left no step: then there is no button, or it would take back
        something older.
        """
        said = sentence if sentence.endswith((".", "?", "!", "…")) else f"{sentence}."

        def done(history: History) -> None:
            step = history.undo
            offered = self._offered.undo if self._offered is not None else None
            if step is None or (step.transaction in self._seen and step != offered):
                self._show(history)
                self._messages.say(said)
            else:
                self._offer(said, "Undo", history)

        job = self._bridge.call(self, lambda api: api.history())
        job.on_error(lambda _: self._messages.say(said))
        job.on_done(done).start()

    def press_undo(self) -> None:
        """Meet the key for undo: in a text field it takes back what was typed."""
        field = QApplication.focusWidget()
        if isinstance(field, QLineEdit):
            field.undo()
        else:
            self.undo()

    def press_redo(self) -> None:
        """Meet the key for redo: in a text field it brings back what was typed."""
        field = QApplication.focusWidget()
        if isinstance(field, QLineEdit):
            field.redo()
        else:
            self.redo()

    @Slot()
    def undo(self) -> None:
        """Take back the last thing the person did."""
        if not self._busy:
            self._busy = True
            job = self._bridge.call(self, lambda api: (api.undo(), api.history()))
            job.on_error(self._failed).on_done(self._undone)
            self._when_idle(job.start)

    @Slot()
    def redo(self) -> None:
        """Do again what was taken back last."""
        if not self._busy:
            self._busy = True
            job = self._bridge.call(self, lambda api: (api.redo(), api.history()))
            job.on_error(self._failed).on_done(self._redone)
            self._when_idle(job.start)

    def _undone(self, answer: tuple[Step | None, History]) -> None:
        step, history = self._went(answer)
        if step is None:
            self._messages.say("There is nothing to undo.")
        else:
            self._offer(f"Undone: {step.sentence}.", "Redo", history)

    def _redone(self, answer: tuple[Step | None, History]) -> None:
        step, history = self._went(answer)
        if step is None:
            self._messages.say("There is nothing to redo.")
        else:
            self._offer(f"Done again: {step.sentence}.", "Undo", history)

    def _went(self, answer: tuple[Step | None, History]) -> tuple[Step | None, History]:
        self._busy = False
        if answer[0] is not None:
            self.went.emit()
        return answer

    def _offer(self, sentence: str, verb: str, history: History) -> None:
        """Say what was done; the button is there until it would do something else."""
        self._note(history)
        self._show(history)
        step, act = (history.undo, self.undo) if verb == "Undo" else (history.redo, self.redo)
        self._offered = None if step is None else history
        if step is None:
            self._messages.say(sentence)
        else:
            self._messages.offer(sentence, verb, act, f"{verb}: {step.sentence}")

    def _note(self, history: History) -> None:
        self._seen.update(step.transaction for step in (history.undo, history.redo) if step)

    def _failed(self, error: BaseException) -> None:
        self._busy = False
        self.renew()
        window = self.parent()
        assert window is not None
        report(window, error)

    @Slot(object)
    def _changed(self, changes: Changes) -> None:
        if changes.history:
            self.renew()

    def _show(self, history: History) -> None:
        self._history = history
        if self._offered is not None and history != self._offered:
            self._offered = None
            self._messages.withdraw_offer()
        for action, verb, key, step in (
            (self.undo_action, "Undo", "Ctrl+Z", history.undo),
            (self.redo_action, "Redo", "Ctrl+Shift+Z", history.redo),
        ):
            name = verb if step is None else f"{verb}: {brief(step.sentence)}"
            action.setText(f"{name.replace('&', '&&')}\t{key}")
            action.setEnabled(step is not None)


def brief(sentence: str) -> str:
    """Shorten a sentence for a menu."""
    return sentence if len(sentence) <= LONGEST else f"{sentence[: LONGEST - 1].rstrip()}…"
