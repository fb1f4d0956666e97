"""The shots of one video and the frames that stand for them, as the timeline needs them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from assetman.core.moments import Moment

LEAST_SPREAD = 0.05  # of scores; where they differ by less, little is lit
SEEN = 0.04  # light below which nothing is lit
MANY = 6  # windows of sound; most of them are a background

Light = tuple[float, float, float]  # seconds from, to, and how brightly, 0..1


@dataclass(frozen=True, slots=True)
class Span:
    """The seconds that one frame stands for, and how well they match: 0..1, within this video."""

    start: float
    end: float
    moment: Moment
    light: float | None = None  # None: nothing was asked, or it is not known


class Reel:
    """A video's moments in their order. Plain arithmetic; every question has an answer."""

    def __init__(self, moments: Sequence[Moment] = (), duration: float | None = None) -> None:
        self.moments = sorted(moments, key=lambda each: (each.at, each.segment_id))
        ends = max((each.end for each in self.moments), default=0.0)
        self.duration = max(duration or 0.0, ends)
        self.shots = sorted({(each.start, each.end) for each in self.moments})
        lights = lights_of([each.score for each in self.moments])
        self.spans = self._spans(lights)
        self._times = [each.at for each in self.moments]

    @property
    def scored(self) -> bool:
        """Tell whether anything was asked."""
        return any(span.light is not None for span in self.spans)

    def nearest(self, seconds: float) -> Moment | None:
        """Give the moment shown for a time: of its own shot, the frame nearest to it."""
        if not self.moments:
            return None
        shot = self.shot_at(seconds)
        own = [each for each in self.moments if shot is not None and (each.start, each.end) == shot]
        return min(own or self.moments, key=lambda each: abs(each.at - seconds))

    def span_at(self, seconds: float) -> Span | None:
        """Give the span that a time lies in."""
        return next((span for span in self.spans if span.start <= seconds < span.end), None)

    def shot_at(self, seconds: float) -> tuple[float, float] | None:
        """Give the shot that a time lies in, else the one before it."""
        at = bisect_right([start for start, _ in self.shots], seconds + 1e-3) - 1
        return self.shots[max(at, 0)] if self.shots else None

    def shot_after(self, seconds: float, steps: int, slack: float = 0.0) -> float:
        """Give where the next shot starts, or the present one, then the one before it."""
        starts = [start for start, _ in self.shots]
        if steps > 0:
            return next((each for each in starts if each > seconds + slack), seconds)
        return next((each for each in reversed(starts) if each < seconds - slack), 0.0)

    def segment(self, segment_id: int | None) -> Moment | None:
        """Find a moment by its segment."""
        return next((each for each in self.moments if each.segment_id == segment_id), None)

    def _spans(self, lights: Sequence[float | None]) -> list[Span]:
        spans = []
        for number, (moment, light) in enumerate(zip(self.moments, lights, strict=True)):
            start, end = moment.start, moment.end
            if number and _same_shot(before := self.moments[number - 1], moment):
                start = (before.at + moment.at) / 2
            following = self.moments[number + 1 : number + 2]
            if following and _same_shot(moment, following[0]):
                end = (moment.at + following[0].at) / 2
            spans.append(Span(start, max(end, start), moment, light))
        return spans


def _same_shot(one: Moment, other: Moment) -> bool:
    return (one.start, one.end) == (other.start, other.end)


def lights_of(scores: Sequence[float | None]) -> list[float | None]:
    """Say how brightly each score is lit beside the others of its video.

    The dim half of a video is its background: light rises from the middle score to the best.
    """
    known = [score for score in scores if score is not None]
    if not known:
        return [None] * len(scores)
    low, high = median(known), max(known)
    if high == low and len(set(known)) == 1:
        low = 0.0  # one shot, or all alike: as bright as the score itself
        spread = 1.0
    else:
        spread = max(high - low, LEAST_SPREAD)
    return [None if each is None else min(max((each - low) / spread, 0.0), 1.0) for each in scores]


def heard_lights(moments: Sequence[Moment]) -> tuple[Light, ...]:
    """Say how brightly the windows of a sound are lit, beside each other."""
    scores = [each.score for each in moments]
    known = [score for score in scores if score is not None]
    if not known:
        return ()
    low, high = median(known), max(known)
    if len(known) < MANY or high - low < LEAST_SPREAD:
        low = min(known)  # in a short sound, or one that mostly matches, there is no background
    if high - low < LEAST_SPREAD:
        low, high = 0.0, 1.0  # all alike: as bright as the score itself
    return tuple(
        (each.start, each.end, min(max((score - low) / (high - low), 0.0), 1.0))
        for each, score in zip(moments, scores, strict=True)
        if score is not None
    )
