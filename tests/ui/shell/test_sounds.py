"""Sounds in the whole window: dropped, pasted, listed, ordered, counted."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QAction, QGuiApplication
from pytestqt.qtbot import QtBot

from assetman.core.assets import Kind
from assetman.core.queries import Sort
from assetman.ui.controller.state import KindChip
from assetman.ui.drop_targets import Target
from assetman.ui.pasting import sort_paths
from assetman.ui.window import MainWindow
from tests.ui.fake_engine import FakeEngine
from tests.ui.fake_sounds import FakePart, write_wav
from tests.ui.shell.conftest import Open, drag_over, drop, labels, shown

RED, GREEN, BLUE = "#c0392b", "#3f9b4b", "#2f6fc4"


@pytest.fixture
def sounds(engine: FakeEngine, pictures: Path) -> list[int]:
    """Give three sounds of different lengths and colours, beside the pictures."""
    return [
        engine.add_sound(str(pictures / f"{name}.wav"), [FakePart(colour, seconds)])
        for name, colour, seconds in (("surf", BLUE, 14), ("leaves", GREEN, 3), ("fire", RED, 8))
    ]


@pytest.fixture
def stranger(tmp_path: Path) -> Path:
    """Give a sound that is in no library."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    write_wav(str(folder / "stranger.wav"), [FakePart(GREEN, 2)])
    return folder / "stranger.wav"


