"""Finding films and sounds that are the same: after all else is done, what was not compared yet."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from assetman.core.assets import Kind
from assetman.core.changes import Changes
from assetman.core.duplicates import Relation
from assetman.ingest.speech import Turn
from assetman.ingest.tally import Tally
from assetman.ingest.timelines import TimelineReader
from assetman.library.library import Library
from assetman.library.timelines import Uncompared
from assetman.media.handler import Decoder
from assetman.search.recurring import Doubt, Recurrence


class ComparingFilms:
    """Compares every film with all films before it, and every sound with all sounds.

    What is compared is kept with its pairs in one transaction: killed at any moment, the next run
    goes on with the rest.
    """

    def __init__(
        self, library: Library, decoder: Decoder, publish: Callable[[Changes], None]
    ) -> None:
        self._library = library
        self._reader = TimelineReader(library, decoder)
        self._publish = publish

    def run(self, tally: Tally, turn: Turn) -> None:
        """Compare until nothing is left, or something else is wanted. Raises Cancelled."""
        self._reader.fill(tally, turn)
        # What is read more closely on the way is compared anew.
        while waiting := self._library.timelines.to_compare():
            tally.comparing(len(waiting))
            for kind in dict.fromkeys(item.kind for item in waiting):
                items = [item for item in waiting if item.kind is kind]
                if not self._compare_all(kind, items, tally, turn):
                    return

    def _compare_all(
        self, kind: Kind, items: Sequence[Uncompared], tally: Tally, turn: Turn
    ) -> bool:
        """Compare films, or sounds; False where something else is wanted first."""
        timelines = self._library.timelines
        known = Recurrence(kind, timelines.marks, timelines.get)
        for item in items:
            if turn.wanted():
                return False
            turn.gate(turn.token)
            began = time.monotonic()
            self._compare(item, known, turn)
            tally.finished(1, item.size)
            turn.rest(turn.token, time.monotonic() - began)
        return True

    def _compare(self, item: Uncompared, known: Recurrence, turn: Turn) -> None:
        marks = known.marks_of(item.content_id)
        relations, doubts = known.copies(item.content_id, marks)
        relations += [found for each in doubts if (found := self._settled(each, known, turn))]
        library = self._library
        with library.writing():
            changes = library.duplicates.unrelate([item.content_id])
            changes |= library.duplicates.relate(relations)
            library.timelines.keep_compared(item.content_id, *marks)
        known.add(item.content_id, marks)
        if relations:
            self._publish(changes)

    def _settled(self, doubt: Doubt, known: Recurrence, turn: Turn) -> Relation | None:
        """Decode more of two films that may be the same, once of each, to be sure."""
        read = False
        for content_id in (doubt.one, doubt.other):
            file = self._library.timelines.sparse(content_id)
            if file is not None and self._reader.read(file, turn, dense=True):
                known.forget(content_id)
                read = True
        return known.settled(doubt) if read else None
