"""Copies in words: what a group holds, what sets one apart, what was done."""

from __future__ import annotations

from collections.abc import Sequence

from assetman.core.assets import Asset, Kind
from assetman.core.duplicates import Copy, DuplicateGroup, Likeness
from assetman.engine.protocol import Card
from assetman.ui.controls import counted
from assetman.ui.grid.wording import dimensions_text, size_text, state_word
from assetman.ui.times import length_text, span_text

ASKING = "Asking for the duplicates…"
_NONE = {
    None: "There are no duplicates.",
    Likeness.EXACT: "No two files hold the same bytes.",
    Likeness.NEAR: "No two files show the same, made differently.",
}


def nothing_text(likeness: Likeness | None) -> str:
    """Say that there is nothing to list."""
    return _NONE[likeness]


def group_text(group: DuplicateGroup) -> str:
    """Say what a group holds: “3 exact copies”."""
    return f"{len(group.copies):,} {group.likeness} copies"


def group_words(group: DuplicateGroup, card: Card | None) -> str:
    """Say a group aloud."""
    name = card.asset.display_name if card is not None else "not loaded yet"
    return f"{name}, {group_text(group)}, {size_text(group.wasted)} to be freed"


def summary_text(groups: Sequence[DuplicateGroup]) -> str:
    """Say how many groups there are, and what they waste; a file may be in two of them."""
    wasted = size_text(sum(group.wasted for group in groups))
    return f"{counted(len(groups), 'group', 'groups')}, up to {wasted} could be freed"


def why_text(copy: Copy, first: bool) -> str:
    """Say why a copy is proposed, or what sets it apart from the one that is."""
    why = ", ".join(copy.why)
    if first:
        return f"Proposed to be kept: {why}" if why else "Proposed to be kept"
    return why[:1].upper() + why[1:]


def facts_text(asset: Asset) -> str:
    """Say how large a file is: “1.2 MB · 1200 × 800”."""
    length = "" if asset.duration is None else length_text(asset.duration)
    stars = "★" * asset.rating
    parts = (size_text(asset.size), dimensions_text(asset), length, stars, *asset.tags)
    return " · ".join(filter(None, parts))


def seconds_text(copy: Copy, first: Asset | None) -> str:
    """Say which seconds of the first a film or a sound holds; "" where it has none."""
    if copy.start is None:
        return ""
    verb = "Sounds" if first is not None and first.kind is Kind.AUDIO else "Shows"
    whose = f"“{first.display_name}”" if first is not None else "the first"
    return f"{verb} {span_text(copy.start, copy.end)} of {whose}"


def copy_words(copy: Copy, card: Card | None, first: bool, seconds: str) -> str:
    """Say a copy aloud, as one that can be kept."""
    if card is None:
        return "Keep a file that is not loaded yet"
    parts = [f"Keep {card.asset.display_name}", why_text(copy, first), seconds]
    parts += [facts_text(card.asset).replace(" · ", ", "), state_word(card)]
    return ", ".join(filter(None, parts))


def keep_text(others: int, unseen: int = 0) -> str:
    """Name the button that keeps one; `unseen` of the others have not been listed yet."""
    which = "the other" if others == 1 else f"the {others:,} others"
    if unseen:
        which = f"all {others:,} others ({unseen:,} not looked at yet)"
    return f"Keep this, move {which} to the trash"


def kept_text(name: str, others: int) -> str:
    """Say what was done: which was kept, and what it has of the others now."""
    if others == 1:
        return f"Kept “{name}”: the other is in the trash, its tags and rating are on this one now."
    return (
        f"Kept “{name}”: the {others:,} others are in the trash, "
        "their tags and ratings are on this one now."
    )


def parted_text(count: int) -> str:
    """Say that files were told apart."""
    which = "The two files" if count == 2 else f"The {count:,} files"
    return f"{which} are no longer shown as duplicates."


def taken_out_text(name: str) -> str:
    """Say that one file was told apart from the others of its group."""
    return f"“{name}” is no longer shown as a duplicate of the others."


def differing_text(share: float, film: bool = False) -> str:
    """Say how much of what both pictures show differs; of films it is one frame of each."""
    of_one = " This is one frame of each." if film else ""
    if share <= 0:
        return f"Nothing that both show differs.{of_one}"
    percent = share * 100
    written = f"{percent:.0f} %" if percent >= 1 else "Less than 1 %"
    return f"{written} of what both show differs.{of_one}"
