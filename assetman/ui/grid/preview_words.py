"""What is said in what is selected, in the inspector: a click on a line plays it."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from assetman.core.assets import Kind
from assetman.engine.protocol import Card
from assetman.ui.bridge import EngineBridge
from assetman.ui.grid.inspector_parts import Heading
from assetman.ui.listening.audition import is_sound
from assetman.ui.listening.listening import Listening
from assetman.ui.listening.passages import PassageList
from assetman.ui.player.player import Player


class PreviewWords(QWidget):
    """A heading and the lines; not there where nothing is said."""

    def __init__(self, bridge: EngineBridge, listening: Listening, film: Player) -> None:
        super().__init__()
        self._listening = listening
        self._film = film
        self._card: Card | None = None
        self.list = PassageList(bridge, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(Heading("What is said"))
        column.addWidget(self.list)
        self.list.filled.connect(self._filled)
        self.list.chosen.connect(self._play)
        listening.moved.connect(self._heard)
        film.playback.moved.connect(self._watched)
        self.hide()

    def show_card(self, card: Card | None) -> None:
        """Show what is said in what a card shows."""
        film = card is not None and card.asset.kind is Kind.VIDEO and not card.failure
        self._card = card if film or is_sound(card) else None
        self.list.show_asset(self._card.asset if self._card is not None else None)

    def _filled(self, filled: bool) -> None:
        self.setVisible(filled)
        self.list.setFixedHeight(self.list.sizeHint().height())

    def _play(self, seconds: float) -> None:
        if self._card is None:
            return
        if self._card.asset.kind is Kind.VIDEO:
            self._film.play(seconds)
        else:
            self._listening.hear(self._card.asset, seconds)

    def _heard(self, asset_id: int) -> None:
        at = self._listening.at(asset_id)
        if self._card is not None and self._card.asset.id == asset_id and at is not None:
            self.list.show_time(at, follow=self._listening.is_playing(asset_id))

    def _watched(self, seconds: float) -> None:
        if self._card is not None and self._film.asset is not None:
            self.list.show_time(seconds, follow=self._film.playback.playing)
