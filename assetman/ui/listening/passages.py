"""What is said in a sound or a video, line by line; a click plays it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from assetman.core.assets import Asset, Passage, PassageKind
from assetman.core.changes import Changes
from assetman.core.errors import AssetmanError
from assetman.core.moments import clock
from assetman.ui.bridge import EngineBridge
from assetman.ui.glyphs import draw_ring
from assetman.ui.jobs import report
from assetman.ui.theme import CONTROL_RADIUS, Text, appearance, theme

TIMED = (PassageKind.SPEECH, PassageKind.SUBTITLE, PassageKind.CHAPTER)
_INSET, _APART = 8, 4  # pixels
_WRAPPED = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
Index = QModelIndex | QPersistentModelIndex
_PLAYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class PassageList(QListWidget):
    """Asks for the passages of what is looked at, and follows what is heard."""

    chosen = Signal(float)  # seconds: it is to be heard from there
    filled = Signal(bool)  # whether there is anything to read

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._asset: Asset | None = None
        self._number = 0
        self.passages: tuple[Passage, ...] = ()
        self._starts: list[float] = []
        self.heard = -1  # the row that is heard now
        self.setAccessibleName("What is said")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setItemDelegate(_Lines(self))
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.viewport().setAutoFillBackground(False)
        self.setStyleSheet("background: transparent;")
        self.itemClicked.connect(self._clicked)
        bridge.changed.connect(self._renew)
        appearance().changed.connect(self.scheduleDelayedItemsLayout)

    def show_asset(self, asset: Asset | None) -> None:
        """Read what is said in another file; None: in none."""
        before, self._asset = self._asset, asset
        if asset is None or before is None or before.id != asset.id:
            self._show(())
            self._ask()

    def show_time(self, seconds: float, *, follow: bool) -> None:
        """Mark the line that is said at a time; with `follow` bring it in sight."""
        row = bisect_right(self._starts, seconds + 0.05) - 1
        if row >= 0 and seconds > self.passages[row].end + 1.0:
            row = -1
        if row == self.heard:
            return
        before, self.heard = self.heard, row
        for each in (before, row):
            if 0 <= each < self.count():
                self.update(self.indexFromItem(self.item(each)))
        if row >= 0 and follow and not self.underMouse():
            self.scrollToItem(self.item(row), QAbstractItemView.ScrollHint.EnsureVisible)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.currentRow()
        if event.key() in _PLAYS and 0 <= row < len(self.passages):
            self.chosen.emit(self.passages[row].start)
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.scheduleDelayedItemsLayout()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Leave:
            self.viewport().update()
        return super().viewportEvent(event)

    def sizeHint(self) -> QSize:
        rows = sum(self.sizeHintForRow(row) for row in range(min(self.count(), 40)))
        return QSize(theme().px(260), min(max(rows, 1) + 2, theme().px(200)))

    def _renew(self, changes: Changes) -> None:
        if self._asset is not None and self._asset.id in changes.assets_changed:
            self._ask()

    def _ask(self) -> None:
        self._number += 1
        if self._asset is None:
            return
        asset_id = self._asset.id
        job = self._bridge.call(self, lambda api: api.passages(asset_id))
        job.on_done(partial(self._take, self._number)).on_error(self._fail).start()

    def _take(self, number: int, passages: Sequence[Passage]) -> None:
        if number == self._number:
            self._show([each for each in passages if each.kind in TIMED])

    def _fail(self, error: BaseException) -> None:
        if not isinstance(error, AssetmanError):  # else there is nothing to read, that is all
            report(self, error)

    def _show(self, passages: Sequence[Passage]) -> None:
        if tuple(passages) == self.passages:
            self.filled.emit(bool(passages))
            return
        self.clear()
        self.heard = -1
        self.passages = tuple(sorted(passages, key=lambda each: (each.start, each.end)))
        self._starts = [each.start for each in self.passages]
        for passage in self.passages:
            item = QListWidgetItem(self)
            words = " ".join(passage.text.split())
            item.setText(words)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{clock(passage.start)} {words}")
        self.updateGeometry()
        self.filled.emit(bool(passages))

    def _clicked(self, item: QListWidgetItem) -> None:
        self.chosen.emit(self.passages[self.row(item)].start)


class _Lines(QStyledItemDelegate):
    """Paints a line: when it is said, and what."""

    def __init__(self, view: PassageList) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        width = self._view.viewport().width()
        metrics = self._view.fontMetrics()
        room = QRect(0, 0, max(width - self._time_width() - 2 * _INSET, 40), 100_000)
        height = metrics.boundingRect(room, _WRAPPED, str(index.data())).height()
        return QSize(width, height + 2 * _APART)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look, row = theme(), index.row()
        box: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        heard = row == self._view.heard
        if heard or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.tint if heard else look.hover)
            painter.drawRoundedRect(box.adjusted(0, 1, 0, -1), CONTROL_RADIUS, CONTROL_RADIUS)
        if state & QStyle.StateFlag.State_HasFocus:
            draw_ring(
                painter, box.toRectF().adjusted(1, 2, -1, -2), look.accent, CONTROL_RADIUS - 1
            )
        inside = box.adjusted(_INSET, _APART, -_INSET, -_APART)
        time = self._time_width()
        painter.setFont(look.font(Text.SECONDARY))
        painter.setPen(look.text if heard else look.secondary)
        painter.drawText(inside, _WRAPPED, clock(self._view.passages[row].start))
        painter.setFont(look.font())
        painter.setPen(look.text)
        painter.drawText(inside.adjusted(time, 0, 0, 0), _WRAPPED, str(index.data()))
        painter.restore()

    def _time_width(self) -> int:
        last = self._view.passages[-1].start if self._view.passages else 0.0
        return self._view.fontMetrics().horizontalAdvance(clock(last)) + 10
