"""The search bar: chips and words in one field."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QWidget

from assetman.ui.chips import LONGEST_NAME, SHORTEST_NAME, ChipButton
from assetman.ui.controller.state import Chip, SearchState
from assetman.ui.controls import GlyphButton
from assetman.ui.glyphs import draw_bookmark, draw_lens_of_history
from assetman.ui.theme import CONTROL_RADIUS, Text, appearance, mix, theme
from assetman.ui.words_field import WordsField

HINT = "Ctrl K"
KEEP, KEPT = "Keep this search (Ctrl+D)", "This search is kept at the left"
_WORDS = 80  # pixels that the words keep beside any number of chips


class ChipStrip(QScrollArea):
    """The chips in a row; when they are many, the row scrolls and the words keep their room."""

    removed = Signal(object)
    menu_wanted = Signal(object, QPoint)
    edited = Signal(object)
    left_to_words = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self._row = QWidget()
        self._row.setObjectName("chipRow")
        self._layout = QHBoxLayout(self._row)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(6)
        self.setWidget(self._row)
        self.buttons: list[ChipButton] = []
        # What was added last is what the person looks for.
        bar = self.horizontalScrollBar()
        bar.rangeChanged.connect(lambda _, end: bar.setValue(end))

    def show_chips(self, chips: tuple[Chip, ...]) -> None:
        """Show these chips, keeping the ones that stay."""
        kept = {button.chip: button for button in self.buttons}
        buttons = []
        for chip in chips:
            button = kept.pop(chip, None) or self._make(chip)
            buttons.append(button)
        lost_focus = any(button.hasFocus() for button in kept.values())
        for button in kept.values():
            self._layout.removeWidget(button)
            button.hide()
            button.deleteLater()
        for place, button in enumerate(buttons):
            self._layout.insertWidget(place, button)
            button.show()
        self.buttons = buttons
        self.setVisible(bool(buttons))
        if lost_focus:
            self.focus_last()
        self.updateGeometry()

    def focus_last(self) -> None:
        """Give the keyboard to the last chip, to the words if there is none."""
        if self.buttons:
            self.buttons[-1].setFocus(Qt.FocusReason.OtherFocusReason)
            self.ensureWidgetVisible(self.buttons[-1])
        else:
            self.left_to_words.emit()

    def wanted_width(self) -> int:
        """Give the width that shows every chip."""
        gaps = self._layout.spacing() * max(0, len(self.buttons) - 1)
        return sum(button.sizeHint().width() for button in self.buttons) + gaps

    def fit(self, room: int) -> None:
        """Take at most this much room: names are shortened before the row has to scroll."""
        longest = LONGEST_NAME
        self._shorten(longest)
        while self.wanted_width() > room and longest > SHORTEST_NAME:
            longest -= 8
            self._shorten(longest)
        self.setFixedWidth(max(0, min(self.wanted_width(), room)))

    def _shorten(self, longest: int) -> None:
        for button in self.buttons:
            button.shorten(longest)

    def sizeHint(self) -> QSize:
        return QSize(self.wanted_width(), theme().px(24))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, theme().px(24))

    def _make(self, chip: Chip) -> ChipButton:
        button = ChipButton(chip, self._row)
        button.removed.connect(self.removed)
        button.menu_wanted.connect(self.menu_wanted)
        button.edited.connect(self.edited)
        button.stepped.connect(lambda by, made=button: self._step(made, by))
        return button

    def _step(self, button: ChipButton, by: int) -> None:
        place = self.buttons.index(button) + by
        if place >= len(self.buttons):
            self.left_to_words.emit()
        elif place >= 0:
            self.buttons[place].setFocus(Qt.FocusReason.OtherFocusReason)
            self.ensureWidgetVisible(self.buttons[place])


class SearchBar(QFrame):
    """Where the eye starts: the question, all of it visible, each part with its ×."""

    typed = Signal(str)
    entered = Signal()
    chip_removed = Signal(object)
    chip_menu_wanted = Signal(object, QPoint)  # Chip, a point of the screen
    chip_edited = Signal(object)  # Chip that is to become words
    resized = Signal()
    history_wanted = Signal()
    keep_wanted = Signal()
    picture_pasted = Signal()
    went_down = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("searchBar")
        self.chips = ChipStrip(self)
        self.words = WordsField(self)
        self.history = GlyphButton(
            draw_lens_of_history, "What was asked before (Alt+Down)", self, 18
        )
        self.keep = GlyphButton(draw_bookmark, KEEP, self, 12)
        self.keep.hide()
        self._layout = QHBoxLayout(self)
        self._layout.addWidget(self.chips)
        self._layout.addWidget(self.words, 1)
        self._layout.addWidget(self.keep)
        self.chips.hide()
        self.words.textEdited.connect(self.typed)
        self.words.returnPressed.connect(self.entered)
        self.words.picture_pasted.connect(self.picture_pasted)
        self.history.clicked.connect(self.history_wanted)
        self.keep.clicked.connect(self.keep_wanted)
        self.words.left_at_start.connect(self._to_chips)
        self.words.deleted_at_start.connect(self._delete_last)
        self.words.went_down.connect(self.went_down)
        self.words.focused.connect(lambda _: self.update())
        self.chips.removed.connect(self.chip_removed)
        self.chips.menu_wanted.connect(self.chip_menu_wanted)
        self.chips.edited.connect(self.chip_edited)
        self.chips.left_to_words.connect(self.focus_words)
        appearance().changed.connect(self._restyle)
        self._restyle()

    def show_state(self, state: SearchState) -> None:
        """Show what is asked, without touching words that stand there already."""
        if self.words.text() != state.words:
            self.words.setText(state.words)
        self.chips.show_chips(state.chips)
        self.keep.setVisible(state.asks or state.filtered)
        self._fit_chips()
        self.update()  # the hint stands where the bookmark comes and goes
        asks = "Add words to narrow it" if state.examples else "Describe what you are looking for"
        self.words.setPlaceholderText(asks)

    def show_kept(self, kept: bool) -> None:
        """Show whether the present question is kept already."""
        self.keep.set_glyph(partial(draw_bookmark, filled=kept))
        self.keep.rename(KEPT if kept else KEEP)

    def type_on(self, text: str) -> None:
        """Begin a condition behind the words, for the person to go on typing."""
        before = self.words.text().rstrip()
        self.words.setFocus(Qt.FocusReason.OtherFocusReason)
        self.words.setText(f"{before} {text}".lstrip())
        self.words.textEdited.emit(self.words.text())

    def focus_words(self) -> None:
        """Give the keyboard to the words, ready to be typed over."""
        self.words.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.words.selectAll()

    def sizeHint(self) -> QSize:
        return QSize(theme().px(480), theme().px(36))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme().px(160), theme().px(36))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_chips()
        self.resized.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.words.setFocus(Qt.FocusReason.MouseFocusReason)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = self.words.hasFocus()
        box = QRectF(self.rect())
        if focused:
            painter.setPen(QPen(mix(look.accent, look.panel, 0.35), 2))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 9, 9)
        painter.setPen(QPen(look.accent if focused else look.edge, 1.5 if focused else 1))
        painter.setBrush(look.raised)
        painter.drawRoundedRect(box.adjusted(2, 2, -2, -2), CONTROL_RADIUS + 1, CONTROL_RADIUS + 1)
        if self._has_hint() and self.keep.isHidden():
            self._paint_hint(painter)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange:
            self.update()

    def _paint_hint(self, painter: QPainter) -> None:
        look = theme()
        painter.setFont(look.font(Text.HEADING))
        font = painter.font()
        font.setCapitalization(font.Capitalization.MixedCase)
        painter.setFont(font)
        room = self._hint_width()
        height = look.px(20)
        box = QRectF(self.width() - room - look.px(9), (self.height() - height) / 2, room, height)
        painter.setPen(QPen(look.line, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(look.faint)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), HINT)

    def _hint_width(self) -> int:
        return QFontMetrics(theme().font(Text.HEADING)).horizontalAdvance(HINT) + theme().px(12)

    def _has_hint(self) -> bool:
        return self.width() >= theme().px(420)

    def _fit_chips(self) -> None:
        look = theme()
        hinted = self._has_hint() and self.keep.isHidden()
        right = self._hint_width() + look.px(14) if hinted else look.px(8)
        self._layout.setContentsMargins(look.px(32), 2, right, 2)
        kept = 0 if self.keep.isHidden() else look.px(24 + 8)
        most = max(0, self.width() - right - kept - look.px(32 + 8 + _WORDS))
        self.history.setGeometry(look.px(6), (self.height() - look.px(24)) // 2, *[look.px(24)] * 2)
        self.chips.fit(most)

    def _to_chips(self) -> None:
        self.chips.focus_last()

    def _delete_last(self) -> None:
        if self.chips.buttons:
            self.chip_removed.emit(self.chips.buttons[-1].chip)

    def _restyle(self) -> None:
        self._layout.setSpacing(theme().px(8))
        self.setFixedHeight(theme().px(36))
        self._fit_chips()
        self.update()
