"""What sees whether somebody opens a file or calls an address: the network and the disk, watched."""

from __future__ import annotations

import contextlib
import ctypes
import os
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

_OPENED, _READ = 0x20, 0x01  # IN_OPEN, IN_ACCESS


class Ear:
    """An address on this machine at which nobody should ever call."""

    def __init__(self, listening: socket.socket) -> None:
        self._listening = listening
        self.port = int(listening.getsockname()[1])

    def heard(self) -> bool:
        """Whether anybody has called."""
        try:
            self._listening.accept()[0].close()
        except BlockingIOError:
            return False
        return True


@contextlib.contextmanager
def listening() -> Iterator[Ear]:
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        place.listen(64)
        place.setblocking(False)
        yield Ear(place)


class Eye:
    """Sees who opens or reads files of a folder, or lists it (inotify)."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def seen(self) -> list[str]:
        """Name what was opened since it was asked last; "" is the folder itself."""
        found = []
        with contextlib.suppress(BlockingIOError):
            while True:
                data, at = os.read(self._descriptor, 1 << 16), 0
                while at < len(data):
                    length = struct.unpack_from("=iIII", data, at)[3]
                    found.append(os.fsdecode(data[at + 16 : at + 16 + length].rstrip(b"\0")))
                    at += 16 + length
        return found


@contextlib.contextmanager
def watched(folder: Path) -> Iterator[Eye]:
    system = ctypes.CDLL(None, use_errno=True)
    if not hasattr(system, "inotify_init1"):
        pytest.skip("nothing here tells who opens a file")
    descriptor = system.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        assert system.inotify_add_watch(descriptor, os.fsencode(folder), _OPENED | _READ) >= 0
        yield Eye(descriptor)
    finally:
        os.close(descriptor)


def size_of(folder: Path) -> int:
    """Count the bytes that everything below a folder takes on disk."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(parent, name)).st_blocks * 512
    return total


def most_memory_of_children() -> int:
    """Give the most memory any process below this one has ever had, in bytes."""
    most = 0
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(OSError, psutil.Error):
            for line in Path(f"/proc/{child.pid}/status").read_text().splitlines():
                if line.startswith("VmHWM:"):
                    most = max(most, int(line.split()[1]) << 10)
    return most
