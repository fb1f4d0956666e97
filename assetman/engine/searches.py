"""The verbs about questions that are kept."""

from __future__ import annotations

from dataclasses import replace

from assetman.core.queries import Query
from assetman.core.searches import SmartSearch
from assetman.engine.verbs import Verbs


class SearchesVerbs(Verbs):
    """Satisfies `SearchesApi`."""

    def smart_searches(self, counted: bool = False) -> list[SmartSearch]:
        searches = self._library.searches.all()
        counting = self._workspace.counting
        count = counting.counted if counted else counting.counts
        counts = count([each.query for each in searches])
        return [replace(each, count=counts.get(each.query)) for each in searches]

    def save_search(self, name: str, query: Query) -> SmartSearch:
        search, changes = self._library.searches.save(name, query)
        self._workspace.publish(changes)
        return search

    def change_search(self, search_id: int, query: Query) -> None:
        self._workspace.publish(self._library.searches.change(search_id, query))

    def rename_search(self, search_id: int, name: str) -> None:
        self._workspace.publish(self._library.searches.rename(search_id, name))

    def delete_search(self, search_id: int) -> None:
        self._workspace.publish(self._library.searches.delete(search_id))

    def search_history(self, limit: int = 50) -> list[Query]:
        return self._library.asked.lately(limit)

    def remember(self, query: Query) -> None:
        self._library.asked.remember(query)

    def forget_history(self) -> None:
        self._library.asked.forget()
