"""One SQLite file: one connection that writes, readers as they are needed, transactions."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from assetman.core.errors import EnvironmentProblem
from assetman.library.connections import Access, Readers, connect
from assetman.library.problems import CatalogueDamaged, from_sqlite, mark

Row = tuple[Any, ...]
Parameters = Sequence[Any]

_FREE_PAGES_KEPT = 1024
_VACUUM_PAGES = 50_000  # at most this many are given back at one closing, about a second


class Alarm:
    """Hears of every error, and says once that the file is not as it was written."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._said: str | None = None
        self._listeners: list[Callable[[str], None]] = []

    def listen(self, tell: Callable[[str], None]) -> None:
        """Call `tell` with a sentence when the file first proves damaged, on whatever thread."""
        self._listeners.append(tell)
        if self._said is not None:
            tell(self._said)

    def sound(self, problem: CatalogueDamaged) -> None:
        """Have the catalogue recovered at its next opening, and tell so once."""
        if self._said is None and not self._access.read_only:
            self._said = str(problem)
            mark(self._access.path)
            for tell in self._listeners:
                tell(self._said)

    def problem(self, error: sqlite3.Error | UnicodeDecodeError) -> EnvironmentProblem | None:
        """Give the problem behind an error, or None where the error is a bug."""
        problem = from_sqlite(error, self._access.path)
        if isinstance(problem, CatalogueDamaged):
            self.sound(problem)
        return problem


