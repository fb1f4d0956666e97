"""One library's catalogue, as everything else sees it."""

from __future__ import annotations

from contextlib import AbstractContextManager, suppress
from pathlib import Path
from types import TracebackType

from assetman.core.errors import EnvironmentProblem
from assetman.library.assets import Assets
from assetman.library.backup import RESTORED, back_up
from assetman.library.contents import Contents, collect
from assetman.library.database import Database
from assetman.library.embeddings import Embeddings
from assetman.library.facts import Facts
from assetman.library.failures import Failures
from assetman.library.gaps import Gaps
from assetman.library.journal import Journal
from assetman.library.known import KnownFiles
from assetman.library.opening import BACKUPS, CATALOGUE, open_database
from assetman.library.problems import DiskFull
from assetman.library.roots import Roots
from assetman.library.segments import Segments
from assetman.library.spaces import Spaces
from assetman.library.whereabouts import Whereabouts


class Library:
    """The tables of one catalogue, which share its connections and its transactions.

    Any thread may call any of it. A write outside `writing` is a transaction of its own; every
    write says what it changed and is in the journal.
    """

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder = folder
        self._database = database
        gaps = Gaps(database)
        self.journal = Journal(database)
        self._facts = Facts(database, self.journal)
        self.roots = Roots(database, self.journal, gaps)
        self.assets = Assets(database, self.journal, gaps)
        self.known = KnownFiles(database)
        self.whereabouts = Whereabouts(database, self.journal, gaps, self.assets)
        self.contents = Contents(database, self.journal, gaps)
        self.segments = Segments(database, self.journal, gaps)
        self.spaces = Spaces(database, self.journal, gaps)
        self.embeddings = Embeddings(database, self.journal, gaps, self.spaces)
        self.failures = Failures(database, self.journal, gaps)
        if not self.read_only:
            self._recover(gaps)

    @classmethod
    def open(cls, folder: Path) -> Library:
        """Open the library of a folder, making it where there is none.

        On a read-only disk it opens for search. Raises EnvironmentProblem for a network share,
        a full disk, a catalogue that is newer, damaged or none, a folder that cannot be made.
        """
        folder = folder.absolute()
        database = open_database(folder)
        try:
            return cls(folder, database)
        except BaseException:
            database.close()
            raise

    @property
    def read_only(self) -> bool:
        """Whether nothing can be written."""
        return bool(self._database.access.read_only)

    @property
    def read_only_reason(self) -> str:
        """Say why nothing can be written; empty if it can."""
        return self._database.access.read_only

    def writing(self, origin: str | None = None) -> AbstractContextManager[None]:
        """Make one transaction of all writes inside; one inside another joins it.

        Other threads that write wait meanwhile. An exception undoes it all. `origin` says in
        the journal who asked for it, where that is not plain from the writes.
        """
        return self._database.writing(origin)

    def recall(self, key: str) -> str | None:
        """Give a small fact that was remembered under a key."""
        return self._facts.recall(key)

    def remember(self, key: str, value: str | None) -> None:
        """Keep a small fact under a key; None forgets it."""
        self._facts.remember(key, value)

    def notices(self) -> tuple[str, ...]:
        """List the sentences that wait for the person to read them, the oldest first."""
        return self._facts.notices()

    def add_notice(self, sentence: str) -> None:
        """Keep a sentence for the person until it is dismissed."""
        self._facts.add_notice(sentence)

    def dismiss_notices(self) -> None:
        """Forget the notices: the person has read them."""
        self._facts.dismiss_notices()

    def back_up(self) -> Path:
        """Write a copy of the catalogue without embeddings into `backups` and give its path."""
        return back_up(self.folder / CATALOGUE, self.folder / BACKUPS, "on-demand")

    def check(self) -> list[str]:
        """Look for damage, and describe what is found in sentences; a sound one has none."""
        try:
            found = [
                f"The catalogue is damaged: {line}"
                for (line,) in self._database.rows("PRAGMA quick_check(20)")
                if line != "ok"
            ]
            found += [
                f"Row {row} of {table} refers to a row of {other} that does not exist."
                for table, row, other, _ in self._database.rows("PRAGMA foreign_key_check")
            ]
        except EnvironmentProblem as problem:
            return [str(problem)]
        return found

    def close(self) -> None:
        """Close the catalogue. It is not used again."""
        self._database.close()

    def __enter__(self) -> Library:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _recover(self, gaps: Gaps) -> None:
        """Finish what a crash, or a backup put back, has left."""
        restored = self._database.row("SELECT 1 FROM meta WHERE key = ?", (RESTORED,))
        orphan = self._database.row(
            "SELECT 1 FROM contents c WHERE NOT EXISTS "
            "(SELECT 1 FROM assets a WHERE a.content_id = c.id) LIMIT 1"
        )
        if not restored and not orphan:
            return
        # A full disk is no reason not to open: it is done the next time.
        with suppress(DiskFull), self._database.writing():
            collect(self._database, self.journal)
            if restored:
                gaps.rebuild()
                self._database.execute("DELETE FROM meta WHERE key = ?", (RESTORED,))
                self.journal.append("library.restore")
