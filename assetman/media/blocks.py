"""Blocks of memory in which a decode process hands pixels to its parent.

The parent makes them and gives them up, so that a process that crashes leaves nothing. On Linux
a block has no name: it goes with the last who has it open, were all of them killed at once.
"""

from __future__ import annotations

import mmap
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from multiprocessing.shared_memory import SharedMemory

from assetman.media.lending import borrow, lend


class Block:
    """Memory of the parent's that its decode process may fill."""

    def __init__(self, size: int) -> None:
        """Make a block of `size` bytes; raises OSError if there is no memory for it."""
        self.size = size
        self._descriptor = -1
        self._named: SharedMemory | None = None
        self._mapped: mmap.mmap | None = None
        if sys.platform == "linux":
            self._descriptor = os.memfd_create("assetman pixels")
            try:
                os.ftruncate(self._descriptor, size)
                self._mapped = mmap.mmap(self._descriptor, size)
            except BaseException:
                os.close(self._descriptor)
                raise
        else:
            self._named = SharedMemory(create=True, size=size)

    @property
    def buffer(self) -> mmap.mmap | memoryview:
        """The memory itself."""
        if self._mapped is not None:
            return self._mapped
        assert self._named is not None
        return _open(self._named)

    def lend(self, connection: Connection, borrower: int) -> None:
        """Let the process at the other end of a pipe have it, which calls `borrowed`."""
        connection.send(None if self._named is None else self._named.name)
        if self._named is None:
            lend(connection, (self._descriptor,), borrower)

    def free(self) -> None:
        """Give the memory back."""
        if self._mapped is not None:
            self._mapped.close()
            os.close(self._descriptor)
        if self._named is not None:
            self._named.close()
            with suppress(FileNotFoundError):
                self._named.unlink()


@contextmanager
def borrowed(connection: Connection, size: int) -> Iterator[mmap.mmap | memoryview]:
    """Take the block that is lent through a pipe, for as long as it is filled."""
    name: str | None = connection.recv()
    if name is not None:
        named = SharedMemory(name=name)
        try:
            yield _open(named)
        finally:
            named.close()
        return
    (descriptor,) = borrow(connection, 1)
    try:
        with mmap.mmap(descriptor, size) as mapped:
            yield mapped
    finally:
        os.close(descriptor)


def _open(named: SharedMemory) -> memoryview:
    assert named.buf is not None  # it is only of one that is closed
    return named.buf
