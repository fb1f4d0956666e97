"""The files that could not be read: which, where, why, and what can be done."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from assetman.core.assets import Failure, display
from assetman.core.changes import Changes
from assetman.core.progress import Phase, Progress
from assetman.engine.protocol import EngineApi
from assetman.ui.bridge import EngineBridge
from assetman.ui.controls import button, counted, label
from assetman.ui.grid.file_manager import reveal
from assetman.ui.jobs import Job, report
from assetman.ui.theme import theme

Index = QModelIndex | QPersistentModelIndex
_COLUMNS = ("Name", "Folder", "Why")
TRYING = "Trying again…"


class FailureModel(QAbstractTableModel):
    """One row a failure."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: list[Failure] = []

    def set_rows(self, rows: Sequence[Failure]) -> None:
        """Show these failures."""
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(_COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _COLUMNS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            parts = (os.path.basename(row.path), os.path.dirname(row.path))
            return row.message if index.column() == 2 else display(parts[index.column()])
        return None


class FailuresDialog(QDialog):
    """Lists the failures; retries one or all; shows a file where it lies."""

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Files that could not be read")
        self._bridge = bridge
        self._asking = False  # until the engine has taken a retry
        self._trying = False  # until the run that it began has ended
        self.model = FailureModel(self)
        self.table = QTableView(self)
        self.table.setModel(self.model)
        self._set_up_table()
        self.summary = label("", "secondary", self)
        self.summary.setWordWrap(True)
        self.retry = button("Retry", "", self)
        self.retry_all = button("Retry all", "", self)
        self.show_file = button("Show in file manager", "", self)
        self.done_button = button("Close", "", self)
        self._lay_out()
        self.retry.clicked.connect(self._retry_chosen)
        self.retry_all.clicked.connect(lambda: self._retry(None))
        self.show_file.clicked.connect(self._show_chosen)
        self.done_button.clicked.connect(self.accept)
        self.table.doubleClicked.connect(self._show_chosen)
        self.table.selectionModel().selectionChanged.connect(self._enable)
        bridge.changed.connect(self._library_changed)
        bridge.progressed.connect(self._progressed)
        self._enable()
        self.refresh()

    def refresh(self) -> None:
        """Ask for the failures as they are now."""

        def ask(api: EngineApi) -> tuple[list[Failure], Progress]:
            return api.failures(), api.progress()

        self._bridge.call(self, ask).on_done(lambda found: self._show(*found)).start()

    def say_problem(self, error: BaseException) -> None:
        """Show an error in the window this dialog belongs to."""
        self._asking = self._trying = False
        self.summary.setText(str(error))
        parent = self.parent()
        if parent is not None:
            report(parent, error)

    def _set_up_table(self) -> None:
        px = theme().px
        table = self.table
        table.setAccessibleName("Files that could not be read")
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(px(30))
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        header.resizeSection(0, px(200))
        header.resizeSection(1, px(220))

    def _lay_out(self) -> None:
        px = theme().px
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(20), px(16), px(20), px(16))
        layout.setSpacing(px(12))
        layout.addWidget(self.summary)
        layout.addWidget(self.table, 1)
        row = QHBoxLayout()
        row.setSpacing(px(8))
        row.addWidget(self.retry)
        row.addWidget(self.retry_all)
        row.addWidget(self.show_file)
        row.addStretch(1)
        row.addWidget(self.done_button)
        layout.addLayout(row)
        self.resize(px(820), px(440))

    def _show(self, failures: list[Failure], progress: Progress) -> None:
        if not self._asking and progress.phase is Phase.IDLE:
            self._trying = False
        chosen = {failure.id for failure in self._chosen()}
        self.model.set_rows(failures)
        flags = self.table.selectionModel().SelectionFlag
        for place, failure in enumerate(failures):
            if failure.id in chosen:
                self.table.selectionModel().select(
                    self.model.index(place, 0), flags.Select | flags.Rows
                )
        self.summary.setText(TRYING if self._trying else summary_of(len(failures)))
        self._enable()

    def _chosen(self) -> list[Failure]:
        rows = self.table.selectionModel().selectedRows()
        return [self.model.rows[index.row()] for index in rows]

    def _enable(self) -> None:
        chosen = self._chosen()
        self.retry.setEnabled(bool(chosen))
        self.show_file.setEnabled(len(chosen) == 1)
        self.retry_all.setEnabled(bool(self.model.rows))

    def _retry_chosen(self) -> None:
        self._retry([failure.id for failure in self._chosen()])

    def _retry(self, ids: list[int] | None) -> None:
        self._asking = self._trying = True
        self.summary.setText(TRYING)
        self._bridge.call(self, lambda api: api.retry(ids)).on_done(lambda _: self._asked()).start()

    def _asked(self) -> None:
        self._asking = False
        self.refresh()

    def _show_chosen(self) -> None:
        chosen = self._chosen()
        if len(chosen) == 1:
            path = chosen[0].path
            Job(self, lambda: reveal([path])).start()

    def _library_changed(self, changes: Changes) -> None:
        if changes.failures:
            self.refresh()

    def _progressed(self, progress: Progress) -> None:
        if self._trying and progress.phase is Phase.IDLE:
            self.refresh()


def summary_of(count: int) -> str:
    """Say how many files could not be read, and what becomes of them."""
    if not count:
        return "Every file could be read."
    files = counted(count, "file", "files")
    return (
        f"{files} could not be read; everything else went on. A file that changes is tried again."
    )
