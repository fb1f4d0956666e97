"""Questions in memory: smart searches, what was asked lately, and a little of the language."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

from assetman.core.changes import Changes
from assetman.core.conditions import Key, quoted
from assetman.core.errors import WrongUse
from assetman.core.queries import Query, Results
from assetman.core.searches import Completion, Completions, SmartSearch
from assetman.engine.protocol import Event


class PaperSearches:
    """Satisfies `SearchesApi` and `LanguageApi`; counts are taken when they are asked for."""

    _act: Callable[[str], AbstractContextManager[None]]
    _tell: Callable[[Event], None]
    search: Callable[[Query], Results]

    def _start_searches(self) -> None:
        self._searches: dict[int, SmartSearch] = {}
        self._saved = 0
        self._asked: list[Query] = []

    def smart_searches(self, counted: bool = False) -> list[SmartSearch]:
        rows = sorted(self._searches.values(), key=lambda each: each.name.casefold())
        return [replace(each, count=len(self.search(each.query).ids)) for each in rows]

    def save_search(self, name: str, query: Query) -> SmartSearch:
        self._check_name(name, 0)
        if not (query.text or query.examples or query.filters):
            raise WrongUse("A smart search needs words, an example or a filter.")
        self._saved += 1
        search = SmartSearch(self._saved, name, query)
        with self._act(f"Save search {name}"):
            self._searches[search.id] = search
        self._tell(Changes(searches=True))
        return search

    def change_search(self, search_id: int, query: Query) -> None:
        self._keep_search(
            f"Change search {search_id}", replace(self._saved_as(search_id), query=query)
        )

    def rename_search(self, search_id: int, name: str) -> None:
        self._check_name(name, search_id)
        self._keep_search(f"Rename search {name}", replace(self._saved_as(search_id), name=name))

    def delete_search(self, search_id: int) -> None:
        search = self._saved_as(search_id)
        with self._act(f"Delete search {search.name}"):
            del self._searches[search_id]
        self._tell(Changes(searches=True))

    def search_history(self, limit: int = 50) -> list[Query]:
        return self._asked[:limit]

    def remember(self, query: Query) -> None:
        self._asked = [query, *(each for each in self._asked if each != query)]

    def forget_history(self) -> None:
        self._asked.clear()

    def complete(self, text: str, cursor: int) -> Completions:
        word = text[:cursor].rpartition(" ")[2]
        keys = [f"{key}:" for key in Key if word and key.startswith(word)]
        options = tuple(Completion(key, key) for key in keys)
        return Completions(cursor - len(word), cursor, options)

    def as_text(self, query: Query) -> str:
        tags = [f"tag:{quoted(tag)}" for tag in query.filters.tags]
        return " ".join(filter(None, [query.text, *tags]))

    def _keep_search(self, sentence: str, search: SmartSearch) -> None:
        with self._act(sentence):
            self._searches[search.id] = search
        self._tell(Changes(searches=True))

    def _saved_as(self, search_id: int) -> SmartSearch:
        if search_id not in self._searches:
            raise WrongUse("There is no such smart search any more.")
        return self._searches[search_id]

    def _check_name(self, name: str, own: int) -> None:
        others = {each.name.casefold() for each in self._searches.values() if each.id != own}
        if not name.strip() or name.casefold() in others:
            raise WrongUse(f"There is a smart search “{name}” already.")
