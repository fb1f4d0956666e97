"""What pictures and films say of themselves in words, of those decoded before anybody asked."""

from __future__ import annotations

from collections.abc import Callable

from assetman.core.assets import Passage
from assetman.core.changes import Changes
from assetman.core.errors import BadInput, WrongUse
from assetman.ingest.awaiting import awaited, is_as_known
from assetman.ingest.speech import Turn
from assetman.library.library import Library
from assetman.media.handler import Describer

_AT_ONCE = 32  # files; a moment, since nothing of them is decoded


class DescribingPass:
    """Goes through the files of an older library once, and reads what is written in each."""

    def __init__(
        self, library: Library, describer: Describer, publish: Callable[[Changes], None]
    ) -> None:
        self._library = library
        self._describer = describer
        self._publish = publish

    def run(self, turn: Turn) -> None:
        """Read until nothing is left, or something else is wanted. Raises Cancelled."""
        passed: list[int] = []
        while not turn.wanted():
            turn.gate(turn.token)
            waiting = self._library.lettering.undescribed(_AT_ONCE, passed)
            if not waiting:
                return
            asked = [(item, self._describer.describe(item.path)) for item in waiting]
            changes = Changes()
            for item, future in asked:
                try:
                    passages = awaited(future, turn.token)
                except BadInput:
                    passages = ()  # there is nothing to be read in what it is now
                if not is_as_known(item):  # its drive left, or it is another file by now
                    passed.append(item.content_id)
                    continue
                changes |= self._keep(item.content_id, passages)
            self._publish(changes)

    def _keep(self, content_id: int, passages: tuple[Passage, ...]) -> Changes:
        try:
            return self._library.lettering.describe(content_id, passages)
        except WrongUse:  # its root was removed meanwhile
            return Changes()
