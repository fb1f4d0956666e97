"""What was written, when, and by whom: what undo reads, and by which indexes know their age."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from assetman.library.database import Database, Row

PERSON = "person"
ENGINE = "engine"
_BATCH = 1000
_ENCODER = json.JSONEncoder(separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Entry:
    """One write: `before` and `after` are whatever JSON holds."""

    sequence: int
    transaction: int  # the sequence of the transaction's first entry
    at: float  # seconds since the epoch
    origin: str  # "person", "engine", or what `Library.writing` was given
    what: str  # "table.verb"
    before: Any
    after: Any


class Journal:
    """The list of all writes, in their order."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(
        self, what: str, before: object = None, after: object = None, origin: str = ENGINE
    ) -> int:
        """Add an entry to the present transaction and give its sequence.

        The origin given to `Library.writing` wins over that of the single write.
        """
        database = self._database
        if database.transaction is None:
            last = database.value("SELECT seq FROM sqlite_sequence WHERE name = 'journal'")
            database.transaction = (last or 0) + 1
        return database.insert(
            'INSERT INTO journal ("transaction", at, origin, what, before, after) '
            "VALUES (?, ?, ?, ?, ?, ?)",
            (
                database.transaction,
                time.time(),
                database.origin or origin,
                what,
                _to_json(before),
                _to_json(after),
            ),
        )

    def sequence(self) -> int:
        """Give the number of the last write, 0 before the first."""
        # Not MAX: the last entries may have been trimmed, and numbers are never given again.
        return int(
            self._database.value("SELECT seq FROM sqlite_sequence WHERE name = 'journal'") or 0
        )

    def since(self, sequence: int) -> Iterator[Entry]:
        """Go through the writes after a number, in their order."""
        while rows := self._database.rows(
            'SELECT sequence, "transaction", at, origin, what, before, after FROM journal '
            "WHERE sequence > ? ORDER BY sequence LIMIT ?",
            (sequence, _BATCH),
        ):
            yield from map(_entry, rows)
            sequence = rows[-1][0]

    def of_person(self, transaction: int) -> list[Entry]:
        """Give what the person did in one transaction, in its order."""
        rows = self._database.rows(
            'SELECT sequence, "transaction", at, origin, what, before, after '
            "FROM journal INDEXED BY journal_of_person "
            f"WHERE \"transaction\" = ? AND origin = '{PERSON}' ORDER BY sequence",
            (transaction,),
        )
        return [_entry(row) for row in rows]


def _entry(row: Row) -> Entry:
    sequence, transaction, at, origin, what, before, after = row
    return Entry(sequence, transaction, at, origin, what, _from_json(before), _from_json(after))


def _to_json(value: object) -> str | None:
    # Escaped to ASCII: the surrogates of a path that is not UTF-8 are no text to SQLite.
    return None if value is None else _ENCODER.encode(value)


def _from_json(text: str | None) -> Any:
    return None if text is None else json.loads(text)
