"""Folders that may have changed, and what of a root has to be looked through for them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assetman.core.assets import Root
from assetman.ingest.ignore import IgnoreRules
from assetman.ingest.scan import Scope
from assetman.library.assets import Known
from assetman.library.known import KnownFiles


@dataclass(frozen=True, slots=True)
class Place:
    """A folder to look through again: relative to its root with "/", "" is the root itself.

    One that is not `deep` is looked through without the folders in it that are known already.
    """

    root_id: int
    folder: str = ""
    deep: bool = True

    @property
    def whole(self) -> bool:
        """Whether it is all of its root."""
        return self.deep and not self.folder


def parent(folder: str) -> str:
    """Give the folder that holds a folder of a root; the root holds itself."""
    return folder.rpartition("/")[0]


def above(folder: str) -> Iterable[str]:
    """Yield the folders that hold a folder, from the nearest to the root."""
    while folder:
        folder = parent(folder)
        yield folder


def joined(places: Iterable[Place]) -> list[Place]:
    """Leave out what others look through as well: every folder comes up once."""
    places = list(dict.fromkeys(places))
    deep = {(place.root_id, place.folder) for place in places if place.deep}

    def covered(place: Place) -> bool:
        if not place.deep and (place.root_id, place.folder) in deep:
            return True
        return any((place.root_id, folder) in deep for folder in above(place.folder))

    return [place for place in places if not covered(place)]


class Part(Scope):
    """Some folders of a root, and the rows the catalogue has of them."""

    def __init__(
        self, files: KnownFiles, root: Root, places: Iterable[Place], rules: IgnoreRules
    ) -> None:
        root_id = root.id
        self._files = files
        self._root_id = root_id
        found = (there(root.path, place, rules) for place in places)
        self.places = joined(found)
        self.known: dict[str, Known] = {}
        self._subfolders: dict[str, set[str]] = {}  # of the folders that are not deep, by name
        self._unmet: dict[str, set[str]] = {}
        for place in self.places:
            if place.deep:
                self.known |= files.below(root_id, place.folder)
            else:
                self.known |= files.in_folder(root_id, place.folder)
                names = files.subfolders(root_id, place.folder)
                self._subfolders[place.folder], self._unmet[place.folder] = names, set(names)
        self._starts = {place.folder for place in self.places}

    @property
    def starts(self) -> Sequence[str]:
        return sorted(self._starts)

    def enters(self, path: str) -> bool:
        folder, _, name = path.rpartition("/")
        if folder in self._subfolders:
            self._unmet[folder].discard(name)
            if name in self._subfolders[folder]:
                return False
        return path not in self._starts

    def gone(self) -> Mapping[str, Known]:
        """Give the rows below folders that were known and not met."""
        rows: dict[str, Known] = {}
        for folder, names in self._unmet.items():
            for name in names:
                rows |= self._files.below(self._root_id, f"{folder}/{name}" if folder else name)
        return rows

    def holds(self, path: str) -> bool:
        """Say whether a path of the root was looked at, or found gone with what held it."""
        if path in self._starts:
            return True
        inner = path
        for folder in above(path):
            if folder in self._starts:
                name = inner.rpartition("/")[2]
                beside = self._subfolders.get(folder, set()) - self._unmet.get(folder, set())
                return name not in beside
            inner = folder
        return False


def there(root: str, place: Place, rules: IgnoreRules) -> Place:
    """Give a place, or the folder that held it: one that is gone is the other's business.

    So is one that is a link now, or passed over.
    """
    folder = ""
    for name in filter(None, place.folder.split("/")):
        inner = f"{folder}/{name}" if folder else name
        absolute = os.path.join(root, *inner.split("/"))
        if rules.skips_folder(name, inner, absolute) or not _is_folder(absolute):
            return Place(place.root_id, folder, deep=False)
        folder = inner
    return place


def _is_folder(path: str) -> bool:
    try:
        found = os.lstat(path)
    except OSError as error:
        return not isinstance(error, FileNotFoundError | NotADirectoryError)
    reparse = getattr(found, "st_file_attributes", 0) & stat.FILE_ATTRIBUTE_REPARSE_POINT
    return stat.S_ISDIR(found.st_mode) and not reparse
