"""Names of any length in whatever room there is: broken where they must be, or shortened."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

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
        with QPainter(self) as painter:
            painter.setPen(getattr(theme(), self._colour))
            painter.setFont(self._font)
            # Left is where reading begins: the painter mirrors it.
            flags = int(Qt.AlignmentFlag.AlignLeft) | int(Qt.TextFlag.TextSingleLine)
            top = 0
            for text, height in self._broken(self.width()):
                painter.drawText(0, top, self.width(), height, flags, text)
                top += height

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
        if self._lines and len(lines) > self._lines:
            kept, (last, height) = lines[: self._lines - 1], lines[self._lines - 1]
            return [*kept, (last[:-1] + "…", height)]
        return lines


class NameLabel(QLabel):
    """A file's name in one line, shortened so that its extension stays."""

    def __init__(self, role: Text, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._role = role
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        appearance().changed.connect(self._restyle)
        self._restyle()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setPen(theme().text)
            painter.setFont(self._font)
            text = elided(self.text(), QFontMetrics(self._font), self.width())
            flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(self.rect(), flags, text)

    def _restyle(self) -> None:
        self._font = theme().font(self._role)
        self.setFont(self._font)
        self.update()


def elided(name: str, metrics: QFontMetrics, room: int) -> str:
    """Shorten a name in its middle so that its extension stays."""
    if metrics.horizontalAdvance(name) <= room:
        return name
    stem, dot, extension = name.rpartition(".")
    tail = stem[-3:] + dot + extension
    if not stem or len(extension) > 5 or metrics.horizontalAdvance("…" + tail) > room * 0.7:
        return metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, room)
    front = metrics.elidedText(
        name[: -len(tail)] + "…",
        Qt.TextElideMode.ElideRight,
        room - metrics.horizontalAdvance(tail),
    )
    return front + tail
