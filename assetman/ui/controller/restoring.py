"""Questions that were kept, as the search bar shows them again: their chips and their words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assetman.core.conditions import quoted
from assetman.core.queries import FolderFilter, Query
from assetman.ui.controller.state import (
    Chip,
    CollectionChip,
    ExampleChip,
    FolderChip,
    KindChip,
    MissingChip,
    RatingChip,
    SearchState,
    TagChip,
)
from assetman.ui.controller.text_chip import TextChip, taken_apart

_GROUPED = re.compile(r"\(([^()\"]*\sOR\s[^()\"]*)\)")
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Names:
    """What folders and collections are called just now."""

    folder: Callable[[FolderFilter], str]
    collection: Callable[[int], str]


def state_of(query: Query, names: Names, examples: Sequence[ExampleChip]) -> SearchState:
    """Put a question as the person sees it; `examples` are the chips of its examples."""
    chips, words = taken_apart(query.text)
    grouped = _GROUPED.fullmatch(words)
    if chips and grouped is not None:
        words = grouped[1]  # the brackets only kept the chips out of the alternatives
    return SearchState(
        words,
        (*examples, *_filters(query, names), *chips),
        query.sort,
        query.descending,
        query.leave_out,
    )


def described(query: Query, names: Names) -> str:
    """Name a question in one line: its chips, then its words."""
    state = state_of(query, names, [ExampleChip(each, "a file") for each in query.examples])
    likes = len(query.examples)
    parts = [chip.label for chip in state.chips if not isinstance(chip, ExampleChip)]
    if likes:
        parts.insert(0, "like a file" if likes == 1 else f"like {likes} files")
    if words := " ".join(state.words.split()):
        parts.insert(0, words)
    whole = " · ".join(parts)
    return whole if len(whole) <= _LONGEST else f"{whole[: _LONGEST - 1]}…"


def _filters(query: Query, names: Names) -> list[Chip]:
    filters = query.filters
    chips: list[Chip] = [FolderChip(each, names.folder(each)) for each in filters.folders]
    chips += [CollectionChip(each, names.collection(each)) for each in filters.collections]
    chips += [KindChip(kind) for kind in filters.kinds]
    chips += [TagChip(name) for name in filters.tags]
    chips += [TextChip(f"-tag:{quoted(name)}") for name in filters.not_tags]
    chips += [RatingChip(*filters.ratings)] if filters.ratings is not None else []
    chips += [TextChip(f"said:{quoted(words)}") for words in filters.said]
    chips += [TextChip(f"-said:{quoted(words)}") for words in filters.not_said]
    chips += [MissingChip()] if filters.missing else []
    return chips
