"""One root: whether it is there, who tells of changes in it, and looking through it if nobody does."""

from __future__ import annotations

import errno
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from assetman.core.assets import Root
from assetman.core.errors import AssetmanError, BadInput, Cancelled
from assetman.core.progress import CancelToken
from assetman.core.watching import Watch, WatchMode
from assetman.ingest.drives import Identity, identity, sentence, why_silent, why_unwatched
from assetman.ingest.glance import Glance, changed_between, glance
from assetman.ingest.ignore import IgnoreRules
from assetman.ingest.places import Place
from assetman.ingest.scan import Reach, reach
from assetman.ingest.unrest import Unrest

_log = logging.getLogger(__name__)

_RESTS = 10.0  # times as long as it took to watch a root is waited before it is done again
_LIMITS = frozenset({errno.ENOSPC, errno.EMFILE})
_AWAY = {
    Reach.AWAY: "It is not connected just now; Assetman looks for it.",
    Reach.EMPTY: "It is empty, as a folder is whose drive is not connected.",
    Reach.FORBIDDEN: "Assetman is not allowed to read it.",
}


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often things are looked at, in seconds; `share`: looking takes a part of the time."""

    presence: float = 3.0  # between two looks whether a root is there
    polling: float = 30.0  # least time between two looks through a root
    share: float = 50.0  # times as long as a look took is waited for the next
    retry: float = 600.0  # until the system is asked again after it met a limit
    renewal: float = 5.0  # least time between two renewals of a watch


class System(Protocol):
    """What tells of changes in roots: `inotify.WatchedRoots`, `observed.ObservedRoots`."""

    def watch(self, root_id: int, root: str, rules: IgnoreRules, cancel: CancelToken) -> None: ...

    def leave(self, root_id: int) -> None: ...

    def is_watching(self, root_id: int) -> bool: ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the lookouts of all roots share."""

    unrest: Unrest
    system: Callable[[], System]  # raises OSError where there is none to be had
    rules: IgnoreRules
    root: Callable[[int], Root | None]  # as the catalogue knows it now
    emptied: Callable[[Root], bool]  # it is empty, and the very folder that held files
    reached: Callable[[int, bool], None]  # hears that a root is there, or is not any more
    told: Callable[[], None]  # hears that a root is watched in another way
    rhythm: Rhythm


