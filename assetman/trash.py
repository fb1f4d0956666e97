"""The system's trash: files are moved there and back, and never deleted."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import struct
import sys
from collections.abc import Iterator
from configparser import ConfigParser, Error
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Self
from urllib.parse import unquote

from send2trash import send2trash

from assetman.core.assets import display
from assetman.core.errors import EnvironmentProblem

_FIXED_DRIVE = 3  # as Windows names what is built in
# What file systems answer that know no second name of a file, as those of sticks.
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}


@dataclass(frozen=True, slots=True)
class Trace:
    """What a file is known again by in the trash."""

    size: int  # bytes
    mtime_ns: int
    number: int  # that its disk gives it

    @classmethod
    def of(cls, path: str) -> Self:
        """Take the trace of a file. Raises OSError."""
        found = os.lstat(path)
        return cls(found.st_size, found.st_mtime_ns, found.st_ino)


def to_trash(path: str) -> str | None:
    """Move a file to the system's trash; give its place there, None where that is not to be seen.

    Raises EnvironmentProblem where there is no trash for it; then it lies where it lay.
    """
    try:
        before = Trace.of(path)
        _check_recycled(path)
        send2trash(path)
    except Exception as error:  # each system's way has errors of its own
        reason = str(error) or type(error).__name__
        raise EnvironmentProblem(
            f"{display(path)} cannot be moved to the trash: {display(reason)}. It was left alone."
        ) from error
    if os.path.lexists(path):
        raise EnvironmentProblem(f"{display(path)} was not moved to the trash by the system.")
    return in_trash(path, before)


def is_it(path: str, before: Trace) -> bool:
    """Tell whether the file at a path is the one that left a trace."""
    try:
        found = Trace.of(path)
    except OSError:
        return False
    same = (found.size, found.mtime_ns) == (before.size, before.mtime_ns)
    # Where no note says where a file came from, its number does: it is on the same disk.
    return same and (sys.platform != "darwin" or found.number == before.number)


def in_trash(path: str, before: Trace) -> str | None:
    """Give the place in the trash of a file that lay at a path; None where none is to be seen."""
    return next((place for place in _places(path) if is_it(place, before)), None)


def from_trash(place: str, path: str) -> None:
    """Move a file from its place in the trash back to where it was.

    Raises EnvironmentProblem where it is not in the trash any more, or something has its place.
    """
    if not os.path.lexists(place):
        raise EnvironmentProblem(f"{display(path)} is not in the trash any more.")
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if not _move(place, path):
            raise EnvironmentProblem(
                f"There is another {display(path)} now; the one in the trash stays."
            )
    except OSError as error:
        reason = error.strerror or error
        raise EnvironmentProblem(
            f"{display(path)} cannot be brought back from the trash: {reason}."
        ) from error
    for note in _notes_of(Path(place)):
        note.unlink(missing_ok=True)


def _move(place: str, path: str) -> bool:
    """Move a file where nothing is yet; False where something is.

    It is there whole or not at all, and at any moment at one of the two places at least.
    """
    try:
        return _rename(place, path)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
    # The trash is on another disk. A copy that was cut off goes by the same name, and is replaced.
    name = sha256(os.fsencode(path)).hexdigest()[:16]
    aside = os.path.join(os.path.dirname(path), f".assetman-{name}.part")
    try:
        with open(place, "rb") as source, open(aside, "wb") as target:
            shutil.copyfileobj(source, target)
            target.flush()
            os.fsync(target.fileno())  # before the one in the trash goes
        shutil.copystat(place, aside)
        if not _rename(aside, path):
            return False
    finally:
        with suppress(OSError):  # the disk may have gone
            os.unlink(aside)
    os.unlink(place)
    return True


def _rename(place: str, path: str) -> bool:
    """Give a file another name on the same disk unless something has it, without a gap between."""
    if sys.platform == "win32":
        try:
            os.rename(place, path)  # which replaces nothing there
        except FileExistsError:
            return False
        return True
    try:
        os.link(place, path, follow_symlinks=False)
    except FileExistsError:
        if not os.path.samefile(place, path):  # it is where this was cut off before its last line
            return False
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        return _rename_reserved(place, path)
    os.unlink(place)
    return True


def _rename_reserved(place: str, path: str) -> bool:
    """Do the same where a file cannot have two names: an empty file of ours holds the place."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except FileExistsError:
        return False
    try:
        os.replace(place, path)
    except OSError:
        os.unlink(path)
        raise
    return True


