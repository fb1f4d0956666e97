"""The tags of what is selected, and the field for more."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from assetman.ui.controller.organiser import Organiser, names_of
from assetman.ui.controls import button
from assetman.ui.grid.labels import WrappedLabel
from assetman.ui.grid.tag_chips import TagChips
from assetman.ui.grid.tag_field import TagField
from assetman.ui.theme import Text, theme

MOST = 12  # chips shown before the person asks for more


class TagEditor(QWidget):
    """Chips with a field beneath. What is typed stays in it until the engine has it."""

    closed = Signal()  # Esc, or Enter with nothing to add
    tag_chosen = Signal(str)  # everything with this tag is wanted

    def __init__(self, organiser: Organiser, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._organiser = organiser
        self._ids: tuple[int, ...] = ()
        self._tags: tuple[tuple[str, int], ...] = ()
        self._whole = False  # every tag is shown, however many
        self.chips = TagChips(self)
        self.field = TagField(self)
        self.trouble = WrappedLabel(Text.SECONDARY, "warning", parent=self)
        self.more = button("", "quiet", self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for part in (self.chips, self.more, self.field, self.trouble):
            column.addWidget(part)
        column.setAlignment(self.more, Qt.AlignmentFlag.AlignLeft)
        self.chips.hide()
        self.trouble.hide()
        self.field.entered.connect(self._enter)
        self.field.left.connect(self.closed)
        self.field.went_back.connect(self._take_last)
        self.field.textEdited.connect(lambda _: self._say(""))
        self.more.clicked.connect(self._show_all)
        self.chips.removed.connect(self._take_off)
        self.chips.chosen.connect(self.tag_chosen)
        self.chips.menu_wanted.connect(self._open_menu)
        self.chips.emptied.connect(self.field.setFocus)
        organiser.renewed.connect(self._know)

    def show_tags(self, ids: Sequence[int], tags: Sequence[tuple[str, int]]) -> None:
        """Show the tags of files, each with how many of them bear it. What is typed stays."""
        if tuple(ids) != self._ids:
            self._whole = False
        self._ids, self._tags = tuple(ids), tuple(tags)
        self._show_chips()
        self._know()

    def _show_chips(self) -> None:
        shown = self._tags if self._whole else self._tags[:MOST]
        self.chips.show_tags(shown, len(self._ids))
        self.chips.setVisible(bool(shown))
        hidden = len(self._tags) - len(shown)
        self.more.setText(f"{hidden:,} more")
        self.more.setAccessibleName(f"Show {hidden:,} more tags")
        self.more.setVisible(hidden > 0)
        self.updateGeometry()

    def _show_all(self) -> None:
        self._whole = True
        self._show_chips()

    def places(self) -> list[QWidget]:
        """List what the keyboard can go to, in its order."""
        every: list[QWidget] = [*self.chips.buttons, self.more, self.field]
        return [place for place in every if place.isVisible()]

    def _know(self) -> None:
        self.field.know(self._organiser.tags, self._common())

    def _common(self) -> list[str]:
        return [name for name, count in self._tags if count == len(self._ids)]

    def _enter(self, text: str) -> None:
        names = names_of(text)
        if not names:
            self.closed.emit()
            return
        if not self._ids:
            self._say("Select what you want to tag first.")
            return
        self._say("")
        self.field.selectAll()  # typing on replaces it; if the engine refuses, it comes back
        self._organiser.tag(
            self._ids, names, partial(self._added, text), partial(self._refused, text)
        )

    def _added(self, text: str) -> None:
        if self.field.text() == text:
            self.field.clear()

    def _refused(self, text: str, sentence: str) -> None:
        if not self.field.text().startswith(text):
            more = self.field.text().strip()
            self.field.setText(f"{text}, {more}" if more else text)
        self._say(sentence)

    def _say(self, sentence: str) -> None:
        self.trouble.setText(sentence)
        self.trouble.setAccessibleName(sentence)
        self.trouble.setVisible(bool(sentence))
        self.updateGeometry()
        if sentence:
            QAccessible.updateAccessibility(QAccessibleEvent(self.trouble, QAccessible.Event.Alert))

    def _take_off(self, name: str) -> None:
        self._organiser.untag(self._ids, [name])

    def _take_last(self) -> None:
        common = self._common()
        if common:
            self._take_off(common[-1])

    def _open_menu(self, name: str, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Show everything with it", lambda: self.tag_chosen.emit(name))
        if name not in self._common():
            add = f"Add to all {len(self._ids):,}"
            menu.addAction(add, lambda: self._organiser.tag(self._ids, [name]))
        menu.addAction("Take off", lambda: self._take_off(name))
        menu.popup(place + QPoint(0, theme().px(2)))
