"""Which parts of a film are worth decoding whole, judged by key frames and sizes of packets.

A packet that is much larger than those around it holds a picture that could not be guessed from the
one before it: a cut, or a flash. Where packets grow or shrink for good, something begins or ends:
a dissolve, or movement. Encoders that look for cuts put a key frame there, so that a key frame
before its time is a cut where the picture is another one.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assetman.media.joints import Joint
from assetman.media.keyframes import Group
from assetman.media.looks import Look, difference

SHORT = 1.2  # seconds; a group that is cheap to decode whole
FAR = 12.0  # seconds; key frames farther apart are not trusted to show all
OTHER = 0.16  # the difference of key frames that show different things
_CUT = 0.22  # the same, of what was not looked at in between
_CUT_THERE = 0.095  # the same, where the encoder puts key frames at cuts
_DRIFT = 0.0135  # and more for each second since the last look: things move
_SPIKE = 2.6  # times as large as those around it
_DUE = 2  # frames by which groups may differ that the clock ends, and no cut
_OTHER_SOON = 0.10  # the same, of key frames that follow each other soon
_USUAL = frozenset((120, 128, 150, 160, 161, 240, 250))  # beside whole hundreds
_CHEAP = 9.0  # seconds; a longer group that moves is not decoded for what movement explains
_PALE = 0.45  # of the deviation of those beside it; a key frame below is looked at closely
_SHARE = 0.12  # of the key frame's size; a packet below is no picture of its own
_FLOOR = 0.05  # of the key frame's size, in half a second; less says nothing
_SOME = 0.12  # the same; the more of both halves takes less, and it is no picture
_SHIFT = 2.2  # times as much in half a second as in the half before or after
_AGAIN = 1.2  # seconds after a key frame in which no encoder puts another
_REFINED = 1.5  # seconds after a key frame in which encoders make it better, then less and less
_STILL = 0.012  # of the key frame's size; packets below say that nothing moves
_FROZEN = 0.003  # the same, where not even a slow view moves
_NOTHING = 64.0  # bytes of a packet that says that nothing changed
_MARGIN = 1.3  # seconds around what is looked at, and may be a dissolve
_BRIEF = 0.8  # and may be a cut


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """A group, how its key frame looks, and the next one's look."""

    group: Group
    look: Look
    after: Look | None

    @property
    def start(self) -> float:
        return self.group.key.time

    @property
    def end(self) -> float:
        return self.group.end

    @property
    def seconds(self) -> float:
        return self.end - self.start

    @property
    def count(self) -> int:
        """How many frames there are from this key frame to the next."""
        return len(self.group.times) + 1

    @property
    def frozen(self) -> bool:
        """Say whether its packets are so small that not even a slow view moves."""
        sizes = self.group.sizes
        return not len(sizes) or float(sizes.mean()) < max(_FROZEN * self.group.size, _NOTHING)

    @property
    def change(self) -> float:
        return 0.0 if self.after is None else difference(self.look, self.after)


def openings(steps: Sequence[Step]) -> list[tuple[float, float]]:
    """Name the stretches of time to be decoded whole, in order and apart, in seconds."""
    wanted: list[tuple[float, float]] = []
    usual = float(np.median([step.group.size for step in steps])) if steps else 0.0
    eager = _puts_keys_at_cuts(steps)
    for index, step in enumerate(steps):
        if _pale(steps, index):
            wanted.append((step.start - _MARGIN, step.start + _MARGIN))
        if _short(steps, index):
            if _stands_out(steps, index):
                wanted.append((step.start - _MARGIN, step.end + _MARGIN))
            continue
        wanted += _within(step, usual, eager)
    return _joined(wanted, [step.start for step in steps])


class Keys:
    """What key frames say that were not looked at closely, once something was decoded.

    `looks` are all that were seen, in order: it is the last one before a key frame that counts.
    Nothing is said of what was `opened`: there the frames themselves were looked at.
    """

    def __init__(
        self,
        steps: Sequence[Step],
        looks: Sequence[Look],
        opened: Sequence[tuple[float, float]],
    ) -> None:
        self._looks = looks
        self._times = [look.time for look in looks]
        clock = _clock(steps)
        self._least = _CUT_THERE if _puts_keys_at_cuts(steps) else _CUT
        self.cuts: list[Joint] = []
        self.doubtful: list[tuple[float, float]] = []
        for index, step in enumerate(steps):
            known = any(start <= step.end - 0.2 and step.end + 0.1 <= end for start, end in opened)
            if step.after is None or known or _short(steps, index):
                continue
            self._judge(step, step.after, step.count >= clock)

    def _judge(self, step: Step, after: Look, due: bool) -> None:
        """Take one that comes before its time and shows something else for a cut.

        Unless what is soon after it is as before: a flash. One that comes by the clock and shows
        something else is doubtful, unless what moves explains it.
        """
        index = bisect.bisect_left(self._times, step.end - 1e-3)
        last = self._looks[max(index - 1, 0)]
        change = difference(last, after)
        ago = step.end - last.time
        if change < (_CUT if due else min(_CUT, self._least + _DRIFT * ago)):
            return
        if due:
            if step.frozen:
                self.cuts.append(Joint(step.end, step.end, change))
            elif step.seconds < _CHEAP:
                self.doubtful.append((max(step.start, last.time), step.end + _MARGIN))
            return
        soon = self._looks[index + 1 : bisect.bisect_left(self._times, step.end + 0.6)]
        if not any(difference(last, look) < 0.35 * change for look in soon):
            self.cuts.append(Joint(step.end, step.end, change))


