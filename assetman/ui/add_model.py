"""Adding a model: weights from a file, a folder or a model hub, and the architecture they fit."""

from __future__ import annotations

import os

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtWidgets import (
    QCompleter,
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from assetman.core.models import ModelInfo
from assetman.ui.bridge import EngineBridge
from assetman.ui.controls import button, label
from assetman.ui.theme import theme

_WEIGHTS = "Weights (*.safetensors *.pt *.pth *.bin);;All files (*)"
_NOTE = (
    "For pictures, any architecture that OpenCLIP knows; for sounds, “clap”. Most folders and hubs "
    "say it themselves: then it may stay empty. Weights are read, never executed."
)


class AddModel(QDialog):
    """Asks for weights and what they are for, and says what is wrong with them if anything is."""

    added = Signal(object)  # ModelInfo

    def __init__(
        self,
        bridge: EngineBridge,
        architecture: str,
        known: list[str],
        folder: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Add a model")
        self._bridge = bridge
        self._folder = folder
        self.architecture = QLineEdit(architecture, self)
        self.architecture.setAccessibleName("Architecture")
        self.architecture.setPlaceholderText("ViT-B-32, clap, … or empty")
        completer = QCompleter(QStringListModel(known, self), self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.architecture.setCompleter(completer)
        self.source = QLineEdit(self)
        self.source.setAccessibleName("Weights")
        self.source.setPlaceholderText("A folder" if folder else "A file, or hf-hub:owner/name")
        self.choose = button("Choose…", "", self)
        self.choose.setAccessibleName("Choose the folder" if folder else "Choose the file")
        self.message = label("", "warning", self)
        self.message.setWordWrap(True)
        self.message.hide()
        self.cancel = button("Cancel", "", self)
        self.add = button("Add", "accept", self)
        self.add.setDefault(True)
        self._lay_out()
        for line in (self.architecture, self.source):
            line.textChanged.connect(self._enable)
        self.choose.clicked.connect(self._choose)
        self.cancel.clicked.connect(self.reject)
        self.add.clicked.connect(self._install)
        self._enable()

    def say_problem(self, error: BaseException) -> None:
        """Show an error beneath the fields it is about."""
        self.message.setText(str(error))
        self.message.show()
        self.add.setText("Add")
        self._enable()

    def _lay_out(self) -> None:
        px = theme().px
        grid = QGridLayout()
        grid.setHorizontalSpacing(px(12))
        grid.setVerticalSpacing(px(10))
        for row, (name, field) in enumerate(
            (("Architecture", self.architecture), ("Weights", self.source))
        ):
            caption = label(name, "secondary", self)
            caption.setBuddy(field)
            grid.addWidget(caption, row, 0)
            grid.addWidget(field, row, 1)
        grid.addWidget(self.choose, 1, 2)
        buttons = QHBoxLayout()
        buttons.setSpacing(px(8))
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.add)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(20), px(16), px(20), px(16))
        layout.setSpacing(px(14))
        note = label(_NOTE, "", self)
        note.setWordWrap(True)
        layout.addWidget(note)
        layout.addLayout(grid)
        layout.addWidget(self.message)
        layout.addLayout(buttons)
        self.setMinimumWidth(px(520))

    def _enable(self) -> None:
        filled = bool(self.source.text().strip())
        self.add.setEnabled(filled and self.add.text() == "Add")

    def _choose(self) -> None:
        dialog = QFileDialog(self, "Choose the weights")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self._folder:
            dialog.setFileMode(QFileDialog.FileMode.Directory)
            dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        else:
            dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
            dialog.setNameFilters(_WEIGHTS.split(";;"))
        dialog.fileSelected.connect(self._take_source)
        dialog.open()

    def _take_source(self, path: str) -> None:
        self.source.setText(os.path.normpath(path))

    def _install(self) -> None:
        architecture = self.architecture.text().strip()
        source = self.source.text().strip()
        self.message.hide()
        self.add.setText("Adding…")
        self.add.setEnabled(False)
        job = self._bridge.call(self, lambda api: api.add_model(architecture, source, None))
        job.on_done(self._installed).start()

    def _installed(self, info: ModelInfo) -> None:
        self.added.emit(info)
        self.accept()
