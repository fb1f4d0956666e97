"""The top bar: the search bar, what narrows and orders it, and how large the pictures are."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSlider, QWidget

from assetman.core.assets import Kind
from assetman.core.queries import Sort
from assetman.ui.controller.state import SearchState
from assetman.ui.controls import GlyphButton, button
from assetman.ui.filter_menu import FilterMenu
from assetman.ui.folder_model import FolderModel
from assetman.ui.glyphs import draw_lines, draw_side, draw_tiles
from assetman.ui.search_bar import SearchBar
from assetman.ui.theme import CONTROL_RADIUS, TOP_BAR, appearance, theme

SMALLEST, LARGEST, USUAL = 96, 384, 168
_STEP = 24
_ROOMY = 640  # narrower than this the search bar needs the room; the menu has the rest

_ORDERS: dict[Sort, tuple[str, str, str]] = {  # name, descending, ascending
    Sort.RELEVANCE: ("Relevance", "Best first", "Weakest first"),
    Sort.DATE: ("Date", "Newest first", "Oldest first"),
    Sort.NAME: ("Name", "Z to A", "A to Z"),
    Sort.SIZE: ("Size", "Largest first", "Smallest first"),
    Sort.KIND: ("Kind", "Videos first", "Sounds first"),
    Sort.RATING: ("Rating", "Best first", "Weakest first"),
    Sort.DURATION: ("Length", "Longest first", "Shortest first"),
    Sort.LOUDNESS: ("Loudness", "Loudest first", "Quietest first"),
    Sort.BPM: ("Tempo", "Fastest first", "Slowest first"),
    Sort.KEY: ("Key", "G to A", "A to G"),
    Sort.RATE: ("Sample rate", "Highest first", "Lowest first"),
}
_OF_SOUNDS = (Sort.LOUDNESS, Sort.BPM, Sort.KEY, Sort.RATE)
_RISING = (Sort.NAME, Sort.KIND, Sort.KEY)  # at first


class ViewControl(QWidget):
    """Cards or a list, and how large the cards are, in a frame of its own."""

    changed = Signal(int)
    listed_wanted = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards = GlyphButton(draw_tiles, "Show cards (Ctrl+L)", self, 10)
        self.list = GlyphButton(draw_lines, "Show a list (Ctrl+L)", self, 10)
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(SMALLEST, LARGEST)
        self.slider.setSingleStep(16)
        self.slider.setPageStep(48)
        self.slider.setValue(USUAL)
        self.slider.setAccessibleName("Size of the pictures")
        self.slider.setToolTip("Size of the pictures")
        self._layout = QHBoxLayout(self)
        for part in (self.cards, self.list):
            part.setCheckable(True)
            part.setAutoExclusive(True)
            self._layout.addWidget(part)
        self._layout.addWidget(self.slider)
        self.cards.clicked.connect(lambda: self.listed_wanted.emit(False))
        self.list.clicked.connect(lambda: self.listed_wanted.emit(True))
        self.slider.valueChanged.connect(self.changed)
        appearance().changed.connect(self._restyle)
        self.show_listed(False)

    def show_listed(self, listed: bool) -> None:
        """Show which of the two it is; rows of a list have one size."""
        (self.list if listed else self.cards).setChecked(True)
        self.slider.setVisible(not listed)
        self._restyle()

    def sizeHint(self) -> QSize:
        slider = 0 if self.slider.isHidden() else 70
        return QSize(theme().px(58 + slider), theme().px(28))

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.edge, 1))
        painter.setBrush(look.raised)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, CONTROL_RADIUS, CONTROL_RADIUS)

    def _restyle(self) -> None:
        px = theme().px
        self._layout.setContentsMargins(px(4), 0, px(4 if self.slider.isHidden() else 10), 0)
        self._layout.setSpacing(px(2))
        for part in (self.cards, self.list):
            part.setFixedSize(px(24), px(20))
        self.setFixedSize(self.sizeHint())


class TopBar(QWidget):
    """Everything above the grid."""

    order_wanted = Signal(object, bool)  # Sort, descending
    sidebar_wanted = Signal()
    inspector_wanted = Signal()

    def __init__(self, folders: FolderModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("topBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.sidebar = GlyphButton(
            lambda p, b, c: draw_side(p, b, c, True), "Show the sidebar (Ctrl+B)", self, 14
        )
        self.search = SearchBar(self)
        self.filter = button("Filter", "bar", self)
        self.filters = FilterMenu(folders, self)
        self.filter.setMenu(self.filters)
        self.order = button("", "bar", self)
        self.fill = button("Fill", "bar", self)
        self.fill.setCheckable(True)
        self.fill.setToolTip("Fill the cells with the pictures instead of showing them whole")
        self.sizes = ViewControl(self)
        self.inspector = GlyphButton(
            lambda p, b, c: draw_side(p, b, c, False), "Show or hide details (Ctrl+I)", self, 14
        )
        self._listed = False
        self._layout = QHBoxLayout(self)
        for part in (self.sidebar, self.search, self.filter, self.order, self.sizes, self.fill):
            self._layout.addWidget(part, 1 if part is self.search else 0)
        self._layout.addWidget(self.inspector)
        self._sorts: dict[Sort, QAction] = {}
        self._ways: dict[bool, QAction] = {}
        self._make_order_menu()
        self.sidebar.clicked.connect(self.sidebar_wanted)
        self.inspector.clicked.connect(self.inspector_wanted)
        appearance().changed.connect(self._restyle)
        self._restyle()
        self.show_state(SearchState())

    def show_state(self, state: SearchState) -> None:
        """Show the question, its filters and its order."""
        self._state = state
        self.search.show_state(state)
        self.filters.show_state(state)
        # A list has no relevance: it is by date then, and says so.
        shown = Sort.DATE if state.sort is Sort.RELEVANCE and not state.asks else state.sort
        name, down, up = _ORDERS[shown]
        self.order.setText(f"{name} ▾")
        way = down if state.descending else up
        self.order.setAccessibleName(f"Order: {name}, {way.lower()}")
        self.order.setToolTip(f"{name}, {way.lower()}")
        self._sorts[state.sort].setChecked(True)
        self._ways[True].setText(down)
        self._ways[False].setText(up)
        self._ways[state.descending].setChecked(True)

    def larger(self) -> None:
        """Make the pictures a step larger."""
        self.sizes.slider.setValue(self.sizes.slider.value() + _STEP)

    def smaller(self) -> None:
        """Make the pictures a step smaller."""
        self.sizes.slider.setValue(self.sizes.slider.value() - _STEP)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def show_listed(self, listed: bool) -> None:
        """Show whether it is a list: it has no pictures to enlarge."""
        self._listed = listed
        self.sizes.show_listed(listed)
        self._fit()

    def show_kinds(self, kinds: Mapping[str, int]) -> None:
        """Offer the orders that make sense for these kinds of assets."""
        self.filters.show_kinds(kinds)
        plays = any(kinds.get(kind) for kind in (Kind.AUDIO, Kind.VIDEO))
        for sort in (*_OF_SOUNDS, Sort.DURATION):
            offered = bool(kinds.get(Kind.AUDIO)) or (plays and sort is Sort.DURATION)
            self._sorts[sort].setVisible(offered or self._state.sort is sort)

    def _fit(self) -> None:
        roomy = self.width() >= theme().px(_ROOMY)
        self.fill.setVisible(roomy and not self._listed)
        self.sizes.setVisible(roomy)

    def _make_order_menu(self) -> None:
        menu = QMenu(self)
        sorts, ways = QActionGroup(self), QActionGroup(self)
        for sort, (name, _, _) in _ORDERS.items():
            action = menu.addAction(name)
            action.setCheckable(True)
            sorts.addAction(action)
            self._sorts[sort] = action
            action.triggered.connect(lambda _, sort=sort: self._sort_by(sort))
        menu.addSeparator()
        for descending in (True, False):
            action = menu.addAction("")
            action.setCheckable(True)
            ways.addAction(action)
            self._ways[descending] = action
            action.triggered.connect(
                lambda _, way=descending: self.order_wanted.emit(self._state.sort, way)
            )
        self.order.setMenu(menu)

    def _sort_by(self, sort: Sort) -> None:
        if sort is not self._state.sort:
            self.order_wanted.emit(sort, sort not in _RISING)

    def _restyle(self) -> None:
        px = theme().px
        self._layout.setContentsMargins(px(12), 0, px(14), 0)
        self._layout.setSpacing(px(10))
        self.setFixedHeight(px(TOP_BAR))
        for part in (self.filter, self.order, self.fill):
            part.setFixedHeight(px(28))
