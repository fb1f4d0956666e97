"""An even grid that paints cards, and knows which one the pointer is over."""

from __future__ import annotations

import time
from typing import Any, Protocol

from PySide6.QtCore import QEvent, QPoint, QRect, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from assetman.ui.bridge import EngineBridge
from assetman.ui.grid.card_painter import CardLook, CardPainter
from assetman.ui.grid.certainty import CertaintyBar, paint_line
from assetman.ui.grid.even_grid import EvenGrid
from assetman.ui.grid.frames import FilmStore, FrameStore
from assetman.ui.grid.grid_layout import MARGIN, GridLayout
from assetman.ui.grid.grid_model import AssetGridModel
from assetman.ui.grid.listing import Listing
from assetman.ui.grid.outlines import inks_of
from assetman.ui.grid.pictures import CellSpec
from assetman.ui.grid.plates import Plate
from assetman.ui.grid.sight import Sight
from assetman.ui.grid.skim import Skimming
from assetman.ui.grid.stack_ground import grounds, paint_ground
from assetman.ui.grid.thumbnails import Thumbnail
from assetman.ui.grid.wording import is_film
from assetman.ui.theme import RADIUS, appearance, theme

REACH = 6  # pixels that outlines reach beyond a card


class Listening(Protocol):
    """Whoever lets sounds be heard, and knows how far into one it is."""

    moved: Any  # Signal(int): an asset id

    def at(self, asset_id: int) -> float | None:
        """Give the second one listens to; None: it is not listened to."""
        ...


