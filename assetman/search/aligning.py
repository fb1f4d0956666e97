"""Whether two films, or two sounds, are the same, and which seconds of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from assetman.core.timelines import LEAD, Timeline
from assetman.search.hearing import FINE_STEP, STEP, Rows, coarse, flow, is_fine, rows_of
from assetman.search.marks import LIVELY

Span = tuple[float, float]  # seconds

# Films. Frames are compared as unit vectors of their grey levels.
_SAME = 0.90  # the product of two frames that show the same
_LEAST_SAME = 0.6  # the same where a film moves fast, so that no two frames are alike
_NEAR = 0.8  # seconds by which frames lie apart and may still be the same
_FAR = 12.0  # seconds between two frames, between which a third is looked for
_COUNTED = 4.0  # seconds that one frame counts for at most
_WRONG = 2.5  # how much more a frame counts that is not the same
_KNOWN = 0.4  # of the shorter one, of which it has to be known
_COVERED = 0.6  # of the shorter one, that has to be the same
_MOVED = 0.004  # of what is seen, that changes in it; less is a picture that stands still
_HARDLY = 0.00005  # the same; less is how numbers are rounded
_A_LITTLE = 0.3  # how alike the little has to change that changes in two that stand still
_TOGETHER = 0.6  # how alike the changes of two films have to be
_STILL = 0.985  # the product of frames of two that stand still
_VERY_STILL = 0.9998  # the same, where what changes says nothing
_PAIRS = 60_000_000  # of frames that are compared at once

# Sounds.
_PIECE = 21  # rows that are compared at once, about two seconds
_ALIKE = 0.38  # the correlation of pieces that are the same
_WHOLE = 0.45  # of all that is the same
_SHORT = 2.5  # seconds; what is shorter is compared as a whole
_SHORT_ENOUGH = 10.0  # seconds; what is shorter may be
_SHORT_ALIKE = 0.6
_SHORT_WHOLE = 0.85  # of both, that has to be the same where they are short
_REFINED = 4  # rows to both sides of where it is guessed
_EDGE = 8  # rows of silence, that a short sound is thought to begin and to end with
_LEEWAY = 3  # rows by which the beginnings of short ones may be missed
_HEARD = 35.0  # a level of a short sound that counts, of 138
_FAINT = 1.0  # power of a change that says nothing


@dataclass(frozen=True, slots=True)
class Alignment:
    """Seconds of one and of the other that are the same, and how sure that is, 0..1."""

    one: Span
    other: Span
    strength: float
    covered: float  # of the shorter one
    same_sound: bool | None = None  # of films; None: that cannot be said


class Seen:
    """A film's frames, ready to be compared."""

    def __init__(self, timeline: Timeline, end: float | None) -> None:
        looks = timeline.looks
        grids = looks["grid"].astype(np.float32)
        grids -= grids.mean(axis=1, keepdims=True)
        lengths = np.linalg.norm(grids, axis=1)
        self.times = looks["time"].astype(np.float64)
        self.lively = lengths / np.sqrt(grids.shape[1]) >= LIVELY
        self.units = grids / np.maximum(lengths, 1e-6)[:, None]
        after = (self.units[1:] * self.units[:-1]).sum(axis=1)
        around = np.minimum(np.append(after, 1.0), np.append(1.0, after))
        self.steady = np.clip(around, _LEAST_SAME, _SAME)  # what its like has to be, as it moves
        gaps = np.diff(self.times, append=self.times[-1:] + 0.5)
        self.seconds = np.minimum(gaps, _COUNTED)  # that each frame counts for
        self.end = end or float(self.times[-1:].sum() + self.seconds[-1:].sum())

    @property
    def shown(self) -> float:
        """Give the seconds in which something can be seen."""
        return float(self.seconds[self.lively].sum())


