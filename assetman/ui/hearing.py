"""Sounds in the window: what the grid and the large view lead to is heard, Esc silences all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QMouseEvent, QShortcut
from PySide6.QtWidgets import QWidget

from assetman.core.queries import Hit
from assetman.engine.protocol import Card
from assetman.ui.bridge import EngineBridge
from assetman.ui.content import ContentArea
from assetman.ui.grid import Inspector
from assetman.ui.listening.audition import Audition
from assetman.ui.listening.dragging import DraggingOut
from assetman.ui.listening.listening import Listening
from assetman.ui.listening.sound_player import SoundPlayer


class Hearing(QObject):
    """Joins grid, large view and inspector to the one place where sounds are played."""

    said = Signal(str)

    def __init__(
        self,
        bridge: EngineBridge,
        listening: Listening,
        content: ContentArea,
        inspector: Inspector,
        folder: Path,
        window: QWidget,
    ) -> None:
        """Keep what is dragged out of the window in a folder of its own."""
        super().__init__(window)
        self._content = content
        self._inspector = inspector
        self.listening = listening
        self.audition = Audition(bridge, listening, self)
        self.dragging = DraggingOut(bridge, folder, window)
        self.dragging.said.connect(self.said)
        self._connect_audition()
        for player in (inspector.sound.player, content.large.sound.player):
            self._connect_player(player)
        listening.failed.connect(lambda _asset, sentence: self.said.emit(sentence))
        listening.sounded.connect(inspector.video.player.silence)
        listening.sounded.connect(content.large.video.player.silence)
        for film in (inspector.video.player, content.large.video.player):
            film.sounded.connect(listening.silence)
            film.playback.playing_changed.connect(self._watch_escape)
        listening.changed.connect(self._watch_escape)
        self._escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), window)
        self._escape.setContext(Qt.ShortcutContext.ApplicationShortcut)
        self._escape.activated.connect(self._step_back)
        self._escape.setEnabled(False)
        content.grid.viewport().installEventFilter(self)

    def silence(self) -> bool:
        """Be silent everywhere; True if something was heard."""
        heard = [
            self.listening.silence(),
            self._inspector.video.player.silence(),
            self._content.large.video.player.silence(),
        ]
        return any(heard)

    def close(self) -> None:
        """Be silent, and let go of every file."""
        self.silence()
        self.listening.let_go()

    def actions(self, owner: QObject) -> list[QAction]:
        """Offer what a person may choose about listening."""
        settings, tuning = self.listening.tuning.settings, self.listening.tuning
        matched = QAction("Match the loudness of sounds", owner, checkable=True)
        matched.setChecked(settings.matched)
        matched.toggled.connect(tuning.set_matched)
        self.listening.changed.connect(lambda: matched.setChecked(settings.matched))
        hover = QAction("Play sounds under the pointer", owner, checkable=True)
        hover.setChecked(settings.hover)

        def choose(wanted: bool) -> None:
            settings.hover = wanted
            self.audition.point_at(None)

        hover.toggled.connect(choose)
        return [matched, hover]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the pointer over the cards, where what it rests on is to be heard."""
        if not self.listening.tuning.settings.hover:
            return False
        if event.type() is QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            grid = self._content.grid
            index = grid.indexAt(event.position().toPoint())
            held = event.buttons() != Qt.MouseButton.NoButton
            over = grid.assets.id_at(index.row()) if index.isValid() and not held else None
            self.audition.point_at(over)
        elif event.type() is QEvent.Type.Leave:
            self.audition.point_at(None)
        return False

    # -- inside -------------------------------------------------------------------------

    def _connect_audition(self) -> None:
        grid, large, audition = self._content.grid, self._content.large, self.audition
        for cards in (grid, self._inspector.strip):
            cards.listening = self.listening
            cards.audition_wanted.connect(audition.toggle)
        audition.card_of = self._card
        audition.hit_of = self._hit
        audition.neighbours = self._neighbours
        grid.selection_changed.connect(self._select)
        self._inspector.strip.selection_changed.connect(self._select_alike)
        large.walked.connect(lambda asset_id: audition.go_to([asset_id]))

    def _connect_player(self, player: SoundPlayer) -> None:
        player.drag_foreseen.connect(self.dragging.foresee)
        player.drag_wanted.connect(lambda clip: self.dragging.begin(clip, player.wave))

    def _select(self, asset_ids: list[int]) -> None:
        if not self._content.large.isVisible():
            self.audition.go_to(asset_ids)

    def _select_alike(self, asset_ids: list[int]) -> None:
        if asset_ids and self._inspector.strip.hasFocus():
            self.audition.go_to(asset_ids)

    def _card(self, asset_id: int) -> Card | None:
        found = self._content.grid.assets.store.get(asset_id)
        return found or self._inspector.strip.assets.store.get(asset_id)

    def _hit(self, asset_id: int) -> Hit | None:
        found = self._content.grid.assets.hits.get(asset_id)
        return found or self._inspector.strip.assets.hits.get(asset_id)

    def _neighbours(self, asset_id: int) -> Sequence[int]:
        large = self._content.large
        if large.isVisible():
            return large.neighbours()
        if self._inspector.strip.hasFocus():
            return self._inspector.strip.neighbours(asset_id)
        return self._content.grid.neighbours(asset_id)

    def _watch_escape(self) -> None:
        """Take Esc from wherever the keyboard is, for as long as there is something to hear."""
        films = (self._inspector.video.player, self._content.large.video.player)
        watched = any(film.playback.playing for film in films)
        self._escape.setEnabled(self.listening.playing or watched)

    def _step_back(self) -> None:
        self.silence()
        if self._content.large.isVisible():
            self._content.large.step_back()
