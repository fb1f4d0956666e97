"""Passages: text of files, said in them, read in them, written about them; and all its words."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from assetman.core.assets import Passage, PassageKind
from assetman.core.changes import Changes
from assetman.core.errors import WrongUse
from assetman.library.database import Database, Row
from assetman.library.journal import Journal
from assetman.library.migrations.written import ALL_WRITTEN
from assetman.library.values import box_of, box_text, readable
from assetman.library.writings import SAID_KINDS

_COLUMNS = 'kind, text, start, "end", language, box'
# What files say themselves; models hear speech and read text in them.
READ = frozenset(PassageKind) - {PassageKind.SPEECH, PassageKind.TEXT}


class Passages:
    """The table of passages, and the index of everything that is written."""

    def __init__(self, database: Database, journal: Journal) -> None:
        self._database = database
        self._journal = journal

    def replace(
        self,
        content_id: int,
        passages: Sequence[Passage],
        kinds: Collection[PassageKind] = READ,
    ) -> Changes:
        """Make these the passages of a content that are of some kinds; the others stay.

        Raises WrongUse if the content is gone.
        """
        database = self._database
        given = (_stored(each) for each in passages if each.kind in kinds)
        kept = sorted(given, key=lambda row: row[2])
        with database.writing():
            if database.row("SELECT 1 FROM contents WHERE id = ?", (content_id,)) is None:
                raise WrongUse(f"There is no content {content_id}.")
            before = self._rows(content_id)
            replaced = [row for row in before if row[0] in kinds]
            if kept != replaced:
                database.execute(
                    "DELETE FROM passages WHERE content_id = ? "
                    "AND kind IN (SELECT value FROM json_each(?))",
                    (content_id, json.dumps([str(kind) for kind in kinds])),
                )
                database.execute_many(
                    f"INSERT INTO passages (content_id, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",
                    ((content_id, *row) for row in kept),
                )
                self._journal.append(
                    "passages.replace",
                    {"content": content_id, "removed": len(replaced)},
                    {"content": content_id, "added": len(kept)},
                )
            count = len(before) - len(replaced) + len(kept)
            database.execute(
                "UPDATE contents SET passages = ?1 WHERE id = ?2 AND passages != ?1",
                (count, content_id),
            )
        return Changes()

    def of_content(self, content_id: int) -> list[Passage]:
        """List the passages of a content by their time."""
        return [_passage(row) for row in self._rows(content_id)]

    def any(self, kinds: Collection[PassageKind] = SAID_KINDS) -> bool:
        """Tell whether there are passages of some of the kinds; what is said, if none are given."""
        row = self._database.row(
            "SELECT 1 FROM passages WHERE kind IN (SELECT value FROM json_each(?)) LIMIT 1",
            (json.dumps([str(kind) for kind in kinds]),),
        )
        return row is not None

    def rebuild(self) -> None:
        """Make the index of words anew."""
        self._database.execute("DELETE FROM written")
        for everything in ALL_WRITTEN:
            self._database.execute(f"INSERT INTO written (rowid, text) {everything}")

    def _rows(self, content_id: int) -> list[Row]:
        return self._database.rows(
            f"SELECT {_COLUMNS} FROM passages WHERE content_id = ? ORDER BY start, id",
            (content_id,),
        )


def _stored(passage: Passage) -> Row:
    text, language = readable(passage.text), passage.language
    language = None if language is None else readable(language)
    box = box_text(passage.box)
    return str(passage.kind), text, float(passage.start), float(passage.end), language, box


def _passage(row: Row) -> Passage:
    kind, text, start, end, language, box = row
    return Passage(PassageKind(kind), text, start, end, language, box_of(box))
