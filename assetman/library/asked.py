"""What was asked lately.

It is neither in the journal nor in backups: what is forgotten here is known nowhere.
"""

from __future__ import annotations

import time

from assetman.core.queries import Query
from assetman.library.database import Database
from assetman.library.kept_queries import asks, read, written

_MOST = 500  # questions


class Asked:
    """The table of questions asked, each once, by when it was asked last."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def remember(self, query: Query) -> None:
        """Keep that a question was asked now; one that asks nothing is passed over.

        A library on a read-only disk remembers nothing.
        """
        if not asks(query) or self._database.access.read_only:
            return
        with self._database.writing():
            kept = written(query)
            self._database.execute("DELETE FROM asked WHERE query = ?", (kept,))
            self._database.insert(
                "INSERT INTO asked (query, at) VALUES (?, ?)", (kept, time.time())
            )
            self._database.execute(
                "DELETE FROM asked WHERE id NOT IN (SELECT id FROM asked ORDER BY id DESC LIMIT ?)",
                (_MOST,),
            )

    def lately(self, limit: int) -> list[Query]:
        """List what was asked, the last first."""
        rows = self._database.rows(
            "SELECT query FROM asked ORDER BY id DESC LIMIT ?", (max(0, limit),)
        )
        queries = (read(text) for (text,) in rows)
        return [query for query in queries if query is not None]

    def forget(self) -> None:
        """Forget all of it, for good."""
        if not self._database.access.read_only:
            with self._database.writing():
                self._database.execute("DELETE FROM asked")
