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
from pathlib import Path
from urllib.parse import unquote

from send2trash import send2trash

from assetman.core.assets import display
from assetman.core.errors import EnvironmentProblem

_FIXED_DRIVE = 3  # as Windows names what is built in


def to_trash(path: str) -> str | None:
    """Move a file to the system's trash; give its place there, None where that is not to be seen.

    Raises EnvironmentProblem where there is no trash for it; then it lies where it lay.
    """
    try:
        before = os.lstat(path)
        _check_recycled(path)
        send2trash(path)
    except Exception as error:  # each system's way has errors of its own
        reason = str(error) or type(error).__name__
        raise EnvironmentProblem(
            f"{display(path)} cannot be moved to the trash: {display(reason)}. It was left alone."
        ) from error
    if os.path.lexists(path):
        raise EnvironmentProblem(f"{display(path)} was not moved to the trash by the system.")
    return next((place for place in _places(path) if _is_it(place, before)), None)


def from_trash(place: str, path: str) -> None:
    """Move a file from its place in the trash back to where it was.

    Raises EnvironmentProblem where it is not in the trash any more, or something has its place.
    """
    if not os.path.lexists(place):
        raise EnvironmentProblem(f"{display(path)} is not in the trash any more.")
    if os.path.lexists(path):
        raise EnvironmentProblem(
            f"There is another {display(path)} now; the one in the trash stays."
        )
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        _move(place, path)
    except OSError as error:
        reason = error.strerror or error
        raise EnvironmentProblem(
            f"{display(path)} cannot be brought back from the trash: {reason}."
        ) from error
    for note in _notes_of(Path(place)):
        note.unlink(missing_ok=True)


def _move(place: str, path: str) -> None:
    """Move a file to a place that is free; it is there whole, or not at all."""
    try:
        os.rename(place, path)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        aside = f"{path}.part"  # the trash is on another disk
        shutil.copy2(place, aside)
        os.rename(aside, path)
        os.unlink(place)


def _check_recycled(path: str) -> None:
    """Refuse where Windows deletes for good what it is asked to recycle: shares, sticks."""
    if sys.platform == "win32":
        drive = os.path.splitdrive(os.path.abspath(path))[0]
        if ctypes.windll.kernel32.GetDriveTypeW(drive + "\\") != _FIXED_DRIVE:
            raise EnvironmentProblem(f"the disk {drive} has no trash")


def _is_it(place: str, before: os.stat_result) -> bool:
    try:
        found = os.lstat(place)
    except OSError:
        return False
    same = (found.st_size, found.st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    # Where no note says where a file came from, its number does: it is on the same disk.
    return same and (sys.platform != "darwin" or found.st_ino == before.st_ino)


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
