"""The main window: makes the parts, and connects what a person does with what they mean."""

from __future__ import annotations

import logging
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
)
from PySide6.QtWidgets import QMainWindow

from assetman.core.changes import Changes
from assetman.core.errors import AssetmanError, Cancelled
from assetman.core.exports import DRAGGED
from assetman.engine.protocol import EngineLost
from assetman.ui.bridge import EngineBridge
from assetman.ui.completing import Completing
from assetman.ui.content import ContentArea
from assetman.ui.controller.organiser import Organiser
from assetman.ui.controller.renewal import Renewal
from assetman.ui.controller.search_session import SearchSession
from assetman.ui.explain import explain_nothing
from assetman.ui.exporting import Exporting
from assetman.ui.frame import Frame
from assetman.ui.grid import Inspector
from assetman.ui.hearing import Hearing
from assetman.ui.intake import Intake
from assetman.ui.library_side import LibrarySide
from assetman.ui.listening.listening import Listening
from assetman.ui.living import Living
from assetman.ui.memory import WindowMemory
from assetman.ui.message_bar import MessageBar
from assetman.ui.narrowing import Narrowing
from assetman.ui.organising_side import OrganisingSide
from assetman.ui.searches_side import SearchesSide
from assetman.ui.theme import Scheme, appearance, theme
from assetman.ui.top_bar import TopBar
from assetman.ui.views import Views
from assetman.ui.walk import Walk
from assetman.ui.window_menu import add_shortcuts, make_menu, open_below, theme_menu

log = logging.getLogger(__name__)


