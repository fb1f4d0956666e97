"""A sound in the large view: its waveform as wide as the window, what is said beside it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from assetman.core.queries import Hit, Query
from assetman.engine.protocol import Card
from assetman.ui.bridge import EngineBridge
from assetman.ui.grid.asset_actions import similar_to, similar_to_moment
from assetman.ui.grid.large_bar import LargeBar
from assetman.ui.grid.picture_canvas import PictureCanvas
from assetman.ui.listening import keys
from assetman.ui.listening.audition import is_sound
from assetman.ui.listening.listening import Listening
from assetman.ui.listening.passages import PassageList
from assetman.ui.listening.sound_player import SoundPlayer
from assetman.ui.player.key_help import KeyHelp
from assetman.ui.theme import theme

ANY_HEIGHT = 16_777_215  # Qt's own
WORDS = 320  # pixels


class LargeSound(QObject):
    """Joins player, words, canvas and bar while a sound is looked at; else it is not there."""

    asked = Signal(object)  # Question

    def __init__(
        self,
        bridge: EngineBridge,
        listening: Listening,
        canvas: PictureCanvas,
        bar: LargeBar,
        view: QWidget,
    ) -> None:
        super().__init__(view)
        self._canvas = canvas
        self._bar = bar
        self._listening = listening
        self._wish: float | None = None  # seconds to play from, once it is known
        self.hits: Mapping[int, Hit] = {}
        self.stage = QWidget(view)
        self.player = SoundPlayer(bridge, listening, view, self.stage)
        self.words = PassageList(bridge, self.stage)
        self.words.hide()
        line = QHBoxLayout(self.stage)
        line.setContentsMargins(0, theme().px(24), 8, 0)
        line.addWidget(self.player, 1)
        line.addWidget(self.words)
        self.stage.hide()
        canvas.installEventFilter(self)  # its own keys are for pictures
        self.help = KeyHelp(view, keys.HELP)
        self.player.bar.keys.clicked.connect(self.help.toggle)
        self.player.similar_wanted.connect(self._ask)
        self.words.filled.connect(self.words.setVisible)
        self.words.chosen.connect(self.play)
        listening.changed.connect(self.name_subject)
        listening.moved.connect(self._heard)

    @property
    def here(self) -> bool:
        """Tell whether a sound is looked at."""
        return self.player.asset is not None

    def controls(self) -> list[QWidget]:
        """List what the keyboard can reach, in its order."""
        words: list[QWidget] = [self.words] if self.words.isVisible() else []
        return [self.player.wave, *words, *self.player.bar.buttons()] if self.here else []

    def show_card(self, card: Card | None) -> None:
        """Look at what a card shows: a sound has its waveform, all else none."""
        if card is None or not is_sound(card):
            self.leave()
            return
        self.words.setFixedWidth(theme().px(WORDS))
        self.player.show_sound(card, self.hits.get(card.asset.id))
        self.words.show_asset(card.asset)
        self.stage.show()
        # The canvas keeps the keyboard; without a cover there is nothing to see on it.
        self._canvas.setMaximumHeight(ANY_HEIGHT if card.thumbnail else 0)
        self._bar.set_picture(False)
        self.name_subject()
        wish, self._wish = self._wish, None
        if wish is not None:
            self.play(wish)

    def play(self, start: float) -> None:
        """Play from a time, as soon as the sound is there."""
        if self.player.asset is not None:
            self._listening.hear(self.player.asset, start)
        else:
            self._wish = start

    def show_query(self, query: Query | None) -> None:
        """Light what matches a question."""
        self.player.source.show_query(query)

    def leave(self) -> None:
        """Look at nothing; what is heard is somebody else's affair."""
        self.help.hide()
        if self.here:
            self.player.leave()
            self.words.show_asset(None)
            self._canvas.setMaximumHeight(ANY_HEIGHT)
            self._bar.set_picture(True)
        self.stage.hide()

    def forget_wish(self) -> None:
        """Play nothing that was wanted of another sound."""
        self._wish = None

    def take_key(self, event: QKeyEvent) -> bool:
        """Do what a key says to a sound; False where there is none, or it says nothing."""
        return self.here and (self.help.take_key(event) or self.player.take_key(event))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self.here:
            return self.take_key(event)
        return False

    def ask(self) -> bool:
        """Ask for what sounds like this; False where there is no sound."""
        if self.here:
            self.player.find_similar()
        return self.here

    def name_subject(self) -> None:
        """Say on the button what is asked about."""
        if self.here:
            self._bar.set_subject("these seconds" if self.player.wave.marks is not None else "")

    def _ask(self, start: float, end: float | None) -> None:
        if self.player.asset is not None:
            asset_id = self.player.asset.id
            marked = similar_to_moment(asset_id, start, end)
            self.asked.emit(marked if end is not None else similar_to([asset_id]))

    def _heard(self, asset_id: int) -> None:
        at = self._listening.at(asset_id)
        if self.player.asset is not None and self.player.asset.id == asset_id and at is not None:
            self.words.show_time(at, follow=self._listening.is_playing(asset_id))
