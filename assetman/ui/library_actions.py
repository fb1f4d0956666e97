"""What a person does with the library's folders: add, update, relocate, show, remove."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from assetman.core.assets import Root, display
from assetman.core.errors import AssetmanError, Cancelled
from assetman.engine.protocol import EngineApi, EngineLost
from assetman.ui.bridge import EngineBridge
from assetman.ui.confirm import Confirm
from assetman.ui.controls import counted
from assetman.ui.folder_model import FolderNode
from assetman.ui.grid.file_manager import reveal
from assetman.ui.jobs import Job, report

T = TypeVar("T")


@dataclass(frozen=True)
class Place:
    """A root, or a folder of one, as the person knows it."""

    root_id: int
    name: str
    path: str  # absolute


def place_of(node: FolderNode) -> Place:
    """Take a row of the sidebar as a place."""
    return Place(node.root.id, node.name, os.path.normpath(node.absolute))


class LibraryActions(QObject):
    """Asks the person where it must, then the engine, and says what came of it."""

    said = Signal(str)
    acted = Signal(str)  # what the person has just done, and can take back
    refused = Signal(str)  # why something was not done
    removed = Signal(int)  # root id
    forgot = Signal()  # missing files are gone for good

    def __init__(self, bridge: EngineBridge, window: QWidget) -> None:
        super().__init__(window)
        self._bridge = bridge
        self._window = window

    def choose_folder(self, above: QWidget | None = None) -> None:
        """Let the person choose a folder, and add it."""
        self._choose("Add a folder", "Add", "", self.add, above)

    def add(self, paths: Sequence[str]) -> None:
        """Add folders and begin to index them."""
        wanted = [os.path.normpath(path) for path in paths]

        def work(api: EngineApi) -> list[tuple[str, Root, bool]]:
            known = {root.id for root in api.status().roots}
            roots = [api.add_root(path) for path in wanted]
            api.index(sorted({root.id for root in roots}))
            return [
                (path, root, root.id in known) for path, root in zip(wanted, roots, strict=True)
            ]

        self._ask(work, self._added)

    def update(self, place: Place | None = None) -> None:
        """Bring a root, or all of them, up to date."""
        roots = None if place is None else [place.root_id]
        self._ask(lambda api: api.index(roots), lambda _: None)

    def choose_new_place(self, place: Place, above: QWidget | None = None) -> None:
        """Let the person say where a root lies now."""
        near = os.path.dirname(place.path)
        while near and not os.path.isdir(near) and near != os.path.dirname(near):
            near = os.path.dirname(near)
        title = f"Where “{place.name}” lies now"
        self._choose(title, "It is here", near, lambda p: self.relocate(place, p[0]), above)

    def relocate(self, place: Place, path: str) -> None:
        """Say that a root lies elsewhere now; everything known of it stays."""
        where = os.path.normpath(path)

        def done(_: Root) -> None:
            self.acted.emit(f"“{place.name}” is found in {display(where)} now.")

        self._ask(lambda api: api.relocate_root(place.root_id, where), done)

    def show(self, place: Place) -> None:
        """Show a folder in the file manager."""
        Job(self, lambda: reveal([place.path])).on_error(self._failed).start()

    def copy_path(self, place: Place) -> None:
        """Put a folder's path on the clipboard."""
        QGuiApplication.clipboard().setText(display(place.path))
        self.said.emit(f"Copied the path of “{place.name}”.")

    def remove(self, place: Place) -> None:
        """Take a root out of the library. Its files stay untouched, and it can be undone."""

        def done(_: None) -> None:
            self.removed.emit(place.root_id)
            self.acted.emit(f"“{place.name}” is no longer in the library. Its files are untouched.")

        self._ask(lambda api: api.remove_root(place.root_id), done)

    def forget_missing(self, asset_ids: Sequence[int]) -> None:
        """Ask, then drop assets whose files are gone: that cannot be taken back."""
        ids, count = list(asset_ids), len(asset_ids)

        def done(_: None) -> None:
            self.forgot.emit()
            self.said.emit(f"{counted(count, 'missing file is', 'missing files are')} forgotten.")

        ask = Confirm(
            f"Forget {counted(count, 'missing file', 'missing files')}?",
            f"Tags, ratings and places in collections go with {'it' if count == 1 else 'them'}, "
            "and this cannot be undone. A file that comes back later will be met as a new one.",
            "Forget",
            self._window,
        )
        ask.accepted.connect(lambda: self._ask(lambda api: api.forget_missing(ids), done))
        ask.open()

    def _choose(
        self,
        title: str,
        accept: str,
        near: str,
        chosen: Callable[[Sequence[str]], object],
        above: QWidget | None = None,
    ) -> None:
        dialog = QFileDialog(above or self._window, title)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setLabelText(QFileDialog.DialogLabel.Accept, accept)
        if near:
            dialog.setDirectory(near)
        dialog.filesSelected.connect(chosen)
        dialog.open()

    def _ask(self, work: Callable[[EngineApi], T], done: Callable[[T], object]) -> None:
        self._bridge.call(self, work).on_error(self._failed).on_done(done).start()

    def _failed(self, error: BaseException) -> None:
        if isinstance(error, AssetmanError) and not isinstance(error, EngineLost | Cancelled):
            self.refused.emit(str(error))
        else:
            report(self, error)

    def _added(self, added: list[tuple[str, Root, bool]]) -> None:
        for path, root, known in added:
            name = display(os.path.basename(path) or path)
            if os.path.normpath(root.path) != path:
                outer = display(root.name)
                self.said.emit(f"“{name}” is already in the library, inside “{outer}”.")
            elif known:
                self.said.emit(f"“{name}” is already in the library. It is being updated.")