def align_films(
    one: Timeline,
    other: Timeline,
    offsets: Sequence[float],
    ends: tuple[float | None, float | None] = (None, None),
) -> Alignment | None:
    """Find what two films both show; None where that does not make them copies.

    An offset says how much later something is in `other`. `ends` are the lengths in seconds,
    where they are known.
    """
    mine, theirs = Seen(one, ends[0]), Seen(other, ends[1])
    if theirs.shown > mine.shown:  # it is looked at how much of the shorter one is the same
        turned = align_films(other, one, [-offset for offset in offsets], (ends[1], ends[0]))
        return turned and replace(turned, one=turned.other, other=turned.one)
    if not theirs.shown or len(mine.times) * len(theirs.times) > _PAIRS:
        return None
    alike = mine.units @ theirs.units.T
    found = [
        each
        for offset in dict.fromkeys(round(offset, 1) for offset in offsets)
        if (each := _shown_at(mine, theirs, alike, offset)) is not None
    ]
    if not found:
        return None
    # Ears tell when more exactly than eyes: what moves slowly fits at more than one place.
    heard = [replace(each, same_sound=_same_sound(one, other, each)) for each in found]
    return max(heard, key=lambda each: (each.same_sound is True, each.covered * each.strength))


def _shown_at(
    mine: Seen, theirs: Seen, alike: NDArray[np.float32], offset: float
) -> Alignment | None:
    partners, likeness = _partners(mine, theirs, alike, offset)
    known = theirs.lively & np.isfinite(likeness)
    beyond = theirs.lively & (
        (theirs.times < offset - _NEAR) | (theirs.times > offset + mine.end + _NEAR)
    )
    same = known & (likeness >= np.minimum(mine.steady[partners], theirs.steady))
    worth = np.where(same, theirs.seconds, np.where(known, -_WRONG * theirs.seconds, 0.0))
    first, last = _best_run(worth)
    pairs = [n for n in range(first, last) if same[n]]
    compared = float(theirs.seconds[known | beyond].sum())
    if len(pairs) < 2 or compared < _KNOWN * theirs.shown:
        return None
    covered = float(theirs.seconds[pairs].sum()) / compared
    if covered < _COVERED:
        return None
    moved, together = _together(mine.units[partners[pairs]], theirs.units[pairs])
    if moved < _MOVED:  # nothing moves: only what is whole, and just the same, is a copy
        whole = abs(mine.end - theirs.end) < 0.02 * mine.end + 0.3 and abs(offset) <= 0.3
        other = moved >= _HARDLY and together < _A_LITTLE  # a camera that stands still
        together = float(likeness[pairs].mean()) if whole else 0.0
        if together < (_VERY_STILL if other else _STILL):
            return None
    if together < _TOGETHER:
        return None
    start, end = _reach(mine, theirs, (first, last), offset)
    return Alignment((start, end), (start + offset, end + offset), 0.9 + 0.1 * together, covered)


