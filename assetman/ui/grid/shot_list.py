"""The shots of a video side by side, in time order: what matches less is faded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from assetman.core.moments import Moment, clock
from assetman.ui.grid.pictures import CellSpec
from assetman.ui.grid.thumbnails import Thumbnail, ThumbnailLoader
from assetman.ui.theme import Text, appearance, mix, theme
from assetman.ui.times import span_text, span_words

Index = QModelIndex | QPersistentModelIndex
_NONE = QModelIndex()
HEIGHT, SHAPE = 64, 16 / 9  # of a frame, where its own is not known
AROUND = 6  # pixels around a frame, for its outlines
DIMMEST = 0.3  # of a frame that matches worst
LEAST_SPREAD = 0.05  # scores closer than this differ by nothing worth showing
CAPACITY = 24 << 20  # bytes of decoded frames
_RADIUS = 5
_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class ShotModel(QAbstractListModel):
    """Holds one frame of each shot."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.shots: Sequence[Moment] = ()
        self._brightness: Sequence[float] = ()

    def show(self, shots: Sequence[Moment], scores: Sequence[float]) -> None:
        """Hold other shots; `scores` are those of the whole video."""
        self.beginResetModel()
        self.shots = tuple(shots)
        low, high = (min(scores), max(scores)) if scores else (0.0, 0.0)
        self._brightness = [brightness(shot.score, low, high) for shot in self.shots]
        self.endResetModel()

    def brightness(self, row: int) -> float:
        """Give how bright a shot is painted, 0..1."""
        return self._brightness[row]

    def row_of(self, moment: Moment | None) -> int:
        """Give the row of the shot that a frame belongs to, -1 if it is not here."""
        if moment is None:
            return -1
        span = moment.start, moment.end
        rows = (row for row, shot in enumerate(self.shots) if (shot.start, shot.end) == span)
        return next(rows, -1)

    def rowCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() else len(self.shots)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.shots):
            return None
        shot = self.shots[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return span_text(shot.start, shot.end)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            words = f"shot {index.row() + 1} of {len(self.shots)}, "
            words += span_words(shot.start, shot.end)
            return words if shot.score is None else f"{words}, score {shot.score:.2f}"
        if role == Qt.ItemDataRole.ToolTipRole:
            words = span_text(shot.start, shot.end)
            return words if shot.score is None else f"{words}\nscore {shot.score:.2f}"
        return None


def brightness(score: float | None, low: float, high: float) -> float:
    """Give how bright a shot is painted, 0..1, between the worst and the best of its video."""
    if score is None or high - low < LEAST_SPREAD:
        return 1.0
    return DIMMEST + (1 - DIMMEST) * (score - low) / (high - low)


class ShotList(QListView):
    """One row of shots that scrolls sideways. Keys that it has no use for go to the grid."""

    chosen = Signal(int)  # row: the person looks at it
    played = Signal(int)  # row
    enlarged = Signal(int)  # row
    menu_wanted = Signal(int, QPoint)  # row, a point of the screen
    left = Signal(bool)  # the keyboard goes up (True) or down

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.shots = ShotModel(self)
        self.setModel(self.shots)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.by_keyboard = False  # the last move: only then is the focus outlined
        self.thumbnails = ThumbnailLoader(self, CAPACITY)
        self.thumbnails.arrived.connect(lambda _: self._fade())
        self._shape = SHAPE
        self._looking = QTimer(self)
        self._looking.setSingleShot(True)
        self._looking.setInterval(0)
        self._looking.timeout.connect(self._look)
        self._fading = QTimer(self)
        self._fading.setSingleShot(True)
        self._fading.setInterval(16)
        self._fading.timeout.connect(self._fade)
        self.horizontalScrollBar().valueChanged.connect(lambda _: self._looking.start())
        self.setItemDelegate(_ShotDelegate(self))
        appearance().changed.connect(self._restyle)
        self._restyle()

    def show_shots(self, shots: Sequence[Moment], scores: Sequence[float]) -> None:
        """Show shots from the first on, none selected; `scores` are those of the whole video."""
        shapes = [shot.picture.width / shot.picture.height for shot in shots if shot.picture]
        self._shape = min(max(shapes[0], 0.4), 2.4) if shapes else SHAPE
        self.shots.show(shots, scores)
        self._restyle()
        first = self.shots.index(0)
        self.selectionModel().setCurrentIndex(first, QItemSelectionModel.SelectionFlag.NoUpdate)

    def go_to(self, row: int) -> None:
        """Select a shot and bring it into the middle."""
        index = self.shots.index(row)
        one = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.selectionModel().setCurrentIndex(index, one)
        self.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)

    @property
    def cell(self) -> QSize:
        """Give the size of a frame, wide enough for the words beneath it."""
        height = theme().px(HEIGHT)
        least = self._metrics.horizontalAdvance("1:00:00") + 8
        if any(shot.score is not None for shot in self.shots.shots):
            least += self._metrics.horizontalAdvance("0.00") + 4
        return QSize(max(round(height * self._shape), least), height)

    @property
    def caption(self) -> int:
        """Give the height of the words beneath a frame."""
        return self._metrics.height() + 4

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = Qt.Key
        row = self.currentIndex().row()
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        self.by_keyboard = True
        if plain and event.key() in (keys.Key_Left, keys.Key_Right, keys.Key_Home, keys.Key_End):
            super().keyPressEvent(event)
            if (now := self.currentIndex().row()) != row:
                self.chosen.emit(now)
        elif plain and event.key() in (keys.Key_Return, keys.Key_Enter) and row >= 0:
            self.played.emit(row)
        elif plain and event.key() == keys.Key_Space and row >= 0:
            self.enlarged.emit(row)
        elif plain and event.key() in (keys.Key_Up, keys.Key_Down):
            self.left.emit(event.key() == keys.Key_Up)
        else:
            event.ignore()
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.by_keyboard = False
        row = self.indexAt(event.position().toPoint()).row()
        super().mousePressEvent(event)
        event.accept()  # the grid beneath must not take it for itself
        if event.button() is Qt.MouseButton.LeftButton and row >= 0:
            self.chosen.emit(row)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        row = self.indexAt(event.position().toPoint()).row()
        super().mouseReleaseEvent(event)
        event.accept()
        left = event.button() is Qt.MouseButton.LeftButton
        if left and row >= 0 and row == self.currentIndex().row():
            self.played.emit(row)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not event.buttons():  # a press that moves on selects nothing else
            super().mouseMoveEvent(event)
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        row = self.indexAt(event.position().toPoint()).row()
        if event.button() is Qt.MouseButton.LeftButton and row >= 0:
            self.enlarged.emit(row)
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_keyboard = event.reason() is QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_keyboard else self.indexAt(event.pos())
        if index.isValid():
            at = self.visualRect(index).center() if by_keyboard else event.pos()
            self.menu_wanted.emit(index.row(), self.viewport().mapToGlobal(at))
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        sideways = event.angleDelta().x()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            sideways = sideways or event.angleDelta().y()
        if not sideways:
            event.ignore()  # the wheel goes on through the grid
            return
        bar = self.horizontalScrollBar()
        bar.setValue(bar.value() - (-sideways if self.isRightToLeft() else sideways))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._looking.start()

    def focusInEvent(self, event: QFocusEvent) -> None:
        if event.reason() in _KEYBOARD:
            self.by_keyboard = True
        super().focusInEvent(event)
        self.viewport().update()

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        # Qt's own stays where it is when lists run from right to left.
        ways = QAbstractItemView.CursorAction
        onward = -1 if self.isRightToLeft() else 1
        steps = {ways.MoveLeft: -onward, ways.MoveRight: onward}
        last = len(self.shots.shots) - 1
        ends = {ways.MoveHome: 0, ways.MoveEnd: last}
        row = max(0, self.currentIndex().row())
        return self.shots.index(ends.get(action, min(max(row + steps.get(action, 0), 0), last)))

    def keyboardSearch(self, search: str) -> None:
        """Search nothing: letters are shortcuts here."""

    def picture_of(self, row: int) -> Thumbnail | None:
        """Give the picture of a shot if it is here."""
        picture = self.shots.shots[row].picture
        return self.thumbnails.get(picture) if picture is not None else None

    def _look(self) -> None:
        """Decode the frames in sight, and some beyond."""
        if not self.shots.shots:
            return
        middle = self.viewport().height() // 2
        ends = [self.indexAt(QPoint(x, middle)).row() for x in (1, self.viewport().width() - 2)]
        seen = [row for row in ends if row >= 0]  # where they end there is nothing
        first = max(0, min(seen, default=0) - 2)
        last = (max(seen) if len(seen) == 2 else len(self.shots.shots)) + 3
        shown = self.shots.shots[first:last]
        ratio = self.devicePixelRatioF()
        cell = self.cell * ratio
        spec = CellSpec(cell.width(), cell.height(), False, _RADIUS * ratio, ratio)
        self.thumbnails.want([shot.picture for shot in shown if shot.picture], spec)

    def _fade(self) -> None:
        self.viewport().update()
        if self.thumbnails.fading():
            self._fading.start()

    def _restyle(self) -> None:
        self._metrics = QFontMetrics(theme().font(Text.SECONDARY))
        side = theme().px(12) - AROUND
        self.setViewportMargins(side, 0, side, 0)
        height = self.cell.height() + self.caption + 2 * AROUND
        self.setFixedHeight(height + self.horizontalScrollBar().sizeHint().height())
        self.scheduleDelayedItemsLayout()
        self._looking.start()


