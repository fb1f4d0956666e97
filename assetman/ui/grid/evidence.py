"""Why something matches: what speaks for it, as parts that add up to its score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from assetman.core.assets import display
from assetman.core.moments import clock
from assetman.core.queries import Evidence, Hit, Sense
from assetman.ui.grid.facts import reason_rows
from assetman.ui.grid.labels import WrappedLabel
from assetman.ui.grid.wording import plain_tip
from assetman.ui.theme import Text, appearance, theme

Spans = tuple[tuple[int, int], ...]

_NAMES = {
    Sense.SEEN: "picture",
    Sense.HEARD: "sound",
    Sense.WRITTEN: "description",
    Sense.SAID: "said",
    Sense.NAME: "name",
    Sense.TAG: "tag",
    Sense.TEXT: "text in the picture",
    Sense.PASSED: "filter",
}
_WORDS = "words"  # what the engine calls the words of the question: everybody knows them
_BEFORE, _LONGEST = 40, 160  # characters of a passage before the first match, and in all


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a score as it is shown."""

    title: str
    share: float
    passage: str = ""
    words: Spans = ()  # of the passage, underlined
    tip: str = ""
    start: float | None = None  # seconds: where it can be seen or heard

    @property
    def number(self) -> str:
        return f"{self.share:.2f}".replace("-", "−")


def parts_of(hit: Hit | None) -> list[Part]:
    """List the parts of a score, the largest first; without evidence, what the score names."""
    if hit is None:
        return []
    if not hit.evidence:
        return [Part(title, share) for title, share in reason_rows(hit)]
    return [_part(each) for each in hit.evidence]


def _part(evidence: Evidence) -> Part:
    at = "" if evidence.start is None else f" at {clock(evidence.start)}"
    page = "" if evidence.page is None else f" on page {evidence.page}"
    passage, words = excerpt(evidence.text, evidence.words)
    title = f"{_NAMES[evidence.kind]}{at}{page}"
    # Where the words themselves are shown underlined, their name would only say them twice.
    if evidence.name not in ("", _WORDS) and not (passage and words):
        title = f"{title}: {display(evidence.name)}"
    tip = f"Found by {evidence.model}" if evidence.model else ""
    return Part(title, evidence.share, passage, words, tip, evidence.start)


def excerpt(text: str, words: Spans) -> tuple[str, Spans]:
    """Cut a passage to what surrounds its first match, and move the matches with it."""
    first = min((start for start, _ in words), default=0)
    begin = max(0, first - _BEFORE) if len(text) > _LONGEST else 0
    if begin:
        begin = text.find(" ", begin, first) + 1 or begin
    end = min(len(text), begin + _LONGEST)
    head, tail = "…" if begin else "", "…" if end < len(text) else ""
    moved = len(head) - begin
    # Line for line what it was: a break in the passage must not break the underlining.
    shown = "".join(" " if sign.isspace() else sign for sign in text[begin:end])
    kept = tuple((s + moved, min(e, end) + moved) for s, e in words if begin <= s < end)
    return head + shown + tail, kept


