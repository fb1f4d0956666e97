"""The second half of a run: take pending contents through extract, embed, store, publish."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

import numpy as np

from assetman.core.changes import Changes
from assetman.core.errors import BadInput, Cancelled, EnvironmentProblem, WrongUse
from assetman.core.progress import CancelToken
from assetman.ingest.scan import has_left
from assetman.ingest.stages import (
    Extracted,
    ImageEncoder,
    Stored,
    Target,
    embed,
    extract,
    store,
)
from assetman.ingest.tally import Tally
from assetman.library.contents import Pending
from assetman.library.library import Library
from assetman.media.fingerprint import fingerprint
from assetman.media.handler import Decoder, Extraction
from assetman.media.thumbnails import ThumbnailCache

_FETCH = 256  # pending rows read at once
_BATCH_SECONDS = 0.4  # of encoding, on a CPU: work there comes in small batches
_BATCH = {True: (4, 64), False: (16, 256)}  # least and most files, cores shared or not
_COUNT_EVERY = 1.0  # seconds between two counts of what is pending


Mark = tuple[int, int, int, tuple[int, ...]]  # content, asset, mtime, spaces it lacked


@dataclass(frozen=True, slots=True)
class Tools:
    """What work on a file is done with."""

    library: Library
    thumbnails: ThumbnailCache
    decoder: Decoder
    encoder: ImageEncoder
    publish_vectors: Callable[[Stored], None]  # hands stored rows to the indexes
    publish: Callable[[Changes], None]
    decoders: int  # processes that decode
    shares_cores: Callable[[], bool]  # encoder and decoders compete for the same cores


class Worklist:
    """One run's work on pending contents; used by one thread.

    Where encoder and decoders share the cores they take turns, a batch each, while the batch
    before is being written; where the encoder has a device of its own, decoders run ahead.
    """

    def __init__(
        self,
        tools: Tools,
        targets: Sequence[Target],
        tally: Tally,
        cancel: CancelToken,
        visible: Callable[[], tuple[int, ...]] = tuple,
        gentle: Callable[[], bool] = bool,
    ) -> None:
        self._tools = tools
        self._targets = tuple(targets)
        self._tally = tally
        self._cancel = cancel
        self._visible = visible
        self._gentle = gentle
        self._seen_visible: tuple[int, ...] = ()
        self._fetched: deque[Pending] = deque()
        self._decoding: dict[Future[Extraction], Pending] = {}
        self._busy: set[int] = set()  # contents on their way
        self._roots: set[int] = set()  # those it worked on
        self._finished: set[Mark] = set()
        self._outdated: set[Mark] = set()  # files that are no longer what the catalogue knows
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="pipeline-store")
        self._writing: Future[None] | None = None
        self._batch = _BATCH[tools.shares_cores()][0] * 2
        self._counted = 0.0

    def step(self, more_to_come: bool = False, hurry: Callable[[], bool] = bool) -> bool:
        """Take one batch as far as the catalogue; False when nothing is left.

        `more_to_come`: new work may still turn up, so nothing now does not mean nothing left.
        `hurry` cuts the gathering of a batch short.
        """
        self._cancel.check()
        self._top_up()
        batch = self._gather(hurry)
        if not batch:
            return self._idle(more_to_come)
        if not self._tools.shares_cores():
            self._top_up()
        started = time.monotonic()
        vectors = embed(self._tools.encoder, batch, self._targets)
        self._resize(len(batch), time.monotonic() - started)
        self._settle()
        self._writing = self._writer.submit(self._store, batch, vectors)
        return True

    def aim_at(self, targets: Sequence[Target]) -> None:
        """Work for other spaces from now on: the person chose a model meanwhile."""
        if tuple(targets) != self._targets:
            self._targets = tuple(targets)
            self._fetched.clear()

    def survey_ended(self) -> None:
        """Try again what was put off: files that were gone or changed are what they are known as.

        What was finished may have been asked for anew.
        """
        self._outdated.clear()
        self._finished.clear()

    def close(self) -> None:
        """End decoders at once, let a write that has begun finish."""
        for future in self._decoding:
            future.cancel()
        self._decoding.clear()
        self._writer.shutdown(wait=True)

    def _idle(self, more_to_come: bool) -> bool:
        if self._decoding:
            return True
        self._settle()
        if self._fetched or self._busy:
            return True
        self._fetch()
        if self._fetched:
            return True
        if more_to_come:
            self._cancel.wait(0.05)
        elif self._tally.waiting:
            self._say_who_left()
        return more_to_come

    def _say_who_left(self) -> None:
        """Say of roots that went away why less was done than there was to do."""
        for root in self._tools.library.roots.all():
            if root.id in self._roots and not root.online:
                self._tally.left(root.name)

    # -- what to work on

    def _top_up(self) -> None:
        """Keep decoders in work, and no further ahead than memory should bear."""
        if self._gentle():
            self._batch = _BATCH[self._tools.shares_cores()][0]
            ahead = 1  # one decoder at work
        else:
            ahead = self._batch * (1 if self._tools.shares_cores() else 2) + self._tools.decoders
        if self._visible() != self._seen_visible:
            self._fetched.clear()
        while len(self._decoding) < ahead:
            if not self._fetched and not self._fetch():
                return
            item = self._fetched.popleft()
            if item.content_id in self._busy:
                continue
            self._busy.add(item.content_id)
            tools = self._tools
            future = extract(tools.decoder, tools.thumbnails, item, self._targets)
            self._decoding[future] = item

    def _fetch(self) -> bool:
        self._seen_visible = self._visible()
        contents = self._tools.library.contents
        spaces = [target.space_id for target in self._targets]
        rows = contents.pending(spaces, _FETCH, first=self._seen_visible, skip=self._busy)
        for item in rows:
            if _mark(item) in self._outdated:
                continue
            if _mark(item) in self._finished:
                # Done in this run and pending still: working on it for ever helps nobody.
                self._fail(item, "store", "bug", "Its result could not be stored.")
            else:
                self._roots.add(item.root_id)
                self._fetched.append(item)
        now = time.monotonic()
        if self._fetched or now - self._counted > _COUNT_EVERY:
            self._counted = now
            waiting, _ = contents.count_pending(spaces)
            if waiting:
                self._tally.indexing(self._label(), waiting)
        return bool(self._fetched)

    def _label(self) -> str:
        if not self._fetched:
            return ""
        try:
            return self._tools.library.roots.get(self._fetched[0].root_id).name
        except Exception:  # removed just now
            return ""

    # -- decoding

    def _gather(self, hurry: Callable[[], bool]) -> list[Extracted]:
        """Wait for a batch of decoded files: a full one, or all there are."""
        batch: list[Extracted] = []
        while self._decoding and len(batch) < self._batch:
            done, _ = wait(self._decoding, timeout=0.1, return_when=FIRST_COMPLETED)
            self._cancel.check()
            for future in done:
                item = self._decoding.pop(future)
                extracted = self._result(future, item)
                if extracted is not None:
                    batch.append(extracted)
            if hurry():
                break
        return batch

    def _result(self, future: Future[Extraction], item: Pending) -> Extracted | None:
        try:
            extraction = future.result()
        except BadInput as error:
            if not self._is_elsewhere(item) and not self._is_outdated(item):
                self._fail(item, "extract", "bad input", str(error))
            return None
        except (EnvironmentProblem, Cancelled):
            raise
        except Exception as error:
            self._fail(item, "extract", "bug", f"A mistake in Assetman: {error!r}")
            return None
        if self._is_outdated(item, extraction.opened):
            return None
        return Extracted(item, extraction)

    def _is_outdated(self, item: Pending, opened: tuple[int, int, int] | None = None) -> bool:
        """Put off a file written to since it was surveyed: the next survey says what it is now.

        Put off one, too, that had another's name just when it was `opened`.
        """
        if _is_unchanged(item, opened):
            return False
        self._busy.discard(item.content_id)
        self._outdated.add(_mark(item))
        return True

    def _is_elsewhere(self, item: Pending) -> bool:
        """Tell whether a file is gone with its root, and so did nothing wrong.

        A root whose drive was pulled out is offline; one that was relocated is read where it lies.
        """
        roots = self._tools.library.roots
        try:
            root = roots.get(item.root_id).path
            if not item.path.startswith(os.path.join(root, "")):
                self._busy.discard(item.content_id)
                self._fetched.clear()
                return True
            if not has_left(root, item.path):
                return False
            changes = roots.set_online(item.root_id, False)
        except WrongUse:
            return False  # the root was removed: `_fail` knows
        self._busy.discard(item.content_id)
        if changes:
            self._fetched.clear()
            self._tools.publish(changes)
        return True

    def _fail(self, item: Pending, stage: str, kind: str, message: str) -> None:
        self._busy.discard(item.content_id)
        library, size = self._tools.library, item.size
        try:
            with library.writing():
                if not os.path.lexists(item.path):
                    # It may turn up elsewhere: no fault of its bytes, to be tried again there.
                    self._outdated.add(_mark(item))
                    row = library.known.at(item.root_id, [item.relative]).get(item.relative)
                    if row is None or row.missing or row.asset_id != item.asset_id:
                        return  # as a survey knows already
                    size = -1
                changes = library.failures.add(
                    item.root_id, item.relative, stage, kind, message, size, item.mtime_ns
                )
        except WrongUse:
            return  # its root was removed, or became part of another: then it comes up again
        self._tally.finished(1, item.size, failed=1)
        self._tools.publish(changes)

    # -- writing

    def _store(self, batch: list[Extracted], vectors: dict[int, dict[int, np.ndarray]]) -> None:
        tools = self._tools
        stored = store(tools.library, batch, vectors)
        tools.publish_vectors(stored)
        self._finished.update(_mark(work.item) for work in batch)
        self._tally.finished(
            len(batch), sum(work.item.size for work in batch), embedded=stored.changes.embedded
        )
        tools.publish(stored.changes)
        self._busy.difference_update(work.item.content_id for work in batch)

    def _settle(self) -> None:
        """Wait for the write under way, and hear its errors."""
        if self._writing is not None:
            writing, self._writing = self._writing, None
            writing.result()

    def _resize(self, files: int, seconds: float) -> None:
        least, most = _BATCH[self._tools.shares_cores()]
        fitting = int(files * _BATCH_SECONDS / max(seconds, 1e-3))
        self._batch = max(least, min(most, fitting, self._batch * 2))


def _mark(item: Pending) -> Mark:
    return item.content_id, item.asset_id, item.mtime_ns, tuple(sorted(item.spaces))


def _is_unchanged(item: Pending, opened: tuple[int, int, int] | None) -> bool:
    """Tell whether the file at a path is the one that was surveyed, and that was `opened`.

    Files written in the same moment may have equal times and sizes, and then only the inode tells
    them apart. But some disks give new inodes each time they are plugged in: there the bytes tell.
    """
    try:
        stat = os.stat(item.path)
    except OSError:
        return True  # it was there to be decoded; that it is gone is the next survey's to say
    met = {(stat.st_size, stat.st_mtime_ns, stat.st_ino), *([opened] if opened else [])}
    if {each[:2] for each in met} != {(item.size, item.mtime_ns)}:
        return False
    inodes = {str(inode) for _, _, inode in met}
    if item.inode in inodes or item.inode == "0":
        return len(inodes) == 1
    try:
        return fingerprint(item.path).digest == item.key.partition("~")[0]
    except BadInput:
        return True  # as above