class Lookout:
    """A thread of one root's own, so that a drive that hangs holds up no other."""

    def __init__(self, root: Root, around: Surroundings) -> None:
        self.root = root
        self.watch = Watch(root.id, WatchMode.SYSTEM if root.online else WatchMode.AWAY)
        self._around = around
        self._system: System | None = None  # that tells of changes in this root
        self._settled = False  # the root is watched or polled, or known to be away
        self._asked = False
        self._lost = False
        self._error: OSError | None = None  # why the system watches no more
        self._identity: Identity | None = None
        self._rules = around.rules
        self._renewed, self._took = float("-inf"), 0.0
        self._glance: Glance = {}
        self._polled = 0.0
        self._retry_at = float("inf")
        self._why = ("", "")
        self._wake = threading.Event()
        self._cancel = CancelToken()
        self._thread = threading.Thread(
            target=self._live, name=f"watch-root-{root.id}", daemon=True
        )

    def start(self) -> None:
        """Begin to look, if that has not begun."""
        if self._thread.ident is None:
            self._thread.start()

    def lost(self, error: OSError | None = None) -> None:
        """Hear that events were lost, or will be because of a limit that was met, `error`."""
        self._error = error or self._error
        self._lost = True
        self._wake.set()

    def look(self) -> None:
        """Look at once: what the catalogue says of the root is another."""
        self._asked = True
        self._wake.set()

    def end(self) -> None:
        """Have the thread end; `join` waits for it."""
        self._cancel.cancel()
        self._wake.set()

    def join(self, seconds: float) -> None:
        """Wait for the end, at most `seconds`: a drive may hang for ever."""
        if self._thread.ident is not None:
            self._thread.join(seconds)

    # -- the thread

    def _live(self) -> None:
        try:
            while not self._cancel.cancelled:
                self._look_safely()
                self._wake.wait(self._around.rhythm.presence)
                self._wake.clear()
        except Cancelled:
            pass
        finally:
            self._leave()

    def _look_safely(self) -> None:
        try:
            self._look()
        except OSError as error:  # it left while it was looked at: the next look says so
            _log.info("%a: %s", self.root.path, error)
        except AssetmanError as error:
            if isinstance(error, Cancelled):
                raise
            _log.info("%a: %s", self.root.path, error)
        except Exception:
            _log.exception("a mistake in watching a folder")

    def _look(self) -> None:
        if self._asked:
            self._asked = False
            self.root = self._around.root(self.root.id) or self.root
        state, found = reach(self.root.path), identity(self.root.path)
        if state is Reach.EMPTY and self._is_just_empty(found):
            state = Reach.THERE
        if state is not Reach.THERE or found is None:
            self._go_away(Reach.AWAY if state is Reach.THERE else state)
            return
        if self._system is not None and not self._system.is_watching(self.root.id):
            self._lost = True
        if not self._settled or self._lost or found != self._identity or not self.root.online:
            self._begin(found)
        elif self.watch.mode is WatchMode.POLLING:
            self._poll()

    def _is_just_empty(self, found: Identity | None) -> bool:
        """Tell a folder without files from a mount point without its drive."""
        if found == self._identity and self._settled:
            return True
        root = self._around.root(self.root.id)
        return root is None or not root.assets or self._around.emptied(root)

    def _go_away(self, state: Reach) -> None:
        if self._settled and self.watch.mode is WatchMode.AWAY:
            return
        self._leave()
        self._identity, self._settled = None, True
        self._around.unrest.forget(self.root.id)
        self._around.reached(self.root.id, False)
        if state is Reach.FORBIDDEN:  # the survey makes a failure of it
            self._around.unrest.changed(Place(self.root.id), settled=True)
        self._tell(Watch(self.root.id, WatchMode.AWAY, reason=_AWAY[state]))

    def _begin(self, found: Identity) -> None:
        """Watch the root anew, and only then have it looked through: nothing falls between."""
        if self._lost and self._settled and found == self._identity:
            rest = max(self._around.rhythm.renewal, _RESTS * self._took)
            self._cancel.wait(max(0.0, self._renewed + rest - time.monotonic()))
            self._cancel.check()
        self._lost = self._settled = False
        self._identity = found
        self._leave()
        began = time.monotonic()
        try:
            self._rules = self._around.rules.for_root(self.root.path)
        except BadInput:  # the survey says so
            self._rules = self._around.rules
        self._listen_or_look()
        self._settled = True
        self._renewed = time.monotonic()
        self._took = self._renewed - began
        self._around.reached(self.root.id, True)
        self.root = replace(self.root, online=True)
        self._around.unrest.changed(Place(self.root.id), settled=True)

    def _listen_or_look(self) -> None:
        """Have the system tell of changes; where it does not, look for them now and then."""
        error, self._error = self._error, None
        silent = why_silent(self.root.path)
        if not silent and error is None:
            error = self._listen()
            if error is None:
                return
        self._why = (silent, "") if error is None else why_unwatched(error)
        self._note_refusal(error)
        self._say_interval(self._glance_again())

    def _listen(self) -> OSError | None:
        """Have the system tell of changes; give why it refuses."""
        try:
            system = self._around.system()
            system.watch(self.root.id, self.root.path, self._rules, self._cancel)
        except (FileNotFoundError, NotADirectoryError):
            raise
        except OSError as error:
            return error
        self._system = system
        self._tell(Watch(self.root.id, WatchMode.SYSTEM))
        return None

    def _leave(self) -> None:
        if self._system is not None:
            self._system.leave(self.root.id)
            self._system = None

    # -- polling

    def _poll(self) -> None:
        """Look through a root that nobody tells of, if it is time."""
        now = time.monotonic()
        if now >= self._retry_at:
            error = self._listen()
            if error is None:
                self._around.unrest.changed(Place(self.root.id), settled=True)
                return
            self._note_refusal(error)
        if now - self._polled >= (self.watch.interval or 0.0):
            before = self._glance
            took = self._glance_again()
            for folder in changed_between(before, self._glance):
                self._around.unrest.changed(Place(self.root.id, folder, deep=False), settled=True)
            self._say_interval(took)

    def _note_refusal(self, error: OSError | None) -> None:
        # A limit may be raised, or other folders that took it up may go.
        limited = error is not None and error.errno in _LIMITS
        self._retry_at = time.monotonic() + self._around.rhythm.retry if limited else float("inf")

    def _glance_again(self) -> float:
        """Look through the root; give the seconds it took."""
        began = time.monotonic()
        self._glance = glance(self.root.path, self._rules, self._cancel)
        self._polled = time.monotonic()
        return self._polled - began

    def _say_interval(self, took: float) -> None:
        """Wait so long for the next look that looking takes a small part of the time."""
        interval = max(self._around.rhythm.polling, self._around.rhythm.share * took)
        present = self.watch.interval if self.watch.mode is WatchMode.POLLING else None
        if present and interval != self._around.rhythm.polling and 0.8 < interval / present < 1.25:
            interval = present  # no news
        why, help_ = self._why
        reason = sentence(why, interval, help_)
        self._tell(Watch(self.root.id, WatchMode.POLLING, interval, reason))

    def _tell(self, watch: Watch) -> None:
        if watch != self.watch:
            self.watch = watch
            self._around.told()