class _ShotDelegate(QStyledItemDelegate):
    """Paints a shot: its frame, when it begins, how well it matches."""

    def __init__(self, shots: ShotList) -> None:
        super().__init__(shots)
        self._shots = shots

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        cell = self._shots.cell
        return cell + QSize(2 * AROUND, 2 * AROUND + self._shots.caption)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look, shots, row = theme(), self._shots, index.row()
        selected = shots.selectionModel().isSelected(index)
        whole: QRect = option.rect
        cell = QRect(whole.topLeft() + QPoint(AROUND, AROUND), shots.cell)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mix(look.text, look.panel, 0.05))
        painter.drawRoundedRect(cell, _RADIUS, _RADIUS)
        thumbnail = shots.picture_of(row)
        if thumbnail is not None:
            size = thumbnail.image.deviceIndependentSize()
            place = QRectF(cell.topLeft(), size)
            place.moveCenter(QRectF(cell).center())
            bright = shots.shots.brightness(row)
            painter.setOpacity(bright * thumbnail.opacity_now())
            painter.drawImage(place, thumbnail.image)
            painter.setOpacity(1)
        self._outlines(painter, cell, selected, index == shots.currentIndex())
        self._caption(painter, cell, row, selected)
        painter.restore()

    def _outlines(self, painter: QPainter, cell: QRect, selected: bool, current: bool) -> None:
        look = theme()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        around = QRectF(cell)
        if selected:
            painter.setPen(QPen(look.accent, 2))
            painter.drawRoundedRect(around.adjusted(-3, -3, 3, 3), _RADIUS + 3, _RADIUS + 3)
        if current and self._shots.by_keyboard and self._shots.hasFocus():
            pen = QPen(look.text, 1)
            pen.setDashPattern([3, 3])
            painter.setPen(pen)
            painter.drawRoundedRect(around.adjusted(-5, -5, 5, 5), _RADIUS + 5, _RADIUS + 5)

    def _caption(self, painter: QPainter, cell: QRect, row: int, selected: bool) -> None:
        look, shot = theme(), self._shots.shots.shots[row]
        metrics = QFontMetrics(look.font(Text.SECONDARY))
        line = QRect(cell.left() + 2, cell.bottom() + 5, cell.width() - 4, metrics.height())
        painter.setFont(look.font(Text.SECONDARY))
        score = "" if shot.score is None else f"{shot.score:.2f}"
        room = line.width() - (metrics.horizontalAdvance(score) + 8 if score else 0)
        words = span_text(shot.start, shot.end)
        if metrics.horizontalAdvance(words) > room:
            words = clock(shot.start)
        # Left is where reading begins: the painter mirrors it.
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(look.text if selected else mix(look.text, look.panel, 0.86))
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | middle, words)
        painter.setPen(look.secondary)
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | middle, score)
