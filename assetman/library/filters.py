"""Conditions as SQL: of what an asset must be, the WHERE, the index and the ORDER BY."""

from __future__ import annotations

import json
from collections.abc import Sequence

from assetman.core.conditions import (
    EVERYTHING,
    MISSING,
    All,
    Any,
    Condition,
    InCollection,
    InFolder,
    Key,
    Not,
    Test,
    asks_for_missing,
    leaves,
    needed,
)
from assetman.core.queries import Filters, Sort
from assetman.library.terms import ALWAYS, NEVER, Term, Values, term
from assetman.library.values import id_list

__all__ = ["EVERYTHING", "asked", "having", "order", "passing", "source"]

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
# What the indexes of the sorted lists know besides; all else is in `assets_by_facts`.
_EVERYWHERE = (Key.TYPE, Key.TAG, Key.RATING, Key.SAID, Key.TEXT, Key.WRITTEN, Key.COLOR)
_THESE = "IN (SELECT value FROM json_each(?))"
_MOST_SETS = 100  # in one union; SQLite takes a few more
_LIVE = "a.root_id IN (SELECT id FROM roots WHERE removed IS NULL)"


def asked(filters: Filters | Condition) -> Condition:
    """Give filters as the tree that they are."""
    return filters.condition() if isinstance(filters, Filters) else filters


def passing(condition: Condition, one: bool = False) -> tuple[str, Values]:
    """Give the condition on the table `assets a` under which an asset counts, and its values.

    Missing assets count only where they are asked for, those of removed roots never. `one` is
    for a query that comes to its assets by another way, one at a time: SQLite, left to itself,
    would go through all that bear a tag for each of them.
    """
    sql, values = _sql(condition, one)
    if not asks_for_missing(condition):
        counts = "a.missing_since IS NULL"
    elif MISSING in needed(condition):
        counts = f"a.missing_since IS NOT NULL AND {_LIVE}"
    else:
        counts = _LIVE
    return f"{counts} AND {sql}", values


def source(condition: Condition, sort: Sort | None = None) -> str:
    """Give what to select from: `assets a` with the index that serves the condition or the order.

    SQLite, left to itself, takes the index of the paths for a folder and looks up every row.
    What the person organised is few as a rule, and leads to its assets by their ids; so does what
    is written about them. All else is compared in the one index that has it all.
    """
    parts = needed(condition)
    if asks_for_missing(condition):
        return f"assets a {'INDEXED BY assets_missing' if MISSING in parts else 'NOT INDEXED'}"
    if any(_ids(part) for part in parts):
        return "assets a NOT INDEXED"
    folders = [part for part in parts if _is_place(part)]
    narrow = any(folder.path for part in folders for folder in _folders(part))
    if narrow or (folders and sort is None):
        return "assets a INDEXED BY assets_by_folder"
    if not all(_is_everywhere(part) for part in parts):
        return "assets a INDEXED BY assets_by_facts"
    return "assets a" if sort is None else f"assets a INDEXED BY assets_{_ORDER[sort][0]}"


def order(sort: Sort, descending: bool) -> str:
    """Give the ORDER BY of a list of `assets a`; equals follow their ids, the same way round."""
    way = "DESC" if descending else "ASC"
    return f"a.{_ORDER[sort][1]} {way}, a.id {way}"


def having(sort: Sort) -> str | None:
    """Give the condition under which an asset has what a list is sorted by; None: all have it."""
    return _PARTIAL.get(sort)


def _sql(condition: Condition, one: bool) -> tuple[str, Values]:
    if isinstance(condition, Not):
        sql, values = _sql(condition.part, one)
        return f"({sql}) IS NOT TRUE", values  # what is not known of an asset, it has not
    found = None if one else _ids(condition)
    if found is not None:
        return f"a.id IN ({found[0]})", found[1]
    if isinstance(condition, All):
        return _joined("AND", [_sql(part, one) for part in condition.parts]) or (ALWAYS, [])
    if isinstance(condition, Any):
        kinds = [kind for part in condition.parts if (kind := _kind_of(part))]
        terms = [_sql(part, one) for part in condition.parts if not _kind_of(part)]
        if kinds:
            terms.append((f"a.kind {_THESE}", [json.dumps(kinds)]))
        sql, values = _joined("OR", terms) or (NEVER, [])
        if _is_place(condition):  # said once more, for the index of the folders
            roots = id_list({folder.root_id for folder in _folders(condition)})
            return f"a.root_id {_THESE} AND {sql}", [roots, *values]
        return sql, values
    leaf = term(condition)
    return leaf.row, leaf.values


def _ids(condition: Condition) -> tuple[str, Values] | None:
    """Give the SQL that selects the ids of what passes, where that is the way to find it."""
    if isinstance(condition, Not | All):
        return None
    if not isinstance(condition, Any):
        return _ids_of(term(condition))
    found = [_ids(part) for part in condition.parts]
    sets = [each for each in found if each is not None]
    if not sets or len(sets) < len(found) or len(sets) > _MOST_SETS:
        return None
    # Each set in brackets of its own: one may be a union itself.
    union = " UNION ALL ".join(f"SELECT * FROM ({sql})" for sql, _ in sets)
    return union, [value for _, values in sets for value in values]


def _ids_of(leaf: Term) -> tuple[str, Values] | None:
    if leaf.ids is None:
        return None
    return leaf.ids, leaf.values if leaf.of_ids is None else leaf.of_ids


def _joined(word: str, terms: Sequence[tuple[str, Values]]) -> tuple[str, Values] | None:
    """Join terms by halves: SQLite takes no expression that is a thousand deep."""
    if len(terms) < 2:
        return next(((f"({sql})", values) for sql, values in terms), None)
    middle = len(terms) // 2
    left, right = _joined(word, terms[:middle]), _joined(word, terms[middle:])
    assert left is not None
    assert right is not None
    return f"({left[0]} {word} {right[0]})", [*left[1], *right[1]]


def _kind_of(part: Condition) -> str:
    """Give the kind of file that a part asks for; "" where it asks for something else."""
    return str(part.value) if isinstance(part, Test) and part.key is Key.TYPE else ""


def _is_place(part: Condition) -> bool:
    """Tell whether a part is a folder, or several to choose from."""
    parts = part.parts if isinstance(part, Any) else (part,)
    return bool(parts) and all(isinstance(each, InFolder) for each in parts)


def _folders(part: Condition) -> list[InFolder]:
    return [each for each in leaves(part) if isinstance(each, InFolder)]


def _is_everywhere(part: Condition) -> bool:
    """Tell whether the index of any sorted list has all that a part asks for."""
    return all(
        isinstance(leaf, InCollection)
        or (isinstance(leaf, InFolder) and not leaf.path)
        or (isinstance(leaf, Test) and leaf.key in _EVERYWHERE)
        for leaf in leaves(part)
    )
