"""Opening and writing files, with errors in words a person understands."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from assetman.core.errors import BadInput, EnvironmentProblem

_lent: dict[str, int] = {}  # open files that stand for paths this process may not open

# A named pipe must not hold the opener up until somebody writes to it.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)

_DISK_TROUBLE = {
    errno.ENOSPC: "The disk is full",
    errno.EDQUOT: "The disk quota is used up",
    errno.EROFS: "The disk cannot be written to",
    errno.EACCES: "There is no permission to write there",
    errno.EPERM: "There is no permission to write there",
}


@contextmanager
def lent(descriptors: Mapping[str, int]) -> Iterator[None]:
    """Use open files in the place of paths, and close them at the end."""
    _lent.update(descriptors)
    try:
        yield
    finally:
        _lent.clear()
        for descriptor in descriptors.values():
            with suppress(OSError):
                os.close(descriptor)


@contextmanager
def opened(path: str) -> Iterator[BinaryIO]:
    """Open an ordinary file for reading; raises BadInput if it cannot be, or while it is read."""
    descriptor = os.dup(_lent[path]) if path in _lent else open_ordinary(path)
    with os.fdopen(descriptor, "rb") as file:
        try:
            file.seek(0)
            yield file
        except OSError as error:
            if error.errno is None:  # a library's own, not the system's
                raise
            raise reading_problem(error) from error


def open_ordinary(path: str) -> int:
    """Open an ordinary file for reading; gives its descriptor. Raises BadInput."""
    descriptor = -1
    try:
        mode = os.stat(path).st_mode  # opening a device may already do something
        if stat.S_ISREG(mode):
            descriptor = os.open(path, _FLAGS)
            mode = os.fstat(descriptor).st_mode
    except (OSError, ValueError) as error:
        raise reading_problem(error) from error
    if stat.S_ISREG(mode):
        return descriptor
    if descriptor >= 0:
        os.close(descriptor)
    folder = stat.S_ISDIR(mode)
    raise BadInput("This is a folder, not a file" if folder else "This is not an ordinary file")


def reading_problem(error: OSError | ValueError) -> BadInput:
    """Say in plain words why a file cannot be read."""
    match error:
        case FileNotFoundError() | NotADirectoryError():
            return BadInput("The file is no longer there")
        case PermissionError():
            return BadInput("The file may not be read: permission denied")
        case IsADirectoryError():
            return BadInput("This is a folder, not a file")
        case OSError(strerror=str(reason)):
            return BadInput(f"The file cannot be read: {reason}")
    return BadInput(f"The file cannot be read: {error}")


def writing_problem(error: OSError, target: Path) -> EnvironmentProblem:
    """Say in plain words why a file of ours cannot be written."""
    reason = _DISK_TROUBLE.get(error.errno or 0, error.strerror or str(error))
    return EnvironmentProblem(f"{reason}: {target.parent}")


def write_whole(target: Path, save: Callable[[BinaryIO], object]) -> None:
    """Write a file with `save`, whole or not at all, in a folder that anybody may delete.

    What is derived may go at any moment, also in this one: then it is written once more.
    Raises EnvironmentProblem when the disk will not take it.
    """
    if str(target) in _lent:
        _write_lent(target, save)
    else:
        write_together((target,), lambda files: save(files[0]))


def write_together(targets: Sequence[Path], save: Callable[[list[BinaryIO]], object]) -> None:
    """Write files as `write_whole` does, with one `save` for all of them."""
    for last in (False, False, True):
        try:
            with ExitStack() as stack:
                save([stack.enter_context(replacing(target)) for target in targets])
            return
        except EnvironmentProblem as problem:
            if last or not isinstance(problem.__cause__, FileNotFoundError):
                raise


def _write_lent(target: Path, save: Callable[[BinaryIO], object]) -> None:
    """Write what whoever lent the file makes appear, whole or not at all."""
    try:
        with os.fdopen(os.dup(_lent[str(target)]), "w+b") as file:
            file.seek(0)
            file.truncate()
            save(file)
    except OSError as error:
        raise writing_problem(error, target) from error


@contextmanager
def replacing(target: Path) -> Iterator[BinaryIO]:
    """Write a file aside and rename it when it is whole, so that no reader sees half of it.

    Makes the folder it belongs in; a file to which nothing is written does not appear. Raises
    EnvironmentProblem when the disk will not take it.
    """
    temporary = ""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=".", suffix=".part", dir=target.parent)
        with os.fdopen(descriptor, "w+b") as file:
            yield file
        if os.stat(temporary).st_size:
            os.replace(temporary, target)
        else:
            os.unlink(temporary)
    except BaseException as error:
        if temporary:
            with suppress(OSError):
                os.unlink(temporary)
        if isinstance(error, OSError):
            raise writing_problem(error, target) from error
        raise
