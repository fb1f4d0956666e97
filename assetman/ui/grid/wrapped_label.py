"""Text that breaks where it must, also in the middle of a long name."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QLabel, QSizePolicy, QStyle, QWidget

from assetman.ui.theme import Text, appearance, theme


class WrappedLabel(QLabel):
    """A label that never asks for more width than it gets."""

    def __init__(
        self, role: Text, colour: str = "text", lines: int = 0, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._role = role
        self._colour = colour
        self._lines = lines  # at most, 0 for all
        self.setTextFormat(Qt.TextFormat.PlainText)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        appearance().changed.connect(self._restyle)
        self._restyle()

    def set_colour(self, colour: str) -> None:
        """Take another colour of the theme, by its role."""
        self._colour = colour
        self.update()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return sum(height for _, height in self._broken(width)) + 1

    def sizeHint(self) -> QSize:
        return QSize(120, self.heightForWidth(max(self.width(), 40)))

    def minimumSizeHint(self) -> QSize:
        return QSize(20, self.fontMetrics().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(getattr(theme(), self._colour))
        painter.setFont(self._font)
        flags = int(Qt.AlignmentFlag.AlignTop) | int(Qt.TextFlag.TextSingleLine)
        flags |= int(QStyle.visualAlignment(self.layoutDirection(), Qt.AlignmentFlag.AlignLeft))
        top = 0
        for text, height in self._broken(self.width()):
            painter.drawText(0, top, self.width(), height, flags, text)
            top += height
        painter.end()

    def _restyle(self) -> None:
        self._font = theme().font(self._role)
        self.setFont(self._font)
        self.updateGeometry()
        self.update()

    def _broken(self, width: int) -> list[tuple[str, int]]:
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        lines: list[tuple[str, int]] = []
        for paragraph in self.text().split("\n"):
            layout = QTextLayout(paragraph, self._font)
            layout.setTextOption(option)
            layout.beginLayout()
            while (line := layout.createLine()).isValid():
                line.setLineWidth(max(width, 10))
                line.setPosition(QPointF(0, 0))
                part = paragraph[line.textStart() : line.textStart() + line.textLength()]
                lines.append((part.rstrip(), round(line.height()) + 2))
            layout.endLayout()
        return lines[: self._lines] if self._lines else lines
