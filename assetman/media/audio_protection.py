"""Whether a sound is locked, as those bought in a shop may be: what FFmpeg would make noise of."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import BinaryIO

_LOCKED = frozenset((b"drms", b"enca", b"aavd", b"p608"))  # ISO 23001-7; shops of their own
_TABLE = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd")
_PLAIN = (b"mp4a", b"alac", b"ac-3", b"ec-3", b"Opus", b"fLaC", b"samr", b".mp3")
_MOST = 2000  # atoms or objects that are looked at

_ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
_ASF_LOCKS = (
    bytes.fromhex("fbb31122230dd211b4b700a0c955fc6e"),  # content encryption
    bytes.fromhex("14e68a292226174cb935dae07ee9289c"),  # the same, extended
    bytes.fromhex("b69b077aa4da124ea5ca91d38dc11a8d"),  # advanced
)
_AUDIBLE = b"\x57\x90\x75\x36"  # four bytes into the older files of Audible


def is_locked(file: BinaryIO) -> bool:
    """Tell whether all sound of a file is kept from being copied; its position stays."""
    here = file.tell()
    try:
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
        start = file.read(30)
        if start[4:8] == _AUDIBLE:
            return True
        if start[:16] == _ASF:
            head = min(size, int.from_bytes(start[16:24], "little"))
            return any(guid in _ASF_LOCKS for guid in _objects(file, head))
        if start[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
            found = set(_entries(file, 0, size, 0, [_MOST]))
            return bool(found & _LOCKED) and not found.intersection(_PLAIN)
        return False
    finally:
        file.seek(here)


def _objects(file: BinaryIO, end: int) -> Iterator[bytes]:
    """Name the objects in the header of Windows Media, which ends somewhere (ASF, 3.1)."""
    at = 30
    for _ in range(_MOST):
        if at >= end:
            return
        file.seek(at)
        head = file.read(24)
        length = int.from_bytes(head[16:], "little")
        if len(head) < 24 or length < 24:
            return
        yield head[:16]
        at += length


def _entries(file: BinaryIO, at: int, end: int, depth: int, left: list[int]) -> Iterator[bytes]:
    """Name how each track of MP4 is coded (ISO 14496-12, 8.5.2)."""
    while at + 8 <= end and left[0]:
        left[0] -= 1
        file.seek(at)
        head = file.read(16)
        length, inside = int.from_bytes(head[:4], "big"), at + 8
        if length == 1:
            length, inside = int.from_bytes(head[8:], "big"), at + 16
        if len(head) < 8:
            return
        stop = min(end, at + length) if length else end
        if stop <= at or (length and length < inside - at):
            return
        if depth == len(_TABLE):
            yield head[4:8]
        elif head[4:8] == _TABLE[depth]:
            table = depth == len(_TABLE) - 1
            yield from _entries(file, inside + 8 * table, stop, depth + 1, left)
        at = stop
