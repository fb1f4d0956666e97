from __future__ import annotations

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from assetman.ui.grid.arrival import Arrival

CELL = QRectF(100, 50, 80, 80)
TARGET = QRectF(0, 0, 800, 400)


def test_a_picture_sets_out_whole_from_its_cell_and_arrives_where_it_belongs(qtbot: QtBot) -> None:
    canvas = QWidget()
    qtbot.addWidget(canvas)
    arrival = Arrival(canvas)
    assert arrival.place(TARGET) == TARGET
    arrival.begin(CELL)
    arrival.setCurrentTime(0)
    assert arrival.place(TARGET) == QRectF(100, 70, 80, 40)
    with qtbot.waitSignal(arrival.finished):
        pass
    assert arrival.place(TARGET) == TARGET


def test_whoever_wants_less_motion_sees_none(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assetman.ui.grid.arrival.reduced_motion", lambda: True)
    canvas = QWidget()
    qtbot.addWidget(canvas)
    arrival = Arrival(canvas)
    arrival.begin(CELL)
    assert arrival.place(TARGET) == TARGET
