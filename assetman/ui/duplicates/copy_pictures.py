"""The cards and pictures of copies, fetched when they are looked at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QObject, QRectF, QSize, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from assetman.core.changes import Changes
from assetman.engine.protocol import Card
from assetman.ui.bridge import EngineBridge
from assetman.ui.grid.cards import CardStore
from assetman.ui.grid.outlines import inks_of, outline_of
from assetman.ui.grid.pictures import CellSpec, Source
from assetman.ui.grid.thumbnails import ThumbnailLoader
from assetman.ui.theme import RADIUS, appearance, theme

SMALL = QSize(40, 40)  # of a group's row
LARGE = QSize(112, 84)  # of a copy's row


class CopyPictures(QObject):
    """Keeps the cards, and pictures in the two sizes that the dialog shows."""

    renewed = Signal()

    def __init__(self, bridge: EngineBridge, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.cards = CardStore(bridge, self)
        self._small, self._large = ThumbnailLoader(self), ThumbnailLoader(self)
        self._listed: tuple[int, ...] = ()
        self._chosen: tuple[int, ...] = ()
        self.cards.arrived.connect(self._look)
        for loader in (self._small, self._large):
            loader.arrived.connect(self.renewed)
        appearance().changed.connect(self._look)

    def list_ids(self, asset_ids: Sequence[int]) -> None:
        """Say whose small pictures are on screen."""
        if tuple(asset_ids) != self._listed:
            self._listed = tuple(asset_ids)
            self._look()

    def choose(self, asset_ids: Sequence[int]) -> None:
        """Say whose large pictures are on screen."""
        if tuple(asset_ids) != self._chosen:
            self._chosen = tuple(asset_ids)
            self._look()

    def follow(self, changes: Changes) -> None:
        """Fetch those anew that are no longer what they were."""
        self.cards.mark_stale(changes.assets_changed | changes.assets_added)
        self._look()

    def paint(self, painter: QPainter, place: QRectF, asset_id: int, *, large: bool) -> None:
        """Paint a picture into the middle of its place, or the place where there is none yet."""
        source = self._source(self.cards.get(asset_id))
        loader = self._large if large else self._small
        found = loader.get(source) if source is not None else None
        if found is None:
            painter.setPen(theme().line)
            painter.setBrush(theme().raised)
            painter.drawRoundedRect(place.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS / 2, RADIUS / 2)
            return
        size = found.image.deviceIndependentSize()
        at = QRectF(place.topLeft(), size)
        at.moveCenter(place.center())
        painter.drawImage(at, found.image)

    def _look(self) -> None:
        self.cards.want((*self._chosen, *self._listed))
        self._want(self._large, self._chosen, LARGE, fill=False)
        self._want(self._small, self._listed, SMALL, fill=True)
        self.renewed.emit()

    def _want(
        self, loader: ThumbnailLoader, asset_ids: Iterable[int], size: QSize, *, fill: bool
    ) -> None:
        px, ratio = theme().px, self._window.devicePixelRatioF()
        wide, high = (round(px(side) * ratio) for side in (size.width(), size.height()))
        spec = CellSpec(wide, high, fill, RADIUS / 2 * ratio, ratio)
        sources = (self._source(self.cards.get(asset_id)) for asset_id in asset_ids)
        loader.want([source for source in sources if source is not None], spec)

    def _source(self, card: Card | None) -> Source | None:
        if card is None:
            return None
        return outline_of(card, None, inks_of(theme())) or card.thumbnail
