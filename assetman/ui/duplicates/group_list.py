"""The groups of copies in a column: their pictures, their name, what they waste."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QFontMetrics, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from assetman.core.duplicates import DuplicateGroup
from assetman.ui.duplicates.copy_pictures import SMALL, CopyPictures
from assetman.ui.duplicates.wording import group_words
from assetman.ui.glyphs import draw_ring
from assetman.ui.grid.labels import elided
from assetman.ui.grid.wording import size_text
from assetman.ui.theme import Text, theme

Index = QModelIndex | QPersistentModelIndex
ROW = 84
SHOWN = 4  # pictures of a group; of more, how many more
_EDGE, _APART, _RADIUS = 12, 4, 6
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


class GroupModel(QAbstractListModel):
    """One row a group."""

    def __init__(self, pictures: CopyPictures, parent: QObject) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self.groups: list[DuplicateGroup] = []

    def set_groups(self, groups: Sequence[DuplicateGroup]) -> None:
        """Show these groups."""
        self.beginResetModel()
        self.groups = list(groups)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.groups)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        group = self.groups[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return group_words(group, self._pictures.cards.get(group.copies[0].asset_id))
        return None


class GroupDelegate(QStyledItemDelegate):
    """Paints a group: its pictures above, its name and what it wastes beneath."""

    def __init__(self, pictures: CopyPictures, view: GroupList) -> None:
        super().__init__(view)
        self._pictures = pictures
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(theme().px(200), theme().px(ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        group = self._view.groups.groups[index.row()]
        look, state = theme(), option.state
        row = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        selected = bool(state & QStyle.StateFlag.State_Selected)
        plate = row.adjusted(0, 2, -look.px(4), -2)
        if selected or state & QStyle.StateFlag.State_MouseOver:
            path = QPainterPath()
            path.addRoundedRect(plate, _RADIUS, _RADIUS)
            painter.fillPath(path, look.raised if selected else look.hover)
            if selected:
                painter.setClipPath(path)
                painter.fillRect(QRectF(plate.left(), plate.top(), 3, plate.height()), look.accent)
                painter.setClipping(False)
        if selected and self._view.ring and self._view.hasFocus():
            draw_ring(painter, plate, look.accent, _RADIUS - 1)
        edge = look.px(_EDGE)
        self._pictured(painter, plate.adjusted(edge, look.px(8), -edge, 0), group)
        self._written(painter, plate.adjusted(edge, 0, -edge, -look.px(6)), group)
        painter.restore()

    def _pictured(self, painter: QPainter, room: QRectF, group: DuplicateGroup) -> None:
        px = theme().px
        side, step = px(SMALL.width()), px(SMALL.width() + _APART)
        for place, copy in enumerate(group.copies[:SHOWN]):
            box = QRectF(room.left() + place * step, room.top(), side, side)
            self._pictures.paint(painter, box, copy.asset_id, large=False)
        painter.setFont(theme().font(Text.SECONDARY))
        painter.setPen(theme().secondary)
        if (more := len(group.copies) - SHOWN) > 0:
            box = QRectF(room.left() + SHOWN * step, room.top(), px(44), side)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignLeft | _MIDDLE), f"+{more:,}")
        box = QRectF(room.left(), room.top(), room.width(), side)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignRight | _MIDDLE), str(group.likeness))

    def _written(self, painter: QPainter, room: QRectF, group: DuplicateGroup) -> None:
        look = theme()
        line = QRectF(room)
        line.setTop(room.bottom() - look.px(20))
        font = look.font(Text.SECONDARY)
        metrics = QFontMetrics(font)
        wasted = size_text(group.wasted)
        painter.setFont(font)
        painter.setPen(look.secondary)
        painter.drawText(line, int(Qt.AlignmentFlag.AlignRight | _MIDDLE), wasted)
        line.setRight(line.right() - metrics.horizontalAdvance(wasted) - look.px(8))
        card = self._pictures.cards.get(group.copies[0].asset_id)
        if card is not None:
            painter.setPen(look.text)
            name = elided(card.asset.display_name, metrics, int(line.width()))
            painter.drawText(line, int(Qt.AlignmentFlag.AlignLeft | _MIDDLE), name)


class GroupList(QListView):
    """The column of groups; one of them is chosen."""

    chosen = Signal(object)  # DuplicateGroup, None where there is none
    went_on = Signal()  # the person wants to go on to the copies

    def __init__(self, pictures: CopyPictures, parent: QWidget) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self.ring = False  # a click shows well enough where one is
        self.groups = GroupModel(pictures, self)
        self.setModel(self.groups)
        self.setItemDelegate(GroupDelegate(pictures, self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setAccessibleName("Groups of duplicates, those that waste the most first")
        self.activated.connect(lambda _: self.went_on.emit())
        self.selectionModel().currentChanged.connect(self._tell)
        pictures.renewed.connect(self.viewport().update)

    @property
    def group(self) -> DuplicateGroup | None:
        """The group that is chosen."""
        row = self.currentIndex().row()
        return self.groups.groups[row] if 0 <= row < len(self.groups.groups) else None

    def show_groups(self, groups: Sequence[DuplicateGroup]) -> None:
        """Show these; the same group stays chosen, or the one in its place."""
        before, row = self.group, max(0, self.currentIndex().row())
        if groups and list(groups) == self.groups.groups:
            self._tell()
            return
        scrolled = self.verticalScrollBar().value()
        self.groups.set_groups(groups)
        ids = [group.id for group in groups]
        if before is not None and before.id in ids:
            row = ids.index(before.id)
        if groups:
            self.setCurrentIndex(self.groups.index(min(row, len(groups) - 1)))
            self.verticalScrollBar().setValue(scrolled)
        else:
            self._tell()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.ring = event.reason() is not Qt.FocusReason.MouseFocusReason
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.ring = False
        super().focusOutEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        row = theme().px(ROW)
        first = self.verticalScrollBar().value() // row
        last = first + self.viewport().height() // row + 2
        seen = self.groups.groups[first:last]
        self._pictures.list_ids([c.asset_id for group in seen for c in group.copies[:SHOWN]])

    def _tell(self) -> None:
        self.chosen.emit(self.group)
