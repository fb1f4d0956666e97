"""Filters as SQL. The one place that knows how."""

from __future__ import annotations

from typing import Any

from assetman.core.queries import Filters, FolderFilter, Sort
from assetman.library.values import within

EVERYTHING = Filters()

_ORDER = {
    Sort.RELEVANCE: "moment",  # a list without a question has none
    Sort.DATE: "moment",
    Sort.NAME: "name",
    Sort.SIZE: "size",
}
_COLUMN = {"moment": "moment", "name": "name_key", "size": "size"}


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


def source(filters: Filters, sort: Sort | None = None) -> str:
    """Give what to select from: `assets a` with the index that serves the filters or the order.

    SQLite, left to itself, takes the index of the paths for a folder and looks up every row.
    """
    narrow = any(folder.path for folder in filters.folders)
    if narrow or (filters.folders and sort is None):
        return "assets a INDEXED BY assets_by_folder"
    if sort is not None:
        return f"assets a INDEXED BY assets_by_{_ORDER[sort]}"
    return "assets a"


def order(sort: Sort, descending: bool) -> str:
    """Give the ORDER BY of a list of `assets a`; equals follow their ids, the same way round."""
    way = "DESC" if descending else "ASC"
    return f"a.{_COLUMN[_ORDER[sort]]} {way}, a.id {way}"


def _in_folder(folder: FolderFilter) -> tuple[str, list[Any]]:
    if not folder.path:
        return "a.root_id = ?", [folder.root_id]
    return (
        "(a.root_id = ? AND a.folder >= ? AND a.folder < ?)",
        [folder.root_id, *within(folder.path)],
    )