def _partners(
    mine: Seen, theirs: Seen, alike: NDArray[np.float32], offset: float
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Give for each of their frames the frame of mine that it is most like, and how much.

    Frames far from any are like neither: minus infinity where the two beside it do not say so.
    """
    wanted = theirs.times - offset
    behind = np.searchsorted(mine.times, wanted)
    columns = np.arange(len(wanted))
    likeness = np.full(len(wanted), -np.inf)
    partners = np.zeros(len(wanted), np.int64)
    for step in (-2, -1, 0, 1):
        rows = np.clip(behind + step, 0, len(mine.times) - 1)
        near = np.abs(mine.times[rows] - wanted) <= _NEAR
        value = np.where(near, alike[rows, columns], -np.inf)
        better = value > likeness
        likeness[better], partners[better] = value[better], rows[better]
    before, after = np.clip(behind - 1, 0, None), np.clip(behind, None, len(mine.times) - 1)
    between = (
        ~np.isfinite(likeness)
        & (behind > 0)
        & (behind < len(mine.times))
        & (mine.times[after] - mine.times[before] <= _FAR)
    )
    for rows in (before, after):  # what lies between two that are like it is like it
        value = np.where(between, alike[rows, columns], -np.inf)
        better = (value > likeness) & (value >= theirs.steady)
        likeness[better], partners[better] = value[better], rows[better]
    return partners, likeness


def _best_run(worth: NDArray[np.floating]) -> tuple[int, int]:
    """Find the run that is worth most: first and end."""
    best, span, total, begin = 0.0, (0, 0), 0.0, 0
    for number, value in enumerate(worth):
        if total <= 0:
            total, begin = 0.0, number
        total += float(value)
        if total > best:
            best, span = total, (begin, number + 1)
    return span


def _together(mine: NDArray[np.float32], theirs: NDArray[np.float32]) -> tuple[float, float]:
    """Say how much two films change, the less of both, and how alike, frame by frame."""
    mine, theirs = mine - mine.mean(axis=0), theirs - theirs.mean(axis=0)
    moved = [float((each**2).sum(axis=1).mean()) for each in (mine, theirs)]
    both = float(np.sqrt((mine**2).sum() * (theirs**2).sum()))
    return min(moved), float((mine * theirs).sum()) / both if both else 0.0


def _reach(mine: Seen, theirs: Seen, run: tuple[int, int], offset: float) -> Span:
    """Say from when to when, as mine counts; to the ends where the next frame lies beyond."""
    first, last = run
    least, most = max(0.0, -offset), min(mine.end, theirs.end - offset)
    start = float(theirs.times[first]) - offset
    end = float(theirs.times[last - 1] + theirs.seconds[last - 1]) - offset
    if start - least < _COUNTED:
        start = least
    if most - end < _COUNTED:
        end = most
    return max(start, least), min(max(end, start), most)


def _same_sound(one: Timeline, other: Timeline, found: Alignment) -> bool | None:
    """Say whether two films sound the same in the seconds that look the same."""
    mine, theirs = (
        coarse(film)[round((span[0] + LEAD) / STEP) : round((span[1] + LEAD) / STEP)]
        for film, span in ((one, found.one), (other, found.other))
    )
    values = [
        value
        for shift in range(-_REFINED, _REFINED + 1)
        if (value := _correlation(*_beside(flow(mine), flow(theirs), shift))) is not None
    ]
    return max(values) >= _ALIKE if values else None


def align_sounds(one: Timeline, other: Timeline, offsets: Sequence[float]) -> Alignment | None:
    """Find what is heard in two sounds; None where that does not make them copies."""
    mine, theirs = coarse(one), coarse(other)
    shorter = min(_moving(mine), _moving(theirs)) * STEP
    if shorter < _SHORT_ENOUGH and (found := _align_short(one, other)) is not None:
        return found
    if shorter < _SHORT:
        return None
    phases = [(theirs, 0.0)]
    if is_fine(other):
        phases.append((rows_of(other)[1::2], FINE_STEP))
    best: Alignment | None = None
    for offset in offsets:
        found = _heard_at(mine, phases, round(offset / STEP))
        if found is not None and (best is None or found.covered > best.covered):
            best = found
    return best


def _heard_at(mine: Rows, phases: Sequence[tuple[Rows, float]], guess: int) -> Alignment | None:
    tried = [
        (value, theirs, shift, late)
        for theirs, late in phases
        for shift in range(guess - _REFINED, guess + _REFINED + 1)
        if (value := _correlation(*_beside(flow(mine), flow(theirs), shift))) is not None
    ]
    if not tried:
        return None
    _, theirs, shift, late = max(tried, key=lambda each: each[0])
    shorter = min(_moving(mine), _moving(theirs))
    part, peer = _beside(flow(mine), flow(theirs), shift)
    run = _alike_run(part, peer)
    if run is None:
        return None
    begin, end = run
    covered = min(_moved(part[begin:end]), _moved(peer[begin:end])) / max(shorter, 1)
    whole = _correlation(part[begin:end], peer[begin:end])
    if covered < _COVERED or whole is None or whole < _WHOLE:
        return None
    first = max(0, -shift)
    start, stop = max(0.0, (first + begin) * STEP - LEAD), (first + end + 1) * STEP - LEAD
    away = shift * STEP + late
    strength = 0.9 + 0.1 * min(1.0, whole)
    return Alignment((start, stop), (start + away, stop + away), strength, min(1.0, covered))


def _alike_run(one: Rows, other: Rows) -> tuple[int, int] | None:
    """Find the rows, first and end, whose pieces are alike for the most part."""
    edges = [*range(0, len(one), _PIECE), len(one)]
    worth = np.zeros(len(edges) - 1)
    for number, (first, end) in enumerate(pairwise(edges)):
        value = _correlation(one[first:end], other[first:end])
        if value is not None:
            worth[number] = (end - first) * (1.0 if value >= _ALIKE else -1.5)
    first, last = _best_run(worth)
    return (edges[first], edges[last]) if last > first else None


def _align_short(one: Timeline, other: Timeline) -> Alignment | None:
    """Compare what is too short to have parts: all of both has to be the same."""
    if not (is_fine(one) and is_fine(other)):
        return None
    mine, theirs = (
        np.pad(_sounding(rows_of(each)), ((_EDGE, _EDGE), (0, 0))) for each in (one, other)
    )
    lengths = [len(each) - 2 * _EDGE for each in (mine, theirs)]
    if min(lengths) < _SHORT_WHOLE * max(lengths) - _LEEWAY:
        return None
    best = None
    for shift in range(len(theirs) - len(mine) - _LEEWAY, _LEEWAY + 1):
        changes = _correlation(*_beside(flow(mine, 2), flow(theirs, 2), shift))
        levels = _correlation(*(each - each.mean() for each in _beside(mine, theirs, shift)))
        if changes is not None and levels is not None:
            best = max(best or (0.0, 0.0, 0), (min(changes, levels), changes, shift))
    if best is None or best[0] < _SHORT_ALIKE:
        return None
    begins = [max(0.0, _begin(rows_of(each)) * FINE_STEP - LEAD) for each in (one, other)]
    spans = [
        (begin, begin + length * FINE_STEP) for begin, length in zip(begins, lengths, strict=True)
    ]
    return Alignment(spans[0], spans[1], 0.9 + 0.1 * best[0], 1.0)


def _sounding(rows: Rows) -> Rows:
    """Leave out the silence before and behind."""
    loud = np.flatnonzero(rows.max(axis=1, initial=0.0) >= _HEARD)
    return rows[loud[0] : loud[-1] + 1] if len(loud) else rows[:0]


def _begin(rows: Rows) -> int:
    return int(np.flatnonzero(rows.max(axis=1, initial=0.0) >= _HEARD)[0])


def _beside(one: Rows, other: Rows, shift: int) -> tuple[Rows, Rows]:
    """Lay rows beside each other, those of the other `shift` rows later; give what both have."""
    first, begin = max(0, -shift), max(0, shift)
    count = max(0, min(len(one) - first, len(other) - begin))
    return one[first : first + count], other[begin : begin + count]


def _moving(rows: Rows) -> int:
    return _moved(flow(rows))


def _moved(moving: Rows) -> int:
    """Count the rows in which something changes."""
    return int((np.abs(moving).mean(axis=1) >= 1.0).sum()) if len(moving) else 0


def _correlation(one: Rows, other: Rows) -> float | None:
    """Correlate what changes; None where hardly anything does."""
    powers = float((one**2).sum()), float((other**2).sum())
    if min(powers) < _FAINT * one.size or not one.size:
        return None
    return float((one * other).sum() / np.sqrt(powers[0] * powers[1]))
