from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from assetman.core.assets import Box
from assetman.core.changes import Changes
from assetman.core.errors import BadInput
from assetman.ui.bridge import EngineBridge
from assetman.ui.grid import GridView, LargeView, Question
from assetman.ui.grid.previews import Wish, full_side, rung
from tests.ui.fake_engine import FakeEngine, paint
from tests.ui.grid.conftest import click, listed, named, painted

Key, Mod = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def ids(engine: FakeEngine) -> list[int]:
    return sorted(engine.rows)


def look(qtbot: QtBot, large: LargeView, ids: list[int], current: int) -> None:
    large.show_assets(ids, current)
    qtbot.waitUntil(lambda: sharp(large))


def sharp(large: LargeView) -> bool:
    """Say whether the preview has come, not only the thumbnail."""
    return large.current is not None and bool(large._previews.images(large.current))


def previews(engine: FakeEngine) -> list[object]:
    return [argument for verb, argument in engine.calls if verb == "preview"]


def test_it_covers_its_parent_and_takes_the_keyboard(
    qtbot: QtBot, place: QWidget, large: LargeView, ids: list[int]
) -> None:
    look(qtbot, large, ids, ids[0])
    assert large.geometry() == place.rect()
    assert large.canvas.hasFocus()
    place.resize(700, 500)
    qtbot.waitUntil(lambda: large.geometry() == place.rect())


def test_the_picture_fills_what_room_there_is(
    qtbot: QtBot, large: LargeView, engine: FakeEngine, ids: list[int]
) -> None:
    look(qtbot, large, ids, named(engine, "blue bay.png"))  # 320 × 480
    picture = large.canvas.picture_rect()
    assert picture.height() == pytest.approx(large.canvas.height() - 32, abs=1)
    assert large.bar.zoom.text() == f"{round(large.canvas.scale * 100)} %"
    assert large.canvas.grab().toImage().pixelColor(400, 60).blue() > 150


def test_arrows_walk_on_to_the_ends_and_no_further(
    qtbot: QtBot, large: LargeView, ids: list[int]
) -> None:
    walked: list[int] = []
    large.walked.connect(walked.append)
    look(qtbot, large, ids, ids[0])
    qtbot.keyClick(large.canvas, Key.Key_Left)
    qtbot.keyClick(large.canvas, Key.Key_Right)
    qtbot.keyClick(large.canvas, Key.Key_End)
    qtbot.keyClick(large.canvas, Key.Key_Right)
    assert walked == [ids[1], ids[-1]]
    assert large.bar.place.text() == f"{len(ids)} of {len(ids)}"
    assert not large.bar.next.isEnabled()


def test_neighbours_are_loaded_before_they_are_asked_for(
    qtbot: QtBot, large: LargeView, engine: FakeEngine, ids: list[int]
) -> None:
    look(qtbot, large, ids, ids[2])
    side = rung(800)
    wanted = {(ids[2], side), (ids[1], side), (ids[3], side)}
    qtbot.waitUntil(lambda: set(previews(engine)) == wanted)
    qtbot.keyClick(large.canvas, Key.Key_Right)
    assert sharp(large)


def test_escape_and_space_go_back_to_the_same_place(
    qtbot: QtBot, grid: GridView, large: LargeView, many: list[int]
) -> None:
    grid.show_results(listed(many))
    qtbot.waitUntil(lambda: painted(grid))
    grid.verticalScrollBar().setValue(3000)
    row = grid.on_screen().start + grid.grid.columns
    click(qtbot, grid, row)
    grid.setFocus()
    closed: list[int] = []
    large.closed.connect(closed.append)
    for key in (Key.Key_Escape, Key.Key_Space):
        large.show_assets(many, many[row])
        qtbot.keyClick(large.canvas, key)
        assert large.isHidden()
        assert grid.hasFocus()
    assert closed == [many[row], many[row]]
    assert grid.verticalScrollBar().value() == 3000
    assert grid.selected_ids() == [many[row]]


def test_the_wheel_zooms_at_the_pointer_and_the_mouse_moves_the_picture(
    qtbot: QtBot, large: LargeView, engine: FakeEngine, ids: list[int]
) -> None:
    look(qtbot, large, ids, named(engine, "green hills.jpg"))
    canvas = large.canvas
    at = QPointF(500, 300)
    before = canvas.picture_rect()
    share = (at.x() - before.left()) / before.width()
    for _ in range(4):
        event = QWheelEvent(
            at,
            QPointF(canvas.mapToGlobal(at.toPoint())),
            QPoint(),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            Mod.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(canvas, event)
    after = canvas.picture_rect()
    assert after.width() > before.width() * 2
    assert (at.x() - after.left()) / after.width() == pytest.approx(share, abs=0.01)
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(400, 250))
    qtbot.mouseMove(canvas, QPoint(370, 230))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(370, 230))
    assert canvas.picture_rect().left() == pytest.approx(after.left() - 30, abs=1)


