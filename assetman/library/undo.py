"""Takes back what the person did, and does it again, by what the journal says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from assetman.core.changes import Changes
from assetman.core.organising import History, Step
from assetman.library.database import Database
from assetman.library.journal import Entry, Journal
from assetman.library.steps import Steps

UNDO = "undo"  # the origin of what is written here


class Reversible(Protocol):
    """A table whose entries in the journal say enough to go back and forth.

    Neither fails: both write what can still be written, since files come and go meanwhile.
    """

    def revert(self, entry: Entry) -> Changes: ...

    def repeat(self, entry: Entry) -> Changes: ...


class Undo:
    """Undo and redo over the person's transactions, last first, across restarts.

    `tables` are named by the first word of what the journal says of them: "tags", "roots", ….
    """

    def __init__(
        self,
        database: Database,
        journal: Journal,
        steps: Steps,
        tables: Mapping[str, Reversible],
    ) -> None:
        self._database = database
        self._journal = journal
        self._steps = steps
        self._tables = tables

    def history(self) -> History:
        """Give what can be undone and redone next."""
        return self._steps.history()

    def undo(self) -> tuple[Step | None, Changes]:
        """Take back the last thing the person did; None if there is nothing."""
        with self._database.writing(UNDO):
            step = self._steps.history().undo
            changes = Changes()
            if step is not None:
                for entry in reversed(self._journal.of_person(step.transaction)):
                    table = self._tables.get(entry.what.partition(".")[0])
                    if table is not None:
                        changes |= table.revert(entry)
                changes |= self._keep(step, undone=True)
            return step, changes

    def redo(self) -> tuple[Step | None, Changes]:
        """Do again what was undone last; None if there is nothing."""
        with self._database.writing(UNDO):
            step = self._steps.history().redo
            changes = Changes()
            if step is not None:
                for entry in self._journal.of_person(step.transaction):
                    table = self._tables.get(entry.what.partition(".")[0])
                    if table is not None:
                        changes |= table.repeat(entry)
                changes |= self._keep(step, undone=False)
            return step, changes

    def trim(self, moment: float) -> Changes:
        """Forget how to undo what was done before a time, in seconds since the epoch."""
        return self._steps.trim(moment)

    def _keep(self, step: Step, undone: bool) -> Changes:
        self._steps.mark(step.transaction, undone)
        verb = "undo" if undone else "redo"
        self._journal.append(f"undo.{verb}", after={"transaction": step.transaction})
        return Changes(history=True)
