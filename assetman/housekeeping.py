"""What a library needs now and then while it is open: backups, an end for what is long gone."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from assetman.core.changes import Changes
from assetman.core.errors import AssetmanError
from assetman.core.settings import Settings
from assetman.ingest.keeping import forget_expired
from assetman.library.library import Library
from assetman.media.thumbnails import ThumbnailCache

_log = logging.getLogger(__name__)

_LOOK = 30.0  # seconds between two looks at the power and at idle models
_FIRST = 60.0  # seconds after opening, when the slow things are done first
_EVERY = 3600.0  # seconds between two rounds of them at most
_DAY = 86400.0  # seconds


class Housekeeping:
    """A thread that sleeps most of the time; it ends when the library is closed.

    `gone` hears what was dropped from the catalogue for good; `look` is called every half
    minute.
    """

    def __init__(
        self,
        library: Library,
        thumbnails: ThumbnailCache,
        settings: Settings,
        gone: Callable[[Changes], None],
        look: Callable[[], None],
    ) -> None:
        self._library = library
        self._thumbnails = thumbnails
        self._settings = settings
        self._gone = gone
        self._look = look
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._live, name="housekeeping", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread; a backup under way is finished."""
        self._closed.set()
        self._thread.join()

    def tidy(self) -> None:
        """Do what is due: expire what is long gone, back up, keep journal and caches short."""
        chores: list[Callable[[], object]] = [self._prune]
        if not self._library.read_only:
            chores += [self._expire, self._library.back_up_if_due, self._trim]
        for chore in chores:
            try:
                chore()
            except AssetmanError as error:  # a full disk: it is tried again
                _log.info("housekeeping is put off: %s", error)

    def _live(self) -> None:
        # Who keeps missing files for an hour only does not want to wait another for their end.
        every = min(_EVERY, max(_FIRST, self._settings.keep_missing_days * _DAY / 4))
        due = time.monotonic() + _FIRST
        while not self._closed.wait(_LOOK):
            try:
                self._look()
                if time.monotonic() >= due:
                    due = time.monotonic() + every
                    self.tidy()
            except Exception:
                _log.exception("a mistake in housekeeping")

    def _expire(self) -> None:
        days = self._settings.keep_missing_days
        changes = forget_expired(self._library, self._thumbnails, days, time.time())
        if changes:
            self._gone(changes)

    def _trim(self) -> None:
        self._library.trim(time.time())

    def _prune(self) -> None:
        self._thumbnails.prune_previews(self._settings.preview_cache)
