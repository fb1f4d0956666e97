"""Writes a whole query as one text: its words, its filters and its examples."""

from __future__ import annotations

import os
from contextlib import suppress

from assetman.core.conditions import All, Any, Condition, InCollection, InFolder, Key, Not, Test
from assetman.core.errors import WrongUse
from assetman.core.queries import Example, Query
from assetman.library.library import Library
from assetman.search import excerpts
from assetman.search.parser import LikeFile, Question, Unwanted, all_of, parse
from assetman.search.printing import printed


def as_text(query: Query, library: Library) -> str:
    """Write a query so that its text alone asks the same; what is gone meanwhile is left out."""
    filters = _named(query.filters.condition(), library)
    shown = [_shown(example, library) for example in query.examples]
    parts = [part for part in (filters, *shown) if part is not None and part != All()]
    return printed(all_of([parse(query.text).tree, *parts])) if parts else query.text.strip()


def _named(condition: Condition, library: Library) -> Condition | None:
    """Give places by their names; None for what there is no longer."""
    with suppress(WrongUse):
        if isinstance(condition, InFolder):
            root = library.roots.get(condition.root_id).path
            inside = condition.path.replace("/", os.sep)
            return Test(Key.IN, os.path.join(root, inside) if inside else root)
        if isinstance(condition, InCollection):
            return Test(Key.IN, library.collections.get(condition.id).name)
        if isinstance(condition, Not):
            part = _named(condition.part, library)
            return None if part is None else Not(part)
        if isinstance(condition, All | Any):
            named = (_named(part, library) for part in condition.parts)
            return type(condition)(tuple(part for part in named if part is not None))
        return condition
    return None


def _shown(example: Example, library: Library) -> Question | None:
    path = example.path
    if example.asset_id is not None:
        path = next((each.path for each in library.assets.get([example.asset_id])), None)
    elif example.collection_id is not None:
        with suppress(WrongUse):
            path = library.collections.get(example.collection_id).name
    if path is None:
        return None
    file = LikeFile(excerpts.written(path, example), abs(example.weight))
    return Unwanted(file) if example.weight < 0 else file
