"""A video in the large view: the player beneath the canvas that shows its frames."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import QWidget

from assetman.core.assets import Kind
from assetman.core.queries import Example, Hit, Query
from assetman.engine.protocol import Card
from assetman.ui.bridge import EngineBridge
from assetman.ui.grid.asset_actions import Question, similar_to_moment
from assetman.ui.grid.found_words import boxes_of
from assetman.ui.grid.large_bar import LargeBar
from assetman.ui.grid.picture_canvas import PictureCanvas
from assetman.ui.grid.pictures import read_source
from assetman.ui.player.key_help import KeyHelp
from assetman.ui.player.player import Player


class LargeVideo(QObject):
    """Joins player, canvas and bar while a video is looked at; else it is not there."""

    asked = Signal(object)  # Question

    def __init__(
        self, bridge: EngineBridge, canvas: PictureCanvas, bar: LargeBar, view: QWidget
    ) -> None:
        super().__init__(view)
        self._canvas = canvas
        self._bar = bar
        self._wish: float | None = None  # seconds to play from, once it can
        self.hits: Mapping[int, Hit] = {}
        self.player = Player(bridge, self, read_source, view, view)
        self.player.hide()
        self.help = KeyHelp(view)
        self.player.bar.keys.clicked.connect(self.help.toggle)
        self.player.similar_wanted.connect(self._ask)
        self.player.ranging.changed.connect(self.name_subject)
        canvas.clicked.connect(self._clicked)

    @property
    def here(self) -> bool:
        """Tell whether a video is looked at."""
        return self.player.asset is not None

    def show_card(self, card: Card | None) -> None:
        """Look at what a card shows: a video has its player, all else none."""
        film = card is not None and card.asset.kind is Kind.VIDEO and not card.failure
        if card is None or not film:
            self.leave()
            return
        self.player.show_video(card.asset, self.hits.get(card.asset.id))
        self.player.show()
        self._bar.set_mark_key("Shift+M")
        self.name_subject()

    def load(self) -> None:
        """Open the file, once it has been looked at for a moment; play if that is wanted."""
        if not self.here:
            return
        wish, self._wish = self._wish, None
        if wish is not None:
            self.player.play(wish)
        elif not self.player.playback.is_open:
            self.player.open()

    def play(self, start: float) -> None:
        """Play from a time, as soon as the video is there."""
        self._wish = start
        self.load()

    def show_query(self, query: Query | None) -> None:
        """Light the moments that match a question."""
        self.player.source.show_query(query)

    def frame_words(self) -> None:
        """Frame the words that were found, as long as they are shown."""
        if self.player.asset is not None:
            hit = self.hits.get(self.player.asset.id)
            self._canvas.found.show(boxes_of(hit, self.player.at))

    def leave(self) -> None:
        """Silence, and let go of the file."""
        self.help.hide()
        if self.here:
            self.player.leave()
            self._canvas.found.show(())
        self.player.hide()
        self._canvas.show_frame(None)
        self._bar.set_mark_key("M")
        self.name_subject()

    def forget_wish(self) -> None:
        """Play nothing that was wanted of another video."""
        self._wish = None

    def take_key(self, event: QKeyEvent) -> bool:
        """Do what a key says to a video; False where there is none, or it says nothing."""
        return self.here and (self.help.take_key(event) or self.player.take_key(event))

    def ask(self) -> bool:
        """Ask for what is like the frame, the marked part of it, or the marked seconds."""
        asset, box = self.player.asset, self._canvas.mark.box()
        if asset is None:
            return False
        if box is not None:
            example = Example(asset_id=asset.id, box=box, start=self.player.at)
            self.asked.emit(Question((example,), True, (asset.id,)))
        else:
            self.player.find_similar()
        return True

    def name_subject(self) -> None:
        """Say on the button what is asked about."""
        if self._canvas.mark.area is not None:
            self._bar.set_subject("this part", "Enter")
        elif not self.here:
            self._bar.set_subject("")
        else:
            marked = self.player.ranging.marks is not None
            self._bar.set_subject("these seconds" if marked else "this frame")

    def _ask(self, start: float, end: float | None) -> None:
        if self.player.asset is not None:
            self.asked.emit(similar_to_moment(self.player.asset.id, start, end))

    def _clicked(self) -> None:
        self.help.hide()
        if self.here:
            self.player.toggle()

    # -- what the player shows it on ----------------------------------------------------

    def show_frame(self, image: QImage | None, *, sharp: bool) -> None:
        self._canvas.show_frame(image)
        self.frame_words()

    def say(self, sentence: str) -> None:
        self._canvas.say(sentence)

    def frame_room(self) -> QSize:
        return (self._canvas.picture_rect().size() * self._canvas.devicePixelRatioF()).toSize()
