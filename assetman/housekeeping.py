"""What a library needs now and then while it is open: backups, an end for what is long gone."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from assetman.core.changes import Changes
from assetman.core.errors import AssetmanError
from assetman.library.library import Library

_log = logging.getLogger(__name__)

_LOOK = 30.0  # seconds between two looks at the power and at idle models
_FIRST = 60.0  # seconds after opening, when the slow things are done first
_EVERY = 3600.0  # seconds between two rounds of them at most
_DAY = 86400.0  # seconds


class Housekeeping:
    """A thread that sleeps most of the time; it ends when the library is closed.

    `gone` hears what was dropped from the catalogue for good; `look` is called every half
    minute, `prune`, which makes room in the caches, every hour.
    """

    def __init__(
        self,
        library: Library,
        keep_days: float,
        gone: Callable[[Changes], None],
        look: Callable[[], None],
        prune: Callable[[], object],
    ) -> None:
        self._library = library
        self._keep_days = keep_days
        self._gone = gone
        self._look = look
        self._prune = prune
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._live, name="housekeeping", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread; a backup under way is finished."""
        self._closed.set()
        self._thread.join()

    def tidy(self) -> None:
        """Do what is due by the day: expire what is long gone, back up, keep the journal short."""
        if self._library.read_only:
            return
        now = time.time()
        moment = now - self._keep_days * _DAY
        for chore in (
            lambda: self._expire(moment),
            self._library.back_up_if_due,
            lambda: self._library.trim(now),
            self._prune,
        ):
            try:
                chore()
            except AssetmanError as error:  # a full disk: it is tried again
                _log.info("housekeeping is put off: %s", error)

    def _live(self) -> None:
        # Who keeps missing files for an hour only does not want to wait another for their end.
        every = min(_EVERY, max(_FIRST, self._keep_days * _DAY / 4))
        due = time.monotonic() + _FIRST
        while not self._closed.wait(_LOOK):
            try:
                self._look()
                if time.monotonic() >= due:
                    due = time.monotonic() + every
                    self.tidy()
            except Exception:
                _log.exception("a mistake in housekeeping")

    def _expire(self, moment: float) -> None:
        """Drop files missing, and roots removed, since before a moment."""
        changes = self._library.roots.purge(moment)
        old = self._library.assets.missing_since(moment)
        if old:
            changes |= self._library.assets.forget(old)
        if changes:
            self._gone(changes)
