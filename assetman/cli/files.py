"""The files that a command names: assets of the library, by path or by folder."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assetman.core.assets import Root
from assetman.core.errors import WrongUse
from assetman.core.queries import Filters, FolderFilter, Query

if TYPE_CHECKING:
    from assetman.engine.protocol import EngineApi


def assets_of(engine: EngineApi, paths: Sequence[str]) -> list[int]:
    """Give the assets at the paths, of a folder all in it and below.

    Raises WrongUse for what is not in the library.
    """
    roots = engine.roots()
    found: dict[int, None] = {}
    for path in paths:
        absolute = os.path.abspath(path)
        asset = engine.asset_at(absolute)
        if asset is not None:
            found[asset] = None
            continue
        inside = folder_in(roots, absolute)
        results = engine.search(Query(filters=Filters(folders=(inside,)))) if inside else None
        if results is None or not results.listed:
            raise WrongUse(f"{path} is not in the library.")
        found.update(dict.fromkeys(results.listed))
    return list(found)


def folder_in(roots: Sequence[Root], folder: str) -> FolderFilter | None:
    """Give a folder as a filter; None if no root holds it."""
    for root in roots:
        inside = relative(root, folder)
        if inside is not None:
            return FolderFilter(root.id, inside.replace(os.sep, "/"))
    return None


def root_at(roots: Sequence[Root], folder: str) -> Root:
    """Find the root that a folder is. Raises WrongUse if it is none."""
    for root in roots:
        if relative(root, os.path.abspath(folder)) == "":
            return root
    raise WrongUse(f"{folder} is not a folder of the library (“assetman roots” lists them).")


def relative(root: Root, folder: str) -> str | None:
    """Give a folder's path below a root, "" for the root itself, None if it is elsewhere."""
    for way in (folder, os.path.realpath(folder)):
        try:
            inside = os.path.relpath(way, root.path)
        except ValueError:  # another drive
            continue
        if inside == os.curdir:
            return ""
        if inside != os.pardir and not inside.startswith(os.pardir + os.sep):
            return inside
    return None


def counted(number: int, noun: str) -> str:
    """Write a number with its noun: “1 file”, “1,200 files”."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
