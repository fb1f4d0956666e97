"""Smart searches at the left, and what was asked lately beneath the search bar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QPoint, QTimer, Signal
from PySide6.QtWidgets import QMenu, QWidget

from assetman.core.assets import display
from assetman.core.changes import Changes
from assetman.core.queries import FolderFilter, Query, Results
from assetman.core.searches import SmartSearch
from assetman.ui.bridge import EngineBridge
from assetman.ui.completing import Completing
from assetman.ui.controller.library_watch import LibraryWatch
from assetman.ui.controller.organiser import Organiser, Told, quoted
from assetman.ui.controller.restoring import Names, described, state_of
from assetman.ui.controller.search_session import SearchSession
from assetman.ui.controller.state import ExampleChip, SearchState
from assetman.ui.examples import chips_of
from assetman.ui.grid.wording import menu_text
from assetman.ui.name_dialog import NameDialog
from assetman.ui.search_bar import SearchBar
from assetman.ui.side_group import SideGroup
from assetman.ui.side_list import SideEntry
from assetman.ui.suggestions import Suggestion

_SETTLED_MS = 2500  # a question that stands this long is remembered
_LISTED = 20
_SUGGESTED = 60  # characters of a name that is suggested
_FORGET = "forget"


class SearchesSide(QObject):
    """Keeps questions under names, and brings them and earlier ones back."""

    copy_wanted = Signal(object)  # Query

    def __init__(
        self,
        bridge: EngineBridge,
        organiser: Organiser,
        session: SearchSession,
        watch: LibraryWatch,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._bridge = bridge
        self._organiser = organiser
        self._session = session
        self._window = window
        self._searches: list[SmartSearch] = []
        self.names = names_now(organiser, watch)
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLED_MS)
        self._settled.timeout.connect(self.remember)
        bridge.attached.connect(self.renew)
        bridge.back.connect(self.renew)
        bridge.changed.connect(self._changed)
        session.changed.connect(self._asked_otherwise)
        session.answered.connect(self._answered)

    def stand_in(self, group: SideGroup, bar: SearchBar, completing: Completing) -> None:
        """Show the smart searches in a group, and take what is asked for there and at the bar."""
        self._group, self._bar, self._completing = group, bar, completing
        group.list.setAcceptDrops(False)
        group.list.chosen.connect(lambda key, _: self._choose(key))
        group.list.rename_wanted.connect(self._rename)
        group.list.menu_wanted.connect(self._open_menu)
        if group.add is not None:
            group.add.clicked.connect(self.keep)
        bar.keep_wanted.connect(self.keep)
        bar.history_wanted.connect(self.show_history)
        bar.entered.connect(self.remember)
        completing.history_wanted.connect(self.show_history)
        completing.suggestions.chosen.connect(self._take)

    # -- what a person asks for ---------------------------------------------------------

    def keep(self) -> None:
        """Ask for a name, and keep the present question under it."""
        query = self._present()
        if not _asks(query):
            self._organiser.went_wrong.emit("Ask something first: then it can be kept.")
            return
        name = described(query, self.names)[:_SUGGESTED].strip()

        def save(name: str, done: Callable[[], object], failed: Told) -> None:
            said = f"Kept the search {quoted([name])}"
            self._organiser.write(lambda api: api.save_search(name, query), said, done, failed)

        NameDialog("Keep this search", name, "Keep", save, self._window).open()

    def restore(self, query: Query) -> None:
        """Ask a question that was kept."""

        def done(chips: tuple[ExampleChip, ...]) -> None:
            self._session.go(state_of(query, self.names, chips))

        self._bridge.call(self, lambda api: chips_of(api, query.examples)).on_done(done).start()

    def remember(self) -> None:
        """Remember that the present question was asked."""
        self._settled.stop()
        state = self._session.state
        if state.asks or state.conditions:
            query = self._present()
            # What cannot be remembered just now is no loss.
            job = self._bridge.call(self, lambda api: api.remember(query))
            job.on_error(lambda _: None).start()

    def show_history(self) -> None:
        """Offer what was asked lately."""
        job = self._bridge.call(self, lambda api: api.search_history(_LISTED))
        job.on_done(self._offer).start()

    # -- inside -------------------------------------------------------------------------

    def renew(self) -> None:
        """Ask which smart searches there are."""
        job = self._bridge.call(self, lambda api: api.smart_searches())
        # What cannot be told just now is asked again with the next change.
        job.on_error(lambda _: None).on_done(self._show).start()

    def _changed(self, changes: Changes) -> None:
        if changes.searches:
            self.renew()

    def _show(self, searches: list[SmartSearch]) -> None:
        self._searches = searches
        entries = [SideEntry(each.id, each.name, each.count) for each in searches]
        self._group.show_entries(entries)
        self._light(self._session.state)

    def _asked_otherwise(self, state: SearchState) -> None:
        self._settled.stop()
        self._light(state)

    def _answered(self, results: Results) -> None:
        if results.query == self._session.state.query():
            self._settled.start()

    def _light(self, state: SearchState) -> None:
        query = _question(state.query())
        lit = frozenset(each.id for each in self._searches if _question(each.query) == query)
        self._group.light(lit)
        self._bar.show_kept(bool(lit))

    def _present(self) -> Query:
        return replace(self._session.state.query(), limit=None)

    def _choose(self, key: object) -> None:
        found = self._search(key)
        if found is not None:
            self.restore(found.query)

    def _rename(self, key: object) -> None:
        found = self._search(key)
        if found is None:
            return

        def rename(name: str, done: Callable[[], object], failed: Told) -> None:
            said = f"Renamed the search {quoted([found.name])} to {quoted([name])}"
            self._organiser.write(lambda api: api.rename_search(found.id, name), said, done, failed)

        title = f"Rename the search “{found.name}”"
        NameDialog(title, found.name, "Rename", rename, self._window).open()

    def _open_menu(self, key: object, place: QPoint) -> None:
        found = self._search(key)
        if found is None:
            return
        menu = QMenu(self._window)
        menu.setAccessibleName("Smart search")
        menu.addAction("Rename…\tF2", lambda: self._rename(key))
        instead = menu.addAction("Keep the present question instead")
        query = self._present()
        another = _question(query) != _question(found.query)
        instead.setEnabled(another and _asks(query))
        instead.triggered.connect(lambda: self._change(found, query))
        menu.addAction("Copy as text", lambda: self.copy_wanted.emit(found.query))
        menu.addSeparator()
        menu.addAction("Delete", lambda: self._delete(found))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    def _change(self, search: SmartSearch, query: Query) -> None:
        said = f"Changed the search {quoted([search.name])}"
        self._organiser.write(lambda api: api.change_search(search.id, query), said)

    def _delete(self, search: SmartSearch) -> None:
        said = f"Deleted the search {quoted([search.name])}"
        self._organiser.write(lambda api: api.delete_search(search.id), said)

    def _offer(self, queries: list[Query]) -> None:
        # Two that read the same differ in their order only: the last one stands for both.
        lately: dict[str, Query] = {}
        for each in queries:
            lately.setdefault(described(each, self.names), each)
        rows = [Suggestion(name, "", each) for name, each in lately.items()]
        if rows:
            rows.append(Suggestion("Forget what was asked", "", _FORGET, quiet=True))
        else:
            rows.append(Suggestion("Nothing was asked yet", quiet=True))
        self._bar.words.setFocus()
        self._completing.offer(rows)

    def _take(self, value: object) -> None:
        if isinstance(value, Query):
            self.restore(value)
        elif value == _FORGET:
            self._bridge.call(self, lambda api: api.forget_history()).start()

    def _search(self, key: object) -> SmartSearch | None:
        return next((each for each in self._searches if each.id == key), None)


def names_now(organiser: Organiser, watch: LibraryWatch) -> Names:
    """Give what folders and collections are called, whenever that is asked."""

    def folder(place: FolderFilter) -> str:
        status = watch.status
        roots = {root.id: root.name for root in status.roots} if status is not None else {}
        return display(place.path.rpartition("/")[2] or roots.get(place.root_id, "a folder"))

    def collection(number: int) -> str:
        names = {each.id: each.name for each in organiser.collections}
        return menu_text(names.get(number, "a collection"))

    return Names(folder, collection)


def _asks(query: Query) -> bool:
    """Tell whether a question asks for anything."""
    return bool(query.text.strip() or query.examples or query.filters)


def _question(query: Query) -> tuple[object, ...]:
    """Give what makes two questions the same, in whatever order they are answered."""
    return query.text.strip(), query.examples, query.filters
