"""A sound found by the real engine, listened to in the real window, a part of it carried away."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from assetman.engine.client import connect
from assetman.ui.window import MainWindow
from kit.colours import publish
from kit.tones import publish_tones
from tests.kit.sounds import joined, read_wav, tone, write_sound, write_wav
from tests.ui.player.conftest import is_held
from tests.ui.shell.conftest import Open, open_window  # noqa: F401

pytestmark = pytest.mark.timeout(180)
CHECKOUT = Path(__file__).parents[3]
Key, Button, Plain = Qt.Key, Qt.MouseButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def living(
    open_window: Open,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[MainWindow]:
    """Give a window over an engine of its own, whose models know colours and tones."""
    site = tmp_path / "site"
    ways = [str(publish(site)), str(publish_tones(site)), str(CHECKOUT / "tests"), str(CHECKOUT)]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(ways))
    library = tmp_path / "library"
    api = connect(library)
    api.use_model("colours")
    api.use_model("tones")
    window = open_window(None)
    window.bridge.attach(api)
    yield window
    window.close()
    window.bridge.close()
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if str(library) in process.cmdline():
                process.kill()
                process.wait(10)


def test_a_word_leads_to_the_seconds_these_to_their_like_and_out_of_the_window(
    qtbot: QtBot, living: MainWindow, tmp_path: Path
) -> None:
    def until(condition: Callable[[], bool]) -> None:
        qtbot.waitUntil(condition, timeout=60_000)

    window, folder = living, tmp_path / "Sounds"
    grid, large, watch = window.content.grid, window.content.large, window.library.watch
    long = joined(tone(200, 20), tone(3200, 15), tone(200, 10))
    write_wav(folder / "long.wav", long)
    write_sound(folder / "short.flac", tone(3200, 2))
    write_sound(folder / "hum.mp3", tone(200, 2))
    window.library.actions.add([str(folder)])
    until(lambda: len(grid.ids()) == 3 and not watch.working)
    window.top_bar.search.words.setText("whistle")
    window.session.say("whistle")
    until(lambda: len(grid.assets.hits) == 3)
    names = {Path(card.asset.path).stem: card.asset.id for card in cards_of(window)}
    sound = names["long"]
    grid.setFocus()
    grid.go_to(sound)
    until(lambda: grid.assets.store.get(sound) is not None)
    qtbot.keyClick(grid, Key.Key_Space)
    until(lambda: (window.listening.at(sound) or 0.0) > 20.0)
    assert (window.listening.at(sound) or 0.0) < 35.0
    qtbot.keyClick(grid, Key.Key_Return)
    until(lambda: large.sound.here and bool(large.sound.player.source.windows))
    player = large.sound.player
    until(lambda: player.wave._outline is not None)
    assert player.wave._outline is not None
    assert player.wave._outline.seconds == pytest.approx(45.0, abs=0.1)
    brightest = max(player.wave._lit, key=lambda each: each[2])
    assert 15 <= brightest[0] < brightest[1] <= 40
    qtbot.keyClick(large.canvas, "k")
    first, last = (QPointF(player.wave.place_of(at), 60).toPoint() for at in (22.0, 30.0))
    qtbot.mousePress(player.wave, Button.LeftButton, Plain, first)
    qtbot.mouseMove(player.wave, last)
    qtbot.mouseRelease(player.wave, Button.LeftButton, Plain, last)
    carried: list[str] = []
    window.hearing.dragging.drag = lambda source, path, name: carried.append(path)
    inside = QPointF(player.wave.place_of(25.0), 60).toPoint()
    qtbot.mousePress(player.wave, Button.LeftButton, Plain, inside)
    qtbot.mouseMove(player.wave, last)
    until(lambda: bool(carried))
    qtbot.mouseRelease(player.wave, Button.LeftButton, Plain, inside)
    samples, rate = read_wav(carried[0])
    marks = player.wave.marks
    assert marks is not None
    assert samples.shape[1] / rate == pytest.approx(marks.length, abs=0.001)
    assert np.argmax(np.abs(np.fft.rfft(samples[0]))) / marks.length == pytest.approx(3200, abs=2)
    qtbot.keyClick(large.canvas, "s")
    until(lambda: bool(window.session.state.examples) and sound not in grid.ids())
    until(lambda: bool(grid.ids()) and grid.ids()[0] == names["short"])
    assert large.isHidden()
    assert not window.listening.playing
    window.hearing.close()
    until(lambda: not is_held(folder / "long.wav"))


def cards_of(window: MainWindow) -> list[object]:
    api = window.bridge.api
    assert api is not None
    return list(api.cards(window.content.grid.ids()))
