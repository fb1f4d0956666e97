"""Which asset each file of a survey is, where several could be one: nothing is written here."""

from __future__ import annotations

import os
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, auto

from assetman.core.assets import Root
from assetman.ingest.birth import born
from assetman.ingest.pairing import Spot, original_of, pair
from assetman.ingest.scan import Found, has_left
from assetman.library.assets import Known
from assetman.library.library import Library
from assetman.library.whereabouts import Lain
from assetman.media.fingerprint import Fingerprint
from assetman.media.registry import kind_of

RECENT = 86400.0  # seconds: what is younger may be part of a change under way
_BRIEF = 3600.0  # seconds a path may be empty and still be the same asset's, whatever comes


Inode = tuple[str, str]  # with its device, both as the catalogue keeps them


class Fate(IntEnum):
    """What is done with a file, in the order that lets no content go before it is needed."""

    KEPT = auto()  # the same bytes at the same path
    MOVED = auto()
    ADDED = auto()
    MOVED_AND_CHANGED = auto()
    CHANGED = auto()


@dataclass(slots=True)
class Item:
    """A file on its way through."""

    root: Root
    found: Found
    print: Fingerprint | None  # None: it need not be read
    origin: Lain | None = None  # the asset it was proven to be without reading
    row: Lain | None = None  # what the catalogue has at its path
    content: int | None = None  # one that has the same bytes
    compared: frozenset[int] = frozenset()  # contents that were looked at for it

    @property
    def spot(self) -> Spot:
        return self.root.id, self.found


Decision = tuple[Fate, Item, Lain | None]


