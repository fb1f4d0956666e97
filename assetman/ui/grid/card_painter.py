"""How one card looks: the whole picture, a line beneath it, and what is unusual about it."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPen

from assetman.core.assets import Asset, display
from assetman.core.queries import Hit
from assetman.engine.protocol import Card
from assetman.ui.glyphs import draw_star, draw_tag
from assetman.ui.grid.card_times import is_timed, seconds_of, sign_of, time_words
from assetman.ui.grid.certainty import DIMMED
from assetman.ui.grid.labels import elided
from assetman.ui.grid.outlines import cover_place, outline_place
from assetman.ui.grid.plates import INSET, STACK, Plate, Plates
from assetman.ui.grid.skim import Skim
from assetman.ui.grid.stack_mark import stack_text
from assetman.ui.grid.thumbnails import Thumbnail
from assetman.ui.grid.wording import (
    FAILED,
    is_film,
    score_text,
    state_word,
)
from assetman.ui.theme import RADIUS, Text, Theme, mix

_WITH_ALPHA = QImage.Format.Format_ARGB32_Premultiplied
_KEPT = 5000  # names that were shortened, and times that were placed
_STAR, _TAG, _APART = 11, 11, 6  # pixels that one takes, and between the two
_NAME = 64  # pixels that a name keeps beside the mark of a tag
_STARS_FROM = 150  # pixels of a caption: a narrower one says the rating as a number
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


@dataclass(frozen=True, slots=True)
class CardLook:
    """What a card shows just now."""

    card: Card | None
    hit: Hit | None
    thumbnail: Thumbnail | None
    opacity: float = 1.0  # of the picture alone
    selected: bool = False
    focused: bool = False
    hovered: bool = False
    over: Plate | None = None  # what the pointer is over
    gone: bool = False
    shots: bool = False  # its shots can be laid beneath it
    open: bool = False  # its shots lie beneath it
    unfolded: bool = False  # the stack that it stands for lies open behind it
    skim: Skim | None = None  # what of it the pointer shows
    heard: float | None = None  # how far into it one listens just now, 0..1
    uncertain: bool = False  # it may be no match at all

    @property
    def strength(self) -> float:
        """Give how much of its picture is seen: one that is looked at is seen whole."""
        if self.gone:
            return 0.35
        dimmed = self.uncertain and not (self.hovered or self.selected or self.skim)
        return self.opacity * (DIMMED if dimmed else 1.0)


class CardPainter:
    """Paints cards in one theme and at one size of text."""

    def __init__(self, theme: Theme, *, captions: bool, mirrored: bool) -> None:
        self._theme = theme
        self._mirrored = mirrored
        self._font = theme.font(Text.SECONDARY)
        self._metrics = QFontMetrics(self._font)
        self._plates = Plates(theme, mirrored=mirrored)
        self._elided: dict[tuple[str, int], str] = {}
        self._timed: dict[tuple[float | None, ...], tuple[str, QRect]] = {}
        self._signs: dict[tuple[int, float], QImage] = {}
        self.caption = self._metrics.height() + 9 if captions else 0

    def plate_at(self, point: QPoint, picture: QRect, look: CardLook) -> Plate | None:
        """Give the plate of a hovered card at a point, None where there is none."""
        plays = look.shots and is_timed(look)
        if plays and self._time(picture, look)[1].contains(point):
            return Plate.TIME
        count = stack_text(look.hit)
        found = (p for p in offered(look) if self._plates.place(p, picture, count).contains(point))
        return next(found, None)

    def paint(self, painter: QPainter, picture: QRect, look: CardLook) -> None:
        """Paint a card whose picture's cell is `picture`; its caption lies beneath."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if look.hovered or look.thumbnail is None or look.opacity < 1:
            self._cell(painter, picture, look)
        if look.thumbnail is not None:
            self._picture(painter, picture, look, look.thumbnail)
        if look.card is not None:
            self._words(painter, picture, look, look.card)
        self._outlines(painter, picture, look)
        if self.caption:
            self._caption(painter, picture, look)

    def _cell(self, painter: QPainter, picture: QRect, look: CardLook) -> None:
        """Paint the cell where there is no picture, or not all of it, or the pointer."""
        theme = self._theme
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mix(theme.text, theme.ground, 0.08 if look.hovered else 0.05))
        fading = look.thumbnail is not None and not look.hovered
        painter.setOpacity(1 - look.opacity if fading else 1)
        painter.drawRoundedRect(picture, RADIUS, RADIUS)
        painter.setOpacity(1)
        word, colour = "", theme.secondary
        if look.gone:
            word = "No longer here"
        elif look.card is not None and look.card.failure:
            word, colour = FAILED, theme.warning
        if word:
            painter.setFont(self._font)
            painter.setPen(colour)
            inside = picture.adjusted(INSET, 0, -INSET, 0)
            painter.drawText(inside, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, word)

    def _picture(
        self, painter: QPainter, picture: QRect, look: CardLook, thumbnail: Thumbnail
    ) -> None:
        place = picture_place(picture, thumbnail)
        painter.setOpacity(look.strength)
        # A plain copy where nothing is to be scaled: it is ten times faster than a smooth one.
        scaled = place.size() != thumbnail.image.deviceIndependentSize()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scaled)
        painter.drawImage(place, thumbnail.image)
        painter.setOpacity(1)
        if look.heard is not None:
            paint_playhead(painter, QRectF(picture), look, self._theme)
        if look.skim is not None:
            self._line(painter, place, look.skim.share)
        elif look.hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._brighter(look))
            painter.drawRoundedRect(place, RADIUS, RADIUS)

    def _brighter(self, look: CardLook) -> QColor:
        """Give what is laid over a card under the pointer; over an outline its own ink."""
        if look.card is None or look.card.waveform is None:
            return QColor(255, 255, 255, 26)
        ink = QColor(self._theme.text)
        ink.setAlpha(14)
        return ink

    def _words(self, painter: QPainter, picture: QRect, look: CardLook, card: Card) -> None:
        """Write on a picture what it means, and what can be done with it."""
        plates, timed = self._plates, QRect()
        if is_timed(look):
            time, timed = self._time(picture, look)
            plates.paint(painter, timed, time, look.over is Plate.TIME, sign_of(look))
        count = stack_text(look.hit)
        for plate in offered(look):
            stack = plate is Plate.STACK
            lit = look.over is plate or (plate is Plate.SHOTS and look.open)
            lit = lit or (stack and look.unfolded)
            words, sign = (count, STACK) if stack else (plate.value, "")
            plates.paint(painter, plates.place(plate, picture, count), words, lit, sign)
        if word := state_word(card):
            plates.paint_word(painter, _shown(picture, look), word, timed)
        elif look.hovered and card.asset.tags:
            names = [display(name) for name in card.asset.tags]
            plates.paint_names(painter, _shown(picture, look), names, timed)

    def _time(self, picture: QRect, look: CardLook) -> tuple[str, QRect]:
        """Give the time on a video's picture, and where it lies; worked out once."""
        image = look.thumbnail.image if look.thumbnail is not None else None
        size = (image.width(), image.height()) if image is not None else (0, 0)
        key = *seconds_of(look), *size, picture.width(), picture.height()
        found = self._timed.get(key)
        if found is None:
            if len(self._timed) > _KEPT:
                self._timed.clear()
            shown = _shown(picture, look)
            sign = sign_of(look)
            time = self._plates.fitting(time_words(look), shown, sign)
            place = self._plates.place_time(time, picture, shown, sign)
            found = self._timed[key] = (time, place.translated(-picture.topLeft()))
        return found[0], found[1].translated(picture.topLeft())

    def _line(self, painter: QPainter, place: QRectF, share: float) -> None:
        """Show how far into a video the pointer is."""
        x = place.left() + min(max(share, 0.0), 1.0) * (place.width() - 1)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(QColor(0, 0, 0, 70), 3))
        painter.drawLine(QPointF(x, place.top()), QPointF(x, place.bottom() - 1))
        painter.setPen(QPen(QColor(255, 255, 255, 230), 1))
        painter.drawLine(QPointF(x, place.top()), QPointF(x, place.bottom() - 1))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _outlines(self, painter: QPainter, picture: QRect, look: CardLook) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        around = QRectF(picture)
        if look.selected:
            painter.setPen(QPen(self._theme.accent, 2))
            painter.drawRoundedRect(around.adjusted(-3, -3, 3, 3), RADIUS + 3, RADIUS + 3)
        if look.focused:
            out = 5.0 if look.selected else 3.0
            pen = QPen(self._theme.text, 1)
            pen.setDashPattern([3, 3])
            painter.setPen(pen)
            painter.drawRoundedRect(
                around.adjusted(-out, -out, out, out), RADIUS + out, RADIUS + out
            )

    def _caption(self, painter: QPainter, picture: QRect, look: CardLook) -> None:
        line = QRect(
            picture.left() + 2, picture.bottom() + 6, picture.width() - 4, self._metrics.height()
        )
        painter.setFont(self._font)
        near, far = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        if self._mirrored:
            near, far = far, near
        # The painter would mirror once more.
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
        room = line.width()
        if score := score_text(look.hit):
            painter.setPen(self._theme.secondary)
            painter.drawText(line, far | middle, score)
            room -= self._metrics.horizontalAdvance(score) + 8
        if look.card is None:
            return
        room -= self._marks(painter, line, room, look.card.asset)
        painter.setFont(self._font)
        name = self._elide(look.card.asset.display_name, room)
        bright = look.hovered or look.selected
        painter.setPen(self._theme.text if bright else self._name)
        painter.drawText(line, near | middle, name)

    def _marks(self, painter: QPainter, line: QRect, room: int, asset: Asset) -> int:
        """Paint what the person added, left of the score; give the room it takes.

        The name goes before: where it would become too short, the tag's mark is left out.
        """
        scale = self._scale
        narrow = line.width() < _STARS_FROM * scale
        stars = min(1, asset.rating) if narrow else asset.rating
        number = str(asset.rating) if narrow and asset.rating else ""
        rated = stars * _STAR * scale + self._metrics.horizontalAdvance(number)
        tagged = (_TAG + (_APART if asset.rating else 0)) * scale if asset.tags else 0.0
        if room - rated - tagged - 8 < _NAME * scale:
            tagged = 0.0
        if not rated + tagged:
            return 0
        width = round(rated + tagged)
        left = line.left() + line.width() - room if self._mirrored else line.left() + room - width
        middle, at = line.center().y(), float(left)
        if stars:
            self._sign(painter, at, middle, stars)
            at += stars * _STAR * scale
        if number:
            painter.setPen(self._theme.secondary)
            painter.drawText(QRectF(at, line.top(), 40, line.height()), _LEFT, number)
        if tagged:
            self._sign(painter, left + width - _TAG * scale, middle, 0)
        return width + 8

    def _sign(self, painter: QPainter, left: float, middle: float, stars: int) -> None:
        """Draw some stars, or for 0 the mark of a tag: painted once, then copied."""
        device = painter.device()
        ratio = device.devicePixelRatio() if device is not None else 1.0
        image = self._signs.get((stars, ratio))
        if image is None:
            image = self._signs[stars, ratio] = self._painted(stars, ratio)
        size = image.deviceIndependentSize()
        at = QPointF(round(left * ratio), round((middle + 0.5 - size.height() / 2) * ratio)) / ratio
        painter.drawImage(at, image)

    def _painted(self, stars: int, ratio: float) -> QImage:
        scale, colour = self._scale, self._theme.secondary
        width, height = max(1, stars) * _STAR * scale, (_STAR + 1) * scale
        image = QImage(ceil(width * ratio), ceil(height * ratio), _WITH_ALPHA)
        image.setDevicePixelRatio(ratio)
        image.fill(Qt.GlobalColor.transparent)
        side = (9 if stars else 10) * scale
        top = (height - side) / 2
        with QPainter(image) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for star in range(stars):
                draw_star(painter, QRectF(star * _STAR * scale + 0.5, top, side, side), colour)
            if not stars:
                draw_tag(painter, QRectF(0.5, top, side, side), colour)
        return image

    @property
    def _scale(self) -> float:
        return self._theme.scale

    @property
    def _name(self) -> QColor:
        return mix(self._theme.text, self._theme.ground, 0.86)

    def _elide(self, name: str, room: int) -> str:
        key = (name, room)
        if key not in self._elided:
            if len(self._elided) > _KEPT:
                self._elided.clear()
            self._elided[key] = elided(name, self._metrics, room)
        return self._elided[key]


