"""What lies under a root: which folder it is, on which disk, and what the system permits."""

from __future__ import annotations

import errno
import math
import os
from pathlib import Path

import psutil

from assetman.core.assets import Root
from assetman.library.disk import network_share
from assetman.library.library import Library

Identity = tuple[object, ...]

# Kinds that may change behind the system's back without being a share of the network.
_SILENT = frozenset({"9p", "virtiofs", "prl_fs", "vmhgfs", "fuse.vmhgfs-fuse", "drvfs"})
_MOUNTS = "/proc/self/mountinfo"
_LIMITS = Path("/proc/sys/fs/inotify")
_LIMITS_OF_USER = Path("/proc/sys/user")


def identity(root: str) -> Identity | None:
    """Tell a folder from another one at the same path; None if there is none.

    Disks that are mounted in it belong to it: one that comes or goes makes it another.
    """
    try:
        found = os.stat(root)
    except OSError:
        return None
    return found.st_dev, found.st_ino, _mounts_below(root)


def _mounts_below(root: str) -> tuple[str, ...]:
    try:
        with open(_MOUNTS, "rb") as file:
            table = file.read()
    except OSError:  # other systems tell of mounts as of folders
        return ()
    inside = b" " + os.fsencode(root.rstrip("/")).replace(b" ", b"\\040") + b"/"
    if inside not in table:
        return ()
    # Number of the mount, of its parent, device, what is mounted, where.
    found = [(line.split(b" ")[0], line.split(b" ")[4]) for line in table.splitlines()]
    below = sorted(each for each in found if each[1].startswith(inside.strip(b" ")))
    return tuple(f"{os.fsdecode(number)} {os.fsdecode(where)}" for number, where in below)


def remember(library: Library, root: Root) -> None:
    """Keep which folder a root is, while there is something in it."""
    mark = _mark(root.path)
    if mark and mark != library.recall(_fact(root)):
        library.remember(_fact(root), mark)


def is_emptied(library: Library, root: Root) -> bool:
    """Tell an empty root that held files from a mount point whose drive is away.

    It is the very folder then; where that is not certain, it is taken for a mount point.
    """
    mark = _mark(root.path)
    return bool(mark) and mark == library.recall(_fact(root))


def _mark(path: str) -> str:
    try:
        found = os.stat(path)
    except OSError:
        return ""
    return f"{found.st_dev}:{found.st_ino}"


def _fact(root: Root) -> str:
    return f"root {root.id} is"


def why_silent(root: str) -> str:
    """Say why the system does not tell of all changes in a folder; empty if it does."""
    try:
        mounts = psutil.disk_partitions(all=True)
    except OSError:
        mounts = []
    if network_share(root, mounts):
        return "This folder lies on a network drive"
    kind, longest = "", -1
    for mount in mounts:
        where = mount.mountpoint.rstrip(os.sep) + os.sep
        if (root + os.sep).startswith(where) and len(where) >= longest:
            kind, longest = mount.fstype.lower(), len(where)
    if kind in _SILENT or kind.startswith("fuse."):
        return f"This folder lies on a drive that does not tell of changes ({kind})"
    return ""


def why_unwatched(error: OSError) -> tuple[str, str]:
    """Say why the system refuses to watch a folder, and what helps against it."""
    if error.errno == errno.ENOSPC:
        limit = _limit("max_user_watches", "max_inotify_watches")
        help_ = "Raise fs.inotify.max_user_watches to have it watched."
        return f"The system watches no more folders{limit}", help_
    if error.errno == errno.EMFILE:
        limit = _limit("max_user_instances", "max_inotify_instances")
        help_ = "Raise fs.inotify.max_user_instances to have it watched."
        return f"The system lets no more programs watch folders{limit}", help_
    reason = error.strerror or str(error) or type(error).__name__
    return f"The system cannot watch this folder ({reason})", ""


def sentence(why: str, interval: float, help_: str = "") -> str:
    """Say why a folder is polled, and how often."""
    return f"{why}, so it is looked through every {spoken(interval)}. {help_}".rstrip()


def spoken(seconds: float) -> str:
    """Say a span of time as a person would: 30 seconds, 5 minutes, 3 hours."""
    for unit, size in (("hour", 3600), ("minute", 60)):
        if seconds >= 2 * size:
            return f"{math.ceil(seconds / size)} {unit}s"
    return f"{math.ceil(seconds)} seconds"


def _limit(name: str, name_of_user: str) -> str:
    limits = []
    for file in (_LIMITS / name, _LIMITS_OF_USER / name_of_user):
        try:
            limits.append(int(file.read_text()))
        except (OSError, ValueError):
            continue
    return f" (its limit is {min(limits)})" if limits else ""
