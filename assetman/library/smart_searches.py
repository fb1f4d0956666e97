"""Smart searches: questions the person keeps under a name."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from assetman.core.changes import Changes
from assetman.core.errors import WrongUse
from assetman.core.queries import Query
from assetman.core.searches import SmartSearch
from assetman.library.database import Database, Row
from assetman.library.journal import PERSON, Entry, Journal
from assetman.library.kept_queries import asks, read, written
from assetman.library.names import cleaned, identity
from assetman.library.steps import Steps
from assetman.library.values import name_key


class SmartSearches:
    """The table of smart searches."""

    def __init__(self, database: Database, journal: Journal, steps: Steps) -> None:
        self._database = database
        self._journal = journal
        self._steps = steps

    def all(self) -> list[SmartSearch]:
        """List the smart searches, sorted as people sort names; nothing is counted."""
        rows = self._database.rows("SELECT id, name, query FROM smart_searches")
        found = [search for search in map(_search, rows) if search is not None]
        return sorted(found, key=lambda each: (name_key(each.name), each.id))

    def get(self, search_id: int) -> SmartSearch:
        """Give a smart search. Raises WrongUse where there is none of that id."""
        row = self._database.row(
            "SELECT id, name, query FROM smart_searches WHERE id = ?", (search_id,)
        )
        search = _search(row) if row else None
        if search is None:
            raise WrongUse(f"There is no smart search {search_id}.")
        return search

    def save(self, name: str, query: Query) -> tuple[SmartSearch, Changes]:
        """Keep a question. Raises WrongUse for a name that is empty or taken, or no question."""
        name, kept = cleaned(name, "smart search"), _kept(query)
        with self._database.writing(PERSON):
            self._check_free(name)
            search_id = self._database.insert(
                "INSERT INTO smart_searches (name, key, query, added) VALUES (?, ?, ?, ?)",
                (name, identity(name), kept, time.time()),
            )
            after = {"id": search_id, "name": name, "query": kept}
            self._journal.append("searches.save", after=after)
            return self.get(search_id), self._done(f"Save the smart search “{name}”")

    def change(self, search_id: int, query: Query) -> Changes:
        """Keep another question under the same name. Raises WrongUse for no question."""
        kept = _kept(query)
        with self._database.writing(PERSON):
            search = self.get(search_id)
            before = written(search.query)
            if kept == before:
                return Changes()
            self._change(search_id, kept)
            self._journal.append(
                "searches.change",
                {"id": search_id, "query": before},
                {"id": search_id, "query": kept},
            )
            return self._done(f"Change the smart search “{search.name}”")

    def rename(self, search_id: int, name: str) -> Changes:
        """Give a smart search another name. Raises WrongUse for one that is empty or taken."""
        name = cleaned(name, "smart search")
        with self._database.writing(PERSON):
            old = self.get(search_id).name
            if name == old:
                return Changes()
            if identity(name) != identity(old):
                self._check_free(name)
            self._rename(search_id, name)
            self._journal.append(
                "searches.rename", {"id": search_id, "name": old}, {"id": search_id, "name": name}
            )
            return self._done(f"Rename the smart search “{old}” to “{name}”")

    def delete(self, search_id: int) -> Changes:
        """Delete a smart search."""
        with self._database.writing(PERSON):
            search = self.get(search_id)
            self._delete(search_id)
            before = {"id": search_id, "name": search.name, "query": written(search.query)}
            self._journal.append("searches.delete", before)
            return self._done(f"Delete the smart search “{search.name}”")

    def revert(self, entry: Entry) -> Changes:
        """Undo one entry of the journal."""
        match entry.what:
            case "searches.save":
                return self._delete(entry.after["id"])
            case "searches.change":
                return self._change(entry.before["id"], entry.before["query"])
            case "searches.rename":
                return self._rename(entry.before["id"], entry.before["name"])
        return self._put(entry.before)

    def repeat(self, entry: Entry) -> Changes:
        """Do again what an entry of the journal says."""
        match entry.what:
            case "searches.delete":
                return self._delete(entry.before["id"])
            case "searches.change":
                return self._change(entry.after["id"], entry.after["query"])
            case "searches.rename":
                return self._rename(entry.after["id"], entry.after["name"])
        return self._put(entry.after)

    def _check_free(self, name: str) -> None:
        key = identity(name)
        if self._database.row("SELECT 1 FROM smart_searches WHERE key = ?", (key,)):
            raise WrongUse(f"There is a smart search “{name}” already.")

    def _done(self, sentence: str) -> Changes:
        return Changes(searches=True) | self._steps.note(sentence)

    def _put(self, row: Mapping[str, Any]) -> Changes:
        self._database.execute(
            "INSERT OR IGNORE INTO smart_searches (id, name, key, query, added) "
            "VALUES (?, ?, ?, ?, ?)",
            (row["id"], row["name"], identity(row["name"]), row["query"], time.time()),
        )
        return Changes(searches=True)

    def _change(self, search_id: int, query: str) -> Changes:
        self._database.execute(
            "UPDATE smart_searches SET query = ? WHERE id = ?", (query, search_id)
        )
        return Changes(searches=True)

    def _rename(self, search_id: int, name: str) -> Changes:
        self._database.execute(
            "UPDATE OR IGNORE smart_searches SET name = ?, key = ? WHERE id = ?",
            (name, identity(name), search_id),
        )
        return Changes(searches=True)

    def _delete(self, search_id: int) -> Changes:
        self._database.execute("DELETE FROM smart_searches WHERE id = ?", (search_id,))
        return Changes(searches=True)


def _kept(query: Query) -> str:
    if not asks(query):
        raise WrongUse("A smart search needs words, an example or a filter.")
    return written(query)


def _search(row: Row) -> SmartSearch | None:
    search_id, name, text = row
    query = read(text)
    return None if query is None else SmartSearch(search_id, name, query)
