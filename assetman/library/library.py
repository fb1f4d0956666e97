"""One library's catalogue, as everything else sees it."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from types import TracebackType

from assetman.library.asked import Asked
from assetman.library.assets import Assets
from assetman.library.backup import RESTORED, back_up, due
from assetman.library.collections import Collections
from assetman.library.colors import Colors
from assetman.library.contents import Contents, collect
from assetman.library.database import Database
from assetman.library.drawn import Drawn
from assetman.library.duplicates import Duplicates
from assetman.library.embeddings import Embeddings
from assetman.library.facts import Facts
from assetman.library.failures import Failures
from assetman.library.frames import Frames
from assetman.library.fulltext import FullText
from assetman.library.gaps import Gaps
from assetman.library.journal import Journal
from assetman.library.known import KnownFiles
from assetman.library.lettering import Lettering
from assetman.library.looks import Looks
from assetman.library.offers import Offers
from assetman.library.opening import BACKUPS, CATALOGUE, open_database
from assetman.library.passages import Passages
from assetman.library.problems import CatalogueDamaged, DiskFull
from assetman.library.roots import Roots
from assetman.library.sayings import Sayings
from assetman.library.segments import Segments
from assetman.library.sidecars import Sidecars
from assetman.library.smart_searches import SmartSearches
from assetman.library.spaces import Spaces
from assetman.library.steps import Steps
from assetman.library.tags import Tags
from assetman.library.timelines import Timelines
from assetman.library.together import Together
from assetman.library.transcripts import Transcripts
from assetman.library.undo import Undo
from assetman.library.upkeep import PERSON_KEPT, Upkeep
from assetman.library.whereabouts import Whereabouts
from assetman.library.writings import READ_KINDS

_CHECK_SECONDS = 20.0  # that the look for damage before a backup may take


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
        steps = Steps(database)
        self.roots = Roots(database, self.journal, gaps, steps)
        self.assets = Assets(database, self.journal, gaps)
        self.known = KnownFiles(database)
        self.whereabouts = Whereabouts(database, self.journal, gaps, self.assets)
        self.contents = Contents(database, self.journal, gaps)
        self.segments = Segments(database, self.journal, gaps)
        self.frames = Frames(database)
        self.colors = Colors(database, self.journal)
        self.offers = Offers(database)
        self.passages = Passages(database, self.journal)
        self.transcripts = Transcripts(database, self.journal, self.passages)
        self.lettering = Lettering(database, self.journal, self.passages)
        self.sidecars = Sidecars(database)
        self.sayings = Sayings(database)
        self.fulltext = FullText(database)
        self.readings = Sayings(database, READ_KINDS)
        self.together = Together(database)
        self.timelines = Timelines(database, self.journal)
        self.spaces = Spaces(database, self.journal, gaps)
        self._upkeep = Upkeep(database)
        self.embeddings = Embeddings(database, self.journal, gaps, self.spaces)
        self.failures = Failures(database, self.journal, gaps, steps)
        self.tags = Tags(database, self.journal, steps)
        self.collections = Collections(database, self.journal, steps)
        self.searches = SmartSearches(database, self.journal, steps)
        self.asked = Asked(database)
        self.drawn = Drawn(database)
        self.looks = Looks(database)
        self.duplicates = Duplicates(database, self.journal, gaps, steps)
        self.undo = Undo(
            database,
            self.journal,
            steps,
            {
                "roots": self.roots,
                "failures": self.failures,
                "tags": self.tags,
                "collections": self.collections,
                "copies": self.duplicates,
                "searches": self.searches,
            },
        )
        if not self.read_only:
            self._recover(gaps)

    @classmethod
    def open(cls, folder: Path) -> Library:
        """Open the library of a folder, making it where there is none.

        On a read-only disk it opens for search. Raises EnvironmentProblem for a network share,
        a full disk, a catalogue that is newer, damaged or none, a folder that cannot be made.
        """
        folder = folder.absolute()
        try:
            return cls._opened(folder)
        except CatalogueDamaged:  # met in reading: it is marked now, and so it is recovered
            return cls._opened(folder)

    @classmethod
    def _opened(cls, folder: Path) -> Library:
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

    def back_up_if_due(self, now: float | None = None) -> Path | None:
        """Take the daily or weekly backup if its time has come; gives its path, or None.

        Looks for damage first, so that it is met before the last sound backups have gone.
        """
        backups = self.folder / BACKUPS
        kind = due(self.folder / CATALOGUE, backups, time.time() if now is None else now)
        if not kind or self.read_only or self._upkeep.damage(_CHECK_SECONDS):
            return None
        try:
            return back_up(self.folder / CATALOGUE, backups, kind)
        except CatalogueDamaged as problem:
            self._database.alarm.sound(problem)
            raise

    def trim(self, now: float | None = None) -> None:
        """Drop what of the journal is too old to be of use, and give free space back.

        Takes at most a second or so; what is left is dropped the next time.
        """
        if not self.read_only:
            now = time.time() if now is None else now
            self._upkeep.trim(now)
            self.undo.trim(now - PERSON_KEPT)

    def on_damage(self, tell: Callable[[str], None]) -> None:
        """Call `tell` with a sentence when the catalogue first proves damaged, on any thread.

        Every call that meets it raises CatalogueDamaged; to open the library again mends it.
        """
        self._database.alarm.listen(tell)

    def check(self) -> list[str]:
        """Look for damage, and describe what is found in sentences; a sound one has none."""
        return self._upkeep.damage()

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
            if restored:  # before rows go: their words are taken out of an index that has them
                self.passages.rebuild()
            collect(self._database, self.journal)
            if restored:
                self.looks.fill()
                gaps.rebuild()
                self._database.execute("DELETE FROM meta WHERE key = ?", (RESTORED,))
                self.journal.append("library.restore")
