"""How a timeline looks: bars as high and as bright as they match, gaps where shots meet."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from assetman.ui.glyphs import draw_ring
from assetman.ui.player.reel import SEEN, Light, Reel, Span
from assetman.ui.theme import CONTROL_RADIUS, Theme, mix, theme

LOWEST = 0.22  # of the height: a bar that hardly matches
NARROW = 5.0  # pixels: shots narrower than this have no gap between them


class Track:
    """Paints the timeline; the bars once for each size and video."""

    def __init__(self) -> None:
        self._kept: tuple[object, ...] = ()
        self._image = QImage()

    def forget(self) -> None:
        """Paint the bars anew when they are next wanted."""
        self._kept = ()

    def image(self, reel: Reel, size: QSizeF, ratio: float) -> QImage:
        """Give the bars of a video."""
        key = (reel, size.width(), size.height(), ratio, theme().dark)
        if key != self._kept:
            self._kept = key
            pixels = (size * ratio).toSize()
            image = QImage(pixels, QImage.Format.Format_ARGB32_Premultiplied)
            image.setDevicePixelRatio(ratio)
            image.fill(Qt.GlobalColor.transparent)
            with QPainter(image) as painter:
                painter.setPen(Qt.PenStyle.NoPen)
                _paint_bars(painter, reel, QRectF(0, 0, size.width(), size.height()), theme())
            self._image = image
        return self._image

    def paint_range(
        self, painter: QPainter, box: QRectF, span: tuple[float, float] | None, *, loop: bool
    ) -> None:
        """Paint the marked range, or the seconds played over and over, and dim the rest."""
        if span is None:
            return
        look = theme()
        left, right = span
        shade = QColor(look.panel)
        shade.setAlphaF(0.62)
        painter.setPen(Qt.PenStyle.NoPen)
        if not loop:
            painter.setBrush(shade)
            painter.drawRect(QRectF(box.left(), box.top(), left - box.left(), box.height()))
            painter.drawRect(QRectF(right, box.top(), box.right() - right, box.height()))
        colour = look.secondary if loop else look.text
        painter.setPen(QPen(colour, 2, c=Qt.PenCapStyle.FlatCap))
        top, foot = box.top() - 3, box.top() + (3 if loop else box.height())
        painter.drawPolyline(
            [
                QPointF(left, foot),
                QPointF(left, top),
                QPointF(right, top),
                QPointF(right, foot),
            ]
        )

    def paint_heard(self, painter: QPainter, box: QRectF, spans: Sequence[Light]) -> None:
        """Paint where what is heard matches: a line beneath the bars, as bright as it does.

        `spans` are pixels. Windows overlap: the brightest is seen.
        """
        look = theme()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mix(look.text, look.panel, 0.11 if look.dark else 0.10))
        painter.drawRect(box)
        for left, right, light in sorted(spans, key=lambda span: span[2]):
            if light >= SEEN:
                painter.setBrush(mix(look.accent, look.panel, 0.25 + 0.75 * light))
                painter.drawRect(QRectF(left, box.top(), max(right - left, 1.0), box.height()))

    def paint_hover(self, painter: QPainter, box: QRectF, x: float) -> None:
        """Paint where the pointer is."""
        painter.setPen(QPen(theme().secondary, 1))
        painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))

    def paint_head(self, painter: QPainter, box: QRectF, x: float) -> None:
        """Paint where the video is: a line with a head, set off from the bars by the ground."""
        look = theme()
        x = min(max(x, box.left() + 1), box.right() - 1)
        painter.setPen(QPen(look.panel, 4, c=Qt.PenCapStyle.FlatCap))
        painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
        painter.setPen(QPen(look.text, 2, c=Qt.PenCapStyle.FlatCap))
        painter.drawLine(QPointF(x, box.top() - 2), QPointF(x, box.bottom() + 2))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.text)
        top = box.top() - 5
        points = [(-5, 0), (5, 0), (5, 3), (0, 8), (-5, 3)]
        painter.drawPolygon(QPolygonF([QPointF(x + dx, top + dy) for dx, dy in points]))

    def paint_focus(self, painter: QPainter, rect: QRectF) -> None:
        """Paint the ring of the keyboard."""
        draw_ring(painter, rect, theme().accent, CONTROL_RADIUS - 1)


def _paint_bars(painter: QPainter, reel: Reel, box: QRectF, look: Theme) -> None:
    base = mix(look.text, look.panel, 0.11 if look.dark else 0.10)
    if not reel.spans or not reel.duration:
        painter.setBrush(base)
        painter.drawRoundedRect(box, 2, 2)
        return
    scale = box.width() / reel.duration
    gap = 2.0 if box.width() / max(len(reel.shots), 1) >= NARROW else 0.0
    painter.setBrush(base)
    reached = 0.0
    for start, end in reel.shots:
        left, right = max(start * scale, reached), max(end * scale - gap, start * scale + 1)
        painter.drawRect(QRectF(left, 0, max(right - left, 0.5), box.height()))
        reached = end * scale
    if gap:
        _light_spans(painter, reel.spans, scale, gap, box, look)
    else:
        _light_columns(painter, reel.spans, scale, box, look)


def _light_spans(
    painter: QPainter, spans: list[Span], scale: float, gap: float, box: QRectF, look: Theme
) -> None:
    for span in spans:
        left, right = span.start * scale, span.end * scale
        if span.end >= span.moment.end - 1e-6:
            right -= gap
        _bar(painter, QRectF(left, 0, max(right - left, 1.0), box.height()), span.light, look)


def _light_columns(
    painter: QPainter, spans: list[Span], scale: float, box: QRectF, look: Theme
) -> None:
    """Light each column of pixels by the best that it stands for."""
    columns = [0.0] * (int(box.width()) + 1)
    for span in spans:
        for x in range(int(span.start * scale), min(int(span.end * scale), len(columns) - 1) + 1):
            columns[x] = max(columns[x], span.light or 0.0)
    for x, light in enumerate(columns):
        _bar(painter, QRectF(x, 0, 1, box.height()), light, look)


def _bar(painter: QPainter, place: QRectF, light: float | None, look: Theme) -> None:
    if light is None or light < SEEN:
        return
    share = LOWEST + (1 - LOWEST) * light
    dim = 0.35 if look.dark else 0.30
    painter.setBrush(mix(look.accent, look.panel, dim + (1 - dim) * light))
    place.setTop(place.bottom() - share * place.height())
    painter.drawRect(place)
