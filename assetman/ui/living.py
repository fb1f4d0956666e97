"""A library that lives, as the window meets it: undo, missing files, notices, pace."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from assetman.ui.bridge import EngineBridge
from assetman.ui.content import ContentArea
from assetman.ui.controller.organiser import Organiser
from assetman.ui.controller.search_session import SearchSession
from assetman.ui.controller.state import FolderChip, MissingChip, SearchState
from assetman.ui.library_side import LibrarySide
from assetman.ui.message_bar import MessageBar
from assetman.ui.undo import UndoActions
from assetman.ui.window_menu import Entry, pace_menu


class Living(QObject):
    """Connects what happens to the library with what the window says of it."""

    def __init__(
        self,
        bridge: EngineBridge,
        session: SearchSession,
        content: ContentArea,
        library: LibrarySide,
        messages: MessageBar,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session = session
        self._content = content
        self._library = library
        self._messages = messages
        self.undo = UndoActions(bridge, messages, window)
        self.paces = pace_menu(library.set_pace, window)
        # The person wants to see what came of it now, not a button for it.
        for done in (self.undo.went, library.actions.forgot):
            done.connect(session.ask)
            done.connect(library.watch.renew)
        library.acted.connect(self.undo.offer)
        library.missing_wanted.connect(self.show_missing)
        library.sidebar.missing_wanted.connect(self.show_missing)
        library.notices.connect(self._show_notices)
        library.root_removed.connect(lambda _: session.ask())
        library.root_removed.connect(lambda _: library.watch.renew())
        library.watch.renewed.connect(self._library_renewed)
        messages.showing.connect(library.status_bar.leave_out)
        library.status_bar.pace_wanted.connect(self._open_paces)
        content.line.forget_wanted.connect(self.forget_missing)
        content.grid.selection_changed.connect(lambda ids: content.line.set_selected(len(ids)))

    def follow(self, organiser: Organiser) -> None:
        """Offer to take back what is done with tags, ratings and collections."""
        organiser.acted.connect(self.undo.offer)
        self.undo.wait_for(organiser.when_idle)

    def keys(self) -> dict[str, Callable[[], object]]:
        """Give the keys that work in the whole window."""
        return {
            "Ctrl+Z": self.undo.press_undo,
            "Ctrl+Shift+Z": self.undo.press_redo,
            "Ctrl+Y": self.undo.press_redo,
        }

    def entries(self) -> list[Entry]:
        """Give the entries of the window's menu."""
        return [self.undo.undo_action, self.undo.redo_action]

    def show_missing(self) -> None:
        """List the files that are gone, and nothing else."""
        self._session.go(SearchState(chips=(MissingChip(),)))

    def forget_missing(self) -> None:
        """Ask whether the missing files that are selected, else all listed, may be forgotten."""
        results = self._session.results
        if not self._session.state.missing or results is None or not results.ids:
            return
        ids = self._content.grid.selected_ids() or list(results.ids)
        self._library.actions.forget_missing(ids)

    def _show_notices(self, text: str) -> None:
        self._messages.keep(text, self._library.dismiss_notices)

    def _library_renewed(self) -> None:
        status = self._library.watch.status
        if status is None:
            return
        self._library.sidebar.show_missing(status.missing)
        self._content.line.set_kept(status.keep_missing_days)
        self.paces.show_choice(status.pace)
        roots = {root.id for root in status.roots}
        for chip in self._session.state.chips:
            if isinstance(chip, FolderChip) and chip.folder.root_id not in roots:
                self._session.remove(chip)  # it was removed, here or elsewhere

    def _open_paces(self) -> None:
        button = self._library.status_bar.gentle
        self.paces.popup(button.mapToGlobal(button.rect().topLeft()))
