"""Waiting for what a decoder makes of a file that the library knows."""

from __future__ import annotations

import os
from concurrent.futures import Future
from typing import Protocol, TypeVar

from assetman.core.progress import CancelToken

_Made = TypeVar("_Made")


class KnownFile(Protocol):
    """A file as the library knows it."""

    @property
    def path(self) -> str: ...  # absolute

    @property
    def size(self) -> int: ...  # bytes

    @property
    def mtime_ns(self) -> int: ...


def awaited(future: Future[_Made], token: CancelToken) -> _Made:
    """Wait for what is made elsewhere; raises Cancelled as soon as that is called off."""
    while True:
        try:
            return future.result(0.2)
        except TimeoutError:
            if future.done():
                raise
            if token.cancelled:
                future.cancel()
            token.check()


def is_as_known(file: KnownFile) -> bool:
    """Tell whether a file is still as the library knows it: its drive there, nothing rewritten."""
    try:
        found = os.stat(file.path)
    except OSError:
        return False
    return (found.st_size, found.st_mtime_ns) == (file.size, file.mtime_ns)
