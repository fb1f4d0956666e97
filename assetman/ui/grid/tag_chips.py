"""Tags as chips, as many in a line as there is room for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from assetman.core.assets import display
from assetman.ui.glyphs import draw_cross, draw_ring
from assetman.ui.grid.wording import plain_tip
from assetman.ui.theme import Text, appearance, theme

HEIGHT, GAP, LONGEST = 22, 6, 220  # pixels


class TagButton(QAbstractButton):
    """A tag of what is selected: of all of it, or outlined with of how many.

    A click asks for everything with that tag; the ×, Delete or Backspace takes it off.
    """

    removed = Signal(str)
    chosen = Signal(str)
    menu_wanted = Signal(str, object)  # and the place on the screen

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.name = name
        self._share = ""
        self._room = LONGEST
        self.setText(display(name))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._pressed = QPointF(-1, -1)
        self.clicked.connect(self._clicked)

    def show_share(self, count: int, of: int) -> None:
        """Say how many of the selected files bear the tag."""
        whole = "" if count == of else f"{count:,} of {of:,}"
        # Of thousands the heading says how many they are: there is no room to say it each time.
        self._share = f"{count:,}" if whole and of >= 1000 else whole
        self.setToolTip(plain_tip(" · ".join(filter(None, (self.text(), whole)))))
        self.setAccessibleName(", ".join(filter(None, (f"Tag {self.text()}", whole))))
        self.setAccessibleDescription("Enter shows everything with it, Delete takes it off")
        self.updateGeometry()
        self.update()

    def fit(self, room: int) -> None:
        """Take at most this width."""
        self._room = room

    def sizeHint(self) -> QSize:
        look, metrics = theme(), self._metrics()
        width = metrics.horizontalAdvance(self.text()) + look.px(8 + 6 + 8 + 8)
        if self._share:
            width += metrics.horizontalAdvance(self._share) + look.px(6)
        return QSize(min(round(width) + 1, look.px(LONGEST), self._room), look.px(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = Qt.Key
        if event.key() in (keys.Key_Delete, keys.Key_Backspace):
            self.removed.emit(self.name)
        elif event.key() in (keys.Key_Return, keys.Key_Enter, keys.Key_Space):
            self.chosen.emit(self.name)
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position()
        super().mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_wanted.emit(self.name, event.globalPos())

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            lit = self.underMouse()
            painter.setPen(QPen(look.edge, 1) if self._share else Qt.PenStyle.NoPen)
            plain = Qt.BrushStyle.NoBrush if self._share else look.raised
            painter.setBrush(look.tint if lit else plain)
            painter.drawRoundedRect(box, 6, 6)
            self._write(painter)
            if self.hasFocus():
                draw_ring(painter, QRectF(self.rect()), look.accent, 5)

    def _write(self, painter: QPainter) -> None:
        look, metrics = theme(), self._metrics()
        painter.setFont(look.font(Text.SECONDARY))
        cross = self._cross()
        draw_cross(painter, cross, look.text if self.underMouse() else look.secondary)
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        flags |= int(Qt.AlignmentFlag.AlignAbsolute)
        mirrored = self.isRightToLeft()
        near = look.px(8)
        room = self.width() - near - look.px(8 + 6 + 8)
        start = self.width() - near - room if mirrored else near
        share_width = metrics.horizontalAdvance(self._share)
        name_room = room - (share_width + look.px(6) if self._share else 0)
        name = metrics.elidedText(self.text(), Qt.TextElideMode.ElideMiddle, name_room + 1)
        painter.setPen(look.text)
        name_at = start + (room - name_room if mirrored else 0)
        painter.drawText(QRectF(name_at, 0, name_room + 2, self.height()), flags, name)
        if self._share:
            painter.setPen(look.secondary)
            at = start if mirrored else start + name_room + look.px(6)
            painter.drawText(QRectF(at, 0, share_width + 2, self.height()), flags, self._share)

    def _clicked(self) -> None:
        pressed, self._pressed = self._pressed, QPointF(-1, -1)
        if self._cross().adjusted(-6, -8, 8, 8).contains(pressed):
            self.removed.emit(self.name)
        else:
            self.chosen.emit(self.name)

    def _metrics(self) -> QFontMetricsF:
        return QFontMetricsF(theme().font(Text.SECONDARY))

    def _cross(self) -> QRectF:
        side = theme().px(6.5)
        left = theme().px(8) if self.isRightToLeft() else self.width() - theme().px(8) - side
        return QRectF(left, (self.height() - side) / 2, side, side)


class TagChips(QWidget):
    """The tags of what is selected, in as many lines as they need."""

    removed = Signal(str)
    chosen = Signal(str)
    menu_wanted = Signal(str, object)
    emptied = Signal()  # the chip that had the keyboard has gone, and there is no other

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: list[TagButton] = []
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        appearance().changed.connect(self._lay_out)

    def show_tags(self, tags: Sequence[tuple[str, int]], of: int) -> None:
        """Show tags, each with how many of the files bear it; those that stay are kept."""
        kept = {button.name: button for button in self.buttons}
        focused = next((n for n, button in enumerate(self.buttons) if button.hasFocus()), None)
        self.buttons = [kept.pop(name) if name in kept else self._make(name) for name, _ in tags]
        for button, (_, count) in zip(self.buttons, tags, strict=True):
            button.show_share(count, of)
        for button in kept.values():
            button.hide()
            button.deleteLater()
        if focused is not None and not any(button.hasFocus() for button in self.buttons):
            self._focus_near(focused)
        self._lay_out()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._flow(width, place=False)

    def sizeHint(self) -> QSize:
        return QSize(120, self._flow(max(self.width(), 120), place=False))

    def minimumSizeHint(self) -> QSize:
        return QSize(40, self.heightForWidth(max(self.width(), 40)))

    def resizeEvent(self, event: object) -> None:
        self._flow(self.width(), place=True)

    def _make(self, name: str) -> TagButton:
        button = TagButton(name, self)
        button.removed.connect(self.removed)
        button.chosen.connect(self.chosen)
        button.menu_wanted.connect(self.menu_wanted)
        button.show()
        return button

    def _focus_near(self, number: int) -> None:
        if self.buttons:
            self.buttons[min(number, len(self.buttons) - 1)].setFocus()
        else:
            self.emptied.emit()

    def _lay_out(self) -> None:
        for before, button in zip(self.buttons, self.buttons[1:], strict=False):
            QWidget.setTabOrder(before, button)
        self._flow(self.width(), place=True)
        self.updateGeometry()

    def _flow(self, width: int, *, place: bool) -> int:
        """Put the chips beside and beneath each other; give the height they take."""
        px = theme().px
        left = top = 0
        for button in self.buttons:
            button.fit(width)
            size = button.sizeHint()
            if left and left + size.width() > width:
                left, top = 0, top + px(HEIGHT + GAP)
            if place:
                at = width - left - size.width() if self.isRightToLeft() else left
                button.setGeometry(at, top, size.width(), size.height())
            left += size.width() + px(GAP)
        return top + px(HEIGHT) if self.buttons else 0
