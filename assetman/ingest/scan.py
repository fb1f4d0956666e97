"""Walk a root and tell what is new, changed, the same or gone, by size and time alone."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import chain

from assetman.core.progress import CancelToken
from assetman.ingest.ignore import IgnoreRules
from assetman.library.assets import FileStat, Known
from assetman.media.registry import kind_of


class Reach(Enum):
    """How a root looks from outside."""

    THERE = auto()
    EMPTY = auto()  # as a mount point does whose drive is away
    FORBIDDEN = auto()
    AWAY = auto()


@dataclass(frozen=True, slots=True)
class Found:
    """A file a handler exists for; `path` is relative to its root, with "/"."""

    path: str
    stat: FileStat


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A folder or file that could not be looked at."""

    path: str
    message: str


@dataclass(slots=True)
class Differences:
    """What a walk found against what the catalogue knows of the root."""

    unsettled: list[Found] = field(default_factory=list)  # new, changed, or come back
    vanished: list[Known] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    unchanged: int = 0


class Scope:
    """What a walk looks through: the whole root here, less in `places.Part`."""

    @property
    def starts(self) -> Sequence[str]:
        """Name the folders that are looked through, relative to the root."""
        return ("",)

    def enters(self, path: str) -> bool:
        """Say whether a folder that was met is looked through as well."""
        return True

    def gone(self) -> Mapping[str, Known]:
        """Give rows to be held against the walk that only its end brings up."""
        return {}


FORBIDDEN = "Assetman is not allowed to read it."
WHOLE = Scope()


def walk(
    root: str, rules: IgnoreRules, cancel: CancelToken, scope: Scope = WHOLE
) -> Iterator[Found | Unreadable]:
    """Yield every media file of `scope` below `root`, folder by folder, at any depth.

    Links to folders are never followed: what they name inside the root is met where it lies,
    what they name outside was not added. Links to files count if they stay inside the root.
    What is gone by the time it is looked at was never there. Raises OSError if the root itself
    cannot be read.
    """
    inside = os.path.join(os.path.realpath(root), "")
    pending = list(scope.starts)
    while pending:
        cancel.check()
        folder = pending.pop()
        absolute = os.path.join(root, folder) if folder else root
        try:
            entries = os.scandir(absolute)
        except OSError as error:
            if not folder:
                raise
            if not isinstance(error, FileNotFoundError | NotADirectoryError):
                yield Unreadable(folder, _why(error))
            continue
        with entries:
            yield from _entries(entries, folder, (rules, inside, cancel, scope), pending)


def _entries(
    entries: Iterator[os.DirEntry[str]],
    folder: str,
    context: tuple[IgnoreRules, str, CancelToken, Scope],
    pending: list[str],
) -> Iterator[Found | Unreadable]:
    rules, inside, cancel, scope = context
    prefix = folder + "/" if folder else ""
    for number, entry in enumerate(entries):
        if number % 512 == 0:
            cancel.check()
        path = prefix + entry.name
        try:
            if entry.is_dir(follow_symlinks=False):
                if is_junction(entry) or rules.skips_folder(entry.name, path, entry.path):
                    continue
                if scope.enters(path):
                    pending.append(path)
            elif kind_of(entry.name) is not None and not rules.skips_file(entry.name, path):
                found = _file_stat(entry, inside)
                if found is not None:
                    yield Found(path, found)
        except FileNotFoundError:
            continue
        except OSError as error:
            yield Unreadable(path, _why(error))


def is_junction(entry: os.DirEntry[str]) -> bool:
    """Tell whether a folder is a link of Windows' own kind."""
    # DirEntry has the method from Python 3.12 on.
    junction: Callable[[], bool] | None = getattr(entry, "is_junction", None)
    return bool(junction and junction())


def _file_stat(entry: os.DirEntry[str], inside: str) -> FileStat | None:
    """Give the stat of a regular file, None for everything else that may lie in a folder."""
    if entry.is_symlink():
        if not os.path.realpath(entry.path).startswith(inside):
            return None
        try:
            found = entry.stat()
        except FileNotFoundError:  # a link to nothing
            return None
    else:
        found = entry.stat(follow_symlinks=False)
    if not stat.S_ISREG(found.st_mode):
        return None
    return FileStat(found.st_size, found.st_mtime_ns, found.st_ino, found.st_dev)


def _why(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return FORBIDDEN
    return f"It cannot be read: {error.strerror or error}."


def compare(
    root: str,
    known: Mapping[str, Known],
    rules: IgnoreRules,
    cancel: CancelToken,
    seen: Callable[[int], None] = lambda count: None,
    scope: Scope = WHOLE,
) -> Differences:
    """Walk `root` and hold it against the catalogue's rows, by path, size and mtime.

    What lies in a folder that could not be read is neither unchanged nor vanished: nothing is
    known of it. `seen` hears how many files were met so far.
    """
    differences = Differences()
    met: set[str] = set()
    for item in walk(root, rules, cancel, scope):
        if isinstance(item, Unreadable):
            differences.unreadable.append(item)
            continue
        met.add(item.path)
        if _is_known(known.get(item.path), item.stat):
            differences.unchanged += 1
        else:
            differences.unsettled.append(item)
        if len(met) % 256 == 0:
            seen(len(met))
    seen(len(met))
    hidden = tuple(item.path + "/" for item in differences.unreadable)
    blind = {item.path for item in differences.unreadable}
    differences.vanished = [
        row
        for path, row in chain(known.items(), scope.gone().items())
        if path not in met
        and not row.missing
        and path not in blind
        and not (hidden and path.startswith(hidden))
    ]
    return differences


def _is_known(row: Known | None, found: FileStat) -> bool:
    if row is None or row.missing:
        return False
    return (row.size, row.mtime_ns) == (found.size, found.mtime_ns)


def reach(root: str) -> Reach:
    """Say whether a root is there; an empty one that once held assets is the caller's to judge."""
    try:
        with os.scandir(root) as entries:
            return Reach.EMPTY if next(entries, None) is None else Reach.THERE
    except PermissionError:
        return Reach.FORBIDDEN
    except OSError:
        return Reach.AWAY


def has_left(root: str, path: str) -> bool:
    """Tell whether a file that could not be read is gone because its whole root is.

    `path` is the file's own. A drive that is pulled out says nothing about its files.
    """
    return not os.path.lexists(path) and reach(root) is not Reach.THERE
