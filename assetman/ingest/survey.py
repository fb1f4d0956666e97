"""The first half of a run: walk the roots, settle what every file is."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice

from assetman.core.assets import Root
from assetman.core.changes import Changes
from assetman.core.errors import BadInput, WrongUse
from assetman.core.progress import CancelToken
from assetman.ingest.identify import Identifier, RootLeft, Vanished
from assetman.ingest.ignore import IGNORE_FILE, IgnoreRules
from assetman.ingest.scan import FORBIDDEN, Differences, Found, Reach, Unreadable, compare, reach
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
    ) -> None:
        self._library = library
        self._thumbnails = thumbnails
        self._rules = rules
        self._tally = tally
        self._publish = publish
        self._gate: Callable[[CancelToken], None] = CancelToken.check

    def run(
        self,
        roots: Sequence[Root],
        cancel: CancelToken,
        gate: Callable[[CancelToken], None] = CancelToken.check,
    ) -> None:
        """Survey roots together, so that a file moved between two of them is known again.

        `gate` is called between batches and may hold the survey while it is paused.
        """
        self._gate = gate
        vanished = Vanished()
        unsettled: list[tuple[Root, list[Found]]] = []
        for root in roots:
            with self._while_kept(root):
                differences = self._walk(root, cancel)
                if differences is not None:
                    vanished.offer(differences.vanished)
                    unsettled.append((root, differences.unsettled))
        for root, files in unsettled:
            with self._while_kept(root):
                self._identify(root, files, vanished, cancel)
        gone = vanished.rest()
        if gone:
            self._publish(self._library.assets.mark_missing(gone))
            self._tally.walked(missing=len(gone), unchanged=0)
        self._renew_thumbnails()

    def _renew_thumbnails(self) -> None:
        """Have those made again that somebody deleted."""
        contents = self._library.contents
        lost = [number for number, key in contents.extracted() if not self._thumbnails.has(key)]
        if lost:
            contents.renew(lost)

    @contextmanager
    def _while_kept(self, root: Root) -> Iterator[None]:
        """Let go of a root that is removed, or becomes part of another, under our hands.

        Let one that leaves with its drive be offline.
        """
        try:
            try:
                yield
            except RootLeft:
                self._publish(self._library.roots.set_online(root.id, False))
        except WrongUse:
            if root.id in {kept.id for kept in self._library.roots.all()}:
                raise

    def _walk(self, root: Root, cancel: CancelToken) -> Differences | None:
        """Hold a root against its rows; None if nothing can be said. Raises RootLeft."""
        library = self._library
        known = library.assets.known(root.id)
        present = any(not row.missing for row in known.values())
        match reach(root.path):
            case Reach.FORBIDDEN:
                self._publish(library.roots.set_online(root.id, False))
                self._note_failures(root, [Unreadable("", FORBIDDEN)])
                return None
            case Reach.EMPTY if present:
                # An empty folder where assets were is a mount point whose drive is away.
                raise RootLeft
            case Reach.AWAY:
                raise RootLeft
        if not root.online:
            self._publish(library.roots.set_online(root.id, True))
        self._tally.scanning(root.name, 0)
        try:
            rules = self._rules.for_root(root.path)
        except BadInput as error:  # what the person wants left out is not known: nothing is read
            self._note_failures(root, [Unreadable(IGNORE_FILE, str(error))])
            return None
        try:
            differences = compare(
                root.path, known, rules, cancel, lambda met: self._tally.scanning(root.name, met)
            )
        except OSError as error:
            raise RootLeft from error
        lost = differences.vanished or differences.unreadable
        if lost and reach(root.path) is not Reach.THERE:
            raise RootLeft
        self._tally.walked(missing=0, unchanged=differences.unchanged)
        self._note_failures(root, differences.unreadable)
        return differences

    def _note_failures(self, root: Root, items: Sequence[Unreadable]) -> None:
        """Keep the rows of the root's failures true: new ones, and none of what is over."""
        failures = self._library.failures
        changes = Changes()
        unreadable = {item.path: item.message for item in items}
        with self._library.writing():
            over = failures.of_stage(root.id, "scan")
            if "" not in unreadable:
                over |= {
                    path
                    for path in failures.known(root.id)
                    if not os.path.lexists(os.path.join(root.path, path))
                }
            for path in over - unreadable.keys():
                changes |= failures.clear_file(root.id, path)
            for path, message in unreadable.items():
                changes |= failures.add(root.id, path, "scan", "bad input", message, 0, 0)
        if unreadable:
            self._tally.failed(len(unreadable))
        if changes:
            self._publish(changes)

    def _identify(
        self, root: Root, files: list[Found], vanished: Vanished, cancel: CancelToken
    ) -> None:
        """Settle files, newest first: they are what the person is most likely to look for."""
        files.sort(key=lambda found: found.stat.mtime_ns, reverse=True)
        identifier = Identifier(self._library, root, vanished)
        for batch in _batches(files):
            result = identifier.identify(batch, cancel, self._gate)
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
