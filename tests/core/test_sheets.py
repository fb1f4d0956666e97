"""Frames of a video lie on their sheets side by side, whatever its shape."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assetman.core.sheets import (
    CELL_SIDE,
    SHEET_CELLS,
    SHEET_COLUMNS,
    cell_place,
    cell_size,
    sheet_size,
)

SIDES = st.integers(1, 20_000)


def test_cells_have_the_shape_of_the_video() -> None:
    assert cell_size(1920, 1080) == (240, 136)
    assert cell_size(1080, 1920) == (136, 240)
    assert cell_size(64, 48) == (240, 180)
    assert cell_size(None, None) == cell_size(0, 0) == (240, 136)


@given(SIDES, SIDES)
def test_cells_can_be_drawn_however_narrow_the_video(width: int, height: int) -> None:
    size = cell_size(width, height)
    assert max(size) == CELL_SIDE
    assert min(size) >= 24
    assert all(side % 2 == 0 for side in size)


@given(SIDES, SIDES, st.integers(1, SHEET_CELLS))
def test_cells_fill_their_sheet_and_never_overlap(width: int, height: int, cells: int) -> None:
    size = cell_size(width, height)
    places = [cell_place(cell, size) for cell in range(cells)]
    assert len(set(places)) == cells
    assert all(left % size[0] == top % size[1] == 0 for left, top in places)
    reached = (max(left for left, _ in places), max(top for _, top in places))
    assert sheet_size(cells, size) == (reached[0] + size[0], reached[1] + size[1])
    assert cell_place(SHEET_COLUMNS, size) == (0, size[1])
