"""Where a person was in the grid, so that Back brings them there again."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GridPlace:
    """A place in the grid in terms of assets, so that it holds when the window has changed."""

    scroll: int = 0  # pixels, used when the anchor is gone
    anchor: int | None = None  # the asset at the top of the screen
    offset: int = 0  # pixels from the top of the screen to it
    selected: tuple[int, ...] = ()  # asset ids
    current: int | None = None  # the asset with the keyboard focus
    shots: int | None = None  # the video whose shots lie open
    stacks: tuple[int, ...] = ()  # who stands for the stacks that lie open