class Claims:
    """The files that a survey met and the assets they may be."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._whereabouts = library.whereabouts
        self._roots: dict[int, Root] = {}
        self._vanished: dict[int, Known] = {}
        self._open: dict[tuple[int, str], Inode] = {}  # files not decided on, by root and path
        self._sizes: Counter[int] = Counter()  # of all files that were offered
        self._inodes: Counter[Inode] = Counter()
        self._taken: set[int] = set()  # assets whose file is known
        self._loose_rows: dict[int, list[Lain]] = {}  # by content
        self._by_inode: dict[Inode, list[Lain]] | None = None
        self._births: dict[tuple[int, str], float | None] = {}
        self.superseded: list[int] = []  # assets of files that were only written aside

    def offer(self, root: Root, unsettled: Iterable[Found], vanished: Iterable[Known]) -> None:
        """Take in what a walk showed: files to be settled, and rows whose files it did not meet."""
        self._roots[root.id] = root
        for found in unsettled:
            self._open[root.id, found.path] = _inode(found)
            self._sizes[found.stat.size] += 1
            self._inodes[_inode(found)] += 1
        self._vanished |= {row.asset_id: row for row in vanished}

    def lost(self) -> dict[int, Known]:
        """Give the rows that vanished and that no file has claimed."""
        return {i: row for i, row in self._vanished.items() if i not in self._taken}

    def take(self, asset_id: int) -> None:
        """Keep that an asset's file is known."""
        self._taken.add(asset_id)

    def proven(self, root: Root, found: Found, row: Lain | None) -> Lain | None:
        """Find the asset that a renamed file was, by its inode alone: it need not be read."""
        if row is not None and (row.inode, row.device) == _inode(found):
            return None
        rows = self._of_inode(found)
        if (
            len(rows) != 1
            or self._inodes[_inode(found)] != 1
            or self._is_backup(root.id, found)
            or not is_alike(rows[0], found)
        ):
            return None
        if kind_of(rows[0].path) != kind_of(found.path):
            return None
        if not self._is_same_file((root.id, found), rows[0]):
            return None
        self._taken.add(rows[0].asset_id)
        return rows[0]

    def note_birth(self, root: Root, found: Found) -> None:
        """Keep when a file was born, for by the time it is decided on it may have moved on."""
        if self._of_inode(found):
            self._births[root.id, found.path] = born(absolute(root, found.path))

    def _of_inode(self, found: Found) -> list[Lain]:
        """List the assets whose files may be elsewhere now and had the inode of this one."""
        if self._by_inode is None:
            self._by_inode = defaultdict(list)
            ids = set(self._vanished)
            for root_id, paths in _grouped(self._open).items():
                known = self._library.known.at(root_id, paths)
                ids |= {row.asset_id for row in known.values() if not row.missing}
            rows = {row.asset_id: row for row in self._whereabouts.of_assets(sorted(ids))}
            for row in self._whereabouts.lost_since(time.time() - _BRIEF):
                rows[row.asset_id] = row
            for row in rows.values():
                self._by_inode[row.inode, row.device].append(row)
        rows_here = self._by_inode.get(_inode(found), [])
        return [row for row in rows_here if row.asset_id not in self._taken]

    def _is_same_file(self, spot: Spot, row: Lain) -> bool:
        """Tell whether a file is the very file of an asset, not a newer one with its inode."""
        if (row.inode, row.device) != _inode(spot[1]):
            return False
        place = spot[0], spot[1].path
        if place in self._births:
            birth = self._births[place]
        else:
            birth = born(absolute(self._roots[place[0]], place[1]))
        return birth is not None and birth <= row.added

    # -- deciding

    def must_wait(self, item: Item) -> bool:
        """Tell whether another file that was offered might have to do with the same asset."""
        found, row = item.found, item.row
        if row is not None and item.origin is None and row.content_id == item.content:
            return False
        if item.origin is not None:
            return row is not None
        if row is not None and row.missing_since is None and self._is_wanted(row, found):
            return True
        if item.content is not None and self._loose(item.content):
            return row is not None or self._sizes[found.stat.size] > 1
        here = row is not None and (row.inode, row.device) == _inode(found)
        return not here and bool(self._of_inode(found))

    def _is_wanted(self, row: Lain, found: Found) -> bool:
        """Tell whether another file than the one at its path may have an asset's bytes."""
        sizes = self._sizes[row.size] - (found.stat.size == row.size)
        here = (row.inode, row.device) == _inode(found)
        return sizes > 0 or self._inodes[row.inode, row.device] - here > 0

    def _loose(self, content_id: int) -> list[Lain]:
        """List the assets of a content whose files may be elsewhere now, the likeliest first."""
        rows = self._loose_rows.get(content_id)
        if rows is None:
            ranked = [
                (rank, row.bare, row.path, row.asset_id, row)
                for row in self._whereabouts.of_content(content_id)
                if (rank := self._looseness(row)) is not None
            ]
            rows = self._loose_rows[content_id] = [row for *_, row in sorted(ranked, key=_order)]
        return [row for row in rows if row.asset_id not in self._taken]

    def _looseness(self, row: Lain) -> int | None:
        """Say how likely it is that an asset's file is elsewhere now, 0 most; None if it is not."""
        if row.asset_id in self._vanished:
            return 0
        if row.missing_since is not None:
            # Taken out of the library, not off the disk: what turns up elsewhere is a copy.
            return None if row.removed and is_there(row) and not self._is_met(row) else 2
        here = self._open.get((row.root_id, row.path))
        if here is not None:  # changed in place, or replaced by another file
            return None if here == (row.inode, row.device) else 1
        if not row.online:
            return 3
        if self._is_gone(row):
            return 0
        return 1 if _is_replaced(row) else None

    def _is_met(self, row: Lain) -> bool:
        """Tell whether a file lies in a root that is being looked through."""
        roots = self._roots.values()
        return any(row.file.startswith(os.path.join(root.path, "")) for root in roots)

    def _is_gone(self, row: Lain) -> bool:
        """Tell whether a file is no longer there though nobody has looked through its folder."""
        if os.path.lexists(row.file):
            return False
        return not has_left(row.root, row.file)

    def _is_backup(self, root_id: int, found: Found) -> bool:
        """Tell whether a program kept an older state of a file beside it that it wrote anew."""
        original = original_of(found.path)
        return original is not None and (root_id, original) in self._open

    def decide(self, items: Sequence[Item]) -> list[Decision]:
        """Say what each of the files is; they compete for the assets their bytes were."""
        origins = self._origins(items)
        moving = {row.asset_id for row in origins.values()}
        decisions: list[Decision] = []
        rest: list[Item] = []
        for number, item in enumerate(items):
            origin, row = origins.get(number), item.row
            if origin is not None and row is not None and row.asset_id != origin.asset_id:
                kept = row.asset_id not in moving and row.missing_since is None
                if kept and _is_aside(origin):
                    # A program wrote a new state aside and renamed it over the file.
                    self.superseded.append(origin.asset_id)
                    self._taken.add(origin.asset_id)
                    origin = None
            if origin is None:
                rest.append(item)
            elif row is not None and row.asset_id == origin.asset_id:
                decisions.append((Fate.KEPT, item, origin))
            else:
                decisions.append((Fate.MOVED, item, origin))
            if origin is not None:
                self._taken.add(origin.asset_id)
        # Where a file went is surer than what its path says, and so comes first.
        edited = {id(item): row for item in rest if (row := self._edited(item)) is not None}
        for item in rest:
            if id(item) in edited:
                decisions.append((Fate.MOVED_AND_CHANGED, item, edited[id(item)]))
            else:
                decisions.append(self._without_origin(item))
        for item in items:
            self._open.pop((item.root.id, item.found.path), None)
        return decisions

    def _origins(self, items: Sequence[Item]) -> dict[int, Lain]:
        """Pair files, by their position, with the assets whose bytes they hold."""
        groups: dict[tuple[int, int | None], list[int]] = defaultdict(list)
        origins: dict[int, Lain] = {}
        for number, item in enumerate(items):
            row = item.row
            if item.origin is not None:
                origins[number] = item.origin
                self._taken.add(item.origin.asset_id)
            elif row is not None and row.content_id == item.content and not self._went(row):
                origins[number] = row
                self._taken.add(row.asset_id)
            elif item.content is not None and not self._is_backup(*item.spot):
                whole = item.print is None or item.print.whole
                groups[item.content, None if whole else item.found.stat.mtime_ns].append(number)
        for (content, mtime_ns), numbers in groups.items():
            numbers.sort(key=lambda number: (items[number].root.id, items[number].found.path))
            rows = [row for row in self._loose(content) if mtime_ns in (None, row.mtime_ns)]
            for position, row in pair(
                [items[n].spot for n in numbers], rows, self._is_same_file
            ).items():
                origins[numbers[position]] = row
        return origins

    def _went(self, row: Lain) -> bool:
        """Tell whether an asset was proven to be elsewhere: what is at its path is a copy."""
        return row.asset_id in self._taken

    def _edited(self, item: Item) -> Lain | None:
        """Find the asset whose file was renamed and then written to: its inode tells."""
        row = item.row
        if item.print is None or self._is_backup(*item.spot):
            return None
        if row is not None and (row.inode, row.device) == _inode(item.found):
            return None
        rows = self._of_inode(item.found)
        if len(rows) != 1 or not self._is_same_file(item.spot, rows[0]):
            return None
        if row is not None and row.asset_id not in self._taken and _is_aside(rows[0]):
            return None
        self._taken.add(rows[0].asset_id)
        return rows[0]

    def _without_origin(self, item: Item) -> Decision:
        """Decide on a file that no asset's file can have become."""
        row = item.row
        if row is not None and row.asset_id not in self._taken:
            lost = row.missing_since is not None and time.time() - row.missing_since > _BRIEF
            if row.bare or not lost:
                self._taken.add(row.asset_id)
                return Fate.CHANGED, item, row
        return Fate.ADDED, item, None


