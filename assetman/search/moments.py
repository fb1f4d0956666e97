"""What is seen and what is heard at one moment of a video add up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from assetman.library.together import SeenAndHeard
from assetman.search.answering import NOWHERE, Answer

ADDED = 0.5  # of what the other one says, beyond what anything might say
_EDGE = 0.5  # seconds that a shot and a window share at least, or a quarter of a short shot


@dataclass(frozen=True, slots=True)
class Moments:
    """The segments of a video with their odds, and what each gains by the other sense."""

    ids: np.ndarray  # (n,) int64
    heard: np.ndarray  # (n,) bool: whether it is a window of sound
    odds: np.ndarray  # (n,) float64, `NOWHERE` for those that do not count
    gains: np.ndarray  # (n,) float64

    @property
    def best(self) -> int:
        """Give the place of the best of them."""
        return int(np.argmax(self.odds + self.gains))


def moments_of(
    videos: Mapping[int, SeenAndHeard], seen: Answer, heard: Answer, among: np.ndarray | None
) -> Iterator[tuple[int, Moments]]:
    """Give the moments of videos, by asset; with `among`, (n,) sorted, only these count."""
    looks = _Odds(seen, [each.seen.ids for each in videos.values()], among)
    sounds = _Odds(heard, [each.heard.ids for each in videos.values()], among)
    for asset, both in videos.items():
        shown, said = looks.of(both.seen.ids), sounds.of(both.heard.ids)
        by_sound, by_look = gains(both, shown, said, (seen.neutral, heard.neutral))
        yield (
            asset,
            Moments(
                np.concatenate([both.seen.ids, both.heard.ids]),
                np.arange(len(shown) + len(said)) >= len(shown),
                np.concatenate([shown, said]),
                np.concatenate([by_sound, by_look]),
            ),
        )


def gains(
    both: SeenAndHeard, shown: np.ndarray, said: np.ndarray, neutral: tuple[float, float]
) -> tuple[np.ndarray, np.ndarray]:
    """Give the gains of shots with odds `shown`, and of windows with odds `said`.

    A gain is a part of the best odds among what is heard, or seen, at the same time, beyond
    what is `neutral` of what is seen and of what is heard.
    """
    edge = np.minimum(_EDGE, (both.seen.ends - both.seen.starts) / 4)
    starts, ends = both.seen.starts + edge, both.seen.ends - edge
    heard = both.heard
    by_sound = _best(
        said,
        np.searchsorted(heard.ends, starts, "right"),
        np.searchsorted(heard.starts, ends, "left"),
    )
    by_look = _best(
        shown,
        np.searchsorted(ends, heard.starts, "right"),
        np.searchsorted(starts, heard.ends, "left"),
    )
    return (
        ADDED * np.maximum(0.0, by_sound - neutral[1]),
        ADDED * np.maximum(0.0, by_look - neutral[0]),
    )


class _Odds:
    """Looks up the odds of segments that are computed all at once."""

    def __init__(self, answer: Answer, ids: list[np.ndarray], among: np.ndarray | None) -> None:
        self._ids = np.unique(np.concatenate([np.empty(0, np.int64), *ids]))
        self._odds = answer.odds(self._ids)
        if among is not None:
            self._odds[~np.isin(self._ids, among)] = NOWHERE

    def of(self, ids: np.ndarray) -> np.ndarray:
        """Give the odds of segments (n,): (n,) float64."""
        odds: np.ndarray = self._odds[np.searchsorted(self._ids, ids)]
        return odds


def _best(odds: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Give the best of odds[first:last] of each pair; `NOWHERE` where there are none."""
    padded = np.append(odds, NOWHERE)
    bounds = np.stack([first, np.maximum(first, last)], axis=1).ravel()
    best: np.ndarray = np.maximum.reduceat(padded, bounds)[::2] if len(first) else padded[:0]
    return np.where(last > first, best, NOWHERE)
