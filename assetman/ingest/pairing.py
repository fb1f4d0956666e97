"""Which file is which asset, where several files and several assets have the same bytes."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import partial
from itertools import chain
from pathlib import PurePosixPath

from assetman.ingest.scan import Found
from assetman.library.whereabouts import Lain

Spot = tuple[int, Found]  # the root's id, and the file in it
_DEEPEST = 16  # folders that are compared, from the file upwards
_BACKUP = re.compile(r"(~|[ ._-](bak|backup|old|orig|original))\d*$", re.IGNORECASE)


def pair(
    spots: Sequence[Spot], rows: Iterable[Lain], same_file: Callable[[Spot, Lain], bool]
) -> dict[int, Lain]:
    """Pair files with the assets they were, by position in `spots`; earlier rows are taken first.

    In rounds, the surest first: the same path; the same file of the same disk, as `same_file`
    says; the longest common end of the paths, letters of either case or composition being equal;
    the same folder; any. Rows of offline roots pass by the same file alone: nobody knows that
    theirs are gone. Takes time in proportion to the files and rows.
    """
    paired: dict[int, Lain] = {}
    files = dict(enumerate(spots))
    left = list(rows)

    def match(
        of_spot: Callable[[Spot], Hashable],
        of_row: Callable[[Lain], Hashable],
        accept: Callable[[Spot, Lain], bool] = lambda spot, row: True,
    ) -> None:
        by_key: dict[Hashable, deque[Lain]] = defaultdict(deque)
        for row in left:
            if (key := of_row(row)) is not None:
                by_key[key].append(row)
        for number, spot in list(files.items()):
            waiting = by_key.get(of_spot(spot))
            if waiting and accept(spot, waiting[0]):
                paired[number] = waiting.popleft()
                del files[number]
        taken = {row.asset_id for row in paired.values()}
        left[:] = [row for row in left if row.asset_id not in taken]

    match(
        lambda spot: (spot[0], spot[1].path),
        lambda row: None if row.displaced else (row.root_id, row.path),
    )
    match(
        lambda spot: (str(spot[1].stat.inode), str(spot[1].stat.device)),
        lambda row: (row.inode, row.device),
        same_file,
    )
    left[:] = [row for row in left if row.online or row.missing_since is not None]
    ends = {path: _ends(path) for path in _paths(files.values(), left)}
    for length in range(max(map(len, ends.values()), default=0), 0, -1):
        if not files or not left:
            break
        end = partial(_end, ends, length)
        match(lambda spot, end=end: end(spot[1].path), lambda row, end=end: end(row.path))  # type: ignore[misc]
    match(
        lambda spot: (spot[0], _folder(spot[1].path)), lambda row: (row.root_id, _folder(row.path))
    )
    match(lambda spot: True, lambda row: True)
    return paired


def same_name(one: str, other: str) -> bool:
    """Tell whether two paths end in the same name, in either case or composition of letters."""
    return _ends(one)[0] == _ends(other)[0]


def original_of(path: str) -> str | None:
    """Name the file a path is a program's backup of, `a.jpg` for `a~.jpg`; None for others."""
    pure = PurePosixPath(path)
    stem, found = _BACKUP.subn("", pure.stem)
    return str(pure.with_name(stem + pure.suffix)) if found and stem else None


def _paths(spots: Iterable[Spot], rows: Iterable[Lain]) -> set[str]:
    return set(chain((found.path for _, found in spots), (row.path for row in rows)))


def _ends(path: str) -> list[str]:
    """Give the last part of a path, the last two, …"""
    parts = unicodedata.normalize("NFC", path).casefold().split("/")[-_DEEPEST:]
    return ["/".join(parts[-length:]) for length in range(1, len(parts) + 1)]


def _end(ends: dict[str, list[str]], length: int, path: str) -> str | None:
    found = ends[path]
    return found[length - 1] if len(found) >= length else None


def _folder(path: str) -> str:
    return path.rpartition("/")[0]