def test_a_double_click_changes_between_all_and_one_to_one(
    qtbot: QtBot, large: LargeView, engine: FakeEngine, pictures: Path
) -> None:
    assert paint(QColor("#883355"), 3000, 2000).save(str(pictures / "wide.jpg"))
    engine.index()
    wide = named(engine, "wide.jpg")
    look(qtbot, large, [wide], wide)
    fitting = large.canvas.scale
    assert fitting < 0.3
    qtbot.mouseDClick(large.canvas, Qt.MouseButton.LeftButton, pos=QPoint(400, 250))
    assert large.canvas.scale == 1.0
    assert large.bar.zoom.text() == "100 %"
    qtbot.waitUntil(lambda: (wide, None) in previews(engine))
    qtbot.waitUntil(lambda: large._previews.images(wide)[-1].width() == 3000)
    qtbot.mouseDClick(large.canvas, Qt.MouseButton.LeftButton, pos=QPoint(400, 250))
    assert large.canvas.scale == pytest.approx(fitting)
    for key in (Key.Key_Plus, Key.Key_Minus):
        qtbot.keyClick(large.canvas, key)
    assert large.canvas.scale == pytest.approx(fitting)


def test_a_rectangle_is_marked_with_the_mouse_and_asked_with_enter(
    qtbot: QtBot, large: LargeView, ids: list[int]
) -> None:
    asked: list[tuple[int, Box]] = []
    large.region_asked.connect(lambda asset, box: asked.append((asset, box)))
    look(qtbot, large, ids, ids[0])
    canvas, picture = large.canvas, large.canvas.picture_rect()

    def at(across: float, down: float) -> QPoint:
        return QPointF(
            picture.left() + across * picture.width(), picture.top() + down * picture.height()
        ).toPoint()

    shift = Mod.ShiftModifier
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, shift, at(0.2, 0.3))
    qtbot.mouseMove(canvas, at(0.5, 0.5))
    qtbot.mouseMove(canvas, at(0.6, 0.8))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, shift, at(0.6, 0.8))
    assert large.bar.similar.text() == "Find similar to this part"
    qtbot.keyClick(canvas, Key.Key_Return)
    ((asset, box),) = asked
    assert asset == ids[0]
    corners = (box.left, box.top, box.left + box.width, box.top + box.height)
    assert corners == pytest.approx((0.2, 0.3, 0.6, 0.8), abs=0.01)


def test_a_rectangle_is_marked_by_keyboard_alone(
    qtbot: QtBot, large: LargeView, ids: list[int]
) -> None:
    asked: list[Box] = []
    large.region_asked.connect(lambda _asset, box: asked.append(box))
    look(qtbot, large, ids, ids[0])
    canvas = large.canvas
    qtbot.keyClick(canvas, Key.Key_M)
    for _ in range(5):
        qtbot.keyClick(canvas, Key.Key_Right)
        qtbot.keyClick(canvas, Key.Key_Up, Mod.ShiftModifier)
    qtbot.keyClick(canvas, Key.Key_Return)
    (box,) = asked
    found = (box.left, box.top, box.width, box.height)
    assert found == pytest.approx((0.30, 0.25, 0.50, 0.45), abs=1e-6)
    qtbot.keyClick(canvas, Key.Key_Escape)
    assert large.isVisible()
    assert canvas.mark.area is None
    assert large.current == ids[0]
    qtbot.keyClick(canvas, Key.Key_Escape)
    assert large.isHidden()


