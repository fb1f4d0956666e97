"""What a person does with the library's folders: add, update, show, remove."""

from __future__ import annotations

import os
from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from assetman.core.assets import Root, display
from assetman.engine.protocol import EngineApi
from assetman.ui.bridge import EngineBridge
from assetman.ui.confirm import Confirm
from assetman.ui.controls import counted
from assetman.ui.folder_model import FolderNode
from assetman.ui.grid.file_manager import reveal
from assetman.ui.jobs import Job


class LibraryActions(QObject):
    """Asks the person where it must, then the engine, and says what came of it."""

    said = Signal(str)
    removed = Signal(int)  # root id

    def __init__(self, bridge: EngineBridge, window: QWidget) -> None:
        super().__init__(window)
        self._bridge = bridge
        self._window = window

    def choose_folder(self) -> None:
        """Let the person choose a folder, and add it."""
        dialog = QFileDialog(self._window, "Add a folder")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setLabelText(QFileDialog.DialogLabel.Accept, "Add")
        dialog.filesSelected.connect(self.add)
        dialog.open()

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

        self._bridge.call(self, work).on_done(self._added).start()

    def update(self, node: FolderNode | None = None) -> None:
        """Bring a root, or all of them, up to date."""
        roots = None if node is None else [node.root.id]
        self._bridge.call(self, lambda api: api.index(roots)).start()

    def show(self, node: FolderNode) -> None:
        """Show a folder in the file manager."""
        path = os.path.normpath(node.absolute)
        Job(self, lambda: reveal([path])).start()

    def copy_path(self, node: FolderNode) -> None:
        """Put a folder's path on the clipboard."""
        path = os.path.normpath(node.absolute)
        QGuiApplication.clipboard().setText(display(path))
        self.said.emit(f"Copied the path of “{node.name}”.")

    def remove(self, node: FolderNode) -> None:
        """Ask, then forget a root. Its files stay untouched."""
        count = counted(node.assets, "asset is", "assets are")
        ask = Confirm(
            f"Remove “{node.name}” from the library?",
            f"{count} forgotten here. The files themselves stay where they are, untouched.",
            "Remove",
            self._window,
        )
        root_id, name = node.root.id, node.name
        ask.accepted.connect(lambda: self._remove(root_id, name))
        ask.open()

    def _remove(self, root_id: int, name: str) -> None:
        def done(_: None) -> None:
            self.removed.emit(root_id)
            self.said.emit(f"“{name}” is no longer in the library. Its files are untouched.")

        self._bridge.call(self, lambda api: api.remove_root(root_id)).on_done(done).start()

    def _added(self, added: list[tuple[str, Root, bool]]) -> None:
        for path, root, known in added:
            name = display(os.path.basename(path) or path)
            if os.path.normpath(root.path) != path:
                outer = display(root.name)
                self.said.emit(f"“{name}” is already in the library, inside “{outer}”.")
            elif known:
                self.said.emit(f"“{name}” is already in the library. It is being updated.")