def _clock(steps: Sequence[Step]) -> float:
    """Give the number of frames after which a key frame comes whatever happens, if that shows.

    Scenes may be of one length too; where nothing moves before a key frame that shows something
    else, it was a cut that brought it.
    """
    longest = max((step.count for step in steps[:-1]), default=0)
    alike = [step for step in steps[:-1] if step.count >= longest - _DUE]
    brought = sum(step.frozen and step.change >= _CUT for step in alike)
    usual = longest in _USUAL or (longest and longest % 100 == 0)
    if (len(alike) >= 2 or usual) and 2 * brought <= len(alike):
        return longest - _DUE
    return float("inf")


def _puts_keys_at_cuts(steps: Sequence[Step]) -> bool:
    """Say whether key frames come before their time where the picture is another one."""
    clock = _clock(steps)
    early = [step for step in steps[:-1] if step.count < clock]
    other = sum(step.change >= _CUT for step in early)
    return other >= 1 and 2 * other >= len(early)


def _pale(steps: Sequence[Step], index: int) -> bool:
    """Say whether a key frame shows little of what those beside it do: a fade, or a flash."""
    look = steps[index].look
    if look.blank:
        return True
    if not 0 < index < len(steps) - 1:
        return False
    beside = min(steps[index - 1].look.spread, steps[index + 1].look.spread)
    return look.spread < _PALE * beside


def _short(steps: Sequence[Step], index: int) -> bool:
    """Say whether key frames come so often here that they show nearly all."""
    near = steps[max(0, index - 4) : index + 5]
    return steps[index].seconds <= SHORT >= float(np.median([step.seconds for step in near]))


def _stands_out(steps: Sequence[Step], index: int) -> bool:
    changes = [step.change for step in steps[max(0, index - 4) : index + 5]]
    return steps[index].change >= max(_OTHER_SOON, min(0.45, 1.8 * float(np.median(changes))))


def _within(step: Step, usual: float, eager: bool) -> list[tuple[float, float]]:
    order = np.argsort(step.group.times, kind="stable")
    times, sizes = step.group.times[order], step.group.sizes[order].astype(np.float64)
    inside = (times > step.start) & (times < step.end)
    times, sizes = times[inside], sizes[inside]
    whole = [(step.start, step.end + _MARGIN)]
    if len(times) < 8:
        return whole if step.change >= OTHER else []
    key = max(usual, float(step.group.size), 1.0)
    if step.seconds > FAR and sizes.mean() >= _STILL * key:
        return whole
    spikes = _spikes(times, sizes, key)
    if eager:
        spikes = [at for at in spikes if at - step.start <= _AGAIN]
    found = [(at - _BRIEF, at + _BRIEF) for at in spikes]
    found += [(at - _MARGIN, at + _MARGIN) for at in _shifts(times, sizes, key, step.start)]
    return [(max(step.start, start), end) for start, end in found]


def _spikes(times: NDArray[np.float64], sizes: NDArray[np.float64], key: float) -> list[float]:
    """Find packets far larger than those within a second."""
    found = []
    for index in np.flatnonzero(sizes >= _SHARE * key):
        near = np.abs(times - times[index]) <= 1.0
        near[max(0, index - 1) : index + 2] = False
        if near.any() and sizes[index] >= _SPIKE * np.percentile(sizes[near], 92):
            found.append(float(times[index]))
    return found


def _shifts(
    times: NDArray[np.float64], sizes: NDArray[np.float64], key: float, start: float
) -> list[float]:
    """Find where half a second takes far more or far less than the half second before it."""
    total = np.concatenate([[0.0], np.cumsum(sizes)])
    middles = np.arange(times[0] + 0.5, times[-1] - 0.5, 0.1)
    if not len(middles):
        return []
    left, here, right = (np.searchsorted(times, middles + off) for off in (-0.5, 0.0, 0.5))
    before, after = total[here] - total[left], total[right] - total[here]
    most, floor = np.maximum(before, after), _FLOOR * key
    ratio = (most + floor) / (np.minimum(before, after) + floor)
    ratio[most < _SOME * key] = 0.0
    ratio[(middles < start + _REFINED) & (before > after)] = 0.0
    found: list[float] = []
    for index in np.argsort(-ratio, kind="stable"):
        if ratio[index] < _SHIFT:
            break
        if all(abs(middles[index] - other) > 0.6 for other in found):
            found.append(float(middles[index]))
    return found


def _joined(
    wanted: Sequence[tuple[float, float]], keys: Sequence[float]
) -> list[tuple[float, float]]:
    """Join what overlaps, and what would be decoded on the way to the next anyway."""
    joined: list[tuple[float, float]] = []
    for start, end in sorted(wanted):
        start = max(0.0, start)
        if joined:
            last = joined[-1][1]
            if start <= last + 0.3 or not any(last <= key <= start for key in keys):
                joined[-1] = (joined[-1][0], max(end, last))
                continue
        joined.append((start, end))
    return joined
