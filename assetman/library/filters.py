"""Filters as SQL. The one place that knows how."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from assetman.core.assets import PassageKind
from assetman.core.queries import Filters, FolderFilter, Sort
from assetman.library.names import identity
from assetman.library.values import id_list, within
from assetman.library.words import phrase

EVERYTHING = Filters()

# By what a list is sorted: the index `assets_…`, and the column.
_ORDER = {
    Sort.RELEVANCE: ("by_moment", "moment"),  # a list without a question has none
    Sort.DATE: ("by_moment", "moment"),
    Sort.NAME: ("by_name", "name_key"),
    Sort.SIZE: ("by_size", "size"),
    Sort.DURATION: ("by_duration", "duration"),
    Sort.LOUDNESS: ("by_loudness", "loudness"),
    Sort.BPM: ("by_bpm", "bpm"),
    Sort.KEY: ("by_tonality", "tonality"),
    Sort.RATE: ("by_rate", "rate"),
    Sort.RATING: ("rated", "rating"),
}
# Not every asset has these; the index holds those that do.
_PARTIAL = {
    Sort.DURATION: "a.duration IS NOT NULL",
    Sort.LOUDNESS: "a.loudness IS NOT NULL",
    Sort.BPM: "a.bpm IS NOT NULL",
    Sort.KEY: "a.tonality IS NOT NULL",
    Sort.RATE: "a.rate IS NOT NULL",
    Sort.RATING: "a.rating > 0",
}
_TAGGED = "SELECT asset_id FROM asset_tags INDEXED BY asset_tags_by_tag WHERE tag_id"
_RATED = "SELECT id FROM assets INDEXED BY assets_rated WHERE rating > 0"
_COLLECTED = (
    "SELECT asset_id FROM collection_assets INDEXED BY collection_assets_by_collection "
    "WHERE collection_id"
)
_TAG_OF = "SELECT 1 FROM asset_tags x WHERE x.asset_id = a.id AND x.tag_id"
_COLLECTION_OF = "SELECT 1 FROM collection_assets x WHERE x.asset_id = a.id AND x.collection_id"
_MATCHED = (
    "FROM passage_words w CROSS JOIN passages p ON p.id = w.rowid "
    f"AND p.kind != '{PassageKind.DESCRIPTION}' %sWHERE w.passage_words MATCH ?"
)
_SAID = "SELECT x.id " + _MATCHED % (
    "CROSS JOIN assets x INDEXED BY assets_by_content ON x.content_id = p.content_id "
)
_SAID_OF = "SELECT p.content_id " + _MATCHED % ""
_THESE = "IN (SELECT value FROM json_each(?))"
_SOME_TAGS = f"IN (SELECT id FROM tags WHERE key {_THESE})"


def condition(filters: Filters, one: bool = False) -> tuple[str, list[Any]]:
    """Give the condition on the table `assets a` under which an asset counts, and its values.

    Missing assets count only where they alone are asked for, those of removed roots never.
    Kinds are alternatives of each other, so are folders and collections; tags are not. `one`
    is for a query that comes to its assets by another way, one at a time: SQLite, left to itself,
    would go through all that bear a tag for each of them.
    """
    terms, values = ["a.missing_since IS NULL"], []
    if filters.missing:
        live = "a.root_id IN (SELECT id FROM roots WHERE removed IS NULL)"
        terms = ["a.missing_since IS NOT NULL", live]
    if filters.kinds:
        terms.append(f"a.kind IN ({', '.join('?' * len(filters.kinds))})")
        values += [str(kind) for kind in filters.kinds]
    if filters.folders:
        folders = [_in_folder(folder) for folder in filters.folders]
        terms.append("(" + " OR ".join(sql for sql, _ in folders) + ")")
        values += [value for _, given in folders for value in given]
    organised = _organised_one if one else _organised
    for sql, given in (*organised(filters), *_said(filters, one)):
        terms.append(sql)
        values += given
    return " AND ".join(terms), values


def source(filters: Filters, sort: Sort | None = None) -> str:
    """Give what to select from: `assets a` with the index that serves the filters or the order.

    SQLite, left to itself, takes the index of the paths for a folder and looks up every row.
    What the person organised is few as a rule, and leads to its assets by their ids; so does what
    is said in them.
    """
    if filters.missing:
        return "assets a INDEXED BY assets_missing"
    rated = filters.ratings is not None and filters.ratings[0] > 0
    if filters.tags or filters.collections or filters.said or rated:
        return "assets a NOT INDEXED"
    narrow = any(folder.path for folder in filters.folders)
    if narrow or (filters.folders and sort is None):
        return "assets a INDEXED BY assets_by_folder"
    if sort is not None:
        return f"assets a INDEXED BY assets_{_ORDER[sort][0]}"
    return "assets a"


def order(sort: Sort, descending: bool) -> str:
    """Give the ORDER BY of a list of `assets a`; equals follow their ids, the same way round."""
    way = "DESC" if descending else "ASC"
    return f"a.{_ORDER[sort][1]} {way}, a.id {way}"


def having(sort: Sort) -> str | None:
    """Give the condition under which an asset has what a list is sorted by; None: all have it."""
    return _PARTIAL.get(sort)


def _organised(filters: Filters) -> Iterator[tuple[str, list[Any]]]:
    """Give the conditions on tags, ratings and collections, each with its values."""
    for name in dict.fromkeys(map(identity, filters.tags)):
        yield f"a.id IN ({_TAGGED} = (SELECT id FROM tags WHERE key = ?))", [name]
    if filters.not_tags:
        yield f"a.id NOT IN ({_TAGGED} {_SOME_TAGS})", [_keys(filters.not_tags)]
    if filters.ratings is not None:
        least, most = filters.ratings
        if least > 0:
            yield f"a.id IN ({_RATED} AND rating BETWEEN ? AND ?)", [least, most]
        elif most < 0:
            yield "0", []
        else:
            yield f"a.id NOT IN ({_RATED} AND rating > ?)", [most]
    if filters.collections:
        yield f"a.id IN ({_COLLECTED} {_THESE})", [id_list(filters.collections)]


def _organised_one(filters: Filters) -> Iterator[tuple[str, list[Any]]]:
    """Give the same conditions for an asset at hand."""
    for name in dict.fromkeys(map(identity, filters.tags)):
        yield f"EXISTS ({_TAG_OF} = (SELECT id FROM tags WHERE key = ?))", [name]
    if filters.not_tags:
        yield f"NOT EXISTS ({_TAG_OF} {_SOME_TAGS})", [_keys(filters.not_tags)]
    if filters.ratings is not None:
        yield "a.rating BETWEEN ? AND ?", list(filters.ratings)
    if filters.collections:
        yield f"EXISTS ({_COLLECTION_OF} {_THESE})", [id_list(filters.collections)]


def _said(filters: Filters, one: bool) -> Iterator[tuple[str, list[Any]]]:
    """Give the conditions on what is said, each with its values.

    For an asset at hand too all that match are found first, once: asking the index of words for
    each asset would take far longer. The plus keeps SQLite from coming to assets by them.
    """
    of, found = ("+a.content_id", _SAID_OF) if one else ("a.id", _SAID)
    for words in filters.said:
        yield f"{of} IN ({found})", [phrase(words)]
    for words in filters.not_said:
        yield f"{of} NOT IN ({found})", [phrase(words)]


def _keys(names: tuple[str, ...]) -> str:
    return json.dumps([identity(name) for name in names])


def _in_folder(folder: FolderFilter) -> tuple[str, list[Any]]:
    if not folder.path:
        return "a.root_id = ?", [folder.root_id]
    return (
        "(a.root_id = ? AND a.folder >= ? AND a.folder < ?)",
        [folder.root_id, *within(folder.path)],
    )
