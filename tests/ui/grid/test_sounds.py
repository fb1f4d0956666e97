"""Sounds as cards: their outline, the part that matches lit, the words that say when."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QObject, QPoint, QPointF, QRectF, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from assetman.core.assets import SegmentKind
from assetman.core.changes import Changes
from assetman.core.errors import EnvironmentProblem
from assetman.core.queries import Hit, Query, Results
from assetman.core.sounds import Waveform
from assetman.ui.grid import GridView, Question
from assetman.ui.grid.asset_actions import mime_of
from assetman.ui.grid.card_times import sign_of, time_words
from assetman.ui.grid.facts import fact_rows, reason_rows
from assetman.ui.grid.outline_pictures import outline_image
from assetman.ui.grid.outlines import OutlinePicture, inks_of, outline_place
from assetman.ui.grid.plates import Plate
from assetman.ui.grid.wording import card_name, card_sentence, card_tip
from assetman.ui.theme import Scheme, appearance, theme
from tests.ui.fake_engine import FakeEngine
from tests.ui.fake_films import FakeShot
from tests.ui.fake_sounds import FakePart
from tests.ui.grid.conftest import click, listed, middle, named, painted

RED, BLUE = "#c0392b", "#2f6fc4"


@pytest.fixture
def surf(engine: FakeEngine, pictures: Path) -> int:
    """Give a sound of half a minute, blue in its middle."""
    parts = [FakePart(RED, 10, 0.2), FakePart(BLUE, 10, 0.9), FakePart(RED, 10, 0.2)]
    return engine.add_sound(str(pictures / "surf on pebbles.wav"), parts)


def asked(engine: FakeEngine, text: str, *ids: int) -> Results:
    """Ask a question of some assets alone."""
    results = engine.search(Query(text=text))
    return replace(results, hits=tuple(hit for hit in results.hits if hit.asset_id in ids))


def pixels(image: QImage, colour: QColor) -> list[int]:
    """List the columns of a picture in which a colour stands."""
    seen = image.convertToFormat(QImage.Format.Format_ARGB32)
    wanted = colour.rgba()
    rows = range(seen.height())
    return [x for x in range(seen.width()) if any(seen.pixel(x, y) == wanted for y in rows)]


def opaque(grid: GridView, row: int) -> bool:
    """Tell whether a card's picture has faded in."""
    picture = grid.sight.thumbnail(row)
    return picture is not None and picture.opacity_now() == 1


def card_picture(grid: GridView, row: int) -> QImage:
    """Take a picture of a card's picture as it is on the screen."""
    return grid.viewport().grab(grid.picture_rect(row)).toImage()


def test_a_sound_shows_its_outline_and_how_long_it_is(
    qtbot: QtBot, grid: GridView, surf: int
) -> None:
    grid.show_results(listed([surf]))
    qtbot.waitUntil(lambda: painted(grid))
    look = grid._look_of(0, -1, 0.0)
    assert isinstance(grid.sight.source(0), OutlinePicture)
    assert (time_words(look)[0], sign_of(look)) == ("0:30", "")
    qtbot.waitUntil(lambda: opaque(grid, 0))
    assert len(pixels(card_picture(grid, 0), QColor.fromRgba(inks_of(theme()).plain))) > 30


def test_the_part_that_matches_is_lit_where_it_lies_and_said_in_words(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, surf: int
) -> None:
    grid.show_results(asked(engine, "blue", surf))
    qtbot.waitUntil(lambda: painted(grid))
    assert time_words(grid._look_of(0, -1, 0.0))[0] == "0:10 – 0:20 of 0:30"
    picture = grid.sight.thumbnail(0)
    assert picture is not None
    lit = pixels(picture.image, QColor.fromRgba(inks_of(theme()).lit))
    width = picture.image.width()
    assert lit
    assert 0.3 * width < min(lit) < 0.4 * width
    assert 0.6 * width < max(lit) < 0.7 * width


