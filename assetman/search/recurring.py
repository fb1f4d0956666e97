"""What of films and sounds there is twice: likely ones by their marks, then by what is the same."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assetman.core.assets import Kind
from assetman.core.duplicates import Relation
from assetman.core.moments import clock
from assetman.library.timelines import Along, Sense
from assetman.search.aligning import Alignment, Span, align_films, align_sounds
from assetman.search.mark_index import Likely, MarkIndex
from assetman.search.marks import heard_marks, seen_marks

_SEEN = (10, 1.0)  # bits by which marks of copies differ at most, seconds by which offsets do
_HEARD = (18, 0.3)
_MOST = 40  # likely copies that are looked at closely, of each sense
_OFFSETS = 2  # of what sounds alike, at which films are looked at
_HELD = 64  # timelines that are kept for the next comparison
_PART = 0.95  # of a film; what shows less of it is a part
_PART_SECONDS = 1.0
_BARS = 0.05  # of the frame, by which bars differ that are worth a word
_CERTAIN = 4  # marks that have to be shared before more is decoded to be sure
_LONGEST = 600.0  # seconds of a film of which more is decoded

Marks = tuple[NDArray[np.void], NDArray[np.void]]  # what is seen, what is heard
KnownMarks = Callable[[Kind, Sense], Iterable[tuple[int, NDArray[np.void]]]]


@dataclass(frozen=True, slots=True)
class Doubt:
    """A pair of films that may be the same, of which too little is known to say so."""

    one: int
    other: int
    offsets: tuple[float, ...]


class Recurrence:
    """Finds the copies of films among films, and of sounds among sounds."""

    def __init__(self, kind: Kind, marks: KnownMarks, along: Callable[[int], Along]) -> None:
        """`along` gives the timeline of a content."""
        self._kind = kind
        self._along = along
        self._seen = MarkIndex(marks(kind, Sense.SEEN), *_SEEN)
        self._heard = MarkIndex(marks(kind, Sense.HEARD), *_HEARD)
        self._held: OrderedDict[int, Along] = OrderedDict()

    def marks_of(self, content_id: int) -> Marks:
        """Mark what is seen and heard along a content."""
        timeline = self._of(content_id).timeline
        return seen_marks(timeline), heard_marks(timeline)

    def add(self, content_id: int, marks: Marks) -> None:
        """Let a content be found from now on."""
        self._seen.add(content_id, marks[0])
        self._heard.add(content_id, marks[1])

    def forget(self, content_id: int) -> None:
        """Ask for the timeline of a content anew: it is another by now."""
        self._held.pop(content_id, None)

    def copies(self, content_id: int, marks: Marks) -> tuple[list[Relation], list[Doubt]]:
        """Find the copies of a content among those that were added, and what may be some."""
        found: list[Relation] = []
        doubts: list[Doubt] = []
        one = self._of(content_id)
        for other_id, places in self._likely(content_id, marks).items():
            other = self._of(other_id)
            alignment = self._align(one, other, places.offsets)
            if alignment is not None:
                found.append(_relation((content_id, one), (other_id, other), alignment))
            elif self._kind is Kind.VIDEO and _may_be(places, one, other):
                doubts.append(Doubt(content_id, other_id, places.offsets))
        return found, doubts

    def settled(self, doubt: Doubt) -> Relation | None:
        """Compare a pair once more, whose timelines say more by now."""
        one, other = ((each, self._of(each)) for each in (doubt.one, doubt.other))
        found = self._align(one[1], other[1], doubt.offsets)
        return None if found is None else _relation(one, other, found)

    def _align(self, one: Along, other: Along, offsets: tuple[float, ...]) -> Alignment | None:
        if self._kind is Kind.AUDIO:
            return align_sounds(one.timeline, other.timeline, offsets)
        ends = (one.duration, other.duration)
        behind = [ends[1] - ends[0]] if ends[0] and ends[1] else []
        return align_films(one.timeline, other.timeline, (*offsets, 0.0, *behind), ends)

    def _likely(self, content_id: int, marks: Marks) -> dict[int, Likely]:
        found: dict[int, Likely] = {}
        for index, own in ((self._seen, marks[0]), (self._heard, marks[1])):
            others = [each for each in index.likely(own) if each.content_id != content_id]
            for each in others[:_MOST]:
                before = found.get(each.content_id)
                found[each.content_id] = each if before is None else _joined(before, each)
        return found

    def _of(self, content_id: int) -> Along:
        if content_id in self._held:
            self._held.move_to_end(content_id)
            return self._held[content_id]
        along = self._held[content_id] = self._along(content_id)
        if len(self._held) > _HELD:
            self._held.popitem(last=False)
        return along


def _relation(one: tuple[int, Along], other: tuple[int, Along], found: Alignment) -> Relation:
    """Say how two contents differ; what one lacks of the other is told of it."""
    of_one = _lacking(found.other, other[1].duration)
    of_other = _lacking(found.one, one[1].duration)
    bars = [along.timeline.bars or 0.0 for _, along in (one, other)]
    if abs(bars[0] - bars[1]) > _BARS:
        (of_one if bars[0] > bars[1] else of_other).append("dark bars")
    mute = [not len(along.timeline.heard) for _, along in (one, other)]
    if mute[0] != mute[1]:
        (of_one if mute[0] else of_other).append("no sound")
    return Relation(
        one[0],
        other[0],
        found.strength,
        ("other sound",) if found.same_sound is False else (),
        tuple(of_one),
        tuple(of_other),
        (found.one, found.other),
    )


def _joined(seen: Likely, heard: Likely) -> Likely:
    offsets = (*heard.offsets[:_OFFSETS], *seen.offsets)
    return Likely(seen.content_id, seen.votes + heard.votes, offsets)


def _may_be(places: Likely, one: Along, other: Along) -> bool:
    """Tell whether it is worth while to decode more of two films to be sure."""
    lengths = one.duration, other.duration
    if not lengths[0] or not lengths[1] or max(lengths[0], lengths[1]) > _LONGEST:
        return False
    as_long = abs(lengths[0] - lengths[1]) < 0.3 + 0.01 * lengths[0]
    return places.votes >= _CERTAIN or as_long


def _lacking(span: Span, duration: float | None) -> list[str]:
    """Say which part of a content the other has, where that is not all of it."""
    seconds = span[1] - span[0]
    if not duration or seconds >= min(_PART * duration, duration - _PART_SECONDS):
        return []
    return [f"only {clock(span[0])} to {clock(span[1])}"]