def is_alike(row: Lain, found: Found) -> bool:
    """Tell whether a file has the size and time an asset's had."""
    return (row.size, row.mtime_ns) == (found.stat.size, found.stat.mtime_ns)


def _is_aside(row: Lain) -> bool:
    """Tell whether a file may have been written aside only to be renamed over another."""
    return row.bare and time.time() - row.added < RECENT


def is_there(row: Lain) -> bool:
    """Tell whether an asset's file still is at its path as the catalogue knows it."""
    try:
        found = os.stat(row.file)
    except OSError:
        return False
    return not row.displaced and (found.st_size, found.st_mtime_ns) == (row.size, row.mtime_ns)


def _is_replaced(row: Lain) -> bool:
    """Tell whether another file has an asset's path, though nobody has looked through its folder."""
    try:
        found = os.stat(row.file)
    except OSError:
        return False
    same = (str(found.st_ino), str(found.st_dev)) == (row.inode, row.device)
    return not same and (found.st_size, found.st_mtime_ns) != (row.size, row.mtime_ns)


def absolute(root: Root, path: str) -> str:
    """Give the path of a root's file as the system takes it."""
    return os.path.join(root.path, *path.split("/"))


def _order(ranked: tuple[int, bool, str, int, Lain]) -> tuple[int, bool, str, int]:
    return ranked[:4]


def _inode(found: Found) -> Inode:
    return str(found.stat.inode), str(found.stat.device)


def _grouped(spots: Iterable[tuple[int, str]]) -> Mapping[int, list[str]]:
    grouped: dict[int, list[str]] = defaultdict(list)
    for root_id, path in spots:
        grouped[root_id].append(path)
    return grouped
