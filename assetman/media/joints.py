"""Where one scene becomes another in a run of frames: cuts, dissolves, fades."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from assetman.media.looks import Look, difference

Floats = NDArray[np.float32]

SHORTEST = 0.28  # seconds; no scene is shorter
_CUT = 0.11  # the least difference of neighbours that may be a cut
_JUMP = 2.2  # times as large as any other near it, and it is one
_SPREAD = 0.4  # the least share of the picture that a cut changes
_MOST = 0.8  # or of what is not the ground it stands on
_NEAR = 0.32  # seconds; what is near it
_FLASH = 0.6  # seconds; what is over sooner, and all as before, is no scene
_WINDOWS = (0.4, 0.6, 0.84, 1.2, 1.6, 2.0, 2.6)  # seconds that a dissolve may take
_STEP = 0.12  # seconds between places where a dissolve is looked for
_OTHER = 0.25  # the least difference of what a dissolve joins
_LOOSE = 0.42  # how far what lies between may be from a mixture of both
_LONGEST_FADE = 2.0  # seconds from black to all light
_LIGHTER = 0.6  # grey levels that each frame of a fade is lighter
_SURE = 0.12  # the least rate of a dissolve


@dataclass(frozen=True, slots=True)
class Joint:
    """One scene ends at `start` and the other has come whole at `end`; a cut has both alike."""

    start: float  # seconds
    end: float
    change: float  # how different the scenes are, 0..1
    black: tuple[float, float] | None = None  # seconds; from when to when nothing is shown

    @property
    def middle(self) -> float:
        start, end = self.black or (self.start, self.end)
        return (start + end) / 2


def joints_of(run: Sequence[Look], before: Look | None = None) -> list[Joint]:
    """Find the joints in frames that follow each other closely, in order.

    `before` is the last that is known from before the run, however long before.
    """
    if len(run) < 2:
        return []
    fades, cuts = fades_of(run), cuts_of(run, before)
    return parted(fades + cuts + _dissolves(run, cuts))


def parted(joints: Sequence[Joint]) -> list[Joint]:
    """Of joints closer together than a scene can be short, keep the one that changes most."""
    kept: list[Joint] = []
    for joint in sorted(joints, key=lambda j: (j.black is None, -j.change, j.start)):
        if all(joint.start > o.end + SHORTEST or joint.end < o.start - SHORTEST for o in kept):
            kept.append(joint)
    return sorted(kept, key=lambda joint: joint.start)


def fades_of(run: Sequence[Look]) -> list[Joint]:
    """Find where the picture goes black and comes back."""
    found: list[Joint] = []
    index = 0
    while index < len(run):
        first = index
        while index < len(run) and run[index].black:
            index += 1
        if 0 < first < index < len(run):
            change = difference(run[first - 1], run[index])
            start, end = _slope(run, first, -1), _slope(run, index - 1, 1)
            black = (run[first].time, run[index].time)
            found.append(Joint(start, end, change, black))
        index += 1
    return found


def _slope(run: Sequence[Look], index: int, way: int) -> float:
    """Give the time at which the light begins to go, or has come."""
    bottom = run[index].time
    while 0 <= index + way < len(run) and abs(run[index].time - bottom) < _LONGEST_FADE:
        if run[index + way].mean < run[index].mean + _LIGHTER:
            break
        index += way
    return run[index].time


def cuts_of(run: Sequence[Look], known: Look | None = None) -> list[Joint]:
    """Find where a frame is nothing like the one before it, and stays so."""
    steps = np.array([difference(a, b) for a, b in pairwise(run)])
    times = np.array([look.time for look in run])
    found: list[Joint] = []
    for index in np.flatnonzero(steps >= _CUT).tolist():
        here = times[index + 1]
        near = (np.abs(times[1:] - here) <= _NEAR) & (np.arange(len(steps)) != index)
        others = np.sort(steps[near])
        rest = float(others[-1]) if len(others) else 0.0
        usual = float(np.median(others)) if len(others) else 0.0
        jumps = steps[index] >= _JUMP * usual and steps[index] >= 1.5 * rest
        if not jumps and steps[index] < 3 * usual + 0.1:
            continue
        if _is_spread(run[index], run[index + 1]) and not _passes(run, index, known):
            found.append(Joint(float(here), float(here), float(steps[index])))
    return found


def _is_spread(one: Look, other: Look) -> bool:
    """Say whether most changed of what is not ground: a caption changes little of a picture."""
    before, after = one.blurred.reshape(-1, 3), other.blurred.reshape(-1, 3)
    changed = np.abs(before - after).max(1) > 12
    shown = np.zeros(len(changed), bool)
    for picture in (before, after):
        shown |= np.abs(picture - np.median(picture, axis=0)).max(1) > 12
    return bool(changed.mean() >= _SPREAD or changed[shown].sum() >= _MOST * max(shown.sum(), 8))


def _passes(run: Sequence[Look], index: int, known: Look | None) -> bool:
    """Say whether what comes at `index + 1` is a flash: before it or after it all is the same."""
    time = run[index + 1].time
    step = difference(run[index], run[index + 1])
    before = [look for look in run[: index + 1] if look.time >= time - _FLASH]
    if known is not None and run[0].time > time - _FLASH:
        before.insert(0, known)
    after = [look for look in run[index + 1 :] if look.time <= time + _FLASH]
    near = min(
        (difference(one, other) for one in before[::2] for other in after[1:] or after),
        default=step,  # times that run backwards
    )
    return near < 0.35 * step


def _dissolves(run: Sequence[Look], cuts: Sequence[Joint]) -> list[Joint]:
    times = np.array([look.time for look in run])
    pictures = np.stack([look.blurred for look in run])
    barriers = np.array([cut.start for cut in cuts])
    rated: list[tuple[float, Joint]] = []
    for window in _WINDOWS:
        for start in np.arange(times[0], times[-1] - window + 1e-6, _STEP):
            end = start + window
            if ((barriers > start - 0.04) & (barriers < end + 0.04)).any():
                continue
            first, last = np.searchsorted(times, [start - 1e-3, end - 1e-3])
            last = min(int(last), len(run) - 1)
            rate = _mixture(pictures, run, int(first), last)
            if rate > _SURE:
                change = difference(run[first], run[last])
                rated.append((rate, Joint(float(times[first]), float(times[last]), change)))
    rated.sort(key=lambda pair: (-pair[0], pair[1].start))
    kept: list[Joint] = []
    for _, joint in rated:
        if all(joint.start > o.end + 0.2 or joint.end < o.start - 0.2 for o in kept):
            kept.append(joint)
    return kept


def _mixture(pictures: Floats, run: Sequence[Look], first: int, last: int) -> float:
    """Rate how well the frames between two are made of both, more and more of the last.

    They may be paler or darker than either: a fade by way of black or white is a mixture too.
    """
    if last - first < 4 or run[first].black or run[last].black:
        return 0.0
    change = difference(run[first], run[last])
    if change < _OTHER:
        return 0.0
    one, other = pictures[first], pictures[last]
    inner = np.linspace(first, last, 7).round().astype(int)[1:-1]
    basis = np.stack([one, other, np.full_like(one, 128.0)], axis=1)
    shares, *_ = np.linalg.lstsq(basis, pictures[inner].T, rcond=None)
    off = np.linalg.norm(pictures[inner].T - basis @ shares, axis=0) / np.linalg.norm(other - one)
    done = np.arange(1, 6) / 6
    too_much = max(float((shares[0] - (1 - done)).max()), float((shares[1] - done).max()))
    too_little = min(float((shares[0] - (1 - done)).min()), float((shares[1] - done).min()))
    if too_much > 0.35 or too_little < -0.7 or float(off.mean()) > _LOOSE:
        return 0.0
    width = last - first
    before, after = max(0, first - width), min(len(run) - 1, last + width)
    moved = difference(run[before], run[first]) + difference(run[last], run[after])
    steady = max(0.0, 1 - moved / (2 * change))
    return change * (1 - float(off.mean()) / _LOOSE) * steady
