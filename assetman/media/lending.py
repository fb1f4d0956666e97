"""Files that the parent opens for a decode process, which may open none of the person's itself.

What is lent is handed over through the pipe and takes the place of the path: `files.opened` and
`files.write_whole` use it where it was lent, and open the path where it was not (Windows).
"""

from __future__ import annotations

import os
from multiprocessing import reduction
from multiprocessing.connection import Connection

LENDS = os.name == "posix"


def lend(connection: Connection, descriptors: tuple[int, ...], borrower: int) -> None:
    """Send open files to the process at the other end of a pipe."""
    for descriptor in descriptors:
        reduction.send_handle(connection, descriptor, borrower)


def borrow(connection: Connection, count: int) -> tuple[int, ...]:
    """Take as many open files as were sent; whoever asks closes them."""
    return tuple(reduction.recv_handle(connection) for _ in range(count))
