"""The Filter button and the chips: every choice a chip, every chip a text of the query language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from assetman.core.errors import AssetmanError
from assetman.core.queries import Query
from assetman.core.searches import Completion, Completions
from assetman.engine.protocol import EngineApi
from assetman.ui.bridge import EngineBridge
from assetman.ui.controller.search_session import SearchSession
from assetman.ui.controller.state import Chip, ExampleChip
from assetman.ui.controller.text_chip import TextChip
from assetman.ui.filter_choices import VALUES
from assetman.ui.grid.alike_menu import NAMES
from assetman.ui.jobs import report
from assetman.ui.top_bar import TopBar


class Narrowing(QObject):
    """Stands between the Filter menu, the chips and the search going on."""

    said = Signal(str)

    def __init__(
        self, bridge: EngineBridge, session: SearchSession, top: TopBar, window: QWidget
    ) -> None:
        super().__init__(window)
        self._bridge = bridge
        self._session = session
        self._bar = top.search
        self._window = window
        filters = self._filters = top.filters
        filters.aboutToShow.connect(self._ask_values)
        filters.copy_wanted.connect(lambda: self.copy_as_text(session.state.query()))
        filters.clear_wanted.connect(lambda: session.go(session.state.without_filters()))
        filters.typing_wanted.connect(self._bar.type_on)
        self._bar.chip_menu_wanted.connect(self._open_menu)
        self._bar.chip_edited.connect(self.edit)

    def copy_as_text(self, query: Query) -> None:
        """Copy what is asked as it can be typed, chips and examples included."""
        job = self._bridge.call(self, lambda api: api.as_text(query))
        job.on_done(self._copy).on_error(self._tell).start()

    def edit(self, chip: Chip) -> None:
        """Let a chip become words that can be typed on."""
        if isinstance(chip, ExampleChip):
            return
        state = self._session.state.without_chip(chip)
        self._session.go(replace(state, words=f"{chip.text} {state.words}".strip()))
        self._bar.words.setFocus()
        self._bar.words.put_caret(len(chip.text))

    def _copy(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self.said.emit(f"Copied: {text}")

    def _tell(self, error: BaseException) -> None:
        if isinstance(error, AssetmanError):
            self.said.emit(str(error))
        else:
            report(self, error)

    def _ask_values(self) -> None:
        """Ask which cameras, lenses and endings there are."""

        def work(api: EngineApi) -> dict[str, Sequence[Completion]]:
            return {key: _whole(key, api.complete(f"{key}:", len(key) + 1)) for key in VALUES}

        # Without an answer the menu says that nothing is known; it is asked again next time.
        job = self._bridge.call(self, work).on_error(lambda _: self._filters.show_values({}))
        job.on_done(self._filters.show_values).start()

    def _open_menu(self, chip: Chip, place: QPoint) -> None:
        menu = QMenu(self._window)
        menu.setAccessibleName("Chip")
        self._fill(menu, chip)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    def _fill(self, menu: QMenu, chip: Chip) -> None:
        if isinstance(chip, ExampleChip):
            for aspect, name in NAMES.items():
                action = menu.addAction(name)
                action.setCheckable(True)
                action.setChecked(chip.example.by is aspect)
                action.triggered.connect(partial(self._change, chip, by=aspect))
            menu.addSeparator()
            less = chip.example.weight > 0
            turn = menu.addAction("Less like this instead" if less else "More like this instead")
            turn.triggered.connect(partial(self._change, chip, weight=-chip.example.weight))
        else:
            text = chip.text
            menu.addAction("Edit as text", lambda: self.edit(chip))
            out = "Look for it again" if text.startswith("-") else "Leave it out instead"
            menu.addAction(out, lambda: self._put(chip, TextChip(text).opposite))
            menu.addAction("Copy as text", lambda: self._copy(text))
        menu.addSeparator()
        menu.addAction("Remove", lambda: self._session.remove(chip))

    def _change(self, chip: ExampleChip, _checked: bool = False, **more: object) -> None:
        example = replace(chip.example, **more)  # type: ignore[arg-type]  # its own fields
        self._put(chip, replace(chip, example=example))

    def _put(self, old: Chip, new: Chip) -> None:
        self._session.go(self._session.state.renamed(old, new))


def _whole(key: str, found: Completions) -> list[Completion]:
    """Make whole conditions of what could stand behind a key."""
    typed = f"{key}:"
    return [
        replace(each, text=f"{typed[: found.start]}{each.text}{typed[found.end :]}".strip())
        for each in found.options
    ]
