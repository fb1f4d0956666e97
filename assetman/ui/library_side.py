"""The side of the window that shows the library: sidebar and status bar, kept true."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QDialog, QWidget

from assetman.core.changes import Changes
from assetman.core.progress import Pace, Progress
from assetman.engine.protocol import EngineApi
from assetman.ui.bridge import EngineBridge
from assetman.ui.controller.library_watch import LibraryWatch
from assetman.ui.duplicates.count import GroupCount
from assetman.ui.duplicates.dialog import DuplicatesDialog
from assetman.ui.failures_dialog import FailuresDialog
from assetman.ui.folder_model import FolderModel
from assetman.ui.folders_dialog import FoldersDialog
from assetman.ui.library_actions import LibraryActions, place_of
from assetman.ui.models_dialog import ModelsDialog
from assetman.ui.sidebar import Sidebar
from assetman.ui.speech_dialog import SpeechDialog
from assetman.ui.status_bar import StatusBar
from assetman.ui.window_menu import Entry

_SEEN_MS = 250


class LibrarySide(QObject):
    """Keeps sidebar and status bar as the library is, and does what is asked of them."""

    renewed = Signal()  # counts, roots or progress are other than they were
    said = Signal(str)
    went_wrong = Signal(str)  # one sentence that says what to do
    acted = Signal(str)  # what the person has just done, and can take back
    root_removed = Signal(int)
    missing_wanted = Signal()
    notices = Signal(str)  # what was done to the library; empty once it is read

    def __init__(self, bridge: EngineBridge, window: QWidget) -> None:
        super().__init__(window)
        self._bridge = bridge
        self._window = window
        self.watch = LibraryWatch(bridge, self)
        self.folders = FolderModel(self)
        self.sidebar = Sidebar(self.folders)
        self.status_bar = StatusBar()
        self.actions = LibraryActions(bridge, window)
        self.group_count = GroupCount(bridge, self)
        self._told_problem = ""
        self._seen: list[int] = []
        self._look_soon = QTimer(self)
        self._look_soon.setSingleShot(True)
        self._look_soon.setInterval(_SEEN_MS)
        self._look_soon.timeout.connect(self._look)
        bridge.attached.connect(self.watch.renew)
        bridge.changed.connect(self._changed)
        self.watch.renewed.connect(self._show)
        self.watch.progressed.connect(self._show_progress)
        self.folders.wanted.connect(self._ask_folders)
        self.actions.said.connect(self.said)
        self.actions.acted.connect(self.acted)
        self.actions.refused.connect(self.went_wrong)
        self.actions.removed.connect(self.root_removed)
        self._connect_bars()

    def entries(self) -> list[Entry]:
        """Give the entries of the window's menu that open lists."""
        return [
            ("Folders…", "", self.show_folders),
            ("Duplicates…", "", self.show_duplicates),
            ("Files that could not be read…", "", self.show_failures),
        ]

    def see(self, asset_ids: list[int]) -> None:
        """Note what is on screen, so that it is worked on first."""
        self._seen = asset_ids
        self._look_soon.start()

    def show_failures(self) -> None:
        """Open the list of what could not be read."""
        _open(FailuresDialog(self._bridge, self._window))

    def show_duplicates(self) -> None:
        """Open the list of what there is more than once."""
        dialog = DuplicatesDialog(self._bridge, self._window)
        dialog.acted.connect(self.acted)
        _open(dialog)

    def show_models(self) -> None:
        """Open the list of models."""
        _open(ModelsDialog(self._bridge, self._window))

    def show_speech(self) -> None:
        """Open the list of models that write down what is said."""
        _open(SpeechDialog(self._bridge, self._window))

    def show_folders(self) -> None:
        """Open the list of folders, where each lies and how it is watched."""
        dialog = FoldersDialog(self._bridge, self.watch, self.actions, self._window)
        dialog.missing_wanted.connect(self.missing_wanted)
        _open(dialog)

    def set_pace(self, pace: Pace) -> None:
        """Choose how much of the machine the work takes."""
        job = self._bridge.call(self, lambda api: api.set_pace(pace))
        job.on_done(lambda _: self.watch.renew()).start()

    def dismiss_notices(self) -> None:
        """Take note that the person has read what was done to the library."""
        self._tell(lambda api: api.dismiss_notices())

    def _connect_bars(self) -> None:
        side, status, actions = self.sidebar, self.status_bar, self.actions
        side.add_wanted.connect(lambda: actions.choose_folder())
        side.update_wanted.connect(lambda node: actions.update(place_of(node)))
        side.show_wanted.connect(lambda node: actions.show(place_of(node)))
        side.copy_wanted.connect(lambda node: actions.copy_path(place_of(node)))
        side.relocate_wanted.connect(lambda node: actions.choose_new_place(place_of(node)))
        side.folders_wanted.connect(self.show_folders)
        side.duplicates_wanted.connect(self.show_duplicates)
        self.group_count.renewed.connect(side.show_duplicates)
        side.remove_wanted.connect(lambda node: actions.remove(place_of(node)))
        status.pause_wanted.connect(lambda: self._tell(lambda api: api.pause()))
        status.resume_wanted.connect(lambda: self._tell(lambda api: api.resume()))
        status.stop_wanted.connect(lambda: self._tell(lambda api: api.stop()))
        status.failures_wanted.connect(self.show_failures)
        status.models_wanted.connect(self.show_models)

    def _tell(self, what: Callable[[EngineApi], object]) -> None:
        self._bridge.call(self, what).start()

    def _changed(self, changes: Changes) -> None:
        if changes.assets_added or changes.assets_removed or changes.roots:
            for root_id in self.folders.open_roots():
                self._ask_folders(root_id)

    def _show(self) -> None:
        watch, status = self.watch, self.watch.status
        if status is None:
            return
        self.folders.set_roots(status.roots, status.watches)
        self.sidebar.show_counts(status.assets)
        self.sidebar.allow_adding(not watch.no_adding, watch.no_adding)
        self.status_bar.show_failures(status.failed)
        self.status_bar.show_model(watch.model_line)
        self.status_bar.show_line("Read only" if watch.no_adding else "")
        self.status_bar.show_pace(status.pace)
        self.notices.emit("\n".join(status.notices))
        self.renewed.emit()

    def _show_progress(self, progress: Progress) -> None:
        self.status_bar.show_progress(progress)
        if progress.problem and progress.problem != self._told_problem:
            self.went_wrong.emit(progress.problem)
        self._told_problem = progress.problem
        if self.watch.working and self._seen and not self._look_soon.isActive():
            self._look_soon.start()
        self.renewed.emit()

    def _ask_folders(self, root_id: int) -> None:
        job = self._bridge.call(self, lambda api: api.folders(root_id))
        # A root that was removed meanwhile has no folders to show.
        job.on_error(lambda _: None)
        job.on_done(lambda folders: self.folders.set_folders(root_id, folders)).start()

    def _look(self) -> None:
        """Tell the engine what is on screen while that can still change what comes first."""
        if self.watch.working and self._seen:
            seen, self._seen = self._seen, []
            self._tell(lambda api: api.look_at(seen))


def _open(dialog: QDialog) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
