from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QColor, QDrag, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from assetman.core.changes import Changes
from assetman.core.moments import Moment
from assetman.core.queries import Example, Query, Results
from assetman.engine.protocol import EngineLost
from assetman.ui.grid import GridView, Question
from assetman.ui.grid import skim as skim_module
from assetman.ui.grid.shot_list import ShotList
from assetman.ui.player.clip import Clip
from tests.ui.fake_engine import COLOURS, FakeEngine
from tests.ui.fake_films import FakeShot
from tests.ui.grid.conftest import click, listed, middle, named, painted

Key, Mod, Left = Qt.Key, Qt.KeyboardModifier, Qt.MouseButton.LeftButton
ORDER = ("red", "green", "blue", "orange", "grey", "blue")


@pytest.fixture
def film(engine: FakeEngine) -> int:
    """Give a video of six shots of 4 seconds, two frames each."""
    shots = [FakeShot(COLOURS[name], 4.0, 2) for name in ORDER]
    return engine.add_film("/media/footage/coast.mp4", shots)


def answer(engine: FakeEngine, words: str) -> Results:
    return engine.search(Query(text=words))


def show(qtbot: QtBot, grid: GridView, results: Results) -> None:
    grid.show_results(results)
    qtbot.waitUntil(lambda: painted(grid))


def colour_at(grid: GridView, point: QPoint) -> str:
    """Name the colour that a point of the grid is nearest to."""
    seen = grid.viewport().grab().toImage().pixelColor(point)
    return nearest(seen)


def nearest(seen: QColor) -> str:
    def apart(name: str) -> int:
        colour = QColor(COLOURS[name]).lighter(115)
        parts = zip(seen.getRgb()[:3], colour.getRgb()[:3], strict=True)  # type: ignore[arg-type]
        return sum(abs(a - b) for a, b in parts)  # type: ignore[operator]

    return min(COLOURS, key=apart)


def sky(grid: GridView, row: int) -> QPoint:
    """Give a point of a card's picture where its colour is, beside plates and sun."""
    return middle(grid, row) + QPoint(4, 2)


def opened(qtbot: QtBot, grid: GridView, film: int) -> ShotList:
    """Open the shots of a video by key and give their list."""
    click(qtbot, grid, grid.assets.row_of(film))
    qtbot.keyClick(grid, Key.Key_M)
    return shots_of(qtbot, grid)


def shots_of(qtbot: QtBot, grid: GridView) -> ShotList:
    qtbot.waitUntil(
        lambda: grid.shots.strip is not None and grid.shots.strip.list.shots.shots != ()
    )
    assert grid.shots.strip is not None
    return grid.shots.strip.list


def shot_point(shots: ShotList, row: int) -> QPoint:
    return shots.visualRect(shots.shots.index(row)).center()


def asked_for(engine: FakeEngine, verb: str) -> list[object]:
    return [argument for name, argument in engine.calls if name == verb]


# -- cards ----------------------------------------------------------------------------------


def test_a_hit_shows_the_frame_of_its_best_shot_and_when_it_is(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, film: int
) -> None:
    show(qtbot, grid, answer(engine, "blue"))
    row = grid.assets.row_of(film)
    qtbot.waitUntil(lambda: colour_at(grid, sky(grid, row)) == "blue")
    hit = grid.assets.hit(row)
    assert hit is not None
    assert (hit.start, hit.end) == (8.0, 12.0)
    qtbot.mouseMove(grid.viewport(), middle(grid, row))
    assert plate_texts(grid, row) == ["0:08 – 0:12", "0:08", ""]


def plate_texts(grid: GridView, row: int) -> list[str]:
    """Give the ways in which the time on a card may be written."""
    from assetman.ui.grid.card_times import time_words

    return time_words(grid._look_of(row, -1, 0.0))


def test_in_a_list_a_video_shows_its_poster_and_its_length(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, film: int
) -> None:
    show(qtbot, grid, listed([film, named(engine, "blue bay.png")]))
    qtbot.waitUntil(lambda: colour_at(grid, sky(grid, 0)) == "red")
    assert plate_texts(grid, 0) == ["0:24", ""]
    assert not asked_for(engine, "frames")
    assert not asked_for(engine, "moments")