def test_light_and_dark_have_inks_of_their_own(qtbot: QtBot, grid: GridView, surf: int) -> None:
    try:
        for scheme in (Scheme.LIGHT, Scheme.DARK):
            appearance().set_scheme(scheme)
            grid.show_results(listed([surf]))
            qtbot.waitUntil(lambda: painted(grid))
            source = grid.sight.source(0)
            assert isinstance(source, OutlinePicture)
            assert source.inks == inks_of(theme())
            picture = grid.sight.thumbnail(0)
            assert picture is not None
            ground = picture.image.pixelColor(picture.image.width() // 2, 4)
            assert ground.name() == theme().raised.name()
    finally:
        appearance().set_scheme(Scheme.SYSTEM)


def test_a_short_sound_says_its_length_finely_even_where_all_of_it_matches(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, pictures: Path
) -> None:
    kick = engine.add_sound(str(pictures / "kick.wav"), [FakePart(BLUE, 0.34)])
    grid.show_results(asked(engine, "blue", kick))
    qtbot.waitUntil(lambda: painted(grid))
    assert time_words(grid._look_of(0, -1, 0.0)) == ["0.34 s", ""]
    assert grid._clip_of(kick) is None


def test_silence_is_a_line_and_not_an_empty_card(tmp_path: Path) -> None:
    np.save(tmp_path / "silence.npy", np.zeros((500, 2), np.int8))
    quiet = OutlinePicture(Waveform((str(tmp_path / "silence.npy"),), 50.0), inks_of(theme()))
    image = outline_image(quiet, QSize(160, 120), 8, 1.0)
    assert len(pixels(image, QColor.fromRgba(inks_of(theme()).plain))) > 30


@pytest.mark.parametrize("count", [0, 1, 3, 5000])
def test_an_outline_of_any_length_fills_its_card(tmp_path: Path, count: int) -> None:
    pairs = np.tile(np.array([[-90, 90]], np.int8), (count, 1))
    np.save(tmp_path / "any.npy", pairs)
    outline = OutlinePicture(
        Waveform((str(tmp_path / "any.npy"),), 100.0), inks_of(theme()), (0, 1e9)
    )
    image = outline_image(outline, QSize(160, 120), 8, 1.0)
    lit = pixels(image, QColor.fromRgba(inks_of(theme()).lit))
    assert bool(lit) is (count > 0)
    if count:
        assert max(lit) - min(lit) > 120


@pytest.mark.parametrize("spoiled", [b"", b"no outline at all", None])
def test_an_outline_that_is_gone_or_spoiled_is_told_as_such(
    tmp_path: Path, spoiled: bytes | None
) -> None:
    file = tmp_path / "outline.npy"
    if spoiled is None:
        np.save(file, np.zeros((4, 3), np.float32))
    elif spoiled:
        file.write_bytes(spoiled)
    picture = OutlinePicture(Waveform((str(file),), 10.0), inks_of(theme()))
    with pytest.raises(EnvironmentProblem):
        outline_image(picture, QSize(100, 80), 8, 1.0)


def test_a_sound_whose_outline_is_spoiled_shows_its_cover_instead(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, pictures: Path
) -> None:
    cover = engine.rows[named(engine, "evening.jpg")].thumbnail
    song = engine.add_sound(str(pictures / "song.wav"), [FakePart(RED, 20)], cover=cover)
    waveform = engine.rows[song].waveform
    assert waveform is not None
    Path(waveform.paths[0]).write_bytes(b"spoiled")
    grid.show_results(listed([song]))
    qtbot.waitUntil(lambda: grid.sight.source(0) == cover)
    qtbot.waitUntil(lambda: painted(grid))


def test_an_outline_that_was_spoiled_shows_when_it_is_made_again(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, pictures: Path
) -> None:
    song = engine.add_sound(str(pictures / "song.wav"), [FakePart(RED, 20)])
    waveform = engine.rows[song].waveform
    assert waveform is not None
    whole = Path(waveform.paths[0]).read_bytes()
    Path(waveform.paths[0]).write_bytes(b"spoiled")
    grid.show_results(listed([song]))
    qtbot.waitUntil(lambda: bool(grid.sight.thumbnails._failed))
    assert not painted(grid)
    Path(waveform.paths[0]).write_bytes(whole)
    grid.apply(Changes(assets_changed=frozenset([song])))
    qtbot.waitUntil(lambda: painted(grid))


def test_a_cover_stands_beside_the_outline(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, pictures: Path
) -> None:
    cover = engine.rows[named(engine, "evening.jpg")].thumbnail
    song = engine.add_sound(str(pictures / "song.wav"), [FakePart(RED, 20)], cover=cover)
    grid.show_results(listed([song]))
    qtbot.waitUntil(lambda: painted(grid))
    picture = grid.sight.thumbnail(0)
    assert picture is not None
    image = picture.image
    bars = pixels(image, QColor.fromRgba(inks_of(theme()).plain))
    assert min(bars) > outline_place(QRectF(image.rect()), 1.0, True).left() - 2
    orange = image.pixelColor(image.width() // 4, round(image.height() * 0.44))
    assert orange.red() > orange.blue() + 40


def test_an_outline_that_comes_later_is_painted_when_it_is_made(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, pictures: Path
) -> None:
    late = engine.add_sound(str(pictures / "late.wav"), [FakePart(RED, 20)], outlined=False)
    made = engine.add_sound(str(pictures / "made.wav"), [FakePart(RED, 20)])
    grid.show_results(listed([late]))
    qtbot.waitUntil(lambda: grid.assets.card(0) is not None)
    assert "Its outline is still to be made." in (card_tip(grid.assets.card(0)) or "")
    engine.rows[late].waveform = engine.rows[made].waveform
    grid.apply(Changes(assets_changed=frozenset([late])))
    qtbot.waitUntil(lambda: painted(grid))


def test_a_screen_reader_hears_when_it_is_heard_and_what_is_known(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, surf: int
) -> None:
    grid.show_results(asked(engine, "blue", surf))
    qtbot.waitUntil(lambda: painted(grid))
    card, hit = grid.assets.card(0), grid.assets.hit(0)
    assert card is not None
    words = card_name(card, hit, 1)
    assert words == "surf on pebbles.wav, sound, score 1.00, heard at 0:10 to 0:20"
    assert card_sentence(card).startswith("0:30 long, 120 BPM, Am, 48 kHz, stereo, −16.4 LUFS, ")


def test_a_video_found_by_its_sound_says_so_and_shows_no_window_among_its_shots(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, pictures: Path
) -> None:
    film = engine.add_film(str(pictures / "film.mp4"), [FakeShot(RED, 10), FakeShot(RED, 10)])
    segment = engine.add_heard(film, 5, 15, BLUE)
    grid.show_results(asked(engine, "blue", film))
    qtbot.waitUntil(lambda: painted(grid))
    hit, look = grid.assets.hit(0), grid._look_of(0, -1, 0.0)
    assert hit is not None
    assert hit.segment_id == segment
    assert (time_words(look)[0], sign_of(look)) == ("0:05 – 0:15", "heard")
    assert "heard at 0:05 to 0:15" in card_name(look.card, hit, 1)
    grid.shots.open(film)
    qtbot.waitUntil(lambda: bool(grid.films.get(film, grid.query)))
    kept = grid.films.get(film, grid.query) or []
    assert [moment.kind for moment in kept] == [SegmentKind.SHOT] * 2


def test_the_reasons_say_what_was_heard_when_and_what_was_written() -> None:
    hit = Hit(1, 0.7, 5, 83.0, 93.0, reasons={"sound: words": 0.5, "written": 0.2})
    assert reason_rows(hit) == [
        ("words, heard at 1:23", 0.5),
        ("written in its name or description", 0.2),
    ]


def test_the_details_tell_length_loudness_tempo_and_key(engine: FakeEngine, surf: int) -> None:
    rows = dict(fact_rows(engine.details(surf)))
    assert rows["Length"] == "0:30"
    assert rows["Loudness"] == "−16.4 LUFS"
    assert rows["Peak"] == "−1.2 dBFS"
    assert (rows["Tempo"], rows["Key"]) == ("120 BPM", "Am")


def test_s_asks_for_the_part_that_was_found_and_the_menu_for_the_whole_sound(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, surf: int
) -> None:
    grid.show_results(asked(engine, "blue", surf))
    qtbot.waitUntil(lambda: painted(grid))
    click(qtbot, grid, 0)
    questions: list[Question] = []
    grid.asked.connect(questions.append)
    qtbot.keyClick(grid, Qt.Key.Key_S)
    example = questions[0].examples[0]
    assert (example.asset_id, example.start, example.end) == (surf, 10, 20)
    menu = grid.verbs.menu([surf])
    entries = {action.text().partition("\t")[0]: action for action in menu.actions()}
    assert "Play from 0:10" in entries
    assert not [text for text in entries if "shots" in text]
    entries["Find similar to the whole sound"].trigger()
    assert questions[1].examples[0].start is None
    menu.deleteLater()


def test_a_click_on_the_time_of_a_sound_plays_it_from_there(
    qtbot: QtBot, grid: GridView, engine: FakeEngine, surf: int
) -> None:
    grid.show_results(asked(engine, "blue", surf))
    qtbot.waitUntil(lambda: painted(grid))
    wanted: list[tuple[int, float]] = []
    grid.play_wanted.connect(lambda asset, start: wanted.append((asset, start)))
    qtbot.mouseMove(grid.viewport(), middle(grid, 0))
    corner = grid.picture_rect(0).bottomRight() - QPoint(14, 14)
    qtbot.mouseMove(grid.viewport(), corner)
    assert grid.plate_at(corner) == (0, Plate.TIME)
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=corner)
    assert wanted == [(surf, 10.0)]


class Player(QObject):
    """Somebody who lets a sound be heard."""

    moved = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.heard: dict[int, float] = {}

    def at(self, asset_id: int) -> float | None:
        return self.heard.get(asset_id)


def test_a_line_shows_how_far_into_a_sound_one_listens(
    qtbot: QtBot, grid: GridView, surf: int
) -> None:
    player = Player()
    grid.listening = player
    grid.show_results(listed([surf]))
    qtbot.waitUntil(lambda: painted(grid))
    qtbot.waitUntil(lambda: opaque(grid, 0))

    def line() -> list[int]:
        return pixels(card_picture(grid, 0), theme().text)

    assert not line()
    player.heard[surf] = 15.0
    player.moved.emit(surf)
    at = line()
    centre = grid.picture_rect(0).width() / 2
    assert at
    assert all(abs(x - centre) < 3 for x in at)
    player.heard.clear()
    player.moved.emit(surf)
    assert not line()
    player.deleteLater()


def test_a_card_of_a_sound_is_dragged_as_its_file(engine: FakeEngine, surf: int) -> None:
    mime = mime_of(engine.cards([surf]))
    assert mime.urls() == [QUrl.fromLocalFile(engine.rows[surf].asset.path)]


def test_tiny_cards_show_the_outline_alone(
    qtbot: QtBot, place: QWidget, grid: GridView, engine: FakeEngine, surf: int
) -> None:
    grid.hide()
    small = GridView(grid.verbs._bridge, grid.verbs._organiser, place, captions=False, card=56)
    small.setGeometry(0, 0, 200, 100)
    small.show()
    small.show_results(asked(engine, "blue", surf))
    qtbot.waitUntil(lambda: painted(small))
    assert time_words(small._look_of(0, -1, 0.0)) == [""]
    assert small.picture_rect(0).contains(QPointF(middle(small, 0)).toPoint())
