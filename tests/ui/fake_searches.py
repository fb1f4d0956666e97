"""Questions that the small engine in memory keeps; `FakeSearches` answers `SearchesApi`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from assetman.core.changes import Changes
from assetman.core.errors import WrongUse
from assetman.core.queries import Query, Results
from assetman.core.searches import SmartSearch

_CHANGED = Changes(history=True, searches=True)


class FakeSearches:
    """Smart searches and what was asked lately. Counts are those of the present answers."""

    _begin: Callable[..., None]
    _id: Callable[[], int]
    _note_step: Callable[[str, Callable[[], Changes], Callable[[], Changes]], None]
    emit: Callable[..., None]
    _answer: Callable[[Query], Results]

    def begin_searches(self) -> None:
        """Start with nothing kept."""
        self.search_rows: dict[int, SmartSearch] = {}
        self.asked: list[Query] = []

    def smart_searches(self, counted: bool = False) -> list[SmartSearch]:
        self._begin("smart_searches")
        rows = sorted(self.search_rows.values(), key=lambda each: each.name.casefold())
        return [replace(each, count=len(self._answer(each.query).ids)) for each in rows]

    def save_search(self, name: str, query: Query) -> SmartSearch:
        self._begin("save_search", (name, query))
        if not (query.text.strip() or query.examples or query.filters):
            raise WrongUse("A smart search needs words, an example or a filter.")
        name = self._free_search(name, None)
        search = SmartSearch(self._id(), name, replace(query, limit=None))
        self._keep(f"Save the smart search {name}", search.id, search)
        return search

    def change_search(self, search_id: int, query: Query) -> None:
        self._begin("change_search", (search_id, query))
        search = self._kept_search(search_id)
        changed = replace(search, query=replace(query, limit=None))
        self._keep(f"Change the smart search {search.name}", search_id, changed)

    def rename_search(self, search_id: int, name: str) -> None:
        self._begin("rename_search", (search_id, name))
        search = self._kept_search(search_id)
        name = self._free_search(name, search_id)
        sentence = f"Rename the smart search {search.name} to {name}"
        self._keep(sentence, search_id, replace(search, name=name))

    def delete_search(self, search_id: int) -> None:
        self._begin("delete_search", search_id)
        search = self._kept_search(search_id)
        self._keep(f"Delete the smart search {search.name}", search_id, None)

    def search_history(self, limit: int = 50) -> list[Query]:
        self._begin("search_history", limit)
        return self.asked[:limit]

    def remember(self, query: Query) -> None:
        self._begin("remember", query)
        if query.text.strip() or query.examples or query.filters:
            query = replace(query, limit=None)
            self.asked = [query, *(each for each in self.asked if each != query)]

    def forget_history(self) -> None:
        self._begin("forget_history")
        self.asked.clear()

    def _keep(self, sentence: str, search_id: int, search: SmartSearch | None) -> None:
        """Put a smart search (None: nothing) in its place, so that it can be undone."""
        before = self.search_rows.get(search_id)

        def put(row: SmartSearch | None) -> Changes:
            if row is None:
                self.search_rows.pop(search_id, None)
            else:
                self.search_rows[search_id] = row
            return _CHANGED

        put(search)
        self._note_step(sentence, lambda: put(before), lambda: put(search))
        self.emit(_CHANGED)

    def _kept_search(self, search_id: int) -> SmartSearch:
        if search_id not in self.search_rows:
            raise WrongUse("There is no such smart search.")
        return self.search_rows[search_id]

    def _free_search(self, name: str, own: int | None) -> str:
        name = name.strip()
        if not name:
            raise WrongUse("A smart search needs a name.")
        for row in self.search_rows.values():
            if row.id != own and row.name.casefold() == name.casefold():
                raise WrongUse(f"There is a smart search “{row.name}” already.")
        return name
