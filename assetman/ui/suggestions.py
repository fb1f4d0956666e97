"""What hangs beneath the search bar: what could be typed next, what was asked, what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from assetman.ui.controls import label
from assetman.ui.entry_model import EntryModel, Index
from assetman.ui.theme import Text, appearance, theme

_ROW, _MOST = 28, 10  # pixels, and rows before it scrolls
_NARROWEST, _WIDEST = 240, 560


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One row: what it says, what explains it at the right, what it stands for."""

    label: str
    note: str = ""
    value: object = None
    quiet: bool = False  # less likely wanted than the others


class _Rows(EntryModel[Suggestion]):
    """The rows that are offered."""

    def said(self, entry: Suggestion, role: int) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.label
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(filter(None, [entry.label, entry.note]))
        return None


class _RowPainter(QStyledItemDelegate):
    """Paints a row: its words at the left, what explains them quietly at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(theme().px(120), theme().px(_ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look, model = theme(), index.model()
        assert isinstance(model, _Rows)
        row, rect = model.entries[index.row()], QRect(option.rect)
        lit = QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & lit:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.tint)
            painter.drawRoundedRect(rect.adjusted(4, 1, -4, -1), 5, 5)
        painter.setFont(look.font(Text.SECONDARY))
        metrics, middle = painter.fontMetrics(), Qt.AlignmentFlag.AlignVCenter
        room = rect.adjusted(look.px(12), 0, -look.px(12), 0)
        note = metrics.elidedText(row.note, Qt.TextElideMode.ElideRight, room.width() // 2)
        painter.setPen(look.secondary)
        painter.drawText(room, int(middle | Qt.AlignmentFlag.AlignRight), note)
        room.setWidth(room.width() - metrics.horizontalAdvance(note) - look.px(12))
        words = metrics.elidedText(row.label, Qt.TextElideMode.ElideRight, room.width())
        painter.setPen(look.secondary if row.quiet else look.text)
        painter.drawText(room, int(middle | Qt.AlignmentFlag.AlignLeft), words)


class Suggestions(QFrame):
    """A small list, or a sentence, that floats over the window beneath a place of the bar."""

    chosen = Signal(object)  # the value of a row

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setObjectName("suggestions")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.message = label("", "warning", self)
        self.message.setWordWrap(True)
        self.list = QListView(self)
        self._rows = _Rows(self)
        self.list.setModel(self._rows)
        self.list.setItemDelegate(_RowPainter(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setAccessibleName("Suggestions")
        self.list.clicked.connect(lambda index: self._choose(index.row()))
        layout = self._layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 4, 1, 4)
        layout.setSpacing(0)
        layout.addWidget(self.message)
        layout.addWidget(self.list)
        appearance().changed.connect(self._restyle)
        self._restyle()
        self.hide()

    @property
    def offering(self) -> bool:
        """Whether rows can be chosen just now."""
        return self.isVisible() and not self.list.isHidden()

    def labels(self) -> list[str]:
        """Give the words of the rows, from the top."""
        return [row.label for row in self._rows.entries]

    def show_rows(self, rows: Sequence[Suggestion], place: QPoint, width: int = 0) -> None:
        """Offer rows beneath a point of the window; none is lit until a key goes there."""
        self._rows.show_entries(rows)
        self.list.setCurrentIndex(QModelIndex())
        self.message.hide()
        self.list.show()
        if not rows:
            self.hide()
            return
        px = theme().px
        self.list.setFixedHeight(px(_ROW) * min(len(rows), _MOST))
        self._place(place, width or self._wanted())

    def show_message(self, sentence: str, place: QPoint) -> None:
        """Say what is wrong at a place."""
        self.list.hide()
        new = self.message.text() != sentence or not self.isVisible()
        self.message.setText(sentence)
        self.message.show()
        metrics = QFontMetrics(self.message.font())
        self._place(place, min(metrics.horizontalAdvance(sentence) + theme().px(40), _WIDEST))
        if new:
            QAccessible.updateAccessibility(QAccessibleEvent(self.message, QAccessible.Event.Alert))

    def move_by(self, step: int) -> None:
        """Light the next row, or the one before; from the first one back to none."""
        count, row = len(self._rows.entries), self.list.currentIndex().row()
        row = count - 1 if row < 0 and step < 0 else row + step
        row = -1 if not 0 <= row < count else row
        self.list.setCurrentIndex(self._rows.index(row) if row >= 0 else QModelIndex())

    def take(self, first: bool = False) -> bool:
        """Choose the lit row, or the first one; False if there is none."""
        row = self.list.currentIndex().row()
        row = 0 if row < 0 and first else row
        if not self.offering or row < 0:
            return False
        self._choose(row)
        return True

    def _choose(self, row: int) -> None:
        value = self._rows.entries[row].value
        self.hide()
        self.chosen.emit(value)

    def _wanted(self) -> int:
        metrics = QFontMetrics(theme().font(Text.SECONDARY))
        px = theme().px
        widths = (
            metrics.horizontalAdvance(row.label) + metrics.horizontalAdvance(row.note)
            for row in self._rows.entries[:50]
        )
        return min(max(max(widths) + px(56), px(_NARROWEST)), px(_WIDEST))

    def _place(self, place: QPoint, width: int) -> None:
        window = self._window
        room = window.width() - 16
        width = min(width, room)
        left = min(max(place.x(), 8), window.width() - 8 - width)
        self.setFixedWidth(width)
        said, around = self.message.heightForWidth(width - 2), self._layout.contentsMargins()
        inner = self.list.height() if self.message.isHidden() else said
        self.setFixedHeight(inner + around.top() + around.bottom())
        self.move(left, place.y())
        self.raise_()
        self.show()

    def _restyle(self) -> None:
        px = theme().px
        self.message.setContentsMargins(px(12), px(4), px(12), px(4))
