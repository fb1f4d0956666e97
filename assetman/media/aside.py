"""New files that appear whole, and never in the place of one that is there.

Where the system offers it, a file has no name until it is whole: however its writer ends, nothing
of it stays behind. Elsewhere it lies hidden beside its target meanwhile.
"""

from __future__ import annotations

import ctypes
import errno
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from assetman.core.assets import display
from assetman.core.errors import EnvironmentProblem, WrongUse
from assetman.media.files import writing_problem

_MODE = 0o666  # less what the person's umask takes away
_HERE = -100  # AT_FDCWD
_KEEP = 1  # RENAME_NOREPLACE
_KEEP_MAC = 4  # RENAME_EXCL
# What says that a disk cannot do it this way, not that it cannot be done.
_CANNOT = frozenset({
    errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS, errno.EPERM, errno.EISDIR, errno.ENOENT,
    errno.EMLINK, errno.EACCES,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Aside:
    """A file on its way; `path` is how a program that inherits `descriptor` opens it."""

    descriptor: int
    path: str
    name: Path | None  # where it lies meanwhile, if it has a name


@contextmanager
def appearing(target: Path) -> Iterator[Aside]:
    """Give a file to write to, which becomes `target` when all went well.

    Raises WrongUse where the target is there already, also if it came meanwhile, and
    EnvironmentProblem where the disk will not take it.
    """
    try:
        aside = _begun(target.parent)
    except FileNotFoundError as error:
        raise EnvironmentProblem(f"There is no folder {display(str(target.parent))}.") from error
    except OSError as error:
        raise _problem(error, target) from error
    try:
        yield aside
        os.fsync(aside.descriptor)  # a disk may take what it has no room for until it is asked
        _name(aside, target)
    except FileExistsError as error:
        raise WrongUse(taken(target)) from error
    except OSError as error:
        raise _problem(error, target) from error
    finally:
        with suppress(OSError):
            os.close(aside.descriptor)
        if aside.name is not None:
            with suppress(OSError):
                os.unlink(aside.name)


def taken(target: Path) -> str:
    """Say that a file is there already."""
    return f"{display(str(target))} exists already and is left as it is. Choose another name."


def _begun(folder: Path) -> Aside:
    if sys.platform == "linux":
        with suppress(OSError):
            descriptor = os.open(folder, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, _MODE)
            path = f"/proc/self/fd/{descriptor}"
            if os.path.exists(path):
                return Aside(descriptor, path, None)
            os.close(descriptor)
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    name = folder / f".{secrets.token_hex(8)}.part"
    return Aside(os.open(name, flags, _MODE), str(name), name)


def _name(aside: Aside, target: Path) -> None:
    """Give the file its name. Raises FileExistsError and leaves what has that name alone."""
    if aside.name is None:
        _link_unnamed(aside.path, target)
        return
    for way in (_link, _rename_exclusively):
        try:
            way(aside.name, target)
            return
        except FileExistsError:
            raise
        except OSError as error:
            if error.errno not in _CANNOT:
                raise
    _reserve_and_replace(aside.name, target)


def _link_unnamed(path: str, target: Path) -> None:
    root = os.open("/", os.O_RDONLY | os.O_DIRECTORY)
    try:  # only with a folder's descriptor does Python follow the link in /proc
        os.link(path, target, src_dir_fd=root, follow_symlinks=True)
    finally:
        os.close(root)


def _link(name: Path, target: Path) -> None:
    os.link(name, target)


def _rename_exclusively(name: Path, target: Path) -> None:
    """Rename in one step that fails where the target exists."""
    if sys.platform == "win32":
        os.rename(name, target)
        return
    kernel = ctypes.CDLL(None, use_errno=True)
    old, new = os.fsencode(name), os.fsencode(target)
    try:
        if sys.platform == "darwin":
            failed = kernel.renamex_np(old, new, ctypes.c_uint(_KEEP_MAC))
        else:
            failed = kernel.renameat2(_HERE, old, _HERE, new, ctypes.c_uint(_KEEP))
    except AttributeError as error:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS)) from error
    if failed:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(name), None, str(target))


def _reserve_and_replace(name: Path, target: Path) -> None:
    """Take the name with an empty file of ours, then put the whole one in its place."""
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE)
    try:
        ours = os.fstat(descriptor)
    finally:
        os.close(descriptor)
    try:
        there = os.lstat(target)
        if not os.path.samestat(ours, there) or there.st_size:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
        os.replace(name, target)
    except FileExistsError:
        raise
    except OSError:
        with suppress(OSError):
            os.unlink(target)
        raise


def _problem(error: OSError, target: Path) -> EnvironmentProblem:
    if error.errno == errno.ENAMETOOLONG:
        return EnvironmentProblem("The name is too long for that disk.")
    if error.errno == errno.EXDEV:  # its folder is another one than at the start
        return EnvironmentProblem("A drive went away while the file was written.")
    problem = writing_problem(error, target)
    return EnvironmentProblem(f"{display(str(problem))}.")
