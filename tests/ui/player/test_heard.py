"""What is heard in a video, on its timeline."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from assetman.core.queries import Query
from assetman.ui.grid import LargeView
from tests.ui.fake_engine import FakeEngine
from tests.ui.player.conftest import LENGTH


def test_what_is_heard_in_a_video_lights_a_line_beneath_its_shots(
    qtbot: QtBot, place: QWidget, large: LargeView, engine: FakeEngine, video: int
) -> None:
    engine.add_heard(video, 0.0, 1.6, "#c0392b")
    engine.add_heard(video, 1.6, LENGTH, "#3f9b4b")
    large.show_query(Query(text="green"))
    large.show_assets([video], video)
    source, line = large.video.player.source, large.video.player.timeline
    qtbot.waitUntil(lambda: len(source.windows) == 2)
    assert len(source.reel.shots) == 3  # what is heard is no shot
    image, down = line.grab().toImage(), line.height() - 5
    early, late = (image.pixelColor(round(line._x(at)), down) for at in (0.8, 2.6))
    assert late.blue() - late.red() > early.blue() - early.red() + 40
    large.hide()