def _shown(picture: QRect, look: CardLook) -> QRect:
    """Give where the picture of a video is seen: it may not fill its cell."""
    if look.thumbnail is None or not is_timed(look):
        return picture
    return picture_place(picture, look.thumbnail).toAlignedRect().intersected(picture)


def picture_place(picture: QRect, thumbnail: Thumbnail) -> QRectF:
    """Centre a thumbnail in its cell, on whole pixels of the screen if it was made for it."""
    spec, image = thumbnail.spec, thumbnail.image
    ratio = spec.ratio
    size = QSizeF(image.size()) / ratio
    cell = QSizeF(picture.size())
    if (spec.width, spec.height) == (round(cell.width() * ratio), round(cell.height() * ratio)):
        left = ((cell.width() - size.width()) * ratio // 2) / ratio
        top = ((cell.height() - size.height()) * ratio // 2) / ratio
        return QRectF(QPointF(picture.topLeft()) + QPointF(left, top), size)
    # Made for another size of card: it serves, a little soft, until the right one is there.
    size = size.scaled(cell, Qt.AspectRatioMode.KeepAspectRatio)
    at = QPointF((cell.width() - size.width()) / 2, (cell.height() - size.height()) / 2)
    return QRectF(QPointF(picture.topLeft()) + at, size)


def paint_playhead(painter: QPainter, cell: QRectF, look: CardLook, theme: Theme) -> None:
    """Show on an outline how far into its sound one is."""
    card = look.card
    if look.heard is None or card is None or card.waveform is None:
        return
    covered = card.thumbnail is not None and not cover_place(cell, 1.0).isEmpty()
    place = outline_place(cell, 1.0, covered)
    x = round(place.left() + min(max(look.heard, 0.0), 1.0) * place.width())
    line = QRectF(x - 1, place.top() - 4, 2, place.height() + 8).intersected(cell)
    painter.fillRect(line, theme.text)


def offered(look: CardLook) -> tuple[Plate, ...]:
    """List what a click on a card's picture can do just now, beside playing it."""
    if look.card is None or look.gone:
        return ()
    shots = look.shots and is_film(look.card) and (look.hovered or look.open)
    offers = {
        Plate.STACK: look.shots and bool(stack_text(look.hit)),
        Plate.SIMILAR: look.hovered,
        Plate.SHOTS: shots,
    }
    return tuple(plate for plate, offer in offers.items() if offer)