class MainWindow(QMainWindow):
    """One library's window. It stands before the engine does; calls wait until there is one."""

    connect_wanted = Signal()

    def __init__(self, bridge: EngineBridge, pasted: Path) -> None:
        super().__init__()
        self.setWindowTitle("Assetman")
        self.setAcceptDrops(True)
        self.bridge = bridge
        self.memory = WindowMemory()
        appearance().set_scheme(self.memory.scheme)
        self.session = SearchSession(bridge, self)
        Renewal(bridge, self.session)
        self.library = LibrarySide(bridge, self)
        self.top_bar = TopBar(self.library.folders)
        self.organiser = Organiser(bridge, self)
        self.listening = Listening(self)
        self.content = ContentArea(bridge, self.organiser, listening=self.listening)
        self.inspector = Inspector(bridge, self.organiser, listening=self.listening)
        self.message_bar = MessageBar()
        self.frame = Frame(
            self.library.sidebar,
            self.top_bar,
            self.content,
            self.inspector,
            (self.message_bar, self.library.status_bar),
        )
        self.setCentralWidget(self.frame)
        self.intake = Intake(bridge, pasted, self)
        self.walk = Walk(bridge, self.session, self.content, self.inspector, self)
        dragged = pasted.parent / DRAGGED
        self.hearing = Hearing(bridge, self.listening, self.content, self.inspector, dragged, self)
        self.living = Living(
            bridge, self.session, self.content, self.library, self.message_bar, self
        )
        self.living.follow(self.organiser)
        self.views = Views(self.session, self.top_bar, self.content.grid, self.memory)
        self.exporting = Exporting(bridge, self.message_bar, self.memory, self)
        self.searches = SearchesSide(bridge, self.organiser, self.session, self.library.watch, self)
        self._connect_library()
        self._connect_search()
        self._connect_organising()
        self._connect_intake()
        self._add_keys()
        self._recall()

    # -- wiring -------------------------------------------------------------------------

    def _connect_library(self) -> None:
        bridge, library, say = self.bridge, self.library, self.message_bar.say
        bridge.attached.connect(self.session.ask)
        bridge.changed.connect(self._library_changed)
        bridge.lost.connect(lambda: say("The engine stopped. It is being started again…"))
        bridge.back.connect(lambda: say("The engine stopped and was started again."))
        library.said.connect(say)
        library.went_wrong.connect(lambda sentence: say(sentence, problem=True))
        library.renewed.connect(self._library_renewed)
        self.content.empty.models_wanted.connect(library.show_models)
        self.content.grid.visible_changed.connect(library.see)

    def _connect_search(self) -> None:
        session, top, bar, walk = self.session, self.top_bar, self.top_bar.search, self.walk
        session.changed.connect(top.show_state)
        session.changed.connect(self.library.sidebar.show_state)
        self.library.sidebar.show_state(session.state)
        self.library.sidebar.folder_chosen.connect(session.go_to_folder)
        bar.typed.connect(session.say)
        bar.entered.connect(walk.enter)
        bar.chip_removed.connect(session.remove)
        bar.went_down.connect(self.content.grid.setFocus)
        top.filters.kind_toggled.connect(lambda chip: session.choose(chip, also=True))
        top.filters.folder_chosen.connect(session.go_to_folder)
        top.order_wanted.connect(lambda *order: session.go(session.state.ordered(*order)))
        top.sizes.changed.connect(self.content.grid.set_card_size)
        top.fill.toggled.connect(self.content.grid.set_fill)
        self.content.line.everywhere_wanted.connect(walk.search_everywhere)
        self.content.nearest.everywhere_wanted.connect(walk.search_everywhere)
        self.content.line.news_wanted.connect(session.take_news)
        walk.nothing_shown.connect(self._explain_nothing)
        for part in (self.content.grid, self.content.large, self.inspector, walk, self.hearing):
            part.said.connect(self.message_bar.say)
        for source in (self.content.grid, self.content.large, self.inspector):
            source.export_wanted.connect(self.exporting.save)
        self.library.status_bar.add_part(self.exporting.line)

    def _connect_organising(self) -> None:
        organiser, say, top = self.organiser, self.message_bar.say, self.top_bar
        self.narrowing = Narrowing(self.bridge, self.session, top, self)
        self.narrowing.said.connect(say)
        self.completing = Completing(self.bridge, self.session, top.search, self)
        self.content.line.mistake_wanted.connect(self.completing.go_to_mistake)
        searches = self.searches
        searches.stand_in(self.library.sidebar.searches, top.search, self.completing)
        searches.copy_wanted.connect(self.narrowing.copy_as_text)
        side = OrganisingSide(organiser, self.session, self.library.sidebar, top.filters, self)
        for part in (self.inspector, self.content.tagging):
            part.tag_chosen.connect(side.show_tag)
        self.inspector.left.connect(self.content.grid.setFocus)
        organiser.went_wrong.connect(lambda sentence: say(sentence, problem=True))

    def _connect_intake(self) -> None:
        intake = self.intake
        self.top_bar.search.picture_pasted.connect(self.paste)
        intake.examples.connect(self.session.add)
        intake.folders.connect(self.library.actions.add)
        intake.words.connect(self._take_words)
        intake.said.connect(self.message_bar.say)

    def _add_keys(self) -> None:
        frame, walk, library, top = self.frame, self.walk, self.library, self.top_bar
        focus_search = self.top_bar.search.focus_words
        self.top_bar.sidebar_wanted.connect(lambda: frame.toggle(frame.sidebar))
        self.top_bar.inspector_wanted.connect(lambda: frame.toggle(frame.inspector))
        frame.sides_changed.connect(self._show_sides)
        add_shortcuts(
            self,
            {
                **dict.fromkeys(("Ctrl+F", "Ctrl+K", "/"), focus_search),
                "Alt+Left": walk.back,
                "Alt+Right": walk.forward,
                "Ctrl+V": self.paste,
                "Ctrl+O": self._add_folder,
                "F5": self._update_all,
                "Ctrl+D": self.searches.keep,
                "Ctrl+B": lambda: frame.toggle(frame.sidebar),
                "Ctrl+I": lambda: frame.toggle(frame.inspector),
                "Ctrl++": top.larger,
                "Ctrl+=": top.larger,
                "Ctrl+-": top.smaller,
                "Ctrl+L": self.views.toggle,
                "Ctrl+Q": self.close,
                **self.living.keys(),
            },
        )
        self.menu = make_menu(
            self,
            [
                *self.living.entries(),
                None,
                ("Add a folder…", "Ctrl+O", self._add_folder),
                ("Keep this search…", "Ctrl+D", self.searches.keep),
                ("Update all folders", "F5", self._update_all),
                *library.entries(),
                None,
                ("Models…", "", library.show_models),
                ("Words in sounds and pictures…", "", library.show_speech),
                self.living.paces,
                None,
                ("Back", "Alt+Left", walk.back),
                ("Forward", "Alt+Right", walk.forward),
                None,
                self.views.action,
                self.views.columns,
                ("Larger pictures", "Ctrl++", top.larger),
                ("Smaller pictures", "Ctrl+-", top.smaller),
                self._fill_action(),
                *[self._skim_action(), *self.hearing.actions(self)],
                None,
                ("Show or hide the sidebar", "Ctrl+B", lambda: frame.toggle(frame.sidebar)),
                ("Show or hide details", "Ctrl+I", lambda: frame.toggle(frame.inspector)),
                theme_menu(self._choose_scheme, self),
                None,
                ("Quit", "Ctrl+Q", self.close),
            ],
        )
        more = library.sidebar.more
        more.clicked.connect(lambda: open_below(self.menu, more))

    def _fill_action(self) -> QAction:
        action = QAction("Fill the cells", self, checkable=True)
        action.toggled.connect(self.top_bar.fill.setChecked)
        self.top_bar.fill.toggled.connect(action.setChecked)
        return action

    def _skim_action(self) -> QAction:
        """Offer to show the frames of videos under the pointer; less motion means none."""
        action = QAction("Skim videos under the pointer", self, checkable=True)
        skimming = self.content.grid.skimming
        action.setChecked(self.memory.skim)
        skimming.on = self.memory.skim

        def choose(wanted: bool) -> None:
            self.memory.skim = skimming.on = wanted
            skimming.leave()

        action.toggled.connect(choose)
        return action

    # -- what the library and the answers mean here -------------------------------------

    def _library_changed(self, changes: Changes) -> None:
        self.content.grid.apply(changes)

    def _library_renewed(self) -> None:
        watch = self.library.watch
        self.content.line.set_working(watch.working)
        self.intake.no_adding = watch.no_adding
        if watch.status is not None:
            self.top_bar.show_kinds(watch.status.assets)
        results = self.session.results
        if results is not None and not results.ids:
            self._explain_nothing()

    def _explain_nothing(self) -> None:
        library = self.library
        explain_nothing(self.content, self.session, library.watch, library.actions.choose_folder)

    def show_unconnected(self, error: BaseException) -> None:
        """Say that there is no engine, and offer to try again."""
        self.content.line.show_nothing()
        sentence = str(error) if isinstance(error, AssetmanError) else f"The engine failed: {error}"
        self.content.show_sentence(sentence, "Try again", self.connect_wanted.emit)

    def say_problem(self, error: BaseException) -> None:
        """Show what went wrong in one sentence; whatever is not known is a bug and says so."""
        if isinstance(error, EngineLost | Cancelled):
            return  # the engine's loss is told once, by its signal
        if isinstance(error, AssetmanError):
            self.message_bar.say(str(error), problem=True)
            return
        log.error("a bug", exc_info=error)
        self.message_bar.say(
            f"Something went wrong that should not ({type(error).__name__}: {error}).", problem=True
        )

    # -- what a person does -------------------------------------------------------------

    def paste(self) -> None:
        """Take what is on the clipboard: files and pictures ask, words are typed."""
        self.intake.paste(QGuiApplication.clipboard().mimeData())

    def _take_words(self, words: str) -> None:
        line = " ".join(words.split())
        self.top_bar.search.words.setText(line)
        self.top_bar.search.words.setFocus()
        self.session.say(line)

    def _add_folder(self) -> None:
        reason = self.library.watch.no_adding
        if reason:
            self.message_bar.say(reason)
        else:
            self.library.actions.choose_folder()

    def _update_all(self) -> None:
        self.library.actions.update()

    def _choose_scheme(self, scheme: Scheme) -> None:
        self.memory.scheme = scheme
        appearance().set_scheme(scheme)

    # -- what Qt tells ------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.walk.escape()
        elif event.key() == Qt.Key.Key_Delete and self.session.state.missing:
            self.living.forget_missing()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.walk.take_button(event.button()):
            super().mousePressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.intake.enter(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.intake.left()

    def dropEvent(self, event: QDropEvent) -> None:
        self.intake.drop(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.hearing.close()
        self.memory.geometry = self.saveGeometry()
        self.frame.remember(self.memory)
        self.memory.card_size = self.top_bar.sizes.slider.value()
        self.memory.fill = self.top_bar.fill.isChecked()
        self.views.remember()
        super().closeEvent(event)

    def _recall(self) -> None:
        self.resize(self._usual_size())
        if (geometry := self.memory.geometry) is not None:
            self.restoreGeometry(geometry)
        self.frame.restore(self.memory)
        self.top_bar.sizes.slider.setValue(self.memory.card_size)
        self.content.grid.set_card_size(self.memory.card_size)
        self.top_bar.fill.setChecked(self.memory.fill)
        self.views.recall()
        self.top_bar.search.words.setFocus()

    def _usual_size(self) -> QSize:
        """Give the size of a first window: as designed, where the screen has the room."""
        frame = QSize(16, 48)  # what the system may put around the window
        room = self.screen().availableSize() - frame
        return QSize(theme().px(1440), theme().px(900)).boundedTo(room)

    def _show_sides(self, sidebar: bool, inspector: bool) -> None:
        self.top_bar.sidebar.setVisible(not sidebar)
        self.top_bar.inspector.rename(
            "Hide details (Ctrl+I)" if inspector else "Show details (Ctrl+I)"
        )
