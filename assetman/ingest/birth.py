"""When a file came to be: what tells a renamed file from a new one that got its inode."""

from __future__ import annotations

import ctypes
import os
import sys
from functools import cache
from typing import Any

_HERE = -100  # AT_FDCWD: relative to the working folder
_BIRTH = 0x800  # STATX_BTIME
_SIZE = 256  # bytes of `struct statx`; its mask is the first number, the birth lies at 80


def born(path: str) -> float | None:
    """Give a file's time of birth in seconds since the epoch; None where nobody keeps it.

    See statx(2); Python itself does not tell it on Linux.
    """
    try:
        found = os.stat(path)
        if os.name == "nt":
            return found.st_ctime
        birth: float | None = getattr(found, "st_birthtime", None)
        return _from_statx(path) if birth is None else birth
    except (OSError, ValueError):
        return None


def _from_statx(path: str) -> float | None:
    statx = _statx()
    if statx is None:  # not Linux, or one from before 2018
        return None
    buffer = ctypes.create_string_buffer(_SIZE)
    if statx(_HERE, os.fsencode(path), 0, _BIRTH, buffer) != 0:
        return None
    told = int.from_bytes(buffer.raw[:4], sys.byteorder)
    if not told & _BIRTH:
        return None
    seconds = int.from_bytes(buffer.raw[80:88], sys.byteorder, signed=True)
    return seconds + int.from_bytes(buffer.raw[88:92], sys.byteorder) / 1e9


@cache
def _statx() -> Any:
    return getattr(ctypes.CDLL(None), "statx", None)
