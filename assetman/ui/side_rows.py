"""How a row of the sidebar looks, whatever it stands for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetricsF,
    QIcon,
    QPainter,
    QPainterPath,
    QPaintEvent,
)
from PySide6.QtWidgets import QAbstractButton, QWidget

from assetman.ui.controls import count_text
from assetman.ui.glyphs import draw_ring
from assetman.ui.theme import theme

ROW = 26
_RADIUS = 6


@dataclass(frozen=True)
class RowState:
    """How a row stands just now."""

    inset: float = 0
    selected: bool = False
    hovered: bool = False
    focused: bool = False
    faint: bool = False
    target: bool = False  # what is dragged would be dropped here


def paint_row(painter: QPainter, row: QRectF, name: str, count: str, state: RowState) -> None:
    """Paint a row: its name at the left, its count at the right, both on one baseline."""
    look = theme()
    px = look.px
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    plate = row.adjusted(px(10), 0, -px(10), 0)
    if state.target:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.tint)
        painter.drawRoundedRect(plate, _RADIUS, _RADIUS)
        draw_ring(painter, plate, look.accent, _RADIUS - 1)
    elif state.selected or state.hovered:
        path = QPainterPath()
        path.addRoundedRect(plate, _RADIUS, _RADIUS)
        painter.fillPath(path, look.raised if state.selected else look.hover)
        if state.selected:
            painter.setClipPath(path)
            painter.fillRect(QRectF(plate.left(), plate.top(), 3, plate.height()), look.accent)
            painter.setClipping(False)
    if state.focused:
        draw_ring(painter, plate, look.accent, _RADIUS - 1)
    font = look.font()
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    count_width = metrics.horizontalAdvance(count)
    text = QRectF(px(18) + state.inset, row.top(), 0, row.height())
    text.setRight(row.right() - px(19))
    painter.setPen(look.faint if state.faint or not state.selected else look.secondary)
    painter.drawText(text, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), count)
    text.setRight(text.right() - count_width - px(8))
    painter.setPen(look.faint if state.faint else look.text)
    shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, text.width())
    painter.drawText(text, int(Qt.AlignmentFlag.AlignVCenter), shown)
    painter.restore()


class SideRow(QAbstractButton):
    """A row that is not part of the tree. Checked means that this is what is searched."""

    def __init__(self, name: str, parent: QWidget, inset: int = 0) -> None:
        super().__init__(parent)
        self._inset = inset  # pixels: it is a part of the row above
        self.setText(name)
        self.setAccessibleName(name)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._count = ""
        self._ring = False

    def set_count(self, count: int | None) -> None:
        """Show a count, or none while nobody knows."""
        self._count = "" if count is None else count_text(count)
        spoken = self.text() if count is None else f"{self.text()}, {count:,} assets"
        self.setAccessibleName(spoken)
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        # A click shows well enough where one is.
        self._ring = event.reason() is not Qt.FocusReason.MouseFocusReason
        super().focusInEvent(event)

    def nextCheckState(self) -> None:
        return  # what is searched decides, not the click

    def sizeHint(self) -> QSize:
        return QSize(theme().px(160), theme().px(ROW))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_row(
            painter,
            QRectF(self.rect()),
            self.text(),
            self._count,
            RowState(
                inset=theme().px(self._inset),
                selected=self.isChecked(),
                hovered=self.underMouse(),
                focused=self.hasFocus() and self._ring,
            ),
        )


class AppMark(QWidget):
    """The app's own small mark beside its name."""

    def sizeHint(self) -> QSize:
        return QSize(theme().px(18), theme().px(18))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        side = theme().px(18)
        box = QRect(0, (self.height() - side) // 2, side, side)
        _mark().paint(painter, box)


@cache
def _mark() -> QIcon:
    return QIcon(str(Path(__file__).parent / "resources" / "assetman.svg"))
