"""Walking through searches: answers to the grid, questions from it, Back and Forward, Esc."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from assetman.core.assets import Box, display
from assetman.core.errors import AssetmanError
from assetman.core.queries import Example, FolderFilter, Results
from assetman.engine.protocol import Details, EngineLost
from assetman.ui.bridge import EngineBridge
from assetman.ui.content import ContentArea
from assetman.ui.controller.search_session import SearchSession
from assetman.ui.controller.state import ExampleChip, FolderChip, SearchState
from assetman.ui.examples import chips_of
from assetman.ui.grid import GridPlace, Inspector, Question
from assetman.ui.history import History, Step
from assetman.ui.jobs import report
from assetman.ui.playing import Playing

_SLOW_MS = 300


class Walk(QObject):
    """Stands between the session, the grid and the inspector, and remembers the way."""

    said = Signal(str)
    nothing_shown = Signal()  # an answer without any asset
    moved = Signal()  # Back and Forward lead elsewhere now

    def __init__(
        self,
        bridge: EngineBridge,
        session: SearchSession,
        content: ContentArea,
        inspector: Inspector,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._bridge = bridge
        self._session = session
        self._content = content
        self._inspector = inspector
        self.playing = Playing(content, inspector, self)
        self.playing.moment_chosen.connect(self._select)
        self._history = History(session.state)
        self._shown_state: SearchState | None = None
        self._place: GridPlace | None = None  # to be restored with the next answer
        self._reveal: int | None = None  # an asset to go to with the next answer
        self._walking = False
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(_SLOW_MS)
        self._slow.timeout.connect(content.line.show_working)
        session.changed.connect(self._asked_otherwise)
        session.answered.connect(self._show)
        session.kept.connect(self._announce)
        session.failed.connect(self._show_failure)
        session.working.connect(self._wait)
        grid, large = content.grid, content.large
        grid.selection_changed.connect(self._select)
        grid.opened.connect(lambda _: self._history.settle())
        large.walked.connect(lambda asset_id: self._select([asset_id]))
        content.closed_large.connect(lambda _: self._select(grid.selected_ids()))
        large.region_asked.connect(self._ask_region)
        inspector.opened.connect(content.open_these)
        for part in (grid, large, inspector):
            part.asked.connect(self.ask)
        for part in (grid, large):
            part.folder_asked.connect(self.go_to_folder_of)
            part.installEventFilter(self)
        grid.viewport().installEventFilter(self)

    # -- Back, Forward, Esc -------------------------------------------------------------

    @property
    def can_go_back(self) -> bool:
        return self._history.can_go_back

    @property
    def can_go_forward(self) -> bool:
        return self._history.can_go_forward

    def back(self) -> None:
        """Go to the search before this one."""
        if self.can_go_back:
            self._history.leave(self._content.grid.place())
            self._go(self._history.back())

    def forward(self) -> None:
        """Go to the search after this one."""
        if self.can_go_forward:
            self._history.leave(self._content.grid.place())
            self._go(self._history.forward())

    def take_button(self, button: Qt.MouseButton) -> bool:
        """Take the mouse's Back and Forward; False for any other button."""
        steps = {Qt.MouseButton.BackButton: self.back, Qt.MouseButton.ForwardButton: self.forward}
        if button not in steps:
            return False
        steps[button]()
        return True

    def escape(self) -> None:
        """Undo one step: the large view, what plays, else the last chip; never the words."""
        if self._content.large.isVisible():
            self._content.leave_large()
            self._content.grid.setFocus()
        elif not self._inspector.silence():
            self._session.undo_chip()

    def enter(self) -> None:
        """Take Enter in the search bar: these are the words."""
        self._history.settle()
        self._session.ask_now()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            return self.take_button(event.button())
        return False

    # -- questions from elsewhere in the window -----------------------------------------

    def ask(self, question: Question) -> None:
        """Ask for what is like assets, or less like them."""

        def done(chips: tuple[ExampleChip, ...]) -> None:
            self._content.leave_large()
            self._history.settle()
            self._session.compare(chips, question.replace, question.leave_out)

        self._bridge.call(self, lambda api: chips_of(api, question.examples)).on_done(done).start()

    def go_to_folder_of(self, asset_id: int) -> None:
        """Show the folder an asset lies in, and the asset in it."""

        def done(details: Details) -> None:
            folder = FolderFilter(details.card.asset.root_id, details.relative_folder)
            name = details.relative_folder.rpartition("/")[2] or details.root_name
            self._content.leave_large()
            self._history.settle()
            self._reveal = asset_id
            self._session.go(SearchState(chips=(FolderChip(folder, display(name)),)))

        self._bridge.call(self, lambda api: api.details(asset_id)).on_done(done).start()

    def search_everywhere(self) -> None:
        """Ask the same without folders and kinds."""
        self._session.go(self._session.state.without_filters())

    def _ask_region(self, asset_id: int, box: Box) -> None:
        self.ask(Question((Example(asset_id=asset_id, box=box),), True, ()))

    # -- answers ------------------------------------------------------------------------

    def _go(self, step: Step) -> None:
        self._place = step.place if isinstance(step.place, GridPlace) else None
        self._reveal = None
        self._content.leave_large()
        self._walking = True
        self._session.go(step.state)
        self._walking = False
        self.moved.emit()

    def _asked_otherwise(self, state: SearchState) -> None:
        if self._walking:
            return
        self._place = None
        self._history.leave(self._content.grid.place())
        self._history.visit(state)
        self.moved.emit()

    def _wait(self, working: bool) -> None:
        if working:
            self._slow.start()
        else:
            self._slow.stop()

    def _show(self, results: Results) -> None:
        state = self._session.state
        place, self._place = self._place, None
        if place is None and state == self._shown_state:
            place = self._content.grid.place()  # the same search, grown: stay where we are
        self._shown_state = state
        self._content.show_results(state, results, place)
        self._inspector.show_query(self._content.grid.query)
        reveal, self._reveal = self._reveal, None
        if reveal is not None and reveal in results.ids:
            self._content.grid.go_to(reveal)
            self._content.grid.setFocus()
        if not results.ids:
            self.nothing_shown.emit()

    def _announce(self, fresh: Results, count: int) -> None:
        shown = self._session.results
        if self._untouched() and not self._session.state.asks:
            self._session.take_news()  # a list that nobody is looking into grows by itself
        elif shown is not None:
            self._content.line.show_news(self._session.state, fresh, shown, count)

    def _untouched(self) -> bool:
        """Tell whether cards could move without doing so under anyone's pointer or selection."""
        grid = self._content.grid
        return (
            not grid.viewport().underMouse()
            and not grid.selected_ids()
            and grid.verticalScrollBar().value() == 0
            and not self._content.large.isVisible()
        )

    def _show_failure(self, error: BaseException) -> None:
        if isinstance(error, EngineLost):
            return  # the question is asked again when the engine is back
        if isinstance(error, AssetmanError):
            self._content.line.show_nothing()
            self._content.show_sentence(str(error))
        else:
            report(self, error)

    def _select(self, asset_ids: list[int]) -> None:
        if asset_ids:
            self._history.settle()
        results = self._session.results
        hits = {hit.asset_id: hit for hit in results.hits} if results is not None else {}
        hits |= self._content.grid.assets.hits  # of files in open stacks too
        hits = self.playing.look_at(asset_ids, hits)
        self._inspector.show_selection(asset_ids, {i: hits[i] for i in asset_ids if i in hits})
