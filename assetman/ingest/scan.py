"""Walk a root and tell what is new, changed, the same or gone, by size and time alone."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from assetman.core.progress import CancelToken
from assetman.ingest.ignore import IgnoreRules
from assetman.library.assets import FileStat, Known
from assetman.library.sidecars import Beside, mark
from assetman.media.formats import SIDECAR, SOUNDS, is_sidecar
from assetman.media.registry import ENDINGS, SHARED_ENDINGS, is_media, is_program_text


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
    # What lies beside files where that may be new: for each path what `library.sidecars` keeps.
    sidecars: dict[str, bytes | None] = field(default_factory=dict)
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


@dataclass(slots=True)
class _Beside:
    """What a walk meets beside the files it is there for."""

    unreadable: list[Unreadable] = field(default_factory=list)
    sidecars: list[tuple[str, os.stat_result]] = field(default_factory=list)


FORBIDDEN = "Assetman is not allowed to read it."
_LEADS_OUT = "This sidecar is a link that leads out of the folder that was added."
WHOLE = Scope()


def walk(
    root: str, rules: IgnoreRules, cancel: CancelToken, scope: Scope = WHOLE
) -> Iterator[Found | Unreadable]:
    """Yield every media file and sidecar of `scope` below `root`, folder by folder, at any depth.

    Links to folders are never followed: what they name inside the root is met where it lies,
    what they name outside was not added. Links to files count if they stay inside the root.
    What is gone by the time it is looked at was never there. Raises OSError if the root itself
    cannot be read.
    """
    beside = _Beside()
    for files in _folders(root, (rules, cancel, scope), beside):
        yield from beside.unreadable
        for path, found in (*files, *beside.sidecars):
            yield Found(path, _file_stat(found))
        beside.unreadable.clear()
        beside.sidecars.clear()
    yield from beside.unreadable


def _folders(
    root: str, context: tuple[IgnoreRules, CancelToken, Scope], beside: _Beside
) -> Iterator[list[tuple[str, os.stat_result]]]:
    """Yield the media files of one folder after the other; add to `beside` on the way."""
    rules, cancel, scope = context
    inside = os.path.join(os.path.realpath(root), "")
    # Each call that a file does not need is a tenth of the time a walk takes.
    skips = rules.skips_file if rules.has_patterns else None
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
                beside.unreadable.append(Unreadable(folder, _why(error)))
            continue
        prefix = folder + "/" if folder else ""
        files: list[tuple[str, os.stat_result]] = []
        with entries:
            for number, entry in enumerate(entries):
                if number % 512 == 511:
                    cancel.check()
                    yield files  # a folder may hold a million
                    files = []
                name = entry.name
                path = prefix + name
                try:
                    if entry.is_file(follow_symlinks=False):
                        if name[name.rfind(".") :] not in ENDINGS and not is_media(name):
                            if is_sidecar(name) and not rules.skips_file(name, path):
                                beside.sidecars.append((path, entry.stat(follow_symlinks=False)))
                            continue
                        if name[0] == "." or (skips and skips(name, path)):
                            continue
                        if name.endswith(SHARED_ENDINGS) and is_program_text(entry.path):
                            continue
                        files.append((path, entry.stat(follow_symlinks=False)))
                    elif entry.is_dir(follow_symlinks=False):
                        if is_junction(entry) or rules.skips_folder(name, path, entry.path):
                            continue
                        if scope.enters(path):
                            pending.append(path)
                    elif is_media(name) and not rules.skips_file(name, path):
                        found = _linked(entry, inside)
                        if found is not None:
                            files.append((path, found))
                    elif is_sidecar(name) and not rules.skips_file(name, path):
                        _take_link(entry, path, inside, beside)
                except FileNotFoundError:
                    continue
                except OSError as error:
                    beside.unreadable.append(Unreadable(path, _why(error)))
        yield files


def _take_link(entry: os.DirEntry[str], path: str, inside: str, beside: _Beside) -> None:
    """Take in a sidecar that is a link, if it leads to a file inside the root."""
    found = _linked(entry, inside)
    if found is not None:
        beside.sidecars.append((path, found))
    elif entry.is_symlink():
        beside.unreadable.append(Unreadable(path, _LEADS_OUT))


def is_junction(entry: os.DirEntry[str]) -> bool:
    """Tell whether a folder is a link of Windows' own kind."""
    # DirEntry has the method from Python 3.12 on.
    junction: Callable[[], bool] | None = getattr(entry, "is_junction", None)
    return bool(junction and junction())


