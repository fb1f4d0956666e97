"""The times that stand on a card: when a film or a sound matches, else how long it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assetman.core.assets import Kind
from assetman.core.moments import clock
from assetman.core.queries import Hit
from assetman.engine.protocol import Card
from assetman.ui.grid.wording import is_film
from assetman.ui.listening.audition import is_sound
from assetman.ui.times import length_text, span_text

if TYPE_CHECKING:
    from assetman.ui.grid.card_painter import CardLook


def is_timed(look: CardLook) -> bool:
    """Tell whether a card shows seconds of something that plays."""
    return look.card is not None and plays(look.card) and not look.gone


def plays(card: Card) -> bool:
    """Tell whether a card stands for a video or a sound that can be played."""
    return is_film(card) or is_sound(card)


def time_words(look: CardLook) -> list[str]:
    """Write the time of what a card shows: of the frame, of what matches best, else its length.

    The first is the best; the others take less room.
    """
    if look.skim is not None:
        return [clock(look.skim.moment.at), ""]
    if look.card is not None and look.card.asset.kind is Kind.AUDIO and not look.shots:
        return [""]  # a tiny outline says more than words over it
    duration = look.card.asset.duration if look.card is not None else None
    length = "" if duration is None else length_text(duration)
    hit = look.hit
    if hit is None or hit.start is None or is_whole(hit, duration):
        return [length, ""] if length else [""]
    span, start = span_text(hit.start, hit.end), clock(hit.start)
    if look.card is not None and look.card.asset.kind is Kind.AUDIO and length:
        return [f"{span} of {length}", span, start, ""]
    return [span, start, ""]


def seconds_of(look: CardLook) -> tuple[float | None, ...]:
    """Give the numbers that `time_words` are written from, and what else decides on them."""
    duration = look.card.asset.duration if look.card is not None else None
    if look.skim is not None:
        return look.skim.moment.at, None, -1.0
    if look.hit is not None and look.hit.start is not None:
        sound = look.card is not None and look.card.asset.kind is Kind.AUDIO
        return look.hit.start, look.hit.end, duration, float(sound), float(look.hit.heard)
    return duration, None, -2.0


def sign_of(look: CardLook) -> str:
    """Name the sign beside a time: "play", "heard" where a film is found by its sound, or ""."""
    if look.card is None or look.card.asset.kind is Kind.AUDIO:
        return ""
    return "heard" if look.skim is None and look.hit is not None and look.hit.heard else "play"


def is_whole(hit: Hit, duration: float | None) -> bool:
    """Tell whether a hit is all of a sound that is no longer than what one hit can be."""
    if duration is None or hit.start is None or hit.end is None:
        return False
    return hit.start <= 0 and hit.end >= duration - 0.05 and hit.heard
