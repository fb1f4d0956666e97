"""The grid as a list: columns, their order, the same hands, many rows."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from assetman.core.assets import SoundFacts
from assetman.core.queries import Query, Sort
from assetman.ui.grid import GridView
from assetman.ui.grid.columns import columns
from assetman.ui.grid.list_header import BESIDE
from assetman.ui.grid.row_painter import SIDE
from assetman.ui.theme import Text, theme
from tests.ui.fake_engine import FakeEngine
from tests.ui.fake_sounds import FakePart
from tests.ui.grid.conftest import answered, fetched, listed, on_screen, painted

BLUE = "#2f6fc4"


@pytest.fixture
def rows(grid: GridView, place: QWidget) -> GridView:
    """Give the grid as a list, with room for every column."""
    place.resize(1400, 600)
    grid.setGeometry(place.rect())
    grid.listing.switch(True)
    return grid


def titles(grid: GridView) -> list[str]:
    """Name the columns in sight, in their order."""
    return [column.title for column, _, _ in grid.listing.header.shown()]


def says(grid: GridView, row: int) -> dict[str, str]:
    """Give what each column in sight says of a row."""
    card, hit = grid.assets.card(row), grid.assets.hit(row)
    assert card is not None
    return {c.title: c.write(card, hit) for c, _, _ in grid.listing.header.shown()}


def head(grid: GridView, title: str) -> QPoint:
    """Give the middle of a column's head."""
    header = grid.listing.header
    found = next(n for n, column in enumerate(header.columns) if column.title == title)
    middle = header.sectionViewportPosition(found) + header.sectionSize(found) // 2
    return QPoint(middle, header.height() // 2)


def test_every_asset_is_one_line_and_lines_lie_beneath_each_other(
    qtbot: QtBot, rows: GridView, many: list[int]
) -> None:
    rows.show_results(listed(many[:40]))
    qtbot.waitUntil(lambda: painted(rows))
    first, second = (rows.visualRect(rows.assets.index(row)) for row in (0, 1))
    assert first.left() == second.left()
    assert first.bottom() + 1 == second.top()
    assert first.width() > 1300
    assert rows.listing.header.isVisible()
    assert rows.picture_rect(0).height() < first.height()


def test_the_columns_say_what_is_known_of_a_sound(
    qtbot: QtBot, rows: GridView, engine: FakeEngine
) -> None:
    facts = SoundFacts(44_100, 2, -23.04, -0.3, 128.04, "F#m")
    sound = engine.add_sound("/media/loops/groove.wav", [FakePart(BLUE, 83.2)], facts)
    rows.show_results(listed([sound]))
    qtbot.waitUntil(lambda: painted(rows))
    day = datetime.fromtimestamp(engine.rows[sound].asset.modified, UTC)
    said = says(rows, 0)
    assert said.pop("Size").endswith("MB")
    assert str(day.year) in said.pop("Date")
    assert said == {
        "Name": "groove.wav",
        "Kind": "Sound",
        "Length": "1:23",
        "BPM": "128",
        "Key": "F#m",
        "Sample rate": "44.1 kHz",
        "Loudness": "−23.0 LUFS",
    }


def test_what_is_not_known_is_left_empty(qtbot: QtBot, rows: GridView, engine: FakeEngine) -> None:
    sound = engine.add_sound("/media/loops/bare.wav", [FakePart(BLUE, 3)], None)
    rows.show_results(listed([sound, *list(engine.rows)[:1]]))
    qtbot.waitUntil(lambda: painted(rows))
    assert {says(rows, 0)[name] for name in ("BPM", "Key", "Sample rate", "Loudness")} == {""}
    assert says(rows, 1)["Length"] == ""


def test_an_answer_shows_how_well_and_when_it_matches_and_a_list_does_not(
    qtbot: QtBot, rows: GridView, engine: FakeEngine
) -> None:
    parts = [FakePart("#c0392b", 10), FakePart(BLUE, 10)]
    sound = engine.add_sound("/media/loops/surf.wav", parts)
    rows.show_results(listed([sound]))
    assert not {"Match", "When"} & set(titles(rows))
    rows.show_results(engine.search(Query(text="blue")))
    row = rows.assets.row_of(sound)
    qtbot.waitUntil(lambda: rows.assets.card(row) is not None)
    assert (says(rows, row)["Match"], says(rows, row)["When"]) == ("1.00", "0:10 – 0:20")


def test_a_click_on_a_head_orders_by_it_and_another_turns_it_round(
    qtbot: QtBot, rows: GridView, many: list[int]
) -> None:
    rows.show_results(listed(many[:5]))
    header, orders = rows.listing.header, list[tuple[Sort, bool]]()
    header.order_wanted.connect(lambda *order: orders.append(order))

    def press(title: str) -> None:
        at = head(rows, title)
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)
        header.show_order(*orders[-1])

    for title in ("Length", "Length", "Name", "BPM", "Key", "Sample rate", "Loudness", "Kind"):
        press(title)
    assert orders == [
        (Sort.DURATION, True),
        (Sort.DURATION, False),
        (Sort.NAME, False),
        (Sort.BPM, True),
        (Sort.KEY, False),
        (Sort.RATE, True),
        (Sort.LOUDNESS, True),
        (Sort.KIND, False),
    ]


