"""How many files a card stands for, where copies or a burst are folded into one hit."""

from __future__ import annotations

from assetman.core.queries import Hit


def stack_text(hit: Hit | None) -> str:
    """Write how many files a hit stands for; "" where it is one."""
    return "" if hit is None or hit.stack is None else f"{len(hit.stack.asset_ids):,}"


def stack_words(hit: Hit) -> str:
    """Say aloud what a hit stands for: “3 near copies”, “a burst of 5”; "" where it is one."""
    if hit.stack is None:
        return ""
    count, likeness = stack_text(hit), hit.stack.likeness
    return f"a burst of {count}" if likeness is None else f"{count} {likeness} copies"


def these_words(hit: Hit) -> str:
    """Name the files of a stack in an entry of a menu: “the 3 near copies”."""
    if hit.stack is None:
        return ""
    count, likeness = stack_text(hit), hit.stack.likeness
    return f"the {count} of this burst" if likeness is None else f"the {count} {likeness} copies"


def member_words(hit: Hit, asset_id: int) -> str:
    """Say aloud which one of a stack that lies open a file is: “near copy 2 of 3”."""
    if hit.stack is None or asset_id not in hit.stack.asset_ids:
        return ""
    count, likeness = stack_text(hit), hit.stack.likeness
    place = f"{hit.stack.asset_ids.index(asset_id) + 1:,}"
    if likeness is None:
        return f"{place} of a burst of {count}"
    return f"{likeness} copy {place} of {count}"


def stack_tip(hit: Hit) -> str:
    """Say in a card's tooltip what it stands for, and what is done to it alone."""
    words = stack_words(hit)
    return f"Stands for {words}. G shows them; what you do here is done to this one alone."
