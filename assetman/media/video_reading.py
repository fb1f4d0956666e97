"""A lent file as FFmpeg reads it: several readers of one file, and no end that moves."""

from __future__ import annotations

import io
import os
import threading
from typing import BinaryIO


class Reader(io.RawIOBase):
    """Reads an open file from a place of its own, up to the size it had when it was opened.

    A file may be growing while it is read: what comes later is not there yet for this reading.
    """

    def __init__(self, file: BinaryIO, size: int | None = None) -> None:
        self._file = file
        self._descriptor = file.fileno()
        self.size = os.fstat(self._descriptor).st_size if size is None else size
        self.consumed = 0  # bytes read
        self.until: int | None = None  # bytes read after which nothing more is given
        self._at = 0

    def another(self) -> Reader:
        """Give a second reader of the same bytes, at their beginning."""
        return Reader(self._file, self.size)

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
        data = self._read_at(wanted) if wanted else b""
        self._at += len(data)
        self.consumed += len(data)
        return data

    def _read_at(self, size: int) -> bytes:
        if hasattr(os, "pread"):
            return os.pread(self._descriptor, size, self._at)
        with _ONE_AT_A_TIME:  # pragma: no cover - Windows
            self._file.seek(self._at)
            return self._file.read(size)


_ONE_AT_A_TIME = threading.Lock()
