"""A video in the inspector: it plays in the preview, with its timeline beneath."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import QMenu, QWidget

from assetman.core.assets import Asset, Kind
from assetman.core.queries import Hit
from assetman.engine.protocol import Card
from assetman.ui.bridge import EngineBridge
from assetman.ui.grid.asset_actions import Question, similar_to_moment
from assetman.ui.grid.found_words import boxes_of
from assetman.ui.grid.inspector_parts import PreviewPicture
from assetman.ui.grid.labels import WrappedLabel
from assetman.ui.grid.pictures import read_source
from assetman.ui.player.player import Player
from assetman.ui.player.timecode import span_code
from assetman.ui.theme import Text
from assetman.ui.times import length_text


class PreviewVideo(QObject):
    """Joins the preview and a small player; what is no video has none."""

    asked = Signal(object)  # Question
    large_wanted = Signal(int, float)  # asset id, seconds

    def __init__(self, bridge: EngineBridge, picture: PreviewPicture, host: QWidget) -> None:
        super().__init__(host)
        self._picture = picture
        self._wish: tuple[int, float] | None = None  # asset and seconds to play from
        self._hit: Hit | None = None
        self.sentence = WrappedLabel(Text.SECONDARY, "secondary")
        self.sentence.hide()
        self.player = Player(bridge, self, read_source, host, host, compact=True)
        self.player.hide()
        self.player.bar.more.show()
        self.player.bar.more.clicked.connect(self._open_menu)
        self.player.similar_wanted.connect(self._ask)
        self.player.playback.playing_changed.connect(lambda _: self._name_moment())
        self.player.source.arrived.connect(self._name_moment)
        self.player.ranging.changed.connect(self._name_moment)
        for widget in (self.player, self.player.timeline, *self.player.bar.buttons()):
            widget.installEventFilter(self)
        picture.clicked.connect(self._clicked)
        self._menu: QMenu | None = None

    def show_card(self, card: Card, hit: Hit | None) -> None:
        """Look at what a card shows."""
        if card.asset.kind is not Kind.VIDEO or card.failure:
            self.leave()
            return
        self._hit = hit
        other = self.player.asset is None or self.player.asset.id != card.asset.id
        if other:
            self._picture.show_frame(None)
        self.player.show_video(card.asset, hit)
        self.player.show()
        self._picture.setCursor(Qt.CursorShape.PointingHandCursor)
        self._name_moment()
        wish, self._wish = self._wish, None
        if wish is not None and wish[0] == card.asset.id:
            self.player.play(wish[1])

    def play(self, asset_id: int, start: float) -> None:
        """Play a video from a time, as soon as it is shown here."""
        asset = self.player.asset
        if asset is not None and asset.id == asset_id:
            self.player.play(start)
        else:
            self._wish = (asset_id, start)

    def let_go(self) -> None:
        """Silence, and let go of the file; what is shown next is not known yet."""
        self.player.playback.close()

    def leave(self) -> None:
        """Silence; there is no video here."""
        if self.player.asset is not None:
            self.player.leave()
        self.player.hide()
        self.sentence.hide()
        self._picture.show_frame(None)
        self._picture.show_plate("")
        self._picture.unsetCursor()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the player's keys work while one of its controls has the keyboard."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            pressing = watched is not self.player.timeline and event.key() == Qt.Key.Key_Space
            if event.text().lower() == "s" and event.modifiers() == Qt.KeyboardModifier.NoModifier:
                self.player.find_similar()
                return True
            return not pressing and self.player.take_key(event)
        return False

    def _clicked(self) -> None:
        if self.player.asset is not None:
            self.player.toggle()

    def _ask(self, start: float, end: float | None) -> None:
        asset: Asset | None = self.player.asset
        if asset is not None:
            question: Question = similar_to_moment(asset.id, start, end)
            self.asked.emit(question)

    def _name_moment(self) -> None:
        """Say on the picture which moment it shows until it plays."""
        asset, hit = self.player.asset, self.player.found
        whole = self.player.source.reel.duration
        words = ""
        if asset is None or self.player.playback.is_open:
            pass
        elif hit is not None and hit.start is not None:
            words = span_code(hit.start, hit.start if hit.end is None else hit.end, whole)
        elif self.player.at == 0 and whole:
            words = length_text(whole)
        self._picture.show_plate(words)

    def _open_menu(self) -> None:
        menu = QMenu(self.player)
        for title, verb in (
            ("Mark where it begins\tI", partial(self.player.mark, -1)),
            ("Mark where it ends\tO", partial(self.player.mark, 1)),
            ("Clear the marks\tX", partial(self.player.mark, 0)),
        ):
            menu.addAction(title).triggered.connect(partial(_call, verb))
        menu.addSeparator()
        menu.addAction("Play large").triggered.connect(self._play_large)
        self.player.offer(menu)
        menu.aboutToHide.connect(menu.deleteLater)
        self._menu = menu
        more = self.player.bar.more
        menu.popup(more.mapToGlobal(more.rect().bottomLeft()))

    def _play_large(self) -> None:
        if self.player.asset is not None:
            self.large_wanted.emit(self.player.asset.id, self.player.at)

    # -- what the player shows it on ----------------------------------------------------

    def show_frame(self, image: QImage | None, *, sharp: bool) -> None:
        self._picture.show_frame(image)
        self._picture.found.show(boxes_of(self._hit, self.player.at))

    def say(self, sentence: str) -> None:
        # That a drive is away or a file gone is said beneath its name.
        asset = self.player.asset
        said = sentence if asset is not None and not self.player.away else ""
        self.sentence.setText(said)
        self.sentence.setVisible(bool(said))

    def frame_room(self) -> QSize:
        return self._picture.size() * self._picture.devicePixelRatioF()


def _call(verb: partial[None], *_checked: bool) -> None:
    verb()
