"""Outlines and the part of them that is in sight."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QObject
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from assetman.core.assets import SegmentKind
from assetman.core.moments import Moment
from assetman.core.sounds import Waveform
from assetman.ui.listening.outline import FULL, Outline, OutlineStore, read_outline
from assetman.ui.listening.scope import NARROWEST, Scope
from assetman.ui.listening.wave_track import colours
from assetman.ui.player.reel import heard_lights

pairs = st.lists(st.tuples(st.integers(-127, 0), st.integers(0, 127)), min_size=1, max_size=200)


@given(pairs, st.floats(0, 1), st.floats(0.01, 1), st.integers(1, 60))
def test_a_column_is_as_high_as_the_loudest_that_it_stands_for(
    drawn: list[tuple[int, int]], begin: float, share: float, count: int
) -> None:
    array = np.array(drawn, np.int8)
    outline = Outline(array, 10.0)
    start = begin * outline.seconds
    end = start + share * outline.seconds
    columns = outline.columns(start, end, count)
    assert len(columns) == count
    for number, (low, high) in enumerate(columns):
        first = (start + (end - start) * number / count) * 10
        last = (start + (end - start) * (number + 1) / count) * 10
        inside = array[max(0, int(first + 1e-6)) : max(int(np.ceil(last - 1e-6)), int(first) + 1)]
        if len(inside):
            assert low <= inside[:, 0].min() / FULL + 1e-9
            assert high >= inside[:, 1].max() / FULL - 1e-9
        assert -1.0 <= low <= high <= 1.0


def test_what_lies_beyond_a_sound_is_silence() -> None:
    outline = Outline(np.array([[-127, 127]] * 4, np.int8), 1.0)
    assert outline.columns(-2, 6, 8) == [(0, 0)] * 2 + [(-1, 1)] * 4 + [(0, 0)] * 2
    assert outline.columns(0, 4, 0) == []


def test_a_part_is_begun_where_something_is_heard() -> None:
    drawn = np.zeros((100, 2), np.int8)
    drawn[40:, 1] = 90
    outline = Outline(drawn, 10.0)
    assert outline.onset(2.0, 8.0) == pytest.approx(4.0, abs=0.05)
    assert outline.onset(5.0, 8.0) == 5.0
    assert outline.onset(0.0, 3.0) == 0.0  # nothing is: from its start


def test_an_outline_in_several_files_is_one(tmp_path: Path) -> None:
    for number, level in enumerate((10, 120)):
        np.save(tmp_path / f"{number}.npy", np.full((5, 2), level, np.int8))
    paths = tuple(str(tmp_path / f"{number}.npy") for number in range(2))
    outline = read_outline(Waveform(paths, 5.0))
    assert outline.seconds == 2.0
    assert [round(high * FULL) for _, high in outline.columns(0, 2, 2)] == [10, 120]


@pytest.mark.parametrize("spoiled", ["gone", "text", "floats", "pickle"])
def test_a_spoiled_outline_is_none_and_asked_for_once(
    qtbot: QtBot, tmp_path: Path, spoiled: str
) -> None:
    path = tmp_path / "0.npy"
    if spoiled == "text":
        path.write_text("not an array")
    elif spoiled == "floats":
        np.save(path, np.zeros((4, 2)))
    elif spoiled == "pickle":
        np.save(path, np.array([{}], dtype=object), allow_pickle=True)
    owner = QObject()
    store = OutlineStore(owner)
    waveform = Waveform((str(path),), 10.0)
    with qtbot.waitSignal(store.arrived):
        assert store.get(waveform) is None
    assert store.get(waveform) is None
    assert not store._wanted


@given(st.floats(0.5, 90_000), st.lists(st.tuples(st.floats(0.05, 20), st.floats(0, 1))))
def test_however_one_zooms_what_is_in_sight_lies_inside_the_sound(
    length: float, steps: list[tuple[float, float]]
) -> None:
    scope = Scope()
    scope.take(length)
    for times, share in steps:
        at = scope.left + share * scope.span
        before = scope.x(at, 1000)
        scope.zoom(times, at)
        assert 0 <= scope.left <= scope.right <= length + 1e-6
        assert scope.span >= min(NARROWEST, length) - 1e-6
        inside = scope.left > 0 and scope.right < length
        if inside:  # else it had to move to stay inside
            assert scope.x(at, 1000) == pytest.approx(before, abs=1)
    scope.show_all()
    assert scope.whole


def test_ticks_stand_at_round_times() -> None:
    scope = Scope()
    scope.take(95.0)
    assert scope.ticks(700, 70) == [0, 10, 20, 30, 40, 50, 60, 70, 80, 90]
    scope.zoom(100, 50)
    assert all(scope.left <= each <= scope.right for each in scope.ticks(700, 70))


def test_light_changes_colour_where_the_windows_do(qtbot: QtBot) -> None:
    scores = [0.1, 0.1, 0.9, 0.1]
    windows = [
        Moment(n, n * 5.0, n * 5.0 + 10, n * 5.0, score=score, kind=SegmentKind.WINDOW)
        for n, score in enumerate(scores)
    ]
    scope = Scope()
    scope.take(25.0)
    found = colours(heard_lights(windows), scope, 250, QColor("black"))
    assert [place for place, _ in found] == [0, 100, 200]
    assert found[0][1] == found[2][1] != found[1][1]


def test_in_a_long_sound_the_middling_is_dark_and_in_a_short_one_the_worst() -> None:
    def lit(*scores: float) -> list[float]:
        windows = [
            Moment(n, n * 5.0, n * 5.0 + 10, 0.0, score=score, kind=SegmentKind.WINDOW)
            for n, score in enumerate(scores)
        ]
        return [round(light, 2) for _, _, light in heard_lights(windows)]

    assert lit(0.1, 0.12, 0.1, 0.11, 0.6, 0.1, 0.1, 0.3) == [0, 0.03, 0, 0.01, 1, 0, 0, 0.39]
    assert lit(0.2, 0.7, 0.7) == [0, 1, 1]
    assert lit(0.9, 0.9, 0.1, 0.9, 0.9, 0.9, 0.1, 0.9) == [1, 1, 0, 1, 1, 1, 0, 1]
    assert lit(0.9) == [0.9]
    assert heard_lights([]) == ()