class MarkedLabel(WrappedLabel):
    """A passage of which some words are underlined."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Text.SECONDARY, "text", 4, parent)
        self._marked: Spans = ()

    def show_passage(self, text: str, words: Spans) -> None:
        """Show another passage."""
        self._marked = words
        self.setText(text)
        self.setAccessibleName(text)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        layout = QTextLayout(self.text(), self.font())
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        option.setTextDirection(self.layoutDirection())
        layout.setTextOption(option)
        layout.setFormats([self._format(start, end) for start, end in self._marked])
        layout.beginLayout()
        top = 0.0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(self.width(), 10))
            line.setPosition(QPointF(0, top))
            top += round(line.height()) + 2
        layout.endLayout()
        with QPainter(self) as painter:
            painter.setPen(theme().secondary)
            layout.draw(painter, QPointF(0, 0))

    def _format(self, start: int, end: int) -> QTextLayout.FormatRange:
        look = QTextCharFormat()
        look.setForeground(theme().text)
        look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)
        look.setUnderlineColor(theme().accent)
        marked = QTextLayout.FormatRange()
        marked.start, marked.length, marked.format = start, end - start, look
        return marked


class ShareBar(QWidget):
    """A thin bar that goes on where the part before it ended, so that all add up to the score."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._before = self._share = 0.0
        appearance().changed.connect(self._restyle)
        self._restyle()

    def show_share(self, before: float, share: float) -> None:
        """Show another share, and how much those before it make."""
        self._before, self._share = before, share
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            if self.isRightToLeft():
                painter.translate(self.width(), 0)
                painter.scale(-1, 1)
            line = QRectF(0, (self.height() - 4) / 2, self.width(), 4)
            self._paint(painter, line, 0.0, 1.0, look.line)
            low, high = sorted((self._before, self._before + self._share))
            faint = QColor(look.accent)
            faint.setAlphaF(0.3)
            self._paint(painter, line, 0.0, low, faint)
            # What speaks against an asset is not in the colour of what speaks for it.
            self._paint(painter, line, low, high, look.accent if self._share >= 0 else look.edge)

    def _paint(
        self, painter: QPainter, line: QRectF, low: float, high: float, colour: QColor
    ) -> None:
        low, high = (min(max(share, 0.0), 1.0) * line.width() for share in (low, high))
        if high > low:
            painter.setBrush(colour)
            painter.drawRoundedRect(QRectF(low, line.top(), max(3.0, high - low), 4), 2, 2)

    def _restyle(self) -> None:
        self.setFixedHeight(theme().px(8))
        self.update()


class PartRow(QWidget):
    """One part: what it is, its share, the passage that matched, and the bar."""

    clicked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._part = Part("", 0.0)
        self._title = WrappedLabel(Text.SECONDARY, "secondary", 3, self)
        self._number = QLabel(self)
        self._number.setProperty("role", "secondary")
        self._number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        self._number.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self._passage = MarkedLabel(self)
        self._bar = ShareBar(self)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self._title, 1)
        line.addWidget(self._number)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(1)
        column.addLayout(line)
        column.addWidget(self._passage)
        column.addWidget(self._bar)

    @property
    def part(self) -> Part:
        """The part that is shown."""
        return self._part

    def show_part(self, part: Part, before: float) -> None:
        """Show another part, and how much those before it make."""
        self._part = part
        self._title.setText(part.title)
        self._number.setText(part.number)
        self._passage.show_passage(part.passage, part.words)
        self._passage.setVisible(bool(part.passage))
        self._bar.show_share(before, part.share)
        said = f"{part.title}, {part.number}"
        self.setAccessibleName(f"{said}: {part.passage}" if part.passage else said)
        timed = part.start is not None
        go = "Click to go there" if timed else ""
        self.setToolTip(plain_tip(part.tip, go) if part.tip or go else "")
        hand = Qt.CursorShape.PointingHandCursor
        self.setCursor(hand if timed else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        inside = self.rect().contains(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and inside:
            self.clicked.emit()
        else:
            super().mouseReleaseEvent(event)


class EvidenceList(QWidget):
    """The parts of a score beneath each other, adding up to it."""

    moment_wanted = Signal(float)  # seconds

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)
        self._rows: list[PartRow] = []

    def rows(self) -> list[PartRow]:
        """List the rows that are shown."""
        return [row for row in self._rows if not row.isHidden()]

    def show_parts(self, parts: Sequence[Part]) -> None:
        """Show other parts."""
        while len(self._rows) < len(parts):
            row = PartRow(self)
            row.clicked.connect(lambda made=row: self._go(made.part))
            self._rows.append(row)
            self._layout.addWidget(row)
        before = 0.0
        for number, row in enumerate(self._rows):
            row.setVisible(number < len(parts))
            if number < len(parts):
                row.show_part(parts[number], before)
                before += parts[number].share

    def _go(self, part: Part) -> None:
        if part.start is not None:
            self.moment_wanted.emit(part.start)