def files(*paths: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def test_a_sound_dropped_on_the_window_finds_what_is_like_it(
    qtbot: QtBot, open_window: Open, engine: FakeEngine, sounds: list[int], stranger: Path
) -> None:
    window = open_window(engine)
    drag_over(window, files(stranger))
    overlay = window.intake.targets
    qtbot.waitUntil(lambda: overlay.offer.targets == ((Target.SIMILAR, "1 sound"),))
    drag_over(overlay, files(stranger))
    drop(overlay, files(stranger))
    qtbot.waitUntil(lambda: labels(window) == ["stranger.wav"])
    qtbot.waitUntil(lambda: shown(window)[0] in ("leaves.wav", "green hills.jpg"))
    assert {"leaves.wav", "green hills.jpg"} == set(shown(window)[:2])
    chip = window.top_bar.search.chips.buttons[0]
    assert chip.accessibleName() == "like stranger.wav, remove"
    assert not chip.grab().isNull()


def test_a_sound_is_pasted_beside_a_picture_and_a_video(
    qtbot: QtBot, open_window: Open, engine: FakeEngine, sounds: list[int], stranger: Path
) -> None:
    window = open_window(engine)
    picture = stranger.parent.parent / "Photos" / "red barn.jpg"
    QGuiApplication.clipboard().setMimeData(files(picture, stranger))
    window.paste()
    qtbot.waitUntil(lambda: labels(window) == ["red barn.jpg", "stranger.wav"])


def test_sounds_are_told_by_their_names_and_playlists_are_none(tmp_path: Path) -> None:
    endings = "wav w64 rf64 aif aiff aifc flac mp3 m4a aac ogg oga opus wma wv ape mka caf au snd"
    endings += " amr ac3 eac3 dts mp2 tta"
    heard = [str(tmp_path / f"a.{ending}") for ending in endings.split()]
    lists = [str(tmp_path / f"a.{ending}") for ending in ("m3u", "pls", "txt", "mid")]
    found = sort_paths((*heard, *lists, str(tmp_path / "a.mp4"), str(tmp_path / "a.JPG")))
    assert found.sounds == tuple(heard)
    assert found.others == tuple(lists)
    assert (len(found.videos), len(found.pictures)) == (1, 1)


def test_what_is_neither_seen_nor_heard_is_refused_with_a_sentence(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    (tmp_path / "list.m3u").write_text("a.wav")
    drag_over(window, files(tmp_path / "list.m3u"))
    refusal = "These are not pictures, videos or sounds. Drop some of those, or a folder."
    qtbot.waitUntil(lambda: window.intake.targets.offer.refusal == refusal)


def test_ctrl_l_shows_a_list_and_the_next_window_shows_it_too(
    qtbot: QtBot, open_window: Open, engine: FakeEngine, sounds: list[int]
) -> None:
    window = open_window(engine)
    grid, top = window.content.grid, window.top_bar
    assert top.sizes.cards.isChecked()
    qtbot.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert grid.listing.on
    assert top.sizes.list.isChecked()
    assert not top.sizes.slider.isVisible()
    assert not top.fill.isVisible()
    window.views.columns.actions()[-1].trigger()
    window.close()
    again = open_window(engine)
    assert again.content.grid.listing.on
    assert again.views.action.isChecked()
    assert "tags" in again.content.grid.listing.header.written().partition("widths")[0]
    qtbot.mouseClick(again.top_bar.sizes.cards, Qt.MouseButton.LeftButton)
    assert not again.content.grid.listing.on
    assert again.top_bar.sizes.slider.isVisible()


def test_a_head_of_the_list_orders_it_and_the_top_bar_says_so(
    qtbot: QtBot, open_window: Open, engine: FakeEngine, sounds: list[int]
) -> None:
    window = open_window(engine, 1600)
    window.views.toggle()
    header = window.content.grid.listing.header
    length = next(n for n, column in enumerate(header.columns) if column.name == "length")
    at = header.sectionViewportPosition(length) + 20

    def press() -> None:
        where = header.rect().center()
        where.setX(at)
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=where)

    press()
    qtbot.waitUntil(lambda: shown(window)[:3] == ["surf.wav", "fire.wav", "leaves.wav"])
    assert window.top_bar.order.text() == "Length ▾"
    press()
    qtbot.waitUntil(lambda: shown(window)[:3] == ["leaves.wav", "fire.wav", "surf.wav"])
    assert window.top_bar.order.accessibleName() == "Order: Length, shortest first"
    assert shown(window)[3].endswith(("jpg", "png", "webp"))
    window.walk.back()
    qtbot.waitUntil(lambda: window.top_bar.order.text() == "Length ▾")
    window.walk.back()
    qtbot.waitUntil(lambda: window.top_bar.order.text() == "Date ▾")


def orders(window: MainWindow) -> list[str]:
    """Name the orders that the menu offers."""
    menu = window.top_bar.order.menu()
    return [action.text() for action in menu.actions() if action.isVisible() and action.text()]


def test_orders_of_sounds_are_offered_where_there_are_any(
    qtbot: QtBot, open_window: Open, engine: FakeEngine, pictures: Path
) -> None:
    window = open_window(engine)
    assert not {"Length", "Loudness", "Tempo", "Key", "Sample rate"} & set(orders(window))
    engine.add_sound(str(pictures / "surf.wav"), [FakePart(BLUE, 14)])
    window.library.watch.renew()
    qtbot.waitUntil(lambda: "Loudness" in orders(window))
    assert {"Length", "Tempo", "Key", "Sample rate"} <= set(orders(window))
    action = next(a for a in window.top_bar.order.menu().actions() if a.text() == "Tempo")
    assert isinstance(action, QAction)
    action.trigger()
    assert (window.session.state.sort, window.session.state.descending) == (Sort.BPM, True)


def test_the_sidebar_counts_each_kind_and_a_click_shows_it_alone(
    qtbot: QtBot, open_window: Open, engine: FakeEngine, sounds: list[int]
) -> None:
    window = open_window(engine)
    side = window.library.sidebar
    heard, seen = side.kinds.rows[Kind.AUDIO], side.kinds.rows[Kind.IMAGE]
    assert heard.isVisible()
    assert heard.accessibleName() == "Sound, 3 assets"
    assert seen.accessibleName() == "Pictures, 5 assets"
    assert not side.kinds.rows[Kind.VIDEO].isVisible()
    qtbot.mouseClick(heard, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: sorted(shown(window)) == ["fire.wav", "leaves.wav", "surf.wav"])
    assert labels(window) == ["Sound"]
    assert heard.isChecked()
    assert not side.everything.isChecked()
    qtbot.mouseClick(seen, Qt.MouseButton.LeftButton)
    assert window.session.state.chips == (KindChip(Kind.IMAGE),)
    qtbot.mouseClick(side.everything, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(shown(window)) == 8)
    assert side.everything.isChecked()


def test_one_kind_alone_needs_no_rows(qtbot: QtBot, window: MainWindow) -> None:
    assert not window.library.sidebar.kinds.isVisible()


def test_the_status_bar_names_the_model_of_sounds_where_there_are_any(
    qtbot: QtBot, open_window: Open, engine: FakeEngine, pictures: Path
) -> None:
    engine.sound_model = "starter-sound"
    window = open_window(engine)
    model = window.library.status_bar.model
    qtbot.waitUntil(lambda: model.text() == "Starter · CPU")
    engine.add_sound(str(pictures / "surf.wav"), [FakePart(BLUE, 14)])
    window.library.watch.renew()
    qtbot.waitUntil(lambda: model.text() == "Starter, starter-sound · CPU")