def _linked(entry: os.DirEntry[str], inside: str) -> os.stat_result | None:
    """Give the stat of the file that a link names inside the root, None for anything else."""
    if not entry.is_symlink() or not os.path.realpath(entry.path).startswith(inside):
        return None
    try:
        found = entry.stat()
    except FileNotFoundError:  # a link to nothing
        return None
    return found if stat.S_ISREG(found.st_mode) else None


def _file_stat(found: os.stat_result) -> FileStat:
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
    # Every file of a library comes by here each time: nothing is made of one that is unchanged.
    differences = Differences()
    unsettled, beside = differences.unsettled, _Beside()
    unreadable = differences.unreadable = beside.unreadable
    left = dict(known)
    renumbered: list[tuple[Found, Known]] = []
    met = 0
    for files in _folders(root, (rules, cancel, scope), beside):
        for path, found in files:
            row = left.pop(path, None)
            if (
                row is None
                or row.mtime_ns != found.st_mtime_ns
                or row.size != found.st_size
                or row.missing
            ):
                unsettled.append(Found(path, _file_stat(found)))
            elif row.inode != str(found.st_ino):
                renumbered.append((Found(path, _file_stat(found)), row))
        met += len(files)
        seen(met)
    unsettled += _swapped(renumbered)
    differences.unchanged = met - len(unsettled)
    there = (row for path, row in known.items() if path not in left)
    differences.sidecars = _moved_beside(there, unsettled, beside.sidecars)
    left.update(scope.gone())
    hidden = tuple(item.path + "/" for item in unreadable)
    blind = {item.path for item in unreadable}
    differences.vanished = [
        row
        for path, row in left.items()
        if not row.missing and path not in blind and not (hidden and path.startswith(hidden))
    ]
    return differences


def _moved_beside(
    there: Iterable[Known],
    unsettled: Sequence[Found],
    sidecars: Sequence[tuple[str, os.stat_result]],
) -> dict[str, bytes | None]:
    """Give what lies beside the files that were met, where that may be other than is known.

    `IMG_1.xmp` speaks of every picture and film IMG_1, `IMG_1.CR3.xmp` of that one only, and
    outranks the other.
    """
    named: dict[str, list[Beside]] = {}
    for path, found in sorted(sidecars, key=lambda each: each[0]):
        name = path.rpartition("/")[2]
        about = Beside(name, found.st_size, found.st_mtime_ns)
        named.setdefault(path[: -len(SIDECAR)].lower(), []).append(about)

    def marked(path: str) -> bytes | None:
        whole = path.lower()
        ending = whole[whole.rindex(".") :]
        of_all = () if ending in SOUNDS else named.get(whole.removesuffix(ending), ())
        return mark((*of_all, *named.get(whole, ())))

    changed = {
        row.path: now
        for row in there
        if (named or row.sidecars) and (now := marked(row.path)) != row.sidecars
    }
    return changed | {found.path: marked(found.path) for found in unsettled}


def _swapped(renumbered: Sequence[tuple[Found, Known]]) -> Iterator[Found]:
    """Yield the files that lie where another of the same size and time lay.

    Another inode alone says nothing: some disks give new ones each time they are plugged in.
    """
    owners = {(row.inode, row.size, row.mtime_ns): row.path for _, row in renumbered}
    for found, row in renumbered:
        owner = owners.get((str(found.stat.inode), row.size, row.mtime_ns), row.path)
        if owner != row.path:
            yield found


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
