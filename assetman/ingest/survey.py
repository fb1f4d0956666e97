"""The first half of a run: walk the roots, settle what every file is."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice

from assetman.core.assets import Root
from assetman.core.changes import Changes
from assetman.core.errors import BadInput, WrongUse
from assetman.core.progress import CancelToken
from assetman.ingest.drives import is_emptied, remember
from assetman.ingest.identify import Identification, RootLeft
from assetman.ingest.ignore import IGNORE_FILE, IgnoreRules
from assetman.ingest.keeping import renew_thumbnails
from assetman.ingest.places import Part, Place
from assetman.ingest.scan import (
    FORBIDDEN,
    WHOLE,
    Differences,
    Found,
    Reach,
    Unreadable,
    compare,
    reach,
)
from assetman.ingest.tally import Tally
from assetman.library.library import Library
from assetman.media.thumbnails import ThumbnailCache

_BATCH_FILES = 200
_BATCH_BYTES = 64 << 20  # so that a batch of videos does not hold its files back for long


class Survey:
    """Brings the catalogue's assets up to date with the disk; embeds nothing."""

    def __init__(
        self,
        library: Library,
        thumbnails: ThumbnailCache,
        rules: IgnoreRules,
        tally: Tally,
        publish: Callable[[Changes], None],
        unfinished: Callable[[int, Found], bool] = lambda root_id, found: False,
    ) -> None:
        self._library = library
        self._thumbnails = thumbnails
        self._rules = rules
        self._tally = tally
        self._publish = publish
        self._unfinished = unfinished
        self._gate: Callable[[CancelToken], None] = CancelToken.check
        self._met: set[int] = set()  # roots that were there when their turn came

    def run(
        self,
        places: Sequence[Place],
        cancel: CancelToken,
        gate: Callable[[CancelToken], None] = CancelToken.check,
    ) -> None:
        """Survey places together, so that a file moved between two of them is known again.

        `gate` is called between batches and may hold the survey while it is paused.
        """
        self._gate = gate
        identification = Identification(self._library)
        unsettled: list[tuple[Root, list[Found]]] = []
        sidecars: list[tuple[Root, dict[str, bytes | None]]] = []
        for root, places_of_root in self._by_root(places):
            with self._while_kept(root):
                differences = self._walk(root, places_of_root, cancel)
                if differences is not None:
                    files = differences.unsettled
                    # What is being written is met again when it is quiet.
                    ready = [found for found in files if not self._unfinished(root.id, found)]
                    identification.offer(root, ready, differences.vanished)
                    unsettled.append((root, ready))
                    sidecars.append((root, differences.sidecars))
        for (root, files), (_, marks) in zip(unsettled, sidecars, strict=True):
            with self._while_kept(root):
                self._identify(root, files, identification, cancel, marks)
        for result in identification.settle(cancel):
            self._tally.identified(result)
            self._publish(result.changes)
        for root, marks in sidecars:
            if marks:
                self._library.sidecars.keep(root.id, marks)
        gone, changes = identification.keep_missing()
        if gone:
            self._publish(changes)
            self._tally.walked(missing=gone, unchanged=0)
        if any(place.whole for place in places):
            renew_thumbnails(self._library, self._thumbnails, time.time())

    def _by_root(self, places: Sequence[Place]) -> Iterator[tuple[Root, list[Place]]]:
        """Sort places by their roots; those whose root is no longer there are left out."""
        wanted: dict[int, list[Place]] = defaultdict(list)
        for place in places:
            wanted[place.root_id].append(place)
        for root in self._library.roots.all():
            if root.id in wanted:
                yield root, wanted[root.id]

    @contextmanager
    def _while_kept(self, root: Root) -> Iterator[None]:
        """Let go of a root that is removed, or becomes part of another, under our hands.

        Let one that leaves with its drive be offline.
        """
        try:
            try:
                yield
            except RootLeft:
                if root.id in self._met:
                    self._tally.left(root.name)
                self._publish(self._library.roots.set_online(root.id, False))
        except WrongUse:
            if root.id in {kept.id for kept in self._library.roots.all()}:
                raise

    def _walk(self, root: Root, places: list[Place], cancel: CancelToken) -> Differences | None:
        """Hold places of a root against their rows; None if nothing can be said.

        Raises RootLeft.
        """
        library = self._library
        match reach(root.path):
            case Reach.FORBIDDEN:
                self._publish(library.roots.set_online(root.id, False))
                self._note_failures(root, [Unreadable("", FORBIDDEN)], None)
                return None
            case Reach.EMPTY if root.assets and not is_emptied(library, root):
                # An empty folder where assets were is a mount point whose drive is away.
                raise RootLeft
            case Reach.AWAY:
                raise RootLeft
            case Reach.THERE:
                remember(library, root)
        if not root.online:
            self._publish(library.roots.set_online(root.id, True))
        self._met.add(root.id)
        self._tally.scanning(root.name, 0)
        try:
            rules = self._rules.for_root(root.path)
        except BadInput as error:  # what the person wants left out is not known: nothing is read
            self._note_failures(root, [Unreadable(IGNORE_FILE, str(error))], None)
            return None
        part = None
        if not any(place.whole for place in places):
            part = Part(library.known, root, places, rules)
        known = library.known.of_root(root.id) if part is None else part.known
        seen = partial(self._tally.scanning, root.name)
        try:
            differences = compare(root.path, known, rules, cancel, seen, part or WHOLE)
        except OSError as error:
            raise RootLeft from error
        lost = differences.vanished or differences.unreadable
        if lost and reach(root.path) is not Reach.THERE and not is_emptied(library, root):
            raise RootLeft
        self._tally.walked(missing=0, unchanged=differences.unchanged)
        self._note_failures(root, differences.unreadable, part)
        return differences

    def _note_failures(self, root: Root, items: Sequence[Unreadable], part: Part | None) -> None:
        """Keep the rows of failures true, in a part of a root or in all of it.

        New ones are added, and those that are over are taken out.
        """
        failures = self._library.failures
        changes = Changes()
        unreadable = {item.path: item.message for item in items}
        with self._library.writing():
            over = failures.of_stage(root.id, "scan")
            if "" not in unreadable:
                over |= {
                    path
                    for path in failures.known(root.id)
                    if (part is None or part.holds(path))
                    and not os.path.lexists(os.path.join(root.path, path))
                }
            if part is not None:
                over = set(filter(part.holds, over))
            for path in over - unreadable.keys():
                changes |= failures.clear_file(root.id, path)
            for path, message in unreadable.items():
                changes |= failures.add(root.id, path, "scan", "bad input", message, 0, 0)
        if unreadable:
            self._tally.failed(len(unreadable))
        if changes:
            self._publish(changes)

    def _identify(
        self,
        root: Root,
        files: list[Found],
        identification: Identification,
        cancel: CancelToken,
        sidecars: Mapping[str, bytes | None],
    ) -> None:
        """Settle files, newest first: they are what the person is most likely to look for."""
        files.sort(key=lambda found: found.stat.mtime_ns, reverse=True)
        for batch in _batches(files):
            result = identification.identify(root, batch, cancel, self._gate)
            beside = {found.path: mark for found in batch if (mark := sidecars.get(found.path))}
            if beside:
                self._library.sidecars.keep(root.id, beside)
            self._tally.identified(result)
            self._publish(result.changes)


def _batches(files: Iterable[Found]) -> Iterator[list[Found]]:
    remaining = iter(files)
    while batch := list(islice(remaining, 1)):
        size = batch[0].stat.size
        for found in remaining:
            batch.append(found)
            size += found.stat.size
            if len(batch) >= _BATCH_FILES or size >= _BATCH_BYTES:
                break
        yield batch
