"""Where tags are typed: with what is known offered, and nothing typed ever lost."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QCompleter,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from assetman.core.assets import display
from assetman.core.organising import Tag
from assetman.ui.controls import count_text, counted
from assetman.ui.theme import Text, theme

OFFERED = 8
_COUNT = int(Qt.ItemDataRole.UserRole)
Index = QModelIndex | QPersistentModelIndex


def matching(tags: Sequence[Tag], typed: str, without: Collection[str] = ()) -> list[Tag]:
    """Find the tags that what is typed may mean: those that begin so first, much used first."""
    wanted, left_out = typed.strip().casefold(), {name.casefold() for name in without}
    found = []
    for tag in tags:
        name = tag.name.casefold()
        if wanted in name and name not in left_out:
            begins = name.startswith(wanted)
            at_word = f" {wanted}" in name
            found.append((not begins, not at_word, -tag.assets, name, tag))
    return [entry[-1] for entry in sorted(found, key=lambda entry: entry[:-1])[:OFFERED]]


class TagField(QLineEdit):
    """A line for tags, several separated by commas. Enter hands them on and keeps them here."""

    entered = Signal(str)  # all that stands in the field
    went_back = Signal()  # Backspace where there is nothing to delete
    left = Signal()  # Esc

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText("Add tags")
        self.setAccessibleName("Add tags, several separated by commas")
        self._tags: Sequence[Tag] = ()
        self._without: Collection[str] = ()
        self._offers = QStandardItemModel(self)
        self._completer = QCompleter(self._offers, self)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setMaxVisibleItems(OFFERED)
        self._popup = QListView()
        self._popup.setObjectName("offers")
        self._popup.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._completer.setPopup(self._popup)  # which takes it for its own
        self._popup.setItemDelegate(_OfferDelegate(self))
        self._popup.setAccessibleName("Known tags")
        self._completer.setWidget(self)
        self._completer.activated.connect(self._take_offer)
        self.textEdited.connect(self._offer)

    def know(self, tags: Sequence[Tag], without: Collection[str]) -> None:
        """Know which tags there are, and which need not be offered."""
        self._tags, self._without = tags, without

    @property
    def offering(self) -> bool:
        return self._popup.isVisible()

    def offers(self) -> list[str]:
        """Name what is offered, from the top."""
        return [self._offers.item(row).text() for row in range(self._offers.rowCount())]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = Qt.Key
        if event.key() in (keys.Key_Return, keys.Key_Enter):
            if self.offering and self._popup.currentIndex().isValid():
                event.ignore()  # the completer takes what is lit
                return
            self._hide_offers()
            self.entered.emit(self.text())
        elif event.key() == keys.Key_Escape:
            if self.offering:
                self._hide_offers()
            else:
                self.left.emit()
        elif event.key() == keys.Key_Backspace and not self.text():
            self.went_back.emit()
        elif event.key() == keys.Key_Down and not self.offering:
            self._offer()
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Let Tab complete what is typed while something is offered."""
        if not (forward and self.offering):
            return super().focusNextPrevChild(forward)
        row = max(0, self._popup.currentIndex().row())
        self._hide_offers()
        self.setText(f"{self._completed(self.offers()[row])}, ")
        return True

    def _offer(self) -> None:
        found = matching(self._tags, self._typed_last(), self._without)
        self._offers.clear()
        for tag in found:
            item = QStandardItem(tag.name)
            item.setData(tag.assets, _COUNT)
            said = f"{tag.name}, {counted(tag.assets, 'file', 'files')}"
            item.setData(said, int(Qt.ItemDataRole.AccessibleTextRole))
            self._offers.appendRow(item)
        if found:
            self._completer.complete()
            self._popup.setCurrentIndex(QModelIndex())
        else:
            self._hide_offers()

    def _take_offer(self, name: str) -> None:
        self.setText(self._completed(name))
        self.entered.emit(self.text())

    def _completed(self, name: str) -> str:
        before, comma, _ = self.text().rpartition(",")
        return f"{before}{comma}{' ' if comma else ''}{name}"

    def _typed_last(self) -> str:
        return self.text().rpartition(",")[2]

    def _hide_offers(self) -> None:
        self._popup.hide()


class _OfferDelegate(QStyledItemDelegate):
    """Paints a known tag: its name, and on how many files it is."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(theme().px(120), theme().px(26))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look = theme()
        rect: QRect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, look.tint)
        font = look.font(Text.SECONDARY)
        painter.setFont(font)
        room = rect.adjusted(look.px(8), 0, -look.px(8), 0)
        count = count_text(int(index.data(_COUNT) or 0))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(look.secondary)
        painter.drawText(room, int(middle | Qt.AlignmentFlag.AlignRight), count)
        room.setWidth(room.width() - painter.fontMetrics().horizontalAdvance(count) - look.px(10))
        name = painter.fontMetrics().elidedText(
            display(str(index.data())), Qt.TextElideMode.ElideMiddle, room.width()
        )
        painter.setPen(look.text)
        painter.drawText(room, int(middle | Qt.AlignmentFlag.AlignLeft), name)
