"""Assets in words: what a card is called aloud, what a tooltip says, how sizes read."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QLocale

from assetman.core.assets import Asset, AssetState, Kind, SoundFacts, display
from assetman.core.queries import Hit
from assetman.engine.protocol import Card
from assetman.ui.times import length_text, span_words

KINDS = {
    Kind.IMAGE: "picture",
    Kind.VIDEO: "video",
    Kind.AUDIO: "sound",
    Kind.DOCUMENT: "document",
}

FAILED = "Cannot be read"
WRITTEN = "written"  # the reason that a name or a description gives
LONGEST_ENTRY = 48  # characters of a name in a menu


def score_text(hit: Hit | None) -> str:
    """Write a score as it stands beneath a picture; a plain list has none."""
    return f"{hit.score:.2f}" if hit is not None else ""


def size_text(size: int) -> str:
    """Write a number of bytes for a person."""
    value = float(size)
    while value >= 999.5:
        value /= 1000
    decimals = 1 if value < 9.95 and size >= 1_000_000 else 0
    return QLocale().formattedDataSize(size, decimals, QLocale.DataSizeFormat.DataSizeSIFormat)


def dimensions_text(asset: Asset) -> str:
    """Write width and height, nothing if they are not known."""
    if asset.width is None or asset.height is None:
        return ""
    return f"{asset.width} × {asset.height}"


def count_text(count: int, one: str, many: str) -> str:
    """Count things: “1 picture”, “1,312 pictures”."""
    return f"{QLocale().toString(count)} {one if count == 1 else many}"


def is_film(card: Card) -> bool:
    """Tell whether a card stands for a video that can be looked into."""
    return card.asset.kind is Kind.VIDEO and not card.failure


def moment_words(hit: Hit) -> str:
    """Say when a hit matches, and how: “heard at 1:23 to 1:31”; "" where it has no time."""
    if hit.start is None:
        return ""
    return f"{'heard' if hit.heard else 'best'} at {span_words(hit.start, hit.end)}"


def state_word(card: Card) -> str:
    """Say in a word what is unusual about an asset, nothing if all is well."""
    if card.asset.state is AssetState.OFFLINE:
        return "offline"
    if card.asset.state is AssetState.MISSING:
        return "missing"
    return ""


def rating_text(rating: int) -> str:
    """Say a rating in words."""
    return count_text(rating, "star", "stars") if rating else "not rated"


def hand_words(asset: Asset) -> list[str]:
    """Say what the person added to an asset."""
    words = [f"rated {asset.rating}"] if asset.rating else []
    return [*words, f"tagged {', '.join(asset.tags)}"] if asset.tags else words


def card_name(
    card: Card | None, hit: Hit | None, position: int, *, gone: bool = False, stack: str = ""
) -> str:
    """Name a card for a screen reader: name, kind, score, what it stands for, rating, tags, state."""
    if gone:
        return f"{position}, no longer in the library"
    if card is None:
        parts = [f"{position}, not loaded yet"]
    else:
        parts = [card.asset.display_name, KINDS[card.asset.kind]]
    if hit is not None:
        perhaps = ", perhaps a match" if hit.confident is False else ""
        parts.append(f"score {score_text(hit)}{perhaps}")
        parts += filter(None, [moment_words(hit)])
    parts += filter(None, [stack])
    if card is not None:
        parts += hand_words(card.asset)
        if word := state_word(card):
            parts.append(word)
        if card.failure:
            parts.append(FAILED.lower())
        elif not _is_shown(card):
            parts.append("not shown yet")
    return ", ".join(parts)


def card_sentence(card: Card | None) -> str:
    """Describe a card beyond its name."""
    if card is None:
        return ""
    if card.failure:
        return card.failure
    asset = card.asset
    length = "" if asset.duration is None else f"{length_text(asset.duration)} long"
    heard = sound_words(asset.sound) if asset.kind is Kind.AUDIO else []
    words = (length, dimensions_text(asset), *heard, size_text(asset.size))
    return ", ".join(filter(None, words))


def card_tip(card: Card | None, stack: str = "") -> str | None:
    """Write a card's tooltip: its name, what it stands for, and why it cannot be shown."""
    if card is None:
        return None
    lines = [card.asset.display_name, card_sentence(card)]
    lines += [words[:1].upper() + words[1:] for words in hand_words(card.asset)]
    lines.append(stack)
    if card.asset.state is AssetState.OFFLINE:
        lines.append("Offline: its drive or folder cannot be reached just now.")
    elif card.asset.state is AssetState.MISSING:
        lines.append("Missing: the file is no longer where it was.")
    elif not card.failure and not _is_shown(card):
        what = "outline" if card.asset.kind is Kind.AUDIO else "thumbnail"
        lines.append(f"Its {what} is still to be made.")
    return plain_tip(*lines)


def sound_words(sound: SoundFacts | None) -> list[str]:
    """Say what is known of a sound, the nearest at hand first: “120 BPM”, “Am”, “48 kHz”."""
    if sound is None:
        return []
    words = [
        bpm_text(sound.bpm),
        sound.key or "",
        rate_text(sound.rate),
        channels_text(sound.channels),
        loudness_text(sound.loudness),
    ]
    return [word for word in words if word]


def bpm_text(bpm: float | None, unit: str = " BPM") -> str:
    """Write a tempo."""
    return "" if bpm is None else f"{round(bpm, 1):g}{unit}"


def rate_text(rate: int | None) -> str:
    """Write a sample rate: “44.1 kHz”."""
    return "" if rate is None else f"{rate / 1000:g} kHz"


def channels_text(channels: int | None) -> str:
    """Write how many channels a sound has."""
    names = {1: "mono", 2: "stereo", 6: "5.1", 8: "7.1"}
    return "" if channels is None else names.get(channels, f"{channels} channels")


def loudness_text(loudness: float | None, unit: str = " LUFS") -> str:
    """Write a loudness: “−16.4 LUFS”."""
    return "" if loudness is None else f"{loudness:.1f}{unit}".replace("-", "−")


def _is_shown(card: Card) -> bool:
    """Tell whether there is anything to paint of an asset."""
    return card.thumbnail is not None or card.waveform is not None


def plain_tip(*lines: str) -> str:
    """Write a tooltip in plain words: a file name may look like markup and is none."""
    return "<qt>" + "<br>".join(escape(line) for line in lines if line) + "</qt>"


def menu_text(name: str) -> str:
    """Write a name as an entry of a menu: brief, none of it a shortcut or a column of its own."""
    shown = display(name).replace("&", "&&").replace("\t", " ")
    return shown if len(shown) <= LONGEST_ENTRY else f"{shown[: LONGEST_ENTRY - 1]}…"