class Database:
    """The connections to one catalogue.

    One connection writes, behind a lock; each read takes an idle reader or opens another one,
    so that threads read beside each other and beside the writer. A thread that is inside
    `writing` reads through the writer and sees what it has written.
    """

    def __init__(self, access: Access) -> None:
        self.access = access
        self._lock = threading.RLock()
        self._depth = 0
        self._writing_thread = 0
        self._writer: sqlite3.Connection | None = None
        self._readers = Readers(access)
        self._before_commit: list[Callable[[], None]] = []
        self._at_end: list[Callable[[], None]] = []
        self.alarm = Alarm(access)
        self.origin: str | None = None  # of the writes of the present transaction
        self.transaction: int | None = None  # the journal's number for it, once it has one
        try:
            if not access.read_only:
                self._writer = self._open_writer()
            self._readers.give_back(self._readers.take())
        except BaseException:
            self.close()
            raise

    def on_transaction(self, before_commit: Callable[[], None], at_end: Callable[[], None]) -> None:
        """Call `before_commit` inside every transaction, last, and `at_end` after each."""
        self._before_commit.append(before_commit)
        self._at_end.append(at_end)

    @contextmanager
    def writing(self, origin: str | None = None) -> Iterator[None]:
        """Hold one transaction; a `writing` inside another joins it, all of it or nothing.

        Other threads wait. An exception undoes what was written since the `writing` it leaves.
        Raises EnvironmentProblem for a read-only library and for a full disk.
        """
        if self.access.read_only:
            raise EnvironmentProblem(self.access.read_only)
        with self._lock:
            depth, outer_origin = self._depth, self.origin
            self._run("BEGIN IMMEDIATE" if depth == 0 else f"SAVEPOINT level{depth}")
            self._depth, self._writing_thread = depth + 1, threading.get_ident()
            self.origin = origin or outer_origin
            try:
                yield
                if depth == 0:
                    for settle in self._before_commit:
                        settle()
                self._run("COMMIT" if depth == 0 else f"RELEASE level{depth}")
            except BaseException:
                self._undo(depth)
                raise
            finally:
                self._depth, self.origin = depth, outer_origin
                if depth == 0:
                    self._writing_thread, self.transaction = 0, None
                    for end in self._at_end:
                        end()

    @property
    def is_writing(self) -> bool:
        """Whether this thread is inside `writing`, so that it reads what may yet be undone."""
        return self._writing_thread == threading.get_ident()

    def settle(self) -> None:
        """Do now what is due before the commit, if this thread is inside `writing`."""
        if self.is_writing:
            for settle in self._before_commit:
                settle()

    def execute(self, sql: str, parameters: Parameters = ()) -> sqlite3.Cursor:
        """Run one statement of the present transaction."""
        self._check_transaction()
        return self._run(sql, parameters)

    def execute_many(self, sql: str, rows: Iterable[Parameters]) -> int:
        """Run one statement of the present transaction for each row; give the rows changed."""
        self._check_transaction()
        assert self._writer is not None
        try:
            return self._writer.executemany(sql, rows).rowcount
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise self.alarm.problem(error) or error from error

    def insert(self, sql: str, parameters: Parameters = ()) -> int:
        """Run an INSERT of the present transaction and give the id of its row."""
        row_id = self.execute(sql, parameters).lastrowid
        assert row_id is not None
        return row_id

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection to read with; cursors must be finished before it goes back."""
        if self.is_writing:
            assert self._writer is not None
            try:
                yield self._writer
            except (sqlite3.Error, UnicodeDecodeError) as error:
                raise self.alarm.problem(error) or error from error
            return
        try:
            connection = self._readers.take()
        except CatalogueDamaged as problem:
            self.alarm.sound(problem)
            raise
        try:
            yield connection
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise self.alarm.problem(error) or error from error
        finally:
            self._readers.give_back(connection)

    def rows(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """Read all rows of a query, committed writes included the moment they are."""
        with self.reading() as connection:
            return connection.execute(sql, parameters).fetchall()

    def row(self, sql: str, parameters: Parameters = ()) -> Row | None:
        """Read the first row of a query, if it has one."""
        rows = self.rows(sql, parameters)
        return rows[0] if rows else None

    def value(self, sql: str, parameters: Parameters = ()) -> Any:
        """Read the first column of the first row, None without one."""
        row = self.row(sql, parameters)
        return row[0] if row else None

    def integers(self, sql: str, parameters: Parameters = ()) -> list[np.ndarray]:
        """Read the integer columns of a query, each as (n,) int64.

        SQLite joins them into one text a column: five times faster than a Python object a
        number. The query's columns have to be named c0, c1, …, without NULLs among them.
        """
        width = sql.count(" AS c")
        joined = ", ".join(f"group_concat(c{i})" for i in range(width))
        # The limit keeps SQLite from dropping the order of the query inside.
        row = self.row(f"SELECT {joined} FROM ({sql} LIMIT -1)", parameters)
        assert row is not None
        return [np.fromstring(text or "", dtype=np.int64, sep=",") for text in row]

    def close(self) -> None:
        """Close every connection; the last one folds the write-ahead log into the file."""
        with self._lock:
            self._readers.close()
            if self._writer is not None:
                self._tidy(self._writer)
                self._writer.close()
                self._writer = None
            if self.access.copy is not None:
                self.access.copy.cleanup()

    def _open_writer(self) -> sqlite3.Connection:
        writer = connect(self.access.path, self.access.mode)
        try:
            mode = writer.execute("PRAGMA journal_mode=WAL").fetchone()[0]
            if mode != "wal":
                raise EnvironmentProblem(
                    f"The disk that holds {self.access.path} cannot keep a library: "
                    "it lets no two connections share memory."
                )
            writer.execute("PRAGMA journal_size_limit=67108864")
            writer.execute("PRAGMA secure_delete=FAST")
        except sqlite3.Error as error:
            writer.close()
            raise from_sqlite(error, self.access.path) or error from error
        except BaseException:
            writer.close()
            raise
        return writer

    def _run(self, sql: str, parameters: Parameters = ()) -> sqlite3.Cursor:
        if self._writer is None:
            raise RuntimeError("the library is closed")
        try:
            return self._writer.execute(sql, parameters)
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise self.alarm.problem(error) or error from error

    def _check_transaction(self) -> None:
        assert self._writing_thread == threading.get_ident(), "a write outside `writing`"
        # SQLite itself ends a transaction on some errors; what follows must not be written alone.
        if self._writer is not None and not self._writer.in_transaction:
            raise EnvironmentProblem(
                "The library could not keep its last changes; they are undone."
            )

    def _undo(self, depth: int) -> None:
        if self._writer is None or not self._writer.in_transaction:
            return
        if depth == 0:
            self._writer.execute("ROLLBACK")
        else:
            self._writer.execute(f"ROLLBACK TO level{depth}")
            self._writer.execute(f"RELEASE level{depth}")

    def give_back(self, pages: int) -> int:
        """Give at most so many unused pages back to the disk, beyond a reserve; gives how many."""
        with self._lock:
            if self._writer is None or self._depth:
                return 0
            free = int(self._run("PRAGMA freelist_count").fetchone()[0]) - _FREE_PAGES_KEPT
            if free <= 0:
                return 0
            try:
                _vacuum(self._writer, min(free, pages))
            except (sqlite3.Error, UnicodeDecodeError) as error:
                raise self.alarm.problem(error) or error from error
            return min(free, pages)

    @staticmethod
    def _tidy(writer: sqlite3.Connection) -> None:
        # A full disk or a damaged file must not keep the library from closing.
        try:
            # No ANALYZE: what it counts of a young library would have SQLite read through the
            # tables when they have grown. Without counts it trusts the indexes.
            if writer.execute("PRAGMA freelist_count").fetchone()[0] > _FREE_PAGES_KEPT:
                _vacuum(writer, _VACUUM_PAGES)
        except sqlite3.Error:
            return


def _vacuum(writer: sqlite3.Connection, pages: int) -> None:
    # As a script: each page is a row without columns, and `execute` would end after the first.
    writer.executescript(f"PRAGMA incremental_vacuum({pages})")
