"""What the person did, in words: the list that undo goes back through."""

from __future__ import annotations

import time

from assetman.core.changes import Changes
from assetman.core.organising import History, Step
from assetman.library.database import Database

# A step can be undone while the journal still says how.
_KNOWN = (
    "EXISTS (SELECT 1 FROM journal j INDEXED BY journal_of_person "
    'WHERE j."transaction" = steps."transaction" AND j.origin = \'person\')'
)
_STEP = f'SELECT "transaction", at, sentence FROM steps WHERE undone = ? AND {_KNOWN}'


class Steps:
    """The table of steps. Those undone are the last of them, until something new is done."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, sentence: str) -> Changes:
        """Keep that the present transaction, already in the journal, can be undone as one step.

        Of several sentences the first stays. What was undone before cannot be redone any more.
        """
        database = self._database
        assert database.transaction is not None, "a step that the journal does not know"
        database.execute("DELETE FROM steps WHERE undone")
        database.execute(
            'INSERT OR IGNORE INTO steps ("transaction", at, sentence) VALUES (?, ?, ?)',
            (database.transaction, time.time(), sentence),
        )
        return Changes(history=True)

    def history(self) -> History:
        """Give what can be undone and redone next."""
        return History(self._one("DESC", undone=0), self._one("ASC", undone=1))

    def mark(self, transaction: int, undone: bool) -> None:
        """Keep whether a step is undone at present."""
        self._database.execute(
            'UPDATE steps SET undone = ? WHERE "transaction" = ?', (undone, transaction)
        )

    def trim(self, moment: float) -> Changes:
        """Drop the steps before a time, and those the journal no longer knows."""
        with self._database.writing():
            done = self._database.execute(
                f"DELETE FROM steps WHERE at < ? OR NOT {_KNOWN}", (moment,)
            )
        return Changes(history=done.rowcount > 0)

    def _one(self, way: str, undone: int) -> Step | None:
        row = self._database.row(f'{_STEP} ORDER BY "transaction" {way} LIMIT 1', (undone,))
        return Step(*row) if row else None
