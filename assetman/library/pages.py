"""A damaged catalogue read page by page, past whatever SQLite itself would stop at.

The format is SQLite's own (https://www.sqlite.org/fileformat2.html). Nothing here is written.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PAGE_SIZE = 8192  # of every catalogue
MAGIC = b"SQLite format 3\x00"  # what each begins with
_INDEX_INTERIOR, _TABLE_INTERIOR, _INDEX_LEAF, _TABLE_LEAF = 2, 5, 10, 13
_TABLE = frozenset({_TABLE_INTERIOR, _TABLE_LEAF})
_INTERIOR = frozenset({_TABLE_INTERIOR, _INDEX_INTERIOR})
_KINDS = frozenset({_INDEX_INTERIOR, _TABLE_INTERIOR, _INDEX_LEAF, _TABLE_LEAF})
_MAPPED = PAGE_SIZE // 5  # pages that one page of the pointer map tells of
_BRANCH = 5  # the pointer map's word for a page of a tree that is not its root
_FREE = 2
_DEEPEST = 24  # levels of a tree
_LOWEST, _HIGHEST = -(1 << 63), (1 << 63) - 1
_MAGIC_OF_LOG = {0x377F0682: "<", 0x377F0683: ">"}

Values = list[Any]


class Torn(Exception):
    """Bytes that are not what they should be."""


Lost = list[tuple[int, int]]  # rowids: after the first, up to the last


@dataclass(slots=True)
class _Page:
    kind: int
    children: list[tuple[int, int]]  # page, and the highest rowid below it
    rows: list[tuple[int, Values]]
    torn: bool  # something of it could not be read


class Image:
    """The pages of a catalogue as its last transaction left them, its log included."""

    def __init__(self, catalogue: Path, log: Path) -> None:
        self._file, self._log = _opened(catalogue), -1  # -1: there is none
        self._logged: dict[int, int] = {}  # page: where it lies in the log
        self._pages = os.fstat(self._file).st_size // PAGE_SIZE if self._file >= 0 else 0
        try:
            self._log = _opened(log)
            self._read_log()
        except BaseException:
            self.close()
            raise
        self._parents = self._pointer_map()

    def close(self) -> None:
        """Let go of the files."""
        for file in (self._file, self._log):
            if file >= 0:
                os.close(file)
        self._file = self._log = -1

    def header(self) -> bytes:
        """Give the first 100 bytes; fewer where they cannot be read."""
        return self._page(1)[:100]

    def rows(self, root: int, lost: Lost) -> Iterator[tuple[int, Values]]:
        """Read all that can be read of the tree with a root page, as rowid and values.

        Where something may be missing goes into `lost`, which is complete when the last row
        was given. The rowids of an index are 0, and what is lost of it is everything.
        """
        seen: set[int] = set()
        ahead = [(root, _LOWEST, _HIGHEST)]
        while ahead:
            number, low, high = ahead.pop()
            page = self._read(number) if number not in seen else _Page(0, [], [], torn=True)
            seen.add(number)
            if page.torn:
                lost.append((low, high))
            yield from page.rows
            for child, highest in page.children:
                highest = max(low, min(high, highest))
                ahead.append((child, low, highest))
                low = highest
        if lost:
            # What hangs below a page that is gone still knows of whom it was a part.
            for number in range(2, self._pages + 1):
                if number not in seen and self._root_of(number) == root:
                    yield from self._read(number).rows

    def _root_of(self, page: int) -> int:
        for _ in range(_DEEPEST):
            kind, parent = self._parents.get(page, (0, 0))
            if kind == 1:
                return page
            if kind != _BRANCH:
                return 0
            page = parent
        return 0

    # -- one page

    def _read(self, number: int) -> _Page:
        """Read what can be read of one page of a tree."""
        data = self._page(number)
        start = 100 if number == 1 else 0
        result = _Page(0, [], [], torn=True)
        if len(data) != PAGE_SIZE or data[start] not in _KINDS:
            return result
        result.kind = data[start]
        interior = result.kind in _INTERIOR
        (count,) = struct.unpack_from(">H", data, start + 3)
        first = start + (12 if interior else 8)
        result.torn = first + 2 * count > PAGE_SIZE
        count = min(count, (PAGE_SIZE - first) // 2)
        for (at,) in struct.iter_unpack(">H", data[first : first + 2 * count]):
            try:
                self._cell(data, at, result)
            except (Torn, IndexError, struct.error, UnicodeDecodeError, OverflowError):
                result.torn = True
        if interior:
            result.children.append((struct.unpack_from(">I", data, start + 8)[0], _HIGHEST))
        return result

    def _cell(self, data: bytes, at: int, page: _Page) -> None:
        rowid = 0
        if page.kind in _INTERIOR:
            child = struct.unpack_from(">I", data, at)[0]
            if not 1 < child <= self._pages:
                raise Torn
            at += 4
            if page.kind == _TABLE_INTERIOR:
                page.children.append((child, _signed(_varint(data, at)[0])))
                return
            page.children.append((child, _HIGHEST))
        length, at = _varint(data, at)
        if page.kind == _TABLE_LEAF:
            rowid, at = _varint(data, at)
        values = _record(self._payload(data, at, length, page.kind in _TABLE))
        page.rows.append((_signed(rowid), values))

    def _payload(self, data: bytes, at: int, length: int, of_table: bool) -> bytes:
        """Join a payload with what of it lies on pages of its own."""
        if length > self._pages * PAGE_SIZE:
            raise Torn
        most = PAGE_SIZE - 35 if of_table else (PAGE_SIZE - 12) * 64 // 255 - 23
        if length <= most:
            if at + length > PAGE_SIZE:
                raise Torn
            return data[at : at + length]
        least = (PAGE_SIZE - 12) * 32 // 255 - 23
        here = least + (length - least) % (PAGE_SIZE - 4)
        if here > most:
            here = least
        parts = [data[at : at + here]]
        (following,) = struct.unpack_from(">I", data, at + here)
        rest = length - here
        while rest > 0:
            more = self._page(following)
            if len(more) != PAGE_SIZE:
                raise Torn
            parts.append(more[4 : 4 + rest])
            rest -= PAGE_SIZE - 4
            (following,) = struct.unpack_from(">I", more)
        return b"".join(parts)

    # -- the file

    def _page(self, number: int) -> bytes:
        """Give a page; less than a page where it cannot be read."""
        try:
            if number in self._logged:
                return _read_at(self._log, PAGE_SIZE, self._logged[number])
            if number < 1 or self._file < 0:
                return b""
            return _read_at(self._file, PAGE_SIZE, (number - 1) * PAGE_SIZE)
        except OSError:
            return b""

    def _read_log(self) -> None:
        """Find the pages in the log, up to its last whole transaction, as SQLite does."""
        try:
            head = _read_at(self._log, 32, 0) if self._log >= 0 else b""
        except OSError:
            return
        if len(head) < 32:
            return
        magic, _, size, _, *salts, first, second = struct.unpack(">8I", head)
        order = _MAGIC_OF_LOG.get(magic)
        sums = _checksum(order, head[:24], (0, 0)) if order else None
        if order is None or size != PAGE_SIZE or sums != (first, second):
            return
        at = 32
        begun: dict[int, int] = {}
        for head, data in self._frames():
            number, pages, *theirs, first, second = struct.unpack(">6I", head)
            sums = _checksum(order, data, _checksum(order, head[:8], sums))
            if theirs != salts or sums != (first, second):
                return
            begun[number] = at + 24
            if pages:
                self._logged |= begun
                self._pages = pages
                begun = {}
            at += 24 + PAGE_SIZE

    def _frames(self) -> Iterator[tuple[bytes, bytes]]:
        at = 32
        while True:
            try:
                frame = _read_at(self._log, 24 + PAGE_SIZE, at)
            except OSError:
                return
            if len(frame) < 24 + PAGE_SIZE:
                return
            yield frame[:24], frame[24:]
            at += len(frame)

    def _pointer_map(self) -> dict[int, tuple[int, int]]:
        """Read what the catalogue notes of each page: of which kind it is, and below which."""
        parents = {}
        for number in range(2, self._pages + 1, _MAPPED + 1):
            data = self._page(number)[: 5 * _MAPPED]
            for place, (kind, parent) in enumerate(struct.iter_unpack(">BI", data)):
                parents[number + 1 + place] = (kind, parent)
        return parents


def _opened(path: Path) -> int:
    if not path.exists():
        return -1
    return os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))


def _read_at(file: int, count: int, offset: int) -> bytes:
    if hasattr(os, "pread"):
        return os.pread(file, count, offset)
    os.lseek(file, offset, os.SEEK_SET)
    return os.read(file, count)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for place in range(8):
        byte = data[at + place]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + place + 1
    return value << 8 | data[at + 8], at + 9


def _signed(value: int) -> int:
    return value - (1 << 64) if value > _HIGHEST else value


def _record(payload: bytes) -> Values:
    """Take a row apart."""
    end, at = _varint(payload, 0)
    body = end
    if not 0 < end <= len(payload):
        raise Torn
    values: Values = []
    while at < end:
        kind, at = _varint(payload, at)
        value, size = _value(payload, body, kind)
        values.append(value)
        body += size
    if at != end or body != len(payload):
        raise Torn
    return values


_SIZES = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0)


def _value(payload: bytes, at: int, kind: int) -> tuple[Any, int]:
    if kind >= 12:
        size = (kind - 12) // 2
        part = payload[at : at + size]
        if len(part) != size:
            raise Torn
        return (part.decode() if kind % 2 else part), size
    if kind > 9:
        raise Torn
    size = _SIZES[kind]
    part = payload[at : at + size]
    if len(part) != size:
        raise Torn
    if kind == 0:
        return None, 0
    if kind == 7:
        return struct.unpack(">d", part)[0], size
    return (kind - 8 if kind >= 8 else int.from_bytes(part, "big", signed=True)), size


def _checksum(order: str, data: bytes, sums: tuple[int, int]) -> tuple[int, int]:
    """Sum up words as SQLite's log does."""
    first, second = sums
    for one, other in struct.iter_unpack(f"{order}2I", data):
        first = (first + one + second) & 0xFFFFFFFF
        second = (second + other + first) & 0xFFFFFFFF
    return first, second
