"""How much may be in hand at once, so that memory does not grow with what there is to read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future

from assetman.core.assets import Kind
from assetman.ingest.reading import Backlog, Reading
from assetman.media.handler import Extraction

_MOST_HELD = 512 << 20  # bytes of what is decoded; then nothing that is long is read on
_SOUNDS = 2  # so many more sounds than decoders are in hand


class Room:
    """Counts the films and sounds that are not yet read, and what is decoded and waits."""

    def __init__(
        self,
        backlog: Backlog,
        decoding: Mapping[Future[Extraction], Reading],
        decoders: int,
        gentle: Callable[[], bool],
    ) -> None:
        self._backlog = backlog
        self._decoding = decoding
        self._decoders = decoders
        self._gentle = gentle
        self._unread: set[Reading] = set()  # not yet decoded to their end

    def enter(self, reading: Reading) -> None:
        """Count a film or a sound from now on."""
        if reading.in_stretches:
            self._unread.add(reading)

    def leave(self, reading: Reading) -> None:
        """Count it no more: it is read, or given up."""
        self._unread.discard(reading)

    def is_there(self, kind: Kind, seen: bool) -> bool:
        """Tell whether one more film or sound may be read; what the person sees, sooner."""
        if self.is_full:
            return False
        most = 1 if self._gentle() else self._decoders
        if kind is Kind.AUDIO and not self._gentle():
            most += _SOUNDS
        count = sum(reading.item.kind is kind for reading in self._unread)
        return count < (2 * most if seen else most)

    @property
    def is_full(self) -> bool:
        """Whether so much is decoded that nothing long is read on."""
        size = self._backlog.size
        for future in self._decoding:
            if future.done() and not future.cancelled() and future.exception() is None:
                size += sum(rows.nbytes for rows in future.result().inputs.values())
        return size > _MOST_HELD
