"""Reading text in pictures and frames, as one library has it switched on."""

from __future__ import annotations

from collections.abc import Callable

from assetman.core.changes import Changes
from assetman.core.lettering import TextReading
from assetman.embedding.text_reader import MODEL, TextReader
from assetman.ingest.lettering import LetteringPass
from assetman.ingest.speech import Turn
from assetman.ingest.tally import Tally
from assetman.library.library import Library
from assetman.media.handler import Decoder

_ON = "text"  # the fact in the library


class Lettering:
    """Knows whether text in pictures is read, and reads it."""

    def __init__(
        self, library: Library, decoder: Decoder, publish: Callable[[Changes], None]
    ) -> None:
        self._library = library
        self._pass = LetteringPass(library, decoder, publish)

    @property
    def on(self) -> bool:
        """Whether text in pictures is read."""
        return self._library.recall(_ON) is not None

    def state(self) -> TextReading:
        """Say whether it is on, and what is still to be read."""
        pending = self._library.lettering.count_unread(MODEL) if self.on else 0
        return TextReading(self.on, MODEL, pending, self._library.lettering.count_lettered())

    def switch(self, on: bool) -> Changes:
        """Read from now on, or no longer; what was read stays."""
        self._library.remember(_ON, "on" if on else None)
        return Changes(spaces=True)

    def read(self, tally: Tally, turn: Turn) -> None:
        """Read all that nobody has read; while it is off, do nothing. Raises Cancelled."""
        if self.on and self._library.lettering.count_unread(MODEL):
            self._pass.run(TextReader(), MODEL, tally, turn)
