"""What the engine can be asked about questions themselves: to complete, to write, to keep them."""

from __future__ import annotations

from typing import Protocol

from assetman.core.queries import Query
from assetman.core.searches import Completions, SmartSearch


class LanguageApi(Protocol):
    """The language that questions are typed in."""

    def complete(self, text: str, cursor: int) -> Completions:
        """Say what could stand at a place of a question that is being typed."""
        ...

    def as_text(self, query: Query) -> str:
        """Write a query, filters and examples too, as text that asks the same."""
        ...


class SearchesApi(Protocol):
    """Questions that are kept: those with a name, and those asked lately."""

    def smart_searches(self, counted: bool = False) -> list[SmartSearch]:
        """List the smart searches, sorted as a person sorts names.

        A count not known yet is None, and `Changes.searches` tells when one is known, or
        another; with `counted` all are counted first, which may take a while.
        """
        ...

    def save_search(self, name: str, query: Query) -> SmartSearch:
        """Keep a question under a name; can be undone.

        Raises WrongUse for a name that is empty or taken, and for a question that asks nothing.
        """
        ...

    def change_search(self, search_id: int, query: Query) -> None:
        """Keep another question under the name of a smart search; can be undone."""
        ...

    def rename_search(self, search_id: int, name: str) -> None:
        """Give a smart search another name; can be undone. Raises WrongUse for one taken."""
        ...

    def delete_search(self, search_id: int) -> None:
        """Delete a smart search; its assets stay. Can be undone."""
        ...

    def search_history(self, limit: int = 50) -> list[Query]:
        """List the questions that were remembered, the last one first, each once."""
        ...

    def remember(self, query: Query) -> None:
        """Remember that a question was asked; one that asks nothing is passed over."""
        ...

    def forget_history(self) -> None:
        """Forget what was asked, for good."""
        ...
