"""Finding pictures that show the same: after all else is done, whatever was not compared yet."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress

from assetman.core.changes import Changes
from assetman.core.duplicates import Relation
from assetman.ingest.speech import Turn
from assetman.ingest.tally import Tally
from assetman.library.library import Library
from assetman.library.looks import Uncompared
from assetman.media.picture_marks import VERSION, Marks, marks_of
from assetman.media.picture_matching import Sight, match
from assetman.media.thumbnails import ThumbnailCache
from assetman.search.proposing import Recognition
from assetman.search.relating import relation

_AT_ONCE = 16  # pictures in one transaction
_MOST_KNOWN = 200_000  # pictures whose marks are kept for the next run; they take about 70 MB
_MOST_SIGHTS = 64  # of pictures compared with, kept for the next


class Comparing:
    """Compares every picture once with all before it, by its thumbnail.

    What is compared is kept with its pairs in one transaction: killed at any moment, the next run
    goes on with the rest.
    """

    def __init__(
        self,
        library: Library,
        thumbnails: ThumbnailCache,
        publish: Callable[[Changes], None],
        near: Callable[[int], Sequence[int]] = lambda content_id: (),
    ) -> None:
        """`near` names contents whose meaning is near to that of one."""
        self._library = library
        self._thumbnails = thumbnails
        self._publish = publish
        self._near = near
        self._sights: OrderedDict[int, Sight] = OrderedDict()
        self._known: Recognition | None = None

    def run(self, tally: Tally, turn: Turn) -> None:
        """Compare until nothing is left, or something else is wanted. Raises Cancelled."""
        looks = self._library.looks
        looks.renew(VERSION)
        if not looks.count_due():
            return
        passed: list[int] = []  # of which there is no thumbnail just now
        try:
            known, self._known = self._known or self._recognition(), None
            while not turn.wanted():
                waiting = looks.count_due() - len(passed)
                batch = looks.due(_AT_ONCE, passed)
                if waiting <= 0 or not batch:
                    break
                tally.comparing(waiting)
                began = time.monotonic()
                passed += self._compare(batch, known, turn)
                tally.finished(len(batch), sum(item.size for item in batch))
                turn.rest(turn.token, time.monotonic() - began)
            if len(known) <= _MOST_KNOWN:  # only what is stored is known: nothing went wrong
                self._known = known
        finally:
            self._sights.clear()

    def _recognition(self) -> Recognition:
        known = Recognition()
        for content_id, marks in self._library.looks.compared(VERSION):
            with suppress(ValueError):  # a damaged row: derived, and not worth a run
                known.add(content_id, Marks.from_bytes(marks))
        return known

    def _compare(self, batch: Sequence[Uncompared], known: Recognition, turn: Turn) -> list[int]:
        """Compare some pictures and keep what was found; gives those that could not be looked at."""
        passed: list[int] = []
        relations: list[Relation] = []
        marks: dict[int, bytes] = {}
        for item in batch:
            turn.gate(turn.token)
            sight = self._sight(item.content_id, item.key)
            if sight is None:
                passed.append(item.content_id)
                continue
            own = marks_of(sight)
            relations += self._relations(item.content_id, sight, own, known)
            known.add(item.content_id, own)
            marks[item.content_id] = own.to_bytes()
        with self._library.writing():
            for content_id, stored in marks.items():
                self._library.looks.keep(content_id, VERSION, stored)
            changes = self._library.duplicates.relate(relations)
        self._publish(changes)
        return passed

    def _relations(
        self, content_id: int, sight: Sight, marks: Marks, known: Recognition
    ) -> list[Relation]:
        found = []
        proposals = known.proposals(marks, self._near(content_id))
        keys = self._library.looks.keys([each.content_id for each in proposals])
        for each in proposals:
            other = each.content_id
            seen = self._sight(other, keys[other]) if other in keys else None
            if seen is None:
                continue
            how = match(sight, seen, each.turns, each.by_points)
            if how is not None:
                found.append(relation(content_id, other, sight, seen, how))
        return found

    def _sight(self, content_id: int, key: str) -> Sight | None:
        """Give a picture as it is compared; None where it has no thumbnail."""
        if content_id in self._sights:
            self._sights.move_to_end(content_id)
            return self._sights[content_id]
        try:
            sight = Sight.of(self._thumbnails.path_of(key))
        except (OSError, ValueError):
            return None
        self._sights[content_id] = sight
        if len(self._sights) > _MOST_SIGHTS:
            self._sights.popitem(last=False)
        return sight