def test_corners_and_middle_of_a_rectangle_can_be_dragged(
    qtbot: QtBot, large: LargeView, ids: list[int]
) -> None:
    look(qtbot, large, ids, ids[0])
    canvas = large.canvas
    qtbot.mouseClick(large.bar.mark, Qt.MouseButton.LeftButton)
    picture = canvas.picture_rect()
    corner = QPointF(picture.left() + picture.width() / 4, picture.top() + picture.height() / 4)
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=corner.toPoint())
    qtbot.mouseMove(canvas, picture.topLeft().toPoint())
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=picture.topLeft().toPoint())
    box = canvas.mark.box()
    assert box is not None
    assert (box.left, box.top) == pytest.approx((0, 0), abs=0.01)
    assert box.left + box.width == pytest.approx(0.75, abs=0.01)
    middle = picture.center().toPoint()
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseMove(canvas, middle + QPoint(2000, 2000))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=middle)
    box = canvas.mark.box()
    assert box is not None
    assert (box.left + box.width, box.top + box.height) == pytest.approx((1, 1), abs=0.01)


def test_a_picture_that_cannot_be_shown_says_so_in_a_sentence(
    qtbot: QtBot, large: LargeView, engine: FakeEngine, pictures: Path
) -> None:
    (pictures / "broken.jpg").write_bytes(b"nothing of the kind")
    engine.index()
    broken = named(engine, "broken.jpg")
    large.show_assets([broken], broken)
    qtbot.waitUntil(lambda: large.canvas.sentence == "This is not a picture.")
    assert not large.bar.similar.isEnabled()
    assert large.canvas.accessibleDescription() == "This is not a picture."


def test_a_preview_that_fails_leaves_the_thumbnail_and_says_why(
    qtbot: QtBot,
    large: LargeView,
    engine: FakeEngine,
    ids: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def away(asset_id: int, side: int | None) -> object:
        raise BadInput("Its drive is away.")

    monkeypatch.setattr(engine, "preview", away)
    large.show_assets(ids, ids[0])
    qtbot.waitUntil(lambda: large.canvas.sentence == "Its drive is away.")
    qtbot.waitUntil(lambda: large._thumbnail is not None)
    assert large.bar.similar.isEnabled()


def test_a_file_that_changes_is_loaded_anew(
    qtbot: QtBot, large: LargeView, engine: FakeEngine, bridge: EngineBridge, ids: list[int]
) -> None:
    look(qtbot, large, ids[:1], ids[0])
    calls = len(previews(engine))
    row = engine.rows[ids[0]]
    row.asset = replace(row.asset, modified=row.asset.modified + 1)
    bridge.changed.emit(Changes(assets_changed=frozenset(ids[:1])))
    qtbot.waitUntil(lambda: len(previews(engine)) > calls)


def test_tab_stays_inside_and_reaches_every_button(
    qtbot: QtBot, large: LargeView, ids: list[int]
) -> None:
    look(qtbot, large, ids, ids[1])
    reached = []
    for _ in range(len(large.bar.buttons())):
        focused = QApplication.focusWidget()
        assert focused is not None
        qtbot.keyClick(focused, Key.Key_Tab)
        reached.append(QApplication.focusWidget())
    assert reached == large.bar.buttons()
    qtbot.keyClick(reached[-1], Key.Key_Tab)
    assert large.canvas.hasFocus()


def test_its_keys_ask_about_what_is_looked_at(
    qtbot: QtBot, large: LargeView, ids: list[int]
) -> None:
    asked: list[Question] = []
    large.asked.connect(asked.append)
    look(qtbot, large, ids, ids[1])
    qtbot.keyClick(large.canvas, Key.Key_S)
    qtbot.mouseClick(large.bar.similar, Qt.MouseButton.LeftButton)
    assert [question.leave_out for question in asked] == [(ids[1],), (ids[1],)]


def test_sides_come_in_steps_that_the_engine_can_keep() -> None:
    assert [rung(pixels) for pixels in (1, 1024, 1025, 5000, 9999)] == [
        1024,
        1024,
        1536,
        6144,
        6144,
    ]
    assert full_side(6000, 4000) is None
    reduced = full_side(30_000, 20_000)
    assert reduced is not None
    assert reduced * (reduced * 2 / 3) <= 120_000_000
    assert Wish(1, 1024) < Wish(1, 2048) < Wish(1, None)


def test_digits_are_left_to_ratings_and_zoom_by_ctrl_or_z(
    qtbot: QtBot, large: LargeView, engine: FakeEngine, ids: list[int]
) -> None:
    look(qtbot, large, ids, ids[0])
    canvas = large.canvas
    fitting = canvas.scale
    qtbot.keyClick(canvas, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert canvas.scale == 1.0
    qtbot.keyClick(canvas, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert canvas.scale == fitting
    qtbot.keyClick(canvas, Qt.Key.Key_Z)
    assert canvas.scale == 1.0
    assert "rate" not in [verb for verb, _ in engine.calls]