def test_the_head_it_is_ordered_by_says_so_in_words_of_its_own(rows: GridView) -> None:
    header = rows.listing.header
    model, way = header.model(), Qt.Orientation.Horizontal
    header.show_order(Sort.BPM, False)
    shown = [model.headerData(n, way) for n in range(model.columnCount())]
    assert "BPM ↑" in shown
    header.show_order(Sort.BPM, True)
    assert "BPM ↓" in [model.headerData(n, way) for n in range(model.columnCount())]


def test_where_there_is_little_room_columns_give_way_but_not_the_one_it_is_ordered_by(
    rows: GridView, place: QWidget
) -> None:
    rows.listing.header.show_order(Sort.SIZE, True)
    every = titles(rows)
    place.resize(560, 600)
    rows.setGeometry(place.rect())
    few = titles(rows)
    assert len(few) < len(every)
    assert {"Name", "Size", "Length"} <= set(few)
    assert "Date" not in few
    ends = [left + width for _, left, width in rows.listing.header.shown()]
    assert max(ends) <= rows.viewport().width()
    place.resize(1400, 600)
    rows.setGeometry(place.rect())
    assert titles(rows) == every


def test_columns_are_chosen_moved_and_widened_and_all_of_it_is_remembered(
    rows: GridView, place: QWidget
) -> None:
    header = rows.listing.header
    menu = QMenu()
    header.offer_columns(menu)
    actions = {action.text(): action for action in menu.actions()}
    actions["Channels"].trigger()
    actions["Size"].trigger()
    menu.deleteLater()
    assert "Channels" in titles(rows)
    assert "Size" not in titles(rows)
    names = [column.name for column in header.columns]
    header.moveSection(header.visualIndex(names.index("bpm")), 1)
    header.resizeSection(names.index("key"), 123)
    assert titles(rows)[1] == "BPM"
    written = header.written()
    other = GridView(rows.verbs._bridge, rows.verbs._organiser, place)
    other.setGeometry(place.rect())
    other.show()
    other.listing.switch(True)
    other.listing.header.restore(written)
    assert titles(other) == titles(rows)
    widths = {column.name: width for column, _, width in other.listing.header.shown()}
    assert widths["key"] == 123


@pytest.mark.parametrize(
    "nonsense",
    ["", "{", "[]", "null", json.dumps({"order": 3, "shown": [], "widths": {}}),
     json.dumps({"order": [["x"]], "shown": ["no such"], "widths": {"key": "wide"}})],
)  # fmt: skip
def test_nonsense_about_columns_is_passed_over(rows: GridView, nonsense: str) -> None:
    before = titles(rows)
    rows.listing.header.restore(nonsense)
    assert titles(rows) == before


