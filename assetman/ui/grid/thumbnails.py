"""Thumbnails for the screen: decoded off the painting thread, what is visible first."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from assetman.core.errors import AssetmanError
from assetman.ui.grid.pictures import CellSpec, Source, cell_image
from assetman.ui.jobs import Job, report
from assetman.ui.theme import FADE_MS, reduced_motion

CAPACITY = 192 << 20  # bytes of decoded thumbnails
AT_ONCE = 3  # decoders; the engine has a use for the cores too


@dataclass(slots=True)
class Thumbnail:
    """A decoded thumbnail and since when it has been there."""

    image: QImage
    spec: CellSpec
    since: float = field(default_factory=time.monotonic)

    def opacity(self, now: float) -> float:
        """Give how far it has faded in, 0..1."""
        return min(1.0, (now - self.since) * 1000 / FADE_MS)

    def opacity_now(self) -> float:
        """Give how far it has faded in by now, 0..1."""
        return self.opacity(time.monotonic())


class ThumbnailLoader(QObject):
    """Keeps the thumbnails painted last, and decodes those that are wanted.

    Only the newest wish counts: what was scrolled past before its turn is never decoded.
    """

    arrived = Signal(object)  # its Source
    spoiled = Signal(object)  # the Source of one that cannot be decoded

    def __init__(self, parent: QObject, capacity: int = CAPACITY) -> None:
        super().__init__(parent)
        self._kept: OrderedDict[Source, Thumbnail] = OrderedDict()
        self._bytes = 0
        self._capacity = capacity
        self._failed: set[tuple[Source, CellSpec]] = set()
        self._queue: list[Source] = []  # the next one last: decoders pop
        self._wanted: tuple[Source, ...] = ()
        self._spec = CellSpec(1, 1)
        self._working: set[Source] = set()
        self._young: set[Source] = set()
        self.decoded = 0  # how many were decoded so far

    def get(self, source: Source) -> Thumbnail | None:
        """Give what is here of a thumbnail, perhaps still in another size; decodes nothing."""
        found = self._kept.get(source)
        if found is not None:
            self._kept.move_to_end(source)
        return found

    def want(self, sources: Sequence[Source], spec: CellSpec) -> None:
        """Say which thumbnails are on screen, most important first, and in what form."""
        if spec != self._spec:
            self._spec = spec
            self._failed.clear()
        self._wanted = tuple(sources)
        self._line_up()
        self._start()

    def forget(self, source: Source) -> None:
        """Decode a thumbnail anew when it is next wanted; until then the old one serves."""
        self._failed = {key for key in self._failed if key[0] != source}
        if source in self._kept:
            kept = self._kept[source]
            self._kept[source] = replace(kept, spec=replace(kept.spec, width=0))

    def failed(self, source: Source) -> bool:
        """Tell whether a thumbnail could not be decoded."""
        return (source, self._spec) in self._failed

    def fading(self) -> list[Source]:
        """List the thumbnails to be painted again because they are fading in."""
        now = time.monotonic()
        young = list(self._young)  # with those that have just become opaque: a last time
        for source in young:
            if source not in self._kept or self._kept[source].opacity(now) >= 1:
                self._young.discard(source)
        return young

    def _line_up(self) -> None:
        self._queue = [source for source in reversed(self._wanted) if self._lacks(source)]

    def _lacks(self, source: Source) -> bool:
        if source in self._working or (source, self._spec) in self._failed:
            return False
        kept = self._kept.get(source)
        return kept is None or kept.spec != self._spec

    def _start(self) -> None:
        while len(self._working) < AT_ONCE and self._queue:
            source, spec = self._queue.pop(), self._spec
            self._working.add(source)
            job = Job(self, partial(cell_image, source, spec))
            job.on_done(partial(self._take, source, spec)).on_error(
                partial(self._fail, source, spec)
            )
            job.start()

    def _take(self, source: Source, spec: CellSpec, image: QImage) -> None:
        self._working.discard(source)
        self._keep(source, Thumbnail(image, spec))
        self.decoded += 1
        self.arrived.emit(source)
        if spec != self._spec:
            self._line_up()  # another size is wanted by now
        self._start()

    def _fail(self, source: Source, spec: CellSpec, error: BaseException) -> None:
        self._working.discard(source)
        self._failed.add((source, spec))
        if not isinstance(error, AssetmanError):
            report(self, error)
        self.spoiled.emit(source)
        self._start()

    def _keep(self, source: Source, thumbnail: Thumbnail) -> None:
        before = self._kept.pop(source, None)
        if before is not None:
            self._bytes -= before.image.sizeInBytes()
            thumbnail.since = before.since  # a sharper copy need not fade in again
        elif reduced_motion():
            thumbnail.since = 0.0
        else:
            self._young.add(source)
        self._kept[source] = thumbnail
        self._bytes += thumbnail.image.sizeInBytes()
        while self._bytes > self._capacity and len(self._kept) > 1:
            _, dropped = self._kept.popitem(last=False)
            self._bytes -= dropped.image.sizeInBytes()
