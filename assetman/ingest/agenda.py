"""Which file of those that lack something is read next, and which have had their turn."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence

from assetman.core.assets import Kind
from assetman.ingest.reading import LONG_KINDS, Target
from assetman.ingest.tally import Tally
from assetman.library.contents import Pending
from assetman.library.library import Library

_FETCH = 256  # pending rows read at once
_MOST_HELD = 5000  # films and sounds that wait while what is behind them is looked for
_COUNT_EVERY = 1.0  # seconds between two counts of what is pending
_LOOK_EVERY = 0.5  # seconds between two looks for more while there was none

Mark = tuple[int, int, int, tuple[int, ...]]  # content, asset, mtime, spaces it lacked


class Agenda:
    """Asks the catalogue what is pending, again and again, and gives it out file by file.

    Used by one thread, but for `finish`, which another may call.
    """

    def __init__(
        self,
        library: Library,
        targets: Sequence[Target],
        tally: Tally,
        visible: Callable[[], tuple[int, ...]],
        unstorable: Callable[[Pending], None],
    ) -> None:
        self.targets = tuple(targets)
        self._library = library
        self._tally = tally
        self._visible = visible
        self._unstorable = unstorable  # told of what is pending though it was finished
        self._seen_visible: tuple[int, ...] = ()
        self._fetched: deque[Pending] = deque()
        # Films and sounds, by content, that wait for one to be over.
        self._held: dict[Kind, dict[int, Pending]] = {kind: {} for kind in LONG_KINDS}
        self._busy: set[int] = set()  # contents on their way
        self._roots: set[int] = set()  # those it worked on
        self._finished: set[Mark] = set()
        self._put_off: set[Mark] = set()  # files that are no longer what the catalogue knows
        self._counted = 0.0
        self._found_none = 0.0  # when

    @property
    def open(self) -> bool:
        """Whether something was given out that has not come back, or waits to be given out."""
        return bool(self._fetched or any(self._held.values()) or self._busy)

    def next(self, has_room: Callable[[Kind, bool], bool]) -> Pending | None:
        """Give out the next file; None where there is none for which there is room.

        `has_room` tells whether one more film or sound may be read, given whether the person
        sees it.
        """
        if self._visible() != self._seen_visible:
            self.clear()
        for held in filter(None, self._held.values()):
            if (item := self._of_held(held, has_room)) is not None:
                del held[item.content_id]
                return self._given_out(item)
        while self._fetched or (self._may_find_more() and self.fetch()):
            item = self._fetched.popleft()
            if self._is_known(item.content_id):
                continue
            seen = item.asset_id in self._seen_visible
            if item.kind not in LONG_KINDS or has_room(item.kind, seen):
                return self._given_out(item)
            self._held[item.kind][item.content_id] = item
        return None

    def fetch(self) -> bool:
        """Read what is pending; False when that is nothing that is not known here."""
        self._seen_visible = self._visible()
        contents = self._library.contents
        spaces = [target.space_id for target in self.targets]
        skip = self._busy.union(*self._held.values())
        for item in contents.pending(spaces, _FETCH, first=self._seen_visible, skip=skip):
            if mark(item) in self._put_off:
                continue
            if mark(item) in self._finished:
                # Done in this run and pending still: working on it for ever helps nobody.
                self._unstorable(item)
            else:
                self._roots.add(item.root_id)
                self._fetched.append(item)
        now = time.monotonic()
        self._found_none = 0.0 if self._fetched else now
        if self._fetched or now - self._counted > _COUNT_EVERY:
            self._counted = now
            waiting, _ = contents.count_pending(spaces)
            if waiting:
                self._tally.indexing(self._label(), waiting)
        return bool(self._fetched)

    def clear(self) -> None:
        """Ask the catalogue anew: what it said may no longer be so."""
        self._fetched.clear()
        for held in self._held.values():
            held.clear()
        self._found_none = 0.0

    def aim_at(self, targets: Sequence[Target]) -> None:
        """Work for other spaces from now on: the person chose a model meanwhile."""
        if tuple(targets) != self.targets:
            self.targets = tuple(targets)
            self.clear()

    def survey_ended(self) -> None:
        """Try again what was put off, and what was finished: it may have been asked for anew."""
        self._put_off.clear()
        self._finished.clear()
        self.clear()

    def drop(self, item: Pending) -> None:
        """Take back a file that was given out; it is still pending, or has failed."""
        self._busy.discard(item.content_id)

    def put_off(self, item: Pending) -> None:
        """Take back a file that is not what the catalogue knows, until the next survey."""
        self.drop(item)
        self._put_off.add(mark(item))

    def finish(self, items: Iterable[Pending]) -> None:
        """Take note that files were stored."""
        items = list(items)
        self._finished.update(map(mark, items))
        self._busy.difference_update(item.content_id for item in items)

    def say_who_left(self) -> None:
        """Say of roots that went away why less was done than there was to do."""
        for root in self._library.roots.all():
            if root.id in self._roots and not root.online:
                self._tally.left(root.name)

    def _may_find_more(self) -> bool:
        lately = time.monotonic() - self._found_none < _LOOK_EVERY
        return sum(map(len, self._held.values())) < _MOST_HELD and not lately

    def _of_held(
        self, held: dict[int, Pending], has_room: Callable[[Kind, bool], bool]
    ) -> Pending | None:
        first = next(iter(held.values()))
        if has_room(first.kind, False):
            return first
        if not has_room(first.kind, True):
            return None
        seen = set(self._seen_visible)
        return next((item for item in held.values() if item.asset_id in seen), None)

    def _is_known(self, content_id: int) -> bool:
        return content_id in self._busy or any(content_id in held for held in self._held.values())

    def _given_out(self, item: Pending) -> Pending:
        self._busy.add(item.content_id)
        return item

    def _label(self) -> str:
        if not self._fetched:
            return ""
        try:
            return self._library.roots.get(self._fetched[0].root_id).name
        except Exception:  # removed just now
            return ""


def mark(item: Pending) -> Mark:
    """Give what tells whether a file was worked on as it is now."""
    return item.content_id, item.asset_id, item.mtime_ns, tuple(sorted(item.spaces))
