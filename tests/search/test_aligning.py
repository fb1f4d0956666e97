"""Films in which hardly anything moves are told apart by the little that does."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assetman.core.timelines import SEEN, SIDE, Timeline
from assetman.search.aligning import Alignment, align_films

SECONDS = 10.0
VIEW = np.random.default_rng(1).uniform(40, 210, SIDE * SIDE)


def leaves(seed: int) -> NDArray[np.floating]:
    """Let a view be a little lighter and darker here and there: (20, 64) grey levels."""
    return VIEW + np.random.default_rng(seed).normal(0, 0.8, (20, SIDE * SIDE))


def film(frames: NDArray[np.floating]) -> Timeline:
    seen = np.empty(len(frames), SEEN)
    seen["time"], seen["grid"] = np.arange(len(frames)) / 2, np.round(frames)
    return Timeline(seen.tobytes())


def aligned(one: NDArray[np.floating], other: NDArray[np.floating]) -> Alignment | None:
    return align_films(film(one), film(other), (0.0,), (SECONDS, SECONDS))


def test_another_minute_of_a_camera_that_stands_still_is_no_copy() -> None:
    assert aligned(leaves(2), leaves(3)) is None


def test_a_copy_of_what_hardly_moves_is_found() -> None:
    noise = np.random.default_rng(4).normal(0, 0.3, (20, SIDE * SIDE))
    found = aligned(leaves(2), 0.85 * leaves(2) + 15 + noise)
    assert found is not None
    assert found.one == (0.0, SECONDS)


def test_a_slide_is_the_same_as_a_slide_of_the_same_length() -> None:
    slide = np.tile(VIEW, (20, 1))
    blocks = np.tile(np.random.default_rng(5).normal(0, 0.5, SIDE * SIDE), (20, 1))
    assert aligned(slide, slide + blocks) is not None
    longer = np.tile(VIEW, (40, 1))
    assert align_films(film(slide), film(longer), (0.0,), (SECONDS, 2 * SECONDS)) is None
