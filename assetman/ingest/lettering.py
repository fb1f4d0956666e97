"""Reading text in pictures and frames: after all else is done, one file after the other."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from assetman.core.assets import Box, Kind, Passage, PassageKind, SegmentKind
from assetman.core.changes import Changes
from assetman.core.errors import BadInput, WrongUse
from assetman.core.inputs import Excerpt, Fit, InputSpec
from assetman.core.lettering import ReadLine
from assetman.ingest.awaiting import awaited, is_as_known
from assetman.ingest.speech import Turn
from assetman.ingest.tally import Tally
from assetman.library.lettering import Unread
from assetman.library.library import Library
from assetman.library.segments import Segment
from assetman.media.handler import Decoder

_LEAST, _MOST = 640, 1600  # pixels of the longer side, of a picture as it is read
_FRAME = 960  # of a frame
_STEP = 160  # of sizes, so that few of them differ
_TINY = 24  # pixels; on what is smaller nothing can be read
_ALIKE = 4  # bits in which the looks of two frames differ that show the same
_AT_ONCE = 16  # files that are looked up together
_MOST_PASSAGES = 5000  # of a file
_NEAR = 0.8  # of a line's height: the room to the next one of the same block


class Reader(Protocol):
    """Reads the lines in (h, w, 3) uint8; `text_reader.TextReader` is one."""

    def read(self, pixels: np.ndarray) -> list[ReadLine]: ...

    def unload(self) -> None: ...


@dataclass(slots=True)
class _Reading:
    """A file that is read, a frame after the other, and what was read in it so far."""

    item: Unread
    shots: list[Segment]
    next: int = 0
    look: str | None = None  # of the frame that was read last
    shown: list[Passage] = field(default_factory=list)  # in that frame
    read: list[Passage] = field(default_factory=list)

    def keep(self, shot: Segment, found: list[tuple[str, Box]]) -> None:
        """Keep what a shot shows; what the one before showed too goes on."""
        start, end = shot.start or 0.0, max(shot.end or 0.0, shot.start or 0.0)
        before = {each.text: each for each in self.shown}
        self.shown = []
        for text, box in found:
            known = before.pop(text, None)
            if known is not None:
                self.read.remove(known)
            first = start if known is None else known.start
            passage = Passage(PassageKind.TEXT, text, first, end, box=box)
            self.shown.append(passage)
            self.read.append(passage)

    def go_on(self, shot: Segment) -> None:
        """Let what was read last be shown in a shot that looks the same."""
        self.keep(shot, [(each.text, each.box) for each in self.shown if each.box is not None])


class LetteringPass:
    """Goes through the pictures and films nobody has read. One is stored whole or not at all."""

    def __init__(
        self, library: Library, decoder: Decoder, publish: Callable[[Changes], None]
    ) -> None:
        self._library = library
        self._decoder = decoder
        self._publish = publish
        self._left: _Reading | None = None  # of which something else was wanted in the midst

    def run(self, reader: Reader, model: str, tally: Tally, turn: Turn) -> None:
        """Read until nothing is left, or something else is wanted.

        Raises Cancelled; what was begun and not stored begins again the next time.
        """
        lettering = self._library.lettering
        passed: list[int] = []  # that cannot be read just now
        try:
            while found := lettering.unread(model, _AT_ONCE, turn.visible(), passed):
                waiting = lettering.count_unread(model) - len(passed)
                for number, item in enumerate(found):
                    if turn.wanted():
                        return
                    tally.reading(os.path.basename(item.path), waiting - number)
                    if not self._read(self._again(item), reader, model, tally, turn):
                        passed.append(item.content_id)
        finally:
            reader.unload()

    def _again(self, item: Unread) -> _Reading:
        """Go on with what was left of it in the midst, if it is as it was then."""
        left = self._left
        if left is not None and left.item == item and is_as_known(item):
            self._left = None
            return left
        segments = self._library.segments.of_content(item.content_id)
        return _Reading(item, [each for each in segments if each.kind is SegmentKind.SHOT])

    def _read(
        self, reading: _Reading, reader: Reader, model: str, tally: Tally, turn: Turn
    ) -> bool:
        """Read one file; False where it is left for another time."""
        item = reading.item
        try:
            if item.kind is Kind.IMAGE:
                blocks = blocks_of(self._lines(item, None, reader, turn))
                reading.read = [
                    Passage(PassageKind.TEXT, text, 0.0, 0.0, box=box) for text, box in blocks
                ]
            while reading.next < len(reading.shots):
                if turn.wanted():
                    self._left = reading
                    return False
                self._look(reading, reader, turn)
                tally.reached(item.content_id, reading.next / len(reading.shots))
        except BadInput:
            pass  # what could be read is kept
        finally:
            tally.reached(item.content_id, None)
        if not is_as_known(item):
            return False  # its drive left, or it is another file by now
        try:
            read = reading.read[:_MOST_PASSAGES]
            changes = self._library.lettering.set(item.content_id, model, read)
        except WrongUse:  # its root was removed meanwhile
            return False
        tally.finished(1, item.size)
        self._publish(changes)
        return True

    def _look(self, reading: _Reading, reader: Reader, turn: Turn) -> None:
        """Read the frame of the next shot, unless it looks as the last one did."""
        shot = reading.shots[reading.next]
        if _differ(reading.look, shot.look) <= _ALIKE:
            reading.go_on(shot)
        else:
            reading.keep(shot, blocks_of(self._lines(reading.item, shot.at, reader, turn)))
            reading.look = shot.look
        reading.next += 1

    def _lines(self, item: Unread, at: float | None, reader: Reader, turn: Turn) -> list[ReadLine]:
        """Read the lines in a picture, or in the frame shown at a time."""
        width, height = item.width or 0, item.height or 0
        if min(width, height) < _TINY:
            return []
        turn.gate(turn.token)
        began = time.monotonic()
        most = _MOST if at is None else _FRAME
        size = -(-min(max(width, height, _LEAST), most) // _STEP) * _STEP
        spec = InputSpec(size, Fit.PAD)
        future = self._decoder.extract(item.path, (spec,), None, Excerpt(start=at))
        inputs = awaited(future, turn.token).inputs[spec]
        lines = reader.read(unpadded(inputs[0], width, height)) if len(inputs) else []
        turn.rest(turn.token, time.monotonic() - began)
        return lines


def unpadded(square: np.ndarray, width: int, height: int) -> np.ndarray:
    """Cut a picture of some size out of the square it was fitted in with padding around it."""
    size = len(square)
    ratio = max(width, height) / size
    across, down = max(1, round(width / ratio)), max(1, round(height / ratio))
    left, top = (size - across) // 2, (size - down) // 2
    return square[top : top + down, left : left + across]


def blocks_of(lines: Sequence[ReadLine]) -> list[tuple[str, Box]]:
    """Put lines that stand below or beside each other together, as a person reads them."""
    blocks: list[list[ReadLine]] = []
    for line in sorted(lines, key=lambda each: (each.box.top, each.box.left)):
        near = [block for block in blocks if any(_belong(line, other) for other in block)]
        if near:
            near[0].append(line)
        else:
            blocks.append([line])
    return [(_text(block), _around([line.box for line in block])) for block in blocks]


def _text(block: Sequence[ReadLine]) -> str:
    """Join the lines of a block; what stands beside each other is one line."""
    rows: list[list[ReadLine]] = []
    for line in block:
        middle = line.box.top + line.box.height / 2
        last = rows[-1][0].box if rows else None
        if last is not None and last.top <= middle <= last.top + last.height:
            rows[-1].append(line)
        else:
            rows.append([line])
    ordered = (sorted(row, key=lambda line: line.box.left) for row in rows)
    return "\n".join(" ".join(line.text for line in row) for row in ordered)


def _belong(line: ReadLine, other: ReadLine) -> bool:
    """Tell whether two lines are of one size and next to each other."""
    one, two = line.box, other.box
    height = min(one.height, two.height)
    if max(one.height, two.height) > 2 * height:
        return False
    down = max(one.top, two.top) - min(one.top + one.height, two.top + two.height)
    across = max(one.left, two.left) - min(one.left + one.width, two.left + two.width)
    if down < -height / 2:  # in one row
        return across < 2 * height
    return down < _NEAR * height and across < 0


def _around(boxes: Sequence[Box]) -> Box:
    left, top = min(box.left for box in boxes), min(box.top for box in boxes)
    right = max(box.left + box.width for box in boxes)
    bottom = max(box.top + box.height for box in boxes)
    return Box(left, top, min(right, 1.0) - left, min(bottom, 1.0) - top)


def _differ(one: str | None, other: str | None) -> int:
    """Count the bits in which two looks differ; many where one is not known."""
    if not one or not other:
        return 64
    return (int(one, 16) ^ int(other, 16)).bit_count()
