"""The search that is going on: what is asked, and the newest answer to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from assetman.core.queries import Query, Results
from assetman.ui.bridge import EngineBridge
from assetman.ui.controller.state import (
    Chip,
    ExampleChip,
    FolderChip,
    SearchState,
    depends_on_the_person,
)

TYPING_MS = 150  # a pause in typing this long asks
AT_ONCE = 2  # questions on their way; more would only queue up


class SearchSession(QObject):
    """Turns what the person does into numbered questions; the newest answer wins."""

    changed = Signal(object)  # SearchState: the bar and the sidebar follow
    answered = Signal(object)  # Results to show
    kept = Signal(object, int)  # fresh Results kept back, and how many assets are new in them
    failed = Signal(object)  # the exception that answered the newest question
    working = Signal(bool)

    def __init__(self, bridge: EngineBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._state = SearchState()
        self._number = 0
        self._flying = 0
        self._due = False
        self._shown: Results | None = None
        self._kept: Results | None = None
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_MS)
        self._typing.timeout.connect(self.ask)

    @property
    def state(self) -> SearchState:
        return self._state

    @property
    def results(self) -> Results | None:
        """The results last shown."""
        return self._shown

    def go(self, state: SearchState, typed: bool = False) -> None:
        """Ask something else; while typing, after a pause."""
        if state == self._state:
            return
        asked_the_same = state.query() == self._state.query()
        self._state = state
        self.changed.emit(state)
        if asked_the_same:
            return
        self._number += 1  # whatever is on its way answers another question
        if typed:
            self._typing.start()
        else:
            self.ask()

    def say(self, words: str) -> None:
        """Take the words as they are typed."""
        self.go(replace(self._state, words=words), typed=True)

    def ask_now(self) -> None:
        """Do not wait for a pause in typing."""
        if self._typing.isActive():
            self.ask()

    def add(self, chips: Iterable[Chip]) -> None:
        """Add chips to the question."""
        state = self._state
        for chip in chips:
            state = state.with_chip(chip)
        self.go(state)

    def remove(self, chip: Chip) -> None:
        """Take a chip out of the question."""
        self.go(self._state.without_chip(chip))

    def undo_chip(self) -> bool:
        """Take the last chip out of the question; False if there is none."""
        if not self._state.chips:
            return False
        self.remove(self._state.chips[-1])
        return True

    def compare(
        self, chips: tuple[ExampleChip, ...], fresh: bool, leave_out: tuple[int, ...]
    ) -> None:
        """Find what is like examples: as a question of its own, or added to the present one."""
        state = self._state
        if fresh:
            filters = tuple(chip for chip in state.chips if not isinstance(chip, ExampleChip))
            state = replace(state, words="", chips=filters, leave_out=())
        for chip in chips:
            state = state.with_chip(chip)
        self.go(replace(state, leave_out=tuple(dict.fromkeys(state.leave_out + leave_out))))

    def go_to_folder(self, chip: FolderChip | None) -> None:
        """Limit the search to a folder, or widen it to all."""
        self.go(self._state.in_folder(chip))

    def choose(self, chip: Chip, also: bool = False) -> None:
        """Limit the search to this instead of others of its kind, or to this as well.

        What limits it so already does so no longer.
        """
        if not also:
            self.go(self._state.with_only(chip))
        elif chip in self._state.chips:
            self.remove(chip)
        else:
            self.add([chip])

    def take_news(self) -> None:
        """Show the fresh results that were kept back."""
        if self._kept is not None:
            self._show(self._kept)

    @property
    def idle(self) -> bool:
        """Whether no question is on its way or about to be."""
        return not self._flying and not self._typing.isActive()

    def keep(self, query: Query, results: Results) -> None:
        """Take fresh results of a question: shown at once if nothing on screen moves by it."""
        if query != self._state.query() or self._shown is None:
            return
        fresh = results.ids
        there = set(fresh)
        # What is gone has left the grid already; the rest need only stay where it is.
        shown = tuple(asset_id for asset_id in self._shown.ids if asset_id in there)
        left = depends_on_the_person(self._state) and len(shown) < len(self._shown.ids)
        if not left and (not shown or fresh[: len(shown)] == shown):
            self._show(results)
            return
        self._kept = results
        self.kept.emit(results, len(set(fresh).difference(shown)))

    @Slot()
    def ask(self) -> None:
        """Ask the present question now."""
        self._typing.stop()
        self._number += 1
        self.working.emit(True)
        self._send()

    def _send(self) -> None:
        if self._flying >= AT_ONCE:
            self._due = True
            return
        self._due = False
        self._flying += 1
        number, query = self._number, self._state.query()
        job = self._bridge.call(self, lambda api: api.search(query))
        job.on_done(lambda results: self._take(number, results))
        job.on_error(lambda error: self._fail(number, error)).start()

    def _landed(self, number: int) -> bool:
        """Count an answer in, and say whether it is the newest's."""
        self._flying -= 1
        if self._due:
            self._send()
        if number != self._number or self._typing.isActive():
            return False
        self.working.emit(False)
        return True

    def _take(self, number: int, results: Results) -> None:
        if self._landed(number):
            self._show(results)

    def _fail(self, number: int, error: BaseException) -> None:
        if self._landed(number):
            self.failed.emit(error)

    def _show(self, results: Results) -> None:
        self._shown, self._kept = results, None
        self.answered.emit(results)
