"""Small controls that several parts of the window use."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QLabel, QPushButton, QWidget

from assetman.ui.glyphs import draw_ring
from assetman.ui.theme import CONTROL_RADIUS, theme

Glyph = Callable[[QPainter, QRectF, QColor], None]


class GlyphButton(QAbstractButton):
    """A quiet square button with a small sign on it and a name for those who cannot see it."""

    def __init__(
        self, glyph: Glyph, name: str, parent: QWidget | None = None, sign: int = 10
    ) -> None:
        super().__init__(parent)
        self._glyph = glyph
        self._sign = sign
        self.rename(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard where it is
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def rename(self, name: str) -> None:
        """Say what the button does."""
        self.setAccessibleName(name)
        self.setToolTip(name)

    def set_glyph(self, glyph: Glyph) -> None:
        """Show another sign."""
        self._glyph = glyph
        self.update()

    def sizeHint(self) -> QSize:
        side = theme().px(24)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        lit = self.isEnabled() and (self.underMouse() or self.isDown() or self.isChecked())
        if lit:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.line if self.isDown() or self.isChecked() else look.hover)
            painter.drawRoundedRect(box, CONTROL_RADIUS, CONTROL_RADIUS)
        if self.hasFocus():
            draw_ring(painter, box, look.accent, CONTROL_RADIUS - 1)
        side = look.px(self._sign)
        sign = QRectF(0, 0, side, side)
        sign.moveCenter(box.center())
        self._glyph(painter, sign, look.text if lit else look.secondary)


class Separator(QFrame):
    """A line that only separates."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("line")
        self.setFixedHeight(1)


def label(text: str, role: str = "", parent: QWidget | None = None) -> QLabel:
    """Make a label of a role: "" (body), "secondary", "faint", "heading", "title", "warning"."""
    made = QLabel(text, parent)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        made.setProperty("role", role)
    return made


def button(text: str, kind: str = "", parent: QWidget | None = None) -> QPushButton:
    """Make a button of a kind: "" (bordered), "quiet", "primary"."""
    made = QPushButton(text, parent)
    if kind:
        made.setProperty("kind", kind)
    made.setAutoDefault(False)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard where it is
    made.setCursor(Qt.CursorShape.ArrowCursor)
    return made


def count_text(number: int) -> str:
    """Write a count with its thousands apart."""
    return f"{number:,}"


def counted(number: int, one: str, many: str) -> str:
    """Write a count with its noun."""
    return f"{number:,} {one if number == 1 else many}"