def test_the_keyboard_walks_and_selects_line_by_line(
    qtbot: QtBot, rows: GridView, many: list[int]
) -> None:
    rows.show_results(listed(many))
    rows.setFocus()
    keys, shift = Qt.Key, Qt.KeyboardModifier.ShiftModifier
    rows.go_to(many[0])
    qtbot.keyClick(rows, keys.Key_Down)
    assert rows.selected_ids() == [many[1]]
    qtbot.keyClick(rows, keys.Key_Down, shift)
    assert rows.selected_ids() == many[1:3]
    qtbot.keyClick(rows, keys.Key_Right)
    assert rows.currentIndex().row() == 2
    qtbot.keyClick(rows, keys.Key_PageDown)
    page = rows.currentIndex().row() - 2
    assert page == rows.viewport().height() // rows.grid.pitch
    qtbot.keyClick(rows, keys.Key_End)
    assert rows.selected_ids() == [many[-1]]
    assert many[-1] in on_screen(rows)


def test_a_hundred_thousand_lines_fetch_only_what_is_in_sight(
    qtbot: QtBot, rows: GridView, engine: FakeEngine, many: list[int]
) -> None:
    known = many[::500]
    ids = [*known, *range(1_000_000, 1_100_000)]
    rows.show_results(listed(ids))
    qtbot.waitUntil(lambda: painted(rows))
    rows.verticalScrollBar().setValue(rows.verticalScrollBar().maximum())
    last = ids[-1]
    qtbot.waitUntil(lambda: last in fetched(engine))
    assert rows.grid.count == 100_020
    assert len(fetched(engine)) < 200


def test_switching_keeps_the_place_and_the_selection(
    qtbot: QtBot, grid: GridView, many: list[int]
) -> None:
    grid.show_results(listed(many))
    grid.go_to(many[5000])
    top = on_screen(grid)[0]
    grid.listing.switch(True)
    assert grid.selected_ids() == [many[5000]]
    assert many[5000] in on_screen(grid)
    grid.listing.switch(False)
    assert many[5000] in on_screen(grid)
    assert top in on_screen(grid)
    assert not grid.listing.header.isVisible()


def test_in_a_list_right_to_left_the_name_stands_at_the_right(
    qtbot: QtBot, rows: GridView, many: list[int]
) -> None:
    rows.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    rows.show_results(listed(many[:9]))
    qtbot.waitUntil(lambda: painted(rows))
    shown = rows.listing.header.shown()
    assert shown[0][1] == max(left for _, left, _ in shown)
    assert rows.picture_rect(0).left() > rows.viewport().width() // 2
    assert not rows.viewport().grab().isNull()


def test_what_is_unusual_gives_way_to_the_name(
    qtbot: QtBot, rows: GridView, place: QWidget, engine: FakeEngine
) -> None:
    place.resize(330, 300)
    rows.setGeometry(place.rect())
    torn = next(iter(engine.rows))
    row = engine.rows[torn]
    row.failure = "The picture is cut off."
    row.asset = replace(row.asset, path="/photos/a barn in the rain, torn.jpg")
    rows.show_results(listed([torn]))
    qtbot.waitUntil(lambda: painted(rows))
    name = engine.rows[torn].asset.display_name
    _, left, width = rows.listing.header.shown()[0]
    needed = QFontMetrics(theme().font(Text.SECONDARY)).horizontalAdvance(name)
    image, line = rows.viewport().grab().toImage(), rows.visualRect(rows.assets.index(0))
    warned = [
        x
        for x in range(line.left() + left, line.left() + left + width)
        for y in range(line.top(), line.bottom())
        if image.pixelColor(x, y) == theme().warning
    ]
    assert warned
    begin = line.left() + left + theme().px(BESIDE + SIDE)
    assert min(warned) >= min(begin + needed, line.left() + left + width - theme().px(SIDE + 48))


def test_a_double_click_anywhere_in_a_line_opens_it(
    qtbot: QtBot, rows: GridView, many: list[int]
) -> None:
    rows.show_results(answered(many[:9]))
    qtbot.waitUntil(lambda: painted(rows))
    opened: list[int] = []
    rows.opened.connect(opened.append)
    at = rows.visualRect(rows.assets.index(3)).center()
    qtbot.mouseDClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert opened == [many[3]]


def test_every_column_has_a_name_of_its_own_and_every_order_is_offered_once() -> None:
    every = columns()
    assert len({column.name for column in every}) == len(every)
    sorts = [column.sort for column in every if column.sort is not None]
    assert len(set(sorts)) == len(sorts)
    assert set(sorts) == set(Sort)
