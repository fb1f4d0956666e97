"""The search that is going on: what is asked, and the newest answer to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from assetman.core.changes import Changes
from assetman.core.queries import Results, Sort
from assetman.ui.bridge import EngineBridge
from assetman.ui.controller.state import Chip, ExampleChip, FolderChip, KindChip, SearchState

TYPING_MS = 150  # a pause in typing this long asks
RENEW_MS = 1000  # while assets come in, ask anew this often at most
AT_ONCE = 2  # questions on their way; more would only queue up


class SearchSession(QObject):
    """Turns what the person does into numbered questions; the newest answer wins.

    While the library grows the question is asked again quietly, and what is new is only
    announced: results never move unless the person asks for it.
    """

    changed = Signal(object)  # SearchState: the bar and the sidebar follow
    answered = Signal(object)  # Results to show
    renewed = Signal(object, int)  # fresh Results kept back, and how many assets are new in them
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
        self._typing = _timer(self, TYPING_MS, self._ask)
        self._renewing = _timer(self, RENEW_MS, self._renew)
        bridge.changed.connect(self._library_changed)
        bridge.back.connect(self._renew_soon)

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
            self._ask()

    def say(self, words: str) -> None:
        """Take the words as they are typed."""
        self.go(replace(self._state, words=words), typed=True)

    def ask_now(self) -> None:
        """Do not wait for a pause in typing."""
        if self._typing.isActive():
            self._ask()

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

    def toggle_kind(self, chip: KindChip) -> None:
        """Limit the search to a kind of file, or take that limit away."""
        if chip in self._state.chips:
            self.remove(chip)
        else:
            self.add([chip])

    def order(self, sort: Sort, descending: bool) -> None:
        """Order the results otherwise."""
        self.go(replace(self._state, sort=sort, descending=descending))

    def take_news(self) -> None:
        """Show the fresh results that were kept back."""
        if self._kept is not None:
            self._show(self._kept)

    @Slot()
    def begin(self) -> None:
        """Ask for what there is at the start."""
        self._ask()

    def _ask(self) -> None:
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
        return number == self._number and not self._typing.isActive()

    def _take(self, number: int, results: Results) -> None:
        if self._landed(number):
            self.working.emit(False)
            self._show(results)

    def _fail(self, number: int, error: BaseException) -> None:
        if self._landed(number):
            self.working.emit(False)
            self.failed.emit(error)

    def _show(self, results: Results) -> None:
        self._shown, self._kept = results, None
        self.answered.emit(results)

    @Slot(object)
    def _library_changed(self, changes: Changes) -> None:
        if changes.embedded or changes.assets_added or changes.assets_removed or changes.spaces:
            self._renew_soon()

    @Slot()
    def _renew_soon(self) -> None:
        if not self._renewing.isActive():
            cost = 0.0 if self._shown is None else self._shown.seconds
            self._renewing.start(max(RENEW_MS, round(cost * 10_000)))

    def _renew(self) -> None:
        if self._shown is None or self._typing.isActive():
            return
        if self._flying:
            self._renew_soon()  # the person's own question goes first
            return
        number, query = self._number, self._state.query()
        job = self._bridge.call(self, lambda api: api.search(query))
        # An unanswered renewal costs nothing: the next change brings another.
        job.on_error(lambda _: None)
        job.on_done(lambda results: self._keep(number, results)).start()

    def _keep(self, number: int, results: Results) -> None:
        if number != self._number or self._shown is None:
            return
        shown, fresh = self._shown.ids, results.ids
        if not shown or fresh[: len(shown)] == shown:
            self._show(results)  # nothing that is on screen moves
            return
        self._kept = results
        self.renewed.emit(results, len(set(fresh).difference(shown)))


def _timer(parent: SearchSession, milliseconds: int, function: object) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(milliseconds)
    timer.timeout.connect(function)
    return timer
