"""How many groups of copies the library has, kept true for the sidebar."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from assetman.core.changes import Changes
from assetman.ui.bridge import EngineBridge

RENEW_MS = 400  # an indexing library changes often; to put groups together takes a while


class GroupCount(QObject):
    """Asks for the groups when others are copies than before, one question at a time."""

    renewed = Signal(int)

    def __init__(self, bridge: EngineBridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._asking = False
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(RENEW_MS)
        self._soon.timeout.connect(self._ask)
        bridge.attached.connect(self._ask)
        bridge.back.connect(self._ask)
        bridge.changed.connect(self._changed)

    @Slot(object)
    def _changed(self, changes: Changes) -> None:
        if (changes.duplicates or changes.roots) and not self._soon.isActive():
            self._soon.start()

    @Slot()
    def _ask(self) -> None:
        if self._asking:
            self._soon.start()
            return
        self._asking = True
        job = self._bridge.call(self, lambda api: len(api.duplicates()))
        # Without an answer the row stays as it is: the next change asks again.
        job.on_error(lambda _: self._end(None)).on_done(self._end).start()

    def _end(self, groups: int | None) -> None:
        self._asking = False
        if groups is not None:
            self.renewed.emit(groups)
