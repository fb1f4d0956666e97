"""The files that could not be read: which, where, why, and what can be done."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
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
from assetman.ui.grid.labels import WrappedLabel
from assetman.ui.jobs import Job, report
from assetman.ui.theme import Text, theme

Index = QModelIndex | QPersistentModelIndex
_COLUMNS = ("Name", "Folder", "Why")
TRYING = "Trying again…"
IGNORE, HEAR = "Ignore", "Hear of it again"


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
            if index.column() == 2:
                return f"Ignored · {row.message}" if row.ignored else row.message
            return display(parts[index.column()])
        if role == Qt.ItemDataRole.ForegroundRole and row.ignored:
            return theme().faint
        return None


class FailuresDialog(QDialog):
    """Lists the failures; retries or ignores some or all; shows a file where it lies."""

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Files that could not be read")
        self._bridge = bridge
        self._asking = False  # until the engine has taken a retry
        self._trying = False  # until the run that it began has ended
        self._all: list[Failure] = []
        self.model = FailureModel(self)
        self.table = QTableView(self)
        self.table.setModel(self.model)
        self._set_up_table()
        self.summary = label("", "secondary", self)
        self.summary.setWordWrap(True)
        self.reason = WrappedLabel(Text.BODY, lines=6, parent=self)
        self.retry = button("Retry", "", self)
        self.retry_all = button("Retry all", "", self)
        self.ignore = button(IGNORE, "", self)
        self.show_file = button("Show in file manager", "", self)
        self.copy_path = button("Copy path", "", self)
        self.ignored = button("", "quiet", self)
        self.ignored.setCheckable(True)
        self.done_button = button("Close", "", self)
        self._lay_out()
        self._connect()
        self._enable()
        self.refresh()

    def refresh(self) -> None:
        """Ask for the failures as they are now."""

        def ask(api: EngineApi) -> tuple[list[Failure], Progress]:
            return api.failures(), api.progress()

        self._bridge.call(self, ask).on_done(lambda found: self._take(*found)).start()

    def say_problem(self, error: BaseException) -> None:
        """Show an error in the window this dialog belongs to."""
        self._asking = self._trying = False
        self.summary.setText(str(error))
        parent = self.parent()
        if parent is not None:
            report(parent, error)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        at_table = watched is self.table and event.type() == QEvent.Type.KeyPress
        if at_table and isinstance(event, QKeyEvent) and self._take_key(event):
            return True
        return super().eventFilter(watched, event)

    def _connect(self) -> None:
        self.retry.clicked.connect(self._retry_chosen)
        self.retry_all.clicked.connect(lambda: self._retry(None))
        self.ignore.clicked.connect(self._ignore_chosen)
        self.show_file.clicked.connect(self._show_chosen)
        self.copy_path.clicked.connect(self._copy_chosen)
        self.ignored.toggled.connect(lambda _: self._show())
        self.done_button.clicked.connect(self.accept)
        self.table.doubleClicked.connect(self._show_chosen)
        self.table.selectionModel().selectionChanged.connect(self._enable)
        self.table.installEventFilter(self)
        for part, key in (
            (self.retry, "R"),
            (self.ignore, "Delete"),
            (self.show_file, "Enter"),
            (self.copy_path, "Ctrl+C"),
        ):
            part.setToolTip(key)
        self._bridge.changed.connect(self._library_changed)
        self._bridge.progressed.connect(self._progressed)

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
        layout.addWidget(self.reason)
        row = QHBoxLayout()
        row.setSpacing(px(8))
        for part in (self.retry, self.retry_all, self.ignore, self.show_file, self.copy_path):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(self.ignored)
        row.addWidget(self.done_button)
        layout.addLayout(row)
        self.resize(px(860), px(480))

    def _take(self, failures: list[Failure], progress: Progress) -> None:
        if not self._asking and progress.phase is Phase.IDLE:
            self._trying = False
        self._all = failures
        self._show()

    def _show(self) -> None:
        """Show what is to be heard of, the ignored ones after them if they are wished for."""
        chosen = {failure.id for failure in self._chosen()}
        heard = [failure for failure in self._all if not failure.ignored]
        ignored = [failure for failure in self._all if failure.ignored]
        if not ignored:
            self.ignored.setChecked(False)
        rows = [*heard, *ignored] if self.ignored.isChecked() else heard
        self.model.set_rows(rows)
        flags = self.table.selectionModel().SelectionFlag
        for place, failure in enumerate(rows):
            if failure.id in chosen:
                self.table.selectionModel().select(
                    self.model.index(place, 0), flags.Select | flags.Rows
                )
        words = summary_of(len(heard), len(ignored))
        self.summary.setText(TRYING if self._trying else words)
        verb = "Hide" if self.ignored.isChecked() else "Show"
        self.ignored.setText(f"{verb} {counted(len(ignored), 'ignored file', 'ignored files')}")
        self.ignored.setVisible(bool(ignored))
        for part in (
            self.table, self.reason, self.retry, self.retry_all, self.ignore, self.show_file,
            self.copy_path,
        ):  # fmt: skip
            part.setVisible(bool(rows))
        middle, left = Qt.AlignmentFlag.AlignCenter, Qt.AlignmentFlag.AlignLeft
        self.summary.setAlignment(left if rows else middle)
        self._enable()

    def _chosen(self) -> list[Failure]:
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        return [self.model.rows[row] for row in rows]

    def _enable(self) -> None:
        chosen = self._chosen()
        again = bool(chosen) and all(failure.ignored for failure in chosen)
        self.retry.setEnabled(bool(chosen))
        self.ignore.setEnabled(bool(chosen))
        self.ignore.setText(HEAR if again else IGNORE)
        self.show_file.setEnabled(len(chosen) == 1)
        self.copy_path.setEnabled(bool(chosen))
        self.retry_all.setEnabled(any(not failure.ignored for failure in self._all))
        self.reason.setText(_whole(chosen[0]) if len(chosen) == 1 else "")

    def _take_key(self, event: QKeyEvent) -> bool:
        verbs = {
            Qt.Key.Key_R: self.retry,
            Qt.Key.Key_Delete: self.ignore,
            Qt.Key.Key_Return: self.show_file,
            Qt.Key.Key_Enter: self.show_file,
        }
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_path.click()
        elif event.key() in verbs and not event.modifiers():
            verbs[Qt.Key(event.key())].click()
        else:
            return False
        return True

    def _retry_chosen(self) -> None:
        self._retry([failure.id for failure in self._chosen()])

    def _retry(self, ids: list[int] | None) -> None:
        self._asking = self._trying = True
        self.summary.setText(TRYING)
        self._bridge.call(self, lambda api: api.retry(ids)).on_done(lambda _: self._asked()).start()

    def _asked(self) -> None:
        self._asking = False
        self.refresh()

    def _ignore_chosen(self) -> None:
        chosen = self._chosen()
        ids, ignored = [failure.id for failure in chosen], self.ignore.text() == IGNORE
        job = self._bridge.call(self, lambda api: api.ignore_failures(ids, ignored))
        job.on_done(lambda _: self.refresh()).start()

    def _show_chosen(self) -> None:
        chosen = self._chosen()
        if len(chosen) == 1:
            path = chosen[0].path
            Job(self, lambda: reveal([path])).start()

    def _copy_chosen(self) -> None:
        paths = [display(failure.path) for failure in self._chosen()]
        QGuiApplication.clipboard().setText("\n".join(paths))
        said = "path" if len(paths) == 1 else f"{len(paths):,} paths"
        self.summary.setText(f"Copied the {said}.")

    def _library_changed(self, changes: Changes) -> None:
        if changes.failures:
            self.refresh()

    def _progressed(self, progress: Progress) -> None:
        if self._trying and progress.phase is Phase.IDLE:
            self.refresh()


def summary_of(count: int, ignored: int = 0) -> str:
    """Say how many files could not be read, and what becomes of them."""
    if not count and not ignored:
        return "Every file could be read."
    if not count:
        which = "the one" if ignored == 1 else f"the {ignored:,}"
        return f"Every file could be read but {which} that you ignore."
    files = counted(count, "file", "files")
    return (
        f"{files} could not be read; everything else went on. A file that changes is tried again."
    )


def _whole(failure: Failure) -> str:
    """Say all that is known of a failure: which file, and why."""
    reason = failure.message if failure.message.endswith((".", "!", "?")) else f"{failure.message}."
    return f"{display(failure.path)}\n{reason}"
