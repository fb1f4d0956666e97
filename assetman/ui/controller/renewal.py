"""Asking the same again while the library grows, without disturbing anyone."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Slot

from assetman.core.changes import Changes
from assetman.ui.bridge import EngineBridge
from assetman.ui.controller.search_session import SearchSession
from assetman.ui.controller.state import depends_on_the_person

RENEW_MS = 1000  # ask anew this often at most


class Renewal(QObject):
    """Asks the present question again when its answer may be another.

    What is new is only announced by the session: results never move unless the person wants it.
    """

    def __init__(self, bridge: EngineBridge, session: SearchSession) -> None:
        super().__init__(session)
        self._bridge = bridge
        self._session = session
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._renew)
        bridge.changed.connect(self._library_changed)
        bridge.back.connect(self._engine_back)

    @Slot(object)
    def _library_changed(self, changes: Changes) -> None:
        if changes.embedded or changes.assets_added or changes.assets_removed or changes.spaces:
            self._soon()
            return
        state = self._session.state
        by_hand = changes.organised or changes.history
        organised = by_hand and depends_on_the_person(state)
        if organised or (state.missing and changes.assets_changed):
            self._soon()

    @Slot()
    def _engine_back(self) -> None:
        if self._session.results is None or not self._session.idle:
            self._session.ask()  # the engine took the question with it
        else:
            self._soon()

    def _soon(self) -> None:
        if not self._timer.isActive():
            shown = self._session.results
            # An answer that takes long is not asked for all the time.
            cost = 0.0 if shown is None else shown.seconds
            self._timer.start(max(RENEW_MS, round(cost * 10_000)))

    def _renew(self) -> None:
        session = self._session
        if session.results is None:
            return
        if not session.idle:
            self._soon()  # the person's own question goes first
            return
        query = session.state.query()
        job = self._bridge.call(self, lambda api: api.search(query))
        # A renewal that fails costs nothing: the next change brings another.
        job.on_error(lambda _: None)
        job.on_done(lambda results: session.keep(query, results)).start()
