"""The main colours of files that were read before anybody asked for colours, and of films."""

from __future__ import annotations

from collections.abc import Callable

from assetman.core.changes import Changes
from assetman.ingest.speech import Turn
from assetman.library.library import Library
from assetman.media.thumbnails import ThumbnailCache

_AT_ONCE = 32  # thumbnails; a tenth of a second


class ColorPass:
    """Goes through the thumbnails whose colours are not known. No file of the person's is read."""

    def __init__(
        self, library: Library, thumbnails: ThumbnailCache, publish: Callable[[Changes], None]
    ) -> None:
        self._library = library
        self._thumbnails = thumbnails
        self._publish = publish

    def run(self, turn: Turn) -> None:
        """Look at thumbnails until none is left, or something else is wanted. Raises Cancelled."""
        from assetman.media.main_colors import MainColors, main_colors_in

        after = 0
        while not turn.wanted():
            turn.gate(turn.token)
            found: list[tuple[int, MainColors]] = []
            waiting = self._library.colors.unknown(_AT_ONCE, after)
            if not waiting:
                return
            for content_id, key in waiting:
                try:
                    found.append((content_id, main_colors_in(self._thumbnails.path_of(key))))
                except (OSError, ValueError):
                    continue  # it is made again by a run to come
            after = waiting[-1][0]
            self._publish(self._library.colors.set(found))
