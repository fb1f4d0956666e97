from __future__ import annotations

import itertools
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRect

from assetman.ui.grid.grid_layout import GridLayout

layouts = st.builds(
    GridLayout,
    width=st.integers(60, 3000),
    count=st.integers(1, 5000),
    card=st.integers(40, 400),
    caption=st.sampled_from([0, 24, 48]),
    margin=st.sampled_from([0, 5, 16]),
    mirrored=st.booleans(),
    shift=st.sampled_from([0, -12]),
)


@given(layouts, st.data())
def test_the_middle_of_every_card_is_found_again(layout: GridLayout, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, layout.count - 1))
    assert layout.at(layout.cell(index).center()) == index


@given(layouts)
def test_the_cards_fill_the_width_evenly(layout: GridLayout) -> None:
    row = [layout.cell(i) for i in range(min(layout.columns, layout.count))]
    row.sort(key=QRect.left)
    gaps = {b.left() - a.right() - 1 for a, b in itertools.pairwise(row)}
    assert not gaps or (min(gaps) >= layout.gap and max(gaps) - min(gaps) <= 1)
    if layout.count >= layout.columns > 1:
        assert row[0].left() - layout.shift * layout.mirrored == layout.margin
        right = row[-1].right() + 1 - layout.shift * layout.mirrored
        assert right == layout.width - layout.margin


@given(layouts, st.integers(-500, 100_000), st.integers(1, 3000))
def test_exactly_the_rows_in_sight_are_named(layout: GridLayout, top: int, height: int) -> None:
    named = layout.between(top, top + height)
    for index in {0, layout.count - 1, named.start, named.start - 1, named.stop - 1, named.stop}:
        if not 0 <= index < layout.count:
            continue
        cell = layout.cell(index)
        if cell.top() < top + height and cell.bottom() >= top:
            assert index in named
        elif index in named:  # only a gap of its row is in sight
            assert cell.top() - layout.gap < top + height
            assert cell.bottom() + layout.gap >= top


@given(
    layouts, st.integers(0, 2000), st.integers(0, 4000), st.integers(1, 900), st.integers(1, 900)
)
def test_a_rectangle_touches_what_it_overlaps(
    layout: GridLayout, left: int, top: int, width: int, height: int
) -> None:
    area = QRect(left, top, width, height)
    touched = {i for run in layout.touched(area) for i in run}
    for index in layout.between(top - 500, top + height + 500):
        assert (index in touched) == layout.cell(index).intersects(area), index


def test_a_hundred_thousand_cards_need_no_more_work_than_ten() -> None:
    layout = GridLayout(1200, 100_000, 180, 24)
    assert layout.rows == -(-100_000 // layout.columns)
    assert layout.at(layout.cell(99_999).center()) == 99_999


@given(
    count=st.integers(1, 60),
    width=st.integers(60, 900),
    opened=st.integers(0, 59),
    room=st.integers(1, 300),
    mirrored=st.booleans(),
)
def test_room_beneath_a_row_only_moves_the_rows_below_it(
    count: int, width: int, opened: int, room: int, mirrored: bool
) -> None:
    plain = GridLayout(width, count, 100, 20, mirrored=mirrored)
    opened = min(opened, count - 1)
    spread = replace(plain, opened=opened, room=room + plain.gap)
    edge = opened // plain.columns
    for card in range(count):
        moved = room + plain.gap if card // plain.columns > edge else 0
        assert spread.cell(card) == plain.cell(card).translated(0, moved)
        assert spread.at(spread.cell(card).center()) == card
    assert spread.at(spread.beneath.center()) == -1
    assert spread.height == plain.height + room + plain.gap
    for top in range(0, spread.height, 37):
        seen = {
            card
            for card in range(count)
            if spread.cell(card).top() < top + 90 and spread.cell(card).bottom() >= top
        }
        assert seen <= set(spread.between(top, top + 90))


parted = st.builds(
    lambda layout, sure, part: replace(layout, sure=min(sure, layout.count - 1), part=part),
    layouts.filter(lambda layout: layout.count > 1),
    st.integers(1, 5000),
    st.integers(1, 60),
)


@given(parted, st.data())
def test_cards_on_both_sides_of_the_line_are_found_again(
    layout: GridLayout, data: st.DataObject
) -> None:
    opened = data.draw(st.integers(-1, layout.count - 1))
    layout = replace(layout, opened=opened, room=data.draw(st.integers(1, 300)))
    for index in {0, layout.sure - 1, layout.sure, layout.count - 1}:
        assert layout.at(layout.cell(index).center()) == index
        assert not layout.cell(index).intersects(layout.parting)
        assert index in layout.between(layout.cell(index).top(), layout.cell(index).bottom() + 1)
    assert layout.at(layout.parting.center()) == -1
    above, below = layout.cell(layout.sure - 1), layout.cell(layout.sure)
    assert above.bottom() < layout.parting.top() < layout.parting.bottom() < below.top()
    assert layout.cell(layout.count - 1).bottom() < layout.height


@given(parted, st.integers(0, 4000))
def test_moving_down_crosses_the_line_in_the_same_column(layout: GridLayout, start: int) -> None:
    start = min(start, layout.sure - 1)
    row = layout.lines.row_of(start)
    below = layout.lines.beside(start, 1)
    assert layout.lines.row_of(below) == row + 1
    assert (
        below == layout.count - 1
        or layout.cell(below).left() <= layout.cell(start).left()
        or (layout.mirrored)
    )
    assert layout.lines.beside(layout.count - 1, 1) == layout.count - 1
    assert layout.lines.beside(0, -1) == 0
