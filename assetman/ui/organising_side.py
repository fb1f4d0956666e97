"""Tags and collections at the left and in the Filter menu: shown, chosen, named, dropped onto."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from assetman.core.organising import Collection
from assetman.core.queries import Example
from assetman.ui.controller.organiser import Organiser, Told
from assetman.ui.controller.search_session import SearchSession
from assetman.ui.controller.state import CollectionChip, ExampleChip, SearchState, TagChip
from assetman.ui.controls import counted
from assetman.ui.filter_menu import FilterMenu
from assetman.ui.grid.asset_actions import UNLIKE
from assetman.ui.name_dialog import NameDialog
from assetman.ui.side_list import SideEntry
from assetman.ui.sidebar import Sidebar


class OrganisingSide(QObject):
    """Stands between the organiser, the sidebar, the Filter menu and the search going on."""

    def __init__(
        self,
        organiser: Organiser,
        session: SearchSession,
        sidebar: Sidebar,
        filters: FilterMenu,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._organiser = organiser
        self._session = session
        self._sidebar = sidebar
        self._filters = filters
        self._window = window
        organiser.renewed.connect(self._show)
        organiser.collection_wanted.connect(self.make_collection)
        organiser.taken_out.connect(self._renew_inside)
        session.changed.connect(self._note_place)
        sidebar.everything_wanted.connect(lambda: session.go(session.state.at_no_place()))
        sidebar.kinds.chosen.connect(lambda chip: session.choose(chip))
        filters.rating_chosen.connect(session.choose)
        filters.chip_toggled.connect(lambda chip: session.choose(chip, also=True))
        self._connect_tags()
        self._connect_collections()

    # -- what a person asks for ---------------------------------------------------------

    def show_tag(self, name: str) -> None:
        """Show everything with a tag."""
        self._session.go(SearchState(chips=(TagChip(name),)))

    def make_collection(self, asset_ids: Sequence[int] = ()) -> None:
        """Ask for the name of a new collection, and make it of these."""
        ids = list(asset_ids)
        of = f" of {counted(len(ids), 'file', 'files')}" if ids else ""

        def make(name: str, done: Callable[[], object], failed: Told) -> None:
            self._organiser.make_collection(name, ids, done, failed)

        NameDialog(f"New collection{of}", "", "Make", make, self._window).open()

    def rename_collection(self, key: object) -> None:
        """Ask for another name for a collection."""
        found = self._collection(key)
        if found is None:
            return

        def rename(name: str, done: Callable[[], object], failed: Told) -> None:
            self._organiser.rename_collection(found, name, done, failed)

        title = f"Rename the collection “{found.name}”"
        NameDialog(title, found.name, "Rename", rename, self._window).open()

    def rename_tag(self, key: object) -> None:
        """Ask for another name for a tag."""
        old = self._tag(key)

        def rename(name: str, done: Callable[[], object], failed: Told) -> None:
            def renamed() -> None:
                self._session.go(self._session.state.renamed(TagChip(old), TagChip(name)))
                done()

            self._organiser.rename_tag(old, name, renamed, failed)

        NameDialog(f"Rename the tag “{old}”", old, "Rename", rename, self._window).open()

    # -- inside -------------------------------------------------------------------------

    def _connect_tags(self) -> None:
        group = self._sidebar.tags.list
        group.chosen.connect(lambda key, also: self._session.choose(TagChip(self._tag(key)), also))
        group.rename_wanted.connect(self.rename_tag)
        group.menu_wanted.connect(self._open_tag_menu)
        group.dropped.connect(lambda key, ids: self._organiser.tag(ids, [self._tag(key)]))

    def _connect_collections(self) -> None:
        group = self._sidebar.collections
        group.list.chosen.connect(self._choose_collection)
        group.list.rename_wanted.connect(self.rename_collection)
        group.list.menu_wanted.connect(self._open_collection_menu)
        group.list.dropped.connect(self._drop_on_collection)
        if group.add is not None:
            group.add.clicked.connect(lambda: self.make_collection())

    def _show(self) -> None:
        """Show the tags and collections there are now."""
        tags, collections = self._organiser.tags, self._organiser.collections
        self._sidebar.tags.show_entries(
            [SideEntry(tag.name.casefold(), tag.name, tag.assets) for tag in tags]
        )
        self._sidebar.collections.show_entries(
            [SideEntry(each.id, each.name, each.assets) for each in collections]
        )
        self._filters.show_organised(tags, collections)
        for chip in self._session.state.chips:
            found = self._collection(chip.id) if isinstance(chip, CollectionChip) else None
            if found is not None:
                named = CollectionChip(found.id, found.name)
                self._session.go(self._session.state.renamed(chip, named))
        self._note_place(self._session.state)

    def _note_place(self, state: SearchState) -> None:
        """Know which collection one is in: files can be taken out of it."""
        inside = state.collections[0] if len(state.collections) == 1 else None
        self._organiser.inside = self._collection(inside)

    def _renew_inside(self, collection: Collection) -> None:
        if collection.id in self._session.state.collections:
            self._session.ask()  # what was taken out is gone because the person said so

    def _choose_collection(self, key: object, also: bool) -> None:
        found = self._collection(key)
        if found is not None:
            self._session.choose(CollectionChip(found.id, found.name), also)

    def _drop_on_collection(self, key: object, ids: list[int]) -> None:
        found = self._collection(key)
        if found is not None:
            self._organiser.collect(found, ids, inside=True)

    def _open_tag_menu(self, key: object, place: QPoint) -> None:
        menu = self._menu("Tag")
        name = self._tag(key)
        menu.addAction("Rename…\tF2", lambda: self.rename_tag(key))
        off = menu.addAction("Take off all files")
        off.triggered.connect(
            lambda: self._organiser.drop_tag(name, lambda: self._session.remove(TagChip(name)))
        )
        menu.popup(place)

    def _open_collection_menu(self, key: object, place: QPoint) -> None:
        found = self._collection(key)
        if found is None:
            return
        menu = self._menu("Collection")
        chip = CollectionChip(found.id, found.name)
        menu.addAction("Rename…\tF2", lambda: self.rename_collection(key))
        menu.addSeparator()
        menu.addAction("What belongs here too?", lambda: self._find_more(found))
        menu.addAction("Less like these", lambda: self._find_less(found))
        menu.addSeparator()
        delete = menu.addAction("Delete")
        delete.setToolTip("Its files stay in the library.")
        delete.triggered.connect(
            lambda: self._organiser.delete_collection(found, lambda: self._session.remove(chip))
        )
        menu.popup(place)

    def _find_more(self, collection: Collection) -> None:
        """Ask for what is like the files of a collection, in the whole library."""
        example = Example(collection_id=collection.id)
        self._session.go(SearchState(chips=(ExampleChip(example, collection.name),)))

    def _find_less(self, collection: Collection) -> None:
        """Add to the present question that it should be less like a collection."""
        example = Example(collection_id=collection.id, weight=UNLIKE)
        self._session.add([ExampleChip(example, collection.name)])

    def _menu(self, name: str) -> QMenu:
        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName(name)
        return menu

    def _collection(self, key: object) -> Collection | None:
        return next((each for each in self._organiser.collections if each.id == key), None)

    def _tag(self, key: object) -> str:
        tags = (tag.name for tag in self._organiser.tags if tag.name.casefold() == key)
        return next(tags, str(key))
