"""A lent file as FFmpeg reads it: several readers of one file, and no end that moves."""

from __future__ import annotations

import io
import os
import threading
from dataclasses import dataclass
from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class Place:
    """The bytes from `at` on are to be read right behind the first `head` bytes."""

    head: int
    at: int


class Reader(io.RawIOBase):
    """Reads an open file from a place of its own, up to the size it had when it was opened.

    A file may be growing while it is read: what comes later is not there yet for this reading.
    With a `place` what lies between its two parts is not there.
    """

    def __init__(self, file: BinaryIO, place: Place | None = None, end: int | None = None) -> None:
        self.name = "media"  # as FFmpeg knows it
        self._file = file
        self._descriptor = file.fileno()
        self._end = os.fstat(self._descriptor).st_size if end is None else end
        self.place = place if place and place.head <= place.at <= self._end else None
        self._left_out = self.place.at - self.place.head if self.place else 0
        self.consumed = 0  # bytes read
        self.until: int | None = None  # bytes read after which nothing more is given
        self._at = 0

    @property
    def size(self) -> int:
        """Bytes there are to read."""
        return self._end - self._left_out

    def another(self) -> Reader:
        """Give a second reader of the same bytes, at their beginning."""
        return Reader(self._file, self.place, self._end)

    def at(self, place: Place | None) -> Reader:
        """Give a reader of the file with another place, None for the whole."""
        return Reader(self._file, place, self._end)

    def whole(self) -> Reader:
        """Give a reader of the whole file."""
        return Reader(self._file, None, self._end)

    def in_file(self, position: int) -> int:
        """Say where in the file a position of this reader's lies."""
        return position + self._left_out * (self.place is not None and position >= self.place.head)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        if start + offset < 0:
            raise ValueError("a place before the beginning")
        self._at = start + offset
        return self._at

    def read(self, size: int = -1) -> bytes:
        left = max(0, self.size - self._at)
        if self.until is not None and self.consumed >= self.until:
            left = 0
        wanted = left if size < 0 else min(size, left)
        if self.place is not None and self._at < self.place.head:
            wanted = min(wanted, self.place.head - self._at)
        data = self._read_at(self.in_file(self._at), wanted) if wanted else b""
        self._at += len(data)
        self.consumed += len(data)
        return data

    def _read_at(self, position: int, size: int) -> bytes:
        if hasattr(os, "pread"):
            return os.pread(self._descriptor, size, position)
        with _ONE_AT_A_TIME:  # pragma: no cover - Windows
            self._file.seek(position)
            return self._file.read(size)


_ONE_AT_A_TIME = threading.Lock()