def test_only_frames_on_screen_are_fetched_and_decoded(
    qtbot: QtBot, grid: GridView, engine: FakeEngine
) -> None:
    films = engine.add_films(600)
    results = answer(engine, "blue")
    shown = [hit for hit in results.hits if hit.asset_id in set(films)]
    show(qtbot, grid, Results(results.query, hits=tuple(shown)))
    rows = grid.on_screen()
    wanted = {shown[row].segment_id for row in rows}
    fetched = {segment for ask in asked_for(engine, "frames") for segment in ask}  # type: ignore[attr-defined]
    assert fetched == wanted
    assert grid.sight.thumbnails.decoded == len({grid.sight.source(row) for row in rows})


def test_until_a_frame_is_made_the_poster_serves(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, film: int
) -> None:
    frames = list(engine.film_frames[film])
    kept = [frame.moment for frame in frames]
    engine.lose_frames(film)
    show(qtbot, grid, answer(engine, "blue"))
    row = grid.assets.row_of(film)
    qtbot.waitUntil(lambda: colour_at(grid, sky(grid, row)) == "red")
    for frame, moment in zip(frames, kept, strict=True):
        frame.moment = moment
    grid.apply(Changes(assets_changed=frozenset([film])))
    qtbot.waitUntil(lambda: colour_at(grid, sky(grid, row)) == "blue")


def test_a_sheet_that_cannot_be_read_leaves_the_poster(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, film: int
) -> None:
    moment = engine.film_frames[film][4].moment
    assert moment.picture is not None
    with open(moment.picture.path, "wb") as sheet:
        sheet.write(b"RIFFnothing")
    show(qtbot, grid, answer(engine, "blue"))
    row = grid.assets.row_of(film)
    qtbot.waitUntil(lambda: colour_at(grid, sky(grid, row)) == "red")


def test_a_click_on_the_time_plays_from_there(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, film: int
) -> None:
    show(qtbot, grid, answer(engine, "blue"))
    row = grid.assets.row_of(film)
    played: list[tuple[int, float]] = []
    grid.play_wanted.connect(lambda asset, start: played.append((asset, start)))
    qtbot.mouseMove(grid.viewport(), middle(grid, row))
    at = grid.picture_rect(row).bottomRight() - QPoint(20, 36)  # 16:9 in a cell of 4:3
    qtbot.mouseMove(grid.viewport(), at)
    qtbot.mouseClick(grid.viewport(), Left, pos=at)
    assert played == [(film, 8.0)]
    assert grid.selected_ids() == [film]
    qtbot.keyClick(grid, Key.Key_P)
    assert played == [(film, 8.0)] * 2


# -- the strip of shots ---------------------------------------------------------------------


def test_m_lays_the_shots_beneath_the_row_in_time_order_the_worse_ones_faded(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, film: int
) -> None:
    show(qtbot, grid, answer(engine, "blue"))
    row = grid.assets.row_of(film)
    below = row + grid.grid.columns
    before = grid.picture_rect(below).top() if below < grid.grid.count else 0
    shots = opened(qtbot, grid, film)
    assert [shot.start for shot in shots.shots.shots] == [0.0, 4.0, 8.0, 12.0, 16.0, 20.0]
    assert shots.hasFocus()
    assert shots.currentIndex().row() == 2
    bright = [shots.shots.brightness(n) for n in range(6)]
    assert bright[2] == pytest.approx(1.0)
    assert bright[5] == pytest.approx(1.0)
    assert all(value < 0.99 for n, value in enumerate(bright) if n not in (2, 5))
    scores = [shot.score or 0.0 for shot in shots.shots.shots]
    assert sorted(range(6), key=lambda n: bright[n]) == sorted(range(6), key=lambda n: scores[n])
    strip = grid.shots.strip
    assert strip is not None
    assert strip.geometry().top() >= grid.picture_rect(row).bottom()
    if below < grid.grid.count:
        assert grid.picture_rect(below).top() - before == grid.grid.room
        assert strip.geometry().bottom() < grid.picture_rect(below).top()


