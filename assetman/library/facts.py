"""Small facts about a library that fit no table: the pace of work, notices to the person."""

from __future__ import annotations

import json

from assetman.library.database import Database
from assetman.library.journal import Journal

NOTICES = "notices"  # the key in `meta` of a JSON list of sentences


class Facts:
    """The table `meta`, as far as it is anybody's."""

    def __init__(self, database: Database, journal: Journal) -> None:
        self._database = database
        self._journal = journal

    def recall(self, key: str) -> str | None:
        """Give the value remembered under a key."""
        found: str | None = self._database.value("SELECT value FROM meta WHERE key = ?", (key,))
        return found

    def remember(self, key: str, value: str | None) -> None:
        """Keep a value under a key; None forgets it."""
        with self._database.writing():
            if self.recall(key) == value:
                return
            if value is None:
                self._database.execute("DELETE FROM meta WHERE key = ?", (key,))
            else:
                self._database.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))
            self._journal.append("library.remember", after={"key": key})

    def notices(self) -> tuple[str, ...]:
        """List what the person has not yet read, the oldest first."""
        return tuple(json.loads(self.recall(NOTICES) or "[]"))

    def add_notice(self, sentence: str) -> None:
        """Keep a sentence for the person; one that waits already is not said twice."""
        with self._database.writing():
            waiting = self.notices()
            if sentence not in waiting:
                self.remember(NOTICES, json.dumps([*waiting, sentence]))

    def dismiss_notices(self) -> None:
        """Forget what the person has read."""
        self.remember(NOTICES, None)
