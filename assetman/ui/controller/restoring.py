"""Questions that were kept, as the search bar shows them again: their chips and their words."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assetman.core.assets import display
from assetman.core.conditions import quoted
from assetman.core.queries import Example, FolderFilter, Query
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
_PASTED = re.compile(r"[0-9a-f]{24}\.png")  # named by its content
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
    parts = [chip.label for chip in state.chips if not isinstance(chip, ExampleChip)]
    if len(query.examples) > 1:
        parts.insert(0, f"like {len(query.examples)} files")
    elif query.examples:
        parts.insert(0, f"like {_called(query.examples[0], names)}")
    if words := " ".join(state.words.split()):
        parts.insert(0, words)
    whole = " · ".join(parts)
    return whole if len(whole) <= _LONGEST else f"{whole[: _LONGEST - 1]}…"


def _called(example: Example, names: Names) -> str:
    """Name an example, as far as that is known without asking."""
    if example.collection_id is not None:
        return names.collection(example.collection_id)
    name = os.path.basename(example.path or "")
    return "a pasted picture" if _PASTED.fullmatch(name) else display(name) or "a file"


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