def test_the_keyboard_walks_the_shots_plays_them_and_comes_back(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, film: int
) -> None:
    show(qtbot, grid, answer(engine, "blue"))
    seen: list[Moment | None] = []
    played: list[float] = []
    large: list[float] = []
    grid.moment_chosen.connect(lambda _, moment: seen.append(moment))
    grid.play_wanted.connect(lambda _, start: played.append(start))
    grid.large_wanted.connect(lambda _, start: large.append(start))
    shots = opened(qtbot, grid, film)
    assert seen == []
    qtbot.keyClick(shots, Key.Key_Right)
    qtbot.keyClick(shots, Key.Key_Return)
    qtbot.keyClick(shots, Key.Key_Home)
    qtbot.keyClick(shots, Key.Key_Space)
    assert [moment.start for moment in seen if moment] == [12.0, 0.0]
    assert (played, large) == ([12.0], [0.0])
    qtbot.keyClick(shots, Key.Key_Up)
    assert grid.hasFocus()
    assert grid.shots.asset == film
    qtbot.keyClick(grid, Key.Key_Escape)
    assert grid.shots.asset is None
    assert seen[-1] is None
    qtbot.keyClick(grid, Key.Key_M)
    shots = shots_of(qtbot, grid)
    qtbot.waitUntil(shots.hasFocus)
    qtbot.keyClick(shots, Key.Key_Escape)
    assert grid.shots.strip is None
    assert grid.hasFocus()
    assert grid.selected_ids() == [film]


def test_the_mouse_opens_the_shots_and_a_click_on_one_plays_it(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, film: int
) -> None:
    show(qtbot, grid, answer(engine, "blue"))
    row = grid.assets.row_of(film)
    told: list[tuple[str, float]] = []
    grid.moment_chosen.connect(lambda _, m: told.append(("chosen", m.start if m else -1.0)))
    grid.play_wanted.connect(lambda _, start: told.append(("play", start)))
    grid.large_wanted.connect(lambda _, start: told.append(("large", start)))
    corner = grid.picture_rect(row).topLeft() + QPoint(20, 14)
    qtbot.mouseMove(grid.viewport(), middle(grid, row))
    qtbot.mouseMove(grid.viewport(), corner)
    qtbot.mouseClick(grid.viewport(), Left, pos=corner)
    shots = shots_of(qtbot, grid)
    assert grid.selected_ids() == [film]
    shots.scrollTo(shots.shots.index(3))
    qtbot.mouseClick(shots.viewport(), Left, pos=shot_point(shots, 3))
    assert told == [("chosen", 12.0), ("play", 12.0)]
    qtbot.mouseDClick(shots.viewport(), Left, pos=shot_point(shots, 3))
    assert told[-1] == ("large", 12.0)
    strip = grid.shots.strip
    assert strip is not None
    qtbot.mouseClick(strip.close_button, Left)
    assert grid.shots.asset is None
    assert not strip.isVisible()
    qtbot.mouseClick(grid.viewport(), Left, pos=corner)
    assert grid.shots.asset == film
    qtbot.mouseClick(grid.viewport(), Left, pos=corner)
    assert grid.shots.asset is None


