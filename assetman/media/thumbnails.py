"""Where thumbnails, sheets and previews lie on disk. All of it is derived and may be deleted."""

from __future__ import annotations

import math
import os
import struct
import time
from collections.abc import Container, Iterator
from contextlib import suppress
from pathlib import Path

_HALF_WRITTEN = 3600.0  # seconds after which nobody writes it any more
_RIFF = 12  # bytes of a thumbnail that tell what it is and how long
_HEAD, _TAIL = 4096, 8  # bytes of a preview that tell its size, and that it is whole


class ThumbnailCache:
    """Thumbnails by the key of their content, in folders small enough to list.

    `thumbnails/ab/cd/<key>.webp`, for a video also its sheets of frames `<key>.<number>.webp`
    (`core.sheets`), for a sound the parts of its outline `<key>.<number>.npy` (`core.sounds`),
    and beside them `previews/ab/cd/<key>-<side>`, which have no ending because
    they are JPEG or PNG as the picture needs; whoever loads one looks at it. Files appear whole
    or not at all (`files.replacing`).
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._base = os.path.join(folder, "")
        self._previews = folder / "previews"
        self._swept = False

    def path_of(self, key: str) -> Path:
        """Say where the thumbnail of a content lies, made or not."""
        return _sharded(self.folder, key) / f"{key}.webp"

    def sheet_path(self, key: str, number: int) -> Path:
        """Say where a sheet of frames of a video lies, made or not; they count from 0."""
        return _sharded(self.folder, key) / f"{key}.{number}.webp"

    def outline_path(self, key: str, number: int) -> Path:
        """Say where a part of the outline of a sound lies, made or not; they count from 0."""
        return _sharded(self.folder, key) / f"{key}.{number}.npy"

    def has(self, key: str) -> bool:
        """Tell whether a thumbnail has been made; an empty file, left by a power cut, is none.

        This looks at its size alone, for those who ask about all of them; see `whole`.
        """
        spread = key[1:] if key.startswith("s") else key
        try:  # as text: a Path takes longer to make than the file to look at
            path = f"{self._base}{spread[:2]}/{spread[2:4]}/{key}.webp"
            return os.stat(path).st_size > 0
        except OSError:
            return False

    def whole(self, key: str, sheets: int = 0) -> bool:
        """Tell whether a thumbnail is there and as long as it says, and so many sheets with it.

        What is not is deleted, then missed by the next run, and made again.
        """
        sheet_paths = (self.sheet_path(key, number) for number in range(sheets))
        return _is_whole(self.path_of(key)) and all(map(_is_whole, sheet_paths))

    def whole_sheet(self, key: str, number: int) -> bool:
        """Tell the same of one sheet."""
        return _is_whole(self.sheet_path(key, number))

    def whole_outline(self, key: str, number: int) -> bool:
        """Tell the same of one part of an outline."""
        return _is_whole_outline(self.outline_path(key, number))

    def preview_path(self, key: str, side: int | None) -> Path:
        """Say where a preview of at most `side` pixels (None: full size) lies, made or not."""
        return _sharded(self._previews, key) / f"{key}-{side or 'full'}"

    def preview_size(self, path: Path) -> tuple[int, int] | None:
        """Read width and height of a preview; None if there is none or it is not whole.

        Counts as a use: `prune_previews` deletes first what was used longest ago.
        """
        try:
            with path.open("rb") as file:
                start = file.read(_HEAD)
                file.seek(-min(_TAIL, file.seek(0, os.SEEK_END)), os.SEEK_END)
                size = _size_in(start, file.read(_TAIL))
            if size is not None:
                os.utime(path)
        except OSError:
            return None
        return size

    def remove(self, key: str) -> None:
        """Delete the thumbnail, every sheet, every outline and every preview of a content."""
        self.path_of(key).unlink(missing_ok=True)
        places = (
            (self.folder, f"{key}.*.webp"),
            (self.folder, f"{key}.*.npy"),
            (self._previews, f"{key}-*"),
        )
        for base, pattern in places:
            folder = _sharded(base, key)
            for path in folder.glob(pattern) if folder.is_dir() else ():
                with suppress(OSError):
                    path.unlink()

    def sweep(self, known: Container[str] | None = None) -> int:
        """Delete what killed processes left half-written; gives how many files went.

        With `known`, the keys of all contents of the catalogue (offline and missing ones too),
        what was made of other contents goes as well. Nothing younger than an hour is touched.
        """
        swept = 0
        before = time.time() - _HALF_WRITTEN
        for parent, _, names in os.walk(self.folder):
            for name in names:
                key = name.partition(".")[0].partition("-")[0]
                if not name.endswith(".part") and (known is None or key in known):
                    continue
                with suppress(OSError):  # another may be showing it, or have deleted it
                    if os.stat(os.path.join(parent, name)).st_mtime < before:
                        os.unlink(os.path.join(parent, name))
                        swept += 1
        return swept

    def prune_previews(self, max_bytes: int) -> int:
        """Delete the previews used longest ago until `max_bytes` are left; gives bytes freed.

        The first time also `sweep`s: who was killed before this process came left something.
        """
        if not self._swept:
            self._swept = True
            self.sweep()
        found = sorted(_files(self._previews), key=lambda file: file[0])
        excess = sum(size for _, size, _ in found) - max_bytes
        freed = 0
        for _, size, path in found:
            if freed >= excess:
                break
            with suppress(OSError):  # another may be showing it, or have deleted it
                os.unlink(path)
                freed += size
        return freed


def _is_whole(path: Path) -> bool:
    """Tell whether a WebP file is there and as long as it says; deletes one that is not."""
    try:
        file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        try:
            start, size = os.read(file, _RIFF), os.fstat(file).st_size
        finally:
            os.close(file)
    except OSError:
        return False
    if start[:4] == b"RIFF" and start[8:] == b"WEBP":
        says = struct.unpack_from("<I", start, 4)[0] + 8
        if says == size:
            return True
    with suppress(OSError):
        path.unlink()
    return False


def _is_whole_outline(path: Path) -> bool:
    """Tell whether an .npy file is there and as long as it says; deletes one that is not."""
    from numpy.lib import format as npy

    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            try:
                npy.read_magic(file)
                shape, _, dtype = npy.read_array_header_1_0(file)
                if file.tell() + math.prod(shape) * dtype.itemsize == size:
                    return True
            except (ValueError, SyntaxError, TypeError):  # its beginning is damaged
                pass
    except OSError:
        return False
    with suppress(OSError):
        path.unlink()
    return False


def _size_in(start: bytes, end: bytes) -> tuple[int, int] | None:
    """Read the size out of a PNG or a JPEG of our own making, which has no EXIF to skip."""
    if start.startswith(b"\x89PNG"):
        if not end.endswith(b"IEND\xaeB`\x82"):
            return None
        width, height = struct.unpack_from(">II", start, 16)
        return width, height
    if not start.startswith(b"\xff\xd8") or not end.endswith(b"\xff\xd9"):
        return None
    at = 2
    while at + 9 <= len(start):
        marker, length = struct.unpack_from(">HH", start, at)
        if 0xFFC0 <= marker <= 0xFFC2:  # the start of a frame
            height, width = struct.unpack_from(">HH", start, at + 5)
            return width, height
        at += 2 + length
    return None


def _sharded(folder: Path, key: str) -> Path:
    # The "s" of a sampled fingerprint would put all large files into one corner.
    spread = key[1:] if key.startswith("s") else key
    return folder / spread[:2] / spread[2:4]


def _files(folder: Path) -> Iterator[tuple[float, int, str]]:
    for parent, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(parent, name)
            with suppress(OSError):
                facts = os.stat(path)
                yield facts.st_mtime, facts.st_size, path
