"""Fingerprints: the same bytes, recognised again under any name."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

import xxhash

from assetman.media.files import opened

WHOLE_UP_TO = 16 << 20  # bytes
_CHUNK = 1 << 20
_EDGE = 1 << 20  # read at either end of a larger file
_SAMPLES = 64  # and in between
_SAMPLE = 64 << 10


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The xxh3-128 of a file in hex, and whether it covers every byte.

    A fingerprint of samples begins with "s": it is never equal to one of a whole file.
    """

    digest: str
    size: int  # bytes
    whole: bool


def fingerprint(path: str) -> Fingerprint:
    """Take a file's fingerprint; a large file is sampled. Raises BadInput."""
    digest = xxhash.xxh3_128()
    with opened(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > WHOLE_UP_TO:
            digest.update(size.to_bytes(8, "little"))
            digest.update(file.read(_EDGE))
            inner = size - 2 * _EDGE - _SAMPLE
            for number in range(_SAMPLES):
                file.seek(_EDGE + inner * number // (_SAMPLES - 1))
                digest.update(file.read(_SAMPLE))
            file.seek(size - _EDGE)
            digest.update(file.read(_EDGE))
            return Fingerprint("s" + digest.hexdigest(), size, whole=False)
        read = 0
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            read += len(chunk)
        return Fingerprint(digest.hexdigest(), read, whole=True)


def same_bytes(a: str, b: str, check: Callable[[], None] | None = None) -> bool:
    """Compare two files to the last byte; `check` is called often and may raise to stop."""
    with opened(a) as first, opened(b) as second:
        if os.fstat(first.fileno()).st_size != os.fstat(second.fileno()).st_size:
            return False
        while True:
            if check is not None:
                check()
            left, right = first.read(_CHUNK), second.read(_CHUNK)
            if left != right:
                return False
            if not left:
                return True
