"""The parts every widget stands on: jobs, the bridge, the theme."""

from __future__ import annotations

import threading

import pytest
import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from assetman.core.changes import Changes
from assetman.core.errors import BadInput
from assetman.core.progress import Phase, Progress
from assetman.core.queries import Query
from assetman.ui.bridge import EngineBridge
from assetman.ui.jobs import Job, finish
from assetman.ui.theme import Scheme, Theme, appearance
from assetman.ui.tokens import dark_theme, light_theme
from tests.ui.fake_engine import FakeEngine


class Listener(QObject):
    """Collects what is said to the message line."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[BaseException] = []

    def say_problem(self, error: BaseException) -> None:
        self.said.append(error)


def test_a_job_works_elsewhere_and_tells_here(qtbot: QtBot) -> None:
    owner = QObject()
    threads: list[int] = []
    told: list[tuple[int, int]] = []

    def work() -> int:
        threads.append(threading.get_ident())
        return 42

    Job(owner, work).on_done(lambda value: told.append((value, threading.get_ident()))).start()
    qtbot.waitUntil(lambda: bool(told))
    assert told == [(42, threading.get_ident())]
    assert threads != [threading.get_ident()]


def test_an_error_always_reaches_someone(qtbot: QtBot) -> None:
    window = Listener()
    child = QObject(window)
    heard: list[BaseException] = []

    def fail() -> None:
        raise BadInput("not a picture")

    Job(child, fail).start()
    Job(child, fail).on_error(heard.append).start()
    qtbot.waitUntil(lambda: bool(window.said) and bool(heard))
    assert str(window.said[0]) == str(heard[0]) == "not a picture"


def test_a_job_whose_owner_is_gone_is_dropped(qtbot: QtBot) -> None:
    owner = QObject()
    release = threading.Event()
    told: list[bool] = []
    Job(owner, lambda: release.wait(10)).on_done(told.append).start()
    shiboken6.delete(owner)
    release.set()
    assert finish(5000)
    qtbot.wait(20)
    assert told == []


def test_calls_made_before_the_engine_is_there_wait_for_it(
    qtbot: QtBot, engine: FakeEngine
) -> None:
    bridge = EngineBridge()
    found: list[int] = []
    bridge.call(bridge, lambda api: api.search(Query())).on_done(
        lambda results: found.append(results.total)
    ).start()
    qtbot.wait(20)
    assert found == []
    bridge.attach(engine)
    qtbot.waitUntil(lambda: found == [5])


def test_events_of_the_engine_arrive_joined_on_the_window_s_thread(
    qtbot: QtBot, engine: FakeEngine
) -> None:
    bridge = EngineBridge(engine)
    qtbot.waitUntil(lambda: len(engine._listeners) == 1)
    heard: list[Changes] = []
    seen: list[Progress] = []
    bridge.changed.connect(heard.append)
    bridge.progressed.connect(seen.append)
    engine.emit(Changes(assets_added=frozenset({1})))
    engine.emit(Changes(assets_added=frozenset({2}), roots=True))
    engine.emit(Progress(1, Phase.INDEXING, done=3, total=9))
    qtbot.waitUntil(lambda: bool(seen))
    assert heard == [Changes(assets_added=frozenset({1, 2}), roots=True)]
    assert seen[-1].done == 3


def contrast(a: QColor, b: QColor) -> float:
    """Compute the contrast ratio of WCAG 2.2."""

    def luminance(colour: QColor) -> float:
        parts = (colour.redF(), colour.greenF(), colour.blueF())
        r, g, b = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [dark_theme(), light_theme()], ids=["dark", "light"])
def test_all_text_can_be_read_and_all_edges_seen(theme: Theme) -> None:
    grounds = {
        "ground": theme.ground,
        "panel": theme.panel,
        "raised": theme.raised,
        "hover": theme.hover,
    }
    for name, ground in grounds.items():
        for role in ("text", "secondary", "faint", "good", "warning"):
            assert contrast(getattr(theme, role), ground) >= 4.5, (role, name)
    for name in ("ground", "panel", "raised"):
        assert contrast(theme.edge, grounds[name]) >= 3, ("edge", name)
        assert contrast(theme.accent, grounds[name]) >= 3, ("focus", name)
    assert contrast(theme.on_accent, theme.accent) >= 4.5
    assert contrast(theme.text, theme.tint) >= 4.5


def test_the_scheme_can_be_chosen_and_follows_the_system_otherwise(qtbot: QtBot) -> None:
    look = appearance()
    with qtbot.waitSignal(look.changed):
        look.set_scheme(Scheme.LIGHT)
    assert not look.theme.dark
    with qtbot.waitSignal(look.changed):
        look.set_scheme(Scheme.DARK)
    assert look.theme.dark
    look.set_scheme(Scheme.SYSTEM)