class CardView(EvenGrid):
    """Paints the model's cards; knows nothing of questions."""

    visible_changed = Signal(list)  # asset ids on screen

    def __init__(
        self,
        bridge: EngineBridge,
        parent: QWidget | None,
        *,
        captions: bool = True,
        margin: int = MARGIN,
        card: int = 180,
    ) -> None:
        model = AssetGridModel(bridge, bridge)
        super().__init__(model, GridLayout(1, 0, card, 0, margin), parent)
        model.setParent(self)
        self._captions = captions
        self.certainty = CertaintyBar(self)
        self.setVerticalScrollBar(self.certainty)
        self._fill = False
        self._hovered = -1
        self._over: Plate | None = None
        self._by_keyboard = False  # the last move: only then is the focus outlined
        self.opened_shots: int | None = None  # the video whose shots lie beneath its row
        self.frames = FrameStore(bridge, self)
        self.films = FilmStore(bridge, self)
        self.skimming = Skimming(self.films, self)
        self.skimming.on = captions  # a tiny picture is no place to look into a video
        self._skimmed_last: Thumbnail | None = None
        self.skimming.changed.connect(self._skimmed)
        self.sight = Sight(self, model, self.frames, self)
        self.sight.renewed.connect(self._repaint_rows)
        self.sight.settled.connect(self.visible_changed)
        self.laid_out.connect(self.sight.look_soon)
        self._listening: Listening | None = None
        self.listing = Listing(self)
        self.listing.switched.connect(self._switched)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        for moved in (model.modelReset, model.rowsInserted, model.rowsRemoved):
            moved.connect(self.forget_hover)
        appearance().changed.connect(self._restyle)
        self._painter: CardPainter
        self._restyle()

    @property
    def assets(self) -> AssetGridModel:
        """Give the model."""
        return self._model

    @property
    def listening(self) -> Listening | None:
        """Whoever lets sounds be heard: how far one is in one is shown on its card."""
        return self._listening

    @listening.setter
    def listening(self, listening: Listening) -> None:
        self._listening = listening
        listening.moved.connect(lambda asset: self._repaint_rows([self._model.row_of(asset)]))

    @property
    def shows_shots(self) -> bool:
        """Whether there is room beneath cards for the shots of a video."""
        return self._captions

    def set_card_size(self, px: int) -> None:
        """Make cards at least this wide; they grow to fill the width."""
        self.set_measures(card=px, caption=self._painter.caption)

    def set_fill(self, fill: bool) -> None:
        """Let pictures cover their cells, cropped, or show them whole."""
        self._fill = fill
        self.sight.look_soon()
        self.viewport().update()

    def spec(self) -> CellSpec:
        """Give the form in which thumbnails are wanted."""
        if self.listing.on:
            return self.listing.spec()
        ratio = self.devicePixelRatioF()
        width, height = self.grid.cell_width * ratio, self.grid.picture_height * ratio
        return CellSpec(round(width), round(height), self._fill, RADIUS * ratio, ratio)

    def picture_rect(self, row: int) -> QRect:
        """Give where on the viewport a card's picture is."""
        if self.listing.on:
            return self.listing.picture(self.visualRect(self._model.index(row)))
        return self.grid.picture(row).translated(0, -self.verticalOffset())

    def plate_at(self, point: QPoint) -> tuple[int, Plate | None]:
        """Give the row under the pointer, and what of its picture can be clicked at a point."""
        row = self._hovered
        if not 0 <= row < self.grid.count:
            return -1, None
        look = self._look_of(row, -1, time.monotonic())
        if self.listing.on:
            return row, self.listing.plate_at(point, self.visualRect(self._model.index(row)), look)
        return row, self._painter.plate_at(point, self.picture_rect(row), look)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self.viewport()) as painter:
            top = self.verticalOffset()
            dirty = event.rect().adjusted(-REACH, -REACH, REACH, REACH)
            focused = self.currentIndex().row() if self.hasFocus() and self._by_keyboard else -1
            now = time.monotonic()
            self._paint_grounds(painter, dirty)
            self._paint_parting(painter, top)
            for row in self.grid.between(top + dirty.top(), top + dirty.bottom() + 1):
                cell = self.grid.cell(row).translated(0, -top)
                if not cell.intersects(dirty):
                    continue
                look = self._look_of(row, focused, now)
                if self.listing.on:
                    self.listing.paint(painter, cell, look)
                else:
                    self._painter.paint(painter, self.picture_rect(row), look)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        self.sight.look_soon()
        if self.viewport().underMouse():
            self._hover(self.viewport().mapFromGlobal(self.cursor().pos()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.sight.look_soon()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.sight.look_soon()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(event.position().toPoint())
        super().mouseMoveEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Leave:
            self.forget_hover()
        elif event.type() is QEvent.Type.DevicePixelRatioChange:
            self.sight.look_soon()
        return super().viewportEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LayoutDirectionChange:
            self._restyle()
            self.listing.restyle()

    def _paint_grounds(self, painter: QPainter, dirty: QRect) -> None:
        """Show which cards belong together."""
        top = self.verticalOffset()
        painter.translate(0, -top)
        for lead, others in self._model.opened.items():
            row = self._model.row_of(lead)
            for ground in grounds(self.grid, range(row, row + 1 + len(others))):
                if ground.area.intersects(dirty.translated(0, top)):
                    paint_ground(painter, self.grid, ground, theme())
        painter.translate(0, top)

    def _paint_parting(self, painter: QPainter, top: int) -> None:
        room = self.grid.parting.translated(0, -top)
        if room.isValid() and room.intersects(self.viewport().rect()):
            paint_line(painter, room)

    def _look_of(self, row: int, focused: int, now: float) -> CardLook:
        asset_id = self._model.id_at(row)
        thumbnail = self.sight.thumbnail(row)
        opacity = thumbnail.opacity(now) if thumbnail else 1.0
        skim = self.skimming.of(asset_id) if row == self._hovered else None
        if skim is not None and skim.moment.picture is not None:
            frame = self.sight.thumbnails.get(skim.moment.picture)
            if frame is not None:
                thumbnail = self._skimmed_last = frame
            elif self._skimmed_last is not None:
                thumbnail = self._skimmed_last
            opacity = 1.0
        hit = self._model.hit(row)
        lead = self._model.lead_of(asset_id)
        found = hit if lead is None else self._model.hits.get(lead)
        return CardLook(
            card=self._model.card(row),
            hit=hit,
            thumbnail=thumbnail,
            opacity=opacity,
            selected=self.selectionModel().isSelected(self._model.index(row)),
            focused=row == focused,
            hovered=row == self._hovered,
            over=self._over if row == self._hovered else None,
            gone=self._model.store.gone(asset_id),
            shots=self.shows_shots,
            open=asset_id == self.opened_shots,
            unfolded=asset_id in self._model.opened,
            skim=skim,
            heard=self._heard(asset_id),
            uncertain=found is not None and found.confident is False,
        )

    def _heard(self, asset_id: int) -> float | None:
        """Say how far into a sound one listens, where one does."""
        at = self._listening.at(asset_id) if self._listening is not None else None
        card = self._model.store.get(asset_id) if at is not None else None
        if at is None or card is None or not card.asset.duration:
            return None
        return at / card.asset.duration

    def _hover(self, point: QPoint) -> None:
        inside = self.viewport().rect().contains(point)
        row = self.indexAt(point).row() if inside else -1
        if row != self._hovered:
            self._repaint_rows([self._hovered, row])
            self._hovered = row
        over = self.plate_at(point)[1]
        if over is not self._over:
            self._over = over
            self._repaint_rows([row])
        self._skim(row, point)

    def _skim(self, row: int, point: QPoint) -> None:
        """Let the pointer look into a video, where there is nothing to click."""
        card = self._model.card(row) if row >= 0 else None
        picture = self.picture_rect(row) if row >= 0 else QRect()
        if card is None or not is_film(card) or self._over is not None or self.listing.on:
            self.skimming.leave()
        elif picture.contains(point):
            share = (point.x() - picture.left()) / max(1, picture.width() - 1)
            self.skimming.move(card.asset.id, share)
        else:
            self.skimming.leave()

    def _skimmed(self, asset_id: int) -> None:
        if self.skimming.asset != asset_id:
            self._skimmed_last = None
        row = self._model.row_of(asset_id)
        self.sight.show_first(row, self.skimming.sources())
        self._repaint_rows([row])

    def forget_hover(self) -> None:
        """Know that the pointer is on no card."""
        before, self._hovered, self._over = self._hovered, -1, None
        self.skimming.leave()
        self._repaint_rows([before])

    def _repaint_rows(self, rows: list[int]) -> None:
        for row in rows:
            if 0 <= row < self.grid.count:
                cell = self.grid.cell(row).translated(0, -self.verticalOffset())
                self.viewport().update(cell.adjusted(-REACH, -REACH, REACH, REACH))

    def _switched(self, _listed: bool) -> None:
        self.forget_hover()
        self.sight.look_soon()
        self.viewport().update()

    def _restyle(self) -> None:
        self._painter = CardPainter(theme(), captions=self._captions, mirrored=self.mirrored)
        self.sight.inks = inks_of(theme())
        self.sight.look_soon()
        self.set_measures(card=self.grid.card, caption=self._painter.caption)
        self.viewport().update()
