"""How a waveform looks: lit where it matches, dim beyond what is marked, times above it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from assetman.ui.glyphs import draw_ring
from assetman.ui.listening.outline import Outline
from assetman.ui.listening.scope import Scope
from assetman.ui.listening.wave_paint import column_count, paint_wave
from assetman.ui.player.reel import SEEN, Light
from assetman.ui.player.timecode import time_code
from assetman.ui.theme import CONTROL_RADIUS, Text, mix, theme

LARGEST = 6.0  # times that a quiet sound is drawn larger at most
APART = 72  # pixels from one time to the next


class WaveTrack:
    """Paints the waveform; the columns once for each size, sound and part of it."""

    def __init__(self, *, on_panel: bool) -> None:
        """Paint on a panel, or on the ground that pictures lie on."""
        self._on_panel = on_panel
        self._kept: tuple[object, ...] = ()
        self._image = QImage()

    @property
    def ground(self) -> QColor:
        """Give the colour it is painted on."""
        return theme().panel if self._on_panel else theme().ground

    def image(
        self,
        outline: Outline | None,
        lit: tuple[Light, ...],
        scope: Scope,
        box: QSizeF,
        ratio: float,
    ) -> QImage:
        """Give the waveform of what is in sight."""
        look, size = theme(), (box.width(), box.height())
        key = (id(outline), lit, scope.left, scope.right, size, ratio, look.dark)
        if key != self._kept:
            self._kept = key
            image = QImage((box * ratio).toSize(), QImage.Format.Format_ARGB32_Premultiplied)
            image.setDevicePixelRatio(ratio)
            image.fill(Qt.GlobalColor.transparent)
            ink = colours(lit, scope, box.width(), self.ground)
            with QPainter(image) as painter:
                area = QRectF(0, 0, box.width(), box.height())
                _paint(painter, area, outline, ink, scope, ratio)
            self._image = image
        return self._image

    def paint_ruler(self, painter: QPainter, box: QRectF, scope: Scope) -> None:
        """Paint round times above the waveform."""
        look = theme()
        painter.setFont(look.font(Text.SECONDARY))
        metrics = painter.fontMetrics()
        fine = scope.span < 4
        for at in scope.ticks(box.width(), look.px(APART)):
            x = box.left() + scope.x(at, box.width())
            words = f"{at:.2f}" if fine else time_code(at, scope.length).removesuffix(".0")
            painter.setPen(QPen(look.line, 1))
            painter.drawLine(QPointF(x, box.bottom() - 5), QPointF(x, box.bottom()))
            if x + 2 + metrics.horizontalAdvance(words) < box.right():
                painter.setPen(look.faint)
                painter.drawText(
                    QPointF(x + 1, box.bottom() - 9), words
                )  # above the playhead's tip

    def paint_marks(
        self, painter: QPainter, box: QRectF, span: tuple[float, float], *, hot: bool
    ) -> None:
        """Paint what is marked, and dim the rest; `hot`: it can be taken hold of just now."""
        look = theme()
        left, right = (min(max(x, box.left() - 4), box.right() + 4) for x in span)
        shade = QColor(self.ground)
        shade.setAlphaF(0.62)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shade)
        painter.drawRect(QRectF(box.left(), box.top(), max(left - box.left(), 0), box.height()))
        painter.drawRect(QRectF(right, box.top(), max(box.right() - right, 0), box.height()))
        ground = QColor(look.accent)
        ground.setAlphaF(0.22 if hot else 0.12)
        painter.setBrush(ground)
        painter.drawRect(QRectF(left, box.top(), right - left, box.height()))
        painter.setPen(QPen(look.text, 2, c=Qt.PenCapStyle.FlatCap))
        for x, inward in ((left, 4), (right, -4)):
            if not box.left() - 1 <= x <= box.right() + 1:
                continue  # out of sight
            painter.drawPolyline(
                [
                    QPointF(x + inward, box.top() + 1),
                    QPointF(x, box.top() + 1),
                    QPointF(x, box.bottom() - 1),
                    QPointF(x + inward, box.bottom() - 1),
                ]
            )

    def paint_hover(self, painter: QPainter, box: QRectF, x: float) -> None:
        """Paint where the pointer is."""
        painter.setPen(QPen(theme().secondary, 1))
        painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))

    def paint_head(self, painter: QPainter, box: QRectF, x: float) -> None:
        """Paint where one listens."""
        if not box.left() - 1 <= x <= box.right() + 1:
            return
        look = theme()
        x = min(max(x, box.left() + 1), box.right() - 1)
        painter.setPen(QPen(self.ground, 4, c=Qt.PenCapStyle.FlatCap))
        painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
        painter.setPen(QPen(look.text, 2, c=Qt.PenCapStyle.FlatCap))
        painter.drawLine(QPointF(x, box.top() - 2), QPointF(x, box.bottom()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.text)
        top = box.top() - 6
        points = [(-5, 0), (5, 0), (5, 3), (0, 8), (-5, 3)]
        painter.drawPolygon(QPolygonF([QPointF(x + dx, top + dy) for dx, dy in points]))

    def paint_focus(self, painter: QPainter, rect: QRectF) -> None:
        """Paint the ring of the keyboard."""
        draw_ring(painter, rect, theme().accent, CONTROL_RADIUS - 1)


def colours(
    lit: Sequence[Light], scope: Scope, width: float, ground: QColor
) -> list[tuple[float, QColor]]:
    """Say from which pixel on the waveform has which colour."""
    look = theme()
    base = mix(look.text, ground, 0.50 if look.dark else 0.46)
    shown = [each for each in lit if each[1] > scope.left and each[0] < scope.right]
    edges = sorted({scope.left, *(t for each in shown for t in each[:2] if scope.left < t)})
    found: list[tuple[float, QColor]] = []
    last = -1.0
    for start in edges:
        if start >= scope.right:
            break
        light = max((each[2] for each in shown if each[0] <= start < each[1]), default=0.0)
        light = 0.0 if light < SEEN else light
        if light != last:
            # The dimmest light still differs from none; the brightest is the accent itself.
            share = 0.35 + 0.65 * light
            colour = base if not light else mix(look.accent, base, share)
            found.append((max(scope.x(start, width), 0.0), colour))
            last = light
    return found or [(0.0, base)]


def _paint(
    painter: QPainter,
    box: QRectF,
    outline: Outline | None,
    paint: Sequence[tuple[float, QColor]],
    scope: Scope,
    ratio: float,
) -> None:
    if outline is None:
        painter.fillRect(QRectF(0, box.center().y() - 0.5, box.width(), 1), paint[0][1])
        return
    peak = outline.peak(0.0, outline.seconds)
    gain = min(0.96 / peak, LARGEST) if peak else 1.0
    count = column_count(box.width(), ratio)
    columns = outline.columns(scope.left, max(scope.right, scope.left + 1e-3), count)
    paint_wave(painter, box, columns, paint, gain=gain)
