"""What the large view shows of an asset: its thumbnail at once, then the picture itself."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from assetman.core.assets import Kind
from assetman.core.changes import Changes
from assetman.engine.protocol import Card
from assetman.ui.bridge import EngineBridge
from assetman.ui.controller.organiser import Organiser
from assetman.ui.grid.cards import CardStore
from assetman.ui.grid.large_bar import LargeBar
from assetman.ui.grid.large_sound import LargeSound
from assetman.ui.grid.large_video import LargeVideo
from assetman.ui.grid.picture_canvas import PictureCanvas
from assetman.ui.grid.pictures import read_image
from assetman.ui.grid.previews import PreviewLoader, Wish, full_side, rung
from assetman.ui.grid.wording import card_name
from assetman.ui.jobs import Job
from assetman.ui.listening.listening import Listening

STEADY_MS = 40  # how long the same picture is looked at before it is loaded large


class LargeLoading(QWidget):
    """Keeps canvas, bar and player showing the asset that is looked at."""

    def __init__(
        self,
        bridge: EngineBridge,
        organiser: Organiser,
        parent: QWidget,
        listening: Listening | None = None,
    ) -> None:
        super().__init__(parent)
        self.listening = listening or Listening(self)
        self._ids: Sequence[int] = ()
        self._position = 0
        self._thumbnail: QImage | None = None
        self._thumbnail_of: str | None = None
        self._store = CardStore(bridge, self)
        self._store.arrived.connect(self._cards_arrived)
        self._store.follow(organiser)
        bridge.changed.connect(self._assets_changed)
        self._previews = PreviewLoader(bridge, self)
        self._store.altered.connect(self._previews.forget)
        self._previews.arrived.connect(self._preview_arrived)
        self._previews.failed.connect(self._preview_failed)
        self._steady = QTimer(self)
        self._steady.setSingleShot(True)
        self._steady.setInterval(STEADY_MS)
        self._steady.timeout.connect(self._load)
        self.canvas = PictureCanvas(self)
        self.bar = LargeBar(self)
        self.video = LargeVideo(bridge, self.canvas, self.bar, self)
        self.sound = LargeSound(bridge, self.listening, self.canvas, self.bar, self)
        self.hide()

    @property
    def current(self) -> int | None:
        """Give the asset looked at."""
        return self._ids[self._position] if self._ids else None

    def _renew(self) -> None:
        """Show what there is of the present asset."""
        card, current = self._card(), self.current
        if current is None:
            return
        images = self._previews.images(current)
        if self._thumbnail is not None:
            images.insert(0, self._thumbnail)
        self.canvas.set_images(images)
        name = card.asset.display_name if card is not None else ""
        self.bar.set_caption(name, self._position + 1, len(self._ids))
        self.bar.set_rating(card.asset.rating if card is not None else 0)
        self.canvas.setAccessibleName(card_name(card, None, self._position + 1))
        if card is not None and card.failure and not images:
            self.canvas.say(card.failure)
        self.video.show_card(card)
        self.sound.show_card(card)
        plays = self.video.here or self.sound.here
        self.bar.set_trouble(bool(self.canvas.sentence) and not images and not plays)
        if card is None or card.thumbnail is None or card.thumbnail == self._thumbnail_of:
            return
        self._thumbnail_of = card.thumbnail
        job = Job(self, partial(read_image, card.thumbnail))
        job.on_done(partial(self._thumbnail_arrived, current))
        job.on_error(lambda error: None).start()  # its preview comes, or says what is wrong

    def _load(self) -> None:
        """Ask for the present picture at the size of the screen, then for its neighbours."""
        if not self._ids or not self.isVisible():
            return
        ratio = self.devicePixelRatioF()
        side = rung(max(self.canvas.width(), self.canvas.height()) * ratio)
        nearest = [self._position, self._position + 1, self._position - 1]
        ids = [self._ids[i] for i in nearest if 0 <= i < len(self._ids)]
        # A video is no picture: of the present one the file is opened, of others nothing.
        wishes = [Wish(asset_id, side) for asset_id in ids if self._has_picture(asset_id)]
        card = self._card()
        if self.video.here:
            self.video.load()
            self._previews.want(wishes)
            return
        if self.sound.here:
            self._previews.want(wishes)
            return
        drawn = self.canvas.picture_rect().size() * ratio
        if card is not None and max(drawn.width(), drawn.height()) > side + 1:
            asset = card.asset
            wishes.insert(1, Wish(asset.id, full_side(asset.width, asset.height)))
        self._previews.want(wishes)

    def _has_picture(self, asset_id: int) -> bool:
        card = self._store.get(asset_id)
        if card is not None and card.asset.kind is Kind.AUDIO:
            return card.thumbnail is not None  # its cover
        return card is None or card.asset.kind is not Kind.VIDEO

    def _card(self) -> Card | None:
        return self._store.get(self.current) if self.current is not None else None

    def _cards_arrived(self, asset_ids: Sequence[int]) -> None:
        if self.current not in asset_ids or not self.isVisible():
            return
        card = self._card()
        if card is None or self._store.gone(card.asset.id):
            self.canvas.say("This file is no longer in the library.")
            self.bar.set_trouble(True)
            return
        self._steady.start()  # there is nothing to load unless its file is another
        if not self.canvas.mark.area and card.asset.width and card.asset.height:
            self.canvas.set_size(QSize(card.asset.width, card.asset.height))
        self._renew()

    def _assets_changed(self, changes: Changes) -> None:
        touched = changes.assets_changed | changes.assets_removed
        self._store.mark_stale(touched)  # its pictures are dropped if its file is another
        self._previews.forget(changes.assets_removed)
        if self.isVisible() and self.current in touched:
            self._store.want([self.current])
            self._steady.start()

    def _thumbnail_arrived(self, asset_id: int, image: QImage) -> None:
        if asset_id == self.current:
            self._thumbnail = image
            self._renew()

    def _preview_arrived(self, asset_id: int) -> None:
        if asset_id == self.current:
            self.canvas.say("")
            self._renew()

    def _preview_failed(self, asset_id: int, sentence: str) -> None:
        # What the engine said when it first met the file is the better sentence.
        if asset_id == self.current and not self.canvas.sentence and not self.sound.here:
            self.canvas.say(sentence)
            self.bar.set_trouble(self._thumbnail is None)
