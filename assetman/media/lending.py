"""Files that the parent opens for a decode process, which may open none of the person's itself.

What is lent is handed over through the pipe and takes the place of the path: `files.opened` and
`files.write_whole` use it where it was lent, and open the path where it was not (Windows).
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from multiprocessing import reduction
from multiprocessing.connection import Connection

from assetman.media.files import open_ordinary

Opening = Callable[[str], int]

_LOOK = 0.5  # seconds between two looks whether a file is still wanted
LENDS = os.name == "posix"


@contextmanager
def opened_within(
    path: str, seconds: float, given_up: Callable[[], bool], opening: Opening = open_ordinary
) -> Iterator[int | None]:
    """Open a file for reading; None after `seconds`, or when it is `given_up` meanwhile.

    Opening may take for ever on a network drive that has died, and cannot be broken off: it is
    left to a thread of its own, which closes what comes too late. Raises BadInput.
    """
    result: Future[int] = Future()
    threading.Thread(target=_open, args=(opening, path, result), name="open", daemon=True).start()
    deadline = time.monotonic() + seconds
    while not result.done() and not given_up() and time.monotonic() < deadline:
        wait([result], min(_LOOK, seconds))
    if result.cancel():
        yield None
        return
    descriptor = result.result()
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _open(opening: Opening, path: str, result: Future[int]) -> None:
    try:
        descriptor = opening(path)
    except BaseException as error:
        if result.set_running_or_notify_cancel():
            result.set_exception(error)
        return
    if result.set_running_or_notify_cancel():
        result.set_result(descriptor)
    else:
        os.close(descriptor)


def lend(connection: Connection, descriptors: tuple[int, ...], borrower: int) -> None:
    """Send open files to the process at the other end of a pipe."""
    for descriptor in descriptors:
        reduction.send_handle(connection, descriptor, borrower)


def borrow(connection: Connection, count: int) -> tuple[int, ...]:
    """Take as many open files as were sent; whoever asks closes them."""
    return tuple(reduction.recv_handle(connection) for _ in range(count))
