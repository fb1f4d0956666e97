"""The shots of a film: what is between its joints, and the frames that stand for each."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from assetman.media.joints import Joint, joints_of, parted
from assetman.media.keyframes import Film, Frame
from assetman.media.looks import Look, card_of, difference, look_of, same_card
from assetman.media.openings import OTHER, Keys, Step, openings

SPACING = 0.48  # seconds between key frames that are decoded
LONGEST = 30.0  # seconds; a take that is longer and not static is split
_STATIC = 0.06  # a take none of whose frames differ more is static
_NEW = 0.30  # a frame that differs so from all that stand for its shot may stand beside them
_LEAST = 2.0  # seconds that a stretch counts for a shot when it guesses how many there are
_PACE = 4.0  # seconds of a shot for each frame that stands for it
_CARD = 15.0  # seconds; a title card is not shown longer
_CARDS = 16  # title cards that are remembered
_CLEAR = 0.2  # seconds that a frame keeps from a joint, where it can
_LONGER = 2.0  # seconds that are decoded beyond what was wanted, for a joint that goes on
_NEARLY = 0.45  # seconds before the end; a joint that ends later may go on
_MEDIA = 900.0  # seconds of film that are read in one stretch
_PIXELS = 1_800_000_000  # decoded in one stretch, beside those on the way to where it begins
_DEAR = 450_000_000  # pixels decoded for a frame; beyond, one that is kept stands for a shot
_LOOK_AHEAD = 6  # groups after which it is asked again whether they are enough
_FEWEST = 24  # frames that are decoded in any case where something happens
_HELD = 256 << 20  # bytes of frames that are kept while a stretch is read


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """Seconds without a joint, and the frames that stand for them, in order."""

    start: float
    end: float
    frames: tuple[Frame, ...]


def read_shots(film: Film, start: float, most_frames: int, seen: Sequence[str] = ()) -> Reading:
    """Read a film's shots from `start` on, until about `most_frames` frames stand for them.

    `seen` are the title cards of earlier stretches.
    """
    return Reading(film, start, most_frames, seen)


class Reading:
    """The shots of one stretch, to be gone through once; then the rest of it is known."""

    def __init__(self, film: Film, start: float, most_frames: int, seen: Sequence[str]) -> None:
        self.rest: float | None = None  # seconds; where the next stretch begins
        self.cards: tuple[str, ...] = tuple(seen)
        self.joints: Sequence[Joint] = ()  # between the shots
        self._film = film
        self._start = start
        self._most = most_frames
        self._steps: list[Step] = []
        self._held: dict[float, Frame] = {}
        self._looks: list[Look] = []
        self._opened: list[tuple[float, float]] = []
        self._most_held = max(4, int(_HELD / (1.5 * max(film.pixels, 1))))
        self._spent = 0  # pixels decoded

    @property
    def looks(self) -> list[Look]:
        """All frames that were looked at in this stretch, in order, once it was gone through."""
        start, end = self._start, math.inf if self.rest is None else self.rest
        return [look for look in self._looks if start - 1e-3 <= look.time < end - 1e-3]

    def __iter__(self) -> Iterator[Shot]:
        more = self._survey()
        if not self._steps:
            return
        end, joints = self._open(self._steps[-1].end)
        self.joints = joints
        more = more or end < self._steps[-1].end
        spans = self._spans(joints, end)
        if more and len(spans) > 1:
            spans.pop()
        given = 0
        for number, (begin, finish) in enumerate(spans):
            card = self._card(begin, finish)
            if card and any(same_card(card, seen) for seen in self.cards):
                continue
            shot = self._shot(begin, finish, joints)
            if number and given + len(shot.frames) > self._most:
                self.rest = begin
                return
            given += len(shot.frames)
            if card:
                self.cards = (*self.cards, card)[-_CARDS:]
            if shot.frames:
                yield shot
        if more:
            self.rest = spans[-1][1] if spans else end

    # decoding

    def _survey(self) -> bool:
        """Go through the groups, key frames alone; say whether there is more of the film."""
        film, held = self._film, self._held
        last, distinct, since = None, 0, self._start
        groups = film.groups(self._start, SPACING)
        for group in groups:
            look = look_of(group.key)
            self._spent += film.pixels
            if self._steps:
                before = self._steps[-1]
                self._steps[-1] = Step(before.group, before.look, look)
            late = look.time - since
            if (
                last is None
                or late >= LONGEST
                or (late >= _LEAST and difference(last, look) >= OTHER)
            ):
                distinct += 1
                last, since = look, look.time
            if len(held) < self._most_held and look.time >= self._start - 1e-3:
                held[look.time] = group.key
            self._steps.append(Step(group, look, None))
            done = distinct > self._most + 1 or look.time - self._start > _MEDIA
            if len(self._steps) % _LOOK_AHEAD == 0:
                done = done or self._spent + self._cost(openings(self._steps)) > _PIXELS
            if (done or self._spent > _PIXELS / 2) and group.end > self._start:
                return next(groups, None) is not None
        return False

    def _open(self, end: float) -> tuple[float, list[Joint]]:
        """Decode what is worth it; give the time up to which all is known, and the joints."""
        start, steps = self._start, self._steps
        self._spent -= self._way_to(start)
        self._looks = [step.look for step in steps if step.start >= start - 1e-3]
        ranges = openings(steps)
        if steps[0].start < start - 1e-3:
            ranges = [(start, min(start + 1.0, steps[0].end)), *ranges]
        end, joints = self._decode(ranges, end)
        doubtful = Keys(steps, self._looks, self._opened).doubtful
        end, more = self._decode([each for each in doubtful if each[0] < end], end)
        joints += more
        joints += Keys(steps, self._looks, self._opened).cuts
        self._looks = [look for look in self._looks if look.time < end]
        known = [joint for joint in parted(joints) if joint.end < end]
        return end, [joint for joint in known if joint.start > start + 0.3 or not start]

    def _decode(
        self, ranges: Sequence[tuple[float, float]], end: float
    ) -> tuple[float, list[Joint]]:
        """Decode ranges whole, as many as there is time for; give the joints in them."""
        joints: list[Joint] = []
        for begin, finish in ranges:
            begin, finish = max(begin, self._start), min(finish, end)
            way = self._way_to(begin)
            if begin >= finish or way > _PIXELS:
                continue
            self._spent += way
            before = [look for look in self._looks if look.time < begin]
            run, found = self._run(begin, finish, end, before[-1] if before else None)
            if not run:
                continue
            joints += found
            looks = {look.time: look for look in self._looks}
            kept = [look for look in run if look.time in self._held]
            some = [*run[:: max(1, len(run) // 60)], run[-1], *kept]
            looks.update((look.time, look) for look in some)
            self._looks = [looks[time] for time in sorted(looks)]
            self._opened.append((run[0].time, run[-1].time))
            if self._spent > _PIXELS and run[-1].time < end:
                return min(end, max(run[-1].time, self._start + 1.0)), joints
        return end, joints

    def _cost(self, ranges: Sequence[tuple[float, float]]) -> int:
        """Guess the pixels that are decoded for ranges."""
        inside = sum(
            int(((step.group.times >= begin) & (step.group.times < finish)).sum())
            for begin, finish in ranges
            for step in self._steps
        )
        return inside * self._film.pixels + sum(self._way_to(begin) for begin, _ in ranges)

    def _way_to(self, time: float) -> int:
        """Give the pixels that are decoded before the first frame shown from `time` on."""
        before = [step for step in self._steps if step.start <= time]
        if not before:
            return 0
        return int((before[-1].group.times < time).sum()) * self._film.pixels

    def _run(
        self, begin: float, finish: float, most: float, before: Look | None
    ) -> tuple[list[Look], list[Joint]]:
        """Decode all that is shown in some seconds, on while a joint goes on; keep some frames."""
        run: list[Look] = []
        joints: list[Joint] = []
        kept = begin - 1.0
        for frame in self._film.frames(begin, min(finish + _LONGER, most), swift=True):
            if run and run[-1].time < finish <= frame.time:
                joints = joints_of(run, before)
                if not any(joint.start < joint.end > finish - _NEARLY for joint in joints):
                    return run, joints
            if self._spent > _PIXELS and len(run) >= _FEWEST:
                break
            self._spent += self._film.pixels
            run.append(look_of(frame))
            if frame.time >= kept + 1.0 and len(self._held) < self._most_held:
                self._held[frame.time] = frame
                kept = frame.time
        return run, joints_of(run, before)

    # shots

    def _spans(self, joints: Sequence[Joint], end: float) -> list[tuple[float, float]]:
        spans: list[tuple[float, float]] = []
        begin = self._start
        for joint in joints:
            leaves, comes = joint.middle, joint.middle
            if joint.black and joint.black[1] - joint.black[0] > 0.5:
                leaves, comes = joint.black
            spans.append((begin, leaves))
            begin = comes
        spans.append((begin, end))
        return [part for span in spans for part in self._parts(*span)]

    def _parts(self, start: float, end: float) -> list[tuple[float, float]]:
        """Split a take that is long and lively."""
        looks = [look for look in self._looks if start <= look.time < end]
        parts = math.ceil((end - start) / LONGEST - 1e-6)
        if parts < 2 or all(difference(looks[0], look) < _STATIC for look in looks[1:]):
            return [(start, end)]
        edges = np.linspace(start, end, parts + 1).tolist()
        return list(pairwise(edges))

    def _card(self, start: float, end: float) -> str | None:
        """Give the fingerprint of a title card, if it is one."""
        looks = [look for look in self._looks if start + _CLEAR <= look.time < end - _CLEAR]
        looks = looks or [look for look in self._looks if start - 1e-3 <= look.time < end]
        if not looks or end - start > _CARD or not all(look.plain for look in looks):
            return None
        look = looks[len(looks) // 2]
        if look.blank or any(difference(look, other) >= _STATIC for other in looks):
            return None
        return card_of(look)

    def _shot(self, start: float, end: float, joints: Sequence[Joint]) -> Shot:
        looks = [look for look in self._looks if start - 1e-3 <= look.time < end]
        shown = [look for look in looks if not look.blank]
        if looks and not shown:
            return Shot(start, end, ())
        clear = [look for look in shown if not _near(look.time, joints)] or shown
        if self._way_to(end) > _DEAR:
            clear = [look for look in clear if look.time in self._held] or clear
        frames = []
        for look in _typical(clear, end - start):
            frame = self._frame(look.time, end)
            if frame is not None:
                frames.append(frame)
        if not frames:
            frame = self._frame((start + end) / 2, end)
            frames = [] if frame is None or look_of(frame).blank else [frame]
        return Shot(start, max([end, *(frame.time for frame in frames)]), tuple(frames))

    def _frame(self, time: float, end: float) -> Frame | None:
        if time in self._held:
            return self._held[time]
        return next(iter(self._film.frames(time, max(end, time + 0.2))), None)


def _near(time: float, joints: Sequence[Joint]) -> bool:
    for joint in joints:
        cut = joint.start == joint.end
        if (not cut and joint.start - _CLEAR < time < joint.end + _CLEAR) or (
            cut and joint.start - _CLEAR < time < joint.start - 1e-3
        ):
            return True
    return False


def _typical(looks: Sequence[Look], seconds: float) -> list[Look]:
    """Choose few frames for many: the most like all, sharp, then what is unlike those chosen."""
    if not looks:
        return []
    some = looks[:: max(1, len(looks) // 40)]
    sharp = max(look.sharpness for look in some)
    worth = {
        look.time: float(np.mean([difference(look, other) for other in some]))
        - 0.3 * look.sharpness / max(sharp, 1e-6)
        - 0.1 * look.key
        for look in some
    }
    chosen = [min(some, key=lambda look: worth[look.time])]
    while len(chosen) < min(6, int(seconds / _PACE)):
        far = {o.time: min(difference(o, c) for c in chosen) for o in some}
        other = max(some, key=lambda look: far[look.time])
        if far[other.time] < _NEW:
            break
        chosen.append(other)
    return sorted(chosen, key=lambda look: look.time)
