"""The second half of a run: take pending contents through extract, embed, store, publish."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass

from assetman.core.changes import Changes
from assetman.core.errors import BadInput, Cancelled, EnvironmentProblem
from assetman.core.inputs import Modality
from assetman.core.progress import CancelToken
from assetman.ingest.agenda import Agenda
from assetman.ingest.batches import Batches
from assetman.ingest.reading import Backlog, Portion, Reading, Target
from assetman.ingest.room import Room
from assetman.ingest.stages import SegmentEncoder, Stored, embed, extract, store, take
from assetman.ingest.tally import Tally
from assetman.ingest.verdicts import Verdicts
from assetman.library.contents import Pending
from assetman.library.library import Library
from assetman.media.handler import Decoder, Extraction
from assetman.media.thumbnails import ThumbnailCache


@dataclass(frozen=True, slots=True)
class Tools:
    """What work on a file is done with."""

    library: Library
    thumbnails: ThumbnailCache
    decoder: Decoder
    encoder: SegmentEncoder
    publish_vectors: Callable[[Stored], None]  # hands stored rows to the indexes
    publish: Callable[[Changes], None]
    decoders: int  # processes that decode
    shares_cores: Callable[[], bool]  # encoder and decoders compete for the same cores
    # Reads what lies beside the files of contents that were just stored.
    describe: Callable[[Sequence[int], CancelToken], None] = lambda content_ids, cancel: None


class Worklist:
    """One run's work on pending contents; used by one thread.

    Where encoder and decoders share the cores they take turns, a batch each, while the batch
    before is being written; where the encoder has a device of its own, decoders run ahead.

    A film or a sound goes through a stretch at a time: its next stretch is decoded while what
    the last gave is embedded, behind the pictures that wait for a decoder. As many films are read
    at once as there are decoders, and as many more that the person sees, and about as many sounds:
    five minutes of one take a hundred megabytes. It is stored whole.
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
        self._tally = tally
        self._cancel = cancel
        self._gentle = gentle
        self._agenda = Agenda(tools.library, targets, tally, visible, self._unstorable)
        self._verdicts = Verdicts(tools.library, self._agenda, tally, tools.publish)
        self._decoding: dict[Future[Extraction], Reading] = {}
        self._going_on: deque[Reading] = deque()  # those of them whose next stretch is due
        self._backlog = Backlog()
        self._room = Room(self._backlog, self._decoding, tools.decoders, gentle)
        self._complete: list[Reading] = []  # to be stored
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="pipeline-store")
        self._writing: Future[None] | None = None
        self._batches = Batches(tools.shares_cores())
        self._film_before = False  # whether the last file a gentle decoder took was a film

    def step(self, more_to_come: bool = False, hurry: Callable[[], bool] = bool) -> bool:
        """Take one batch as far as it goes; False when nothing is left.

        `more_to_come`: new work may still turn up, so nothing now does not mean nothing left.
        `hurry` cuts the gathering of a batch short.
        """
        self._cancel.check()
        self._top_up()
        self._gather(hurry)
        batch = self._batches.take(self._backlog)
        if not batch and not self._complete:
            return self._idle(more_to_come)
        if batch:
            self._embed(batch)
        if self._complete:
            complete, self._complete = self._complete, []
            self._settle()
            self._writing = self._writer.submit(self._store, complete)
        return True

    def aim_at(self, targets: Sequence[Target]) -> None:
        """Work for other spaces from now on: the person chose a model meanwhile."""
        self._agenda.aim_at(targets)

    def survey_ended(self) -> None:
        """Try again what was put off: files that were gone or changed are what they are known as.

        What was finished may have been asked for anew.
        """
        self._agenda.survey_ended()

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
        if self._agenda.open or self._agenda.fetch():
            return True
        if more_to_come:
            self._cancel.wait(0.05)
        elif self._tally.waiting:
            self._agenda.say_who_left()
        return more_to_come

    # -- decoding

    def _top_up(self) -> None:
        """Keep decoders in work, and no further ahead than memory should bear."""
        if self._gentle():
            self._batches.shrink(self._tools.shares_cores())
            if not self._decoding:
                self._take_turns()
            return
        self._go_on()
        batch = self._batches.of(Modality.IMAGE)
        ahead = batch * (1 if self._tools.shares_cores() else 2) + self._tools.decoders
        while len(self._decoding) < ahead and self._begin():
            pass

    def _take_turns(self) -> None:
        """Put one decoder to work, on a film that was begun and on another file in turn."""
        turn = not self._film_before
        self._film_before = turn and bool(self._going_on)
        if not self._film_before and not self._begin():
            self._film_before = True
        if self._film_before and self._going_on:
            self._decode(self._going_on.popleft())

    def _begin(self) -> bool:
        item = self._agenda.next(self._room.is_there)
        if item is None:
            return False
        reading = Reading.of(item, self._agenda.targets)
        self._room.enter(reading)
        self._decode(reading)
        return True

    def _go_on(self) -> None:
        """Decode the next stretches of what is long."""
        while self._going_on and not self._room.is_full:
            self._decode(self._going_on.popleft())

    def _keep_busy(self) -> None:
        """Begin more while a batch is waited for: of sounds few are begun ahead."""
        undone = sum(not future.done() for future in self._decoding)
        while undone <= self._tools.decoders and self._begin():
            undone += 1

    def _decode(self, reading: Reading) -> None:
        future = extract(self._tools.decoder, self._tools.thumbnails, reading)
        self._decoding[future] = reading

    def _gather(self, hurry: Callable[[], bool]) -> None:
        """Wait for a batch of what is decoded: a full one, or all there is.

        What is there does not wait for a film, whose next stretch may take its time.
        """
        while self._decoding and not self._batches.full(self._backlog):
            waits = len(self._backlog) or self._complete
            only_long = all(reading.is_long for reading in self._decoding.values())
            if only_long and waits:
                break
            done, _ = wait(self._decoding, timeout=0.1, return_when=FIRST_COMPLETED)
            self._cancel.check()
            for future in done:
                self._take(future, self._decoding.pop(future))
            if hurry() or (only_long and not done):  # there may be something else to do by now
                break
            if not self._gentle():
                self._go_on()
                self._keep_busy()

    def _take(self, future: Future[Extraction], reading: Reading) -> None:
        """Take what a decoder gave, or hear why it gave nothing."""
        item = reading.item
        try:
            extraction = future.result()
            if self._verdicts.is_outdated(item, extraction.opened):
                self._drop(reading)
                return
            portions = take(self._tools.thumbnails, reading, extraction)
        except BadInput as error:
            self._blame(reading, str(error))
        except (EnvironmentProblem, Cancelled):
            raise
        except Exception as error:
            self._drop(reading)
            self._verdicts.fail(item, "extract", "bug", f"A mistake in Assetman: {error!r}")
        else:
            self._add(reading, portions)

    def _blame(self, reading: Reading, why: str) -> None:
        """Let a file fail that cannot be read; of a long one, keep what was read before."""
        item, verdicts = reading.item, self._verdicts
        if verdicts.is_elsewhere(item) or verdicts.is_outdated(item):
            self._drop(reading)
        elif reading.stretch.number and verdicts.can_keep(reading):
            reading.end(why)
            self._add(reading, [])
        else:
            self._drop(reading)
            verdicts.fail(item, "extract", "bad input", why)

    def _add(self, reading: Reading, portions: list[Portion]) -> None:
        """Put what was decoded where it waits for the encoder, and its file where it goes on."""
        for portion in portions:
            self._backlog.add(portion)
        if reading.is_long:
            self._tally.reached(reading.item.content_id, reading.share)
        if not reading.read:
            self._going_on.append(reading)
            return
        self._room.leave(reading)
        if reading.complete:
            self._complete.append(reading)

    def _drop(self, reading: Reading) -> None:
        reading.dropped = True
        self._room.leave(reading)
        self._tally.reached(reading.item.content_id, None)

    def _unstorable(self, item: Pending) -> None:
        self._verdicts.fail(item, "store", "bug", "Its result could not be stored.")

    # -- encoding and writing

    def _embed(self, batch: list[Portion]) -> None:
        shared = self._tools.shares_cores()
        if not shared:
            self._top_up()
        started = time.monotonic()
        embed(self._tools.encoder, batch)
        self._batches.took(batch, time.monotonic() - started, shared)
        readings = dict.fromkeys(portion.reading for portion in batch)
        self._complete += [reading for reading in readings if reading.complete]

    def _store(self, batch: list[Reading]) -> None:
        tools, items = self._tools, [reading.item for reading in batch]
        stored = store(tools.library, batch)
        tools.publish_vectors(stored)
        self._agenda.finish(items)
        for item in items:
            self._tally.reached(item.content_id, None)
        self._tally.finished(
            len(items), sum(item.size for item in items), embedded=stored.changes.embedded
        )
        tools.publish(stored.changes)
        with suppress(Cancelled):  # the next run reads it
            tools.describe([item.content_id for item in items], self._cancel)

    def _settle(self) -> None:
        """Wait for the write under way, and hear its errors."""
        if self._writing is not None:
            writing, self._writing = self._writing, None
            writing.result()
