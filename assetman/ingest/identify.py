"""Say of each new or changed file which asset it is: the same, changed, moved, or a new one."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from assetman.core.assets import Root
from assetman.core.changes import Changes
from assetman.core.errors import BadInput
from assetman.core.progress import CancelToken
from assetman.ingest.claims import (
    RECENT,
    Claims,
    Decision,
    Fate,
    Item,
    absolute,
    is_alike,
    is_there,
)
from assetman.ingest.pairing import same_name
from assetman.ingest.scan import Found, has_left
from assetman.library.assets import Known
from assetman.library.contents import Content
from assetman.library.library import Library
from assetman.library.whereabouts import Lain
from assetman.media.fingerprint import fingerprint, same_bytes
from assetman.media.registry import kind_of

_AT_ONCE = 200  # files in one transaction
_BY_PATH = (Fate.ADDED, Fate.CHANGED)  # nothing but its path says what a file is


class RootLeft(Exception):
    """The root is no longer there: its drive was pulled out while its files were read."""


@dataclass(slots=True)
class Identified:
    """What one batch of files turned out to be."""

    added: int = 0
    changed: int = 0
    moved: int = 0
    unchanged: int = 0
    failed: int = 0
    changes: Changes = field(default_factory=Changes)


class Identification:
    """What the files of one survey are, of all its roots together.

    `offer` it what each walk showed, then let it `identify` the files in batches, `settle` what
    had to wait until all were read, and `keep_missing` what is gone. See docs/decisions/identity.md.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._whereabouts = library.whereabouts
        self._claims = Claims(library)
        self._waiting: list[Item] = []

    def offer(self, root: Root, unsettled: Iterable[Found], vanished: Iterable[Known]) -> None:
        """Take in what a walk showed: files to be settled, and rows whose files it did not meet."""
        self._claims.offer(root, unsettled, vanished)

    def identify(
        self,
        root: Root,
        batch: Sequence[Found],
        cancel: CancelToken,
        gate: Callable[[CancelToken], None] = CancelToken.check,
    ) -> Identified:
        """Fingerprint files and write what they are; a file that cannot be read is a failure.

        `gate` is called before each file is read and may hold the work while it is paused.
        Raises RootLeft, and WrongUse if the root was removed from the library.
        """
        rows = self._rows_at(root.id, [found.path for found in batch])
        items: list[Item] = []
        unreadable: list[tuple[Found, str]] = []
        for found in batch:
            gate(cancel)
            try:
                item = self._read(root, found, rows.get(found.path), cancel)
                self._claims.note_birth(root, found)
                # Written to or renamed since it was met: its bytes would be held for those of
                # its size and time. The next survey says what it is.
                if _is_as_met(root, found):
                    items.append(item)
            except BadInput as error:
                if has_left(root.path, absolute(root, found.path)):
                    raise RootLeft from error
                unreadable.append((found, str(error)))
        result = Identified(failed=len(unreadable))
        with self._library.writing():
            self._library.roots.get(root.id)
            for found, reason in unreadable:
                result.changes |= self._library.failures.add(
                    root.id, found.path, "identify", "bad input", reason,
                    found.stat.size, found.stat.mtime_ns,
                )  # fmt: skip
            for item in items:
                cancel.check()
                if item.content is None and item.print is not None and not item.print.whole:
                    self._look_up(item, cancel)  # one of this batch may just have brought it
                if self._claims.must_wait(item):
                    self._waiting.append(item)
                else:
                    for decision in self._claims.decide([item]):
                        self._write(decision, result)
        return result

    def settle(self, cancel: CancelToken) -> Iterator[Identified]:
        """Settle the files that had to wait for each other, then moves seen in two steps."""
        waiting, self._waiting = self._waiting, []
        for root_id, items in _by_root(waiting).items():
            rows = self._rows_at(root_id, [item.found.path for item in items])
            for item in items:
                item.row = rows.get(item.found.path)
        decisions = iter(sorted(self._claims.decide(waiting), key=lambda decision: decision[0]))
        while some := list(islice(decisions, _AT_ONCE)):
            cancel.check()
            result = Identified()
            with self._library.writing():
                kept = {root.id for root in self._library.roots.all()}
                for decision in some:
                    if decision[1].root.id in kept:
                        self._write(decision, result)
            yield result
        cancel.check()
        yield self._take_over()

    def keep_missing(self) -> tuple[int, Changes]:
        """Keep that files vanished which were met nowhere else, and count them."""
        lost = self._claims.lost()
        if not lost:
            return 0, Changes()
        with self._library.writing():
            changes = self._library.assets.mark_missing(list(lost))
            for row in lost.values():
                changes |= self._library.failures.clear_file(row.root_id, row.path)
        return len(lost), changes

    # -- reading

    def _read(self, root: Root, found: Found, row: Lain | None, cancel: CancelToken) -> Item:
        """Find out what a file holds, if need be by reading it. Raises BadInput."""
        origin = self._claims.proven(root, found, row)
        if origin is not None:
            return Item(root, found, None, origin, row, origin.content_id)
        item = Item(root, found, fingerprint(absolute(root, found.path)), None, row)
        self._look_up(item, cancel)
        return item

    def _look_up(self, item: Item, cancel: CancelToken) -> None:
        """Find the content a file's bytes are, if the catalogue has it."""
        assert item.print is not None
        for content in self._library.contents.with_digest(item.print.digest):
            if content.id in item.compared:
                continue
            item.compared |= {content.id}
            if item.print.whole or self._is_same(content, item, cancel):
                item.content = content.id
                return

    def _is_same(self, content: Content, item: Item, cancel: CancelToken) -> bool:
        """Compare with a present file of a sampled content; without one, by size and mtime."""
        for row in self._whereabouts.of_content(content.id):
            alike = is_alike(row, item.found)
            if (row.root_id, row.path) != (item.root.id, item.found.path) and is_there(row):
                try:
                    here = absolute(item.root, item.found.path)
                    return same_bytes(here, row.file, cancel.check)
                except (BadInput, OSError):
                    continue
            if alike:
                return True
        return False

    def _rows_at(self, root_id: int, paths: Sequence[str]) -> dict[str, Lain]:
        known = self._library.known.at(root_id, paths)
        rows = self._whereabouts.of_assets([row.asset_id for row in known.values()])
        return {row.path: row for row in rows}

    # -- writing

    def _write(self, decision: Decision, result: Identified) -> None:
        library = self._library
        fate, item, row = decision
        root_id, path, stat = item.root.id, item.found.path, item.found.stat
        if fate in _BY_PATH and not _is_as_met(item.root, item.found):
            return  # the next survey says what it is now
        changes = library.failures.clear_file(root_id, path)
        if fate is Fate.KEPT:
            assert row is not None
            changes |= library.assets.touch(row.asset_id, stat)
            result.unchanged += 1
        elif fate is Fate.MOVED:
            assert row is not None
            changes |= self._whereabouts.place(row.asset_id, root_id, path, stat)
            result.moved += 1
        elif fate is Fate.ADDED:
            there = library.assets.at(root_id, path)
            if there is not None:
                changes |= self._whereabouts.displace(there)
            content = self._content(item)
            asset_id, added = library.assets.add(root_id, path, stat, content)
            self._claims.take(asset_id)
            changes |= added
            result.added += 1
        else:
            assert row is not None
            if fate is Fate.MOVED_AND_CHANGED:
                changes |= self._whereabouts.place(row.asset_id, root_id, path, stat)
            changes |= library.assets.change(row.asset_id, stat, self._content(item))
            result.changed += 1
        if row is not None and library.assets.at(row.root_id, row.path) is None:
            changes |= library.failures.clear_file(row.root_id, row.path)  # that it was gone there
        result.changes |= changes

    def _content(self, item: Item) -> int:
        """Give the content of a file's bytes, added if the catalogue lacks it."""
        kind, read = kind_of(item.found.path), item.print
        assert kind is not None  # the walk yields nothing else
        if item.content is not None and self._whereabouts.of_content(item.content):
            return item.content
        assert read is not None  # else it is the content of an asset that is there
        if read.whole:
            for content in self._library.contents.with_digest(read.digest):
                return content.id
        content_id, _ = self._library.contents.add(read.digest, read.size, read.whole, kind)
        return content_id

    def _take_over(self) -> Identified:
        """Give assets whose files vanished to the copies of them that appeared just before.

        Moving to another drive copies first and deletes later; a survey in between has met both.
        """
        result = Identified()
        lost = self._claims.lost()
        copies: dict[int, list[Lain]] = defaultdict(list)
        for copy in self._whereabouts.of_contents(row.content_id for row in lost.values()):
            if copy.asset_id not in lost and copy.missing_since is None and copy.bare:
                copies[copy.content_id].append(copy)
        searched = [i for i, row in lost.items() if row.content_id in copies]
        if not searched and not self._claims.superseded:
            return result
        with self._library.writing():
            result.changes |= self._library.assets.forget(self._claims.superseded)
            for row in self._whereabouts.of_assets(searched):
                heir = _heir(row, copies[row.content_id])
                if heir is not None:
                    copies[row.content_id].remove(heir)
                    result.changes |= self._whereabouts.take_over(row.asset_id, heir.asset_id)
                    result.moved += 1
                    self._claims.take(row.asset_id)
        return result


def _is_as_met(root: Root, found: Found) -> bool:
    try:
        now = os.stat(absolute(root, found.path))
    except OSError:
        return False
    met = found.stat
    return (now.st_size, now.st_mtime_ns, now.st_ino) == (met.size, met.mtime_ns, met.inode)


def _heir(row: Lain, copies: Sequence[Lain]) -> Lain | None:
    """Choose the copy that a vanished file most likely was moved to; None if it was not."""
    now = time.time()
    fitting = [
        copy
        for copy in copies
        if row.added < copy.added and now - copy.added < RECENT and copy.online
        if copy.mtime_ns == row.mtime_ns or same_name(copy.path, row.path)
    ]
    return min(fitting, key=lambda copy: not same_name(copy.path, row.path), default=None)


def _by_root(items: Iterable[Item]) -> Mapping[int, list[Item]]:
    grouped: dict[int, list[Item]] = defaultdict(list)
    for item in items:
        grouped[item.root.id].append(item)
    return grouped