def test_what_lies_below_the_strip_is_still_hit_and_the_wheel_goes_on(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, film: int, many: list[int]
) -> None:
    show(qtbot, grid, listed([film, *many[:60]]))
    shots = opened(qtbot, grid, film)
    below = grid.grid.columns
    assert grid.indexAt(middle(grid, below)).row() == below
    qtbot.keyClick(shots, Key.Key_Down)
    assert grid.hasFocus()
    assert grid.selected_ids() == [grid.ids()[below]]
    point = QPointF(shot_point(shots, 0))
    event = QWheelEvent(
        point,
        QPointF(shots.viewport().mapToGlobal(point.toPoint())),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Mod.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(shots.viewport(), event)
    assert not event.isAccepted()  # what was made here goes no further by itself
    event.accept()
    QApplication.sendEvent(grid.viewport(), event)
    assert grid.verticalScrollBar().value() > 0
    strip = grid.shots.strip
    assert strip is not None
    room = grid.grid.beneath.translated(0, -grid.verticalOffset())
    assert strip.geometry().bottom() == room.bottom()
    grid.resize(470, 500)
    row = grid.assets.row_of(film)
    assert strip.geometry().top() > grid.picture_rect(row).bottom()
    assert strip.width() == grid.grid.beneath.width()


def test_a_long_film_shows_the_shots_that_match_best_still_in_time_order(
    qtbot: QtBot, grid: GridView, engine: FakeEngine
) -> None:
    names = list(COLOURS)
    shots = [FakeShot(COLOURS[names[n % 5]], 3.0) for n in range(200)]
    film = engine.add_film("/media/footage/long.mkv", shots)
    show(qtbot, grid, answer(engine, "green"))
    shown = opened(qtbot, grid, film)
    starts = [shot.start for shot in shown.shots.shots]
    assert len(starts) == 60
    assert starts == sorted(starts)
    assert {3.0 * n for n in range(200) if names[n % 5] == "green"} <= set(starts)
    strip = grid.shots.strip
    assert strip is not None
    assert strip.sentence.text() == "The best 60 of 200 shots · faded ones match less"
    show(qtbot, grid, listed([film]))
    shown = opened(qtbot, grid, film)
    assert len(shown.shots.shots) == 200
    assert strip.sentence.text() == "200 shots"
    assert not shown.selectionModel().hasSelection()
    assert asked_for(engine, "moments")[-1] == (film, None)


def test_back_brings_the_open_shots_again_and_another_answer_does_not(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, film: int
) -> None:
    blue, green = answer(engine, "blue"), answer(engine, "green")
    show(qtbot, grid, blue)
    opened(qtbot, grid, film)
    place = grid.place()
    show(qtbot, grid, green)
    assert grid.shots.asset is None
    assert grid.grid.room == 0
    grid.show_results(blue)
    grid.restore(place)
    shots = shots_of(qtbot, grid)
    assert grid.shots.asset == film
    assert not shots.hasFocus()
    assert grid.selected_ids() == [film]


def test_what_has_no_shots_says_so_and_a_picture_has_none(
    qtbot: QtBot, grid: GridView, engine: FakeEngine
) -> None:
    fresh = engine.add_film("/media/footage/fresh.mp4", [])
    barn = named(engine, "red barn.jpg")
    show(qtbot, grid, listed([fresh, barn]))
    click(qtbot, grid, 1)
    qtbot.keyClick(grid, Key.Key_M)
    assert grid.shots.asset is None
    click(qtbot, grid, 0)
    qtbot.keyClick(grid, Key.Key_M)
    strip = grid.shots.strip
    assert strip is not None
    qtbot.waitUntil(lambda: strip.sentence.text() == "Its shots are still to be found.")


def test_a_video_that_goes_takes_its_open_shots_along(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, film: int
) -> None:
    show(qtbot, grid, answer(engine, "blue"))
    opened(qtbot, grid, film)
    grid.apply(Changes(assets_removed=frozenset([film])))
    QApplication.sendEvent(grid.viewport(), QEvent(QEvent.Type.Leave))
    assert grid.shots.asset is None
    assert film not in grid.ids()


def test_esc_silences_first_and_closes_the_shots_then(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, film: int
) -> None:
    playing = [True]
    grid.shots.silence = lambda: bool(playing) and playing.pop()
    show(qtbot, grid, answer(engine, "blue"))
    shots = opened(qtbot, grid, film)
    qtbot.keyClick(shots, Key.Key_Escape)
    assert (grid.shots.asset, playing) == (film, [])
    qtbot.keyClick(shots, Key.Key_Escape)
    assert grid.shots.asset is None


# -- questions ------------------------------------------------------------------------------


def test_similar_means_the_moment_that_is_shown(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, film: int
) -> None:
    show(qtbot, grid, answer(engine, "blue"))
    asked: list[Question] = []
    grid.asked.connect(asked.append)
    shots = opened(qtbot, grid, film)
    qtbot.keyClick(shots, Key.Key_Right)
    qtbot.keyClick(shots, Key.Key_S)
    qtbot.keyClick(shots, Key.Key_Escape)
    qtbot.keyClick(grid, Key.Key_S)
    qtbot.keyClick(grid, Key.Key_S, Mod.ShiftModifier)
    assert [question.examples for question in asked] == [
        (Example(asset_id=film, start=12.0, end=16.0),),
        (Example(asset_id=film, start=8.0, end=12.0),),
        (Example(asset_id=film, start=8.0, end=12.0, weight=-1.0),),
    ]
    assert asked[0].leave_out == (film,)
    show(qtbot, grid, listed([film]))
    click(qtbot, grid, 0)
    qtbot.keyClick(grid, Key.Key_S)
    assert asked[-1].examples == (Example(asset_id=film),)


def test_the_menu_of_a_video_offers_its_moment_and_the_whole(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, film: int
) -> None:
    show(qtbot, grid, answer(engine, "blue"))
    asked: list[Question] = []
    saved: list[Clip] = []
    played: list[float] = []
    grid.asked.connect(asked.append)
    grid.export_wanted.connect(saved.append)
    grid.play_wanted.connect(lambda _, start: played.append(start))
    menu = grid.verbs.menu([film])
    entries = {action.text().partition("\t")[0]: action for action in menu.actions()}
    for name in (
        "Play from 0:08",
        "Save this shot…",
        "Find similar to this moment",
        "Find similar to the whole video",
    ):
        entries[name].trigger()
    assert played == [8.0]
    assert [(clip.start, clip.end) for clip in saved] == [(8.0, 12.0)]
    assert [question.examples[0].start for question in asked] == [8.0, None]
    entries["Show its shots"].trigger()
    shots = shots_of(qtbot, grid)
    qtbot.waitUntil(shots.hasFocus)
    assert "Hide its shots\tM" in [action.text() for action in grid.verbs.menu([film]).actions()]
    names = [action.text() for action in grid.verbs.menu([named(engine, "red barn.jpg")]).actions()]
    assert not any("shot" in name or "Play" in name for name in names)


# -- skimming -------------------------------------------------------------------------------


def skim_to(qtbot: QtBot, grid: GridView, row: int, share: float) -> None:
    picture = grid.picture_rect(row)
    x = picture.left() + round(share * (picture.width() - 1))
    qtbot.mouseMove(grid.viewport(), QPoint(x, picture.center().y()))


def test_the_pointer_across_a_video_shows_its_frames_in_time_order(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, film: int
) -> None:
    show(qtbot, grid, listed([film]))
    skim_to(qtbot, grid, 0, 0.2)
    skim_to(qtbot, grid, 0, 0.05)
    qtbot.waitUntil(lambda: grid.skimming.of(film) is not None)
    seen = []
    for share in (0.05, 0.25, 0.4, 0.55, 0.7, 0.9):
        skim_to(qtbot, grid, 0, share)
        seen.append(plate_texts(grid, 0)[0])
    assert seen == ["0:01", "0:07", "0:09", "0:13", "0:17", "0:21"]
    skim_to(qtbot, grid, 0, 0.42)
    qtbot.waitUntil(lambda: colour_at(grid, sky(grid, 0)) == "blue")
    assert asked_for(engine, "moments") == [(film, None)]
    QApplication.sendEvent(grid.viewport(), QEvent(QEvent.Type.Leave))
    assert grid.skimming.of(film) is None
    qtbot.waitUntil(lambda: colour_at(grid, sky(grid, 0)) == "red")
    assert plate_texts(grid, 0)[0] == "0:24"


def test_a_pointer_that_only_passes_asks_for_nothing(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, film: int
) -> None:
    show(qtbot, grid, listed([film, named(engine, "red barn.jpg")]))
    skim_to(qtbot, grid, 0, 0.5)
    skim_to(qtbot, grid, 1, 0.5)
    qtbot.wait(2 * skim_module.DWELL_MS)
    assert not asked_for(engine, "moments")


def test_over_its_actions_a_card_shows_what_they_mean(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, film: int
) -> None:
    show(qtbot, grid, answer(engine, "blue"))
    row = grid.assets.row_of(film)
    skim_to(qtbot, grid, row, 0.3)
    skim_to(qtbot, grid, row, 0.05)
    qtbot.waitUntil(lambda: grid.skimming.of(film) is not None)
    assert plate_texts(grid, row)[0] == "0:01"
    qtbot.mouseMove(grid.viewport(), grid.picture_rect(row).topRight() + QPoint(-20, 14))
    assert grid.skimming.of(film) is None
    assert plate_texts(grid, row)[0] == "0:08 – 0:12"


def test_less_motion_or_the_persons_wish_means_no_skimming(
    qtbot: QtBot,
    grid: GridView,
    engine: FakeEngine,
    film: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    show(qtbot, grid, listed([film]))
    grid.skimming.on = False
    skim_to(qtbot, grid, 0, 0.2)
    assert grid.skimming._asset is None
    grid.skimming.on = True
    monkeypatch.setattr(skim_module, "reduced_motion", lambda: True)
    skim_to(qtbot, grid, 0, 0.5)
    assert grid.skimming._asset is None


# -- for those who hear ---------------------------------------------------------------------


def test_cards_and_shots_say_their_times_aloud(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, film: int
) -> None:
    show(qtbot, grid, answer(engine, "blue"))
    row = grid.assets.row_of(film)
    name = grid.assets.data(grid.assets.index(row), Qt.ItemDataRole.AccessibleTextRole)
    assert name.startswith("coast.mp4, video, score ")
    assert name.endswith("best at 0:08 to 0:12")
    told = grid.assets.data(grid.assets.index(row), Qt.ItemDataRole.AccessibleDescriptionRole)
    assert told.startswith("0:24 long, 640 × 360")
    shots = opened(qtbot, grid, film)
    assert shots.accessibleName() == "Shots of coast.mp4"
    spoken = shots.shots.data(shots.shots.index(2), Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == f"shot 3 of 6, 0:08 to 0:12, score {shots.shots.shots[2].score:.2f}"
    interface = QAccessible.queryAccessibleInterface(shots)
    assert interface.childCount() == 6


# -- what else there is to mind -------------------------------------------------------------


def test_tab_goes_into_the_shots_and_on_to_their_close_button(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, film: int
) -> None:
    show(qtbot, grid, answer(engine, "blue"))
    shots = opened(qtbot, grid, film)
    qtbot.keyClick(shots, Key.Key_Up)
    assert grid.hasFocus()
    qtbot.keyClick(grid, Key.Key_Tab)
    assert shots.hasFocus()
    qtbot.keyClick(shots, Key.Key_Tab)
    strip = grid.shots.strip
    assert strip is not None
    assert strip.close_button.hasFocus()
    qtbot.keyClick(strip.close_button, Key.Key_Escape)
    assert grid.shots.asset is None
    assert grid.hasFocus()


def test_from_right_to_left_the_first_shot_is_at_the_right(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, film: int
) -> None:
    grid.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    show(qtbot, grid, listed([film]))
    shots = opened(qtbot, grid, film)
    first, second = (shots.visualRect(shots.shots.index(row)) for row in (0, 1))
    assert first.left() > second.left()
    assert shots.viewport().rect().contains(first.center())
    qtbot.keyClick(shots, Key.Key_Left)
    assert shots.currentIndex().row() == 1
    qtbot.waitUntil(lambda: all(shots.picture_of(row) is not None for row in (0, 1)))


def test_the_menu_under_a_skimming_pointer_means_the_frame_it_shows(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, film: int
) -> None:
    show(qtbot, grid, answer(engine, "blue"))
    row = grid.assets.row_of(film)
    skim_to(qtbot, grid, row, 0.3)
    skim_to(qtbot, grid, row, 0.05)
    qtbot.waitUntil(lambda: grid.skimming.of(film) is not None)
    names = [action.text() for action in grid.verbs.menu([film]).actions()]
    assert "Play from 0:00\tP" in names


def test_shots_that_are_waited_for_come_although_the_pointer_left(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, film: int
) -> None:
    show(qtbot, grid, listed([film]))
    click(qtbot, grid, 0)
    grid.films.want(film, None, lasting=False)
    qtbot.keyClick(grid, Key.Key_M)
    grid.films.cancel(film, None)
    assert len(shots_of(qtbot, grid).shots.shots) == 6


def test_the_shots_come_when_the_engine_is_back(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, film: int
) -> None:
    show(qtbot, grid, answer(engine, "blue"))
    engine.fail_with["moments"] = EngineLost("The engine stopped.")
    click(qtbot, grid, grid.assets.row_of(film))
    qtbot.keyClick(grid, Key.Key_M)
    qtbot.waitUntil(lambda: "moments" not in engine.fail_with)
    qtbot.waitUntil(lambda: not grid.films._asked)
    engine.lose()
    assert len(shots_of(qtbot, grid).shots.shots) == 6


def test_a_drag_carries_the_file_and_the_frame_that_is_seen(
    qtbot: QtBot,
    grid: GridView,
    engine: FakeEngine,
    film: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    show(qtbot, grid, answer(engine, "blue"))
    click(qtbot, grid, grid.assets.row_of(film))
    dragged: list[tuple[str, str]] = []

    def held(drag: QDrag, *actions: object) -> Qt.DropAction:
        image = drag.pixmap().toImage()
        (url,) = drag.mimeData().urls()
        dragged.append((url.fileName(), nearest(image.pixelColor(40, 16))))
        return Qt.DropAction.CopyAction

    monkeypatch.setattr(QDrag, "exec", held)
    grid.startDrag(Qt.DropAction.CopyAction)
    assert dragged == [("coast.mp4", "blue")]