def _check_recycled(path: str) -> None:
    """Refuse where Windows deletes for good what it is asked to recycle: shares, sticks."""
    if sys.platform == "win32":
        drive = os.path.splitdrive(os.path.abspath(path))[0]
        if ctypes.windll.kernel32.GetDriveTypeW(drive + "\\") != _FIXED_DRIVE:
            raise EnvironmentProblem(f"the disk {drive} has no trash")


def _places(path: str) -> Iterator[str]:
    """Go through the places in the trash at which the file of a path may lie."""
    if sys.platform == "win32":
        yield from _places_on_windows(path)
    elif sys.platform == "darwin":
        yield from _places_on_macos(path)
    else:
        yield from _places_by_freedesktop(path)


def _places_by_freedesktop(path: str) -> Iterator[str]:
    """Look for notes of where files came from (specifications.freedesktop.org/trash-spec)."""
    for top, folder in _trash_folders(path):
        notes = sorted(_listed(folder / "info"), key=_changed, reverse=True)
        for note in notes:
            if not note.name.endswith(".trashinfo"):
                continue
            parser = ConfigParser(interpolation=None)
            try:
                parser.read(note, encoding="utf-8")
                came_from = unquote(parser["Trash Info"]["Path"], errors="surrogateescape")
            except (OSError, Error, KeyError, UnicodeDecodeError):
                continue
            if os.path.realpath(os.path.join(top, came_from)) == os.path.realpath(path):
                yield str(folder / "files" / note.name.removesuffix(".trashinfo"))


def _trash_folders(path: str) -> Iterator[tuple[Path, Path]]:
    """Give the trash folders a file may be in, each with what its notes are relative to."""
    home = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    yield Path("/"), home / "Trash"
    top = Path(os.path.realpath(os.path.dirname(path)))
    while not os.path.ismount(top) and top != top.parent:
        top = top.parent
    uid = os.getuid() if sys.platform != "win32" else 0
    yield top, top / ".Trash" / str(uid)
    yield top, top / f".Trash-{uid}"


def _places_on_macos(path: str) -> Iterator[str]:
    """Look through the trash of the home and of each disk: a file keeps its number there."""
    folders = [Path.home() / ".Trash"]
    if path.startswith("/Volumes/"):
        uid = os.getuid() if sys.platform != "win32" else 0
        folders.append(Path(*Path(path).parts[:3]) / ".Trashes" / str(uid))
    for folder in folders:
        yield from map(str, _listed(folder))


def _places_on_windows(path: str) -> Iterator[str]:
    """Read the `$I…` files of the recycle bin: version, size, time, length, the path in UTF-16."""
    drive = os.path.splitdrive(path)[0]
    for user in _listed(Path(drive + "\\$Recycle.Bin")):
        for note in _listed(user):
            if not note.name.startswith("$I"):
                continue
            try:
                data = note.read_bytes()
                start = 28 if struct.unpack_from("<Q", data)[0] == 2 else 24
            except (OSError, struct.error):
                continue
            came_from = data[start:].decode("utf-16-le", "replace").partition("\0")[0]
            if os.path.normcase(came_from) == os.path.normcase(path):
                yield str(note.with_name("$R" + note.name[2:]))


def _notes_of(place: Path) -> list[Path]:
    """Name the notes that a trash keeps of a file, which have no meaning without it."""
    if place.name.startswith("$R"):
        return [place.with_name("$I" + place.name[2:])]
    if place.parent.name == "files":
        return [place.parent.parent / "info" / f"{place.name}.trashinfo"]
    return []


def _changed(note: Path) -> float:
    try:
        return note.stat().st_mtime
    except OSError:
        return 0.0


def _listed(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []
