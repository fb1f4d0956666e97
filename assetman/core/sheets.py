"""How the small pictures of a video's frames lie on their sheets.

A sheet is one picture file with up to `SHEET_CELLS` frames, row by row. All cells of a video have
one size, so its width and height and the number of a cell say where a frame lies.
"""

from __future__ import annotations

SHEET_COLUMNS = 6
SHEET_CELLS = 24
CELL_SIDE = 240  # pixels; the longer side of a cell
_LEAST_SIDE = 24  # pixels of the shorter one, however narrow the video


def cell_size(width: int | None, height: int | None) -> tuple[int, int]:
    """Give width and height in pixels of each cell of a video of some size, upright; both even.

    A frame fills its cell; that of a video narrower than 10 to 1 is stretched to be seen at all.
    """
    if not width or not height or width < 0 or height < 0:
        width, height = 16, 9
    longer = max(width, height)
    return _side(width, longer), _side(height, longer)


def cell_place(cell: int, size: tuple[int, int]) -> tuple[int, int]:
    """Give the left and top pixel of a cell on its sheet; `size` is that of the cells."""
    row, column = divmod(cell, SHEET_COLUMNS)
    return column * size[0], row * size[1]


def sheet_size(cells: int, size: tuple[int, int]) -> tuple[int, int]:
    """Give width and height in pixels of a sheet that holds so many cells."""
    rows = -(-cells // SHEET_COLUMNS)
    return min(cells, SHEET_COLUMNS) * size[0], rows * size[1]


def _side(side: int, longer: int) -> int:
    return max(_LEAST_SIDE, round(side * CELL_SIDE / longer / 2) * 2)
