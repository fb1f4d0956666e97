"""The tag field over the grid, or over the large view, for as long as it is needed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QGraphicsDropShadowEffect, QVBoxLayout, QWidget

from assetman.core.changes import Changes
from assetman.ui.bridge import EngineBridge
from assetman.ui.controller.organiser import Expected, Organiser
from assetman.ui.controls import counted, label
from assetman.ui.grid.summary import Summary, Summing
from assetman.ui.grid.tag_editor import TagEditor
from assetman.ui.theme import appearance, theme

WIDEST, TOP = 440, 44  # pixels
USUAL = 190  # pixels that it is high, with a line or two of tags


class TagPanel(QFrame):
    """Floats over its parent. Esc, or Enter with nothing to add, leads back to where one was."""

    tag_chosen = Signal(str)

    def __init__(self, bridge: EngineBridge, organiser: Organiser, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("floating")
        self.setAccessibleName("Tags")
        self.hide()
        self._ids: tuple[int, ...] = ()
        self._summary = Summary()
        self._before: QWidget | None = None
        self._below = False  # at the bottom, where it covers less of what it is about
        self._summing = Summing(bridge, self)
        self._summing.summed.connect(self._take)
        self._summing.failed.connect(lambda ids, error: None)  # tags can be added all the same
        self.title = label("", "title", self)
        self.editor = TagEditor(organiser, self)
        self._layout = QVBoxLayout(self)
        self._layout.addWidget(self.title)
        self._layout.addWidget(self.editor)
        self._layout.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        shadow = QGraphicsDropShadowEffect(self)
        shadow.setBlurRadius(24)
        shadow.setOffset(0, 4)
        shadow.setColor(QColor(0, 0, 0, 90))
        self.setGraphicsEffect(shadow)
        self.editor.closed.connect(self.leave)
        self.editor.tag_chosen.connect(self._choose)
        organiser.expected.connect(self._expect)
        organiser.mistaken.connect(self._ask)
        bridge.changed.connect(self._changed)
        parent.installEventFilter(self)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._focus_moved)
        appearance().changed.connect(self._restyle)
        self._restyle()

    def open_for(self, ids: Sequence[int], beside: QRect) -> None:
        """Let the person type tags for these; `beside` is what should not be covered."""
        if not self.isVisible():
            self._before = QApplication.focusWidget()
            self._below = self._should_lie_below(beside)
        if tuple(ids) != self._ids:
            self._ids, self._summary = tuple(ids), Summary()
        self.title.setText(f"Tag {counted(len(self._ids), 'file', 'files')}")
        self._show_tags()
        self.show()
        self.raise_()
        self.editor.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.editor.field.selectAll()
        self._ask()

    def leave(self) -> None:
        """Go back to where the keyboard was. What was typed is still there the next time."""
        before, self._before = self._before, None
        if before is not None and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            event.accept()  # letters are no shortcuts here, whatever has the keyboard

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Keep the keyboard inside: Esc leads out."""
        places = self.editor.places()
        if not places:
            return super().focusNextPrevChild(forward)  # it is being hidden
        here = QApplication.focusWidget()
        at = places.index(here) if here in places else 0
        there = places[(at + (1 if forward else -1)) % len(places)]
        reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        there.setFocus(reason)
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.parent() and event.type() is QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        handled = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest:
            self._place()
        return handled

    def _ask(self, *_: object) -> None:
        if self.isVisible():
            self._summing.ask(self._ids)

    def _take(self, ids: tuple[int, ...], summary: Summary) -> None:
        if ids == self._ids:
            self._summary = summary
            self._show_tags()

    def _show_tags(self) -> None:
        self.editor.show_tags(self._ids, self._summary.tags)
        self._place()

    def _expect(self, expected: Expected) -> None:
        if self._ids and expected.asset_ids.issuperset(self._ids):
            self._summing.forget()
            self._summary = self._summary.after(expected, len(self._ids))
            self._show_tags()

    def _changed(self, changes: Changes) -> None:
        if not changes.assets_changed.isdisjoint(self._ids):
            self._ask()

    def _choose(self, name: str) -> None:
        self.leave()
        self.tag_chosen.emit(name)

    def _focus_moved(self, _: QWidget | None, now: QWidget | None) -> None:
        """Close when the keyboard has gone elsewhere in the window."""
        inside = now is None or now is self or self.isAncestorOf(now)
        if self.isVisible() and not inside and now is not None and now.window() is self.window():
            self.hide()

    def _place(self) -> None:
        parent = self.parentWidget()
        if parent is None:
            return
        px = theme().px
        width = min(px(WIDEST), parent.width() - px(32))
        edge = 2 * self.frameWidth()  # which a style sheet's border comes on top of
        height = self._layout.heightForWidth(width - edge) + edge
        room = parent.height() - px(TOP) - px(16)
        left, height = (parent.width() - width) // 2, min(height, room)
        top = parent.height() - height - px(16) if self._below else px(TOP)
        self.setGeometry(left, top, width, height)

    def _should_lie_below(self, beside: QRect) -> bool:
        usual, room = theme().px(USUAL), self.parentWidget()
        covered = beside.isValid() and beside.top() < theme().px(TOP) + usual
        return covered and room is not None and beside.bottom() < room.height() - usual

    def _restyle(self) -> None:
        px = theme().px
        self._layout.setContentsMargins(px(16), px(12), px(16), px(16))
        self._layout.setSpacing(px(10))
