"""A moment found by the real engine, watched in the real window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from assetman.ui.window import MainWindow
from tests.kit.films import Scene, make_film
from tests.ui.player.conftest import colour_of, is_held
from tests.ui.shell.conftest import open_window  # noqa: F401
from tests.ui.shell.test_against_the_engine import living  # noqa: F401

pytestmark = pytest.mark.timeout(180)
Key = Qt.Key


def test_words_lead_to_the_moment_and_the_moment_to_its_like(
    qtbot: QtBot,
    living: MainWindow,  # noqa: F811
    tmp_path: Path,
) -> None:
    def until(condition: Callable[[], bool]) -> None:
        qtbot.waitUntil(condition, timeout=60_000)

    window, footage = living, tmp_path / "Footage"
    footage.mkdir()
    scenes = [Scene(colour, 2.0) for colour in ("red", "green", "blue")]
    made = make_film(footage / "three.mp4", scenes, size=(160, 120), gop=25, sound=330.0)
    make_film(footage / "other.mp4", [Scene("green", 2.0)], size=(160, 120))
    watch, grid, large = window.library.watch, window.content.grid, window.content.large
    window.library.actions.add([str(footage)])
    until(lambda: len(grid.ids()) == 2 and not watch.working)
    window.top_bar.search.words.setText("green")
    window.session.say("green")
    until(lambda: len(grid.assets.hits) == 2)
    names = {Path(card.asset.path).name: card.asset.id for card in _cards(window)}
    three = names["three.mp4"]
    grid.setFocus()
    grid.go_to(three)
    qtbot.keyClick(grid, Key.Key_Space)
    player = large.video.player
    until(lambda: player._sharp and bool(player.source.reel.moments))
    start, end = made.spans[1].start, made.spans[1].end
    assert start - 0.1 <= player.at < end
    assert colour_of(large.canvas.grab().toImage()) == "green"
    best = max(player.source.reel.spans, key=lambda span: span.light or 0.0)
    assert start <= best.moment.at < end
    assert is_held(footage / "three.mp4")
    qtbot.keyClick(large.canvas, Key.Key_S)
    until(lambda: bool(window.session.state.examples) and grid.ids() == [names["other.mp4"]])
    assert large.isHidden()
    assert not is_held(footage / "three.mp4")


def _cards(window: MainWindow) -> list[object]:
    api = window.bridge.api
    assert api is not None
    return list(api.cards(window.content.grid.ids()))
