"""Timelines of films and sounds that were read before there were any, or not closely enough."""

from __future__ import annotations

from assetman.core.errors import BadInput
from assetman.core.timelines import Timeline
from assetman.ingest.awaiting import awaited, is_as_known
from assetman.ingest.speech import Turn
from assetman.ingest.tally import Tally
from assetman.library.library import Library
from assetman.library.timelines import File
from assetman.media.handler import Decoder, Stretch


class TimelineReader:
    """Reads files again, for nothing but their timelines."""

    def __init__(self, library: Library, decoder: Decoder) -> None:
        self._library = library
        self._decoder = decoder

    def fill(self, tally: Tally, turn: Turn) -> None:
        """Read what has no timeline, until something else is wanted. Raises Cancelled."""
        timelines = self._library.timelines
        passed: list[int] = []  # that cannot be read just now
        while not turn.wanted():
            waiting = timelines.count_lacking() - len(passed)
            found = timelines.lacking(1, passed)
            if waiting <= 0 or not found:
                break
            tally.comparing(waiting)
            if not self.read(found[0], turn):
                passed.append(found[0].content_id)
            tally.finished(1, found[0].size)

    def read(self, file: File, turn: Turn, dense: bool = False) -> bool:
        """Read a file and keep its timeline; False where that cannot be done just now."""
        timeline, stretch = Timeline(), Stretch(dense=dense)
        try:
            while True:
                turn.gate(turn.token)
                made = awaited(self._decoder.extract(file.path, (), None, stretch), turn.token)
                timeline += made.timeline
                if made.rest is None or made.rest <= stretch.start:
                    break
                stretch = Stretch(made.rest, stretch.number + 1, seen=made.seen, dense=dense)
        except BadInput:
            if not is_as_known(file):  # its drive left, or it is another file by now
                return False
            # What could be read is kept: a damage in the middle takes what follows it.
        self._library.timelines.set(file.content_id, timeline, dense)
        return True
