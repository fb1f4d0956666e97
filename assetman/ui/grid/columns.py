"""The columns of the list: what each says of an asset, and what it orders the list by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from PySide6.QtCore import QDate, QLocale

from assetman.core.assets import Asset, Kind, SoundFacts, display
from assetman.core.queries import Hit, Sort
from assetman.engine.protocol import Card
from assetman.ui.grid.card_times import is_whole
from assetman.ui.grid.wording import (
    KINDS,
    bpm_text,
    channels_text,
    dimensions_text,
    loudness_text,
    rate_text,
    score_text,
    size_text,
)
from assetman.ui.times import length_text, span_text

Write = Callable[[Card, Hit | None], str]
_NOTHING = SoundFacts()


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `sort` None: the list cannot be ordered by it."""

    name: str  # as it is remembered
    title: str
    width: int  # pixels, until the person changes it
    write: Write
    sort: Sort | None = None
    numbers: bool = False  # at the far side, under each other
    asked: bool = False  # only in the answer to a question
    hidden: bool = False  # until the person wants it
    keep: int = 0  # where there is little room, those with less go first

    @property
    def falls(self) -> bool:
        """Whether the first click lets it fall: the newest, the longest first."""
        return self.sort not in (Sort.NAME, Sort.KIND, Sort.KEY)


def columns() -> tuple[Column, ...]:
    """List the columns in their usual order; the first is as wide as the others leave it."""
    return (
        Column("name", "Name", 240, lambda c, _: c.asset.display_name, Sort.NAME, keep=99),
        Column(
            "match", "Match", 78, lambda _, h: score_text(h), Sort.RELEVANCE, True, True, keep=9
        ),
        Column("when", "When", 148, _when, asked=True, keep=8),
        Column(
            "kind", "Kind", 82, lambda c, _: KINDS[c.asset.kind].capitalize(), Sort.KIND, keep=2
        ),
        Column("length", "Length", 84, _length, Sort.DURATION, True, keep=7),
        Column("bpm", "BPM", 72, lambda c, _: bpm_text(_sound(c).bpm, ""), Sort.BPM, True, keep=5),
        Column("key", "Key", 64, lambda c, _: _sound(c).key or "", Sort.KEY, keep=4),
        Column("rate", "Sample rate", 112, _rate, Sort.RATE, True, keep=3),
        Column("loudness", "Loudness", 104, _loudness, Sort.LOUDNESS, True, keep=6),
        Column("channels", "Channels", 88, _channels, hidden=True),
        Column("peak", "Peak", 88, _peak, numbers=True, hidden=True),
        Column("dimensions", "Dimensions", 104, lambda c, _: dimensions_text(c.asset), hidden=True),
        Column("size", "Size", 84, lambda c, _: size_text(c.asset.size), Sort.SIZE, True, keep=1),
        Column("date", "Date", 106, lambda c, _: day_of(c.asset), Sort.DATE, True),
        Column("rating", "Rating", 76, lambda c, _: "★" * c.asset.rating, Sort.RATING, hidden=True),
        Column(
            "tags", "Tags", 140, lambda c, _: ", ".join(map(display, c.asset.tags)), hidden=True
        ),
    )


def day_of(asset: Asset) -> str:
    """Write the day of an asset: taken, by the camera's own clock, else changed."""
    if asset.taken is not None:
        moment = datetime.fromtimestamp(asset.taken, UTC)
    else:
        moment = datetime.fromtimestamp(asset.modified)
    return QLocale().toString(QDate(moment.year, moment.month, moment.day), "d MMM yyyy")


def _sound(card: Card) -> SoundFacts:
    return card.asset.sound or _NOTHING


def _when(card: Card, hit: Hit | None) -> str:
    if hit is None or hit.start is None or is_whole(hit, card.asset.duration):
        return ""
    span = span_text(hit.start, hit.end)
    heard = hit.heard and card.asset.kind is not Kind.AUDIO
    return f"heard {span}" if heard else span


def _length(card: Card, _: Hit | None) -> str:
    return "" if card.asset.duration is None else length_text(card.asset.duration)


def _rate(card: Card, _: Hit | None) -> str:
    return rate_text(_sound(card).rate)


def _loudness(card: Card, _: Hit | None) -> str:
    return loudness_text(_sound(card).loudness)


def _channels(card: Card, _: Hit | None) -> str:
    return channels_text(_sound(card).channels)


def _peak(card: Card, _: Hit | None) -> str:
    return loudness_text(_sound(card).peak, " dBFS")
