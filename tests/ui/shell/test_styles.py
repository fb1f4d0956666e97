"""Controls look as they should at every size of text."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage, QRegion
from PySide6.QtWidgets import QRadioButton, QScrollBar, QStyle, QStyleOptionButton, QWidget
from pytestqt.qtbot import QtBot

from assetman.ui.theme import appearance, theme

SIZES = [1.0, 1.1, 1.25, 1.33, 1.5, 1.77, 2.0]


@pytest.fixture
def place(qtbot: QtBot) -> Iterator[QWidget]:
    made = QWidget()
    made.resize(300, 300)
    qtbot.addWidget(made)
    yield made
    appearance().set_scale(1.0)


def seen(widget: QWidget) -> QImage:
    image = QImage(widget.size(), QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.magenta)
    widget.render(image, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)
    return image


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("checked", [False, True])
def test_a_radio_button_is_round(place: QWidget, size: float, checked: bool) -> None:
    appearance().set_scale(size)
    button = QRadioButton("Keep", place)
    button.setChecked(checked)
    button.resize(button.sizeHint())
    button.ensurePolished()
    option = QStyleOptionButton()
    option.initFrom(button)
    if checked:
        option.state |= QStyle.StateFlag.State_On  # type: ignore[attr-defined]  # of every option
    part = QStyle.SubElement.SE_RadioButtonIndicator
    box = button.style().subElementRect(part, option, button)
    image = seen(button)
    around = QColor(Qt.GlobalColor.magenta)
    corners = (box.topLeft(), box.topRight(), box.bottomLeft(), box.bottomRight())
    assert [image.pixelColor(corner) for corner in corners] == [around] * 4
    assert box.width() == box.height() == 2 * theme().px(7)
    assert image.pixelColor(box.center()) != around


@pytest.mark.parametrize("size", SIZES)
def test_the_handle_of_a_scroll_bar_can_be_seen(place: QWidget, size: float) -> None:
    appearance().set_scale(size)
    bar = QScrollBar(Qt.Orientation.Vertical, place)
    bar.setRange(0, 100)
    bar.resize(bar.sizeHint().width(), 200)
    bar.ensurePolished()
    image = seen(bar)
    row = [image.pixelColor(x, 20) for x in range(bar.width())]
    assert sum(colour != QColor(Qt.GlobalColor.magenta) for colour in row) >= 6
