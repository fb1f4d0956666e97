"""What keeps a catalogue sound and small while it lives: checks and trimming, in bounded steps."""

from __future__ import annotations

import sqlite3
import time

from assetman.core.errors import EnvironmentProblem
from assetman.library.database import Database
from assetman.library.journal import PERSON
from assetman.library.problems import CatalogueDamaged

_DAY = 86_400.0  # seconds
PERSON_KEPT = 90 * _DAY  # entries by which undo works
MACHINE_KEPT = 14 * _DAY
MACHINE_MOST = 200_000  # entries
_STEP = 5_000  # rows deleted in one transaction
_STEPS = 20  # in one call
_PAGES = 2_000  # given back to the disk in one step
_LOOK_EVERY = 20_000  # instructions of SQLite's between two looks at the clock


class Upkeep:
    """Looks for damage, and drops what nobody needs any more."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def damage(self, seconds: float | None = None) -> list[str]:
        """Describe damage in sentences; after so many seconds, what was found until then.

        Damage that is found is kept in mind: the next opening recovers the catalogue.
        """
        found: list[str] = []
        try:
            with self._database.reading() as connection:
                try:
                    self._limit(connection, seconds)
                    lines = connection.execute("PRAGMA quick_check(20)")
                    found += [
                        f"The catalogue is damaged: {line}" for (line,) in lines if line != "ok"
                    ]
                    if not found:
                        found += [
                            f"Row {row} of {table} refers to a row of {other} that does not exist."
                            for table, row, other, _ in connection.execute(
                                "PRAGMA foreign_key_check"
                            )
                        ]
                finally:
                    connection.set_progress_handler(None, 0)
        except sqlite3.OperationalError:  # its time was over
            return found
        except EnvironmentProblem as problem:
            return [str(problem)]
        if found:
            self._database.alarm.sound(CatalogueDamaged(found[0]))
        return found

    def trim(self, now: float) -> None:
        """Trim the journal and give free pages back, a bounded part of it each time."""
        (last,) = self._database.rows("SELECT COALESCE(MAX(sequence), 0) FROM journal")[0]
        machine = max(self._first_since(now - MACHINE_KEPT), last - MACHINE_MOST)
        person = self._first_since(now - PERSON_KEPT)
        steps = 0
        while steps < _STEPS and self._drop_machine(machine):
            steps += 1
        while steps < _STEPS and self._drop_person(person):
            steps += 1
        while steps < _STEPS and self._database.give_back(_PAGES) == _PAGES:
            steps += 1

    @staticmethod
    def _limit(connection: sqlite3.Connection, seconds: float | None) -> None:
        if seconds is not None:
            ends = time.monotonic() + seconds
            connection.set_progress_handler(lambda: time.monotonic() > ends, _LOOK_EVERY)

    def _first_since(self, moment: float) -> int:
        """Find the first write after a moment, by halves: no index holds the times."""
        ends = self._database.rows("SELECT MIN(sequence), MAX(sequence) + 1 FROM journal")[0]
        low, high = ends if ends[0] is not None else (0, 0)
        while low < high:
            middle = (low + high) // 2
            number, at = self._database.rows(
                "SELECT sequence, at FROM journal WHERE sequence >= ? ORDER BY sequence LIMIT 1",
                (middle,),
            )[0]
            if at < moment:
                low = number + 1
            else:
                high = middle
        return int(low)

    def _drop_machine(self, first_kept: int) -> bool:
        """Drop some entries that no person made; false when none are left to drop."""
        return self._drop("origin != ? AND sequence < ?", (PERSON, first_kept))

    def _drop_person(self, first_kept: int) -> bool:
        """The same with those a person made, by whole transactions."""
        # A transaction is as old as its last entry.
        row = self._database.row(
            'SELECT MIN("transaction") FROM journal WHERE sequence >= ?', (first_kept,)
        )
        limit = min(first_kept, row[0]) if row and row[0] is not None else first_kept
        return self._drop('origin = ? AND "transaction" < ?', (PERSON, limit))

    def _drop(self, which: str, values: tuple[str, int]) -> bool:
        with self._database.writing():
            done = self._database.execute(
                "DELETE FROM journal WHERE sequence IN "
                f"(SELECT sequence FROM journal WHERE {which} ORDER BY sequence LIMIT {_STEP})",
                values,
            )
        return done.rowcount == _STEP
