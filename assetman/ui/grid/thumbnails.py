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
from assetman.ui.grid.pictures import CellSpec, cell_image
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


class ThumbnailLoader(QObject):
    """Keeps the thumbnails painted last, and decodes those that are wanted.

    Only the newest wish counts: what was scrolled past before its turn is never decoded.
    """

    arrived = Signal(str)  # path

    def __init__(self, parent: QObject, capacity: int = CAPACITY) -> None:
        super().__init__(parent)
        self._kept: OrderedDict[str, Thumbnail] = OrderedDict()
        self._bytes = 0
        self._capacity = capacity
        self._failed: set[tuple[str, CellSpec]] = set()
        self._queue: list[str] = []  # the next one last: decoders pop
        self._wanted: tuple[str, ...] = ()
        self._spec = CellSpec(1, 1)
        self._working: set[str] = set()
        self._young: set[str] = set()
        self.decoded = 0  # how many were decoded so far

    def get(self, path: str) -> Thumbnail | None:
        """Give what is here of a thumbnail, perhaps still in another size; decodes nothing."""
        found = self._kept.get(path)
        if found is not None:
            self._kept.move_to_end(path)
        return found

    def want(self, paths: Sequence[str], spec: CellSpec) -> None:
        """Say which thumbnails are on screen, most important first, and in what form."""
        if spec != self._spec:
            self._spec = spec
            self._failed.clear()
        self._wanted = tuple(paths)
        self._line_up()
        self._start()

    def forget(self, path: str) -> None:
        """Decode a thumbnail anew when it is next wanted; until then the old one serves."""
        self._failed = {key for key in self._failed if key[0] != path}
        if path in self._kept:
            kept = self._kept[path]
            self._kept[path] = replace(kept, spec=replace(kept.spec, width=0))

    def fading(self) -> list[str]:
        """List the thumbnails to be painted again because they are fading in."""
        now = time.monotonic()
        young = list(self._young)  # with those that have just become opaque: a last time
        for path in young:
            if path not in self._kept or self._kept[path].opacity(now) >= 1:
                self._young.discard(path)
        return young

    def _line_up(self) -> None:
        self._queue = [path for path in reversed(self._wanted) if self._lacks(path)]

    def _lacks(self, path: str) -> bool:
        if path in self._working or (path, self._spec) in self._failed:
            return False
        kept = self._kept.get(path)
        return kept is None or kept.spec != self._spec

    def _start(self) -> None:
        while len(self._working) < AT_ONCE and self._queue:
            path, spec = self._queue.pop(), self._spec
            self._working.add(path)
            job = Job(self, partial(cell_image, path, spec))
            job.on_done(partial(self._take, path, spec)).on_error(partial(self._fail, path, spec))
            job.start()

    def _take(self, path: str, spec: CellSpec, image: QImage) -> None:
        self._working.discard(path)
        self._keep(path, Thumbnail(image, spec))
        self.decoded += 1
        self.arrived.emit(path)
        if spec != self._spec:
            self._line_up()  # another size is wanted by now
        self._start()

    def _fail(self, path: str, spec: CellSpec, error: BaseException) -> None:
        self._working.discard(path)
        self._failed.add((path, spec))
        if not isinstance(error, AssetmanError):
            report(self, error)
        self._start()

    def _keep(self, path: str, thumbnail: Thumbnail) -> None:
        before = self._kept.pop(path, None)
        if before is not None:
            self._bytes -= before.image.sizeInBytes()
            thumbnail.since = before.since  # a sharper copy need not fade in again
        elif reduced_motion():
            thumbnail.since = 0.0
        else:
            self._young.add(path)
        self._kept[path] = thumbnail
        self._bytes += thumbnail.image.sizeInBytes()
        while self._bytes > self._capacity and len(self._kept) > 1:
            _, dropped = self._kept.popitem(last=False)
            self._bytes -= dropped.image.sizeInBytes()
