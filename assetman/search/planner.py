"""Turns a query into what is asked of which space, and of which assets."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TypeVar

from assetman.core.assets import Root
from assetman.core.queries import Example, Filters, FolderFilter, Query
from assetman.library.library import Library
from assetman.search.parser import both, parse

_T = TypeVar("_T")

LIMIT = 200  # hits, where the query does not say
UNLIKE_WEIGHT = 0.5  # of what is not wanted against what is; Rocchio's beta and gamma


@dataclass(frozen=True, slots=True)
class Part:
    """One thing the question consists of: words, or an example, with its weight."""

    name: str  # as the reasons of a hit name it
    weight: float
    words: str = ""
    example: Example | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do for one query. Without parts the query lists assets."""

    query: Query
    parts: tuple[Part, ...]
    filters: Filters
    limit: int | None
    notes: tuple[str, ...]

    @property
    def words(self) -> str:
        """Give the words that are wanted."""
        return " ".join(part.words for part in self.parts if part.weight > 0)


def plan(query: Query, library: Library) -> Plan:
    """Plan a query: its words and examples as weighted parts, all of its filters together."""
    parsed = parse(query.text)
    notes = list(parsed.notes)
    folders, collections = _places(parsed.folders, library, notes)
    given = query.filters
    filters = Filters(
        kinds=_unique(given.kinds, parsed.kinds),
        folders=_unique(given.folders, folders),
        tags=_unique(given.tags, _tags(parsed.tags, library, notes)),
        not_tags=_unique(given.not_tags, _tags(parsed.not_tags, library, notes)),
        ratings=both(given.ratings, parsed.ratings),
        collections=_unique(given.collections, collections),
        said=_unique(given.said, parsed.said),
        not_said=_unique(given.not_said, parsed.not_said),
        missing=given.missing or parsed.missing,
    )
    if filters.said and not library.passages.any():
        notes.append("No subtitles, chapters or written-down speech here to find words in.")
    parts = _weigh(
        [Part("words", 1.0, words=parsed.wanted)] * bool(parsed.wanted)
        + [Part(f"not “{word}”", -1.0, words=word) for word in parsed.unwanted]
        + [Part(_name(example), example.weight, example=example) for example in query.examples]
    )
    limit = query.limit if query.limit is not None or not parts else LIMIT
    return Plan(query, parts, filters, limit, tuple(notes))


def _weigh(parts: list[Part]) -> tuple[Part, ...]:
    """Share the weight: wanted parts sum to 1, unwanted ones to `UNLIKE_WEIGHT`.

    After Rocchio (1971): the mean of what is wanted less a part of the mean of what is not.
    """
    wanted = sum(part.weight for part in parts if part.weight > 0)
    unwanted = -sum(part.weight for part in parts if part.weight < 0) / UNLIKE_WEIGHT
    return tuple(
        replace(part, weight=part.weight / (wanted if part.weight > 0 else unwanted))
        for part in parts
        if part.weight
    )


def _name(example: Example) -> str:
    sense = "like" if example.weight > 0 else "unlike"
    if example.box:
        return f"{sense} the marked part"
    return f"{sense} the example" if example.start is None else f"{sense} the moment"


def _unique(*groups: tuple[_T, ...]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys(item for group in groups for item in group))


def _tags(names: tuple[str, ...], library: Library, notes: list[str]) -> tuple[str, ...]:
    """Give the tags that there are; a note says which there are not."""
    found = []
    for name in names:
        tag = library.tags.named(name)
        if tag is None:
            notes.append(f"There is no tag “{name.strip()}”.")
        else:
            found.append(tag)
    return tuple(found)


def _places(
    names: tuple[str, ...], library: Library, notes: list[str]
) -> tuple[tuple[FolderFilter, ...], tuple[int, ...]]:
    """Find folders by name or path, else collections by name, whatever the case."""
    folders: list[FolderFilter] = []
    collections: list[int] = []
    roots = library.roots.all() if names else []
    for name in names:
        matches = [match for root in roots for match in _named(name, root, library)]
        collection = None if matches else library.collections.named(name)
        folders += matches
        if collection is not None:
            collections.append(collection)
        elif not matches:
            notes.append(f"There is no folder and no collection “{name}” in the library.")
    return tuple(folders), tuple(collections)


def _named(name: str, root: Root, library: Library) -> list[FolderFilter]:
    wanted = name.strip("/\\").replace("\\", "/").lower()
    if wanted in (root.name.lower(), root.path.replace(os.sep, "/").strip("/").lower()):
        return [FolderFilter(root.id)]
    return [
        FolderFilter(root.id, folder.path)
        for folder in library.roots.folders(root.id)
        if folder.path.lower() == wanted or folder.path.lower().endswith("/" + wanted)
    ]
