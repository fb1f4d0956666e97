"""Filters as SQL. The one place that knows how."""

from __future__ import annotations

from typing import Any

from assetman.core.queries import Filters, FolderFilter, Sort
from assetman.library.values import below, to_bytes

EVERYTHING = Filters()

_ORDER = {
    Sort.RELEVANCE: "moment",  # a list without a question has none
    Sort.DATE: "moment",
    Sort.NAME: "name_key",
    Sort.SIZE: "size",
}


def condition(filters: Filters) -> tuple[str, list[Any]]:
    """Give the condition on the table `assets a` under which an asset counts, and its values.

    Missing assets never do. Kinds are alternatives of each other, so are folders.
    """
    terms, values = ["a.missing_since IS NULL"], []
    if filters.kinds:
        terms.append(f"a.kind IN ({', '.join('?' * len(filters.kinds))})")
        values += [str(kind) for kind in filters.kinds]
    if filters.folders:
        folders = [_in_folder(folder) for folder in filters.folders]
        terms.append("(" + " OR ".join(sql for sql, _ in folders) + ")")
        values += [value for _, given in folders for value in given]
    return " AND ".join(terms), values


def order(sort: Sort, descending: bool) -> str:
    """Give the ORDER BY of a list of `assets a`; equals follow their ids."""
    return f"a.{_ORDER[sort]} {'DESC' if descending else 'ASC'}, a.id"


def _in_folder(folder: FolderFilter) -> tuple[str, list[Any]]:
    if not folder.path:
        return "a.root_id = ?", [folder.root_id]
    path = to_bytes(folder.path)
    lower, upper = below(path)
    return (
        "(a.root_id = ? AND (a.folder = ? OR (a.folder >= ? AND a.folder < ?)))",
        [folder.root_id, path, lower, upper],
    )
