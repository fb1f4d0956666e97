"""Outlines of sounds as the grid wants them: which sound, in which colours, what of it lit."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from assetman.core.assets import Kind
from assetman.core.queries import Hit
from assetman.core.sounds import Waveform
from assetman.engine.protocol import Card
from assetman.ui.tokens import Theme, mix

_WORDS = 30  # pixels that the words of a card take at its lower edge
_SMALL = 64  # pixels of height below which there is room for nothing beside the outline


@dataclass(frozen=True, slots=True)
class Inks:
    """The colours of an outline, as 0xAARRGGBB."""

    ground: int
    plain: int
    lit: int
    rest: int  # of the other parts where one is lit


@dataclass(frozen=True, slots=True)
class OutlinePicture:
    """The outline of a sound as it is to be painted; equal ones are one picture."""

    waveform: Waveform
    inks: Inks
    lit: tuple[float, float] | None = None  # seconds
    cover: str | None = None  # a picture file to stand beside it


def inks_of(theme: Theme) -> Inks:
    """Give the colours of outlines in a theme."""
    plain = mix(theme.text, theme.raised, 0.58)
    rest = mix(theme.text, theme.raised, 0.42)
    lit = mix(theme.accent, theme.text, 0.9) if theme.dark else theme.accent
    return Inks(theme.raised.rgba(), plain.rgba(), lit.rgba(), rest.rgba())


def outline_of(card: Card, hit: Hit | None, inks: Inks) -> OutlinePicture | None:
    """Give the outline of a sound with what matches in it; None for anything else."""
    if card.asset.kind is not Kind.AUDIO or card.waveform is None:
        return None
    lit = None
    if hit is not None and hit.start is not None:
        lit = (hit.start, hit.start if hit.end is None else hit.end)
    return OutlinePicture(card.waveform, inks, lit, card.thumbnail)


def outline_place(cell: QRectF, ratio: float, covered: bool) -> QRectF:
    """Give where in a cell an outline lies: above the words of a card, beside a cover.

    `ratio` is how many units of the cell are a pixel of the window.
    """
    side = min(10 * ratio, cell.width() * 0.07)
    small = cell.height() < _SMALL * ratio
    high = cell.height() * (0.82 if small else 0.52)
    middle = cell.height() / 2
    if not small:
        middle = min(cell.height() * 0.46, cell.height() - _WORDS * ratio - high / 2)
    place = QRectF(0, 0, cell.width() - 2 * side, high)
    place.moveCenter(QPointF(cell.center().x(), cell.top() + middle))
    if covered:
        place.setLeft(cover_place(cell, ratio).right() + 10 * ratio)
    return place


def cover_place(cell: QRectF, ratio: float) -> QRectF:
    """Give the square beside an outline that a cover fits into, empty where there is no room."""
    if cell.height() < _SMALL * ratio:
        return QRectF()
    room = outline_place(cell, ratio, False)
    side = min(room.height(), cell.width() * 0.42)
    return QRectF(room.left(), room.center().y() - side / 2, side, side)
